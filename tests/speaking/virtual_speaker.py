"""A loudspeaker without hardware: PulseAudio's null sink, and what it plays on the clock's time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.run_guard import begin_guarding

RATE = 22050  # Hz of the recording
LOUD = 150  # of 32767: above this it is sound
NEEDED = ("pulseaudio", "parec", "pactl")


def missing() -> str:
    """The programs of NEEDED that this machine has not."""
    return ", ".join(program for program in NEEDED if shutil.which(program) is None)


class VirtualSpeaker:
    """A sound server with one loudspeaker; `environment` leads PortAudio and ALSA to it."""

    def __init__(self, folder: Path) -> None:
        begin_guarding()
        self._folder = folder
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{folder}/native",
            "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
            "JACK_NO_START_SERVER": "1",
        }
        (folder / "alsa.conf").write_text(
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        (folder / "script").write_text(
            f"load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1\n"
            "load-module module-null-sink sink_name=speaker rate=48000\n"
            "set-default-sink speaker\n"
        )
        self._server: subprocess.Popen[bytes] | None = None
        self._listener: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the sound server and wait until it answers."""
        options = "-n --daemonize=no --exit-idle-time=-1 --disable-shm=yes --use-pid-file=no"
        self._server = subprocess.Popen(
            ["pulseaudio", *options.split(), "-F", str(self._folder / "script")],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        limit = time.monotonic() + 20
        while subprocess.run(
            ["pactl", "info"], env=self.environment, capture_output=True
        ).returncode:
            if time.monotonic() > limit:
                raise RuntimeError("pulseaudio does not start")
            time.sleep(0.1)
        # A null sink draws two seconds at once, unlike any card, unless somebody listens closely.
        self._listener = subprocess.Popen(
            ["parec", "--device=speaker.monitor", "--raw", "--latency-msec=10"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """The sound server dies without a word."""
        if self._server is not None:
            self._server.send_signal(signal.SIGKILL)
            self._server.wait()
            self._server = None
        if self._listener is not None:
            self._listener.kill()
            self._listener.wait()
            self._listener = None
        (self._folder / "native").unlink(missing_ok=True)

    @contextmanager
    def recording(self, source: str = "speaker.monitor") -> Iterator[Recording]:
        """Record what a source of the sound server gives while the context lasts."""
        options = f"--rate={RATE} --channels=1 --format=s16le --raw --latency-msec=10"
        parec = subprocess.Popen(
            ["parec", f"--device={source}", *options.split()],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        recording = Recording(parec)
        try:
            recording.wait_for_a_second()
            yield recording
        finally:
            parec.kill()
            parec.wait()
            recording.join()


class Recording:
    """What the loudspeaker played, each sample with the monotonic time at which it did."""

    def __init__(self, parec: subprocess.Popen[bytes]) -> None:
        self._parec = parec
        self._samples = array("h")
        self._start = float("inf")  # monotonic s of the first sample
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for_a_second(self) -> None:
        """Until the recording runs evenly."""
        limit = time.monotonic() + 20
        while len(self._samples) < RATE and time.monotonic() < limit:
            time.sleep(0.05)

    def join(self) -> None:
        self._thread.join(10)

    def sounds(self, since: float = 0.0) -> list[float]:
        """Monotonic times, 5 ms apart, at which something was heard."""
        step, start = RATE // 200, self._start
        first = max(0, round((since - start) * RATE)) // step * step
        places = range(first, len(self._samples) - step, step)
        return [
            start + at / RATE
            for at in places
            if max(map(abs, self._samples[at : at + step])) > LOUD
        ]

    def since(self, when: float) -> array[int]:
        """The samples from a monotonic time on."""
        return self._samples[max(0, round((when - self._start) * RATE)) :]

    def _read(self) -> None:
        assert self._parec.stdout is not None
        while data := os.read(self._parec.stdout.fileno(), 1 << 16):
            self._samples.frombytes(data[: len(data) // 2 * 2])
            # A late delivery only ever makes the clock look slow: the earliest is the truth.
            self._start = min(self._start, time.monotonic() - len(self._samples) / RATE)


@contextmanager
def virtual_speaker() -> Iterator[VirtualSpeaker]:
    """A running one, in a folder of its own."""
    with TemporaryDirectory(prefix="storybot-") as folder:
        speaker = VirtualSpeaker(Path(folder))
        try:
            speaker.start()
            yield speaker
        finally:
            speaker.kill()
