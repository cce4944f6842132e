#!/usr/bin/env python3
"""The log of the trial that stands in docs, and whether it is of the image as it is built now.

`trial_log.py FILE` ends with 1 where something of image/ has changed since. What is compared is
the checksum of all files of image/ that go into the image: not the trial, not the README.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

IMAGE = Path(__file__).resolve().parent.parent
HEAD = "What `make image-test` printed of this image; a part that is not here has not passed."
LEFT_OUT = ("trial", "README.md", "targets.mk")
INPUTS = re.compile(r"^inputs ([0-9a-f]{64})$", re.MULTILINE)
CARD = re.compile(r"^card ([0-9a-f]{64})$", re.MULTILINE)


def inputs(image: Path = IMAGE) -> str:
    """The checksum of what goes into the image from this folder."""
    digest = hashlib.sha256()
    for path in sorted(image.rglob("*")):
        name = path.relative_to(image)
        if path.is_file() and name.parts[0] not in LEFT_OUT and "__pycache__" not in name.parts:
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


@dataclass
class TrialLog:
    """Parts that passed; those of another image are dropped when the first one passes."""

    path: Path | None
    card: str  # the image's SHA-256
    parts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        old = self.path.read_text() if self.path and self.path.exists() else ""
        if (INPUTS.findall(old), CARD.findall(old)) == ([inputs()], [self.card]):
            for section in old.split("\n== ")[1:]:
                name, *lines = section.rstrip().split("\n")
                self.parts[name] = lines

    def passed(self, name: str, lines: list[str]) -> None:
        """Put a part into the file, in place of its earlier run."""
        if self.path is None:
            return
        self.parts[name] = "\n".join(lines).rstrip().split("\n")
        text = f"{HEAD}\ninputs {inputs()}\ncard {self.card}\n"
        for one, said in self.parts.items():
            text += "\n== " + "\n".join([one, *said]) + "\n"
        self.path.write_text(text)


def main() -> int:
    """Compare a log with the folder."""
    log = Path(sys.argv[1])
    if INPUTS.findall(log.read_text()) == [inputs()]:
        return 0
    print(
        f"image: {log} is of another image: image/ has changed since; run `make image` and "
        "`make image-test LONG=1` again",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
