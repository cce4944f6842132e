"""What the trial's machine is made of: a copy of the image with settings of the trial's own on its
card, the kernel out of the card's boot.sd, and further drives.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from machine import IMAGE, Failed, Guest, Machine, workshop

CARD = IMAGE.parent / "build/image/storybot-duo.img"
CACHE = Path(os.environ.get("IMAGE_CACHE", Path.home() / ".cache/storybot/image"))
TRIAL = CACHE / "trial"
RECORDED = TRIAL / "recorded.raw"
INSIDE = "/cache/trial"  # the same folder as the workshop's programs name it
FIRST_PARTITION = "@@1M"  # where genimage puts it
SECTOR = 512  # bytes
RECORDING_BYTES = 32 << 20  # 12 minutes of 22,050 samples a second
MODULES = "modules_load=snd-aloop,gpio-sim,uleds snd_aloop.index=0"
# With the engine's scalar kernels a story takes minutes: fewer drafts, and deadlines to match. It
# is spoken faster: what takes the guest a second takes the emulator many. A button and a lamp that
# the kernel simulates are in place of the board's.
COMMON = """  first_deadline: 300.0
  token_deadline: 60.0
controls:
  button: gpio
  button_device: /dev/gpiochip0
  button_line: "0"
  lights: sysfs
  lights_device: trial
speaking:
"""
SETTINGS = f"telling:\n  drafts: 2\n{COMMON}  speed: 200\n"
# The shortest story: what is tried is the box, and not how stories are made.
SHORT = f"telling:\n  plot: off\n  longest: 30\n  drafts: 1\n{COMMON}  speed: 300\n"


def prepare(settings: str = SETTINGS) -> None:
    """A fresh card with these settings, and its kernel."""
    if not CARD.exists():
        raise Failed(f"there is no {CARD}: run `make image` first")
    shutil.rmtree(TRIAL, ignore_errors=True)
    TRIAL.mkdir(parents=True)
    subprocess.run(["cp", "--sparse=always", CARD, TRIAL / "card.img"], check=True)
    (TRIAL / "storybot.yaml").write_text(settings)
    card = f"{INSIDE}/card.img{FIRST_PARTITION}"
    workshop("mcopy", "-o", "-i", card, f"{INSIDE}/storybot.yaml", "::storybot.yaml")
    workshop("mcopy", "-i", card, "::boot.sd", f"{INSIDE}/boot.sd")
    taken = f"{INSIDE}/Image"
    workshop("dumpimage", "-T", "flat_dt", "-p", "0", "-o", taken, f"{INSIDE}/boot.sd")


def machine(*drives: Path) -> Machine:
    """The machine with the prepared card; `drives` are files in the trial's folder."""
    inside = tuple(f"{INSIDE}/{drive.name}" for drive in drives)
    return Machine(f"{INSIDE}/card.img", f"{INSIDE}/Image", MODULES, inside)


def boot(*drives: Path) -> Guest:
    """The prepared card's machine, switched on."""
    return Guest(machine(*drives), TRIAL / "console.log")


def spoken_request(thing: str) -> Path:
    """A drive that holds the recording of a request, filled up to whole sectors."""
    drive = TRIAL / "request.wav"
    speak = ["flite", "-voice", "slt", "-o", str(drive), "-t", f"tell me a story about a {thing}"]
    try:
        subprocess.run(speak, check=True)
    except FileNotFoundError:
        raise Failed("the trial by voice needs flite: apt-get install flite") from None
    drive.write_bytes(drive.read_bytes() + bytes(-drive.stat().st_size % SECTOR))
    return drive


def empty_drive() -> Path:
    """A drive to record onto."""
    with RECORDED.open("wb") as file:
        file.truncate(RECORDING_BYTES)
    return RECORDED


def drive_of(folder: Path) -> Path:
    """A drive with an ext4 file system that holds the files of a folder in the trial's folder."""
    size = sum(file.stat().st_size for file in folder.iterdir())
    drive = TRIAL / f"{folder.name}.ext4"
    megabytes = f"{(size >> 20) * 5 // 4 + 8}M"
    inside = f"{INSIDE}/{folder.name}", f"{INSIDE}/{drive.name}"
    workshop("mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", *inside, megabytes)
    return drive
