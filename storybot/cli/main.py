"""The command `storybot` from its first moment, in which Ctrl-C ends it without a word."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:  # see answers.py
    from collections.abc import Callable, Sequence
    from typing import Any

    Action = Callable[..., Any] | int | None  # what a signal does


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (see `storybot.errors.Exit`)."""
    _ctrl_c(signal.default_int_handler, signal.SIG_DFL)  # importing takes a while
    try:
        from storybot.cli.command_line import run

        return run(argv, _interruptible)
    finally:
        _interruptible()
        if argv is None:  # the program is at its end, which takes a moment, too
            _ctrl_c(signal.default_int_handler, signal.SIG_DFL)


def _interruptible() -> None:
    """From here on Ctrl-C is a KeyboardInterrupt, after which devices are given back."""
    _ctrl_c(signal.SIG_DFL, signal.default_int_handler)


def _ctrl_c(before: Action, after: Action) -> None:
    """Change what Ctrl-C does, unless somebody else decided: nohup ignores it, for one."""
    if signal.getsignal(signal.SIGINT) is before:
        try:  # noqa: SIM105 (without contextlib, see answers.py)
            signal.signal(signal.SIGINT, after)
        except ValueError:  # another thread than the main one has no say
            pass
