"""What every voice sounds like, in figures: `make voice-report`.

python -m tests.speaking.voice_report FOLDER [VOICE...]

Each voice tells the standard text into FOLDER/VOICE.wav; FOLDER/VOICE.png has its waveform and its
loudness; a table is printed. Where flite is installed its four speakers are voices of their own.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.drivers import names
from storybot.speaking.limiter import LOUDNESS_LUFS
from storybot.speaking.voices.choice import make_voice, missing_for
from storybot.speaking.voices.flite import NATURAL_SPEED
from storybot.speaking.voices.voice import SpeechParameters
from tests.speaking import loudness
from tests.speaking.spoken_story import Sound, told
from tests.speaking.standard_text import WORDS

COMMA_S, SENTENCE_S, PARAGRAPH_S = (0.1, 0.35), (0.35, 0.7), (0.7, 1.2)  # what silences count
PHRASE = "Once upon a time,"
ROW = "{:20}{:>7}{:>8}{:>10}{:>11}{:>9}{:>8}{:>9}{:>9}"
HEAD = ROW.format(
    "voice", "w/min", "comma", "sentence", "paragraph", "LUFS", "peak", "CPU", "first"
)


def settings_of(name: str) -> SpeakingSettings:
    """`name` is a voice, or flite-SPEAKER."""
    voice, _, speaker = name.partition("flite-")
    return SpeakingSettings(
        voice="flite" if speaker else voice, flite_speaker=speaker or "slt", volume=100
    )


def report(name: str, folder: Path) -> str:
    """The row of one voice; its wav and its picture are in `folder`."""
    settings = settings_of(name)
    before = os.times()
    sound = told(settings, folder / f"{name}.wav")
    after = os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    measured = loudness.loudness(sound.samples, sound.rate)
    draw(name, sound, folder / f"{name}.png")
    gaps = sound.silences(COMMA_S[0])
    pauses = [
        statistics.median([gap for gap in gaps if low < gap <= high] or [0.0])
        for low, high in (COMMA_S, SENTENCE_S, PARAGRAPH_S)
    ]
    return ROW.format(
        name,
        f"{WORDS / sound.seconds * 60:.0f}",
        *(f"{pause:.2f} s" for pause in pauses),
        f"{measured.integrated:.1f}",
        f"{measured.true_peak:.1f}",
        f"{cpu / sound.seconds:.1%}",
        f"{first_sound(settings) * 1e3:.0f} ms",
    )


def first_sound(settings: SpeakingSettings) -> float:
    """s until the first piece of a phrase, from a voice that spoke before."""
    voice = make_voice(settings)
    parameters = SpeechParameters()
    voice.synthesise("Hello.", parameters, lambda pcm: True)
    begun, heard = time.monotonic(), []
    voice.synthesise(PHRASE, parameters, lambda pcm: not heard.append(time.monotonic()))
    return heard[0] - begun


def draw(name: str, sound: Sound, png: Path) -> None:
    """Waveform above, momentary loudness below."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (wave, level) = pyplot.subplots(2, 1, sharex=True, figsize=(12, 5))
    seconds = [at / sound.rate for at in range(0, len(sound.samples), 10)]
    wave.plot(seconds, [sample / 32768 for sample in sound.samples[::10]], linewidth=0.3)
    wave.set(title=f"{name}, {sound.rate} Hz", ylabel="amplitude", ylim=(-1, 1))
    course = loudness.momentary(sound.samples, sound.rate)
    level.plot([0.1 * (at + 1) for at in range(len(course))], course, linewidth=0.8)
    level.axhline(LOUDNESS_LUFS, linestyle=":", label="asked for")
    level.set(xlabel="s", ylabel="momentary loudness, LUFS", ylim=(-60, 0))
    level.legend()
    figure.savefig(png, dpi=80)
    pyplot.close(figure)


def main() -> int:
    """Measure, draw and print; returns the exit status."""
    if needs := loudness.missing():
        print(f"voice_report: needs {needs}", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    every = [name for name in names("voice") if name != "flite"]
    wanted = sys.argv[2:] or [*every, *(f"flite-{speaker}" for speaker in NATURAL_SPEED)]
    print(HEAD)
    for name in wanted:
        needs = missing_for(settings_of(name).voice)
        print(f"{name:20}needs {needs}" if needs else report(name, folder), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
