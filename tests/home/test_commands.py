"""Commands of the broker, right and odd, as requests to the daemon."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storybot.controls.socket import messages
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.requests import (
    Again,
    Ask,
    ChangeSettings,
    ControlRequest,
    Sleep,
    Stop,
    Volume,
)
from storybot.home.mqtt.commands import COMMANDS, request_for
from storybot.home.mqtt.pushed_settings import PushedSettings
from storybot.home.mqtt.topics import Topics, command_name
from storybot.language.requests import RequestKind
from storybot.language.typed_requests import understand_typed


@pytest.mark.parametrize(
    ("name", "payload", "request_"),
    [
        ("tell", b"PRESS", Ask("tell me a story")),
        ("tell", b"", Ask("tell me a story")),
        ("again", b"PRESS", Again()),
        ("stop", b"PRESS", Stop()),
        ("good_night", b"PRESS", Ask("good night")),
        ("ask", "a café".encode(), Ask("a café")),
        ("volume", b"60", Volume(60)),
        ("volume", b"60.0", Volume(60)),
        ("asleep", b"ON", Sleep(minutes=0)),
        ("asleep", b"OFF", Sleep()),
        ("length", b"long", ChangeSettings({"telling.length": "long"})),
        ("voice", b"espeak", ChangeSettings({"speaking.voice": "espeak"})),
        ("settings", b'{"bedtime.fade": 3}', ChangeSettings({"bedtime.fade": 3})),
    ],
)
def test_commands(name: str, payload: bytes, request_: ControlRequest) -> None:
    assert request_for(name, payload) == request_


def test_the_words_of_the_buttons_are_understood() -> None:
    kinds = []
    for name in ("tell", "good_night"):
        request = request_for(name, b"")
        assert isinstance(request, Ask)
        understood = understand_typed(request.text)
        assert understood is not None
        kinds.append(understood.kind)
    assert kinds == [RequestKind.STORY, RequestKind.GOOD_NIGHT]


@pytest.mark.parametrize(
    ("name", "payload", "why"),
    [
        ("dance", b"", "no command"),
        ("volume", b"101", "from 0 to 100"),
        ("volume", b"nan", "per cent"),
        ("volume", b"1e999", "per cent"),
        ("volume", b"-1e999", "per cent"),
        ("asleep", b"on", "ON or OFF"),
        ("ask", b"\xff", "UTF-8"),
        ("ask", b"x" * 501, "500"),
        ("ask", b"x" * 9000, "too long"),
        ("settings", b"[1]", "JSON"),
        ("settings", b"{}", "1 to 32"),
        ("settings", b'{"a": {}}', "must be a text"),
        ("settings", b"[" * 8000, "JSON"),
    ],
)
def test_what_is_no_command(name: str, payload: bytes, why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        request_for(name, payload)


@given(st.sampled_from(sorted(COMMANDS)) | st.text(), st.binary() | st.text().map(str.encode))
@example("settings", b'{"a":"\\ud800"}')
def test_whatever_comes_is_a_request_or_told(name: str, payload: bytes) -> None:
    """And the daemon can read every request that is made of it."""
    try:
        request = request_for(name, payload)
    except BadMessage as wrong:
        assert str(wrong)
    else:
        assert messages.read_request(messages.request_line(request))[1] == messages.VERSION


@given(st.text(max_size=60))
def test_topics_that_are_no_commands(topic: str) -> None:
    name = command_name(topic)
    assert name is None or topic.endswith(f"/cmd/{name}")


def test_what_is_given_to_one_box_counts_more_than_what_is_given_to_all() -> None:
    topics = Topics("ab12")
    own, everybody = topics.command("settings"), Topics("all").command("settings")
    pushed = PushedSettings(topics)
    pushed.give(own, ChangeSettings({"telling.length": "long"}))
    pushed.give(everybody, ChangeSettings({"telling.length": "short"}))
    pushed.give(everybody, ChangeSettings({"telling.length": "middle"}))
    assert [each.settings["telling.length"] for each in pushed.requests()] == ["middle", "long"]
    pushed.take_back(own)
    assert len(pushed.requests()) == 1
    pushed.take_back(own)
