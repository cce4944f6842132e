"""An evening with the box: a child asks unclearly, is asked back, corrects, wants more, sleeps.

python -m tests.sound.evening FOLDER      (make evening)

The child is flite, through a virtual microphone; the box is a running daemon of the full profile
with recogniser, engine and voice. FOLDER gets transcript.txt and evening.wav, in which the child is
on the left and the box on the right. A child that is not understood says it again, as children do.
"""

from __future__ import annotations

import sys
import time
import wave
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storybot.language.replies import Reply
from tests.sound.round_trip import Box
from tests.sound.spoken import Request, speak
from tests.sound.virtual_devices import VirtualDevices, virtual_devices
from tests.speaking.virtual_speaker import RATE, Recording

# Short stories, so that an evening takes two minutes. Slow speech: "no, a boat" must be heard
# before the second sentence, on a machine that others use, too. And so must an answer be decoded
# within its time: with all 500 things that takes 3.8 s of processor time, a request 0.1 s.
SETTINGS = """\
hearing: {recogniser: pocketsphinx, driver: portaudio, things: 150, answer_window: 30}
telling: {plot: off, longest: 50, first_deadline: 60, token_deadline: 30}
speaking: {driver: portaudio, speed: 80, pause_title_s: 3}
controls: {socket: SOCKET}
bedtime: {quiet_from: "", quiet_until: ""}
"""
VOICE = "awb"  # of flite's, the one that PocketSphinx is surest of
REACTION_S = 20.0  # s after which a child says it again
PAUSE_S = 0.8  # of silence, after which it answers
STORY_S = 90.0  # s for a story of a few sentences
TRIES = 3
EVENINGS = 2  # times that the child asks anew where its correction came too late
ABOUT = "A story about "

News = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of the transcript."""

    at: float  # s since the evening began
    who: str  # "child", "box" or "story"
    text: str

    def __str__(self) -> str:
        return f"{self.at:6.1f} s  {self.who:5}  {self.text}"


@dataclass
class Evening:
    """What happened; each step is true once it came about."""

    asked_back: bool = False  # "What shall it be about?"
    answered: bool = False  # a story begins about something
    corrected: bool = False  # "no, a boat": another one, about a boat
    heard: bool = False  # to its end
    more: bool = False  # "go on": the next chapter, to its end
    good_night: bool = False
    transcript: list[Line] = field(default_factory=list)
    silent: list[Line] = field(default_factory=list)  # of the box, of which nothing sounded
    overruns: int = 0  # times that the microphone lost sound, as a machine without time does

    @property
    def whole(self) -> bool:
        return all((self.asked_back, self.answered, self.corrected, self.heard, self.more)) and (
            self.good_night and not self.silent
        )


class Child:
    """Speaks to the box, and waits for what it says and does."""

    def __init__(
        self,
        box: Box,
        devices: VirtualDevices,
        loudspeaker: Recording,
        folder: Path,
        voice: str = VOICE,
    ) -> None:
        self._box, self._devices, self._folder, self._voice = box, devices, folder, voice
        self._loudspeaker = loudspeaker
        self.spoken: list[tuple[float, str]] = []  # monotonic s
        self._mark = 0  # news before the last words

    def says(self, words: str) -> None:
        """Say it once; returns when it was said."""
        wav = speak(Request(words, (), self._voice, False), self._folder / "child.wav")
        self._mark = len(self._box.news)
        self.spoken.append((time.monotonic(), words))
        self._devices.speak(wav)

    def hears(self, *beginnings: str, within: float = REACTION_S) -> str:
        """The first sentence of the box's own since then that begins so; "" where none comes."""

        def fits(news: News) -> bool:
            return news["news"] == "said" and news["text"].startswith(beginnings)

        self._box.wait_for_news(fits, within, self._mark)
        return next((news["text"] for news in self._box.news[self._mark :] if fits(news)), "")

    def lets_it_finish(self, pause_s: float = PAUSE_S, since: float | None = None) -> None:
        """Wait until the box has begun to sound, since the last words, and is silent so long."""
        since = self.spoken[-1][0] if since is None else since
        limit = time.monotonic() + REACTION_S
        while time.monotonic() < limit:
            time.sleep(0.1)
            sounds = self._loudspeaker.sounds(since)
            if sounds and sounds[-1] < time.monotonic() - pause_s:
                return

    def until_hears(self, words: str, *beginnings: str) -> str:
        """Say it, again where nothing comes of it, until the box says something like this."""
        for _ in range(TRIES):
            self.says(words)
            if heard := self.hears(*beginnings):
                return heard
        return ""


