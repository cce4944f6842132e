"""What the trial shows, a function a part; each boots the card and returns what it found out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import box
import card
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
    yield box.memory_table(guest, "listening")
    guest.run(box.WATCH_MEMORY)
    told = box.newest_number(guest)
    said, took = box.ask(guest, "cat")
    yield f'`storybot ask` at the console; the box: "{said}"\n`storybot ask`: {took}'
    box.until(guest, f"{box.LOG} | grep -q -e '-> telling'")
    yield box.memory_table(guest, "telling")
    box.wait_told(guest, told + 1)
    yield box.told(box.newest_story(guest))
    yield box.memory_table(guest, "after a story")
    yield f"least available meanwhile: {box.least_memory(guest):.1f} MB"


def button(guest: Guest) -> Iterator[str]:
    """One press of a button that gpio-sim simulates begins a story; a lamp shows it."""
    if not box.until(guest, "! storybot status | grep -q 'missing.*button'"):
        raise Failed("the button was not found")
    told = box.newest_number(guest)
    lamp = "cat /sys/class/leds/trial/brightness"
    guest.run(f"{{ (while sleep 0.2; do {lamp}; done >/run/lamp) & watching=$!; }}")
    for level in ("down", "up"):
        guest.run(f"echo pull-{level} >$(echo {box.PULL}); sleep 0.2")
    box.wait_told(guest, told + 1)
    guest.run("kill $watching")
    yield f"a press of the simulated button: {box.told(box.newest_story(guest))}"
    changes = int(guest.run("uniq /run/lamp | wc -l"))
    if changes < 3:
        raise Failed("the lamp did not change while a story was told")
    yield f"the lamp was switched {changes - 1} times meanwhile"


def voice(guest: Guest) -> Iterator[str]:
    """A request spoken by flite through snd-aloop; the telling is recorded and recognised here."""
    told = box.newest_number(guest)
    guest.run("dd if=/dev/vdb of=/tmp/request.wav bs=64k 2>/dev/null")
    record = "arecord -q -D plughw:0,1 -t raw -f S16_LE -c 1 -r 22050 /dev/vdc"
    guest.run(f"{{ {record} & recorder=$!; }}")
    guest.run("aplay -q -D plughw:0,1 /tmp/request.wav")
    box.wait_told(guest, told + 1)
    guest.run("kill $recorder; rm /tmp/request.wav; sync")
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
    guest.run(box.WATCH_MEMORY)
    before = box.newest_number(guest)
    for number in range(1, count + 1):
        thing = THINGS[number % len(THINGS)]
        box.ask(guest, thing)
        box.wait_told(guest, before + number)
        now, least = box.memory(guest), box.least_memory(guest)
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
        guest.run(box.WATCH_MEMORY)
        for form in PACKS:
            settings = f"telling:\n  model: /mnt/{form}.story\n  plot: off\n  longest: 100\n"
            settings += "  first_deadline: 300.0\n  token_deadline: 60.0\n"
            guest.run(f"printf '{settings}' >/run/card/storybot.yaml".replace("\n", "\\n"))
            guest.run("systemctl restart storybot")
            told = box.newest_number(guest)
            box.ask(guest, "cat")
            box.wait_told(guest, told + 1)
            least = box.least_memory(guest)
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
