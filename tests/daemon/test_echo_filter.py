"""The robot's own words are no command."""

from __future__ import annotations

from storybot.daemon.echo_filter import ECHO_DURATION_S, EchoFilter


def test_own_words_are_known_while_they_are_said_and_for_a_moment() -> None:
    echo = EchoFilter()
    assert not echo.holds("stop", 0.0)
    echo.note(1.0, "Then the bus had to STOP, and Tom got out.")
    echo.note(1.5, "Then the bus had to STOP, and Tom got out.")
    echo.note(1.6, "")
    assert echo.holds("stop", 1.6)
    assert echo.holds("stop the bus", 1.5 + ECHO_DURATION_S)
    assert echo.holds("stop the story", 1.6) and echo.holds("please stop", 1.6)
    assert not echo.holds("be quiet", 1.6), "a word that was not said"
    assert not echo.holds("stop", 1.6 + ECHO_DURATION_S)


def test_the_sentence_before_is_remembered_too() -> None:
    echo = EchoFilter()
    for second, text in enumerate(("One stop.", "Two.", "Three.")):
        echo.note(float(second), text)
    assert echo.holds("stop", 2.0) and not echo.holds("stop", 2.1)
