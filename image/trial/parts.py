"""What the trial shows, a function a part; each boots the card and returns what it found out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import box
import card
import memory
from machine import IMAGE, Failed, Guest
from packs import contest, packs
from power import power_cuts

THINGS = ("cat", "dog", "boat", "rabbit", "bear", "castle", "duck", "train", "princess", "elephant")
ASKED = "castle"  # by voice; recognised as flite speaks it
PYTHON = IMAGE.parent / ".venv/bin/python"


@contextmanager
def listening(settings: str) -> Iterator[Guest]:
    """A fresh card's machine that listens, with the drives for sound; for several parts."""
    card.prepare(settings)
    with card.boot(card.spoken_request(ASKED), card.empty_drive()) as guest:
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


# Of these a row shares one boot, the others boot cards of their own.
SHARING: dict[str, Callable[[Guest, int], Iterator[str]]] = {
    "console": lambda guest, _: console(guest),
    "button": lambda guest, _: button(guest),
    "voice": lambda guest, _: voice(guest),
    "stories": stories,
}
ALONE: dict[str, Callable[[int], Iterator[str]]] = {
    "packs": lambda _: packs(),
    "contest": lambda _: contest(),
    "power": power_cuts,
}
COUNTS = {"stories": 20, "power": 30}
