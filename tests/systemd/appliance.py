"""storybot on the machine of machine.py, with a virtual sound card and a button board on a pty."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fakes.recognisers import VOICES, spoken, write_wav
from tests.systemd.machine import Machine

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("STORYBOT_SHARED", ROOT.parent / "shared"))
CONFIG = """\
hearing: {recogniser: pocketsphinx, driver: DRIVER}
telling:
  engine: /opt/storytest/src/build/native/storyteller
  model: /opt/storytest/data/model.bin
  tokenizer: /opt/storytest/data/tokenizer.bin
  longest: 70
  plot: off
  first_deadline: 4
  token_deadline: 2
speaking: {driver: DRIVER, speed: 260}
controls: {button: serial, button_device: /run/storytest/board, lights: serial}
service: {profile: PROFILE}
"""
SOUND = """\
[Unit]
DefaultDependencies=no
[Service]
Environment=HOME=/run/storytest XDG_RUNTIME_DIR=/run/storytest JACK_NO_START_SERVER=1
ExecStartPre=/bin/mkdir -p /run/storytest
ExecStart=/usr/bin/pulseaudio -n -F /opt/storytest/data/pulse --daemonize=no --exit-idle-time=-1 \
  --disable-shm=yes --use-pid-file=no --log-target=stderr
