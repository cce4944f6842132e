"""What is measured of speech: a story through the real speaker into a wav, and its silences."""

from __future__ import annotations

import asyncio
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.speaking.pauses import Place
from storybot.speaking.speaker import Speaker
from tests.speaking.standard_text import PARAGRAPHS

WINDOW_S = 0.005  # s
SILENT = 0.01  # of the largest amplitude: 40 dB below it


@dataclass(frozen=True)
class Sound:
    """Samples of one channel."""

    samples: array[int]  # int16
    rate: int  # Hz

    def silences(self, longer_than_s: float) -> list[float]:
        """s of each silence between two sounds, in their order."""
        size = round(WINDOW_S * self.rate)
        blocks = [self.samples[at : at + size] for at in range(0, len(self.samples), size)]
        peaks = [max(map(abs, block)) for block in blocks]
        least = SILENT * max(peaks)
        loud = [at for at, peak in enumerate(peaks) if peak > least]
        gaps = [(after - before - 1) * WINDOW_S for before, after in pairwise(loud)]
        return [gap for gap in gaps if gap > longer_than_s]

    @property
    def seconds(self) -> float:
        """s from the first sample to the last that is not silent."""
        return len(self.samples) / self.rate


def paragraphs() -> Iterable[tuple[str, Place]]:
    """The standard text as a story is told."""
    for paragraph in PARAGRAPHS:
        for number, sentence in enumerate(paragraph):
            yield sentence, Place.WITHIN if number else Place.PARAGRAPH


def told(
    settings: SpeakingSettings, wav: Path, sentences: Iterable[tuple[str, Place]] | None = None
) -> Sound:
    """Speak sentences, by default the standard text, into `wav`."""

    async def tell() -> None:
        async with Speaker(settings, wav=wav) as speaker:
            for text, place in sentences or paragraphs():
                await speaker.say(text, place=place)
            await speaker.drain()

    asyncio.run(tell())
    with wave.open(str(wav)) as file:
        frames = array("h", file.readframes(file.getnframes()))
        return Sound(frames, file.getframerate())
