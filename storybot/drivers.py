"""All drivers: for each kind of part the values of its setting, and the module behind each.

A driver's module is imported when the settings choose it, not before: it brings libraries of its
own. Each has a function `make`, whose arguments are those of its kind; some have others beside it
(see the module `choice` of each kind, which is alone in using this table).
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

MODULES: dict[str, dict[str, str]] = {
    "microphone": {  # make(HearingSettings) -> Microphone; device_names()
        "portaudio": "storybot.hearing.microphones.portaudio",
        "alsa": "storybot.hearing.microphones.alsa",
    },
    "recogniser": {  # make(HearingSettings) -> Recogniser
        "vosk": "storybot.hearing.recognisers.vosk",
        "pocketsphinx": "storybot.hearing.recognisers.pocketsphinx.recogniser",
    },
    "second_recogniser": {  # make() -> SecondRecogniser; missing()
        "whisper": "storybot.hearing.second.whisper",
        "wyoming": "storybot.hearing.second.wyoming",
    },
    "voice": {  # make(SpeakingSettings) -> Voice; missing(); ABOUT, what it sounds like
        "espeak": "storybot.speaking.voices.espeak",
        "espeak-process": "storybot.speaking.voices.espeak_process",
        "flite": "storybot.speaking.voices.flite",
        "piper": "storybot.speaking.voices.piper",
        "pyttsx3": "storybot.speaking.voices.pyttsx3",
        "wyoming": "storybot.speaking.voices.wyoming",
    },
    "output": {  # make(SpeakingSettings, rate, wav) -> Player; device_names() of loudspeakers
        "portaudio": "storybot.speaking.outputs.portaudio",
        "alsa": "storybot.speaking.outputs.alsa",
        "wav": "storybot.speaking.outputs.wav",
        "silent": "storybot.speaking.outputs.silent",
    },
    "button": {  # make(ControlsSettings, SerialBoard | None) -> Button
        "serial": "storybot.controls.buttons.serial",
        "gpio": "storybot.controls.buttons.gpio",
        "evdev": "storybot.controls.buttons.evdev",
    },
    "lights": {  # make(ControlsSettings, SerialBoard | None) -> Lights
        "serial": "storybot.controls.lights.serial",
        "gpio": "storybot.controls.lights.gpio",
        "sysfs": "storybot.controls.lights.sysfs",
    },
}


def names(kind: str) -> tuple[str, ...]:
    """The drivers of this kind."""
    return tuple(MODULES[kind])


def driver(kind: str, name: str) -> ModuleType:
    """The module of one driver; ImportError where what it needs is not installed."""
    return import_module(MODULES[kind][name])
