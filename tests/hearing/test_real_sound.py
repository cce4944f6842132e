"""The ear at a real sound server, through PortAudio and through ALSA."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.hearing.recogniser_client import (
    Ready,
    RecogniserClient,
    RecogniserEvent,
    Trouble,
    UtteranceRecognised,
)
from tests.fakes.recognisers import spoken, write_wav
from tests.sound.virtual_devices import VirtualDevices
from tests.speaking.virtual_speaker import missing

pytest.importorskip("pocketsphinx")
pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(bool(missing()), reason=f"needs {missing()} (make test installs them)"),
]
PATIENCE = 60  # s, for a loaded machine
QUIET = bytes(32000)  # 1 s: speech that goes on when listening begins is not taken


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDevices]:
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    made = VirtualDevices(tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    made.start()
    try:
        yield made
    finally:
        made.kill()


async def until(events: AsyncIterator[RecogniserEvent], wanted: type) -> RecogniserEvent:
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if isinstance(event, wanted):
                return event
    raise AssertionError(f"no {wanted.__name__}")


@pytest.mark.parametrize("driver", ["portaudio", "alsa"])
def test_a_request_spoken_into_the_microphone_is_heard(
    devices: VirtualDevices, tmp_path: Path, driver: str
) -> None:
    sound = QUIET + spoken("tell me a story about a dragon", "awb")
    request = write_wav(tmp_path / "request.wav", sound)
    settings = HearingSettings(driver=driver, recogniser="pocketsphinx", things=100)

    async def work() -> None:
        child = RecogniserClient(settings, "full")
        await child.start()
        try:
            await child.listen("keyphrase")
            events = child.events()
            await until(events, Ready)
            await asyncio.to_thread(devices.speak, request)
            heard = await until(events, UtteranceRecognised)
            assert isinstance(heard, UtteranceRecognised) and "dragon" in heard.text
        finally:
            await child.stop(2)

    asyncio.run(work())


@pytest.mark.parametrize("driver", ["portaudio", "alsa"])
def test_a_microphone_that_was_gone_is_read_again_without_a_restart(
    devices: VirtualDevices, driver: str
) -> None:
    settings = HearingSettings(driver=driver, recogniser="pocketsphinx", things=10)

    async def work() -> None:
        child = RecogniserClient(settings, "full")
        await child.start()
        try:
            events = child.events()
            await until(events, Ready)
            await asyncio.to_thread(devices.kill)
            trouble = await until(events, Trouble)
            assert isinstance(trouble, Trouble) and "microphone" in trouble.sentence
            await asyncio.to_thread(devices.start)
            assert isinstance(await until(events, Ready), Ready)
        finally:
            await child.stop(2)

    asyncio.run(work())
