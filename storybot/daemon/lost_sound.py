"""Times that sound was lost on its way to or from a device: counted, and summed up in the log."""

from __future__ import annotations

import logging

LOG = logging.getLogger("storybot")
LOG_INTERVAL_S = 60.0  # s at least between two lines


class LostSound:
    """One counter over all lives of a device; `what` begins the line in the log."""

    def __init__(self, what: str) -> None:
        self.count = 0
        self._what = what
        self._seen = 0  # what this life of the device had counted
        self._logged = 0  # of count
        self._log_after = float("-inf")  # s

    def seen(self, counted: int, now: float) -> None:
        """The device has counted so many since its start; `now` in s of any steady clock."""
        self.count += counted - self._seen if counted >= self._seen else counted
        self._seen = counted
        if self.count > self._logged and now >= self._log_after:
            fresh = self.count - self._logged
            LOG.warning(
                "%s %d times (%d since the start); is the machine too busy?",
                self._what,
                fresh,
                self.count,
            )
            self._logged, self._log_after = self.count, now + LOG_INTERVAL_S

    def restarted(self) -> None:
        """The device counts from 0 again."""
        self._seen = 0
