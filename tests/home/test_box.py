"""Which box it is, and where its password stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError
from storybot.home.box import this_box
from storybot.home.mqtt.password import read_password


def test_the_id_is_made_of_the_machines_and_does_not_show_it(tmp_path: Path) -> None:
    machine = tmp_path / "machine-id"
    machine.write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    box = this_box(HomeSettings(), machine)
    assert box == this_box(HomeSettings(), machine)
    assert len(box.id) == 8 and box.id not in machine.read_text() and box.version
    machine.write_text("4d1219c7c4c5404aaa1f6d2a48adfda4\n")
    assert this_box(HomeSettings(), machine).id != box.id
    assert this_box(HomeSettings(id="nursery"), machine).id == "nursery"


@pytest.mark.parametrize("content", [None, "", "\n", "ä"])
def test_a_machine_without_an_id(tmp_path: Path, content: str | None) -> None:
    machine = tmp_path / "machine-id"
    if content is not None:
        machine.write_text(content)
    with pytest.raises(StorybotError, match=r"home\.id") as fault:
        this_box(HomeSettings(), machine)
    assert fault.value.code is Exit.CONFIG


def test_the_password(tmp_path: Path) -> None:
    usual = tmp_path / "mqtt-password"
    assert read_password(HomeSettings(), usual) == "", "it need not be there"
    usual.write_text("")
    assert read_password(HomeSettings(), usual) == "", "and may be empty"
    usual.write_text("open sesame\r\nanother line\n")
    assert read_password(HomeSettings(), usual) == "open sesame"
    other = tmp_path / "other"
    other.write_text(" spaces count ")
    home = HomeSettings(mqtt_password_file=str(other))
    assert read_password(home, usual) == " spaces count "
    other.write_bytes(b"\xff")
    for file in (other, tmp_path / "none", tmp_path, Path("~nobody-at-all/x")):
        with pytest.raises(StorybotError, match="mqtt_password_file"):
            read_password(HomeSettings(mqtt_password_file=str(file)), usual)
