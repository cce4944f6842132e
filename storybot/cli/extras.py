"""What `storybot doctor` says of the extras: the second recogniser, and what could still be had."""

from __future__ import annotations

import time

from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.second.choice import chosen, loaded_confirmation
from storybot.hearing.second.choice import missing_for as second_missing
from storybot.hearing.second.confirmation import ANSWER_WAIT_S
from storybot.hearing.second.second_recogniser import State
from storybot.speaking.voices.choice import missing_for
from storybot.speaking.voices.obtainable import OBTAINABLE
from storybot.system.profile import resolve_profile

LOOK_INTERVAL_S = 0.02  # between two looks whether the second recogniser has answered
EXTRAS = {  # and what each is for
    "whisper": "Whisper, which hears any name and thing, and fewer wrong ones",
    "piper": "Piper, a natural voice",
}


def second(settings: Settings) -> str:
    """A second of silence is decoded: how long that takes is how long a request waits."""
    profile = resolve_profile(settings.service.profile)
    hearing = settings.hearing
    if hearing.driver == "none" or chosen(hearing, profile) == "none":
        return "none; the recogniser alone is believed"
    confirmation = loaded_confirmation(hearing, profile)
    assert confirmation is not None
    heard_by = confirmation.second
    begun = time.monotonic()
    try:
        asked = heard_by.ask(bytes(2 * SAMPLE_RATE_HZ), ())
        while asked and heard_by.state is State.READY and heard_by.answer() is None:
            time.sleep(LOOK_INTERVAL_S)
        if heard_by.state is not State.READY:
            raise StorybotError(heard_by.trouble or f"{heard_by.name} is not ready", Exit.SOUND_IN)
    finally:
        heard_by.close()
    took = time.monotonic() - begun
    slow = f"; above {ANSWER_WAIT_S:g} s it is not waited for" if took > ANSWER_WAIT_S else ""
    return f"{heard_by.name}, answers in {took:.1f} s{slow}"


def extras(settings: Settings) -> str:
    """What could be had beside what there is; nothing here is a fault."""
    if resolve_profile(settings.service.profile) == "small":
        return "none: they want more memory than the small profile has"
    wanted = {"whisper": second_missing("whisper"), "piper": missing_for("piper")}
    wanted |= {one.extra: f"`{one.command}`" for one in OBTAINABLE if one.wanting}
    told = [f"{EXTRAS[name]} ({missing})" for name, missing in wanted.items() if missing]
    return f"could still be had: {'; '.join(told)}" if told else "all there is"
