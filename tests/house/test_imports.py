"""The house as README draws it: data flows one way, and no room knows its sibling."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "storybot"
# What each folder may import of storybot, itself and `errors` aside.
MAY_IMPORT = {
    "errors": (),
    "data": (),
    "system": (),
    "language": ("config.schema",),
    "models": ("system",),
    "config": ("language", "models", "system"),
    "stories": ("language", "system", "config.schema"),
    "hearing": ("language", "models", "system", "config.schema"),
    "telling": ("language", "stories", "models", "system", "config.schema"),
    "speaking": ("system", "config.schema"),
    "controls": ("config.schema",),
    "robot": ("language", "stories", "config.schema", "config.quiet_hours"),
    "measuring": ("language", "telling", "config.schema"),
}
MOST_AT_THE_ROOT = 6  # files


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


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    allowed = tuple(
        f"storybot.{name}."
        for name in (
            "errors",
            "data",
            "drivers",
            folder,
            *MAY_IMPORT[folder],
        )  # a full stop ends the name
    )
    for path in modules(folder):
        known = [
            name
            for name in imports(path)
            if name.startswith("storybot.") and not f"{name}.".startswith(allowed)
        ]
        assert known == [], f"{path.relative_to(PACKAGE)} imports {known}"


def test_the_robot_knows_no_device() -> None:
    devices = ("asyncio", "subprocess", "socket", "time")
    for path in modules("robot"):
        known = [name for name in imports(path) if name.startswith(devices)]
        assert known == [], f"{path.name} imports {known}"


def test_every_folder_has_its_rules() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert folders <= {*MAY_IMPORT, "cli", "daemon"}  # these two may import everything


def test_few_modules_lie_at_the_root() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_AT_THE_ROOT


def test_no_module_is_long() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    long = {name: lines for name, lines in lengths.items() if lines > 300}
    assert long == {}
