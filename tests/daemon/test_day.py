"""A day with the box: asked by voice, button and socket, among fakes and in virtual time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config.schema import BedtimeSettings, HearingSettings, Settings
from storybot.controls.socket.requests import Again, Ask, Sleep, Status, Stop, TellSaved, Volume
from storybot.hearing.recogniser_client import AlikeRecognised, DoubtfulRecognised, SpeechBegun
from storybot.language.replies import Reply
from storybot.robot import Mode
from tests.fakes.house import House, play
from tests.fakes.telling import STORY

TACITURN = Settings(hearing=HearingSettings(questions="off"))


def test_by_voice(tmp_path: Path) -> None:
    """Asked, said back, told to the end, kept, and listening again."""

    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("tell me a story about a cat")
        await house.until(Mode.THINKING)
        await house.until(Mode.TELLING)
        await house.until(Mode.IDLE)
        assert "A story about a cat." in house.heard
        assert "The end." in house.heard
        took = await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        assert took < 1.0

    house = play(tmp_path, scene)
    story = house.daemon.services.narrator.library.last()
    assert story is not None and story.whole
    assert STORY.rsplit(" ", 2)[0] in story.text
    assert house.lights.shown[-1] == "off"


def test_keyphrase_then_request(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.keyphrase()
        await house.until(Mode.HEARING)
        await house.wait(lambda: house.recognisers.listens_for == "request")
        assert house.heard[-1] == "<listening>"
        house.recognisers.hear("mumble mumble")
        await house.wait(lambda: house.heard[-1] == "<not-understood>")
        await house.wait(lambda: house.recognisers.listens_for == "request")
        house.recognisers.hear("about a dog")
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        assert "A story about a dog." in house.heard

    play(tmp_path, scene, settings=TACITURN)


def test_a_talk_with_questions(tmp_path: Path) -> None:
    """Called, asked what about, a hint, an answer, a correction; the next wish is in doubt."""

    async def scene(house: House) -> None:
        ears = house.recognisers
        await house.wait(lambda: ears.listens_for == "keyphrase")
        ears.keyphrase()
        await house.until(Mode.HEARING)
        took = await house.wait(lambda: Reply.WHAT_ABOUT.value in house.heard)
        assert 2.0 < took < 4.0
        await house.wait(lambda: ears.listens_for == "request")
        ears.hear("")
        await house.wait(lambda: house.heard[-1] == Reply.NOT_CAUGHT.value)
        await house.wait(lambda: ears.listens_for == "request")
        ears.hear("about a dog")
        await house.until(Mode.THINKING)
        assert "A story about a dog." in house.heard and ears.listens_for == "correction"
        ears.hear("no a boat")
        await house.wait(lambda: "A story about a boat." in house.heard)
        await house.until(Mode.TELLING)
        await house.wait(lambda: ears.listens_for == "stop", "the second sentence")
        await house.until(Mode.IDLE)
        await house.wait(lambda: ears.listens_for == "keyphrase")
        ears.child.put(DoubtfulRecognised("tell me a story about a robot", -3.9))
        await house.wait(lambda: house.heard[-1] == "Did you say a robot?")
        await house.wait(lambda: ears.listens_for == "request")
        ears.hear("yes")
        await house.until(Mode.TELLING)
        assert "A story about a robot." in house.heard

    play(tmp_path, scene)


def test_of_two_that_sound_alike_it_asks_which(tmp_path: Path) -> None:
    boat, book = (f"tell me a story about a {thing}" for thing in ("boat", "book"))

    async def scene(house: House) -> None:
        ears = house.recognisers
        for answer, told in (("the second one", "book"), ("a boat", "boat")):
            await house.wait(lambda: ears.listens_for == "keyphrase")
            ears.child.put(AlikeRecognised(boat, book, -2.0))
            await house.wait(lambda: house.heard[-1] == "A boat or a book?")
            await house.wait(lambda: ears.listens_for == "choice")
            ears.hear(answer)
            await house.until(Mode.TELLING)
            assert house.heard.count(f"A story about a {told}.") == 1
            await house.until(Mode.IDLE)
        await house.wait(lambda: ears.listens_for == "keyphrase")
        ears.child.put(AlikeRecognised(boat, "tell me a story about a gun", -2.0))
        await house.until(Mode.TELLING)
        assert house.heard.count("A story about a boat.") == 2

    play(tmp_path, scene)


def test_the_button_answers_yes_and_nobody_is_interrupted(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ears = house.recognisers
        await house.wait(lambda: ears.listens_for == "keyphrase")
        ears.child.put(DoubtfulRecognised("tell me a story about a robot", -3.9))
        await house.wait(lambda: house.heard[-1] == "Did you say a robot?")
        await house.press()
        await house.wait(lambda: "A story about a robot." in house.heard)
        await house.until(Mode.IDLE)
        await house.wait(lambda: ears.listens_for == "keyphrase")
        ears.keyphrase()
        await house.until(Mode.HEARING)
        await asyncio.sleep(1.0)
        ears.child.put(SpeechBegun())
        await asyncio.sleep(4.0)
        assert Reply.WHAT_ABOUT.value not in house.heard

    play(tmp_path, scene)


def test_what_may_not_be_asked_for_is_not_asked_about(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        for text in ("tell me a story about a gun and a cat", "tell me a story"):
            house.recognisers.child.put(DoubtfulRecognised(text, -3.9))
        await asyncio.sleep(1.0)
        assert house.mode is Mode.IDLE and "Did you say" not in "".join(house.heard)

    play(tmp_path, scene)


def test_called_and_not_understood(tmp_path: Path) -> None:
    """One sign and time to say it anew; then any story. Nobody called: no sign."""

    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("the weather will be fine")
        await asyncio.sleep(1)
        assert house.mode is Mode.IDLE and "<not-understood>" not in house.heard
        for _ in range(2):
            house.recognisers.keyphrase()
            await house.until(Mode.HEARING)
            await asyncio.sleep(5)
            house.recognisers.hear(
                ""
            )  # as the recogniser process reports speech that is no request
            await asyncio.sleep(4)
            assert house.mode is Mode.HEARING and house.heard[-1] == "<not-understood>"
            house.recognisers.hear("mumble")
            assert await house.until(Mode.THINKING) < 4.0
            await house.until(Mode.IDLE)
            await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        assert house.heard.count("<not-understood>") == 2

    play(tmp_path, scene, settings=TACITURN)


def test_the_keyphrase_alone_is_a_request_for_any_story(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.keyphrase()
        await house.until(Mode.HEARING)
        assert 5.0 < await house.until(Mode.THINKING) < 9.0

    play(tmp_path, scene, settings=TACITURN)


def test_small_profile_never_hears_while_the_engine_runs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for _ in range(3):
            await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
            house.recognisers.hear("tell me a story about a cat")
            await house.until(Mode.THINKING)
            await house.wait(lambda: house.engines.running > 0)
            assert house.recognisers.alive == 0
            await house.until(Mode.IDLE)
            assert await house.wait(lambda: house.recognisers.alive == 1) < 1.0
        assert house.recognisers.most_alive == 1
        assert house.engines.most_running == 1

    play(tmp_path, scene, profile="small")


def test_full_profile_hears_stop_but_not_its_own(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.text = "The cat ran. Stop it, said the dog. " + "They were happy now. " * 9
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("tell me a story about a cat")
        await house.until(Mode.TELLING)
        assert house.recognisers.listens_for == "correction"
        await house.wait(lambda: house.recognisers.listens_for == "stop")
        await house.wait(lambda: "Stop it" in house.speaker.saying)
        house.recognisers.hear("stop")
        await asyncio.sleep(1.0)
        assert house.mode is Mode.TELLING
        house.recognisers.hear("tell me a story about a dog")
        await house.wait(lambda: "happy" in house.speaker.saying)
        await asyncio.sleep(6.0)
        assert house.mode is Mode.TELLING
        house.recognisers.hear("stop")
        assert await house.until(Mode.IDLE) < 1.0
        assert house.engines.running == 0

    house = play(tmp_path, scene)
    story = house.daemon.services.narrator.library.last()
    assert story is not None and not story.whole


def test_another_again_louder_softer(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.told_once()
        first = house.engines.asked[-1]
        for request, same in (("again", True), ("another one", False)):
            await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
            house.recognisers.hear(request)
            await house.until(Mode.THINKING)
            await house.until(Mode.IDLE)
            assert (house.engines.asked[-1] == first) is same
        assert "cat" in house.engines.asked[-1][0]
        for request, volume in (("louder", 80), ("softer", 70), ("softer", 60)):
            await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
            house.recognisers.hear(request)
            await house.wait(lambda v=volume: house.speaker.volume == v)  # type: ignore[misc]

    play(tmp_path, scene)


def test_again_after_a_restart(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.told_once()

    async def second(house: House) -> None:
        await house.ask(Again())
        await house.until(Mode.THINKING)

    before = play(tmp_path, first)
    after = play(tmp_path, second)
    assert after.engines.asked == before.engines.asked


def test_the_button(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.press()
        await house.until(Mode.THINKING)
        first = house.daemon.robot.story
        await house.until(Mode.TELLING)
        await house.press()
        await house.until(Mode.IDLE)
        await house.press()
        await house.press()
        await house.until(Mode.THINKING)
        assert house.daemon.robot.story == first
        await house.until(Mode.IDLE)
        await house.press(1.5)
        await house.wait(lambda: "Good night. Sleep well." in house.heard)
        assert house.daemon.robot.bedtime

    play(tmp_path, scene)


def test_the_socket(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert (await house.ask(Status()))["state"] == "idle"
        asked = await house.ask(Ask("a story about an owl"))
        assert asked["said"] == "A story about an owl."
        busy = await house.ask(Ask("a story about a dog"))
        assert not busy["ok"] and "storybot stop" in busy["error"]
        await house.until(Mode.TELLING)
        assert (await house.ask(Status()))["title"] == "A story about an owl."
        assert (await house.ask(Stop()))["state"] == "idle"
        assert (await house.ask(Again()))["seed"] == asked["seed"]
        await house.until(Mode.IDLE)
        assert (await house.ask(TellSaved(1)))["seed"] == asked["seed"]
        await house.ask(Stop())
        assert "no story 99" in (await house.ask(TellSaved(99)))["error"]
        assert (await house.ask(Volume(percent=55)))["volume"] == 55
        assert (await house.ask(Volume(by=-50)))["volume"] == 20  # the floor
        assert (await house.ask(Volume()))["volume"] == 20
        assert "understand" in (await house.ask(Ask("12345")))["error"]
        assert "nicer" in (await house.ask(Ask("a story about a gun")))["error"]

    play(tmp_path, scene)


def test_two_requests_at_once(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        replies = await asyncio.gather(
            house.ask(Ask("a story about a cat")), house.ask(Ask("a story about a dog"))
        )
        assert [reply["ok"] for reply in replies] == [True, False]
        await house.until(Mode.IDLE)
        assert len(house.engines.asked) == 1

    play(tmp_path, scene)


def test_sleep_after_minutes_finishes_the_story_softly(tmp_path: Path) -> None:
    settings = Settings(bedtime=BedtimeSettings(fade=4.0))

    async def scene(house: House) -> None:
        await house.ask(Sleep(minutes=1))
        assert house.speaker.volume == 28 and house.speaker.pace == 85
        assert house.lights.shown[-1] == "off"
        await asyncio.sleep(55)
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        await house.wait(lambda: bool(house.speaker.fades))
        assert house.speaker.fades == [(20, 4.0)]
        await house.until(Mode.ASLEEP)
        assert "The end." in house.heard
        assert house.speaker.volume == 70 and house.speaker.pace == 100

    play(tmp_path, scene, settings=settings)


def test_sleep_after_stories(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.ask(Sleep(stories=2))
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.IDLE)
        await house.ask(Ask("another one"))
        await house.until(Mode.ASLEEP)
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("tell me a story about a cat")
        await house.until(Mode.THINKING)

    play(tmp_path, scene)


def test_good_night_is_not_heard_from_itself(tmp_path: Path) -> None:
    """What the robot says is not taken for a second "good night"."""

    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("good night")
        await house.wait(lambda: "Good night. Sleep well." in house.heard)
        await asyncio.sleep(0.3)
        assert house.recognisers.listens_for is None
        house.recognisers.hear("good night")
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        assert house.mode is Mode.IDLE

    play(tmp_path, scene)


def test_quiet_hours(tmp_path: Path) -> None:
    settings = Settings(bedtime=BedtimeSettings(quiet_from="00:00", quiet_until="23:59"))

    async def scene(house: House) -> None:
        await house.wait(
            lambda: house.recognisers.children == [] or house.recognisers.listens_for is None
        )
        await house.press()
        await house.until(Mode.THINKING)
        assert house.speaker.volume == 28
        assert house.lights.shown[-1] == "off"
        await house.until(Mode.ASLEEP)
        configuration = house.daemon.services.configuration
        configuration.settings = replace(configuration.settings, bedtime=BedtimeSettings())
        await house.until(Mode.IDLE, 30)
        assert house.speaker.volume == 70

    play(tmp_path, scene, until=Mode.ASLEEP, settings=settings)


@pytest.mark.parametrize("profile", ["small", "full"])
def test_barge_in_can_be_set(tmp_path: Path, profile: str) -> None:
    barge_in = "on" if profile == "small" else "off"
    settings = Settings(hearing=HearingSettings(barge_in=barge_in))

    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        wanted = "stop" if profile == "small" else None
        await house.wait(lambda: house.recognisers.listens_for == wanted)

    play(tmp_path, scene, settings=settings, profile=profile)


def test_the_filter_bridges_and_ends_kindly(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.text = "The cat ran. It had a gun. It was sunny. The end."
        await house.told_once()
        assert not [text for text in house.heard if "gun" in text]
        assert "It was sunny." in house.heard
        house.engines.text = "The cat ran. It had a gun. It had a pistol. It was sunny. The end."
        house.recognisers.hear("tell me a story about a cat")
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        assert house.heard[-1].endswith("safe and happy. The end.")

    play(tmp_path, scene)


def test_what_is_refused_by_voice(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        house.recognisers.hear("tell me a story about a gun")
        await house.wait(lambda: any("nicer" in text for text in house.heard))
        assert house.mode is Mode.IDLE

    play(tmp_path, scene)


def test_log_and_library_number_alike(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also after a story that was lost, one told again, and a restart."""

    def kept(house: House) -> list[int]:
        return [story.number for story in house.daemon.services.narrator.library.stories()]

    async def first(house: House) -> None:
        await house.told_once()
        house.engines.missing = True
        await house.ask(Ask("a story about a dog"))
        await house.wait(lambda: "(story 2 was lost)" in caplog.text, "lost")
        house.engines.missing = False
        await house.wait(lambda: not house.daemon.services.speaker.sounding, "silence")
        await house.told_once()
        assert "(story 3 was told)" in caplog.text and house.fields.fields["STORY_ID"] == "3"
        await house.ask(TellSaved(1))
        await house.until(Mode.TELLING)
        assert house.fields.fields["STORY_ID"] == "1"
        await house.until(Mode.IDLE)
        assert caplog.text.count("(story 1 was told)") == 2

    async def second(house: House) -> None:
        await house.told_once()
        await house.ask(Again())
        await house.until(Mode.TELLING)
        await house.until(Mode.IDLE)
        assert caplog.text.count("(story 4 was told)") == 2

    with caplog.at_level(logging.INFO, "storybot"):
        assert kept(play(tmp_path, first)) == [3, 1]
        assert kept(play(tmp_path, second)) == [4, 3, 1]
