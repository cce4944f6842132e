"""Recognises the robot's own speech: which thing does the sentence name that it says back?

"A story about a cat." is decoded out of the captured sound with a grammar of the twenty things
that are asked for, so that chance finds one in twenty. PocketSphinx hardly understands espeak-ng
with a larger choice: of three hundred things it found one in eight.
"""

from __future__ import annotations

from pathlib import Path

from pocketsphinx import Config, Decoder, Endpointer, get_model_path

from tests.sound.spoken import THINGS, with_article

RATE = 16000  # Hz
SENTENCE = 0.7  # s: shorter stretches are earcons
GRAMMAR = """\
#JSGF V1.0;
grammar back;
public <utterance> = a story about <topic> [and <topic>];
<topic> = TOPICS;
"""


class FoundAgain:
    """A decoder for the sentence that is said back."""

    def __init__(self) -> None:
        hmm = get_model_path("en-us/en-us")
        words = get_model_path("en-us/cmudict-en-us.dict")
        self._decoder = Decoder(Config(hmm=hmm, dict=words, lm=None, loglevel="FATAL"))
        topics = " | ".join(map(with_article, THINGS))
        self._decoder.add_jsgf_string("back", GRAMMAR.replace("TOPICS", topics))
        self._decoder.activate_search("back")

    def things(self, raw: Path) -> frozenset[str]:
        """The things in the first sentence of a capture: 16 kHz mono int16."""
        sentence = next(
            (pcm for pcm in _stretches(raw.read_bytes()) if len(pcm) > SENTENCE * RATE * 2), b""
        )
        self._decoder.start_utt()
        self._decoder.process_raw(sentence, False, True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        words = hypothesis.hypstr.split() if hypothesis is not None else []
        return frozenset(words) & frozenset(THINGS)


def _stretches(pcm: bytes) -> list[bytes]:
    """The stretches of speech, each with the silence that an endpointer leaves around it."""
    endpointer = Endpointer(window=0.3, ratio=0.9, vad_mode=3)
    size = endpointer.frame_bytes
    stretches, current = [], b""
    for at in range(0, len(pcm) - size, size):
        speech = endpointer.process(pcm[at : at + size])
        if speech is not None:
            current += speech
        if current and not endpointer.in_speech:
            stretches.append(current)
            current = b""
    return [*stretches, current] if current else stretches
