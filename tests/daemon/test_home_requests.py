"""What page and bridge ask for beside stories: words, one more, levels, codes, forgetting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from storybot.config.schema import (
    BedtimeSettings,
    ControlsSettings,
    SafetySettings,
    Settings,
)
from storybot.controls.socket.messages import Streamed, encoded
from storybot.controls.socket.requests import (
    AddWord,
    AllowWord,
    Ask,
    ChangeSettings,
    ControlRequest,
    FollowLevel,
    ForbidWord,
    ForgetEverything,
    ListLibrary,
    OneMore,
    SayCode,
    ShowForbidden,
    ShowWords,
    Sleep,
    Status,
    Volume,
)
from storybot.daemon.control_answers import ControlAnswers
from storybot.daemon.pairing_code import PRESS_WITHIN_S
from storybot.errors import StorybotError
from storybot.hearing.recogniser_client import Level
from storybot.language.family import use_family
from storybot.robot import Mode
from storybot.robot.events import Part
from storybot.stories.library import Library
from tests.daemon.test_protocol import valid, watched
from tests.fakes.house import House, play

WITH_BUTTON = Settings(controls=ControlsSettings(button="serial", button_device="/dev/ttyS9"))


async def asked(house: House, request: ControlRequest) -> dict[str, Any]:
    """The answer or refusal, which the schema allows."""
    answer = await ControlAnswers(house.daemon).answer(request)
    assert not isinstance(answer, Streamed)
    return valid("answer" if answer["ok"] else "refusal", encoded(answer))


async def followed(answers: ControlAnswers, request: ControlRequest) -> AsyncGenerator[Any, None]:
    """The news after an answer, each of which the schema allows."""
    reply = await answers.answer(request)
    assert isinstance(reply, Streamed)
    valid("answer", encoded(reply.answer))
    async with aclosing(reply.news) as news:
        async for one in news:
            yield valid("news", encoded(one))


def test_forbidden_words_come_and_go(tmp_path: Path) -> None:
    """They hold at once, for what is asked and what is said, and after the next start."""

    async def scene(house: House) -> None:
        assert (await asked(house, ShowForbidden()))["forbidden"] == []
        assert (await asked(house, ForbidWord(" Spider ")))["forbidden"] == ["spider"]
        both = (await asked(house, ForbidWord("the tooth fairy")))["forbidden"]
        assert both == ["spider", "the tooth fairy"]
        for text in ("a story about spiders", "a story about the tooth fairy"):
            assert (await asked(house, Ask(text)))["code"] == "not-allowed"
        assert not house.daemon.services.configuration.allowed.allows("The spider sat down.")
        for wrong in ("", "sp!der", "one two three four five", "happy", "x" * 60, "/.*/"):
            assert (await asked(house, ForbidWord(wrong)))["code"] == "bad-word", wrong
        assert (await asked(house, AllowWord("gun")))["code"] == "bad-word", "of another list"
        assert (await asked(house, AllowWord("spider")))["forbidden"] == ["the tooth fairy"]
        assert (await asked(house, Ask("a story about a spider")))["ok"]

    play(tmp_path, scene)

    async def later(house: House) -> None:
        assert (await asked(house, ShowForbidden()))["forbidden"] == ["the tooth fairy"]
        assert not house.daemon.services.configuration.allowed.allows("The tooth fairy came.")

    play(tmp_path, later)


def test_what_cannot_be_forbidden_is_said(tmp_path: Path) -> None:
    async def off(house: House) -> None:
        assert "safety.filter" in (await asked(house, ForbidWord("spider")))["error"]

    play(tmp_path / "off", off, settings=Settings(safety=SafetySettings(filter=False)))

    async def full(house: House) -> None:
        words = "\n".join(f"word{'abcdefghij'[n % 10]}{'x' * (n // 10)}" for n in range(200))
        (tmp_path / "forbidden-words.txt").write_text(words)
        assert "at most" in (await asked(house, ForbidWord("spider")))["error"]
        (tmp_path / "forbidden-words.txt").write_bytes(b"\xff")
        assert (await asked(house, ShowForbidden()))["code"] == "bad-word"

    play(tmp_path, full)


def test_one_more_story_now_or_later(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        first = await asked(house, OneMore())
        assert first["said"].startswith("A story about")
        await house.until(Mode.TELLING)
        assert (await asked(house, OneMore()))["sleeps_after"] == 2
        await house.wait(lambda: house.daemon.robot.number == 2, "the second story")
        await house.until(Mode.ASLEEP)

    play(tmp_path, scene)


def test_that_it_sleeps_after_this_story_is_told(tmp_path: Path) -> None:
    """Also where no number of stories was wished for, as at the end of the timer's time."""

    async def scene(house: House) -> None:
        assert (await asked(house, Ask("a story about a cat")))["ok"]
        await house.until(Mode.TELLING)
        assert (await asked(house, Sleep(minutes=0)))["sleeps_after"] == 1
        await house.until(Mode.ASLEEP)
        assert (await asked(house, Status()))["sleeps_after"] is None

    play(tmp_path, scene)


