"""Loudspeakers through aplay: the real thread and pipes, with a program that fails on demand."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs import alsa
from storybot.speaking.outputs.alsa import AlsaOutput, alsa_devices, device_names
from storybot.speaking.outputs.player import BLOCK_FRAMES
from storybot.speaking.outputs.queued_player import QueuedPlayer
from tests.fakes.output import wait_for

FAKE = str(Path(__file__).parents[1] / "fakes" / "fake_aplay.py")
RATE = 22050
SOUND = b"\x01\x02" * BLOCK_FRAMES


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "played"
    path.touch()
    monkeypatch.setenv("FAKE_APLAY_FILE", str(path))
    return path


def heard(played: Path) -> bytes:
    """What went through the pipe, without the command lines and the silence."""
    lines = played.read_bytes()
    while lines.startswith(b"#"):
        lines = lines.partition(b"\n")[2]
    return lines.replace(b"\0", b"")


def player_of(wanted: str = "") -> QueuedPlayer:
    return QueuedPlayer(AlsaOutput(wanted, FAKE), RATE, 100)


def test_sound_goes_through_the_pipe(played: Path) -> None:
    player = player_of()
    player.open()
    for _ in range(20):
        assert player.write(SOUND)
    assert wait_for(lambda: player.played() == player.written())
    player.release()
    assert heard(played) == SOUND * 20
    assert played.read_bytes().startswith(
        b"#-D default -t raw -f S16_LE -c 1 -r 22050 --buffer-time=100000 -\n"
    )
    player.close()


def test_stop_ends_aplay_and_the_next_sentence_starts_it_anew(played: Path) -> None:
    player = player_of()
    for _ in range(40):
        player.write(SOUND)
    assert wait_for(lambda: len(heard(played)) > 0)
    player.stop()
    before = played.read_bytes().count(b"#-D")
    time.sleep(0.1)
    silent = len(heard(played))
    time.sleep(0.1)
    assert len(heard(played)) == silent
    player.write(SOUND)
    assert wait_for(lambda: played.read_bytes().count(b"#-D") == before + 1)
    player.close()


def test_a_device_is_chosen_by_part_of_its_name(played: Path) -> None:
    player = player_of("usb audio")
    player.open()
    player.close()
    assert b"-D plughw:CARD=Device,DEV=0 " in played.read_bytes()


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("busy", "cannot be opened (Device or resource busy); another program plays"),
        ("quiet-fault", "cannot be opened (no reason given); look with"),
        ("hang", "cannot be opened (it does not answer)"),
        ("other-rate", "cannot be opened (it plays 48000 Hz where 22050 Hz are asked for)"),
    ],
)
def test_faults_at_the_start(
    behaviour: str, sentence: str, played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_APLAY", behaviour)
    monkeypatch.setattr(
        "storybot.speaking.outputs.alsa.OPEN_TIMEOUT_S", 2.0 if behaviour == "hang" else 30.0
    )
    with pytest.raises(StorybotError) as caught:
        player_of().open()
    assert sentence in str(caught.value)
    assert caught.value.code == Exit.SOUND_OUT


def test_a_device_that_dies_is_noticed(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_APLAY", "die")
    player = player_of()
    with pytest.raises(StorybotError, match="takes no more sound"):
        for _ in range(400):
            player.write(SOUND)
    monkeypatch.setenv("FAKE_APLAY", "play")
    player.reopen()
    assert wait_for(lambda: player.played() == player.written())
    player.close()


def test_underruns_are_counted_and_their_messages_never_hold_up_the_sound(
    played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block brings 19 kB of messages, the third one fills the pipe that nobody read before."""
    monkeypatch.setenv("FAKE_APLAY", "underruns")
    player = player_of()
    for _ in range(100):
        assert player.write(SOUND)
    assert wait_for(lambda: player.played() == player.written())
    player.release()
    assert heard(played) == SOUND * 100
    assert player.underruns >= 500 * 100
    before = player.underruns
    player.write(SOUND)
    assert wait_for(lambda: player.underruns > before)
    player.close()


def test_a_name_as_the_list_shows_it(played: Path) -> None:
    for label, _ in device_names(FAKE):
        player = player_of(label)
        player.open()
        player.close()
    assert played.read_bytes().count(b"-D plughw:CARD=Device,DEV=0 ") == 1


def test_a_name_nobody_has(played: Path) -> None:
    with pytest.raises(StorybotError, match="no loudspeaker named Bose; there is: Default Audio"):
        player_of("Bose").open()
    with pytest.raises(StorybotError, match='"hw:1,0" is the number of a sound card'):
        player_of("hw:1,0").open()


def test_aplay_is_missing() -> None:
    for call in (
        AlsaOutput("", "/nowhere/aplay").open,
        lambda rate, fetch: alsa_devices("/nowhere/aplay"),
    ):
        with pytest.raises(StorybotError, match="install the package alsa-utils"):
            call(RATE, lambda frames: b"")


def test_aplay_cannot_be_run(tmp_path: Path) -> None:
    program = tmp_path / "aplay"
    program.write_text("not for anybody to run")
    with pytest.raises(StorybotError, match=r"aplay cannot be run \(Permission denied\); free"):
        alsa_devices(str(program))


def test_aplay_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "aplay"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(alsa, "LIST_TIMEOUT_S", 0.3)
    with pytest.raises(StorybotError, match="aplay does not answer"):
        alsa_devices(str(program))


def test_the_list_puts_names_first_that_convert() -> None:
    assert [device.name for device in alsa_devices(FAKE)] == [
        "default",
        "plughw:CARD=Device,DEV=0",
        "hw:CARD=Device,DEV=0",
    ]
    assert device_names(FAKE) == [
        ("Default Audio Device (default)", True),
        ("USB Audio Device, USB Audio (plughw:CARD=Device,DEV=0)", False),
    ]


def test_nothing_is_left_running(played: Path) -> None:
    output = AlsaOutput("", FAKE)
    output.open(RATE, lambda frames: b"")
    assert output.alive()
    output.close()
    assert not output.alive()
    output.close()
    output.finish()
    assert not [t for t in threading.enumerate() if t.name.endswith("(_pump)")]
