"""The report of `make eval-stories`: stories from plans beside those with `plot: off`.

Every thing of the list is asked for once, and a hundred harder requests; one hundred stories more
are about a cat. Faults are counted by sentence_faults.py, which shares nothing with the editor.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.errors import StorybotError
from storybot.language.safety_filter import load_filter
from storybot.language.things import find_thing
from storybot.measuring import stories
from storybot.measuring.planned_stories import Planned, Writing, write_all
from storybot.measuring.plot_counts import (
    last_third,
    obedience,
    people_of,
    shared,
    speaks_of,
    words_by_model,
    words_guided,
    wrong_speakers,
)
from storybot.measuring.requests import Request, harder_requests, single_requests
from storybot.measuring.sentence_faults import FAULTS, sentences_in
from storybot.measuring.story_faults import faults_of, faults_without_plan
from storybot.measuring.story_quality import load_words, repeats_sentence, words_of
from storybot.measuring.story_table import Row, table_text
from storybot.telling.editor.vocabulary import load_vocabulary
from storybot.telling.plan import Length

ABOUT_ONE = "cat"
ABOUT_ONE_TIMES = 100


def percent(part: float, whole: float) -> str:
    return f"{100 * part / max(1, whole):.2f} %"


def text_rows(texts: Sequence[str], requests: Sequence[Request]) -> Iterator[Row]:
    """What any story can be asked."""
    yield Row("stories", str(len(texts)), "")
    yield Row("words a story", f"{statistics.fmean(len(words_of(t)) for t in texts):.0f}", "")
    spoken = [speaks_of(last_third(t), r.words) for t, r in zip(texts, requests, strict=True)]
    yield Row("what was asked for in the last third", percent(sum(spoken), len(spoken)), ">= 95 %")
    repeated = sum(map(repeats_sentence, texts))
    yield Row("stories that repeat a sentence", percent(repeated, len(texts)), "<= 1 %")


def fault_rows(counted: Sequence[dict[str, list[str]]], sentences: int) -> Iterator[Row]:
    """Faults by sentence."""
    yield Row("sentences", str(sentences), "")
    for fault in FAULTS:
        found = sum(len(story[fault]) for story in counted)
        yield Row(f"{fault}, of all sentences", percent(found, sentences), "<= 0.3 %")


def plan_rows(told: Sequence[Planned]) -> Iterator[Row]:
    """What only stories from plans have."""
    records = [one.record for one in told]
    speakers = sum(wrong_speakers(one.record, people_of(one.plan.cast)) for one in told)
    asked = sum(bool(a.speaker and a.kept) for record in records for a in record.asked)
    yield Row("another speaks than the plan says", percent(speakers, asked), "<= 0.3 %")
    vocabulary = load_vocabulary()
    words = {w.lower() for r in records for a in r.asked for w in a.keywords}
    rarity = {word: rare for word in words if (rare := vocabulary.rarity(word)) is not None}
    for which, by_rarity in obedience(records, rarity).items():
        wanted = {"single": ">= 70 %", "kept": ">= 90 %"}[which]
        for name, share in sorted(by_rarity.items()):
            label = f"keywords obeyed, {which} draft" + (f", {name}" if name != "all" else "")
            yield Row(label, f"{100 * share:.1f} %", wanted if name == "all" else "")
    own = sorted(map(words_by_model, records))
    yield Row("words by the model, median", f"{100 * statistics.median(own):.0f} %", ">= 65 %")
    yield Row("words by the model, least", f"{100 * own[0]:.0f} %", ">= 50 %")
    guided = statistics.median(map(words_guided, records))
    yield Row("... of these, words that the plan has too", f"{100 * guided:.0f} %", "")
    same = [(" ".join(one.plan.plots), one.text) for one in told]
    yield Row("5-grams that two stories of one plot share", f"{100 * shared(same):.1f} %", "")
    figures = [one.figures for one in told]
    drafts = sum(f.drafts for f in figures)
    faults = sum((f.faults for f in figures), Counter[str]())
    yield Row("drafts thrown away", percent(faults.total(), drafts), "")
    for fault, number in faults.most_common():
        yield Row(f"... {fault.replace('_', ' ')}", percent(number, drafts), "")
    beats = sum(f.beats for f in figures)
    yield Row(
        "beats left out, no draft was good enough",
        percent(sum(f.skipped for f in figures), beats),
        "",
    )
    given_up = sum(f.given_up for f in figures)
    yield Row("beats told by the plan, no draft was good enough", percent(given_up, beats), "")
    drawn, kept = sum(f.tokens_drawn for f in figures), sum(f.tokens_kept for f in figures)
    yield Row("tokens drawn for one that is told", f"{drawn / max(1, kept):.1f}", "")
    yield Row("seconds a story", f"{statistics.fmean(one.seconds for one in told):.2f}", "")


def planned_column(
    told: Sequence[Planned], about_one: Sequence[Planned], faults: list[str]
) -> list[Row]:
    """All figures of stories from plans; what was counted as a fault is added to `faults`."""
    known = load_words()
    counted = []
    for one in told:
        counted.append(faults_of(one, known))
        faults += [f"{k}: {s}" for k, found in counted[-1].items() for s in found]
    texts = [one.text for one in told]
    rows = list(text_rows(texts, [one.request for one in told]))
    rows += fault_rows(counted, sum(len(sentences_in(text)) for text in texts))
    if about_one:
        different = len({one.text for one in about_one})
        plots = len({one.plan.plots for one in about_one})
        what = f"different stories in {len(about_one)} about a {ABOUT_ONE}"
        rows.append(Row(what, f"{different} ({plots} rows of plots)", str(len(about_one))))
    return rows + list(plan_rows(told))


def plain_column(args: argparse.Namespace, requests: Sequence[Request]) -> list[Row]:
    """The figures of `plot: off`."""
    sampling = TellingSettings()

    def tell(item: tuple[int, Request]) -> str:
        number, request = item
        model = [str(args.model)]
        return stories.tell(args.engine, model, request.things, args.seed + number, sampling).text

    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(tell, enumerate(requests)))
    known = load_words()
    told = zip(texts, requests, strict=True)
    counted = [faults_without_plan(text, request, known) for text, request in told]
    rows = list(text_rows(texts, [without_names(request) for request in requests]))
    return [*rows, *fault_rows(counted, sum(len(sentences_in(text)) for text in texts))]


def without_names(request: Request) -> Request:
    """A box without plots knows no name for a thing: its noun must be spoken of."""
    return replace(
        request, wanted=tuple(replace(w, name="") if w.noun else w for w in request.wanted)
    )


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    usual = TellingSettings()
    parser = argparse.ArgumentParser(prog="storybot.measuring.plot_report", description=__doc__)
    parser.add_argument("--engine", type=Path, default=Path("build/native/storyteller"))
    parser.add_argument("--drafts-engine", type=Path, help="another program for the drafts")
    parser.add_argument("--model", type=Path, default=stories.DEFAULT_MODEL)
    parser.add_argument("--sample", type=int, default=0, help="so many requests only, evenly taken")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drafts", type=int, default=TellingSettings().drafts)
    parser.add_argument("--length", choices=[one.value for one in Length], default="short")
    parser.add_argument("--temperature", type=float, default=usual.draft_temperature)
    parser.add_argument("--top-p", type=float, default=usual.topp)
    parser.add_argument("--stories", type=Path, help="write the stories and their faults there")
    return parser.parse_args(argv)


def report(args: argparse.Namespace) -> None:
    requests = [*single_requests(), *harder_requests(args.seed)]
    cats = ABOUT_ONE_TIMES
    if args.sample:
        requests = [requests[i * len(requests) // args.sample] for i in range(args.sample)]
        cats = min(cats, args.sample)
    settings = replace(TellingSettings(), draft_temperature=args.temperature, topp=args.top_p)
    program = args.drafts_engine or args.engine
    with_ = Writing(program, args.model, settings, args.drafts, Length(args.length), load_filter())
    started = time.monotonic()
    told = write_all(with_, requests, args.seed)
    thing = find_thing(ABOUT_ONE)
    assert thing is not None
    about_one = write_all(with_, [r for r in single_requests() if r.things == (thing,)] * cats, 1)
    faults: list[str] = []
    columns = {"plots": planned_column(told, about_one, faults)}
    print(
        f"{args.model}: {len(told)} stories, {args.drafts} drafts, "
        f"{time.monotonic() - started:.0f} s"
    )
    columns["plot: off"] = plain_column(args, requests)
    print(table_text(columns))
    if args.stories:
        args.stories.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(
            f"## {one.request.line} (seed {args.seed + n}; {', '.join(one.plan.plots)})\n\n"
            f"{one.text}"
            for n, one in enumerate(told)
        )
        (args.stories / "stories.md").write_text(text + "\n", encoding="utf-8")
        (args.stories / "faults.txt").write_text("\n".join(faults) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    try:
        report(arguments(argv))
    except StorybotError as error:
        print(f"eval-stories: {error}", file=sys.stderr)
        return int(error.code)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
