"""PocketSphinx's acoustic front end for an adult's voice and for a child's (pure).

The acoustic model was trained on adults. A child's vocal tract is shorter, which moves all formants
up by about the same factor. Dividing the frequencies by it again is known as vocal tract length
normalisation: Lee and Rose, A Frequency Warping Approach to Speaker Normalization, 1998.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from storybot.hearing.pcm import SAMPLE_RATE_HZ

FRAMES_PER_S = 100
WINDOW_S = 0.025625  # s, PocketSphinx's default
STUFFING = 2  # samples for each sample, with another rate than the true one


@dataclass(frozen=True)
class FrontEnd:
    """Divides all frequencies by `ratio`, by declaring a sampling rate that is lower.

    PocketSphinx's own `warp_params` leave the mel filters' outermost edges where they are: with
    them 26 of 40 requests were right, 4.5 half-tones up, and with this 37. A frame is
    1/FRAMES_PER_S s of the sound with either.
    """

    ratio: float = 1.0

    def options(self) -> dict[str, float]:
        """PocketSphinx's settings."""
        stuffing = 1 if self.ratio == 1.0 else STUFFING
        return {
            "samprate": SAMPLE_RATE_HZ * stuffing / self.ratio,
            "frate": round(FRAMES_PER_S / self.ratio),
            "wlen": WINDOW_S,
        }

    def given(self, pcm: bytes) -> bytes:
        """The samples as these settings need them.

        The zeros put between them keep half the declared rate above the highest mel filter, at
        6.8 kHz; of their mirror image that filter takes up a little.
        """
        if self.ratio == 1.0:
            return pcm
        samples = array("h", pcm)
        stuffed = array("h", bytes(STUFFING * len(pcm)))
        stuffed[::STUFFING] = samples
        return stuffed.tobytes()


ADULT = FrontEnd()
# 4.5 half-tones, in the middle between a big child's voice (3) and a small one's (6), and 6.4.
CHILDREN = (FrontEnd(1.3), FrontEnd(1.45))
