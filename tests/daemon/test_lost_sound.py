from __future__ import annotations

import logging

import pytest

from storybot.daemon.lost_sound import LOG_INTERVAL_S, LostSound


def test_a_counter_over_all_lives_of_a_device(caplog: pytest.LogCaptureFixture) -> None:
    lost = LostSound("the microphone lost sound")
    lost.seen(0, 0.0)
    assert caplog.records == []
    lost.seen(3, 1.0)
    for second in range(2, 50):
        lost.seen(second * 10, float(second))
    assert lost.count == 490
    lost.restarted()
    lost.seen(5, 1.0 + LOG_INTERVAL_S)
    lost.seen(2, 2.0 + LOG_INTERVAL_S)  # it was exchanged, and nobody said so
    assert lost.count == 497
    assert [record.getMessage() for record in caplog.records] == [
        "the microphone lost sound 3 times (3 since the start); is the machine too busy?",
        "the microphone lost sound 492 times (495 since the start); is the machine too busy?",
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
