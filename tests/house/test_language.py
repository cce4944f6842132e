"""Everything English that is understood or said stands in storybot/language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "storybot"
# They print for whoever reads a terminal, and say nothing aloud.
FOR_READERS = ("cli", "measuring")
SENTENCE = re.compile(r"[A-Z][a-z']*[ ,].*[.!?]\s*")
MESSAGE = ("StorybotError", "BadMessage")  # for readers, too


def strings(tree: ast.AST) -> Iterator[str]:
    """Every text in the code, but for docstrings and the messages of errors."""
    if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") in MESSAGE:
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from strings(child)


def test_no_sentence_is_said_that_stands_elsewhere() -> None:
    found = {
        str(path.relative_to(PACKAGE)): said
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in ("language", *FOR_READERS)
        and (said := [text for text in strings(_parsed(path)) if SENTENCE.fullmatch(text)])
    }
    assert found == {}


def test_the_test_finds_sentences() -> None:
    code = '"""Docs, well."""\nsay("Good night. Sleep well.")\nraise StorybotError("A, b.")'
    found = [text for text in strings(ast.parse(code)) if SENTENCE.fullmatch(text)]
    assert found == ["Good night. Sleep well."]


def _parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text("utf-8"))
