"""How close another wish comes to the one understood: python -m tests.hearing.closeness

What alternatives.py chose its figures by. For each margin of the ln score: how many of the requests
understood rightly and wrongly have another wish within it, and of how many wrong ones that is the
right wish; for clear speech and for what scores below CLEAR_SCORE.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import HearingSettings
from storybot.hearing.recognisers.pocketsphinx import recogniser as module
from storybot.hearing.recognisers.pocketsphinx.alternatives import CLEAR_SCORE
from storybot.language.choices import told_apart
from storybot.language.requests import understand
from tests.fakes.recognisers import VOICES
from tests.hearing.accuracy import CALL, CONDITIONS, Ears, Speakers, requests

MARGINS = (4, 8, 12, 16, 20, 25, 30, 40)
FAR = 1000.0


@dataclass(frozen=True)
class Closest:
    """The wish closest to one that was understood."""

    margin: float = FAR
    text: str = ""


class Watch:
    """Takes the place of close_alternative: notes what is closest, and asks about nothing."""

    def __init__(self) -> None:
        self.noted: dict[str, Closest] = {}  # by what was understood

    def __call__(self, text: str, score: float, paths: Iterable[tuple[str, float]]) -> str:
        wish, best, closest = understand(text), None, Closest()
        for words, likelihood in paths:
            best = likelihood if best is None else best
            if told_apart(wish, understand(words)):
                closest = Closest(best - likelihood, words)
                break
        self.noted[text] = closest
        return ""


@dataclass(frozen=True)
class Counted:
    """One request that was understood."""

    right: bool
    clear: bool
    margin: float
    repairs: bool  # the closest wish is the right one


def count(condition: str, number: int, watch: Watch) -> list[Counted]:
    counted = []
    speakers = Speakers(VOICES, next(one for one in CONDITIONS if one.name == condition))
    settings = HearingSettings(second_opinion="none")
    with tempfile.TemporaryDirectory() as cache:
        ears = Ears(module.PocketSphinxRecogniser(settings, Path(cache)), settings)
        for one in requests(speakers, number):
            heard = ears.hear(one.pcm, in_story=False)
            if heard is None or not heard.sure or heard.text == CALL:
                continue
            closest = watch.noted.get(heard.text, Closest())
            clear = heard.confidence >= CLEAR_SCORE
            repairs = bool(closest.text) and one.right(closest.text)
            counted.append(Counted(one.right(heard.text), clear, closest.margin, repairs))
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    every = [one.name for one in CONDITIONS]
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--conditions", nargs="+", choices=every, default=["clean", "20dB"])
    args = parser.parse_args()
    watch = Watch()
    module.__dict__["close_alternative"] = watch
    print("| | within | of right | of wrong | the right one |\n|---|---|---|---|---|")
    for condition in args.conditions:
        counted = count(condition, args.requests, watch)
        for clear in (True, False):
            some = [one for one in counted if one.clear is clear]
            right, wrong = ([one for one in some if one.right is kind] for kind in (True, False))
            for margin in MARGINS:
                close = [one for one in wrong if one.margin <= margin]
                print(
                    f"| {condition}, {'clear' if clear else 'not clear'} | {margin} "
                    f"| {sum(one.margin <= margin for one in right)} of {len(right)} "
                    f"| {len(close)} of {len(wrong)} | {sum(one.repairs for one in close)} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
