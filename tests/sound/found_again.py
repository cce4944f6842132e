"""Recognises the robot's own speech: which thing does its first sentence name?

The box says back what it understood ("A story about a cat."). PocketSphinx decodes that sentence
out of the captured sound with a grammar of all the things, so finding the right one by chance is
as likely as one in three hundred.
"""

from __future__ import annotations

from pathlib import Path

from pocketsphinx import Config, Decoder, Endpointer, get_model_path

from storybot.hearing import grammar
from storybot.hearing.recogniser import cache_folder
from storybot.hearing.pocketsphinx_recogniser import reduced_dictionary
from storybot.things import find_thing, usual_things

HEAD = "#JSGF V1.0;\ngrammar back;\n"


class FoundAgain:
    """A decoder for the sentence that is said back."""

    def __init__(self, things: int = 300) -> None:
        known = usual_things(things)
        forms = " | ".join(grammar.spoken_forms(known))
        text = (
            f"{HEAD}public <utterance> = a story about <topic> [and <topic>];\n"
            f"<topic> = [a | an | the | some] <thing>;\n<thing> = {forms};"
        )
        words = grammar.grammar_words(text)
        dictionary = reduced_dictionary(cache_folder(), words, known)
        hmm = get_model_path("en-us/en-us")
        self._decoder = Decoder(Config(hmm=hmm, dict=str(dictionary), lm=None, loglevel="FATAL"))
        self._decoder.add_jsgf_string("back", text)
        self._decoder.activate_search("back")

    def things(self, raw: Path) -> set[str]:
        """The things in the best reading of any of the first stretches of speech."""
        found: set[str] = set()
        for pcm in _stretches(raw.read_bytes())[:3]:
            self._decoder.start_utt()
            self._decoder.process_raw(pcm, False, True)
            self._decoder.end_utt()
            hypothesis = self._decoder.hyp()
            if hypothesis is not None:
                named = (find_thing(word) for word in hypothesis.hypstr.split())
                found |= {thing.word for thing in named if thing is not None}
        return found


def _stretches(pcm: bytes) -> list[bytes]:
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
    return stretches + ([current] if current else [])
