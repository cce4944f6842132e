"""Sentences to be labelled by reading, and how far the labels and the counts agree.

    python -m storybot.measuring.label_set FOLDER [--seed COMMIT] [--model FILE]
    python -m storybot.measuring.label_set FOLDER --labels FILE

The first writes FOLDER/sentences.md: stories from plans and as with `plot: off`, with a number
before each sentence and the cast where there is one; and FOLDER/counted.json, what
sentence_faults.py counts in each. A file of labels has a line `NUMBER FAULT` for each fault that a
reader finds; the second compares the two. Requests are drawn from the seed, by default the hash of
the commit checked out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.errors import StorybotError
from storybot.language.safety_filter import load_filter
from storybot.measuring import stories
from storybot.measuring.planned_stories import Writing, write_all
from storybot.measuring.reading_set import head_commit
from storybot.measuring.requests import Request, single_requests
from storybot.measuring.sentence_faults import FAULTS, sentences_in
from storybot.measuring.story_faults import cast_of, faults_of, faults_without_plan
from storybot.measuring.story_quality import load_words
from storybot.telling.plan import Length

FROM_PLANS, WITHOUT = 200, 100  # sentences
STORIES = 40  # that are enough for them
_LABEL = re.compile(r"\s*(\d+)\s+(.+?)\s*")


class LabelSet:
    """Stories with numbered sentences, and which of them were counted as faulty."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.counted: dict[str, list[int]] = {fault: [] for fault in FAULTS}
        self.number = 0

    def add(self, heading: str, sentences: Sequence[str], faults: dict[str, list[str]]) -> None:
        """One story; `faults` holds its faulty sentences by fault."""
        self.lines += [f"## {heading}", ""]
        for sentence in sentences:
            self.number += 1
            self.lines.append(f"{self.number}. {sentence}")
            for fault, found in faults.items():
                if sentence in found:
                    self.counted[fault].append(self.number)
        self.lines.append("")


def planned(args: argparse.Namespace, requests: Sequence[Request], into: LabelSet) -> None:
    """Stories from plans until there are FROM_PLANS sentences."""
    usual, known = TellingSettings(), load_words()
    length, allows = Length(usual.length), load_filter()
    writing = Writing(args.engine, args.model, usual, usual.drafts, length, allows)
    for one in write_all(writing, requests[: FROM_PLANS // 10], 1):
        sentences = sentences_in(one.text)[: FROM_PLANS - into.number]
        if not sentences:
            return
        who = ", ".join(f"{name} ({pronoun})" for name, pronoun in cast_of(one).items())
        into.add(f"{one.request.line} [{who}]", sentences, faults_of(one, known))


def plain(args: argparse.Namespace, requests: Sequence[Request], into: LabelSet) -> None:
    """Stories without plans until there are WITHOUT sentences more."""
    known, most = load_words(), into.number + WITHOUT
    for number, request in enumerate(requests, 1):
        model = [str(args.model)]
        told = stories.tell(args.engine, model, request.things, number, TellingSettings())
        sentences = sentences_in(told.text)[: most - into.number]
        if not sentences:
            return
        into.add(request.line, sentences, faults_without_plan(told.text, request, known))


def agreement(folder: Path, labels: Path) -> Iterator[str]:
    """A table of both by fault; ValueError for a line that is no label."""
    counted: dict[str, list[int]] = json.loads((folder / "counted.json").read_text())
    read: dict[str, set[int]] = {fault: set() for fault in FAULTS}
    for line in labels.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        found = _LABEL.fullmatch(line)
        if found is None or found[2] not in read:
            raise ValueError(f"{line!r} is no number and one of: {', '.join(FAULTS)}")
        read[found[2]].add(int(found[1]))
    for name, first, last in (
        ("from plans", 1, FROM_PLANS),
        ("plot: off", FROM_PLANS + 1, FROM_PLANS + WITHOUT),
    ):
        yield f"| {name}, sentences {first} to {last} | counted | read | both | agree |"
        yield "|---|---|---|---|---|"
        for fault in FAULTS:
            ours = {n for n in counted[fault] if first <= n <= last}
            theirs = {n for n in read[fault] if first <= n <= last}
            agree = 1 - len(ours ^ theirs) / (last - first + 1)
            both = len(ours & theirs)
            yield f"| {fault} | {len(ours)} | {len(theirs)} | {both} | {100 * agree:.1f} % |"
        yield ""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="storybot.measuring.label_set", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, help="compare these with what was counted")
    parser.add_argument("--seed", help="any text; default: the commit's hash")
    parser.add_argument("--engine", type=Path, default=Path("build/native/storyteller"))
    parser.add_argument("--model", type=Path, default=stories.DEFAULT_MODEL)
    args = parser.parse_args(argv)
    try:
        if args.labels:
            print("\n".join(agreement(args.folder, args.labels)))
            return 0
        requests = random.Random(args.seed or head_commit()).sample(single_requests(), STORIES)
        found = LabelSet()
        planned(args, requests[: STORIES // 2], found)
        if found.number != FROM_PLANS:
            raise ValueError(f"too few sentences from plans: {found.number}")
        plain(args, requests[STORIES // 2 :], found)
    except StorybotError as error:
        print(f"label-set: {error}", file=sys.stderr)
        return int(error.code)
    except (OSError, ValueError) as error:
        print(f"label-set: {error}", file=sys.stderr)
        return 1
    args.folder.mkdir(parents=True, exist_ok=True)
    (args.folder / "sentences.md").write_text("\n".join(found.lines), encoding="utf-8")
    (args.folder / "counted.json").write_text(json.dumps(found.counted), encoding="utf-8")
    print(f"{args.folder}: {found.number} sentences")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
