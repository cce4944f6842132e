"""Joins the daemon and the broker: one queue of what happens, dealt with one after the other."""

from __future__ import annotations

import logging
import queue
import random
import threading
import time

from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.requests import (
    ChangeSettings,
    ControlRequest,
    ShowSettings,
)
from storybot.errors import StorybotError
from storybot.home.box import Box
from storybot.home.daemon_link import DaemonLink
from storybot.home.mqtt import report
from storybot.home.mqtt.broker import Broker, Message, Will
from storybot.home.mqtt.commands import SETTINGS, request_for
from storybot.home.mqtt.discovery import OFFLINE, ONLINE
from storybot.home.mqtt.happenings import (
    AnnounceAgain,
    BrokerBroke,
    Connected,
    DaemonLost,
    DaemonSaid,
    Ended,
    Happening,
)
from storybot.home.mqtt.pushed_settings import PushedSettings
from storybot.home.mqtt.refusals import Refusals
from storybot.home.mqtt.shown import Shown
from storybot.home.mqtt.topics import (
    HOME_ASSISTANT_STATUS,
    LATEST_VERSION,
    ROOT,
    Topics,
    command_name,
)

LOG = logging.getLogger("storybot")
WAITING_MAX = 100  # messages of the broker; more are dropped
REFRESH_S = 60.0  # between two looks at the settings, of which the daemon gives no news
ANNOUNCE_SPREAD_S = 5.0  # not all boxes speak to a Home Assistant that starts in one moment
VERSION_MAX_CHARACTERS = 40


class Bridge:
    """`run` until `stop` is called, from any thread or signal handler."""

    def __init__(self, settings: Settings, box: Box, password: str) -> None:
        """StorybotError where the settings cannot be used."""
        self._socket, self._topics = settings.controls.socket, Topics(box.id)
        self._happenings: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        happen = self._happenings.put
        self._link = DaemonLink(
            self._socket,
            lambda line: happen(DaemonSaid(line)),
            lambda why: happen(DaemonLost(why)),
            passed_over=frozenset(("word", "said")),
        )
        self._broker = Broker(
            settings.home,
            password,
            f"{ROOT}-{box.id}",
            Will(self._topics.online, OFFLINE),
            lambda: happen(Connected()),
            self._take,
            lambda why: happen(BrokerBroke(why)),
        )
        self._shown = Shown(self._broker, box, settings.speaking)
        self._refusals = Refusals(self._broker, self._topics.event)
        self._pushed = PushedSettings(self._topics)
        self._announcing: threading.Timer | None = None
        self._lendings: int | None = None  # of the last status that had it

    def run(self) -> None:
        """Work until `stop`; StorybotError where that is not possible."""
        self._broker.start()
        self._link.start()
        refresh = time.monotonic() + REFRESH_S
        try:
            while True:
                try:
                    happening = self._happenings.get(timeout=max(refresh - time.monotonic(), 0.0))
                except queue.Empty:
                    refresh = time.monotonic() + REFRESH_S
                    self._read_settings()
                    continue
                if happening == Ended():
                    return
                self._happen(happening)
        finally:
            if self._announcing is not None:
                self._announcing.cancel()
            self._link.stop()
            self._shown.withdraw()
            self._broker.stop()

    def stop(self) -> None:
        """End `run` soon."""
        self._happenings.put(Ended())

    def _take(self, message: Message) -> None:
        """In the network's thread."""
        if self._happenings.qsize() < WAITING_MAX:
            self._happenings.put(message)

    def _happen(self, happening: Happening) -> None:
        match happening:
            case Connected():
                self._broker.subscribe(self._topics.subscriptions)
                self._shown.publish_all()
            case AnnounceAgain():
                self._shown.publish_all()
            case DaemonSaid(line):
                self._daemon_said(line)
            case DaemonLost(why):
                LOG.warning("%s", why)
                self._take_status(None)
            case Message():
                self._received(happening)
            case BrokerBroke(why):
                raise StorybotError(f"the connection to the broker broke: {why}")

    def _daemon_said(self, line: report.Fields) -> None:
        if line.get("news") == "sentence":
            status = self._shown.status
            if status is not None and line["story"] == status["story"]:
                self._shown.sentence = line["text"]
                self._shown.publish()
        elif "state" in line:
            came = self._shown.status is None
            self._take_status(line)
            if came:
                LOG.info("storybot answers")
            if self._was_lent(line.get("lendings")) or came:
                self._push_settings()

    def _take_status(self, status: report.Fields | None) -> None:
        before, self._shown.status = self._shown.status, status
        if status is None or status["story"] is None:
            self._shown.sentence = None
        for event in report.events(before, status):
            self._broker.publish(self._topics.event, report.encoded(event), retain=False)
        self._shown.publish()

    def _read_settings(self) -> None:
        try:
            self._shown.settings = ask(self._socket, ShowSettings())["settings"]
        except StorybotError:  # the link tells that nobody answers
            self._shown.settings = {}
        self._shown.publish()

    def _received(self, message: Message) -> None:
        topic, payload = message.topic, message.payload
        name = command_name(topic)
        if topic == HOME_ASSISTANT_STATUS:
            if payload == ONLINE.encode() and not message.retained:
                self._announce_soon()
        elif topic == LATEST_VERSION:
            text = payload.decode("utf-8", "replace")[:VERSION_MAX_CHARACTERS].strip()
            self._shown.latest = text if text.isprintable() else ""
            self._shown.publish()
        elif name == SETTINGS and not payload:
            self._pushed.take_back(topic)
        # Other commands that the broker keeps would be carried out whenever the box comes.
        elif name is not None and (name == SETTINGS or not message.retained):
            self._command(name, topic, payload)

    def _command(self, name: str, topic: str, payload: bytes) -> None:
        try:
            request = request_for(name, payload)
        except BadMessage as wrong:
            self._refusals.tell(name, str(wrong))
            return
        if not isinstance(request, ChangeSettings):
            self._ask(name, request)
        elif name == SETTINGS:
            self._pushed.give(topic, request)
            if self._shown.status is not None:  # else they are given to the daemon when it comes
                self._push_settings()
        else:
            self._ask(name, request)
            self._read_settings()

    def _was_lent(self, times: int | None) -> bool:
        """Whether the box has forgotten everything since its last status; None: it cannot tell.

        Then settings of this box go, also at the broker, whoever had it forget and whether its
        answer came; those of all stay, and are to be given again.
        """
        before = self._lendings
        if times is None or times == before:
            return False
        self._lendings = times
        if before is None:
            return False
        own = self._topics.command(SETTINGS)
        self._pushed.take_back(own)
        self._broker.publish(own, "", retain=True)
        self._broker.publish(self._topics.event, report.encoded(report.WAS_RESET), retain=False)
        return True

    def _push_settings(self) -> None:
        for request in self._pushed.requests():
            self._ask(SETTINGS, request)
        self._read_settings()

    def _ask(self, name: str, request: ControlRequest) -> None:
        try:
            ask(self._socket, request)
        except StorybotError as error:
            self._refusals.tell(name, str(error))

    def _announce_soon(self) -> None:
        if self._announcing is not None:
            self._announcing.cancel()
        delay = random.uniform(0.0, ANNOUNCE_SPREAD_S)
        self._announcing = threading.Timer(delay, self._happenings.put, (AnnounceAgain(),))
        self._announcing.daemon = True
        self._announcing.start()
