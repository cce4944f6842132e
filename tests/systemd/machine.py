"""A machine of its own for the tests: systemd as PID 1 in namespaces, over a copy-on-write root.

Nothing outside is changed: the root is an overlay whose upper layer lies in memory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from tests.run_guard import begin_guarding

ROOT = Path(__file__).parents[2]
BOOT = r"""
set -e
mount -t tmpfs t $W; mkdir $W/up $W/wk $W/root; R=$W/root
mount -t overlay o -o lowerdir=/,upperdir=$W/up,workdir=$W/wk $R
mount -t proc proc $R/proc; mount --rbind /sys $R/sys; umount -R $R/sys/fs/cgroup
mount -t cgroup2 c $R/sys/fs/cgroup; mount --rbind /dev $R/dev
mount -t tmpfs t $R/run; mount -t tmpfs t $R/tmp
mkdir -p $R/opt/storytest/src $R/opt/storytest/site $R/opt/storytest/python $R/opt/storytest/data
chmod 755 $R/opt $R/opt/storytest
mount --bind $SRC $R/opt/storytest/src; mount --bind $SITE $R/opt/storytest/site
mount --bind $PYTHON $R/opt/storytest/python; mount --bind $DATA $R/opt/storytest/data
chroot $R /bin/sh -e /opt/storytest/data/prepare
export container=unshare
exec chroot $R /lib/systemd/systemd --system --unit=storytest.target --show-status=no
"""
TARGET = """\
[Unit]
Description=Everything the tests need, storybot as a boot would start it
DefaultDependencies=no
Wants=systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket
Wants=storybot.service
"""
PREPARE = r"""
cd /opt/storytest/src/systemd
systemd-sysusers $PWD/storybot.sysusers
mkdir -p /etc/systemd/system/storybot.service.d /etc/storybot /usr/local/bin
sed 's#@BINDIR@#/usr/local/bin#' storybot.service > /etc/systemd/system/storybot.service
cp -r storybot-.service.d /etc/systemd/system/
cp /opt/storytest/data/storytest.target /etc/systemd/system/
cp /opt/storytest/data/test.conf /etc/systemd/system/storybot.service.d/
cp /opt/storytest/data/config.yaml /etc/storybot/config.yaml
cp /opt/storytest/data/storybot /usr/local/bin/storybot
chmod 755 /usr/local/bin/storybot
for u in /opt/storytest/data/*.service; do [ ! -e "$u" ] || cp "$u" /etc/systemd/system/; done
rm -f /etc/machine-id; systemd-machine-id-setup >/dev/null 2>&1
"""
COMMAND = """\
#!/bin/sh
export PYTHONPATH=/opt/storytest/src:/opt/storytest/site
exec {python} -m storybot "$@"
"""
DROP_IN = """\
[Unit]
DefaultDependencies=no
[Service]
Environment=PYTHONDONTWRITEBYTECODE=1
"""


def why_not() -> str:
    """Why no such machine can be had here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root for namespaces"
    for program in ("unshare", "nsenter", "chroot", "/lib/systemd/systemd", "systemctl"):
        if shutil.which(program) is None:
            return f"needs {program}"
    probe = "mkdir -p $W/a $W/b $W/c $W/d; mount -t tmpfs t $W/a; mkdir $W/a/u $W/a/w $W/a/r; "
    probe += "mount -t overlay o -o lowerdir=/,upperdir=$W/a/u,workdir=$W/a/w $W/a/r; "
    probe += "mount -t cgroup2 c $W/d"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            [*UNSHARE, "bash", "-ec", probe],
            env={**os.environ, "W": folder},
            capture_output=True,
            check=False,
        )
    return "" if tried.returncode == 0 else f"namespaces: {tried.stderr.decode().strip()[-200:]}"


UNSHARE = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "--cgroup"]
UNSHARE += ["--propagation", "private"]
NAMESPACES = ["-m", "-p", "-u", "-i", "-C", "-r", "-w"]


class Machine:
    """Use it in a `with` statement. `files` go to /opt/storytest/data."""

    def __init__(self, config: str, files: dict[str, str] | None = None, drop_in: str = "") -> None:
        begin_guarding()
        self._folder = Path(tempfile.mkdtemp(prefix="storytest-"))
        self.data = self._folder / "data"
        self.data.mkdir()
        python, prefix = _python()
        contents = {
            "config.yaml": config,
            "prepare": PREPARE,
            "storytest.target": TARGET,
            "test.conf": DROP_IN + drop_in,
            "storybot": COMMAND.format(python=python),
        } | (files or {})
        for name, text in contents.items():
            (self.data / name).write_text(text)
        for path in (self._folder, self.data):
            path.chmod(0o755)
        self._env = {
            **os.environ,
            "W": str(self._folder / "w"),
            "SRC": str(ROOT),
            "SITE": sysconfig.get_path("purelib"),
            "PYTHON": prefix,
            "DATA": str(self.data),
        }
        (self._folder / "w").mkdir()
        self.pid = 0

    def __enter__(self) -> Machine:
        self._log = (self._folder / "boot.log").open("wb")
        self._unshare = subprocess.Popen(
            [*UNSHARE, "bash", "-c", BOOT], env=self._env, stdout=self._log, stderr=self._log
        )
        limit = time.monotonic() + 60
        while True:
            self.pid = _child_of(self._unshare.pid)
            if self.pid and self.run("systemctl is-system-running", check=False).strip() in (
                "running",
                "degraded",
            ):
                return self
            if self._unshare.poll() is not None or time.monotonic() > limit:
                log = (self._folder / "boot.log").read_text("utf-8", "replace")
                self.__exit__()
                raise RuntimeError(f"the machine did not boot: {log[-2000:]}")
            time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._unshare.kill()
        self._unshare.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, command: str, check: bool = True, timeout: float = 60) -> str:
        """Run a shell command on the machine, as root; returns its output."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), *NAMESPACES, "/bin/bash", "-c", command],
            capture_output=True,
            check=False,
            timeout=timeout,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"},
        )
        output = (done.stdout + done.stderr).decode("utf-8", "replace")
        if check and done.returncode != 0:
            raise RuntimeError(f"{command}: {output}")
        return output

    def show(self, what: str) -> str:
        """One property of storybot.service."""
        return self.run(f"systemctl show -P {what} storybot.service").strip()

    def journal(self, options: str = "-o cat") -> str:
        """What storybot wrote to the journal."""
        return self.run(f"journalctl -q --no-pager -u storybot {options}", check=False)


def _child_of(pid: int) -> int:
    """The one child of a process, 0 while there is none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def _python() -> tuple[str, str]:
    """A Python that other users may run: its path on the machine, and what is mounted for it."""
    version = f"python3.{sys.version_info.minor}"
    if Path(f"/usr/bin/{version}").exists():
        return f"/usr/bin/{version}", "/usr/share"
    return f"/opt/storytest/python/bin/{version}", sys.base_prefix
