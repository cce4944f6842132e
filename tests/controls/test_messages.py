"""The control protocol: every request there and back, and whatever strangers may send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import (
    BadMessage,
    encoded,
    read_reply,
    read_request,
    request_line,
)
from storybot.controls.socket.requests import (
    REQUEST_TYPES,
    AddWord,
    Again,
    Ask,
    ChangeSettings,
    ControlRequest,
    ListLibrary,
    MarkFavourite,
    RemoveStory,
    RemoveWord,
    ShowSettings,
    ShowStory,
    ShowWords,
    Sleep,
    Status,
    Stop,
    TellSaved,
    Understand,
    Volume,
    Watch,
    Write,
)

REQUESTS = [
    Ask("a story about a cat"),
    Ask("über Äpfel"),
    Stop(),
    Again(),
    TellSaved(4),
    Volume(percent=40),
    Volume(by=-10),
    Sleep(),
    Sleep(minutes=1.5),
    Sleep(stories=2),
    Status(),
    Watch(),
    Understand("a story about a cat"),
    Write("a story about a cat"),
    Write("a story about a cat", 7),
    ListLibrary(),
    ListLibrary(limit=3, before=9),
    ShowStory(4),
    RemoveStory(4),
    MarkFavourite(4, True),
    MarkFavourite(4, False),
    ShowSettings(),
    ChangeSettings({"speaking.speed": 140, "bedtime.quiet_from": "20:00"}),
    ShowWords(),
    AddWord("Mimi"),
    AddWord("Zoë", "girl", "Z OW IY"),
    RemoveWord("Mimi"),
]


@pytest.mark.parametrize("sent", REQUESTS)
def test_there_and_back(sent: ControlRequest) -> None:
    line = request_line(sent)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert read_request(line) == (sent, 2)


def test_a_version_with_a_decimal_point_is_answered_without() -> None:
    request, version = read_request(b'{"v":2.0,"do":"status"}')
    assert request == Status()
    assert encoded(messages.answer(), version) == b'{"v":2,"ok":true}\n'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not a line of JSON"),
        (b"tell me a story", "not a line of JSON"),
        (b"\xff\xfe", "not a line of JSON"),
        (b"[" * 8_000, "not a line of JSON"),
        (b"[" * 100_000, "too long; a line has at most 8192 bytes"),
        (b"[]", "an object"),
        (b"{}", "versions 1 and 2"),
        (b'{"v":3,"do":"stop"}', "versions 1 and 2"),
        (b'{"v":true,"do":"stop"}', "versions 1 and 2"),
        (b'{"v":1,"do":"settings"}', "one of ask, stop"),
        (b'{"v":2,"do":"set","settings":{}}', "an object of 1 to 32"),
        (b'{"v":2,"do":"set","settings":{"speaking.speed":[1]}}', "a text, a number"),
        (b'{"v":2,"do":"library-show"}', "needs"),
        (b'{"v":2,"do":"library-list","limit":0}', "from 1 to 200"),
        (b'{"v":1}', '"do" must be a text'),
        (b'{"v":1,"do":7}', '"do" must be a text'),
        (b'{"v":1,"do":"dance"}', "one of ask, stop"),
        (b'{"v":1,"do":"ask"}', "needs"),
        (b'{"v":1,"do":"ask","text":3}', "must be a text"),
        (b'{"v":1,"do":"ask","text":"' + b"a" * 501 + b'"}', "at most 500"),
        (b'{"v":1,"do":"stop","now":true}', "takes nothing"),
        (b'{"v":1,"do":"volume","percent":101}', "from 0 to 100"),
        (b'{"v":1,"do":"volume","percent":true}', "whole number"),
        (b'{"v":1,"do":"volume","percent":1.5}', "whole number"),
        (b'{"v":1,"do":"volume","percent":"loud"}', "whole number"),
        (b'{"v":1,"do":"sleep","minutes":NaN}', "from 0 to 1440"),
        (b'{"v":1,"do":"sleep","stories":0}', "from 1 to 50"),
        (b'{"v":1,"do":"sleep","minutes":Infinity}', "from 0 to 1440"),
        (b'{"v":1,"do":"sleep","minutes":' + b"9" * 6000 + b"}", ""),
    ],
)
def test_bad_lines(line: bytes, why: str) -> None:
    with pytest.raises(BadMessage) as refused:
        read_request(line)
    assert why in str(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)

nearly_requests = st.one_of(
    st.fixed_dictionaries(
        {"v": st.sampled_from((1, 2)), "do": st.just(name)},
        optional=dict.fromkeys((*kind.__match_args__, "number"), json_values),
    )
    for name, kind in REQUEST_TYPES.items()
)


@given(
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | nearly_requests.map(lambda value: json.dumps(value).encode())
)
def test_any_line_is_a_request_or_refused(line: bytes) -> None:
    try:
        request, _ = read_request(line)
    except BadMessage as refused:
        refusal = messages.refusal(refused.code, str(refused))
        reply: dict[str, Any] = read_reply(encoded(refusal))
        assert reply["ok"] is False and reply["error"] and ErrorCode(reply["code"])
    else:
        assert read_request(request_line(request)) == (request, 2)


def test_replies() -> None:
    assert read_reply(encoded(messages.answer(said="Ä"))) == {"v": 2, "ok": True, "said": "Ä"}
    assert read_reply(encoded(messages.news("word", story=1, text="cat"), 1))["news"] == "word"
    for line in (b"", b"[]", b'{"v":9}'):
        with pytest.raises(BadMessage):
            read_reply(line)


def test_what_is_no_character_is_sent_as_a_question_mark() -> None:
    """A byte of an argument that is no UTF-8, for one: `storybot ask $'\\xff'`."""
    line = messages.request_line(Ask("a cat \udcff \ud800"))
    assert messages.read_request(line)[0] == Ask("a cat ? ?")
