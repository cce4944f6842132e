"""What stands in a YAML node, by the kind of its setting: text is text, also where YAML says 8."""

from __future__ import annotations

import re
from dataclasses import Field
from typing import Any

import yaml
from yaml.reader import ReaderError

QUOTE_IT = "put it in quotes"
# "  microphone: USB: Audio  # a note": a key with a plain value, which YAML may have misread.
_PLAIN_LINE = re.compile(r"(\s*[\w-]+:[ \t]+)(\S.*?)((?:[ \t]+#.*)?[ \t]*)$")
_LEADING_ZERO = re.compile(r"[-+]?0[\d_]+")  # an octal number to YAML 1.1: 010 would be 8


class Unreadable(Exception):
    """A value that YAML cannot give; the text says what to do."""


def is_text(key: Field[Any]) -> bool:
    """Whether the setting takes any text, and not a number, yes or no, or one of some words."""
    return isinstance(key.default, str) and not key.metadata.get("choices")


def value_of(node: yaml.Node, key: Field[Any] | None) -> object:
    """The value for setting `key` (None: there is no such setting); raises Unreadable.

    RecursionError passes: the node is nested too deeply.
    """
    if key is not None and is_text(key):
        return _text(node)
    try:
        value = yaml.SafeLoader("").construct_object(node, deep=True)
        repr(value)  # raises for a number of thousands of digits, which no sentence could show
    except yaml.YAMLError:
        return node.value
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
        shown = str(node.value)[:20]
        raise Unreadable(f"{shown!r} is no date or number that exists") from None
    if not isinstance(node, yaml.ScalarNode):
        return _shown(node)
    if value is None or (isinstance(value, bool) and not _takes_truth(key)):
        return str(node.value)  # a sentence shows what was written, not None and not True
    decimal = ":" not in node.value and not _LEADING_ZERO.fullmatch(node.value)
    if isinstance(value, int | float) and not decimal:
        return str(node.value)  # YAML 1.1 takes 20:00 for 1200, and 010 for 8
    return value


def _takes_truth(key: Field[Any] | None) -> bool:
    """Whether yes and no are values of the setting, or of one that does not exist."""
    return key is None or isinstance(key.default, bool) or "on" in key.metadata.get("choices", ())


def _text(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode | yaml.MappingNode):
        raise Unreadable(f"expected text, not {_shown(node)!r}; if it is text, {QUOTE_IT}")
    text = str(node.value)
    if getattr(node, "style", None) is not None:  # quoted, or a block of text
        return text
    source = _source(node)
    if source.startswith("&") and not _is_used(node, source):
        raise Unreadable(f"{source!r} names a place in YAML; if it is text, {QUOTE_IT}")
    if source.startswith("!") and not source.startswith("!!"):
        raise Unreadable(f"{source!r} is a type to YAML; if it is text, {QUOTE_IT}")
    behind = _buffer(node.end_mark)[node.end_mark.pointer :].partition("\n")[0].strip(" \0")
    if re.match(r"#\d", behind):
        raise Unreadable(f"{behind!r} is a comment to YAML; if it is part of the text, {QUOTE_IT}")
    return text


def _is_used(node: yaml.Node, source: str) -> bool:
    """Whether something refers to the place that `source` names, "&home x": as `*home`."""
    name = source[1:].partition(" ")[0]
    return re.search(rf"\*{re.escape(name)}(?!\S)", _buffer(node.start_mark)) is not None


def _shown(node: yaml.Node) -> str:
    """The beginning of what stands in the file for a node, as one line of a sentence."""
    return " ".join(_source(node).split())[:40]


def _source(node: yaml.Node) -> str:
    """What stands in the file for a node."""
    begin, end = node.start_mark, node.end_mark
    return _buffer(begin)[begin.pointer : end.pointer].strip()


def _buffer(mark: yaml.Mark) -> str:
    """The whole text, which marks keep where it was read from a string; a zero byte ends it."""
    return str(mark.buffer)


def text_of_key(node: yaml.Node) -> str:
    """A key as a sentence names it, also where it is none: [a, b]."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else _shown(node)


def why_unreadable(text: str, error: yaml.YAMLError) -> tuple[int | None, str]:
    """The line (from 0) that keeps a file from being read, where that is known, and why."""
    if isinstance(error, ReaderError):
        found = f"a control character ({chr(error.character)!r})"
        return text.count("\n", 0, error.position), f"{found} stands here; remove it"
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "not readable as YAML")
    if (line := _quoting_helps(text, error)) is not None:
        problem += f"; the value has signs that mean something to YAML: {QUOTE_IT}"
        return line, problem
    if mark is None:
        return None, problem
    if r"'\t'" in problem:
        return mark.line, "there is a tab; use spaces in its place, and none behind the last word"
    return mark.line, f"{problem}; the lines of a section are 'key: value', all indented alike"


def _quoting_helps(text: str, error: yaml.YAMLError) -> int | None:
    """The line (from 0) whose value only needs quotes for YAML to read on behind it, else None."""
    lines = text.split("\n")
    marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]
    at: set[int] = {mark.line for mark in marks if mark is not None}
    for line in sorted({*at, *(line - 1 for line in at)}):
        found = _PLAIN_LINE.match(lines[line]) if 0 <= line < len(lines) else None
        if found is None:
            continue
        before, value, rest = found.groups()
        quoted = "'" + value.replace("'", "''") + "'"
        tried = "\n".join([*lines[:line], before + quoted + rest, *lines[line + 1 :]])
        try:
            yaml.compose(tried, Loader=yaml.SafeLoader)
        except yaml.YAMLError as left:
            mark = getattr(left, "problem_mark", None)
            if mark is None or mark.line <= max(at):
                continue
        except RecursionError:
            continue
        return line
    return None
