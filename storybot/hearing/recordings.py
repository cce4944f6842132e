"""Recognises a recording instead of the microphone."""

from __future__ import annotations

from pathlib import Path

from storybot.config.schema import HearingSettings
from storybot.hearing.microphones.wav import Recording, read_wav
from storybot.hearing.pcm import BLOCK_BYTES
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.recognisers.recogniser import Recogniser
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor

SILENCE_BLOCKS = 10  # 1 s of silence before and after, by which the recogniser finds both ends


def hear_wav(path: Path, settings: HearingSettings) -> Utterance | None:
    """The request in this wav file, None where nothing was recognised for sure.

    StorybotError where the file holds no usable sound or the recogniser is missing.
    """
    best = hear_recording(read_wav(path), make_recogniser(settings), settings)
    return best if best is not None and best.sure else None


def hear_recording(
    recording: Recording, recogniser: Recogniser, settings: HearingSettings
) -> Utterance | None:
    """The last sure utterance, else the likeliest unsure one, else None.

    It listens as the box does: for the keyphrase, then for the request.
    """
    quiet = [bytes(BLOCK_BYTES)] * SILENCE_BLOCKS
    heard: list[Utterance] = []
    recogniser.listen_for(ListenFor.KEYPHRASE)
    for block in (*quiet, *recording.blocks(), *quiet):
        heard += _taken(recogniser.hear(block), recogniser, settings)
    heard += _taken(recogniser.finish(), recogniser, settings)
    # The box asks after the call, rather than telling about anything, what was said in doubt.
    heard = [one for one in heard if one.text != settings.keyphrase or not _asked_later(heard)]
    return max(heard, key=lambda one: (one.sure, one.likely, one.confidence), default=None)


def _asked_later(heard: list[Utterance]) -> bool:
    return any(one.likely for one in heard)


def _taken(
    events: list[Utterance | KeyphraseOnly], recogniser: Recogniser, settings: HearingSettings
) -> list[Utterance]:
    taken = []
    for event in events:
        if isinstance(event, KeyphraseOnly):
            recogniser.listen_for(ListenFor.REQUEST)
            event = Utterance(settings.keyphrase, -100.0)
        taken.append(event)
    return taken
