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
NOISE_BEFORE, NOISE_AFTER = 1.0, 0.5  # s: a noisy room was noisy before somebody spoke
THINGS = (
    "cat", "boat", "rabbit", "bear", "castle", "duck", "garden", "monkey", "train", "squirrel",
    "princess", "butterfly", "elephant", "cake", "forest", "kitten", "truck", "turtle", "river",
    "balloon",
)  # fmt: skip
UNRELATED = (
    "the weather will be nice tomorrow",
    "can you pass me the salt please",
    "we need to buy some milk and eggs",
    "where did you put my shoes",
    "the cat is sleeping on the sofa",
    "do not forget to brush your teeth",
    "what time is dinner tonight",
    "I think it is going to rain",
    "my brother has a new bicycle",
    "turn off the television now",
    "it is your turn to wash the dishes",
    "she went to the market this morning",
    "have you done your homework yet",
    "the train leaves at half past seven",
    "I would like a cup of tea",
    "let us go to the park on sunday",
    "he fell down and hurt his knee",
    "there is a dog in the garden",
    "please close the window it is cold",
    "the phone is ringing in the kitchen",
    "did you see the moon last night",
    "grandma is coming to visit us",
    "we are going to the beach in summer",
    "look at that big red truck",
    "I can not find my other sock",
    "the story in the newspaper was sad",
    "tell your sister to come here",
    "he told me about his holiday",
    "that was a very good story",
    "I do not want to go to bed",
    "who left the door open again",
    "this soup is much too hot",
    "my teacher said we have a test",
    "the car needs a new tire",
    "are you coming to the party",
    "she likes to play the piano",
    "we saw an elephant at the zoo",
    "stop hitting your brother right now",
    "put your toys back in the box",
    "the baby is crying in the other room",
    "how many apples are in the basket",
    "I will call you back in ten minutes",
    "the doctor said she is fine",
    "what do you want for breakfast",
    "he is a very good football player",
    "I lost my keys on the bus",
    "it is too loud in this restaurant",
    "they live in a big house by the river",
    "tell me what happened at school",
    "the king of spain visited london",
    "be careful with that knife",
    "my favourite colour is blue",
    "we should leave before it gets dark",
    "there are twenty children in the class",
    "the computer is not working",
    "sit down and eat your lunch",
    "he painted the fence last week",
    "a quarter of the people did not vote",
    "the price of bread went up",
    "she has been working since nine",
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
    """Sentences that ask for nothing, the voices in turn, every other one noisy."""
    return [
        Request(UNRELATED[n % len(UNRELATED)], (), VOICES[n // 2 % len(VOICES)], n % 2 == 1)
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
    before, after = (
        array("h", bytes(2 * int(seconds * parameters.framerate)))
        for seconds in (NOISE_BEFORE, NOISE_AFTER)
    )
    noisy = array("h", (_clipped(s + chance.gauss(0, power)) for s in before + samples + after))
    with wave.open(str(path), "wb") as file:
        file.setparams(parameters)
        file.writeframes(noisy.tobytes())


def _clipped(value: float) -> int:
    return max(-32768, min(32767, round(value)))
