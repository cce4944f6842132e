"""Follows the daemon through its control socket, however often it goes and comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from storybot.controls.socket.client import Client
from storybot.errors import StorybotError

FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 15.0  # between two attempts to reach the daemon
HUNG_UP = "storybot has ended, or hung up"


class DaemonLink:
    """A thread that watches. Both callbacks are called in it.

    `on_news` is given each status and news that is not passed over; `on_lost`, once each time, why
    nobody answers any more.
    """

    def __init__(
        self,
        socket: str,
        on_news: Callable[[dict[str, Any]], None],
        on_lost: Callable[[str], None],
        passed_over: frozenset[str] = frozenset(),
    ) -> None:
        self._socket, self._on_news, self._on_lost = socket, on_news, on_lost
        self._passed_over = passed_over  # kinds of news
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._thread = threading.Thread(target=self._follow, name="daemon", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Hang up and wait for the thread."""
        self._stopping.set()
        client = self._client
        if client is not None:
            client.hang_up()
        self._thread.join(timeout=1.0)

    def _follow(self) -> None:
        delay, lost = FIRST_DELAY_S, False
        while not self._stopping.is_set():
            why = HUNG_UP
            try:
                with Client(self._socket) as client:
                    self._client = client
                    for news in client.watch():
                        delay, lost = FIRST_DELAY_S, False
                        if news.get("news") not in self._passed_over:
                            self._on_news(news)
                        if self._stopping.is_set():
                            return
            except StorybotError as error:
                why = str(error)
            if not lost:
                lost = True
                self._on_lost(why)
            self._stopping.wait(delay)
            delay = min(2 * delay, LONGEST_DELAY_S)
