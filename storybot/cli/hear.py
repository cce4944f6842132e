"""`storybot hear`: what is recognised and understood, without a story."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

from storybot.cli.output import add_json, show
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import open_microphone
from storybot.hearing.microphones.microphone import Microphone
from storybot.hearing.microphones.wav import read_wav
from storybot.hearing.pcm import level_dbfs
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.recordings import confirmed, hear_recording
from storybot.hearing.second.choice import loaded_confirmation
from storybot.hearing.second.confirmation import ANSWER_WAIT_S, RECORDING_WAIT_S, Confirmation
from storybot.hearing.utterance import Utterance
from storybot.language.choices import told_apart
from storybot.language.family import use_family
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.replies import did_you_say, one_or_the_other
from storybot.language.requests import Request, spoken_back, understand
from storybot.language.things import Thing
from storybot.language.typed_requests import understand_typed
from storybot.stories.family_file import FamilyFile
from storybot.system.folders import daemon_state_folder
from storybot.system.profile import resolve_profile

REOPEN_INTERVAL_S = 1.0  # s between two attempts to have a lost microphone back
UNKNOWN = -100.0  # confidence of a bare keyphrase, which recognisers report without a figure


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("wav", nargs="?", type=Path, help="a recording, else the microphone")
    parser.add_argument("--once", action="store_true", help="end after the first request")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Recognise a recording, or the microphone until Ctrl-C."""
    use_family(FamilyFile(settings.hearing.family_words, daemon_state_folder()).words())
    if args.wav is None:
        return _listen(args, settings)
    recording = read_wav(args.wav)
    for note in recording.notes:
        show(args, {"note": note}, f"note: {note}")
    recogniser = make_recogniser(settings.hearing)
    show(args, {"recogniser": recogniser.name}, f"recogniser: {recogniser.name}")
    confirmation = _confirmation(args, settings)
    try:
        heard = hear_recording(recording, recogniser, settings.hearing, confirmation)
    finally:
        _close(confirmation)
    if heard is None:
        raise StorybotError(f"no speech was found in {args.wav}", Exit.NOT_HEARD)
    show(args, as_data(heard), described(heard))
    return Exit.OK if heard.sure else Exit.NOT_HEARD


def described(heard: Utterance) -> str:
    """What was recognised, how surely, and what it asks for."""
    request = understood(heard)
    if heard.likely and request is not None:
        meant = f"in doubt; the box asks: {did_you_say(request.things)}"
    elif apart := _apart(heard):
        meant = f"one of two; the box asks: {one_or_the_other(*apart)}"
    elif not heard.sure:
        meant = "none: too unsure, or not meant for storybot"
    else:
        meant = spoken_back(request) if request is not None else "none"
    lines = [f'recognised: "{heard.text}"', f"request:    {meant}"]
    if heard.confidence > UNKNOWN:
        lines.insert(1, f"confidence: {heard.confidence:.2f}")
    return "\n".join(lines)


def understood(heard: Utterance) -> Request | None:
    """What was asked for; a recogniser without a grammar may have heard what is on no list."""
    return understand_typed(heard.text) if heard.open else understand(heard.text)


def _apart(heard: Utterance) -> tuple[Thing, Thing] | None:
    """The two things that sound alike, between which the box asks."""
    if not heard.alternative:
        return None
    return told_apart(understand(heard.text), understand(heard.alternative))


def as_data(heard: Utterance) -> dict[str, object]:
    """The same for programs; `request` and `confidence` are null where there is none."""
    request = understood(heard) if heard.sure else None
    asked = understand(heard.text) if heard.likely else None
    question = did_you_say(asked.things) if asked is not None else None
    if apart := _apart(heard):
        question = one_or_the_other(*apart)
    return {
        "recognised": heard.text,
        "confidence": round(heard.confidence, 2) if heard.confidence > UNKNOWN else None,
        "sure": heard.sure,
        "asks": question,
        "request": spoken_back(request) if request is not None else None,
    }


def _listen(args: argparse.Namespace, settings: Settings) -> int:
    recogniser = make_recogniser(settings.hearing)
    profile = resolve_profile(settings.service.profile)
    microphone = open_microphone(settings.hearing, profile)
    data = {"recogniser": recogniser.name, "microphone": microphone.name}
    told = f"recogniser: {recogniser.name}; microphone: {microphone.name}; Ctrl-C ends"
    show(args, data, f'{told}\nsay "{settings.hearing.keyphrase} about a cat"')
    confirmation = _confirmation(args, settings)
    wanted = ListenFor.KEYPHRASE
    recogniser.listen_for(wanted)
    try:
        while True:
            try:
                block = microphone.read()
            except StorybotError as fault:
                microphone.close()
                microphone = _open_again(settings, profile, fault)
                continue
            if sys.stderr.isatty():
                print(f"\r{meter(level_dbfs(block))}", end="", file=sys.stderr, flush=True)
            for event in confirmed(recogniser.hear(block), wanted, confirmation):
                called = isinstance(event, KeyphraseOnly)
                wanted = ListenFor.REQUEST if called else ListenFor.KEYPHRASE
                recogniser.listen_for(wanted)
                if isinstance(event, KeyphraseOnly):
                    show(args, {"keyphrase": True}, "keyphrase; now the request")
                    continue
                show(args, as_data(event), described(event))
                if args.once and event.sure:
                    return Exit.OK
    finally:
        microphone.close()
        _close(confirmation)


def _confirmation(args: argparse.Namespace, settings: Settings) -> Confirmation | None:
    profile = resolve_profile(settings.service.profile)
    wait = ANSWER_WAIT_S if args.wav is None else RECORDING_WAIT_S
    confirmation = loaded_confirmation(settings.hearing, profile, wait)
    if confirmation is not None:
        second = confirmation.second
        told = second.trouble or f"second recogniser: {second.name}"
        show(args, {"second": second.name, "trouble": second.trouble}, told)
    return confirmation


def _close(confirmation: Confirmation | None) -> None:
    if confirmation is not None:
        confirmation.second.close()


def _open_again(settings: Settings, profile: str, fault: StorybotError) -> Microphone:
    """Wait for a lost microphone, found by its name, and tell when it is back."""
    print(f"storybot: {fault}; waiting for it", file=sys.stderr, flush=True)
    while True:
        time.sleep(REOPEN_INTERVAL_S)
        with contextlib.suppress(StorybotError):
            microphone = open_microphone(settings.hearing, profile)
            print(f"storybot: the microphone {microphone.name} is back", file=sys.stderr)
            return microphone


def meter(dbfs: float) -> str:
    """A level meter from -60 to 0 dBFS."""
    full = max(0, min(30, round((dbfs + 60) / 2)))
    return f"[{'#' * full}{' ' * (30 - full)}]"
