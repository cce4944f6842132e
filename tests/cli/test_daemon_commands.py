"""The commands that talk to the daemon, against a daemon among fakes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from storybot.cli import answers, watch
from storybot.cli.main import main
from storybot.config.schema import Settings
from storybot.errors import Exit
from storybot.hearing.recogniser_client import Heartbeat
from storybot.robot import Mode
from tests.fakes.house import House, living


class Terminal:
    """Types commands; the daemon lives on meanwhile."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._config, self._capsys = folder / "config.yaml", capsys

    def give(self, settings: Settings) -> None:
        sections = asdict(settings)
        self._config.write_text(
            yaml.safe_dump({name: sections[name] for name in ("controls", "library")})
        )

    async def type(self, *words: str) -> tuple[int, str, str]:
        return await asyncio.to_thread(self._type, words)

    def _type(self, words: Sequence[str]) -> tuple[int, str, str]:
        code = main([words[0], "--config", str(self._config), *words[1:]])
        said = self._capsys.readouterr()
        return code, said.out.strip(), said.err.strip()


def test_a_talk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path, capsys)

    async def scene() -> None:
        house = House(tmp_path)
        house.speaker.per_word = 0.02
        terminal.give(house.settings)
        async with living(house):
            assert (await terminal.type("volume"))[:2] == (0, "70 %")
            assert (await terminal.type("volume", "40"))[:2] == (0, "40 %")
            assert (await terminal.type("volume", "+30%"))[:2] == (0, "70 %")
            assert (await terminal.type("volume", "-10"))[:2] == (0, "60 %")
            house.speaker.per_word = 1.0
            code, said, _ = await terminal.type("ask", "tell me a story about a cat")
            assert (code, said) == (0, "A story about a cat.")
            await house.until(Mode.TELLING)
            code, said, _ = await terminal.type("status")
            assert code == 0 and "a story about a cat" in said and "telling" in said
            code, said, error = await terminal.type("ask", "a", "story", "about", "a", "dog")
            assert code == Exit.DAEMON and "storybot stop" in error
            assert (await terminal.type("stop"))[:2] == (0, "storybot is idle.")
            house.speaker.per_word = 0.02
            assert (await terminal.type("again"))[:2] == (0, "A story about a cat.")
            await house.until(Mode.IDLE)
            assert (await terminal.type("ask", "a", "quokka"))[:2] == (0, "A story about a quokka.")
            assert (await terminal.type("ask", "stop"))[0] == 0
            assert "nicer" in (await terminal.type("ask", "a", "gun"))[2]
            code, said, _ = await terminal.type("ask", "louder")
            assert said == "storybot is idle, volume 70 %."
            assert "20 min or after 2 more stories" in (await terminal.type("sleep"))[1]
            assert "in 5 min" in (await terminal.type("sleep", "5"))[1]
            assert "after 1 more story" in (await terminal.type("sleep", "--after", "1"))[1]
            assert "softer" in (await terminal.type("status"))[1]
            code, _, error = await terminal.type("sleep", "--after", "0")
            assert code == Exit.DAEMON and "stories" in error and "from 1 to 50" in error
            assert "after 1 more story" in (await terminal.type("ask", "softer"))[1]
            assert (await terminal.type("ask", "louder"))[0] == 0
            assert "stays awake" in (await terminal.type("sleep", "--off"))[1]
            said = (await terminal.type("ask", "good night"))[1]
            assert said.endswith("storybot sleeps in 20 min or after 2 more stories.")
            assert "stays awake" in (await terminal.type("sleep", "--off"))[1]
            code, said, _ = await terminal.type("library", "list")
            # The story of the quokka was stopped in its first sentence and is not kept.
            assert said.count("A story about a cat (") == 1 and "quokka" not in said
            assert "words): The cat was happy." in said  # told to its end at last
            assert (await terminal.type("library"))[:2] == (0, said)
            (kept,) = json.loads((await terminal.type("library", "--json"))[1])
            assert (kept["title"], kept["whole"]) == ("A story about a cat.", True)
            for words in (("library", "list", "--json"), ("library", "show", "1", "--json")):
                found = json.loads((await terminal.type(*words))[1])
                assert kept in (found, *found)
            assert json.loads((await terminal.type("volume", "--json"))[1])["volume"] == 70
            assert json.loads((await terminal.type("sleep", "--off", "--json"))[1])["state"]
            assert json.loads((await terminal.type("ask", "--json", "stop"))[1])["state"] == "idle"
            assert json.loads((await terminal.type("stop", "--json"))[1])["state"] == "idle"
            code, said, _ = await terminal.type("library", "show", "1")
            assert "They played all day." in said and "seed" in said
            assert (await terminal.type("library", "tell", "1"))[1] == "A story about a cat."
            await house.until(Mode.IDLE)
            await house.wait(lambda: not house.daemon.services.narrator._saving, "kept")
            assert (await terminal.type("library", "rm", "1"))[1] == "Story 1 is forgotten."
            code, _, error = await terminal.type("library", "show", "1")
            assert code == Exit.FAULT and "no story 1" in error
            assert (await terminal.type("sleep", "0"))[1] == "storybot is asleep."
            assert (await terminal.type("sleep", "--off"))[1] == "storybot stays awake."
            assert house.mode is Mode.IDLE
            assert (await terminal.type("sleep", "0"))[1] == "storybot is asleep."
            house.speaker.plugged = False
            code, said, _ = await terminal.type("status", "--json")
            assert code == 0 and json.loads(said)["state"] == "asleep"

    asyncio.run(scene())