Restart=always
RestartSec=100ms
"""
PULSE = """\
load-module module-native-protocol-unix socket=/run/storytest/native auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000
load-module module-null-sink sink_name=micfeed rate=16000 channels=1
load-module module-remap-source source_name=mic master=micfeed.monitor
set-default-sink speaker
set-default-source mic
"""
BOARD = """\
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/python3 /opt/storytest/data/board.py
"""
BOARD_PROGRAM = """\
import os, pty, selectors, tty
ours, theirs = pty.openpty()
tty.setraw(ours); tty.setraw(theirs)
name = os.ttyname(theirs)
os.chmod(name, 0o666)
os.makedirs("/run/storytest", exist_ok=True)
os.symlink(name, "/run/storytest/board")
os.mkfifo("/run/storytest/finger")
finger = os.open("/run/storytest/finger", os.O_RDWR)
lights = open("/run/storytest/lights", "ab", buffering=0)
waiting = selectors.DefaultSelector()
waiting.register(finger, selectors.EVENT_READ); waiting.register(ours, selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        data = os.read(key.fd, 4096)
        if key.fd == finger: os.write(ours, data)
        else: lights.write(data)
"""
# The real engine at the pace of a small board, however fast this machine is.
SLOW_ENGINE = """\
#!/usr/bin/python3
import os, subprocess, sys, time
engine = subprocess.Popen(
    ["/opt/storytest/src/build/native/storyteller", *sys.argv[1:]], stdout=subprocess.PIPE
)
while letter := os.read(engine.stdout.fileno(), 1):
    os.write(1, letter)
    time.sleep(1 / 40)
sys.exit(engine.wait())
"""
DROP_IN = """\
WatchdogSec=8
Environment=PULSE_SERVER=unix:/run/storytest/native ALSA_CONFIG_PATH=/opt/storytest/data/alsa.conf
Environment=JACK_NO_START_SERVER=1
[Unit]
Wants=storytest-sound.service storytest-board.service
After=storytest-sound.service storytest-board.service
"""
QUIET = bytes(16000)  # 0.5 s: nobody speaks in the very moment in which the box begins to listen
ALSA = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


class Appliance(Machine):
    """The machine with everything a box has."""

    def __init__(self, profile: str = "full") -> None:
        driver = "portaudio" if profile == "full" else "alsa"
        files = {
            "storytest-sound.service": SOUND,
            "storytest-board.service": BOARD,
            "board.py": BOARD_PROGRAM,
            "slow-storyteller": SLOW_ENGINE,
            "pulse": PULSE,
            "alsa.conf": ALSA,
        }
        self.config = CONFIG.replace("DRIVER", driver).replace("PROFILE", profile)
        super().__init__(self.config, files, DROP_IN)
        models = SHARED / "models"
        # The small profile gets the slower model: its engine lives long enough to be seen.
        names = ("stories260K.bin", "tok512.bin")
        if profile == "small":
            names = ("storylike15M.bin", "tokenizer.bin")
        shutil.copy(models / names[0], self.data / "model.bin")
        shutil.copy(models / names[1], self.data / "tokenizer.bin")
        (self.data / "slow-storyteller").chmod(0o755)

    def start(self) -> None:
        """Wait until the service, started by the boot or now, is READY and listens."""
        self.run("systemctl start storybot")
        self.until(listens, 30)

    def reload(self, config: str) -> None:
        """Have the running service take these settings."""
        before = self.journal().count("new settings hold")
        (self.data / "new.yaml").write_text(config)
        self.run("cp /opt/storytest/data/new.yaml /etc/storybot/config.yaml")
        self.run("systemctl reload storybot")
        limit = time.monotonic() + 20
        while self.journal().count("new settings hold") == before:
            assert time.monotonic() < limit, self.journal()[-3000:]
            time.sleep(0.1)

    @contextlib.contextmanager
    def slow_engine(self) -> Iterator[None]:
        """Stories whose engine works for seconds, so that something can happen to it."""
        slow = self.config.replace("src/build/native/storyteller", "data/slow-storyteller")
        self.reload(slow.replace("longest: 70", "longest: 400"))
        try:
            yield
        finally:
            self.reload(self.config)

    def status(self) -> dict[str, Any]:
        """`storybot status --json`; empty while nobody answers."""
        answer = self.run("storybot status --json 2>/dev/null", check=False)
        try:
            found: dict[str, Any] = json.loads(answer)
        except ValueError:
            return {}
        return found

    def until(self, reached: Any, longest: float) -> float:
        """Wait until the status is as wanted; returns how long it took, in s."""
        began = time.monotonic()
        while True:
            status = self.status()
            if reached(status):
                return time.monotonic() - began
            if time.monotonic() - began > longest:
                raise AssertionError(f"not within {longest} s: {status}\n{self.journal()[-3000:]}")
            time.sleep(0.1)

    def say(self, text: str, voice: str = "slt") -> None:
        """Speak into the microphone; returns when it was said."""
        write_wav(self.data / "said.wav", QUIET + spoken(text, voice))
        self.run(
            "PULSE_SERVER=unix:/run/storytest/native paplay --device=micfeed "
            "/opt/storytest/data/said.wav"
        )

    def say_until(self, text: str, reached: Any, longest: float) -> bool:
        """Speak it in one voice after the other, until the status is as wanted within `longest` s.

        False: no voice was understood.
        """
        for voice in VOICES:
            self.say(text, voice)
            with contextlib.suppress(AssertionError):
                self.until(reached, longest)
                return True
        return False

    def press(self, seconds: float = 0.15) -> None:
        """The button on the board."""
        self.run(
            f"echo down > /run/storytest/finger; sleep {seconds}; echo up > /run/storytest/finger"
        )

    def told(self) -> int:
        """Stories told to their end since the machine was started."""
        return self.journal().count("was told)")

    def pids(self, who: str) -> list[int]:
        """The service's processes: daemon, ear, (slow) engine; or the sound server."""
        if who == "daemon":
            pid = int(self.show("MainPID"))
            return [pid] if pid else []
        pattern = {
            "ear": "storybot.hearing..*recogniser_process",
            "engine": "storyteller",
            "slow engine": "slow-storyteller",
            "sound": "pulseaudio",
        }
        found = self.run(f"pgrep -f '{pattern[who]}'", check=False).split()
        own = self.run(
            "cat /sys/fs/cgroup/system.slice/storybot.service/cgroup.procs", check=False
        ).split()
        return [int(pid) for pid in found if who == "sound" or pid in own]

    def kill(self, who: str, number: str = "KILL") -> None:
        """A signal to a process."""
        for pid in self.pids(who):
            self.run(f"kill -{number} {pid}", check=False)


def listens(status: dict[str, Any]) -> bool:
    """Whether a spoken request would be heard."""
    return status.get("state") == "idle" and status.get("listens_for") == "keyphrase"
