"""Ctrl-C at every stage of a story: it ends soon, and no child process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

FAKES = Path(__file__).parents[1] / "fakes"
LONGEST_S = 240.0  # a machine that has other work makes all of this slow, and none of it fail
STORY = """
import asyncio, os, signal, sys
from dataclasses import replace
from pathlib import Path
from storybot.config.schema import SpeakingSettings
from storybot.speaking.outputs import alsa
from storybot.speaking.outputs.alsa import AlsaOutput
from storybot.speaking.voices.espeak_process import EspeakProcessVoice
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.speaker import Speaker
from storybot.telling.story_sentences import sentences_of
from tests.fakes.engine import fake_engine

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run behind a "&"
fakes, manner = Path(sys.argv[1]), sys.argv[2]
if os.environ["FAKE_APLAY"] != "hang":
    alsa.OPEN_TIMEOUT_S = 240.0

async def main():
    player = QueuedPlayer(AlsaOutput("", str(fakes / "fake_aplay.py")), 22050, 70)
    voice = EspeakProcessVoice(str(fakes / "fake_espeak.py"), deadline=600)
    async with Speaker(SpeakingSettings(), voice=voice, player=player) as speaker:
        print("here", flush=True)
        await asyncio.to_thread(player.open)
        engine = fake_engine(manner, first_deadline=600.0, token_deadline=600.0)
        async for sentence in sentences_of(engine, "Once", 1):
            print("here", flush=True)
            await speaker.say(sentence.text, lambda word: print("here", flush=True))
        await speaker.drain()

try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(130)
"""


def children(mark: str) -> list[int]:
    """The living processes that were started with this mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def story(engine: str, espeak: str, aplay: str, folder: Path, mark: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "FAKE_ESPEAK": espeak,
        "FAKE_APLAY": aplay,
        "FAKE_APLAY_FILE": str(folder / "played"),
        "STORYBOT_TEST_MARK": mark,
    }
    return subprocess.Popen(
        [sys.executable, "-c", STORY, str(FAKES), engine],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=Path(__file__).parents[2],
    )


def until_there_are(count: int, mark: str) -> bool:
    limit = time.monotonic() + LONGEST_S
    while len(children(mark)) != count:
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def until_here(telling: subprocess.Popen[bytes], lines: int) -> None:
    assert telling.stdout is not None
    killer = threading.Timer(LONGEST_S, telling.kill)  # ends the reading, too
    killer.start()
    try:
        for _ in range(lines):
            line = telling.stdout.readline()
            assert line == b"here\n", telling.communicate(timeout=LONGEST_S)[1].decode()
    finally:
        killer.cancel()


@pytest.mark.parametrize(
    ("engine", "espeak", "aplay", "lines"),
    [
        ("whole", "speak", "hang", 1),  # while the loudspeaker is taken
        ("hang", "speak", "play", 1),  # while the engine loads
        ("hang-midway", "hang", "play", 2),  # while a sentence is synthesised
        ("endless", "endless", "play", 2),  # while it is played
        ("deaf", "speak", "play", 2),  # while the engine ignores TERM
    ],
)
def test_ctrl_c(engine: str, espeak: str, aplay: str, lines: int, tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    telling = story(engine, espeak, aplay, tmp_path, mark)
    try:
        until_here(telling, lines)
        time.sleep(0.2)
        telling.send_signal(signal.SIGINT)
        _, said = telling.communicate(timeout=LONGEST_S)
    finally:
        telling.kill()
    assert telling.returncode == 130, said.decode()
    assert until_there_are(0, mark)


def test_children_of_a_story_that_was_killed_end_by_themselves(tmp_path: Path) -> None:
    """Engine and voice write into pipes that nobody reads, and aplay's pipe comes to its end."""
    mark = uuid.uuid4().hex
    telling = story("endless", "endless", "play", tmp_path, mark)
    try:
        until_here(telling, 2)
        assert until_there_are(4, mark)
    finally:
        telling.kill()
        telling.communicate(timeout=LONGEST_S)
    assert until_there_are(0, mark)
