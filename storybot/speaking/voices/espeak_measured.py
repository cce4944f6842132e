"""What was measured of espeak-ng, whether it is a library, a program or inside pyttsx3."""

from __future__ import annotations

from storybot.speaking.limiter import Level
from storybot.speaking.words_per_minute import own_rate

# Its own rate, and the words a minute that it speaks between pauses, measured with en-us by
# `python -m tests.speaking.calibrate`. It goes no slower than 80.
MEASURED = (
    (80, 117.3), (100, 138.2), (120, 165.1), (150, 206.3), (200, 272.1), (250, 336.1), (300, 404.4),
    (350, 477.1), (450, 577.7),
)  # fmt: skip
ESPEAK_LEVEL = Level(5.3)


def espeak_rate(speed: int) -> int:
    """The rate for `speed` words a minute as they are heard."""
    return round(own_rate(MEASURED, speed))
