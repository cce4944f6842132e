"""The image's own units: what they run, tried on a folder in place of /sys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

IMAGE = Path(__file__).resolve().parents[2] / "image"
UNITS = IMAGE / "files/etc/systemd/system"


def small_reads(disks: Path) -> None:
    """Run what the unit runs, on these disks; CalledProcessError where it fails."""
    unit = (UNITS / "card-readahead.service").read_text()
    found = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    assert found
    script = found[1].replace("$$", "$").replace("/sys/block", str(disks))
    subprocess.run(["/bin/sh", "-euc", script], check=True)


def test_only_the_card_is_read_in_small_pieces(tmp_path: Path) -> None:
    for disk in ("mmcblk0", "vda", "sda", "zram0"):
        queue = tmp_path / disk / "queue"
        queue.mkdir(parents=True)
        (queue / "read_ahead_kb").write_text("128\n")
    small_reads(tmp_path)
    sizes = {file.parts[-3]: file.read_text() for file in tmp_path.glob("*/queue/read_ahead_kb")}
    assert sizes == {"mmcblk0": "16\n", "vda": "16\n", "sda": "128\n", "zram0": "128\n"}


def test_without_such_a_disk_the_unit_does_not_fail(tmp_path: Path) -> None:
    small_reads(tmp_path)


def test_every_unit_of_the_image_is_enabled() -> None:
    build = (IMAGE / "tree.sh").read_text().replace("\\\n", " ")
    enabled = re.search(r"systemctl --quiet enable (.*)", build)
    assert enabled
    assert {unit.name for unit in UNITS.glob("*.service")} <= set(enabled[1].split())
