"""A microphone beside the virtual loudspeaker: what is played into it is heard by PortAudio."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.speaking.virtual_speaker import VirtualSpeaker

MICROPHONE = (
    "load-module module-null-sink sink_name=micfeed rate=16000 channels=1\n"
    "load-module module-remap-source source_name=mic master=micfeed.monitor\n"
    "set-default-source mic\n"
)


class VirtualDevices(VirtualSpeaker):
    """A sound server with one loudspeaker and one microphone."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with (folder / "script").open("a") as script:
            script.write(MICROPHONE)

    def speak(self, wav: Path) -> None:
        """Play a wav into the microphone; returns when it has been played."""
        subprocess.run(
            ["paplay", "--device=micfeed", wav], env=self.environment, check=True, timeout=60
        )

    @contextmanager
    def captured(self, raw: Path) -> Iterator[None]:
        """Write what the loudspeaker plays into `raw`: 16 kHz mono int16, for a recogniser."""
        with raw.open("wb") as file:
            options = "--rate=16000 --channels=1 --format=s16le --raw"
            parec = subprocess.Popen(
                ["parec", "--device=speaker.monitor", *options.split()],
                env=self.environment,
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            try:
                yield
            finally:
                parec.terminate()
                parec.wait()


@contextmanager
def virtual_devices() -> Iterator[VirtualDevices]:
    """Running ones, in a folder of their own."""
    with TemporaryDirectory(prefix="storybot-") as folder:
        devices = VirtualDevices(Path(folder))
        try:
            devices.start()
            yield devices
        finally:
            devices.kill()