def _asks(child: Child, evening: Evening) -> None:
    """Up to the story about the right thing."""
    asked = child.until_hears("tell me a story", Reply.WHAT_ABOUT.value)
    evening.asked_back = evening.asked_back or bool(asked)
    child.lets_it_finish()
    title = child.until_hears("a story about a dog", ABOUT, "Did you say")
    if title.startswith("Did you say"):
        child.lets_it_finish()
        title = child.until_hears("yes", ABOUT)
    evening.answered = evening.answered or bool(title)
    for _ in range(TRIES if title else 0):
        child.says("no, a boat")
        if child.hears(f"{ABOUT}a boat"):
            evening.corrected = True
            return


def _ends(box: Box, story_after: int) -> bool:
    """Whether a story is told to its end: two sentences at least, and the box listens again."""
    begun = box.wait_for_news(lambda news: news["news"] == "sentence", REACTION_S, story_after)
    ended = begun and box.wait_for("idle", STORY_S)
    return ended and sum(one["news"] == "sentence" for one in box.news[story_after:]) > 1


def _again(box: Box, child: Child, words: str, comes: Callable[[int], bool]) -> bool:
    """Say it until something comes of it; `comes` is given the number of news before that."""
    for _ in range(TRIES):
        before = len(box.news)
        child.says(words)
        if comes(before):
            return True
    return False


def spend(box: Box, child: Child) -> Evening:
    """The whole evening."""
    evening = Evening()
    for _ in range(EVENINGS):
        _asks(child, evening)
        if evening.corrected:
            break
        _again(box, child, "stop", lambda _: box.wait_for("idle", REACTION_S))
    evening.heard = _ends(box, len(box.news))
    time.sleep(1.0)
    evening.more = _again(box, child, "go on", lambda before: _ends(box, before))
    time.sleep(1.0)
    evening.good_night = bool(child.until_hears("good night", Reply.GOOD_NIGHT.value))
    child.lets_it_finish()
    return evening


def _written_down(box: Box, child: Child, began: float) -> list[Line]:
    lines = [Line(at - began, "child", words) for at, words in child.spoken]
    kinds = {"said": "box", "sentence": "story"}
    lines += [
        Line(one["at"] - began, kinds[one["news"]], one["text"])
        for one in box.news
        if one["news"] in kinds
    ]
    return sorted(lines, key=lambda line: line.at)


def _write_wav(path: Path, left: array[int], right: array[int]) -> None:
    length = min(len(left), len(right))
    both = array("h", bytes(4 * length))
    both[::2], both[1::2] = left[:length], right[:length]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(both.tobytes())


def _silent(lines: list[Line], loudspeaker: Recording, began: float) -> list[Line]:
    """The lines of the box of which nothing sounded within five seconds."""
    sounds = [at - began for at in loudspeaker.sounds(began)]
    return [
        line
        for line in lines
        if line.who != "child" and not any(line.at - 0.5 < at < line.at + 5.0 for at in sounds)
    ]


def record(folder: Path) -> Evening:
    """Spend an evening; leaves transcript.txt and evening.wav in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with virtual_devices() as devices, TemporaryDirectory(prefix="storybot-") as scratch:
        box = Box(devices, Path(scratch), SETTINGS)
        try:
            with (
                devices.recording() as loudspeaker,
                devices.recording("micfeed.monitor") as microphone,
            ):
                box.wait_until_it_listens()
                began = time.monotonic()
                child = Child(box, devices, loudspeaker, Path(scratch))
                evening = spend(box, child)
                left, right = microphone.since(began), loudspeaker.since(began)
            evening.overruns = box.status()["overruns"]
            evening.transcript = _written_down(box, child, began)
            evening.silent = _silent(evening.transcript, loudspeaker, began)
        finally:
            box.close()
            (folder / "daemon.log").write_text(box.log())
    _write_wav(folder / "evening.wav", left, right)
    text = "".join(f"{line}\n" for line in evening.transcript)
    (folder / "transcript.txt").write_text(text, "utf-8")
    return evening


def main() -> int:
    """Spend one, print it; 1 when it did not go as it should."""
    evening = record(Path(sys.argv[1]))
    print(*evening.transcript, sep="\n")
    print(f"the microphone lost sound {evening.overruns} times")
    print(f"written to {sys.argv[1]}: transcript.txt, evening.wav (child left, box right)")
    return 0 if evening.whole else 1


if __name__ == "__main__":
    sys.exit(main())
