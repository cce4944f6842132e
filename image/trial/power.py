"""Power cuts: QEMU is killed at random moments, and the card must boot and tell each time."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import box
import card
from machine import Failed, Guest

# The library's own saving, without a pause: a moment at random then falls into one.
SAVING = """from dataclasses import replace
from itertools import count
from pathlib import Path
from storybot.config.schema import LibrarySettings
from storybot.stories.library import Library
library = Library(LibrarySettings(), Path("/var/lib/storybot"))
story = library.last()
for seed in count(1):
    library.save(replace(story, number=0, seed=seed))
    print("SAVED", seed, flush=True)
"""


@dataclass
class Cuts:
    """How many were made, by what the box did."""

    booting: int = 0
    telling: int = 0
    saving: int = 0


def power_cuts(count: int) -> Iterator[str]:
    """A cut, then a boot and a story, so many times; the seed of the moments is fixed."""
    chance = random.Random(13)
    card.prepare(card.SHORT)
    cuts = Cuts()
    boot_s = 0.0
    for number in range(count + 1):
        with card.boot() as guest:
            began = time.monotonic()
            box.listening(guest)
            boot_s = boot_s or time.monotonic() - began
            tells(guest)
            if number == count:
                break
            what = chance.choice(("booting", "telling", "saving"))
            if what == "telling":
                box.ask(guest, "dog")
                time.sleep(chance.uniform(0, 60))
            elif what == "saving":
                guest.run("systemctl stop storybot")  # there is no room for both
                guest.start(f"cat >/tmp/saving.py <<'X'\n{SAVING}X")
                guest.start(
                    "setpriv --reuid storybot --regid storybot --init-groups python3 /tmp/saving.py"
                )
                time.sleep(chance.uniform(10, 40))
        if what == "booting":
            with card.boot():
                time.sleep(chance.uniform(0, boot_s))
        setattr(cuts, what, getattr(cuts, what) + 1)
        yield f"cut {number + 1} while {what}"


def tells(guest: Guest) -> None:
    """A story to its end, on a card that is whole."""
    kept = box.newest_number(guest)
    box.ask(guest, "cat")
    box.wait_told(guest, kept + 1)
    box.newest_story(guest)
    box.unharmed(guest)
    mounts = map(str.split, guest.read("/proc/mounts").splitlines())
    options = {folder: options for _, folder, _, options, *_ in mounts}
    if options["/var/lib/storybot"].startswith("ro"):  # ext4 does so after an error
        raise Failed("the card's state is only read")