def test_one_more_story_in_the_quiet_hours(tmp_path: Path) -> None:
    always = BedtimeSettings(quiet_from="00:00", quiet_until="23:59:59")

    async def scene(house: House) -> None:
        assert (await asked(house, OneMore()))["story"] == 1
        await house.until(Mode.TELLING)
        await house.until(Mode.ASLEEP)

    play(tmp_path, scene, settings=Settings(bedtime=always), until=Mode.ASLEEP)


def test_the_level_is_told_while_somebody_looks(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        child = house.recognisers.child
        levels = followed(ControlAnswers(house.daemon), FollowLevel())
        coming = asyncio.ensure_future(anext(levels))
        await house.wait(lambda: child.levels_often, "often")
        child.put(Level(-31.5))
        assert await coming == {"v": 2, "news": "level", "rms": -31.5}
        child.die()
        await house.wait(lambda: house.recognisers.child is not child, "another process")
        child = house.recognisers.child
        await house.wait(lambda: child.levels_often, "often again")
        await levels.aclose()
        await house.wait(lambda: not child.levels_often, "no longer")

    play(tmp_path, scene)


def test_a_code_is_said_when_the_button_is_pressed(tmp_path: Path) -> None:
    """And it is in nobody's news."""

    async def scene(house: House) -> None:
        seen, answers = watched(house), ControlAnswers(house.daemon)
        saying = followed(answers, SayCode("716232"))
        coming = asyncio.ensure_future(anext(saying))
        await house.wait(lambda: house.daemon.robot.code != "", "the code")
        assert (await asked(house, SayCode("111111")))["code"] == "busy"
        assert not coming.done()
        await house.press()
        assert await coming == {"v": 2, "news": "code", "said": True}
        await house.wait(lambda: "7, 1, 6. 2, 3, 2." in house.heard[-1], "the digits")
        assert house.mode is Mode.IDLE and "7, 1, 6" not in str(seen)
        await house.press()
        await house.until(Mode.TELLING)
        assert (await asked(house, SayCode("111111")))["code"] == "being-told"

    play(tmp_path, scene, settings=WITH_BUTTON)


def test_a_code_waits_for_a_minute_or_for_its_client(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        answers = ControlAnswers(house.daemon)
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert [one["said"] async for one in followed(answers, SayCode("716232"))] == [False]
        assert PRESS_WITHIN_S <= loop.time() - began < PRESS_WITHIN_S + 1
        saying = followed(answers, SayCode("716232"))
        coming = asyncio.ensure_future(anext(saying))
        await house.wait(lambda: house.daemon.robot.code != "", "the code")
        coming.cancel()
        await house.wait(lambda: house.daemon.robot.code == "", "the end of it")
        await house.press()
        await house.until(Mode.TELLING)

    play(tmp_path, scene, settings=WITH_BUTTON)


def test_a_client_that_leaves_a_busy_daemon_leaves_no_code(tmp_path: Path) -> None:
    """The robot takes the code after its client has gone; of two clients one waits."""

    async def scene(house: House) -> None:
        answers, narrator = ControlAnswers(house.daemon), house.daemon.services.narrator
        free, read = asyncio.Event(), narrator.read_library

        async def slow(ask: Callable[[Library], Any]) -> Any:
            await free.wait()
            return await read(ask)

        narrator.read_library = slow  # type: ignore[method-assign]
        again = asyncio.ensure_future(answers.answer(Ask("the dragon story again")))
        await asyncio.sleep(1)
        saying = followed(answers, SayCode("716232"))
        coming = asyncio.ensure_future(anext(saying))
        await asyncio.sleep(1)
        second = await answers.answer(SayCode("111111"))
        assert not isinstance(second, Streamed) and second["code"] == "busy"
        assert house.daemon.robot.code == "", "the robot does not know of it yet"
        coming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await coming
        free.set()
        await again
        await house.until(Mode.TELLING)
        assert house.daemon.robot.code == ""
        await house.press()
        await house.until(Mode.IDLE)
        assert not any("7, 1, 6" in said for said in house.heard)

    play(tmp_path, scene, settings=WITH_BUTTON)


@pytest.mark.parametrize("part", [Part.BUTTON, Part.VOICE])
def test_no_code_without_button_and_voice(tmp_path: Path, part: Part) -> None:
    async def none(house: House) -> None:
        refused = await asked(house, SayCode("716232"))
        assert refused["code"] == "parts-missing" and "no button" in refused["error"]

    play(tmp_path / "none", none)

    async def lost(house: House) -> None:
        refused = await asked(house, SayCode("716232"))
        assert refused["code"] == "parts-missing" and part.value in refused["error"]

    def before(house: House) -> None:
        if part is Part.VOICE:
            house.speaker.plugged = False
        else:
            house.button_fails = 10**6

    play(tmp_path, lost, settings=WITH_BUTTON, until=Mode.DEGRADED, before=before)


def test_all_is_forgotten(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert (await asked(house, Status()))["lendings"] == 0
        await house.told_once()
        await asked(house, AddWord("Mimi", "cat"))
        await asked(house, ForbidWord("spider"))
        await asked(house, ChangeSettings({"telling.length": "long"}))
        await asked(house, Volume(percent=30))
        await asked(house, Ask("a story about a dog"))
        await house.until(Mode.TELLING)
        await asyncio.sleep(5)
        seen = watched(house)
        status = await asked(house, ForgetEverything())
        assert seen[-1]["lendings"] == 1, "whoever watches is told"
        assert status["state"] == "idle" and status["lendings"] == 1
        assert status["volume"] == 70 and not status["night"]
        await asyncio.sleep(5)
        assert (await asked(house, ListLibrary()))["library"] == []
        assert (await asked(house, ShowWords()))["words"] == []
        assert (await asked(house, ShowForbidden()))["forbidden"] == []
        assert house.daemon.robot.settings.telling.length == "short"
        assert house.daemon.services.configuration.settings.telling.length == "short"
        again = await asked(house, Ask("again"))
        assert again["story"] == 3, "nothing to be told again: a new story, under an id of its own"

    try:
        play(tmp_path, scene)

        async def later(house: House) -> None:
            assert (await asked(house, Status()))["lendings"] == 1

        play(tmp_path, later)
    finally:
        use_family(())


@pytest.mark.parametrize("fault", [StorybotError("config.yaml:3: what is this"), ValueError("x")])
def test_all_else_is_forgotten_where_the_settings_cannot_be_read(
    tmp_path: Path, fault: Exception
) -> None:
    async def scene(house: House) -> None:
        def broken() -> Settings:
            raise fault

        await house.told_once()
        await house.wait(lambda: not house.daemon.services.narrator._saving)
        await asked(house, ForbidWord("spider"))
        house.read_again = broken
        refused = await asked(house, ForgetEverything())
        assert refused["code"] == "not-forgotten" and str(fault) in refused["error"]
        assert (await asked(house, ListLibrary()))["library"] == []
        assert house.daemon.services.configuration.allowed.allows("The spider sat down.")
        assert (await asked(house, Status()))["lendings"] == 1

    play(tmp_path, scene)


def test_all_else_is_forgotten_where_a_file_cannot_be_removed(tmp_path: Path) -> None:
    """Those of a later list, the stories and the settings are gone; the answer says what stays."""

    async def scene(house: House) -> None:
        await asked(house, AddWord("Mimi", "cat"))
        await asked(house, ForbidWord("spider"))
        await asked(house, ChangeSettings({"telling.length": "long"}))
        (tmp_path / "family-words.txt.unfinished").mkdir()
        seen = watched(house)
        refused = await asked(house, ForgetEverything())
        assert refused["code"] == "not-forgotten"
        assert "family's words cannot be" in refused["error"]
        assert seen[-1]["lendings"] == 1
        assert (await asked(house, ShowForbidden()))["forbidden"] == []
        assert house.daemon.robot.settings.telling.length == "short"

    try:
        play(tmp_path, scene)
    finally:
        use_family(())
