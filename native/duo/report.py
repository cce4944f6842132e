"""Counts what the engine executes per token on the Duo's CPU; writes the tables of duo-engine.md.

    report.py COUNTER PLUGIN EMULATOR STORYTELLER HOST_STORYTELLER SYNTHETIC WORK DOCUMENT

`make duo-report` builds and fetches all of these and calls this. Models: a seeded synthetic
checkpoint of stories15M's shape, and the trained storylike15M where STORYBOT_SHARED has it. Every
figure on speed is modelled from counted instructions; no board was measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confine import run_confined
from counts import PARTS, Cost, read_tokens, token_cost, total
from memory import in_emulator, peak_here, peaks_in

CPU = "rv64,x-v=true,vext_spec=v0.7.1,vlen=128"
POSITIONS = (5, 64, 200)
SHIPPED = Path(__file__).parents[2] / "storybot" / "data" / "default.story"
SHIPPED_SAMPLING = ("-t", "0.8", "-p", "0.97")  # as the settings have it
# As the contest's judges ran every entry, 256 tokens being run.c's default length.
JUDGED = ("-t", "1.0", "-p", "0.9", "-s", "123", "-i", "Once upon a time", "-n", "256")
PHASES = ("transformer_forward", "transformer_logits", "screen_pick", "sampler_pick")
ERROR_BAND = 0.25
LIMITS = {"int8": 22, "int4": 13, "fp32": 24}  # MB that a story of 256 tokens must fit
BEGIN, END = "<!-- figures: make duo-report -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Case:
    """One column of the tables."""

    name: str
    coding: str
    model: Path  # .story
    sampling: tuple[str, ...]  # options that say how a token is picked


@dataclass(frozen=True)
class Programs:
    """What the report runs."""

    counter: str
    plugin: str
    emulator: str
    storyteller: Path  # for riscv64, with symbols
    host_storyteller: str
    synthetic: str
    work: Path


def count(programs: Programs, case: Case) -> list[dict[str, Cost]]:
    """Cost per part of one token at each position, then the mean of all from the second one on."""
    symbols = programs.work / "symbols"
    with symbols.open("wb") as file:
        subprocess.run(
            ["riscv64-linux-gnu-nm", "-n", str(programs.storyteller)], stdout=file, check=True
        )
    out = programs.work / "counts"
    arguments = [f"symbols={symbols}", f"out={out}", "token=transformer_forward"]
    arguments += [f"phase={phase}" for phase in PHASES]
    plugin = ",".join([programs.plugin, *(f"arg={a}" for a in arguments)])
    subprocess.run(
        [programs.counter, "-cpu", CPU, "-plugin", plugin, str(programs.storyteller),
         str(case.model), "-n", str(max(POSITIONS) + 2), *case.sampling],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    tokens = read_tokens(out)
    if len(tokens) < max(POSITIONS) + 2:
        raise RuntimeError(f"{case.name}: the story ended after {len(tokens)} tokens")
    last = max(POSITIONS)
    return [*(token_cost(tokens, p, p + 1) for p in POSITIONS), token_cost(tokens, 1, last + 1)]


def speed(cost: Cost, megahertz: int) -> str:
    """Modelled tokens per second with the model's error band."""
    rate = megahertz * 1e6 / cost.cycles
    return f"{rate:.0f} ({rate / (1 + ERROR_BAND):.0f} to {rate * (1 + ERROR_BAND):.0f})"


