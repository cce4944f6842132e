"""Prints the engine's speed and memory beside llama2.c's run and runq, all measured in one run.

Programs take turns, so that whatever else the machine does strikes all alike; medians count.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TOKENS = "256"
GREEDY = ("-t", "0")
TOP_P = ("-t", "1", "-p", "0.9")


@dataclass
class Case:
    """One command that tells stories, and what came of it."""

    name: str
    command: list[str]
    wanted: str = ""  # the least ratio to the peer, for the table
    seeded: bool = False  # the seed counts up from round to round
    rates: list[float] = field(default_factory=list)  # tokens per second
    processor: list[float] = field(default_factory=list)  # seconds of processor time
    memory: float | None = None  # peak MB, as our own bench tells it
    first: list[float] = field(default_factory=list)  # ms from start to the first byte

    def run(self, number: int) -> None:
        command = [*self.command, *(["-s", str(number + 1)] if self.seeded else [])]
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert child.stdout is not None and child.stderr is not None
        child.stdout.read(1)
        self.first.append((time.perf_counter() - start) * 1e3)
        child.stdout.read()
        said = child.stderr.read().decode(errors="replace")
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.processor.append(used.ru_utime + used.ru_stime)
        found = re.search(r"achieved tok/s: ([0-9.]+)", said)
        if child.returncode != 0 or not found:
            sys.exit(f"{' '.join(command)} failed: {said.strip()}")
        self.rates.append(float(found.group(1)))

    def measure_memory(self) -> None:
        """Of one story, by the program itself: a parent's view counts the parent as well."""
        program, *rest = self.command
        said = subprocess.run([program, "bench", *rest, "-r", "1"], capture_output=True, text=True)
        found = re.search(r"peak memory: ([0-9.]+) MB", said.stdout)
        self.memory = float(found.group(1)) if found else None

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def program(given: str, out: Path, cc: str) -> str | None:
    """A peer's binary; one given as source is built with -Ofast -march=native first."""
    if not given:
        return None
    if not given.endswith(".c"):
        return str(Path(given).resolve())
    subprocess.run([cc, "-Ofast", "-march=native", given, "-o", str(out), "-lm"], check=True)
    return str(out)


def peers(args: argparse.Namespace) -> list[Case]:
    model, tokenizer = str(args.models / "model.bin"), str(args.models / "tokenizer.bin")
    cases = []
    run = program(args.peer, args.models / "peer-run", args.cc)
    if run:
        common = [run, model, "-z", tokenizer, "-n", TOKENS]
        cases.append(Case("run.c, greedy", [*common, *GREEDY]))
        cases.append(Case("run.c, top-p", [*common, *TOP_P], seeded=True))
    runq = program(args.peerq, args.models / "peer-runq", args.cc)
    quantised = args.models / "q80.bin"
    if runq and quantised.exists():
        common = [runq, str(quantised), "-z", tokenizer, "-n", TOKENS]
        cases.append(Case("runq.c, greedy", [*common, *GREEDY]))
    return cases


def ours(args: argparse.Namespace) -> list[Case]:
    engine, checkpoint = str(args.storyteller), str(args.models / "model.bin")
    tokenizer = str(args.models / "tokenizer.bin")

    def pack(name: str) -> list[str]:
        return [engine, str(args.models / f"{name}.story"), "-n", TOKENS]

    fp32, int8, int4 = pack("fp32"), pack("int8"), pack("int4")
    plain = [engine, checkpoint, "-z", tokenizer, "-n", TOKENS]
    return [
        Case("fp32 checkpoint, full, greedy", [*plain, *GREEDY], "1.05"),
        Case("fp32 pack, full, greedy", [*fp32, *GREEDY, "--full"], "1.0"),
        Case("fp32, screened, greedy", [*fp32, *GREEDY], "1.8"),
        Case("fp32, screened, top-p", [*fp32, *TOP_P], "1.8", seeded=True),
        Case("int8, full, greedy", [*int8, *GREEDY, "--full"], "4"),
        Case("int8, full, top-p", [*int8, *TOP_P, "--full"], seeded=True),
        Case("int8, screened, greedy", [*int8, *GREEDY], "8"),
        Case("int8, screened, top-p", [*int8, *TOP_P], "8", seeded=True),
        Case("int4, screened, greedy", [*int4, *GREEDY], "10"),
        Case("int4, screened, top-p", [*int4, *TOP_P], "10", seeded=True),
        Case("int8, full, greedy, 2 threads", [*int8, *GREEDY, "--full", "-j", "2"]),
        Case("fp32 checkpoint, streamed", [*plain, *TOP_P, "--stream"], seeded=True),
    ]


def by_name(cases: list[Case], name: str) -> Case | None:
    return next((case for case in cases if case.name == name), None)


def print_table(cases: list[Case]) -> None:
    print("| what | tokens/s | against run.c | wanted | first byte, ms | peak MB |")
    print("|---|---|---|---|---|---|")
    for case in cases:
        peer = by_name(cases, "run.c, top-p" if "top-p" in case.name else "run.c, greedy")
        ratio = f"{case.rate / peer.rate:.2f}" if peer else "no peer"
        print(
            f"| {case.name} | {case.rate:.0f} | {ratio} | {case.wanted} "
            f"| {statistics.median(case.first):.1f} | {case.memory or ''} |"
        )
    one, two = by_name(cases, "int8, full, greedy"), by_name(cases, "int8, full, greedy, 2 threads")
    if one and two:
        print(f"two threads against one, int8, full: {two.rate / one.rate:.2f}")
    peer, fp32 = by_name(cases, "run.c, greedy"), by_name(cases, "fp32 checkpoint, full, greedy")
    if peer and fp32:  # the same text, so that processor time compares even on a busy machine
        ratio = statistics.median(
            theirs / own for theirs, own in zip(peer.processor, fp32.processor, strict=True)
        )
        print(f"fp32 checkpoint against run.c, greedy, by processor time, median: {ratio:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storyteller", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer", default="", help="run.c or a binary of it")
    parser.add_argument("--peerq", default="", help="runq.c or a binary of it")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--only", default="", help="cases whose names match this expression")
    args = parser.parse_args()
    for name, given in (("run.c", args.peer), ("runq.c", args.peerq)):
        if not given:
            print(f"{name} was not given and is left out (PEER=, PEERQ=)")
    mine = [case for case in ours(args) if re.search(args.only, case.name)]
    cases = [case for case in peers(args) if re.search(args.only, case.name)] + mine
    for case in mine:
        case.measure_memory()
    for number in range(args.rounds):
        for case in cases:
            case.run(number)
    print_table(cases)


if __name__ == "__main__":
    main()
