"""Parts of the box tried with the settings, each in a process of its own.

A voice or recogniser is C code with megabytes of data: what breaks there ends that process, and
the memory goes with it.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess

from storybot.config.schema import HearingSettings, SpeakingSettings
from storybot.errors import Exit
from storybot.system.python_child import python_command

VOICE = "storybot.speaking.voices.trial"
RECOGNISER = "storybot.hearing.recognisers.trial"
TRIAL_TIMEOUT_S = 60.0  # s; a Vosk model is read in seconds from a slow card


def fault_of_voice(speaking: SpeakingSettings) -> str:
    """Why these settings cannot speak; empty where they can."""
    return _fault([VOICE], json.dumps(dataclasses.asdict(speaking)), "the voice")[1]


def fault_of_recogniser(hearing: HearingSettings, *, loaded: bool) -> tuple[str, str]:
    """The setting of hearing that keeps it from listening, and why; both empty where it listens.

    `loaded`: the whole recogniser is tried, and not only the keyphrase's words looked up.
    """
    task = json.dumps(dataclasses.asdict(hearing))
    code, wrong = _fault([RECOGNISER, *([] if loaded else ["words"])], task, "the recogniser")
    if not wrong:
        return "", ""
    key = {Exit.CONFIG: "keyphrase", Exit.SOUND_IN: "recogniser"}.get(Exit(code), "vosk_model")
    if key == "vosk_model" and not hearing.vosk_model:
        key = "recogniser"
    return key, wrong


def _fault(command: list[str], task: str, part: str) -> tuple[int, str]:
    """Exit code and sentence of `python -m MODULE ...`; empty where it found no fault."""
    try:
        done = subprocess.run(
            python_command(*command),
            input=task,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=TRIAL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return Exit.MODEL, f"{part} was not ready within {TRIAL_TIMEOUT_S:g} s"
    if done.returncode == 0:
        return Exit.OK, ""
    said = done.stdout.strip().rpartition("\n")[2]
    if said and done.returncode in set(Exit):
        return done.returncode, said
    if done.returncode < 0:
        why = signal.Signals(-done.returncode).name
    else:  # of a traceback the last line says why
        why = done.stderr.strip().rpartition("\n")[2][:200]
    return Exit.MODEL, f"{part} breaks over it ({why}); choose another"
