"""Short answers after the call and the box's sign, said to the running box through PortAudio.

python -m tests.sound.answers [--after sign|question] [--other]      (make answers)

Flite's voices call ("tell me a story"), wait for the sign or, where they say nothing, for the
question "What shall it be about?", and answer with one of seven things: each of them by each
voice. Prints one line an answer and how many were right at once, and asked about rightly.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Stop
from storybot.language.replies import Reply
from storybot.language.typed_requests import understand_typed
from tests.hearing.sentences import ANSWERS, OTHER_ANSWERS
from tests.sound.evening import Child
from tests.sound.round_trip import Box
from tests.sound.spoken import VOICES
from tests.sound.virtual_devices import virtual_devices

SETTINGS = """\
hearing: {recogniser: pocketsphinx, driver: portaudio}
telling: {plot: off, longest: 40, first_deadline: 60, token_deadline: 30}
speaking: {driver: portaudio}
controls: {socket: SOCKET}
bedtime: {quiet_from: "", quiet_until: ""}
"""
CALL = "tell me a story"
REACTION_S = 12.0  # s for the box to react to words, on a busy machine too
SIGN_ENDS_S = 0.2  # s of silence after which a sign or a question is over
QUIET_S = 1.0  # s between one answer and the next call


@dataclass(frozen=True)
class Outcome:
    """What became of one answer."""

    said: str  # by the box
    things: frozenset[str]  # that were asked for

    @property
    def right(self) -> bool:
        return self._about("A story about ")

    @property
    def asked(self) -> bool:
        return self._about("Did you say ")

    def _about(self, beginning: str) -> bool:
        if not self.said.startswith(beginning):
            return False
        about = self.said.removeprefix(beginning).rstrip(".?")
        understood = understand_typed(f"{CALL} about {about}")
        return understood is not None and {each.word for each in understood.things} == self.things


def answered(box: Box, child: Child, words: str, things: str, after_question: bool) -> Outcome:
    """Call, wait, answer, and wait for what the box says to that."""
    child.says(CALL)
    if after_question:
        child.hears(Reply.WHAT_ABOUT.value, within=REACTION_S)
    child.lets_it_finish(SIGN_ENDS_S, time.monotonic() if after_question else None)
    child.says(words)
    said = child.hears("", within=REACTION_S)
    ask(box.socket, Stop())
    box.wait_for("idle", REACTION_S)
    time.sleep(QUIET_S)
    return Outcome(said, frozenset(things.split()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--after", choices=("sign", "question"), default="sign")
    parser.add_argument("--other", action="store_true", help="seven others, for no figure chosen")
    args = parser.parse_args()
    outcomes = []
    with virtual_devices() as devices, TemporaryDirectory(prefix="storybot-") as folder:
        box = Box(devices, Path(folder), SETTINGS)
        try:
            with devices.recording() as loudspeaker:
                box.wait_until_it_listens()
                for words, things in OTHER_ANSWERS if args.other else ANSWERS:
                    for voice in VOICES:
                        child = Child(box, devices, loudspeaker, Path(folder), voice)
                        outcome = answered(box, child, words, things, args.after == "question")
                        outcomes.append(outcome)
                        mark = "right" if outcome.right else "asked" if outcome.asked else "-"
                        print(f"{mark:5} {voice:5} {words} -> {outcome.said or '-'}", flush=True)
        finally:
            box.close()
    right, asked = (sum(getattr(one, kind) for one in outcomes) for kind in ("right", "asked"))
    print(f"after the {args.after}: {right} of {len(outcomes)} right at once, {asked} asked about")


if __name__ == "__main__":
    main()
