"""The queue between voice and device: order, bounds, volume, pause, stop, a lost device."""

from __future__ import annotations

import threading
import time
from array import array

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs import queued_player
from storybot.speaking.outputs.queued_player import QueuedPlayer
from tests.fakes.output import FakeOutput, wait_for

RATE = 8000


def sound(frames: int, value: int = 1000) -> bytes:
    return array("h", [value] * frames).tobytes()


def player_of(output: FakeOutput, volume: float = 100) -> QueuedPlayer:
    player = QueuedPlayer(output, RATE, volume)
    player.open()
    return player


def waiting(player: QueuedPlayer) -> bool:
    """Whether a writer waits for room."""
    return bool(player._change._waiters)  # type: ignore[attr-defined]


def test_what_is_written_is_heard_in_order() -> None:
    output = FakeOutput()
    player = player_of(output)
    pieces = [sound(300, value) for value in (1, 2, 3)]
    assert all(player.write(piece) for piece in pieces)
    assert wait_for(lambda: player.played() == 900)
    assert player.written() == 900
    assert bytes(output.heard) == b"".join(pieces)
    assert player.first_sound is not None
    player.close()
    assert output.closed == 1


def test_the_queue_is_bounded_and_goes_on_when_there_is_room() -> None:
    output = FakeOutput(speed=1000)
    player = player_of(output)
    player.pause()
    player.write(sound(2 * RATE))
    done = threading.Event()
    threading.Thread(target=lambda: player.write(sound(10)) and done.set(), daemon=True).start()
    assert not done.wait(0.2)
    player.resume()
    assert done.wait(10)
    player.close()


def test_a_piece_longer_than_the_queue_is_taken_whole() -> None:
    output = FakeOutput(speed=1000)
    player = player_of(output)
    assert player.write(sound(3 * RATE))
    assert wait_for(lambda: player.played() == 3 * RATE)
    player.close()


def test_stop_drops_what_is_queued_and_frees_a_waiting_writer() -> None:
    output = FakeOutput()
    player = player_of(output)
    player.pause()
    player.write(sound(2 * RATE))
    answers: list[bool] = []
    writer = threading.Thread(target=lambda: answers.append(player.write(sound(10))))
    writer.start()
    assert wait_for(lambda: waiting(player))
    player.stop()
    writer.join(10)
    assert answers == [False]
    assert player.played() == player.written() == 2 * RATE
    assert player.write(sound(50, 7))
    assert wait_for(lambda: bytes(output.heard) == sound(50, 7))
    player.close()


def test_pause_keeps_the_place() -> None:
    output = FakeOutput(speed=5)
    player = player_of(output)
    player.write(sound(RATE, 5))
    assert wait_for(lambda: player.played() > 0)
    player.pause()
    time.sleep(0.05)
    place = player.played()
    time.sleep(0.1)
    assert player.played() == place < RATE
    player.check()
    player.resume()
    assert wait_for(lambda: bytes(output.heard) == sound(RATE, 5))
    player.close()


def test_volume_changes_what_is_already_queued() -> None:
    output = FakeOutput()
    player = player_of(output, volume=50)
    player.write(sound(100, 1000))
    assert wait_for(lambda: player.played() == 100)
    player.gain.jump(25)
    player.write(sound(100, 1000))
    assert wait_for(lambda: player.played() == 200)
    assert bytes(output.heard) == sound(100, 1000 * 81 // 256) + sound(100, 1000 * 46 // 256)
    player.close()


def test_what_the_device_holds_is_not_yet_played() -> None:
    output = FakeOutput(speed=1000, latency=0.4)
    player = player_of(output)
    player.write(sound(RATE))
    assert wait_for(lambda: len(output.heard) == 2 * RATE)
    assert player.played() < RATE
    assert wait_for(lambda: player.played() == RATE)
    player.close()


def test_a_device_that_holds_much_is_opened_anew_after_a_stop() -> None:
    output = FakeOutput(latency=0.5)
    output.holds_much = True
    player = player_of(output)
    player.write(sound(RATE))
    player.stop()
    assert player.write(sound(10))
    assert (output.closed, output.opened) == (1, 2)
    player.close()


def test_a_stop_waits_for_nobody() -> None:
    """It runs on the event loop: a device that opens, closes or hangs must not hold that up."""
    output = FakeOutput()
    output.holds_much = True
    player = player_of(output)
    stopping = threading.Thread(target=player.stop, daemon=True)
    with player._device:  # as while the voice's thread waits for aplay
        stopping.start()
        stopping.join(5)
        assert not stopping.is_alive()
    player.close()


def test_a_stop_while_the_device_is_released_spares_the_next_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it makes the device drop is dropped there, and the device is not opened a third time."""
    output = FakeOutput()
    output.holds_much = True
    player = player_of(output)
    finish = output.finish

    def stopped_meanwhile() -> None:
        player.stop()
        finish()

    monkeypatch.setattr(output, "finish", stopped_meanwhile)
    player.release()
    assert player.write(sound(10))
    assert player.write(sound(10))
    assert (output.closed, output.opened) == (1, 2)
    player.close()


def test_rest_lets_the_device_finish_and_writing_takes_it_again() -> None:
    output = FakeOutput()
    player = player_of(output)
    player.release()
    player.release()
    assert output.finished == 1
    player.write(sound(10))
    assert output.opened == 2
    player.close()


def test_a_lost_device_is_noticed_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.3)
    output = FakeOutput()
    player = player_of(output)
    output.pull_out()
    player.write(sound(RATE))
    caught: list[StorybotError] = []

    def write() -> None:
        try:
            while True:
                player.write(sound(RATE))
        except StorybotError as lost:
            caught.append(lost)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(20)
    assert [error.code for error in caught] == [Exit.SOUND_OUT]
    assert "fake speaker takes no more sound" in str(caught[0])
    with pytest.raises(StorybotError):
        player.reopen()
    output.plug_in()
    player.reopen()
    assert wait_for(lambda: player.played() == player.written() >= RATE)
    assert len(output.heard) == 2 * player.written()
    player.close()


def test_an_idle_device_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.05)
    output = FakeOutput()
    player = player_of(output)
    output.pull_out()
    time.sleep(0.1)
    player.check()
    player.close()


def test_a_device_that_tells_of_its_end_is_lost_at_once() -> None:
    output = FakeOutput()
    output.tells = True
    player = player_of(output)
    player.check()
    output.pull_out()
    player.write(sound(RATE))
    with pytest.raises(StorybotError, match="takes no more sound"):
        player.check()
    player.close()
    player.check()
