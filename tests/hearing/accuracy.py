"""How well the small recogniser hears, without devices: python -m tests.hearing.accuracy

Flite's four voices ask for things of the list, clean and with white noise 20 dB below the speech,
and say sentences that ask for nothing. Prints shares, false alarms and CPU time per second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from storybot.config.schema import HearingSettings
from storybot.hearing.microphones.wav import Recording
from storybot.hearing.recognisers.pocketsphinx.recogniser import PocketSphinxRecogniser
from storybot.hearing.recordings import hear_recording
from storybot.hearing.utterance import Utterance
from storybot.language.listening import ListenFor
from storybot.language.requests import understand
from storybot.language.spoken_grammar import STOPS
from storybot.language.things import Thing, load_things
from tests.fakes.recognisers import VOICES, noisy, spoken, without_silence

NOISE = 20.0  # dB
QUIET = bytes(8000)  # 0.25 s
SECOND = bytes(32000)
COMMANDS = ("another one", "another story", "tell it again", "louder", "softer", "good night")
PAUSES = (0.4, 0.6, 0.8, 1.0)  # s
BROKEN = (  # a request in two pieces, with a pause between them
    ("tell me", "a story about a {}"),
    ("tell me a", "story about a {}"),
    ("tell me a story", "about a {}"),
    ("tell me a story about", "a {}"),
    ("tell me a story about a", "{}"),
    ("please tell me a story about the", "{}"),
    ("can you tell me a story about a big", "{}"),
)
BROKEN_ABOUT = ("cat", "dragon", "house", "fish")
UNRELATED = (
    "can you pass me the salt please",
    "where did you put my shoes",
    "the cat is sleeping on the sofa",
    "do not forget to brush your teeth",
    "it is your turn to wash the dishes",
    "there is a dog in the garden",
    "did you see the moon last night",
    "the story in the newspaper was sad",
    "he told me about his holiday",
    "that was a very good story",
    "I do not want to go to bed",
    "who left the door open again",
    "we saw an elephant at the zoo",
    "stop hitting your brother right now",
    "it is too loud in this restaurant",
    "tell me what happened at school",
    "a quarter of the people did not vote",
    "I have a story to tell about work",
    "another day another problem",
    "you can tell me later on",
)
NEAR = (  # short, and like something that is listened for
    "good bye",
    "good morning",
    "last night",
    "at night",
    "stop there",
    "stop and look",
    "the bus stop",
    "do not stop",
    "drop it",
    "chop it up",
    "not again",
    "never again",
    "once again",
    "tell her again",
    "tell me again",
    "start again",
    "a loud noise",
    "a letter",
    "later",
    "be quiet",
    "quite right",
    "a quarter to nine",
    "soft toys",
    "the sofa",
    "the other one",
    "the other story",
    "another cup of tea",
    "another biscuit please",
    "what a story",
    "sell me a story",
    "tell me a joke",
    "tell me a story later",
    "tell me the story of your life",
    "could I",
    "can you help me",
    "please sit down",
    "what",
    "mum",
    "come here",
    "hello there",
)


@dataclass
class Count:
    """One row of the table."""

    of: int = 0
    sure: int = 0
    right: int = 0

    def add(self, heard: Utterance | None, right: bool) -> None:
        self.of += 1
        self.sure += heard is not None and heard.sure
        self.right += heard is not None and heard.sure and right

    def __str__(self) -> str:
        return f"| {self.of} | {self.sure} | {self.right} |"


def asked(count: int) -> list[tuple[str, tuple[Thing, ...]]]:
    """Requests in five forms, for things from all over the list."""
    things = [t for t in load_things() if t.kind in ("creature", "thing")][:200]
    made = []
    for number in range(count):
        one, two = things[number * 7 % len(things)], things[(number * 11 + 3) % len(things)]
        forms = (
            (f"tell me a story about {one.phrase}", (one,)),
            (f"tell me a story about {one.phrase} and {two.phrase}", (one, two)),
            (f"can you tell me a story about {one.phrase} please", (one,)),
            (f"tell me a story about {one.plural}", (one,)),
            (f"please tell me a story about {one.definite}", (one,)),
        )
        made.append(forms[number % len(forms)])
    return made


def stopped(
    recogniser: PocketSphinxRecogniser, text: str, number: int, noise: float | None
) -> Utterance | None:
    """What is taken for a "stop" while a story is told."""
    sound = SECOND + spoken(text, VOICES[number % 4]) + SECOND
    recogniser.listen_for(ListenFor.STOP)
    heard = recogniser.hear(sound if noise is None else noisy(sound, noise, number))
    heard += recogniser.finish()
    return next((one for one in heard if isinstance(one, Utterance) and one.sure), None)


def measure(settings: HearingSettings, count: int, noise: float | None) -> str:
    """The rows for one condition."""
    requests, paused, commands = Count(), Count(), Count()
    others, near = Count(), Count()
    stops, no_stops = Count(), Count()
    seconds = cpu = 0.0
    with tempfile.TemporaryDirectory() as cache:
        recogniser = PocketSphinxRecogniser(settings, Path(cache))

        def hear(text: str, number: int, rest: str = "", pause: float = 0.0) -> Utterance | None:
            nonlocal seconds, cpu
            sound = QUIET + spoken(text, VOICES[number % 4]) + QUIET
            if rest:
                begun = without_silence(text, VOICES[number % 4]) + bytes(int(pause * 16000) * 2)
                sound = QUIET + begun + without_silence(rest, VOICES[number % 4]) + QUIET
            recording = Recording(sound if noise is None else noisy(sound, noise, number), ())
            started = time.process_time()
            heard = hear_recording(recording, recogniser, settings)
            cpu += time.process_time() - started
            seconds += recording.seconds
            return heard

        for number, (text, things) in enumerate(asked(count)):
            heard = hear(text, number)
            request = understand(heard.text) if heard else None
            requests.add(heard, request is not None and set(request.things) == set(things))
        for number, (pause, (begun, rest), word) in enumerate(
            product(PAUSES, BROKEN, BROKEN_ABOUT)
        ):
            heard = hear(begun, number + number // 4, rest.format(word), pause)
            request = understand(heard.text) if heard else None
            found = [thing.word for thing in request.things] if request else []
            paused.add(heard, found == [word])
        for number in range(4 * len(COMMANDS)):
            heard = hear(COMMANDS[number // 4], number)
            commands.add(heard, heard is not None and heard.text == COMMANDS[number // 4])
        for number, text in enumerate(UNRELATED):
            others.add(hear(text, number), False)
        for number, text in enumerate(NEAR):
            near.add(hear(text, number), False)
        for number in range(4 * len(STOPS)):
            stops.add(stopped(recogniser, STOPS[number // 4], number, noise), True)
        for number, text in enumerate(UNRELATED + NEAR):
            no_stops.add(stopped(recogniser, text, number, noise), False)
    name = "clean" if noise is None else f"{noise:g} dB"
    return (
        f"| requests, {name} {requests}\n| requests with a pause, {name} {paused}\n"
        f"| commands, {name} {commands}\n"
        f"| unrelated, {name} {others}\n| near sounds, {name} {near}\n"
        f"| stops in a story, {name} {stops}\n| no stops in a story, {name} {no_stops}\n"
        f"{name}: {cpu / seconds:.2f} s of CPU for a second of sound"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--things", type=int, default=500)
    args = parser.parse_args()
    settings = HearingSettings(things=args.things)
    print("| | said | accepted | right |\n|---|---|---|---|")
    for noise in (None, NOISE):
        print(measure(settings, args.requests, noise), flush=True)


if __name__ == "__main__":
    main()
