"""The house as README draws it: data flows one way, and no room knows its sibling."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "storybot"
ROOMS = ("hearing", "telling", "speaking", "controls")
ABOVE = ("cli", "running", "daemon", "robot", "measuring", "tale", "library", "bedtime", "service")


def imports(path: Path) -> Iterator[str]:
    """Every module of storybot that this one names, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(place: str) -> list[Path]:
    path = PACKAGE / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_know_neither_siblings_nor_what_is_above(room: str) -> None:
    strangers = tuple(f"storybot.{name}" for name in (*ROOMS, *ABOVE) if name != room)
    for path in modules(room):
        known = [name for name in imports(path) if name.startswith(strangers)]
        assert known == [], f"{path.name} of {room} imports {known}"


def test_the_base_knows_no_room() -> None:
    rooms = tuple(f"storybot.{name}" for name in (*ROOMS, *ABOVE))
    for name in (
        "things",
        "errors",
        "settings",
        "config",
        "config_values",
        "profile",
        "process",
        "catalogue",
        "models",
        "downloads",
        "safety",
    ):
        known = [one for one in imports(PACKAGE / f"{name}.py") if one.startswith(rooms)]
        assert known == [], f"{name}.py imports {known}"


def test_the_robot_knows_no_device() -> None:
    allowed = ("storybot.hearing.requests", "storybot.telling.openings")
    devices = (
        "storybot.hearing",
        "storybot.telling",
        "storybot.speaking",
        "storybot.controls",
        "asyncio",
        "subprocess",
        "socket",
        "time",
        "storybot.running",
        "storybot.daemon",
    )
    for path in modules("robot"):
        known = [
            name
            for name in imports(path)
            if name.startswith(devices) and not name.startswith(allowed)
        ]
        assert known == [], f"{path.name} imports {known}"


def test_no_module_is_long() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    long = {name: lines for name, lines in lengths.items() if lines > 300}
    assert long == {}