def test_status_of_a_degraded_daemon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path, capsys)

    async def scene() -> None:
        house = House(tmp_path)
        house.recognisers.fails = 1000
        terminal.give(house.settings)
        async with living(house, Mode.DEGRADED):
            code, said, _ = await terminal.type("status")
            assert code == Exit.FAULT
            assert "missing   hearing" in said and "all else still starts stories" in said

    asyncio.run(scene())


def test_status_tells_of_lost_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path, capsys)

    async def scene() -> None:
        house = House(tmp_path)
        terminal.give(house.settings)
        async with living(house):
            _, said, _ = await terminal.type("status")
            assert "lost" not in said
            house.speaker.underruns = 2
            house.recognisers.children[-1].put(Heartbeat(10**9, 10**9, overruns=3))
            await asyncio.sleep(1)
            _, said, _ = await terminal.type("status")
            assert "lost      sound, since it was started: 3 in what was heard, 2 in what" in said

    asyncio.run(scene())


def test_watch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path, capsys)

    async def scene() -> tuple[str, str]:
        house = House(tmp_path)
        house.speaker.per_word = 0.02
        terminal.give(house.settings)
        async with living(house):
            watching = asyncio.create_task(terminal.type("watch"))
            watching_json = asyncio.create_task(terminal.type("watch", "--json"))
            watchers = house.daemon.services.control.server._watchers
            await house.wait(lambda: len(watchers) >= 2, "two watchers", 60)
            await house.told_once()
        (_, one, _), (_, two, _) = await watching, await watching_json
        return one, two

    said = "".join(asyncio.run(scene()))
    assert "[storybot thinks of a story]" in said
    assert "  A story about a cat." in said
    assert "They played all day." in said
    assert "[storybot has ended]" in said
    assert '"news": "word"' in said


def test_nobody_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path, capsys)
    terminal.give(House.bare_settings(tmp_path))
    for words in (["status"], ["stop"], ["again"], ["ask", "stop"], ["watch"], ["volume", "4"]):
        code, _, error = terminal._type(words)
        assert code == Exit.DAEMON
        assert "not running" in error
    assert terminal._type(["library", "list"])[1].startswith("No stories are kept")


@pytest.mark.parametrize("wrong", ["loud", "150", "+", "12.5"])
def test_wrong_volume(wrong: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["volume", wrong])
    assert refused.value.code == 2


def test_durations() -> None:
    assert answers.duration(0) == "0 s"
    assert answers.duration(65) == "1 min 5 s"
    assert answers.duration(90000) == "1 d 1 h"


def test_the_state_comes_before_the_words() -> None:
    out = io.StringIO()
    words = [{"news": "sentence"}, {"news": "word", "text": "Once "}]
    states = [{"state": state, "missing": []} for state in ("thinking", "telling", "idle")]
    watch.follow([states[0], *words, states[1], {"news": "word", "text": "upon."}, states[2]], out)
    assert out.getvalue().splitlines() == [
        "[storybot thinks of a story]",
        "[storybot tells]",
        "  Once upon.",
        "[storybot waits for a request]",
        "[storybot has ended]",
    ]


def test_following_wraps_and_names_what_is_missing() -> None:
    out = io.StringIO()
    word = {"news": "word", "text": "once "}
    news = [{"state": "degraded", "missing": ["voice"]}, {"news": "sentence"}, *[word] * 40]
    watch.follow(iter(news), out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "[storybot can do only part of its work: no voice]"
    assert max(map(len, lines)) < 85
