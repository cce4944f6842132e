"""Requests and unrelated sentences, spoken by flite's voices, half of them in noise."""

from __future__ import annotations

import math
import random
import subprocess
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

VOICES = ("slt", "rms", "awb", "kal16")
NOISE_DB = 20.0  # speech above white noise, power averaged over the whole utterance
THINGS = (
    "cat", "boat", "rabbit", "bear", "castle", "duck", "garden", "monkey", "train", "squirrel",
    "princess", "butterfly", "elephant", "cake", "forest", "kitten", "truck", "turtle", "river",
    "balloon",
)  # fmt: skip
UNRELATED = (
    "the weather will be fine on thursday",
    "my sister went to the market",
    "did you close the kitchen window",
    "i think the bus was late again this morning",
    "please put the plates on the table",
    "we are going to visit grandmother tomorrow",
    "the news begins at eight o'clock",
    "where did you leave my blue jacket",
    "he said that the car needs new tires",
    "dinner is almost ready",
    "turn off the light before you leave",
    "she has been working all day long",
    "the meeting was moved to friday afternoon",
    "can you help me carry these boxes",
    "nobody knows how the match ended",
)


@dataclass(frozen=True)
class Request:
    """One spoken request."""

    words: str
    things: tuple[str, ...]  # that the story is to be about
    voice: str
    noisy: bool


def requests(count: int) -> list[Request]:
    """Requests for one thing and, every fifth, for two; voices in turn, every other one noisy."""
    made = []
    for number in range(count):
        thing = THINGS[number % len(THINGS)]
        things = (thing,)
        about = with_article(thing)
        if number % 5 == 4:
            other = THINGS[(number + 7) % len(THINGS)]
            things, about = (thing, other), f"{about} and {with_article(other)}"
        voice = VOICES[number // 2 % len(VOICES)]
        words = f"tell me a story about {about}"
        made.append(Request(words, things, voice, number % 2 == 1))
    return made


def unrelated(count: int) -> list[Request]:
    """Sentences that ask for nothing, by every voice."""
    return [
        Request(UNRELATED[n % len(UNRELATED)], (), VOICES[n // len(UNRELATED) % 4], n % 2 == 1)
        for n in range(count)
    ]


def speak(request: Request, path: Path) -> Path:
    """The wav of a request."""
    subprocess.run(
        ["flite", "-voice", request.voice, "-t", request.words, "-o", path],
        check=True,
        timeout=60,
        capture_output=True,
    )
    if request.noisy:
        _add_noise(path, seed=sum(request.words.encode()))
    return path


def with_article(thing: str) -> str:
    """ "a cat", "an elephant"."""
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _add_noise(path: Path, seed: int) -> None:
    with wave.open(str(path)) as file:
        parameters = file.getparams()
        samples = array("h", file.readframes(parameters.nframes))
    power = math.sqrt(sum(s * s for s in samples) / len(samples)) / 10 ** (NOISE_DB / 20)
    chance = random.Random(seed)
    noisy = array("h", (_clipped(s + chance.gauss(0, power)) for s in samples))
    with wave.open(str(path), "wb") as file:
        file.setparams(parameters)
        file.writeframes(noisy.tobytes())


def _clipped(value: float) -> int:
    return max(-32768, min(32767, round(value)))
