"""Sound devices are found by what stays of their names when cards are numbered anew."""

from __future__ import annotations

import pytest

from storybot.system.device_names import find_device, lasting_name, unknown_device


@pytest.mark.parametrize(
    ("name", "lasting"),
    [
        ("USB PnP Sound Device: Audio (hw:1,0)", "USB PnP Sound Device: Audio"),
        ("bcm2835 Headphones: - (hw:0,0)", "bcm2835 Headphones"),
        ("HDA Intel PCH: HDMI 0 (hw:0,3)", "HDA Intel PCH: HDMI 0"),
        ("Logitech C270", "Logitech C270"),
        ("plughw:CARD=Mic,DEV=0", "plughw:CARD=Mic,DEV=0"),
        (
            "plughw:CARD=Mic,DEV=0 (USB Mic, USB Audio)",
            "plughw:CARD=Mic,DEV=0 (USB Mic, USB Audio)",
        ),
        ("hw:1,0", ""),
        ("(HW:12)", ""),
        ("plughw:2,0", ""),
        ("hw:CARD=1,DEV=0", ""),
        ("", ""),
    ],
)
def test_only_the_numbers_of_cards_are_left_out(name: str, lasting: str) -> None:
    assert lasting_name(name) == lasting


def at_start(number: int) -> list[tuple[str]]:
    """PortAudio's list of a board with a USB card that has this number now."""
    return [("bcm2835 Headphones: - (hw:0,0)",), (f"USB Audio: Mic (hw:{number},0)",)]


@pytest.mark.parametrize("number", [1, 2, 13])
@pytest.mark.parametrize(
    "wanted", ["USB Audio: Mic (hw:1,0)", "USB Audio: Mic", "usb audio", "Mic (hw:2,0)", " usb "]
)
def test_a_stored_name_is_found_after_the_next_start(wanted: str, number: int) -> None:
    assert find_device(wanted, at_start(number)) == 1


def test_the_number_of_another_card_does_not_mislead() -> None:
    swapped = [("USB Audio: Mic (hw:2,0)",), ("Webcam: Audio (hw:1,0)",)]
    assert find_device("USB Audio: Mic (hw:1,0)", swapped) == 0
    assert find_device("Webcam: Audio (hw:2,0)", swapped) == 1


def test_of_two_equal_cards_the_number_chooses_while_it_fits() -> None:
    twins = [("USB Audio: - (hw:1,0)",), ("USB Audio: - (hw:2,0)",)]
    assert find_device("USB Audio: - (hw:2,0)", twins) == 1
    assert find_device("USB Audio: - (hw:3,0)", twins) == 0


def test_a_whole_name_comes_before_a_part() -> None:
    devices = [("USB Audio: #1 (hw:1,1)",), ("USB Audio: - (hw:1,0)",)]
    assert find_device("USB Audio: - (hw:4,0)", devices) == 1


def test_what_names_nothing() -> None:
    devices = at_start(1)
    assert find_device("radio", devices) is None
    assert find_device("hw:1,0", devices) is None
    assert find_device("", devices) is None
    told = unknown_device("no microphone fits", "hw:1,0", ["USB Audio"])
    assert told == (
        '"hw:1,0" is the number of a sound card, which changes from start to start; '
        "there is: USB Audio"
    )
    assert unknown_device("no microphone fits", "radio", []) == "no microphone fits; there is: none"
