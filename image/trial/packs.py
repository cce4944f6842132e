"""What is told of packs of stories15M's shape, from a drive that is no swap."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import box
import card
import memory
from machine import IMAGE, Failed, Guest

FORMS = ("int8", "int4")
ENGINE = IMAGE.parent / "build/native/storyteller"
SCRIPTS = IMAGE.parent / "native/duo"
FIGURES = IMAGE.parent / "docs/duo-engine.md"
# With scalar kernels in an emulator: fewer and shorter runs than the judges', 30 of 256 tokens.
RUNS, STEPS = 3, 16
FOLDER = "/run/submission"  # in memory


def packed() -> Path:
    """A folder in the trial's folder with a pack of each form; makes a fresh card, too."""
    model = IMAGE.parent.parent / "shared/models/storylike15M.bin"
    if not model.exists():
        raise Failed(f"there is no {model}")
    card.prepare()
    folder = card.TRIAL / "packs"
    folder.mkdir()
    for form in FORMS:
        pack: list[Path | str] = [ENGINE, "pack", model, model.parent / "tokenizer.bin"]
        pack += ["-q", form, "-o", folder / f"{form}.story"]
        subprocess.run(pack, check=True, capture_output=True)
    return folder


def mounted(guest: Guest) -> None:
    """Wait for the box; the drive is /mnt then."""
    box.listening(guest)
    guest.run("mount -o ro /dev/vdb /mnt && swapoff -a")


def packs() -> Iterator[str]:
    """The box tells a story with each, without any swap."""
    folder = packed()
    with card.boot(card.drive_of(folder)) as guest:
        mounted(guest)
        memory.watch(guest)
        for form in FORMS:
            settings = f"telling:\n  model: /mnt/{form}.story\n  plot: off\n  longest: 100\n"
            settings += "  first_deadline: 300.0\n  token_deadline: 60.0\n"
            guest.run(f"printf '{settings}' >/run/card/storybot.yaml".replace("\n", "\\n"))
            guest.run("systemctl restart storybot")
            told = box.newest_number(guest)
            box.ask(guest, "cat")
            box.wait_told(guest, told + 1)
            least = memory.least(guest)
            size = (folder / f"{form}.story").stat().st_size / 1e6
            yield f"{form}, {size:.1f} MB: told without any swap; available at least {least:.1f} MB"
            yield box.told(box.newest_story(guest))
        box.unharmed(guest)


def contest() -> Iterator[str]:
    """The contest's measurement and its folder, made in the guest by sh and awk as on a board."""
    folder = packed()
    for script in ("contest.sh", "submission.sh"):
        shutil.copy(SCRIPTS / script, folder)
    shutil.copy(FIGURES, folder)
    engines = [f"{form} storyteller /mnt/{form}.story\n" for form in FORMS]
    (folder / "engines").write_text("".join(engines))
    with card.boot(card.drive_of(folder)) as guest:
        mounted(guest)
        guest.run("systemctl stop storybot")  # what is measured is the engine
        guest.run(f"RUNS={RUNS} STEPS={STEPS} sh /mnt/contest.sh /mnt/engines /run/report", 3600)
        made = f"sh /mnt/submission.sh /run/report {FOLDER} /mnt/{FIGURES.name}"
        guest.run(f"{made} && cd {FOLDER} && sha256sum --quiet -c SHA256SUMS && cd /")
        read_me = guest.read(f"{FOLDER}/README.md")
        box.unharmed(guest)
    wanted = (
        "## Performance",
        "Not measured on a board",
        "Modelled for the board",
        "## Regression",
    )
    if missing := [part for part in wanted if part not in read_me]:
        raise Failed(f"the folder's README.md lacks {', '.join(missing)}:\n{read_me}")
    yield f"`RUNS={RUNS} STEPS={STEPS} sh contest.sh`, then `sh submission.sh`: the folder is whole"
    yield from (line for line in read_me.splitlines() if line.startswith(("| int", "- int")))
