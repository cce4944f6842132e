"""The socket's language: every request there and back, and whatever strangers may send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.controls.socket import messages
from storybot.controls.socket.messages import (
    Again,
    Ask,
    BadMessage,
    Sleep,
    Status,
    Stop,
    TellSaved,
    Volume,
    Watch,
    read_reply,
    read_request,
    request_line,
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
]


@pytest.mark.parametrize("sent", REQUESTS)
def test_there_and_back(sent: messages.ControlRequest) -> None:
    line = request_line(sent)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert read_request(line) == sent


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not a line of JSON"),
        (b"tell me a story", "not a line of JSON"),
        (b"\xff\xfe", "not a line of JSON"),
        (b"[" * 8_000, "not a line of JSON"),
        (b"[" * 100_000, "too long; a line has at most 8192 bytes"),
        (b"[]", "an object"),
        (b"{}", "version 1"),
        (b'{"v":2,"do":"stop"}', "version 1"),
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


NAMES = ("text", "percent", "by", "minutes", "stories", "number")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {"v": st.just(1), "do": st.sampled_from(sorted(messages.REQUEST_TYPES))},
        optional=dict.fromkeys(NAMES, json_values),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_line_is_a_request_or_refused(line: bytes) -> None:
    try:
        request = read_request(line)
    except BadMessage as refused:
        reply: dict[str, Any] = read_reply(messages.refusal(str(refused)))
        assert reply["ok"] is False and reply["error"]
    else:
        assert read_request(request_line(request)) == request


def test_replies() -> None:
    assert read_reply(messages.answer(said="Ä")) == {"v": 1, "ok": True, "said": "Ä"}
    assert read_reply(messages.news("word", text="cat"))["news"] == "word"
    for line in (b"", b"[]", b'{"v":9}'):
        with pytest.raises(BadMessage):
            read_reply(line)
