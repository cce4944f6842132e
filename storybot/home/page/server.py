"""The page's process: listens, follows the daemon, ends when told to."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path
from typing import Any

from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.home.box import Box
from storybot.home.daemon_link import DaemonLink
from storybot.home.page.asking import Asking
from storybot.home.page.board import Board
from storybot.home.page.connections import HEAD_MAX_BYTES, Connections
from storybot.home.page.guard import own_names
from storybot.home.page.levels import Levels
from storybot.home.page.pairing import Pairing
from storybot.home.page.pairing_routes import PairingRoutes
from storybot.home.page.routes import Routes
from storybot.home.page.sounds import SoundMaker, Sounds

LOG = logging.getLogger("storybot")
BACKLOG = 32  # connections that wait to be taken


def run(settings: Settings, box: Box, folder: Path, sounds: SoundMaker) -> None:
    """Serve until told to end; `folder` is the page's own.

    StorybotError where that is not possible.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    pairing = Pairing(folder)
    pairing.prepare()
    asyncio.run(serve(settings, box, pairing, Sounds(sounds, folder, settings.speaking)))


async def serve(settings: Settings, box: Box, pairing: Pairing, sounds: Sounds) -> None:
    """Until SIGTERM, SIGHUP or Ctrl-C. StorybotError where nobody can be served."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    home, socket = settings.home, settings.controls.socket
    board = Board()
    routes = Routes(
        box,
        settings.speaking,
        board,
        Asking(socket),
        Levels(socket),
        PairingRoutes(pairing, socket),
        sounds,
    )
    connections = Connections(routes.app, own_names(home.page_names))

    def take(line: dict[str, Any]) -> None:
        board.take(line)
        if line.get("lendings") is not None and pairing.lent(line["lendings"]):
            LOG.info("the box goes to somebody else: every device must be paired anew")
            connections.close()

    def said(line: dict[str, Any]) -> None:
        loop.call_soon_threadsafe(take, line)

    def lost(why: str) -> None:
        LOG.warning("%s", why)
        loop.call_soon_threadsafe(board.lost)

    link = DaemonLink(socket, said, lost, passed_over=frozenset(("said",)))
    try:
        server = await asyncio.start_server(
            connections.serve,
            home.page_address,
            home.page_port,
            limit=HEAD_MAX_BYTES,
            backlog=BACKLOG,
        )
    except OSError as error:
        raise StorybotError(
            f"the page cannot be served at {home.page_address}:{home.page_port} "
            f"({error.strerror}); see home.page_address and home.page_port",
            Exit.CONFIG,
        ) from None
    link.start()
    LOG.info("the page is at http://%s:%d", home.page_address, home.page_port)
    try:
        await ended.wait()
    finally:
        server.close()
        connections.close()
        await asyncio.to_thread(link.stop)
