"""Small or full: how much memory this machine lets storybot use."""

from __future__ import annotations

from pathlib import Path

SMALL_BELOW_KB = 128 * 1024  # kB of MemTotal; the Milk-V Duo has 64 MB


def memory_kb(field: str, meminfo: Path = Path("/proc/meminfo")) -> int:
    """One field of /proc/meminfo in kB; 0 where it is not told."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    for line in lines:
        name, _, rest = line.partition(":")
        if name == field:
            return int(rest.split()[0])
    return 0


def resolve_profile(profile: str, meminfo: Path = Path("/proc/meminfo")) -> str:
    """'small' or 'full' for the setting `service.profile` (auto, small or full)."""
    if profile != "auto":
        return profile
    total = memory_kb("MemTotal", meminfo)
    return "small" if 0 < total < SMALL_BELOW_KB else "full"