def spaced(number: float) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,.0f}".replace(",", " ")


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cost_table(costs: list[dict[str, Cost]]) -> str:
    """Instructions, bytes, beats and modelled speed of one case, one column per position."""
    sums = [total(c) for c in costs]

    def row(name: str, value: Callable[[Cost], float]) -> list[str]:
        return [name, *(spaced(value(s)) for s in sums)]

    rows = [
        row("instructions", lambda c: c.instructions),
        row("scalar", lambda c: c.scalar),
        row("vsetvli", lambda c: c.counts["vset"]),
        row("vector", lambda c: c.vector),
        row("- vector loads and stores", lambda c: c.counts["vload"] + c.counts["vstore"]),
        row("- widening multiplications and additions", lambda c: c.counts["vwiden"]),
        row("- other integer", lambda c: c.counts["vinteger"]),
        row("- float", lambda c: c.counts["vfloat"] + c.counts["vdivide"]),
        row("- reductions and moves", lambda c: c.counts["vreduce"] + c.counts["vmove"]),
        row("bytes read by vector loads", lambda c: c.counts["vload_bytes"]),
        row("vector beats", lambda c: c.beats),
        row("modelled cycles", lambda c: c.cycles),
    ]
    for part in PARTS:
        rows.append([f"- {part}", *(spaced(c[part].cycles) for c in costs)])
    for megahertz in (850, 1000):
        rows.append([f"modelled tok/s, {megahertz} MHz", *(speed(s, megahertz) for s in sums)])
    return table(["per token", *(f"position {p}" for p in POSITIONS), "mean"], rows)


PUBLISHED = [
    ["fp32 run.c -Ofast", "0.36", "92"],
    ["int8, 28.5 MB stock image, swap", "1.15", "120"],
    ["int8 -Ofast, swap", "6.4", "103"],
    ["int8, 55 MB image and 25 MB swap", "9.5", "68"],
    ["int8 with RVV 0.7.1, 55 MB image, the best published", "24", "14.9"],
]


def comparison(results: dict[str, list[dict[str, Cost]]]) -> str:
    """Published entries and ours: tokens per second and instructions per token."""
    rows = list(PUBLISHED)
    for name, costs in results.items():
        if name.startswith("shipped"):  # of another shape
            continue
        cost = total(costs[-1])  # the mean of a story, as the published ones are
        rate, millions = 850e6 / cost.cycles, cost.instructions / 1e6
        rows.append([f"**ours, {name}**", f"{rate:.0f} modelled", f"{millions:.2f}"])
    header = ["stories15M's shape", "tok/s on the board", "million instructions per token"]
    return table(header, rows)


def memory_table(programs: Programs, cases: list[Case], checkpoint: Path, tokenizer: Path) -> str:
    """Peak resident memory of a story of 256 tokens, and whether it is told in a cgroup's limit."""
    emulator = [programs.emulator, "-cpu", CPU]
    rows = []
    for case in cases:
        program = [str(programs.storyteller), str(case.model), "-n", "256", *case.sampling]
        peak, overhead = peaks_in(emulator, program)
        limit = LIMITS[case.coding]
        held = confined(limit, limit + overhead / 1000, in_emulator(emulator, program))
        rows.append([case.name, megabytes(case.model), f"{peak / 1000:.1f}", held])
    # QEMU's user mode keeps pages that a program gives back, so this one runs on the host.
    streamed = [programs.host_storyteller, str(checkpoint), "-z", str(tokenizer), "--stream"]
    streamed += ["-n", "256", "-t", "0"]
    peak = peak_here(streamed)
    name = "fp32 checkpoint, --stream (this machine's engine)"
    held = confined(LIMITS["fp32"], LIMITS["fp32"], streamed)
    rows.append([name, megabytes(checkpoint), f"{peak / 1000:.1f}", held])
    header = ["model", "MB of file", "peak MB resident, 256 tokens", "told in a cgroup of"]
    return table(header, rows)


def confined(limit: int, with_overhead: float, command: list[str]) -> str:
    """Whether a program ends well in a memory cgroup without swap."""
    try:
        status, _ = run_confined(with_overhead, [*command], subprocess.DEVNULL)
    except OSError:
        return "not tried: needs root and a memory cgroup"
    return f"{limit} MB" if status == 0 else f"not in {limit} MB"


def megabytes(path: Path) -> str:
    """Size of a file."""
    return f"{path.stat().st_size / 1e6:.1f}"


