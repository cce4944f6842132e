"""What drafts cost on the Duo's CPU: one after the other, together, and scoring them alone.

    draft_counts.py COUNTER PLUGIN STORYTELLER WORK MODEL...

`make duo-drafts` calls this. It runs `storyteller bench MODEL --drafts 8` in the counting emulator
and takes the last try of each way; cycles are modelled as counts.py has it. No board was measured.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from counts import Cost

CPU = "rv64,x-v=true,vext_spec=v0.7.1,vlen=128"
PHASES = ("draw_all", "score_alone")
SAMPLING = ("-t", "0.8", "-p", "0.95")


def snapshots(path: Path) -> list[dict[str, Counter[str]]]:
    """Cumulative counts per phase, each time that draw_all was entered and at the end."""
    found: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    with path.open() as file:
        for line in file:
            entry, phase, _function, *classes = line.split()
            for item in classes:
                name, value = item.split("=")
                found[int(entry)][phase][name] += int(value)
    return [found[entry] for entry in sorted(found)]


def between(before: dict[str, Counter[str]], after: dict[str, Counter[str]], phase: str) -> Cost:
    """What was executed in a phase between two snapshots."""
    return Cost(after[phase] - before[phase])


def count(counter: str, plugin: str, storyteller: Path, work: Path, model: Path) -> None:
    """Print one model's costs in millions of modelled cycles."""
    symbols, out = work / "symbols", work / "draft_counts"
    with symbols.open("wb") as file:
        subprocess.run(["riscv64-linux-gnu-nm", "-n", str(storyteller)], stdout=file, check=True)
    arguments = [f"symbols={symbols}", f"out={out}", "token=draw_all"]
    arguments += [f"phase={phase}" for phase in PHASES]
    bench = subprocess.run(
        [counter, "-cpu", CPU, "-plugin", ",".join([plugin, *(f"arg={a}" for a in arguments)]),
         str(storyteller), "bench", str(model), "--drafts", "8", "-r", "1", *SAMPLING],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    one, other, end = snapshots(out)[-3:]
    apart, together = between(one, other, "draw_all"), between(other, end, "draw_all")
    alone = between(other, end, "score_alone")
    print(f"{model.name}: " + bench.splitlines()[1])
    for name, cost in (("one after the other", apart), ("together", together),
                       ("scoring alone", alone)):  # fmt: skip
        print(f"  {name:20} {cost.cycles / 1e6:8.1f} million modelled cycles, "
              f"{cost.instructions / 1e6:7.1f} million instructions")  # fmt: skip
    print(f"  together is {apart.cycles / together.cycles:.2f} times as fast")


def main() -> None:
    counter, plugin, storyteller, work, *models = sys.argv[1:]
    Path(work).mkdir(parents=True, exist_ok=True)
    for model in models:
        count(counter, plugin, Path(storyteller), Path(work), Path(model))


if __name__ == "__main__":
    main()
