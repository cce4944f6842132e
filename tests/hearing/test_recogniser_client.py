"""The real child process with the real recogniser; only arecord is not the real one."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.recogniser_client import (
    PROCESS_MODULES,
    Ended,
    Heartbeat,
    KeyphraseRecognised,
    Level,
    Ready,
    RecogniserClient,
    RecogniserEvent,
    Trouble,
    UtteranceRecognised,
)
from tests.fakes.microphones import fake_arecord
from tests.fakes.recognisers import spoken
from tests.fakes.small_python import small_start
from tests.fakes.uncovered import uncovered

pytest.importorskip("pocketsphinx")
SETTINGS = HearingSettings(recogniser="pocketsphinx", driver="alsa", things=100)
QUIET = bytes(32000)
PATIENCE = 60  # s, for a loaded machine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


async def until(events: AsyncIterator[RecogniserEvent], wanted: type) -> list[RecogniserEvent]:
    """The events up to the first of this type."""
    seen = []
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            seen.append(event)
            if isinstance(event, wanted):
                return seen
    raise AssertionError(f"no {wanted.__name__} in {seen}")


def gone(pid: int | None) -> bool:
    return pid is not None and not Path(f"/proc/{pid}").exists()


def test_from_a_spoken_request_to_heard(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call, answer = spoken("tell me a story", "rms"), spoken("a dragon and a princess", "rms")
    speech = QUIET * 2 + call + QUIET + answer
    arecord = fake_arecord(home, speech + QUIET * 2, stays=True, pace=0.02)
    monkeypatch.setenv("PATH", arecord.path)

    async def work() -> None:
        child = RecogniserClient(SETTINGS, "small")
        assert child.pid is None
        await child.send({"do": "pause"})  # to nobody
        await child.start()
        await child.listen("keyphrase")
        events = child.events()
        seen = await until(events, UtteranceRecognised)
        assert seen[0] == Ready("pocketsphinx", "default")
        assert any(isinstance(event, KeyphraseRecognised) for event in seen)
        heard = seen[-1]
        assert (
            isinstance(heard, UtteranceRecognised)
            and "dragon and" in heard.text
            and heard.confidence > -3.7
        )
        seen += await until(events, Trouble)
        beats = [event for event in seen if isinstance(event, Heartbeat)]
        assert beats[-1].decoded >= beats[-1].read > 16000
        assert any(isinstance(event, Level) for event in seen)
        await child.stop(5)
        assert [event async for event in events][-1] == Ended(-signal.SIGTERM)
        assert gone(child.pid)
        await child.listen("stop")  # to nobody any more

    asyncio.run(work())


def test_without_a_microphone_it_says_so_and_waits(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arecord = fake_arecord(home, complaint="arecord: audio open error: No such device")
    monkeypatch.setenv("PATH", arecord.path)

    async def work() -> None:
        child = RecogniserClient(SETTINGS, "small")
        await child.start()
        events = child.events()
        (trouble,) = await until(events, Trouble)
        assert isinstance(trouble, Trouble) and "No such device" in trouble.sentence
        fake_arecord(home, QUIET, stays=True)
        assert isinstance((await until(events, Ready))[-1], Ready)
        await child.send({"do": "quit"})
        assert (await until(events, Ended))[-1] == Ended(0)

    asyncio.run(work())


def test_a_hung_child_is_killed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_arecord(home, QUIET, stays=True).path)

    async def work() -> None:
        child = RecogniserClient(SETTINGS, "small")
        await child.start()
        assert child.pid is not None
        os.kill(child.pid, signal.SIGSTOP)
        await child.stop(0.2)
        ended = (await until(child.events(), Ended))[-1]
        assert ended in (Ended(-signal.SIGTERM), Ended(-signal.SIGKILL))
        assert gone(child.pid)

    asyncio.run(work())


def test_the_child_ends_when_its_parent_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_arecord(home, QUIET, stays=True).path)

    async def work() -> None:
        child = RecogniserClient(SETTINGS, "small")
        await child.start()
        assert child._process is not None and child._process.stdin is not None
        child._process.stdin.close()
        assert (await until(child.events(), Ended))[-1] == Ended(0)

    asyncio.run(work())


def test_a_recogniser_that_is_missing_is_told(home: Path) -> None:
    settings = HearingSettings(recogniser="vosk", vosk_model=str(home))

    async def work() -> None:
        child = RecogniserClient(settings, "small")
        await child.start()
        trouble, ended = await until(child.events(), Ended)
        assert isinstance(trouble, Trouble) and "no Vosk model folder" in trouble.sentence
        assert ended == Ended(1)

    asyncio.run(work())


def test_a_child_that_cannot_run_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROCESS_MODULES, "small", "storybot.no_such_room")

    async def work() -> None:
        child = RecogniserClient(SETTINGS, "small")
        with pytest.raises(StorybotError, match="ended at its start with status 1") as fault:
            await child.start()
        assert fault.value.code is Exit.SOUND_IN
        await child.stop(1)

    asyncio.run(work())


def test_a_small_child_imports_only_what_it_uses(home: Path) -> None:
    code = (
        "import sys\n"
        "from storybot.hearing.small_recogniser_process import LAZY_MODULES, lean_imports\n"
        "lean_imports.begin(LAZY_MODULES)\n"
        "import storybot.hearing.recogniser_process, storybot.hearing.microphones.alsa\n"
        "import storybot.hearing.recognisers.pocketsphinx.recogniser\n"
        "print([m for m in ('pyaudio', 'vosk', 'asyncio', 'yaml', 'wave', 'tempfile',"
        " 'subprocess', 'storybot.config.schema',"
        " 'storybot.hearing.recognisers.pocketsphinx.reduce_model') if m in sys.modules],"
        " [m for m in ('logging', 'typing') if '__file__' in vars(sys.modules[m])])"
    )

    async def work() -> None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-OO", "-c", code), stdout=asyncio.subprocess.PIPE, env=uncovered()
        )
        said, _ = await child.communicate()
        assert said.strip() == b"[] []"

    asyncio.run(work())


def test_a_lean_start_finds_the_recogniser_process_without_a_search(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    flags, environment = small_start()
    code = "import sys, storybot.hearing.recogniser_process, pocketsphinx; print(*sys.modules)"
    command = [sys.executable, *flags, "-c", code]
    told = subprocess.run(
        command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert "pocketsphinx" in (modules := told.stdout.split()) and "site" not in modules


def test_a_recogniser_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
    with pytest.raises(StorybotError, match="cannot be started") as caught:
        asyncio.run(RecogniserClient(SETTINGS, "full").start())
    assert caught.value.code == Exit.SOUND_IN


def test_a_recogniser_process_that_raves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without an end is a fault of the child, not of ours."""
    raving = tmp_path / "raving_ear.py"
    raving.write_text("print('x' * 200_000)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(PROCESS_MODULES, "full", "raving_ear")

    async def main() -> None:
        child = RecogniserClient(SETTINGS, "full")
        try:
            await child.start()
        finally:
            await child.stop(0.1)

    with pytest.raises(StorybotError, match="cannot be understood") as caught:
        asyncio.run(main())
    assert caught.value.code == Exit.SOUND_IN
