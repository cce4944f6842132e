"""What the import rules in pyproject.toml (`make lint`) cannot say: how many, and how long."""

from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "storybot"
MOST_AT_THE_ROOT = 6  # files
LONGEST = 300  # lines of a module


def test_few_modules_lie_at_the_root() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_AT_THE_ROOT


def test_no_module_is_long() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}
