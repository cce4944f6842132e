"""A sound card for ALSA's own programs, at the pace of a real one: two FIFOs instead of wires.

ALSA's configuration is this alone. The usual one of a PC brings the plugin of a sound server into
every program (PulseAudio, X11, codecs: 2 MB), which a bare board has not, nor further converters.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType

RATE = 16000  # Hz; mono, 2 bytes
TICK = 0.02  # s

CONFIG = """\
pcm.paced {{
  type plug
  slave {{
    pcm {{
      type file
      file "{folder}/out"
      infile "{folder}/in"
      format raw
      slave.pcm {{ type null }}
    }}
    format S16_LE
    rate {rate}
    channels 1
  }}
}}
pcm.!default {{ type asym playback.pcm paced capture.pcm paced }}
ctl.!default {{ type hw card 0 }}
defaults.pcm.rate_converter "linear"
"""


class PacedCard:
    """Use it in a `with` statement; `environment` makes ALSA's default device this card.

    The microphone hears silence and what `hear` is given.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        config = folder / "asound.conf"
        config.write_text(CONFIG.format(folder=folder, rate=RATE))
        self.environment = {"ALSA_CONFIG_PATH": str(config)}
        self._heard: deque[bytes] = deque()  # ticks of sound still to come
        self._ended = threading.Event()
        self.played = 0  # bytes

    def hear(self, sound: bytes) -> float:
        """Let the microphone hear this (16 kHz, mono, int16); returns for how many seconds."""
        size = 2 * round(RATE * TICK)
        ticks = [sound[start : start + size] for start in range(0, len(sound), size)]
        self._heard.extend(tick.ljust(size, b"\0") for tick in ticks)
        return len(ticks) * TICK

    def __enter__(self) -> PacedCard:
        for name in ("in", "out"):
            os.mkfifo(self._folder / name)
        # Opened for both ways, so that no end is missing when a program comes or goes.
        self._in = os.open(self._folder / "in", os.O_RDWR | os.O_NONBLOCK)
        self._out = os.open(self._folder / "out", os.O_RDWR | os.O_NONBLOCK)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._in)
        os.close(self._out)

    def _run(self) -> None:
        size = 2 * round(RATE * TICK)
        due = time.monotonic()
        while not self._ended.is_set():
            with contextlib.suppress(BlockingIOError):
                os.write(self._in, self._heard[0] if self._heard else bytes(size))
                if self._heard:
                    self._heard.popleft()
            with contextlib.suppress(BlockingIOError):
                self.played += len(os.read(self._out, size))
            due += TICK
            time.sleep(max(0.0, due - time.monotonic()))
