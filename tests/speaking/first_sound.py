"""How soon something sounds at the loudspeaker, a virtual one: `make first-sound`.

python -m tests.speaking.first_sound [COMMAND...]     (default: storybot tell about a cat)
python -m tests.speaking.first_sound --before FOLDER
python -m tests.speaking.first_sound --voices [VOICE...]

The first measures from the start of a command; the second the same of this checkout and of another
one with its own .venv, in turns. The third measures from a sentence that is to be said, as in the
daemon: the voice was loaded while the box listened.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.drivers import names
from storybot.speaking.speaker import Speaker
from storybot.speaking.voices.choice import missing_for
from storybot.system.processes import end_group_now
from tests.speaking.virtual_speaker import Recording, VirtualSpeaker, missing, virtual_speaker

TIMES = 10
TELL = ("tell", "about", "a", "cat")
SOUND_TIMEOUT_S = 15.0  # for one story or sentence to begin
LISTENING_S = 20.0  # that the box listens before it is first asked for a story
TITLE = "A story about a cat."
ELSEWHERE = ("wyoming",)  # another machine's voice


def main() -> int:
    """Measure, print one line a run and the median; returns the exit status."""
    if missing():
        print(f"first_sound: needs {missing()}", file=sys.stderr)
        return 1
    with virtual_speaker() as speaker:
        if sys.argv[1:2] == ["--voices"]:
            return of_voices(speaker, sys.argv[2:])
        if sys.argv[1:2] == ["--before"] and len(sys.argv) == 3:
            return of_commands(speaker, {name: told_in(name) for name in (sys.argv[2], ".")})
        return of_commands(speaker, {".": sys.argv[1:] or told_in(".")})


def told_in(checkout: str) -> list[str]:
    """The command that tells a story, of this checkout."""
    return [str(Path(checkout, ".venv/bin/python").absolute()), "-m", "storybot", *TELL]


def of_commands(speaker: VirtualSpeaker, commands: dict[str, list[str]]) -> int:
    """From the start of each command, by the folder in which it runs, in turns.

    The first start of each does not count: it compiles the code, as installing storybot does.
    """
    taken: dict[str, list[float]] = {folder: [] for folder in commands}
    for number in range(TIMES + 1):
        for folder, command in commands.items():
            after = from_start(speaker, folder, command)
            if after is None:
                print("first_sound: nothing was heard", file=sys.stderr)
                return 1
            if number:
                taken[folder].append(after)
                print(f"{folder}: first sound after {after:.3f} s")
    for folder, each in taken.items():
        median, worst = statistics.median(each), max(each)
        print(f"{folder}: median of {TIMES}: {median:.3f} s, worst {worst:.3f} s")
    return 0


def from_start(speaker: VirtualSpeaker, folder: str, command: list[str]) -> float | None:
    """s from the start of a command to its first sound; None where none comes."""
    environment = {**speaker.environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with speaker.recording() as recording:
        begun = time.monotonic()
        story = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not recording.sounds(begun) and time.monotonic() < begun + SOUND_TIMEOUT_S:
            time.sleep(0.1)
        heard = recording.sounds(begun)
        end_group_now(story, 2.0)
    return heard[0] - begun if heard else None


def of_voices(speaker: VirtualSpeaker, wanted: Sequence[str]) -> int:
    """From a sentence, for each voice that this machine has."""
    os.environ.update(speaker.environment)
    voices = [name for name in wanted or names("voice") if name not in ELSEWHERE]
    print(f"{'voice':16}{'the first':>10}{'median':>10}{'worst':>10}   s, {TIMES} sentences")
    for name in voices:
        if lacking := missing_for(name):
            print(f"{name:16} needs {lacking}")
            continue
        with speaker.recording() as recording:
            taken = asyncio.run(_sentences(name, recording))
        print(f"{name:16}{taken[0]:10.3f}{statistics.median(taken):10.3f}{max(taken):10.3f}")
    return 0


async def _sentences(voice: str, recording: Recording) -> list[float]:
    """s from each sentence to its sound."""
    taken = []
    async with Speaker(SpeakingSettings(driver="portaudio", voice=voice)) as speaker:
        await asyncio.sleep(LISTENING_S)
        for _ in range(TIMES):
            begun = time.monotonic()
            await speaker.say(TITLE)
            await speaker.drain()
            taken.append(next(iter(recording.sounds(begun)), float("inf")) - begun)
    return taken


if __name__ == "__main__":
    sys.exit(main())
