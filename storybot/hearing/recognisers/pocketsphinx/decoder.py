"""Decodes one stretch of speech with one of several grammars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from pocketsphinx import Decoder

from storybot.errors import Exit, StorybotError
from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.pocketsphinx.confidence import FILLERS, Segment
from storybot.hearing.recognisers.pocketsphinx.front_ends import ADULT, FrontEnd
from storybot.hearing.recognisers.pocketsphinx.phones import Phone
from storybot.hearing.recognisers.pocketsphinx.reduced_model import ReducedModel
from storybot.language.automaton import END, START, Transition

# In noise they take a quarter of the default beams' time, and as many things are found.
BEAMS = {"beam": 1e-38, "pbeam": 1e-38, "wbeam": 1e-22, "maxhmmpf": 3000}
PIECE_BYTES = SAMPLE_RATE_HZ // 2  # 0.25 s, decoded at a time
# PocketSphinx searches the lattice of words a second time, but does not hold that path to the end
# of the grammar: the silence after "the moon" became "the mia and".
LATTICE_SEARCH = "bestpath"
# Without that search the scores of words are logarithms shifted by 10 bits, and not shifted back.
SCORE_UNIT = 1 << 10


class GrammarDecoder:
    """PocketSphinx's decoder with grammars by name, one of them the smallest."""

    def __init__(self, files: ReducedModel, smallest: str, sentences: list[Transition]) -> None:
        self._decoder = _decoder(files)
        self._front_end = ADULT
        self._smallest = smallest
        self._lattices: dict[str, bool] = {}  # by grammar
        self.add(smallest, sentences)
        self.use(smallest)

    def add(self, name: str, sentences: Iterable[Transition], lattice: bool = True) -> None:
        """`lattice`: whether its sentences are searched for a second time, in the lattice."""
        self._decoder.get_config()[LATTICE_SEARCH] = lattice
        self._lattices[name] = lattice
        # PocketSphinx takes a transition without a word as one of three fields.
        given = [way if way[3] else way[:3] for way in sentences]
        self._decoder.add_fsg(name, self._decoder.create_fsg(name, START, END, given))

    def use(self, name: str) -> None:
        self._used = name
        self._decoder.activate_search(name)

    def remove(self, name: str) -> None:
        """A grammar that is not in use."""
        self._decoder.remove_search(name)

    def decode(
        self, pcm: bytes, mean: str, front_end: FrontEnd, meanwhile: Callable[[int], None]
    ) -> tuple[list[Segment], list[Segment]]:
        """What was said, and the same before it was known that this is the end.

        `mean` is the speaker's cepstral mean. `meanwhile` is called after each piece with its
        number of samples.
        """
        decoder = self._decoder
        self._set_up(front_end)
        decoder.set_cmn(mean)
        decoder.activate_search(self._used)
        decoder.start_utt()
        self._process(pcm, front_end, meanwhile)
        unended = self._parts()
        decoder.end_utt()
        return ([] if decoder.hyp() is None else self._parts()), unended

    def paths(self, most: int) -> Iterator[tuple[str, float]]:
        """Other ways to understand what was just decoded: words and ln score, the best first.

        At most so many, out of the lattice of words; several may have the same words.
        """
        for path in islice(self._decoder.nbest() if self._decoder.hyp() else (), most):
            if path.score <= 0:
                return
            words = (word.partition("(")[0] or word for word in path.hypstr.split())
            spoken = (word for word in words if not word.startswith(FILLERS))
            yield " ".join(spoken), SCORE_UNIT * math.log(path.score)

    def phones(
        self,
        pcm: bytes,
        mean: str,
        front_end: FrontEnd,
        words: str,
        meanwhile: Callable[[int], None],
    ) -> list[Phone]:
        """The phones of these words where they fit this speech best; none where they cannot.

        `meanwhile` is called as by decode().

        Two passes with that one sentence, for the bounds of the words and for their phones, take
        as long as decoding it with a large grammar.
        """
        decoder = self._decoder
        self._set_up(front_end)
        # The lattice's words may be a frame long, which is too short for a phone.
        decoder.get_config()[LATTICE_SEARCH] = False
        try:
            decoder.set_align_text(words)
            self._align(pcm, mean, front_end, meanwhile)
            decoder.set_alignment()
            self._align(pcm, mean, front_end, meanwhile)
        except RuntimeError:  # it reached no end of the sentence
            return []
        unit = SCORE_UNIT * math.log(decoder.get_config()["logbase"])
        found: list[Phone] = []
        for word in decoder.get_alignment() or ():
            text = word.name.partition("(")[0] or word.name
            if not text.startswith(FILLERS):
                found += (
                    Phone(text, one.name, unit * one.score / max(1, one.duration)) for one in word
                )
                found[-1] = replace(found[-1], last=True)
        return found

    def _align(
        self, pcm: bytes, mean: str, front_end: FrontEnd, meanwhile: Callable[[int], None]
    ) -> None:
        self._decoder.set_cmn(mean)
        self._decoder.start_utt()
        self._process(pcm, front_end, meanwhile)
        self._decoder.end_utt()

    def _process(self, pcm: bytes, front_end: FrontEnd, meanwhile: Callable[[int], None]) -> None:
        for start in range(0, len(pcm), PIECE_BYTES):
            piece = front_end.given(pcm[start : start + PIECE_BYTES])
            self._decoder.process_raw(piece, False, False)
            meanwhile(PIECE_BYTES // 2)

    def mean_of(self, pcm: bytes, front_end: FrontEnd) -> str:
        """The cepstral mean of this speech, as PocketSphinx writes it.

        By a first pass with the smallest grammar: a mean estimated while decoding gave worse
        results. What was said before counts as 500 frames where the front end is not set up anew.
        """
        decoder = self._decoder
        self._set_up(front_end, anew=True)
        decoder.activate_search(self._smallest)
        decoder.start_utt()
        decoder.process_raw(front_end.given(pcm), False, True)
        decoder.end_utt()
        return str(decoder.get_cmn())

    def _set_up(self, front_end: FrontEnd, anew: bool = False) -> None:
        if front_end is self._front_end and not anew:
            return
        config = self._decoder.get_config()
        for name, value in front_end.options().items():
            config[name] = value
        self._decoder.reinit_feat(config)
        self._front_end = front_end

    def _parts(self) -> list[Segment]:
        unit = 1 if self._lattices[self._used] else SCORE_UNIT
        return [Segment.of(segment, unit) for segment in self._decoder.seg() or ()]


def _decoder(files: ReducedModel) -> Decoder:
    try:
        return files.decoder(**BEAMS)
    except RuntimeError as fault:
        files.forget()
        raise StorybotError(
            f"the recogniser cannot read {files.dictionary} ({fault}); it is made anew", Exit.FAULT
        ) from fault
