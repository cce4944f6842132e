"""Figures of the speaking room, measured at a virtual loudspeaker; prints two tables.

python -m tests.speaking.figures
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise

from storybot.config.schema import SpeakingSettings
from storybot.drivers import names
from storybot.speaking.speaker import Speaker
from storybot.speaking.voices.choice import make_voice, missing_for
from storybot.speaking.voices.voice import Pcm, SpeechParameters
from tests.speaking.virtual_speaker import Recording, VirtualSpeaker, missing, virtual_speaker

SENTENCE = "Once upon a time, there was a little cat who loved to play in the sun."
STORY = (
    SENTENCE,
    'A bird came, and sat down; then it said, "Hello, cat! Do you want to play?"',
    '"What are you doing?" asked the cat.',
    "They played all day. The end.",
)
TIMES = 5
SETTLE = 1.0  # s to see that silence lasts


def of_voices() -> None:
    """First sound and whole sentence of each voice."""
    print(f"{'voice':14}{'first sound':>12}{'whole':>10}{'speech':>9}   median of {TIMES}")
    for name in names("voice"):
        if needs := missing_for(name):
            print(f"{name:14}needs {needs}")
            continue
        voice, firsts, wholes, speech = make_voice(SpeakingSettings(voice=name)), [], [], 0.0
        for _ in range(TIMES):
            begun = time.monotonic()
            heard: list[tuple[float, int]] = []

            def keep(pcm: Pcm, heard: list[tuple[float, int]] = heard) -> bool:
                if pcm.frames:
                    heard.append((time.monotonic(), pcm.frames))
                return True

            voice.synthesise(SENTENCE, SpeechParameters(), keep)
            wholes.append(time.monotonic() - begun)
            firsts.append(heard[0][0] - begun)
            speech = sum(frames for _, frames in heard) / voice.rate
        first, whole = statistics.median(firsts) * 1e3, statistics.median(wholes) * 1e3
        print(f"{name:14}{first:9.1f} ms{whole:7.0f} ms{speech:7.2f} s")


async def silence_after(speaker: Speaker, recording: Recording, act: Callable[[], object]) -> float:
    """Seconds from an act in the middle of a sentence to the last sound."""
    await speaker.say(SENTENCE)
    start = speaker.played_samples
    while speaker.played_samples < start + 22050 // 2:
        await asyncio.sleep(0.01)
    acted = time.monotonic()
    act()
    await asyncio.sleep(SETTLE)
    return max(0.0, recording.sounds(acted - 0.5)[-1] - acted)


async def longest_silence(speaker: Speaker, recording: Recording) -> float:
    """The longest silence in a short story, between its sentences or inside them."""
    begun = time.monotonic()
    for sentence in STORY:
        await speaker.say(sentence)
    await speaker.drain()
    await asyncio.sleep(SETTLE / 2)
    return max(b - a for a, b in pairwise(recording.sounds(begun)))


async def back_after(speaker: Speaker, loudspeaker: VirtualSpeaker) -> tuple[float, float]:
    """Seconds until a dead sound server is noticed, and from its return until sound moves."""
    saying = asyncio.create_task(speaker.say(SENTENCE * 3))
    await asyncio.sleep(1.0)
    loudspeaker.kill()
    killed = time.monotonic()
    while speaker.trouble is None:
        await asyncio.sleep(0.01)
    noticed = time.monotonic() - killed
    await asyncio.to_thread(loudspeaker.start)
    back, place = time.monotonic(), speaker.played_samples
    while speaker.played_samples < place + 2205:
        await asyncio.sleep(0.01)
    sounding = time.monotonic() - back
    speaker.stop()
    await saying
    return noticed, sounding


async def of_driver(driver: str, loudspeaker: VirtualSpeaker) -> None:
    """One row of the second table."""
    async with Speaker(SpeakingSettings(driver=driver, volume=100), lost_timeout_s=30) as speaker:
        with loudspeaker.recording() as recording:
            stops = [await silence_after(speaker, recording, speaker.stop) for _ in range(TIMES)]
            paused = await silence_after(speaker, recording, speaker.pause)
            speaker.stop()
            gap = await longest_silence(speaker, recording)
        noticed, sounding = await back_after(speaker, loudspeaker)
    stop = statistics.median(stops)
    print(
        f"{driver:12}{stop * 1e3:7.0f} ms{paused * 1e3:7.0f} ms{gap:8.3f} s"
        f"{noticed:10.1f} s{sounding:9.1f} s"
    )


def main() -> int:
    """Measure and print; returns the exit status."""
    if missing():
        print(f"figures: needs {missing()}", file=sys.stderr)
        return 1
    of_voices()
    print("\nsilent after      stop     pause  longest silence  loss noticed  back after")
    with virtual_speaker() as loudspeaker:
        os.environ.update(loudspeaker.environment)

        for driver in ("portaudio", "alsa"):
            asyncio.run(of_driver(driver, loudspeaker))
    return 0


if __name__ == "__main__":
    sys.exit(main())
