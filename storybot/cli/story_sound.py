"""A story of the library as a wav or MP3: `python -m storybot.cli.story_sound FILE`.

FILE ends in .wav or .mp3. Stdin is a JSON object: `title`, `text`, and `speaking`, the settings of
that section. Where their voice cannot be used here, the usual one speaks.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.config.trial import fault_of_voice
from storybot.errors import StorybotError
from storybot.language.dialogue import Dialogue
from storybot.language.sentence_splitting import SentenceStream
from storybot.speaking import mp3
from storybot.speaking.pauses import Place
from storybot.speaking.speaker import Speaker

NICENESS = 10  # stories that are told come first
LARGE_VOICES = ("piper",)  # need more memory than the page's unit has


async def render(title: str, text: str, speaking: SpeakingSettings, path: Path) -> None:
    """Write the wav; StorybotError where that is not possible."""
    stream, dialogue = SentenceStream(), Dialogue()
    speaker = Speaker(replace(speaking, driver="wav"), "full", path)
    try:
        await speaker.open()
        await speaker.say(title, place=Place.TITLE)
        for sentence in (*stream.feed(text), *stream.end()):
            quotations = dialogue.quotations(sentence.text, sentence.paragraph)
            await speaker.say(sentence.text, None, Place.WITHIN, quotations)
        await speaker.drain()
    finally:
        await speaker.close()


def main() -> int:
    """Returns the exit status."""
    with contextlib.suppress(PermissionError):  # the page's unit has one, and allows no other
        os.nice(NICENESS)
    given = json.load(sys.stdin)
    speaking, path = SpeakingSettings(**given["speaking"]), Path(sys.argv[1])
    is_mp3 = path.suffix == ".mp3"
    wav = path.with_name(f"{path.name}.wav") if is_mp3 else path
    if speaking.voice in LARGE_VOICES:
        speaking = replace(speaking, voice="auto")
    try:
        try:
            asyncio.run(render(given["title"], given["text"], speaking, wav))
        except StorybotError:
            if speaking.voice == "auto" or not fault_of_voice(speaking):
                raise  # another voice would meet the same
            usual = replace(speaking, voice="auto")
            asyncio.run(render(given["title"], given["text"], usual, wav))
        if is_mp3:
            mp3.encode(wav, path)
            wav.unlink()
    except StorybotError as error:
        print(error, file=sys.stderr)
        return int(error.code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
