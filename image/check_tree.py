#!/usr/bin/env python3
"""Checks the programs and libraries of a root file system: `check_tree.py ROOT`.

Refused are instructions that trap on the C906 (fence.tso, which GCC 14 emits in libstdc++, and
reads of vlenb, a register that RVV 0.7.1 lacks) and libraries that are needed and not there.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

FENCE_TSO = struct.pack("<I", 0x8330000F)
CSRR_VLENB = 0xC2202073  # csrrs rd, vlenb, x0; rd is bits 7 to 11
RD_BITS = 0xFFFFF07F
FENCE, VLENB = "fence.tso", "a read of vlenb"
EXECUTABLE = 4  # SHF_EXECINSTR
PROGBITS, DYNAMIC = 1, 6  # section types
NEEDED = 1  # DT_NEEDED
# Read vlenb only on a processor with RVV 1.0, as the kernel reports it, or for a function that keeps
# vector registers on its stack, which none here does.
VLENB_ACCEPTED = ("libcrypto.so.3", "libgcc_s.so.1")
LIBRARIES = ("usr/lib/riscv64-linux-gnu", "usr/lib/riscv64-linux-gnu/systemd", "usr/lib")


def sections(elf: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """Type, flags, bytes and linked section of each section of a 64-bit little-endian ELF file."""
    (start,) = struct.unpack_from("<Q", elf, 0x28)
    size, count = struct.unpack_from("<HH", elf, 0x3A)
    for at in range(start, start + size * count, size):
        kind, flags = struct.unpack_from("<IQ", elf, at + 4)
        offset, length = struct.unpack_from("<QQ", elf, at + 0x18)
        (link,) = struct.unpack_from("<I", elf, at + 0x28)
        yield kind, flags, elf[offset : offset + length], link


def trapping(elf: bytes) -> set[str]:
    """The names of trapping instructions in the executable sections."""
    found = set()
    for kind, flags, code, _ in sections(elf):
        if kind != PROGBITS or not flags & EXECUTABLE:
            continue
        if any(hit.start() % 2 == 0 for hit in re.finditer(re.escape(FENCE_TSO), code)):
            found.add(FENCE)
        for hit in re.finditer(rb"\x20\xc2", code):
            at = hit.start() - 2
            if at >= 0 and at % 2 == 0:
                (word,) = struct.unpack_from("<I", code, at)
                if word & RD_BITS == CSRR_VLENB & RD_BITS:
                    found.add(VLENB)
    return found


def needed(elf: bytes) -> list[str]:
    """The libraries that the file asks for."""
    all_sections = list(sections(elf))
    names = []
    for kind, _, content, link in all_sections:
        if kind == DYNAMIC:
            strings = all_sections[link][2]
            for tag, value in struct.iter_unpack("<QQ", content):
                if tag == NEEDED:
                    names.append(strings[value : strings.index(b"\0", value)].decode())
    return names


def faults(root: Path) -> Iterator[str]:
    """A sentence for each fault."""
    there = {path.name for folder in LIBRARIES for path in (root / folder).glob("*")}
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        elf = path.read_bytes()
        if elf[:4] != b"\x7fELF" or path.suffix == ".ko":
            continue
        name = path.relative_to(root)
        accepted = {VLENB} if path.name in VLENB_ACCEPTED else set()
        for instruction in sorted(trapping(elf) - accepted):
            yield f"{name} has {instruction}, which traps on the C906"
        for library in needed(elf):
            if library not in there:
                yield f"{name} needs {library}, which is not there"


def main() -> int:
    """Print the faults; 1 if there is one."""
    found = list(faults(Path(sys.argv[1])))
    for fault in found:
        print(f"image: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
