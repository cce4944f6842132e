"""What libraries would cost and give where storybot has code of its own: `make libraries`.

Run by a Python that has msgspec, pydantic, pooch and soxr. docs/dependencies.md decides by this.
"""

from __future__ import annotations

import hashlib
import http.server
import math
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path

RUNS = 7  # per figure; the median counts
COST = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(used.ru_utime + used.ru_stime, line.split()[1])
"""
LOAD = "from storybot.config import load\n"
MODEL = "class A(pydantic.BaseModel):\n    x: int = 1\n"
IMPORTS = {  # what is there alone, then with the library
    "settings": {
        "own": LOAD,
        "msgspec": LOAD + "import msgspec",
        "pydantic": LOAD + "import pydantic\n" + MODEL,
    },
    "downloads": {
        "own": "from storybot.models import downloads",
        "pooch": "import pooch, requests",
    },
    "resampling": {"own": "from storybot.hearing import pcm", "soxr": "import numpy, soxr"},
}
FILE = bytes(range(256)) * (1 << 14)  # 4 MB
BREAKS_AT = len(FILE) * 3 // 4  # of the first connection
RATE = 48000  # Hz, of a microphone that knows no other
SECONDS = 4  # of sound resampled


def cost(code: str) -> tuple[float, float]:
    """Processor ms and resident MB of a Python that has run `code`."""
    seconds, kilobytes = [], []
    for _ in range(RUNS + 1):
        command = [sys.executable, "-c", code + COST]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        used, resident = ran.stdout.split()
        seconds.append(float(used))
        kilobytes.append(int(resident))
    # The first run compiles the modules.
    return statistics.median(seconds[1:]) * 1000, statistics.median(kilobytes[1:]) / 1024


def faults_told() -> dict[str, int]:
    """Of three wrong values in one file: how many are told at once."""
    from dataclasses import make_dataclass

    import msgspec
    import pydantic

    from storybot.config.load import check_file

    wrong = {"speed": "fast", "volume": "loud", "pitch": "high"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text("speaking: {speed: fast, volume: loud, pitch: high}\n", encoding="utf-8")
        told = {"own": len(check_file(path))}
    schema = make_dataclass("Speaking", [(name, int) for name in wrong])
    try:
        msgspec.convert(wrong, schema)
    except msgspec.ValidationError as fault:
        told["msgspec"] = str(fault).count("$.")
    try:
        pydantic.TypeAdapter(schema).validate_python(wrong)
    except pydantic.ValidationError as fault:
        told["pydantic"] = fault.error_count()
    return told


class BreakingServer(http.server.BaseHTTPRequestHandler):
    """Serves FILE, also from the middle; the first connection breaks off."""

    sent = 0  # bytes of all connections since the test began
    connections = 0

    def do_GET(self) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        kind = type(self)
        kind.connections += 1
        end = BREAKS_AT if kind.connections == 1 else len(FILE)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(FILE) - start))
        self.end_headers()
        self.wfile.write(FILE[start:end])
        kind.sent += end - start

    def log_message(self, *about: object) -> None:
        """Nothing."""


def bytes_fetched(fetch: Callable[[str, Path], None]) -> float:
    """Bytes sent until a file is there whose first connection broke, per byte of the file."""
    BreakingServer.sent = BreakingServer.connections = 0
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), BreakingServer) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/file"
        for _ in range(2):
            try:
                fetch(url, Path(folder))
                break
            except Exception as fault:  # whatever a library raises when a connection breaks
                print(f"    {type(fault).__name__}: {fault}"[:100])
        server.shutdown()
        assert (Path(folder) / "file").read_bytes() == FILE
    return BreakingServer.sent / len(FILE)


def own_fetch(url: str, folder: Path) -> None:
    from storybot.models.catalogue import Download
    from storybot.models.downloads import fetch

    fetch(Download(url, "file", len(FILE), hashlib.sha256(FILE).hexdigest()), folder, _silent)


def pooch_fetch(url: str, folder: Path) -> None:
    import pooch

    pooch.get_logger().setLevel("ERROR")
    pooch.retrieve(url, f"sha256:{hashlib.sha256(FILE).hexdigest()}", "file", folder)


def _silent(done: int, size: int) -> None:
    """No progress is shown."""


def tone(rate: int, hertz: float) -> array[int]:
    """SECONDS of a sine of half the full scale, int16."""
    step = 2 * math.pi * hertz / rate
    return array("h", (round(16384 * math.sin(step * place)) for place in range(rate * SECONDS)))


def alias_db(resample: Callable[[bytes], bytes], hertz: float) -> tuple[float, float]:
    """Processor ms per second of sound, and what is left of a tone above 8 kHz, dB."""
    from storybot.hearing.pcm import level_dbfs

    pcm = tone(RATE, hertz).tobytes()
    resample(pcm[: RATE // 5])  # imports
    begun = time.process_time()
    done = resample(pcm)
    used = (time.process_time() - begun) * 1000 / SECONDS
    middle = done[len(done) // 4 & ~1 : len(done) // 2 & ~1]
    return used, level_dbfs(middle) - level_dbfs(pcm)


def own_resample(pcm: bytes) -> bytes:
    from storybot.hearing.pcm import SincResampler

    resampler, block = SincResampler(RATE), RATE // 10 * 2
    return b"".join(resampler.resample(pcm[at : at + block]) for at in range(0, len(pcm), block))


def soxr_resample(pcm: bytes) -> bytes:
    import numpy
    import soxr

    stream, block = soxr.ResampleStream(RATE, 16000, 1, dtype="int16"), RATE // 10 * 2
    return b"".join(
        stream.resample_chunk(numpy.frombuffer(pcm[at : at + block], "int16")).tobytes()
        for at in range(0, len(pcm), block)
    )


def main() -> None:
    """Print every table."""
    print("imports: processor time (ms) and resident memory (MB)")
    for purpose, codes in IMPORTS.items():
        for name, code in codes.items():
            used, resident = cost(code + "\n")
            print(f"  {purpose:12} {name:10} {used:6.0f} ms {resident:6.1f} MB")
    print("settings: of three faults in one file, told at once:", faults_told())
    print("downloads: bytes sent per byte of a file whose first connection broke at three quarters")
    for name, fetch in (("own", own_fetch), ("pooch", pooch_fetch)):
        print(f"  {name:10} {bytes_fetched(fetch):.2f}")
    print("resampling 48 to 16 kHz: processor ms per second of sound, tone of 10 kHz left, dB")
    for name, resample in (("own", own_resample), ("soxr", soxr_resample)):
        used, left = alias_db(resample, 10000)
        print(f"  {name:10} {used:6.1f} ms {left:6.1f} dB")


if __name__ == "__main__":
    main()
