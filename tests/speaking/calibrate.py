"""Words a minute that a voice speaks between our pauses, for rates of its own.

python -m tests.speaking.calibrate      prints what espeak-ng's and flite's modules have of it
"""

from __future__ import annotations

from storybot.speaking.phrases import phrases
from storybot.speaking.trimming import MARGIN_S, SilenceLimiter
from storybot.speaking.voices import espeak, espeak_measured, flite
from storybot.speaking.voices.voice import Pcm, SpeechParameters, Voice
from storybot.speaking.words_per_minute import between_pauses as wanted_between_pauses
from tests.speaking.standard_text import SENTENCES, WORDS

USUAL_SPEED = SpeechParameters().speed  # words a minute as they are heard
COMMA_S = 0.2  # s of silence that may stay inside a phrase


def between_pauses(voice: Voice) -> float:
    """Words a minute of the standard text, without the silence around its phrases."""
    frames = 0
    for phrase in [phrase for sentence in SENTENCES for phrase in phrases(sentence)]:
        limiter = SilenceLimiter(round(COMMA_S * voice.rate), round(MARGIN_S * voice.rate))

        def count(pcm: Pcm, limiter: SilenceLimiter = limiter) -> bool:
            nonlocal frames
            frames += len(limiter.feed(pcm.samples)) // 2
            return True

        voice.synthesise(phrase.text, SpeechParameters(), count)
        frames += len(limiter.end()) // 2
    return WORDS / (frames / voice.rate) * 60


def main() -> None:
    """Every row of espeak-ng's table, and flite's speakers at the usual speed, here and now."""
    for own, _ in espeak_measured.MEASURED:
        espeak.espeak_rate = lambda speed, own=own: own
        print(f"espeak {own}: {between_pauses(espeak.make()):.1f}")
    if needs := flite.missing():
        print(f"flite needs {needs}")
        return
    for speaker, natural in flite.NATURAL_SPEED.items():
        share = between_pauses(flite.FliteVoice(speaker)) / wanted_between_pauses(USUAL_SPEED)
        print(f"flite {speaker}: {natural * share:.1f}, and in the module {natural:.1f}")


if __name__ == "__main__":
    main()
