"""An event loop whose clock jumps over idle time, so that a year of waiting takes minutes."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

Result = TypeVar("Result")
BREATH = 0.02  # s of real time at most that are waited for a thread or a child at once


class _JumpingSelector(selectors.BaseSelector):
    """Waits for files as usual; where only time is waited for, time passes at once."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._real = selectors.DefaultSelector()
        self._busy = busy
        self.passed = 0.0  # s, waited or jumped over

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return self._real.select(0)
        if timeout is None or self._busy():
            began = time.monotonic()
            ready = self._real.select(timeout and min(timeout, BREATH))
            self.passed += time.monotonic() - began
            return ready
        ready = self._real.select(0)
        if not ready:
            self.passed += timeout
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


class VirtualLoop(asyncio.SelectorEventLoop):
    """While a thread works, or `busy()` holds (a real child), its clock runs as the real one.

    Otherwise time is what was waited for, so that a loaded machine changes nothing.
    """

    def __init__(self, busy: Callable[[], bool] = lambda: False) -> None:
        self._threads = 0
        self._jumping = _JumpingSelector(lambda: self._threads > 0 or busy())
        super().__init__(self._jumping)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        """As usual, and counted."""
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: object) -> None:
        self._threads -= 1

    def time(self) -> float:
        """Seconds waited so far: what the machine computes meanwhile takes no time at all."""
        return self._jumping.passed


def run(main: Coroutine[Any, Any, Result], busy: Callable[[], bool] = lambda: False) -> Result:
    """Like asyncio.run(), in virtual time."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(busy)) as runner:
        return runner.run(main)
