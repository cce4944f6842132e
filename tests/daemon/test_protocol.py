"""The control protocol as docs/protocol.md and its schema have it; what version 1 still gets."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storybot.config import trial
from storybot.config.changeable import CHANGEABLE, changed, values
from storybot.config.load import load_settings
from storybot.config.schema import LibrarySettings, Settings, SpeakingSettings
from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import encoded, request_line
from storybot.controls.socket.requests import (
    REQUEST_TYPES,
    AddWord,
    Again,
    AllowWord,
    Ask,
    ChangeSettings,
    ControlRequest,
    FollowLevel,
    ForbidWord,
    ForgetEverything,
    ListLibrary,
    MarkFavourite,
    OneMore,
    RemoveStory,
    RemoveWord,
    SayCode,
    ShowForbidden,
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
from storybot.daemon.control_answers import ControlAnswers
from storybot.errors import StorybotError
from storybot.language.family import known_family, use_family
from storybot.language.requests import RequestKind
from storybot.robot import Mode
from storybot.stories.library import Library
from tests.fakes.house import House, play

DOCS = Path(__file__).parents[2] / "docs"
OLD = Path(__file__).parents[1] / "upgrade"  # as the last release with protocol 1 wrote it
SCHEMA = json.loads((DOCS / "protocol.schema.json").read_text())
CHECKERS = {
    name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})
    for name in ("request", "answer", "refusal", "news")
}


def valid(kind: str, line: bytes) -> dict[str, Any]:
    """The message in a line, which the schema allows as a message of that kind."""
    message: dict[str, Any] = json.loads(line)
    CHECKERS[kind].validate(message)
    return message


def watched(house: House) -> list[dict[str, Any]]:
    """All news from now on, each of which the schema allows."""
    seen: list[dict[str, Any]] = []
    house.daemon.services.news._publish = lambda news: seen.append(valid("news", encoded(news)))
    return seen


def test_the_schema_is_one_and_lists_every_code() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    codes = SCHEMA["$defs"]["refusal"]["properties"]["code"]["enum"]
    assert codes == [code.value for code in ErrorCode]
    page = (DOCS / "protocol.md").read_text()
    for word in (*codes, *REQUEST_TYPES, *CHANGEABLE):
        assert f"`{word}`" in page, word


def test_the_schema_lists_every_request_and_what_words_may_mean() -> None:
    listed: list[str] = []
    for one in SCHEMA["$defs"]["request"]["oneOf"]:
        names = one["properties"]["do"]
        listed += names.get("enum", [names.get("const")])
    assert sorted(listed) == sorted(REQUEST_TYPES)
    meanings = next(
        one["properties"]["kind"]["enum"]
        for one in SCHEMA["$defs"]["answer"]["oneOf"]
        if "kind" in one.get("properties", {})
    )
    assert meanings == [kind.value for kind in RequestKind]
    (row,) = re.findall(r"^\| `understand` .*$", (DOCS / "protocol.md").read_text(), re.MULTILINE)
    assert f"({', '.join(meanings)})" in row


def test_every_line_of_the_page_is_allowed() -> None:
    """And every request in it is read."""
    page = (DOCS / "protocol.md").read_text()
    lines = re.findall(r"^([<>]) (\{.*\})$", page, re.MULTILINE)
    assert len(lines) > 10
    for way, line in lines:
        if way == ">":
            valid("request", line.encode())
            messages.read_request(line.encode())
        elif '"news"' in line:
            valid("news", line.encode())
        else:
            valid("answer" if '"ok":true' in line else "refusal", line.encode())


REQUESTS = st.one_of(
    st.builds(Ask, st.text(max_size=500)),
    st.builds(Understand, st.text(max_size=500)),
    st.builds(Write, st.text(max_size=500), st.none() | st.integers(0, 2**31 - 1)),
    st.sampled_from([Stop(), Again(), Status(), Watch(), ShowSettings(), ShowWords()]),
    st.sampled_from([ShowForbidden(), OneMore(), FollowLevel(), ForgetEverything()]),
    st.builds(ForbidWord, st.text(max_size=40)),
    st.builds(AllowWord, st.text(max_size=40)),
    st.builds(SayCode, st.from_regex("[0-9]{6}", fullmatch=True)),
    st.builds(AddWord, st.text(max_size=40), st.text(max_size=40), st.text(max_size=40)),
    st.builds(RemoveWord, st.text(max_size=40)),
    st.builds(TellSaved, st.integers(1, 10**9)),
    st.builds(Volume, st.none() | st.integers(0, 100), st.none() | st.integers(-100, 100)),
    st.builds(Sleep, st.none() | st.floats(0, 1440), st.none() | st.integers(1, 50)),
    st.builds(ListLibrary, st.integers(1, 200), st.none() | st.integers(1, 10**9)),
    st.builds(ShowStory, st.integers(1, 10**9)),
    st.builds(RemoveStory, st.integers(1, 10**9)),
    st.builds(MarkFavourite, st.integers(1, 10**9), st.booleans()),
    st.builds(
        ChangeSettings,
        st.dictionaries(
            st.sampled_from(CHANGEABLE),
            st.booleans() | st.integers() | st.text(max_size=20),
            min_size=1,
        ),
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on any machine
@given(REQUESTS)
def test_every_request_is_allowed(request: ControlRequest) -> None:
    line = request_line(request)
    valid("request", line)
    assert messages.read_request(line)[1] == 2


def test_one_id_for_a_story_everywhere(tmp_path: Path) -> None:
    """In the answer, the news, the status, the journal and the library; also when told again."""

    async def scene(house: House) -> None:
        seen = watched(house)

        async def told(request: ControlRequest, story: int) -> None:
            seen.clear()
            answer = valid("answer", encoded(await ControlAnswers(house.daemon).answer(request)))
            assert answer["story"] == story
            await house.until(Mode.TELLING)
            status = valid("answer", encoded(await ControlAnswers(house.daemon).answer(Status())))
            assert status["story"] == story
            assert house.fields.fields["STORY_ID"] == str(story)
            await house.until(Mode.IDLE)
            heard = [news for news in seen if news["news"] in ("sentence", "word")]
            assert heard and {news["story"] for news in heard} == {story}
            assert (await house.ask(Status()))["story"] is None

        await told(Ask("a story about a cat"), 13)  # the library has number 12
        await told(Ask("a story about a dog"), 14)
        await told(TellSaved(13), 13)
        await told(Again(), 13)
        await told(Ask("another one"), 15)
        assert (await house.ask(Status()))["stories"] == 5
        await house.wait(lambda: not house.daemon.services.narrator._saving)
        found = valid("answer", encoded(await ControlAnswers(house.daemon).answer(ListLibrary())))
        assert [story["story"] for story in found["library"]] == [15, 14, 13, 12]

    folder = tmp_path / "stories"
    folder.mkdir()
    text = json.loads((OLD / "stories" / "000001.json").read_text()) | {"number": 12}
    (folder / "000012.json").write_text(json.dumps(text))
    play(tmp_path, scene)


def test_a_library_that_is_changed_at_a_reload_keeps_ids_apart(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.told_once()
        other = LibrarySettings(folder=str(tmp_path / "other"))
        house.settings = replace(house.settings, library=other)
        house.daemon.reload()
        await house.wait(lambda: house.daemon.robot.newest == 2, "the other library")
        assert (await house.ask(Ask("a story about a dog")))["story"] == 3

    (tmp_path / "other").mkdir()
    for path in (OLD / "stories").glob("*.json"):
        shutil.copy(path, tmp_path / "other")
    play(tmp_path, scene)


def test_the_library(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async def asked(request: ControlRequest, kind: str = "answer") -> dict[str, Any]:
            return valid(kind, encoded(await ControlAnswers(house.daemon).answer(request)))

        assert (await asked(ListLibrary()))["library"] == []
        for _ in range(3):
            await house.told_once()
        await house.wait(lambda: not house.daemon.services.narrator._saving)
        both = (await asked(ListLibrary(limit=2)))["library"]
        assert [story["story"] for story in both] == [3, 2]
        assert [one["story"] for one in (await asked(ListLibrary(before=2)))["library"]] == [1]
        shown = await asked(ShowStory(3))
        assert shown["title"] == both[0]["title"] and "They played all day." in shown["text"]
        assert (await asked(ShowStory(9), "refusal"))["code"] == "no-story"
        assert (await asked(TellSaved(9), "refusal"))["code"] == "no-story"
        assert await asked(MarkFavourite(1, True)) == {"v": 2, "ok": True, "changed": 1}
        assert (await asked(RemoveStory(2)))["changed"] == 2
        left = (await asked(ListLibrary()))["library"]
        assert [(one["story"], one["favourite"]) for one in left] == [(3, False), (1, True)]
        for gone in (RemoveStory(2), MarkFavourite(2, True)):
            assert (await asked(gone, "refusal"))["code"] == "no-story"

    play(tmp_path, scene)


def test_news_tell_of_the_sleep_timer(tmp_path: Path) -> None:
    """As it is after the request, also where nothing but the timer changed."""

    async def scene(house: House) -> None:
        seen = watched(house)
        await house.ask(Sleep(15))
        await house.wait(lambda: seen and seen[-1].get("sleeps_in") == 900)
        await house.ask(Sleep(30))
        await house.wait(lambda: seen[-1].get("sleeps_in") == 1800)
        await house.ask(Sleep())
        await house.wait(lambda: seen[-1]["sleeps_in"] is None)

    play(tmp_path, scene)


def test_settings_changed_while_running(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async def asked(request: ControlRequest, kind: str = "answer") -> dict[str, Any]:
            return valid(kind, encoded(await ControlAnswers(house.daemon).answer(request)))

        shown = (await asked(ShowSettings()))["settings"]
        assert shown == values(house.settings) and tuple(shown) == CHANGEABLE
        new: dict[str, Any] = {"speaking.speed": 120, "bedtime.sleep_minutes": 5}
        assert (await asked(ChangeSettings(new)))["settings"] == shown | new
        await house.wait(lambda: len(house.speakers) == 2 and house.speaker.opened)
        await asked(Ask("good night"))
        assert (await house.ask(Status()))["sleeps_in"] <= 300
        for wrong in (
            {"speaking.speed": 1},
            {"speaking.speed": "fast"},
            {"speaking.volume_cap": 100},
            {"safety.filter": False},
            {"bedtime.quiet_from": "late", "bedtime.quiet_until": "07:00"},
            {"bedtime.quiet_from": "20:00"},
            {"bedtime.quiet_from": "20:00+01:00", "bedtime.quiet_until": "07:00"},
            {"bedtime.fade": float("nan")},
            {"speaking.speed": 130, "nothing.at_all": 1},
        ):
            refused = await asked(ChangeSettings(wrong), "refusal")  # type: ignore[arg-type]
            assert refused["code"] == "bad-setting" and refused["error"]
        assert (await asked(ShowSettings()))["settings"] == shown | new
        house.daemon.reload()
        await house.wait(
            lambda: house.daemon.robot.settings.speaking == SpeakingSettings(),
            "the files' settings",
        )

    play(tmp_path, scene)


def test_words_of_the_family(tmp_path: Path) -> None:
    """They are in the grammar and in stories at once, and may be written by hand, too."""

    async def scene(house: House) -> None:
        async def asked(request: ControlRequest, kind: str = "answer") -> dict[str, Any]:
            return valid(kind, encoded(await ControlAnswers(house.daemon).answer(request)))

        assert (await asked(ShowWords()))["words"] == []
        first = house.recognisers.child
        mimi = {"word": "Mimi", "what": "cat", "sounds": ""}
        assert (await asked(AddWord("Mimi", "cat")))["words"] == [mimi]
        await house.wait(lambda: house.recognisers.child is not first, "another recogniser")
        assert [word.line for word in known_family()] == ["Mimi | cat"]
        assert (await asked(Ask("Mimi and a boat")))["said"] == (
            "A story about a cat called Mimi and a boat."
        )
        for wrong in (AddWord("Mimi", "blorb"), AddWord("gun"), RemoveWord("Bruno")):
            refused = await asked(wrong, "refusal")
            assert refused["code"] == "bad-word" and refused["error"]
        (tmp_path / "family-words.txt").write_text("Noah | boy\n")
        house.daemon.reload()
        await house.wait(lambda: len(known_family()) == 1 and known_family()[0].word == "Noah")
        (tmp_path / "family-words.txt").write_text("Noah | blorb\n")
        house.daemon.reload()
        reading = house.daemon.reloader._work
        assert reading is not None
        await house.wait(reading.done, "what was written is refused")
        assert [word["word"] for word in (await asked(ShowWords()))["words"]] == ["Noah"]

    try:
        play(tmp_path, scene)
    finally:
        use_family(())


def test_a_setting_changed_while_a_word_is_written_holds(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        disk = threading.Event()
        house.daemon.services.narrator._disk.submit(disk.wait)  # it is slow
        adding = asyncio.create_task(house.ask(AddWord("Mimi", "cat")))
        await asyncio.sleep(0)
        try:
            assert (await house.ask(ChangeSettings({"telling.topp": 0.5})))["ok"]
            assert not adding.done()
        finally:
            disk.set()
        assert [word["word"] for word in (await adding)["words"]] == ["Mimi"]
        assert (await house.ask(ShowSettings()))["settings"]["telling.topp"] == 0.5
        assert house.daemon.robot.settings.telling.topp == 0.5

    try:
        play(tmp_path, scene)
    finally:
        use_family(())


def test_a_broken_file_of_words_does_not_keep_the_box_from_telling(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert (await house.ask(ShowWords()))["words"] == []
        await house.told_once()

    (tmp_path / "family-words.txt").write_text("Mimi | blorb\n")
    play(tmp_path, scene)


def test_a_story_told_before_is_found_by_what_it_is_about(tmp_path: Path) -> None:
    """By socket and by voice; where there is none, a new one is told."""

    async def scene(house: House) -> None:
        async def told(text: str) -> Any:
            answer = await house.ask(Ask(text))
            await house.until(Mode.TELLING)
            await house.until(Mode.IDLE)
            await house.wait(lambda: not house.daemon.services.narrator._saving)
            return answer.get("story"), answer.get("said")

        assert await told("a story about a dragon and a boat") == (
            1,
            "A story about a dragon and a boat.",
        )
        assert await told("a story about a cat") == (2, "A story about a cat.")
        assert await told("the dragon story again") == (1, "A story about a dragon and a boat.")
        assert await told("the whale story again") == (3, "A story about a whale.")
        assert await told("go on") == (4, "More about the whale.")
        house.recognisers.keyphrase()
        await house.until(Mode.HEARING)
        house.recognisers.hear("the cat story again")
        await house.until(Mode.TELLING)
        assert house.daemon.robot.story is not None and house.daemon.robot.story.number == 2

    play(tmp_path, scene)


def test_another_voice_is_tried_before_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fault_of_voice(speaking: SpeakingSettings) -> str:
        tried.append(speaking.voice)
        return "it needs espeak-ng; install it" if speaking.voice == "espeak-process" else ""

    monkeypatch.setattr(trial, "fault_of_voice", fault_of_voice)

    async def scene(house: House) -> None:
        async def voice(name: str) -> dict[str, Any]:
            return await house.ask(ChangeSettings({"speaking.voice": name}))

        refused = await voice("espeak-process")
        assert refused["code"] == "bad-setting" and "install it" in refused["error"]
        assert (await house.ask(ShowSettings()))["settings"]["speaking.voice"] == "auto"
        assert (await voice("espeak"))["settings"]["speaking.voice"] == "espeak"
        assert (await voice("espeak"))["ok"] and (await voice("nobody"))["code"] == "bad-setting"
        assert tried == ["espeak-process", "espeak"]

    play(tmp_path, scene)


def test_every_changeable_setting_can_be_set_to_what_it_is() -> None:
    assert changed(Settings(), values(Settings())) == Settings()
    with pytest.raises(StorybotError, match=r"safety\.filter.*cannot be changed"):
        changed(Settings(), {"safety.filter": False})


def refuse_while(mode: Mode) -> Callable[[House], None]:
    def before(house: House) -> None:
        if mode is Mode.DEGRADED:
            house.speaker.plugged = False

    return before


@pytest.mark.parametrize(
    ("request_", "mode", "code"),
    [
        (Ask("what time is it"), Mode.IDLE, ErrorCode.NOT_UNDERSTOOD),
        (Ask("a story about a gun"), Mode.IDLE, ErrorCode.NOT_ALLOWED),
        (Ask("a story about a cat"), Mode.TELLING, ErrorCode.BEING_TOLD),
        (Ask("a story about a cat"), Mode.DEGRADED, ErrorCode.PARTS_MISSING),
        (Ask("a story about a cat"), Mode.STARTING, ErrorCode.NOT_RUNNING),
    ],
)
def test_each_refusal_has_its_code(
    tmp_path: Path, request_: Ask, mode: Mode, code: ErrorCode
) -> None:
    async def scene(house: House) -> None:
        if mode is Mode.TELLING:
            await house.ask(Ask("a story about a dog"))
            await house.until(Mode.TELLING)
        answer = encoded(await ControlAnswers(house.daemon).answer(request_))
        assert valid("refusal", answer)["code"] == code.value

    until = None if mode is Mode.STARTING else Mode.DEGRADED if mode is Mode.DEGRADED else Mode.IDLE
    if until is None:

        async def first(house: House) -> None:
            await house.wait(lambda: house.daemon.services.control.server._server is not None)
            await scene(house)
            await house.until(Mode.IDLE)

        play(tmp_path, first, until=None)
    else:
        play(tmp_path, scene, until=until, before=refuse_while(mode))


# What the last release with protocol 1 wrote: its clients, settings and library keep working.


def shape(message: dict[str, Any]) -> dict[str, str]:
    """The fields of a message, each with the kind of its value."""
    return {name: type(value).__name__ for name, value in message.items()}


def test_a_client_of_version_1_gets_what_it_got(tmp_path: Path) -> None:
    """Every request of a recorded session gets an answer of the same shape."""
    recorded = [json.loads(line) for line in (OLD / "session.jsonl").read_text().splitlines()]
    talk = [one for one in recorded if "request" in one]
    kinds = {one["news"]["news"]: shape(one["news"]) for one in recorded if "news" in one}

    async def scene(house: House) -> None:
        news: list[dict[str, Any]] = []
        house.daemon.services.news._publish = lambda one: news.append(json.loads(encoded(one, 1)))
        for one in talk:
            request, version = messages.read_request(json.dumps(one["request"]).encode())
            assert version == 1
            answer = json.loads(encoded(await ControlAnswers(house.daemon).answer(request), 1))
            assert shape(answer) == shape(one["answer"]) | {
                # a null may be a number now, and the other way round
                name: shape(answer)[name]
                for name in ("title", "sleeps_in")
                if name in answer
            }, one
            for name in ("ok", "error", "said", "volume"):
                assert answer.get(name) == one["answer"].get(name), one
            if isinstance(request, Ask) and request.text == "a story about a quokka":
                await house.until(Mode.TELLING)
            elif isinstance(request, Ask | TellSaved | Stop) and answer["ok"]:
                await house.until(Mode.IDLE)
        assert {one["news"] for one in news} == kinds.keys()
        for one in news:
            assert shape(one).keys() == kinds[one["news"]].keys()

    play(tmp_path, scene)


def test_old_settings_hold(tmp_path: Path) -> None:
    loaded = load_settings(OLD / "config.yaml", {})
    assert any(str(OLD) in place for place in loaded.origin.values())
    assert loaded.settings.speaking.pause_sentence_s == 0.2  # called pause then


def test_an_old_library_is_read_listed_and_told_again(tmp_path: Path) -> None:
    shutil.copytree(OLD / "stories", tmp_path / "stories")
    library = Library(LibrarySettings(folder=str(tmp_path / "stories")))
    assert [story.number for story in library.stories()] == [2, 1]

    async def scene(house: House) -> None:
        assert house.daemon.robot.newest == 2
        found = (await house.ask(ListLibrary()))["library"]
        assert [(one["story"], one["whole"]) for one in found] == [(2, False), (1, True)]
        assert (await house.ask(TellSaved(1)))["said"] == "A story about a cat."
        await house.until(Mode.IDLE)
        assert (await house.ask(Ask("a story about a dog")))["story"] == 3
        await house.until(Mode.IDLE)
        await asyncio.sleep(1)
        assert library.newest() == 3

    play(tmp_path, scene)
