"""Every setting of storybot: one frozen dataclass a section, with defaults and units.

`config.yaml` shows the same defaults with their explanations; `storybot.config.load` reads files
and the environment into these classes. Metadata: `low`/`high` bound a number, `choices` a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from storybot.config.as_shipped import SYSTEM_SOCKET

DEFAULT_ACCENT = "en-us"
ONLY_TELL = (  # of speaking.driver
    "wav is for `storybot tell` alone; set it to auto, or to silent where there is no loudspeaker"
)


def number(default: Any, low: float, high: float, was: str = "") -> Any:
    """A number setting within [low, high]. `was`: the name it had before."""
    return field(default=default, metadata={"low": low, "high": high, "was": was})


def choice(default: str, *others: str, was: Mapping[str, str] = MappingProxyType({})) -> Any:
    """A word setting, one of a fixed few. `was`: other names of some of them, such as old ones."""
    return field(default=default, metadata={"choices": (default, *others), "was": was})


@dataclass(frozen=True)
class HearingSettings:
    """The microphone and what listens to it."""

    driver: str = choice("auto", "portaudio", "alsa", "none")  # auto: alsa in the small profile
    microphone: str = ""  # part of the device's name; empty: the system's default
    recogniser: str = choice("auto", "vosk", "pocketsphinx")
    vosk_model: str = ""  # folder of a Vosk model; empty: looked for among the models
    # auto: whisper where it can be had, and not in the small profile
    second_opinion: str = choice("auto", "none", "whisper", "wyoming")
    keyphrase: str = "tell me a story"
    family_words: str = ""  # file of names, toys, pets, places; empty: in the state directory
    things: int = number(500, 10, 1000)  # of the list may be asked for; at most 300 if small
    gate: float = number(-3.1, -100.0, 0.0)  # PocketSphinx: mean ln acoustic score per frame
    vosk_confidence: float = number(0.6, 0.0, 1.0)  # Vosk: mean word confidence
    longest_request: float = number(8.0, 1.0, 30.0)  # s of one speech segment, then it is cut
    answer_window: float = number(7.0, 2.0, 30.0)  # s to say a request after the keyphrase
    questions: str = choice("on", "off")  # asks back in words; off: in signals
    barge_in: str = choice("auto", "on", "off")  # listen for "stop" while telling


@dataclass(frozen=True)
class TellingSettings:
    """The engine and how it tells."""

    engine: str = ""  # path of `storyteller`; empty: the one installed with storybot
    model: str = "default"  # a name of `storybot models` or a path
    tokenizer: str = ""  # path; empty: inside the model, or beside it
    temperature: float = number(0.8, 0.0, 2.0)
    topp: float = number(0.97, 0.0, 1.0)
    plot: str = choice("on", "off")  # off: the model goes on from an opening by itself
    length: str = choice("short", "middle", "long")  # of a story from a plot: 1, 2-3, 5 minutes
    draft_temperature: float = number(0.5, 0.0, 2.0)  # in place of temperature for drafts
    drafts: int = number(12, 1, 32)  # of each sentence, of which the best is told
    longest: int = number(400, 16, 4096)  # tokens of one story
    threads: int = number(1, 1, 16)
    kernel: str = ""  # empty: the best this CPU has
    first_deadline: float = number(20.0, 0.1, 600.0)  # s until the first token
    token_deadline: float = number(5.0, 0.1, 600.0)  # s between tokens


@dataclass(frozen=True)
class SpeakingSettings:
    """The voice and the loudspeaker."""

    driver: str = choice("auto", "portaudio", "alsa", "wav", "silent")
    speaker: str = ""  # part of the device's name; empty: the system's default
    voice: str = choice(
        "auto",
        "espeak",
        "espeak-process",
        "flite",
        "piper",
        "pyttsx3",
        "wyoming",
        was={"espeak-child": "espeak-process", "robot": "espeak", "joe": "piper"},
    )
    flite_speaker: str = choice("slt", "rms", "awb", "kal16")  # recorded from four people
    accent: str = DEFAULT_ACCENT  # espeak-ng voice name; for voices made with espeak-ng
    speed: int = number(125, 80, 300)  # words a minute as they are heard, pauses included
    pitch: int = number(55, 0, 99)  # espeak-ng scale
    dialogue_pitch: int = number(12, 0, 40)  # the hero's words are so much higher, others' lower
    volume: int = number(70, 0, 100)  # per cent at start
    volume_floor: int = number(20, 0, 100)  # per cent; "softer" stops here
    volume_cap: int = number(100, 1, 100)  # per cent; "louder" stops here
    pause_comma_s: float = number(0.2, 0.0, 3.0)  # s of silence after a part of a sentence
    pause_sentence_s: float = number(0.5, 0.0, 3.0, was="pause")  # s
    pause_paragraph_s: float = number(0.9, 0.0, 3.0)  # s
    pause_title_s: float = number(1.0, 0.0, 3.0)  # s, after a title

    def bounded(self, percent: int) -> int:
        """The volume nearest to `percent` that floor and cap allow; the cap has the last word."""
        return min(max(percent, self.volume_floor), self.volume_cap)


@dataclass(frozen=True)
class ControlsSettings:
    """Button, lights and control socket."""

    button: str = choice("none", "serial", "gpio", "evdev")
    button_device: str = ""  # /dev/ttyS1, /dev/gpiochip0 or /dev/input/event0
    button_line: str = ""  # gpio: line number or name; evdev: key name; serial: text, cts or dsr
    debounce: float = number(0.03, 0.0, 0.5)  # s
    double_press: float = number(0.4, 0.1, 2.0)  # s between two short presses
    long_press: float = number(1.2, 0.3, 10.0)  # s held down
    on_short: str = choice("story", "again", "stop", "good-night", "nothing")
    on_double: str = choice("again", "story", "stop", "good-night", "nothing")
    on_long: str = choice("good-night", "again", "story", "stop", "nothing")
    lights: str = choice("none", "serial", "gpio", "sysfs")
    lights_device: str = ""  # serial port, gpiochip, or a name in /sys/class/leds
    lights_line: str = ""  # gpio: line number or name
    socket: str = SYSTEM_SOCKET
    socket_group: str = "storybot"


@dataclass(frozen=True)
class BedtimeSettings:
    """When the box goes to sleep and how it behaves at night."""

    sleep_minutes: int = number(20, 1, 240)  # "good night" sets this timer
    sleep_stories: int = number(2, 0, 50)  # or sleeps after so many stories; 0: only the timer
    fade: float = number(30.0, 0.0, 600.0)  # s over which the volume falls to the floor
    quiet_from: str = ""  # "20:00" or "20:00, fri 21:00", local time; empty: no quiet hours
    quiet_until: str = ""  # "07:00"; of the quiet hours that began on that day
    night_volume: int = number(40, 0, 100)  # per cent of the set volume
    night_speed: int = number(85, 50, 100)  # per cent of the set speed


@dataclass(frozen=True)
class SafetySettings:
    """What the box does not say and is not asked for."""

    filter: bool = True
    extra_words: str = ""  # file with one further word or pattern a line
    forbidden_words: str = ""  # file that the page writes; empty: in the state directory
    allowed_phrases: str = ""  # file with one phrase a line that is harmless all the same


@dataclass(frozen=True)
class LibrarySettings:
    """The last stories told."""

    folder: str = ""  # empty: the state directory
    keep: int = number(100, 0, 10000)  # stories; 0: keep none


@dataclass(frozen=True)
class HomeSettings:
    """The box in the home network; processes beside the daemon read these, see storybot/home."""

    id: str = ""  # letters, digits, _ and -; empty: made from the machine's own id
    name: str = "Story box"  # as Home Assistant shows it
    mqtt_host: str = ""  # name or address of the MQTT broker; empty: none
    mqtt_port: int = number(1883, 1, 65535)
    mqtt_user: str = ""
    mqtt_password_file: str = ""  # empty: /etc/storybot/mqtt-password, where it is there
    mqtt_tls: bool = False
    mqtt_ca_file: str = ""  # PEM; empty: the certificate authorities of the system
    page_address: str = "127.0.0.1"  # of this machine, where the page is served; 0.0.0.0: on all
    page_port: int = number(8080, 1, 65535)
    page_names: str = ""  # further names that a browser may call the box by, with commas between
    wyoming_address: str = "127.0.0.1"  # where stories are served; 0.0.0.0: the home network
    wyoming_port: int = number(10900, 1, 65535)
    voice: str = ""  # host:port of a Wyoming text-to-speech service, for speaking.voice: wyoming
    recogniser: str = ""  # of a speech-to-text service, for hearing.second_opinion: wyoming


@dataclass(frozen=True)
class ServiceSettings:
    """The daemon as a whole."""

    profile: str = choice("auto", "small", "full")  # auto: small below 128 MB of memory
    debug: bool = False  # allows recognised words in the log


@dataclass(frozen=True)
class Settings:
    """All settings; its fields are the sections of config.yaml."""

    hearing: HearingSettings = HearingSettings()
    telling: TellingSettings = TellingSettings()
    speaking: SpeakingSettings = SpeakingSettings()
    controls: ControlsSettings = ControlsSettings()
    bedtime: BedtimeSettings = BedtimeSettings()
    safety: SafetySettings = SafetySettings()
    library: LibrarySettings = LibrarySettings()
    home: HomeSettings = HomeSettings()
    service: ServiceSettings = ServiceSettings()
