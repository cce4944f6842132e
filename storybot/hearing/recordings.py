"""Recognises a recording instead of the microphone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storybot.config.schema import HearingSettings
from storybot.hearing.microphones.wav import Recording, read_wav
from storybot.hearing.pcm import BLOCK_BYTES
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.recognisers.recogniser import Recogniser
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor

if TYPE_CHECKING:
    from storybot.hearing.second.confirmation import Confirmation

SILENCE_BLOCKS = 10  # 1 s of silence before and after, by which the recogniser finds both ends


def hear_wav(path: Path, settings: HearingSettings) -> Utterance | None:
    """The request in this wav file, None where nothing was recognised for sure.

    StorybotError where the file holds no usable sound or the recogniser is missing.
    """
    # Not on the small board.
    from storybot.hearing.second.choice import loaded_confirmation
    from storybot.hearing.second.confirmation import RECORDING_WAIT_S

    recording, recogniser = read_wav(path), make_recogniser(settings)
    confirmation = loaded_confirmation(settings, "full", RECORDING_WAIT_S)  # auto: by memory
    try:
        best = hear_recording(recording, recogniser, settings, confirmation)
    finally:
        if confirmation is not None:
            confirmation.second.close()
    return best if best is not None and best.sure else None


def hear_recording(
    recording: Recording,
    recogniser: Recogniser,
    settings: HearingSettings,
    confirmation: Confirmation | None = None,
) -> Utterance | None:
    """The last sure utterance, else the likeliest unsure one, else None.

    It listens as the box does: for the keyphrase, then for the request.
    """
    quiet = [bytes(BLOCK_BYTES)] * SILENCE_BLOCKS
    heard: list[Utterance] = []
    wanted = ListenFor.KEYPHRASE
    recogniser.listen_for(wanted)
    for block in (*quiet, *recording.blocks(), *quiet, None):
        events = recogniser.finish() if block is None else recogniser.hear(block)
        for event in confirmed(events, wanted, confirmation):
            if isinstance(event, KeyphraseOnly):
                wanted = ListenFor.REQUEST
                recogniser.listen_for(wanted)
                event = Utterance(settings.keyphrase, -100.0)
            heard.append(event)
    # The box asks after the call, rather than telling about anything, what was said in doubt.
    if any(one.likely for one in heard):
        heard = [one for one in heard if one.text != settings.keyphrase]
    return max(heard, key=lambda one: (one.sure, one.likely, one.confidence), default=None)


def confirmed(
    events: list[Utterance | KeyphraseOnly], wanted: ListenFor, confirmation: Confirmation | None
) -> list[Utterance | KeyphraseOnly]:
    """What is left of it after the second recogniser's opinion, which is waited for."""
    if confirmation is None:
        return events
    for event in events:
        confirmation.begin(event, wanted)
    return confirmation.wait()
