"""What the trial shows, a function a part; each boots the card and returns what it found out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import box
import card
import memory
from machine import IMAGE, Failed, Guest
from power import power_cuts

THINGS = ("cat", "dog", "boat", "rabbit", "bear", "castle", "duck", "train", "princess", "elephant")
ASKED = "castle"  # by voice; recognised as flite speaks it
PACKS = ("int8", "int4")
CONSOLE_LOG = card.TRIAL / "console.log"
ENGINE = IMAGE.parent / "build/native/storyteller"
PYTHON = IMAGE.parent / ".venv/bin/python"


def boot(*drives: Path) -> Guest:
    """The prepared card's machine."""
    return Guest(card.machine(*drives), CONSOLE_LOG)


@contextmanager
def listening(settings: str) -> Iterator[Guest]:
    """A fresh card's machine that listens, with the drives for sound; for several parts."""
    card.prepare(settings)
    with boot(card.spoken_request(ASKED), card.empty_drive()) as guest:
        box.listening(guest)
        yield guest


def console(guest: Guest) -> Iterator[str]:
    """It listens, and tells a story that the console asks for."""
    yield box.boot_times(guest)
    yield memory.table(guest, "listening")
    memory.watch(guest)
    told = box.newest_number(guest)
    said, took = box.ask(guest, "cat")
    yield f'`storybot ask` at the console; the box: "{said}"\n`storybot ask`: {took}'
    if box.until(guest, f"{box.running('storyteller')} || {box.kept(told + 1)}", poll_s=1):
        yield memory.table(guest, "while the engine writes")
    box.wait_told(guest, told + 1)
    yield box.told(box.newest_story(guest))
    yield memory.table(guest, "after a story")
    yield f"least available meanwhile: {memory.least(guest):.1f} MB"


def button(guest: Guest) -> Iterator[str]:
    """One press of a button that gpio-sim simulates begins a story; a lamp shows it."""
    said, took = box.with_effort(guest, "storybot status || :")
    if "missing" in said:
        raise Failed(f"a part of the box is missing:\n{said}")
    yield f"`storybot status`: {took}"
    told = box.newest_number(guest)
    guest.run(box.WATCH_LAMP)
    for level in ("down", "up"):
        guest.run(f"echo pull-{level} >$(echo {box.PULL}); sleep 0.2")
    box.wait_told(guest, told + 1)
    guest.run("kill $watching")
    yield f"a press of the simulated button: {box.told(box.newest_story(guest))}"
    switched = len(guest.read("/run/lamp").split()) - 1
    if switched < 2:
        raise Failed("the lamp did not change while a story was told")
    yield f"the lamp was switched {switched} times meanwhile"


def voice(guest: Guest) -> Iterator[str]:
    """A request spoken by flite through snd-aloop; the telling is recorded and recognised here."""
    if not box.until(guest, box.running("arecord"), poll_s=1):
        raise Failed("the box does not listen")
    told = box.newest_number(guest)
    record = "arecord -q -D plughw:0,1 -t raw -f S16_LE -c 1 -r 22050 /dev/vdc"
    guest.run(f"{{ {record} & recorder=$!; }}")
    guest.run("aplay -q -D plughw:0,1 /dev/vdb")
    box.wait_told(guest, told + 1)
    guest.run("kill $recorder; sync")
    story = box.newest_story(guest)
    if ASKED not in story["title"]:
        raise Failed(f"a story about a {ASKED} was asked for, told was {story['title']}")
    yield f"a spoken request for a story about a {ASKED}: {box.told(story)}"
    text = card.TRIAL / "story.txt"
    text.write_text(f"{story['title']}\n{story['text']}")
    recognise = [PYTHON, IMAGE / "trial/recognise.py", card.RECORDED, text]
    yield subprocess.run(recognise, check=True, capture_output=True, text=True).stdout.strip()


def stories(guest: Guest, count: int) -> Iterator[str]:
    """So many stories in a row."""
    memory.watch(guest)
    before = box.newest_number(guest)
    for number in range(1, count + 1):
        thing = THINGS[number % len(THINGS)]
        box.ask(guest, thing)
        box.wait_told(guest, before + number)
        now, least = memory.now(guest), memory.least(guest)
        yield (
            f"story {number:2} ({thing}): told; available {now.available:.1f} MB, "
            f"meanwhile at least {least:.1f}, swapped {now.swapped:.1f}"
        )


def packs() -> Iterator[str]:
    """Packs of the 15M shape, told from a drive that is no swap."""
    model = IMAGE.parent.parent / "shared/models/storylike15M.bin"
    if not model.exists():
        raise Failed(f"there is no {model}")
    card.prepare()
    folder = card.TRIAL / "packs"
    folder.mkdir()
    for form in PACKS:
        pack: list[Path | str] = [ENGINE, "pack", model, model.parent / "tokenizer.bin"]
        pack += ["-q", form, "-o", folder / f"{form}.story"]
        subprocess.run(pack, check=True, capture_output=True)
    with boot(card.drive_of(folder)) as guest:
        box.listening(guest)
        guest.run("mount -o ro /dev/vdb /mnt && swapoff -a")
        memory.watch(guest)
        for form in PACKS:
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


# Of these a row shares one boot, the others boot cards of their own.
SHARING: dict[str, Callable[[Guest, int], Iterator[str]]] = {
    "console": lambda guest, _: console(guest),
    "button": lambda guest, _: button(guest),
    "voice": lambda guest, _: voice(guest),
    "stories": stories,
}
ALONE: dict[str, Callable[[int], Iterator[str]]] = {
    "packs": lambda _: packs(),
    "power": power_cuts,
}
COUNTS = {"stories": 20, "power": 30}
