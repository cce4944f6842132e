"""Folders of native/src include downwards only: usage include_order.py SRC FOLDER..., top first.

Every #include "..." must read "folder/file.h", name a file that exists, and lie in the including
file's own folder or in one further down the list.
"""

import re
import sys
from pathlib import Path


def faults(src: Path, folders: list[str]) -> list[str]:
    """One sentence for each include that is not allowed and each file in no folder of the list."""
    found = []
    for file in sorted(src.rglob("*.[ch]")):
        name = file.relative_to(src)
        folder = name.parts[0]
        if len(name.parts) != 2 or folder not in folders:
            found.append(f"{name} lies in no folder of {' '.join(folders)}")
            continue
        allowed = folders[folders.index(folder) :]
        for included in re.findall(r'^\s*#\s*include\s+"([^"]*)"', file.read_text(), re.MULTILINE):
            if not (src / included).is_file() or "/" not in included:
                found.append(f'{name} includes "{included}", which must read "folder/file.h"')
            elif included.split("/")[0] not in allowed:
                found.append(f'{name} includes "{included}" from above; move what both need down')
    return found


def main() -> int:
    found = faults(Path(sys.argv[1]), sys.argv[2:])
    print(*found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
