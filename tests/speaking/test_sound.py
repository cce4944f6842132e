"""Real sound: PortAudio and aplay play into a virtual loudspeaker, and it is recorded."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.speaking.virtual_speaker import VirtualSpeaker, missing, virtual_speaker

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(bool(missing()), reason=f"needs {missing()}"),
]
HEAD = """
import asyncio, json, sys, time
from storybot.config.schema import SpeakingSettings
from storybot.speaking.outputs.choice import loudspeaker_names
from storybot.speaking.speaker import Speaker

settings = SpeakingSettings(driver=sys.argv[1], volume=100)

def tell(**what):
    print(json.dumps({"at": time.monotonic(), **what}), flush=True)

async def main():
    async with Speaker(settings, lost_timeout_s=20) as speaker:
        await act(speaker)

"""
LONGEST_S = 100.0
TAIL = "\nasyncio.run(main())\n"


@pytest.fixture(scope="module")
def loudspeaker() -> Iterator[VirtualSpeaker]:
    with virtual_speaker() as speaker:
        yield speaker


class Script:
    """A process that plays through the virtual loudspeaker and tells what it does, line by line."""

    def __init__(self, loudspeaker: VirtualSpeaker, driver: str, act: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HEAD + act + TAIL, driver],
            env=loudspeaker.environment,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> dict[str, float]:
        assert self._process.stdout is not None
        killer = threading.Timer(LONGEST_S, self._process.kill)  # ends the reading, too
        killer.start()
        text = self._process.stdout.readline()
        killer.cancel()
        assert text, self._process.communicate(timeout=LONGEST_S)[1]
        told: dict[str, float] = json.loads(text)
        return told

    def end(self) -> str:
        """Wait for its end; returns what it wrote to stderr."""
        _, said = self._process.communicate(timeout=LONGEST_S)
        assert self._process.returncode == 0, said
        return said


@pytest.mark.parametrize("driver", ["portaudio", "alsa"])
def test_a_story_is_heard_as_it_was_spoken(loudspeaker: VirtualSpeaker, driver: str) -> None:
    act = """
async def act(speaker):
    assert settings.driver == "alsa" or loudspeaker_names(settings, "full") == [("default", True)]
    parts = [await speaker.say(s) for s in ("Once upon a time, there was a cat.", "The end.")]
    await speaker.drain()
    tell(audio=sum(part.seconds_audio for part in parts))
"""
    with loudspeaker.recording() as recording:
        script = Script(loudspeaker, driver, act)
        audio = script.line()["audio"]
        assert script.end() == ""
        times = recording.sounds()
    assert times[-1] - times[0] == pytest.approx(audio + 0.25, abs=1.0)
    assert max(b - a for a, b in pairwise(times)) < 1.0


@pytest.mark.parametrize("driver", ["portaudio", "alsa"])
def test_stop_and_the_next_sentence(loudspeaker: VirtualSpeaker, driver: str) -> None:
    act = """
async def act(speaker):
    await speaker.say("Once upon a time there was a story that went on and on and on.")
    while speaker.played_samples < 22050:
        await asyncio.sleep(0.02)
    speaker.stop()
    tell(stopped=1)
    await asyncio.sleep(1.5)
    tell(again=1)
    await speaker.say("Again.")
    await speaker.drain()
"""
    with loudspeaker.recording() as recording:
        script = Script(loudspeaker, driver, act)
        stopped, again = script.line()["at"], script.line()["at"]
        script.end()
        times = recording.sounds()
    before = [when for when in times if when < again]
    assert before[-1] < stopped + 0.7
    assert times[-1] > again


@pytest.mark.parametrize("driver", ["portaudio", "alsa"])
def test_the_sound_server_dies_and_comes_back(loudspeaker: VirtualSpeaker, driver: str) -> None:
    act = """
async def act(speaker):
    saying = asyncio.create_task(speaker.say("Once upon a time " * 8))
    while speaker.played_samples < 11025:
        await asyncio.sleep(0.02)
    tell(playing=1)
    while speaker.trouble is None:
        await asyncio.sleep(0.02)
    tell(lost=1)
    whole = (await saying).whole
    await speaker.drain()
    tell(whole=whole)
"""
    script = Script(loudspeaker, driver, act)
    script.line()
    loudspeaker.kill()
    script.line()
    loudspeaker.start()
    assert script.line()["whole"]
    script.end()


def test_without_a_sound_server_there_is_one_clear_sentence(loudspeaker: VirtualSpeaker) -> None:
    act = """
async def act(speaker):
    raise AssertionError("it opened")
"""
    quiet = VirtualSpeaker.__new__(VirtualSpeaker)
    quiet.environment = {**loudspeaker.environment, "PULSE_SERVER": "unix:/nowhere"}
    for driver in ("portaudio", "alsa"):
        script = Script(quiet, driver, act)
        with pytest.raises(AssertionError) as caught:
            script.end()
        last = str(caught.value).split("\nassert")[0].strip().splitlines()[-1]
        assert "StorybotError: " in last
        assert "loudspeaker" in last
