"""Stories written for a client of the socket, while the box itself is silent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from storybot.controls.socket.messages import request_line
from storybot.controls.socket.requests import Ask, ControlRequest, Status, Stop, Understand, Write
from storybot.robot import Mode
from tests.daemon.test_protocol import valid
from tests.daemon.test_real_engine import MODEL, STORYTELLER, TOKENIZER, house_with, needs_engine
from tests.fakes.house import House, living, play


class Asker:
    """A client of the real socket; each line is held against the schema."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def line(self) -> dict[str, Any]:
        text = await self.reader.readline()
        message = json.loads(text)
        kind = "news" if "news" in message else "answer" if message["ok"] else "refusal"
        return valid(kind, text)

    async def ask(self, request: ControlRequest) -> dict[str, Any]:
        self.writer.write(request_line(request))
        return await self.line()

    async def written(self, request: Write) -> list[dict[str, Any]]:
        """The answer and all the news after it."""
        lines = [await self.ask(request)]
        while lines[-1].get("ok", True) and lines[-1].get("news") != "written-end":
            lines.append(await self.line())
        return lines


@asynccontextmanager
async def client(house: House) -> AsyncIterator[Asker]:
    reader, writer = await asyncio.open_unix_connection(house.settings.controls.socket)
    yield Asker(reader, writer)
    writer.close()


def sentences(lines: list[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in lines if line.get("news") == "written"]


def test_a_story_is_written_and_the_box_is_silent(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        heard = list(house.heard)
        async with client(house) as asker:
            lines = await asker.written(Write("a story about a cat"))
            assert lines[0]["said"] == "A story about a cat." and "story" not in lines[0]
            assert len(sentences(lines)) > 1 and lines[-1] == {
                "v": 2,
                "news": "written-end",
                "whole": True,
            }
            assert (await asker.ask(Status()))["state"] == "idle", "it may ask again"
        assert house.heard == heard and house.mode is Mode.IDLE
        assert list(house.daemon.services.narrator.library.stories()) == []

    play(tmp_path, scene)


@needs_engine
def test_the_same_seed_is_the_same_story(tmp_path: Path) -> None:
    """With the real engine."""

    async def main() -> None:
        house = house_with(tmp_path, STORYTELLER, MODEL, TOKENIZER)
        async with living(house), client(house) as asker:
            first = await asker.written(Write("a story about a cat"))
            again = await asker.written(Write("a story about a cat", first[0]["seed"]))
            other = await asker.written(Write("a story about a cat", 7))
        assert first == again and sentences(first)
        assert sentences(other) != sentences(first)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a story about a gun", "not-allowed"),
        ("what time is it", "not-understood"),
        ("stop", "not-understood"),
    ],
)
def test_what_is_not_written(tmp_path: Path, text: str, code: str) -> None:
    """And the box says nothing about it."""

    async def scene(house: House) -> None:
        heard = list(house.heard)
        async with client(house) as asker:
            assert (await asker.ask(Write(text)))["code"] == code
        assert house.heard == heard

    play(tmp_path, scene)


def test_the_small_profile_writes_nothing(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async with client(house) as asker:
            refused = await asker.ask(Write("a story about a cat"))
        assert refused["code"] == "small-profile" and "memory" in refused["error"]

    play(tmp_path, scene, profile="small")


def test_one_after_the_other(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async with client(house) as first, client(house) as second:
            assert (await first.ask(Write("a story about a cat")))["ok"]
            assert (await second.ask(Write("a story about a dog")))["code"] == "busy"
            while (await first.line())["news"] != "written-end":
                pass
            assert (await second.ask(Write("a story about a dog")))["ok"]

    play(tmp_path, scene)


def test_of_two_at_the_same_time_one_is_written(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async with client(house) as first, client(house) as second:
            cat, dog = Write("a story about a cat"), Write("a story about a dog")
            both = await asyncio.gather(first.written(cat), second.written(dog))
            assert sum(bool(sentences(lines)) for lines in both) == 1

    play(tmp_path, scene)


def test_the_box_comes_first(tmp_path: Path) -> None:
    """No story is written while it tells one, and one that it is asked for ends the writing."""

    async def scene(house: House) -> None:
        async with client(house) as asker:
            assert (await asker.ask(Write("a story about a cat")))["ok"]
            await house.ask(Ask("a story about a dog"))
            end = await asker.line()
            while end["news"] != "written-end":
                end = await asker.line()
            assert not end["whole"] and "of its own" in end["error"]
            refused = await asker.ask(Write("a story about a cat"))
            assert refused["code"] == "being-told"
            await house.ask(Stop())
            await house.until(Mode.IDLE)
            assert (await asker.written(Write("a story about a cat")))[-1]["whole"]

    play(tmp_path, scene)


def test_a_client_that_leaves_ends_its_story(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async with client(house) as asker:
            await asker.ask(Write("a story about a cat"))
            await asker.line()
        await house.wait(lambda: house.engines.running == 0, "the engine's end", 5.0)
        async with client(house) as other:
            assert (await other.written(Write("a story about a dog")))[-1]["whole"]

    play(tmp_path, scene)


def test_an_engine_that_fails(tmp_path: Path) -> None:
    """The end says why; the box itself has lost no story."""

    async def scene(house: House) -> None:
        house.engines.crashes = 9
        async with client(house) as asker:
            end = (await asker.written(Write("a story about a cat")))[-1]
        assert not end["whole"] and end["error"]
        assert house.mode is Mode.IDLE

    play(tmp_path, scene)


def test_an_engine_that_is_lost_writes_nothing(tmp_path: Path) -> None:
    """One that could not be killed may still have its memory."""

    async def scene(house: House) -> None:
        async with client(house) as asker:
            refused = await asker.ask(Write("a story about a cat"))
        assert refused["code"] == "parts-missing" and "The engine cannot" in refused["error"]

    def before(house: House) -> None:
        house.engines.missing = True

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


def test_what_is_understood(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        heard = list(house.heard)
        async with client(house) as asker:
            story = await asker.ask(Understand("tell me a story about a dragon and a boat"))
            assert (story["kind"], story["things"]) == ("story", ["dragon", "boat"])
            assert story["said"] == "A story about a dragon and a boat."
            assert (await asker.ask(Understand("louder")))["kind"] == "louder"
            assert (await asker.ask(Understand("again")))["said"] == "The same story again."
            assert (await asker.ask(Understand("a gun")))["code"] == "not-allowed"
            assert (await asker.ask(Understand("кот")))["code"] == "not-understood"
        assert house.heard == heard and house.mode is Mode.IDLE

    play(tmp_path, scene)
