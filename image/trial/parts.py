"""What the trial shows, a function a part; each boots the card and returns what it found out."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
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


def ask(guest: Guest, thing: str) -> str:
    """Ask at the console; what the box says back."""
    return guest.run(f'{box.ASK} "a story about a {thing}"').strip()


def console() -> Iterator[str]:
    """It boots, listens, and tells a story that the console asks for: the short form."""
    card.prepare()
    with boot() as guest:
        box.listening(guest)
        yield box.boot_times(guest)
        yield box.memory_table(guest, "listening")
        guest.run(box.WATCH_MEMORY)
        yield f'the console asks; the box: "{ask(guest, "cat")}"'
        box.until(guest, f"{box.LOG} | grep -q -e '-> telling'")
        yield box.memory_table(guest, "telling")
        box.wait_told(guest, 1)
        yield box.newest_story(guest)
        yield box.memory_table(guest, "after a story")
        yield f"least available meanwhile: {box.least_memory(guest):.1f} MB"
        box.unharmed(guest)


def button() -> Iterator[str]:
    """One press of a button that gpio-sim simulates begins a story; a lamp shows it."""
    card.prepare()
    with boot() as guest:
        box.listening(guest)
        if not box.until(guest, "! storybot status | grep -q 'missing.*button'"):
            raise Failed("the button was not found")
        lamp = "cat /sys/class/leds/trial/brightness"
        guest.run(f"{{ (while sleep 0.1; do {lamp}; done >/run/lamp) & }}")
        for level in ("down", "up"):
            guest.run(f"echo pull-{level} >$(echo {box.PULL}); sleep 0.2")
        box.wait_told(guest, 1)
        yield "a press of the simulated button: a story was told to its end"
        changes = int(guest.run("uniq /run/lamp | wc -l"))
        if changes < 3:
            raise Failed("the lamp did not change while a story was told")
        yield f"the lamp was switched {changes - 1} times meanwhile"
        box.unharmed(guest)


def voice() -> Iterator[str]:
    """A request spoken by flite through snd-aloop; the telling is recorded and recognised here."""
    card.prepare()
    request, recorded = card.spoken_request(ASKED), card.empty_drive()
    with boot(request, recorded) as guest:
        box.listening(guest)
        guest.run("dd if=/dev/vdb of=/tmp/request.wav bs=64k 2>/dev/null")
        record = "arecord -q -D plughw:0,1 -t raw -f S16_LE -c 1 -r 22050 /dev/vdc"
        guest.run(f"{{ {record} & recorder=$!; }}")
        guest.run(box.WATCH_MEMORY)
        guest.run("aplay -q -D plughw:0,1 /tmp/request.wav")
        box.until(guest, f"{box.LOG} | grep -q -e '-> thinking'")
        yield box.memory_table(guest, "thinking, sound recorded")
        box.wait_told(guest, 1)
        story = box.newest_story(guest)
        if f"story about a {ASKED}" not in story:
            raise Failed(f"a story about a {ASKED} was asked for, told was {story}")
        yield f"a spoken request for a story about a {ASKED}: told to its end"
        yield story
        yield f"least available meanwhile: {box.least_memory(guest):.1f} MB"
        guest.run("kill $recorder; sync")
        box.unharmed(guest)
    (card.TRIAL / "story.txt").write_text(story)
    recognise = [PYTHON, IMAGE / "trial/recognise.py", recorded, card.TRIAL / "story.txt"]
    yield subprocess.run(recognise, check=True, capture_output=True, text=True).stdout.strip()


def stories(count: int) -> Iterator[str]:
    """So many stories in a row."""
    card.prepare()
    with boot() as guest:
        box.listening(guest)
        guest.run(box.WATCH_MEMORY)
        for number in range(1, count + 1):
            thing = THINGS[number % len(THINGS)]
            ask(guest, thing)
            box.wait_told(guest, number)
            now, least = box.memory(guest), box.least_memory(guest)
            yield (
                f"story {number:2} ({thing}): told; available {now.available:.1f} MB, "
                f"meanwhile at least {least:.1f}, swapped {now.swapped:.1f}"
            )
        box.unharmed(guest)


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
            told = box.stories_told(guest)
            ask(guest, "cat")
            box.wait_told(guest, told + 1)
            least = box.least_memory(guest)
            size = (folder / f"{form}.story").stat().st_size / 1e6
            yield f"{form}, {size:.1f} MB: told without any swap; available at least {least:.1f} MB"
            yield box.newest_story(guest)
        box.unharmed(guest)


def timed(lines: Iterator[str]) -> Iterator[str]:
    """The same, and how long it took here."""
    began = time.monotonic()
    yield from lines
    yield f"(emulated in {(time.monotonic() - began) / 60:.0f} minutes)"


PARTS: dict[str, Callable[[int], Iterator[str]]] = {
    "console": lambda _: console(),
    "button": lambda _: button(),
    "voice": lambda _: voice(),
    "stories": stories,
    "packs": lambda _: packs(),
    "power": power_cuts,
}
COUNTS = {"stories": 20, "power": 30}