def pack(programs: Programs, checkpoint: Path, tokenizer: Path, story: Path, coding: str) -> None:
    """Writes a .story with the host's engine."""
    command = [programs.host_storyteller, "pack", str(checkpoint), str(tokenizer)]
    subprocess.run([*command, "-q", coding, "-o", str(story)], check=True, capture_output=True)


def long_story(programs: Programs, story: Path, sampling: tuple[str, ...]) -> tuple[str, ...]:
    """Sampling options with the first seed whose story does not end before the last position."""
    steps = max(POSITIONS) + 2
    for seed in range(1, 100):
        options = (*sampling, "-s", str(seed))
        command = [programs.host_storyteller, str(story), *options, "-n", str(steps), "--stats"]
        told = subprocess.run(command, capture_output=True, check=True, text=True).stderr
        if json.loads(told.splitlines()[-1])["ended"] == "limit":
            return options
    raise RuntimeError(f"no story of {story} has {steps} tokens")


def cases_of(programs: Programs) -> list[Case]:
    """The models at hand, as int8 and int4, with the full and with the screened classifier."""
    synthetic = programs.work / "synthetic15M.bin"
    tokenizer = programs.work / "synthetic15M.tok"
    subprocess.run([programs.synthetic, str(synthetic), str(tokenizer)], check=True)
    models = {"synthetic": (synthetic, tokenizer)}
    shared = Path(os.environ.get("STORYBOT_SHARED", "../shared")) / "models"
    if (shared / "storylike15M.bin").exists():
        models["storylike15M"] = (shared / "storylike15M.bin", shared / "tokenizer.bin")
    cases = []
    for name, (checkpoint, tokens) in models.items():
        for coding in ("int8", "int4"):
            story = programs.work / f"{name}-{coding}.story"
            pack(programs, checkpoint, tokens, story, coding)
            greedy = ("-t", "0")
            cases.append(
                Case(f"{name}, {coding}, full classifier", coding, story, (*greedy, "--full"))
            )
            cases.append(Case(f"{name}, {coding}, screened, greedy", coding, story, greedy))
            if name != "synthetic":  # noise has no likely tokens to draw from
                judged = f"{name}, {coding}, screened, top-p 0.9 (as judged)"
                cases.append(Case(judged, coding, story, JUDGED))
    return cases


def shipped_case(programs: Programs) -> Case:
    """The model in the repo, at the settings' own temperature and top-p."""
    sampling = long_story(programs, SHIPPED, SHIPPED_SAMPLING)
    return Case("shipped model, int8, temperature 0.8, top-p 0.97", "int8", SHIPPED, sampling)


def main() -> None:
    counter, plugin, emulator, storyteller, host, synthetic, work, document = sys.argv[1:]
    programs = Programs(counter, plugin, emulator, Path(storyteller), host, synthetic, Path(work))
    programs.work.mkdir(parents=True, exist_ok=True)
    cases = cases_of(programs)
    last = cases[-1].name.split(",")[0]  # the trained model where there is one
    cases.append(shipped_case(programs))
    results = {}
    for case in cases:
        print(f"counting: {case.name}", flush=True)
        results[case.name] = count(programs, case)
    parts = ["## Beside the published entries\n", comparison(results)]
    for name, costs in results.items():
        parts += [f"\n## {name[0].upper()}{name[1:]}\n", cost_table(costs)]
    print("measuring memory", flush=True)
    checkpoint, tokenizer = (programs.work / f"synthetic15M.{kind}" for kind in ("bin", "tok"))
    shown = [c for c in cases if c.name.startswith(last)]
    shown.append(cases[-1])
    parts += ["\n## Memory\n", memory_table(programs, shown, checkpoint, tokenizer)]
    path = Path(document)
    text = path.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    body = "\n".join(parts)
    path.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")
    print(f"wrote {document}")


if __name__ == "__main__":
    main()
