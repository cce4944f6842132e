"""What the daemon makes of a second recogniser: open words are obeyed, its state is shown."""

from __future__ import annotations

from pathlib import Path

from storybot.controls.socket.requests import Status
from storybot.hearing.recogniser_client import SecondState, UtteranceRecognised
from storybot.robot import Mode
from tests.daemon.scenes import listening
from tests.fakes.house import House, play


def test_a_wish_for_what_is_on_no_list(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        child = house.recognisers.child
        wish = "tell me a story about a boy called tarek and his saxophone"
        child.put(UtteranceRecognised(wish, -2.0, open=True))
        await house.until(Mode.TELLING)
        assert "A story about a boy called Tarek and a saxophone." in house.heard

    play(tmp_path, scene)


def test_open_words_pass_the_safety_filter(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        child = house.recognisers.child
        child.put(UtteranceRecognised("tell me a story about a shotgun", -2.0, open=True))
        await house.wait(lambda: any("nicer" in said for said in house.heard), "a refusal")
        assert house.mode is Mode.IDLE

    play(tmp_path, scene)


def test_its_state_is_in_the_status(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        assert (await house.ask(Status()))["second"] is None
        state = SecondState("whisper tiny.en", "lost", "it has ended", 3)
        house.recognisers.child.put(state)
        await house.wait(lambda: house.daemon.services.listener.second is not None, "its state")
        told = (await house.ask(Status()))["second"]
        assert told == {
            "name": "whisper tiny.en",
            "state": "lost",
            "why": "it has ended",
            "unanswered": 3,
        }
        assert house.mode is Mode.IDLE, "the box is as well without it"
        house.recognisers.child.die()
        await house.wait(lambda: house.daemon.services.listener.second is None, "it is gone")

    play(tmp_path, scene)
