"""The connection to the MQTT broker: TLS, password, last will, and again after every loss."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError

LOG = logging.getLogger("storybot")
STOP_TIMEOUT_S = 2.0
KEEP_ALIVE_S = 30  # the broker tells the last will after one and a half of it
FIRST_DELAY_S, LONGEST_DELAY_S = 1, 60  # between attempts to connect; it doubles
STEADY_S = 10.0  # a connection that lasts so long is a good one
SHORT_ONES_MAX = 3  # in a row; then another client may come with our client id again and again
PACKET_MAX_BYTES = 16 * 1024  # the broker sends no larger one
SUBSCRIBE_QOS = 0  # what is given while we are away is not carried out hours later


@dataclass(frozen=True)
class Message:
    """Something published that we read."""

    topic: str
    payload: bytes
    retained: bool  # it was published before we came


@dataclass(frozen=True)
class Will:
    """What the broker publishes, retained, when we are gone without a word."""

    topic: str
    payload: str


class _Client(paho.Client):
    """The network's thread tells what ends it: else it would be gone without a word."""

    on_broken: Callable[[str], None] = staticmethod(lambda why: None)

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # whatever a broker sends
            self.on_broken(f"{type(error).__name__}: {error}")
            return MQTTErrorCode.MQTT_ERR_UNKNOWN


class Broker:
    """One client. Its callbacks are called in the network's thread.

    `on_broken` is called where that thread meets something unforeseen, and ends.
    """

    def __init__(
        self,
        home: HomeSettings,
        password: str,
        client_id: str,
        will: Will | None,
        on_connected: Callable[[], None],
        on_message: Callable[[Message], None],
        on_broken: Callable[[str], None],
    ) -> None:
        """StorybotError where TLS cannot be used as it is set."""
        self._where = f"{home.mqtt_host}:{home.mqtt_port}"
        self._home, self._on_connected = home, on_connected
        self._connected_at = 0.0  # monotonic s
        self._subscribed = False  # on this connection
        self._short_ones = 0  # connections in a row that did not last
        self._newest: paho.MQTTMessageInfo | None = None  # of what was published
        self._told = ""  # the last trouble, which is not told again
        client = _Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5)
        client.on_broken = on_broken
        self._client = client
        client.reconnect_delay_set(FIRST_DELAY_S, LONGEST_DELAY_S)
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_connect_fail = self._failed
        client.on_message = lambda _client, _data, message: on_message(
            Message(message.topic, bytes(message.payload), message.retain)
        )
        if home.mqtt_user:
            client.username_pw_set(home.mqtt_user, password or None)
        if will is not None:
            client.will_set(will.topic, will.payload, retain=True)
        if home.mqtt_tls:
            _use_tls(client, home.mqtt_ca_file)
        elif home.mqtt_user and password:
            LOG.warning("the broker's password is sent unencrypted; home.mqtt_tls seals it")

    def start(self) -> None:
        """Begin to connect; that the broker is not there yet is no fault."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.MaximumPacketSize = PACKET_MAX_BYTES
        host, port = self._home.mqtt_host, self._home.mqtt_port
        try:
            host.encode("idna")
            self._client.connect_async(
                host, port, KEEP_ALIVE_S, clean_start=True, properties=properties
            )
        except ValueError:
            raise StorybotError(
                f"{host!r} is neither a name nor an address; see the setting home.mqtt_host",
                Exit.CONFIG,
            ) from None
        self._client.loop_start()

    def stop(self) -> None:
        """Say good-bye after what was published is sent; the will is not published then."""
        if self.ready:
            self.wait_until_sent(STOP_TIMEOUT_S)
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def ready(self) -> bool:
        """Whether the broker is there and knows what we read: who sees us there can ask us."""
        return self._subscribed and self._client.is_connected()

    def subscribe(self, filters: list[str]) -> None:
        failed, _ = self._client.subscribe([(each, SUBSCRIBE_QOS) for each in filters])
        self._subscribed = failed == MQTTErrorCode.MQTT_ERR_SUCCESS

    def publish(self, topic: str, payload: str, *, retain: bool, confirmed: bool = False) -> None:
        """Send it, where the broker is there; `confirmed`: it is sent when the broker says so."""
        self._newest = self._client.publish(topic, payload, qos=int(confirmed), retain=retain)

    def wait_until_sent(self, seconds: float) -> bool:
        """Whether what was published last is sent in time."""
        if self._newest is None:
            return True
        try:
            self._newest.wait_for_publish(seconds)
            return self._newest.is_published()
        except (RuntimeError, ValueError):
            return False

    def _connected(
        self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._tell(
                f"the broker {self._where} refuses storybot ({reason}); "
                "check home.mqtt_user and its password"
            )
            return
        if self._short_ones < SHORT_ONES_MAX:
            self._told = ""
        self._connected_at = time.monotonic()
        LOG.info("connected to the broker %s", self._where)
        self._on_connected()

    def _failed(self, _client: Any, _data: Any) -> None:
        self._tell(
            f"the broker {self._where} cannot be reached; it is tried again. "
            "Check home.mqtt_host, mqtt_port and mqtt_tls"
        )

    def _disconnected(
        self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        self._subscribed = False
        if not self._connected_at:
            return
        steady = time.monotonic() - self._connected_at > STEADY_S
        self._connected_at = 0.0
        self._short_ones = 0 if steady else self._short_ones + 1
        # Two boxes with one id put each other out: their delays grow, too.
        delay = min(FIRST_DELAY_S * 2**self._short_ones, LONGEST_DELAY_S)
        self._client.reconnect_delay_set(delay, LONGEST_DELAY_S)
        if self._short_ones >= SHORT_ONES_MAX:
            self._tell(
                f"the broker {self._where} ends each connection soon; where another box has the "
                "same id, give each one of its own with home.id"
            )
        elif reason.is_failure:
            self._tell(f"the broker {self._where} is gone ({reason}); it is tried again")

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            LOG.warning("%s", sentence)


def _use_tls(client: paho.Client, authorities: str) -> None:
    try:
        client.tls_set(ca_certs=authorities or None)
    except (OSError, ssl.SSLError, ValueError) as error:
        where = authorities or "the system"
        raise StorybotError(
            f"the certificate authorities in {where} cannot be used ({error}); "
            "see the setting home.mqtt_ca_file",
            Exit.CONFIG,
        ) from error
