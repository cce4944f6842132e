#!/usr/bin/env python3
"""Prints what is in the image: `licences.py ROOT`. Name, version, licences, one line a package.

Debian's licences are those that its copyright file names, or "see copyright" where that file has no
machine-readable form; the files themselves are in the image, below /usr/share/doc.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
LICENCE = re.compile(r"^License: *(\S.*)$", re.MULTILINE)


def licences(text: str) -> str:
    """The distinct short names in a copyright file."""
    if not text.startswith("Format:"):
        return "see copyright"
    return ", ".join(sorted(set(LICENCE.findall(text)))) or "see copyright"


def main() -> int:
    """Print the list."""
    root = Path(sys.argv[1])
    removed = (HERE / "packages.removed").read_text()
    removed_names = set(re.sub(r"#.*", "", removed).split())
    for line in (HERE / "rootfs.lock").read_text().splitlines():
        name, version, *_ = line.split()
        file = root / "usr/share/doc" / name / "copyright"
        if name not in removed_names:
            found = licences(file.read_text(errors="replace")) if file.exists() else "see copyright"
            print(f"{name} {version}: {found}")
    source = next(
        line for line in (HERE / "workshop.lock").read_text().splitlines() if "linux-source" in line
    )
    print(f"linux ({source.split()[0]}) {source.split()[1]}: GPL-2.0 WITH Linux-syscall-note")
    print(f"{(HERE / 'pocketsphinx.lock').read_text().split('.tar')[0]}: BSD-2-Clause")
    print("musl (in the engine): MIT")
    print("storybot: MIT")
    return 0


if __name__ == "__main__":
    sys.exit(main())
