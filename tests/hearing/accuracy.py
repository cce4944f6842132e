"""How well the small recogniser hears, without devices: python -m tests.hearing.accuracy

Voices of flite, or others of festival (--voices festival), ask for things of the list and say
sentences that ask for nothing: as they are, as smaller speakers, in noise, in a reverberant room.
Prints a row for each condition and kind of sentence, and the CPU time for a second of sound.
"Asked" is what is right after one question: what the box asks "Did you say ...?" about rightly, the
answer to "A boat or a book?" (the thing as a story names it; one that is not understood is as good
as none, after which the box tells of the first) and, where of a request the call alone
was heard, to "What shall it be about?" ("a boat and a book"); answers are said by the same voice
and decoded like the request. What it asks about wrongly counts as refused, since the answer is no.
"Questions" are all that it asks.
--conditions and --rows name those wanted; festival's voices want the packages festival,
festvox-kdlpc16k, festvox-kallpc16k and festvox-us-slt-hts.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from storybot.config.schema import HearingSettings
from storybot.hearing.microphones.wav import Recording
from storybot.hearing.pcm import BLOCK_BYTES
from storybot.hearing.recognisers.pocketsphinx.letter_sounds import letter_sounds
from storybot.hearing.recognisers.pocketsphinx.recogniser import PocketSphinxRecogniser
from storybot.hearing.recordings import SILENCE_BLOCKS, hear_recording
from storybot.hearing.second.choice import make_second
from storybot.hearing.second.confirmation import LOADING_WAIT_S, Confirmation
from storybot.hearing.utterance import Utterance
from storybot.language.choices import chosen, told_apart
from storybot.language.listening import ListenFor
from storybot.language.requests import spoken_back, understand
from storybot.language.spoken_grammar import STOPS
from storybot.language.typed_requests import understand_typed
from storybot.system.processes import cpu_seconds
from storybot.system.profile import memory_kb
from tests.fakes.recognisers import VOICES, noisy
from tests.hearing.sentences import (
    ANSWERS,
    ASKED_ALIKE,
    BROKEN,
    BROKEN_ABOUT,
    COMMANDS,
    MORE_UNRELATED,
    NEAR,
    OTHER_ANSWERS,
    OTHER_NEAR,
    OUTSIDE,
    PAUSES,
    UNRELATED,
    asked,
)
from tests.hearing.speech import (
    FESTIVAL_VOICES,
    NATURAL_VOICE,
    babble,
    music,
    over,
    reverberant,
    say,
    silence,
    without_silence,
)

QUIET = silence(0.25)
SECOND = silence(1.0)
CALL = "tell me a story"
PATIENCE_S = 50.0  # for the second recogniser, however busy the machine is
SIGN_S = 0.9  # from the keyphrase to the answer, while the box gives its sign


@dataclass(frozen=True)
class Condition:
    """How the sentences are said."""

    name: str
    half_tones: float = 0.0  # by how much the voice is raised
    noise: float | None = None  # dB below the speech, white
    reverberant: bool = False
    babble: float | None = None  # dB below the speech: four other sentences at once


CONDITIONS = (
    Condition("clean"),
    Condition("+3", 3.0),
    Condition("+4.5", 4.5),
    Condition("+6", 6.0),
    Condition("20dB", noise=20.0),
    Condition("10dB", noise=10.0),
    Condition("babble20dB", babble=20.0),
    Condition("babble10dB", babble=10.0),
    Condition("reverb", reverberant=True),
)


@dataclass(frozen=True)
class Said:
    """One sentence."""

    text: str
    pcm: bytes  # 16 kHz mono int16
    right: Callable[[str], bool]  # whether this is to be understood
    answer: Callable[[str], bytes] | None = None  # these words, said alike; None: says no


@dataclass(frozen=True)
class Speakers:
    """Take turns at saying sentences."""

    voices: tuple[str, ...]
    condition: Condition

    def say(self, number: int, *parts: str | float) -> bytes:
        """Sentence `number`; a part that is a number is a pause of so many s."""
        voice, condition = self.voices[number % len(self.voices)], self.condition
        sound = b""
        for part in parts:
            if isinstance(part, float):
                sound += silence(part)
            else:
                spoken = say(part, voice, condition.half_tones)
                sound += without_silence(spoken) if len(parts) > 1 else spoken
        pcm = QUIET + sound + QUIET
        if condition.reverberant:
            pcm = reverberant(pcm)
        if condition.babble is not None:
            begin = number % (len(UNRELATED) - len(VOICES))
            others = babble(UNRELATED[begin:], VOICES)
            pcm = over(pcm, others, condition.babble)
        return pcm if condition.noise is None else noisy(pcm, condition.noise, number)


def asks_for(*things: str) -> Callable[[str], bool]:
    def right(text: str) -> bool:
        request = understand_typed(text)
        return request is not None and {thing.word for thing in request.things} == set(things)

    return right


def sounds_like(wish: str) -> Callable[[str], bool]:
    """Asks for the same, whatever the spelling of what is on no list."""
    return lambda text: sounds_of(text) == sounds_of(wish)


def sounds_of(text: str) -> str:
    """The consonants of all that the story is to be about, as espeak-ng reads them."""
    topic = text.lower().partition(" about ")[2].replace(",", "").split()
    return " ".join(consonants(word) for word in topic if word not in ("a", "an", "the"))


def consonants(word: str) -> str:
    phones = letter_sounds([word]).get(word, [word])[0].split()
    return " ".join(phone for phone in phones if phone[0] not in "AEIOU")


def nothing(text: str) -> bool:
    return False


def requests(speakers: Speakers, count: int) -> Iterator[Said]:
    for number, (text, things) in enumerate(asked(count)):
        right = asks_for(*(thing.word for thing in things))
        voice = number + number // ASKED_ALIKE
        yield Said(text, speakers.say(voice, text), right, partial(speakers.say, voice))


def with_a_pause(speakers: Speakers, count: int) -> Iterator[Said]:
    cases = list(product(PAUSES, BROKEN, BROKEN_ABOUT))
    for number in range(min(count, len(cases))):
        pause, (begun, rest), word = cases[number * 37 % len(cases)]  # 37 and 112 share no factor
        # the voices change from one pause and thing to the next
        speaker = number + number // 4
        sound = speakers.say(speaker, begun, pause, rest.format(word))
        answer = partial(speakers.say, speaker)
        yield Said(f"{begun} ... {rest.format(word)}", sound, asks_for(word), answer)


def answers(
    speakers: Speakers, count: int, said: tuple[tuple[str, str], ...] = ANSWERS
) -> Iterator[Said]:
    """Each of them by each voice."""
    for text, things in said:
        for number in range(len(speakers.voices)):
            sound = speakers.say(number, CALL, SIGN_S, text)
            yield Said(text, sound, asks_for(*things.split()))


def other_answers(speakers: Speakers, count: int) -> Iterator[Said]:
    return answers(speakers, count, OTHER_ANSWERS)


def commands(speakers: Speakers, count: int) -> Iterator[Said]:
    for number in range(4 * len(COMMANDS)):
        command = COMMANDS[number // 4]
        yield Said(command, speakers.say(number, command), command.__eq__)


def by_each(sentences: tuple[str, ...], speakers: Speakers, count: int) -> Iterator[Said]:
    """`count` of what asks for nothing, each sentence by one voice before any by the next."""
    for number in range(min(count, len(sentences) * len(speakers.voices))):
        text = sentences[number % len(sentences)]
        yield Said(text, speakers.say(number + number // len(sentences), text), nothing)


def unrelated(speakers: Speakers, count: int) -> Iterator[Said]:
    return by_each(UNRELATED + MORE_UNRELATED, speakers, count)


def near_sounds(speakers: Speakers, count: int) -> Iterator[Said]:
    return by_each(NEAR, speakers, count)


def other_near_sounds(speakers: Speakers, count: int) -> Iterator[Said]:
    return by_each(OTHER_NEAR, speakers, count)


def television(speakers: Speakers, count: int) -> Iterator[Said]:
    """The unrelated ones read over music, 12 dB below them."""
    for one in unrelated(speakers, count):
        yield Said(one.text, over(one.pcm, music(), 12.0), nothing)


def outside(speakers: Speakers, count: int) -> Iterator[Said]:
    """Names and things that are not listened for, each by one voice before any by the next.

    Right is what has their consonants: "Tarick".
    """
    for number in range(min(count, len(OUTSIDE) * len(speakers.voices))):
        again, which = divmod(number, len(OUTSIDE))
        text = f"{CALL} about {OUTSIDE[which]}"
        yield Said(text, speakers.say(number + again, text), sounds_like(text))


def noises(speakers: Speakers, count: int) -> Iterator[Said]:
    """Nobody speaks: silence, and steady noise and bursts of noise from soft to loud."""
    for number in range(min(count, 40)):
        chance, spread = random.Random(number), 40 * 2 ** (number // 8)
        pcm = b""
        for part in range(12):  # of a quarter of a second
            loud = spread * (number % 4 in (1, 2) or (number % 4 == 3 and part % 3 == 1))
            pcm += array("h", (round(chance.gauss(0, loud)) for _ in range(4000))).tobytes()
        yield Said(f"noise {number}", pcm, nothing)


def stops(speakers: Speakers, count: int) -> Iterator[Said]:
    for number in range(4 * len(STOPS)):
        stop = STOPS[number // 4]
        yield Said(stop, SECOND + speakers.say(number, stop) + SECOND, bool)


def no_stops(speakers: Speakers, count: int) -> Iterator[Said]:
    for one in enumerate(UNRELATED + NEAR):
        yield Said(one[1], SECOND + speakers.say(*one) + SECOND, nothing)


ROWS = {
    "requests": requests,
    "pauses": with_a_pause,
    "answers": answers,
    "other-answers": other_answers,
    "commands": commands,
    "unrelated": unrelated,
    "near": near_sounds,
    "other-near": other_near_sounds,
    "television": television,
    "outside": outside,
    "noise": noises,
}
STORY_ROWS = {"stops": stops, "no-stops": no_stops}  # said while a story is told


@dataclass
class Ears:
    """A recogniser, maybe with a second, and the time that the first took."""

    recogniser: PocketSphinxRecogniser
    settings: HearingSettings
    confirmation: Confirmation | None = None
    cpu: float = 0.0  # s
    sound: float = 0.0  # s

    def hear(self, pcm: bytes, in_story: bool) -> Utterance | None:
        """What was heard for sure, or is asked about."""
        recording = Recording(pcm, ())
        begun = time.process_time()
        if in_story:
            self.recogniser.listen_for(ListenFor.STOP)
            events = self.recogniser.hear(pcm) + self.recogniser.finish()
            sure = [one for one in events if isinstance(one, Utterance) and one.sure]
            heard = sure[0] if sure else None
        else:
            heard = hear_recording(recording, self.recogniser, self.settings, self.confirmation)
        self.cpu += time.process_time() - begun
        self.sound += recording.seconds
        return heard if heard is not None and (heard.sure or heard.likely) else None

    def choice(self, one: Said, heard: Utterance) -> str:
        """What is asked for after "A boat or a book?"; "": nothing."""
        wishes = [text for text in (heard.text, heard.alternative) if one.right(text)]
        requests = understand(heard.text), understand(heard.alternative)
        apart = told_apart(*requests)
        if not wishes or one.answer is None or apart is None:
            return ""
        thing = apart[heard.alternative in wishes]
        self.recogniser.listen_for(ListenFor.CHOICE)
        answer = understand(self.last_said(one.answer(thing.name or thing.phrase)))
        first, second = requests
        assert first is not None and second is not None
        if answer is None or not answer.things:
            return spoken_back(first)  # as where nothing is said: it is the likelier
        return spoken_back(chosen(answer, first, second))

    def told(self, one: Said) -> str:
        """What is asked for after "What shall it be about?"; "": nothing."""
        topic = one.text.partition(" about ")[2].removesuffix(" please")
        if one.answer is None or not topic:
            return ""
        self.recogniser.listen_for(ListenFor.REQUEST)
        return self.last_said(one.answer(topic))

    def last_said(self, pcm: bytes) -> str:
        quiet = bytes(BLOCK_BYTES) * SILENCE_BLOCKS
        events = self.recogniser.hear(quiet + pcm + quiet) + self.recogniser.finish()
        said = [event.text for event in events if isinstance(event, Utterance) and event.sure]
        return said[-1] if said else ""

    def row(self, name: str, said: Iterator[Said], show: bool) -> str:
        right = asked = wrong = refused = questions = 0
        for one in said:
            heard = self.hear(one.pcm, name in STORY_ROWS)
            choice = None
            called = heard is not None and heard.text == CALL and one.right is not nothing
            if heard is not None and (called or heard.likely or heard.alternative):
                questions += 1
                choice = self.told(one) if called else None
                choice = self.choice(one, heard) if heard.alternative else choice
            if choice is not None:
                refused += not choice
                asked += one.right(choice)
                wrong += bool(choice) and not one.right(choice)
            elif heard is None:
                refused += 1
            elif one.right(heard.text):
                right += heard.sure
                asked += heard.likely
                continue
            elif heard.likely:
                refused += 1
            else:
                wrong += 1
            if show:
                found = heard and (
                    heard.text,
                    round(heard.confidence, 2),
                    heard.alternative,
                    choice,
                )
                print(f"  {one.text} -> {found}")
        said_now = right + asked + wrong + refused
        return f"{said_now} | {right} | {asked} | {wrong} | {refused} | {questions}"


def confirmed_by(settings: HearingSettings) -> Confirmation | None:
    """By the second recogniser that is wanted, which is waited for however busy the machine is."""
    second = make_second(settings, "full")
    if second is None:
        return None
    confirmation = Confirmation(second, settings.keyphrase, wait=PATIENCE_S)
    confirmation.wait_until_loaded(LOADING_WAIT_S)
    return confirmation


def cost_of(confirmation: Confirmation) -> str:
    """The second recogniser's processor time for a question, and its memory."""
    pid = confirmation.second.pid
    spent = cpu_seconds(pid) / max(1, confirmation.asked)
    pss = memory_kb("Pss", Path(f"/proc/{pid}/smaps_rollup")) // 1024
    return (
        f"{confirmation.second.name}: {confirmation.asked} questions, {confirmation.unanswered} "
        f"unanswered, {spent:.2f} s of CPU for each (loading included), {pss} MB (PSS)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    every, kinds = [one.name for one in CONDITIONS], [*ROWS, *STORY_ROWS]
    how_many = "and as many with a pause, unrelated, near"
    parser.add_argument("--requests", type=int, default=60, help=how_many)
    parser.add_argument("--things", type=int, default=500)
    parser.add_argument("--voices", choices=("flite", "festival", "joe"), default="flite")
    parser.add_argument("--conditions", nargs="+", choices=every, default=["clean", "20dB"])
    parser.add_argument("--rows", nargs="+", choices=kinds, default=kinds)
    parser.add_argument(
        "--show", action="store_true", help="what was not right, and what was heard"
    )
    parser.add_argument("--second", choices=("none", "whisper"), default="none")
    args = parser.parse_args()
    settings = HearingSettings(things=args.things, second_opinion=args.second)
    confirmation = confirmed_by(settings)
    known = {"flite": VOICES, "festival": tuple(FESTIVAL_VOICES), "joe": (NATURAL_VOICE,)}
    voices = known[args.voices]
    print("| | said | right | asked | wrong | refused | questions |\n|---|---|---|---|---|---|---|")
    for condition in (one for one in CONDITIONS if one.name in args.conditions):
        with tempfile.TemporaryDirectory() as cache:
            ears = Ears(PocketSphinxRecogniser(settings, Path(cache)), settings, confirmation)
            for name in args.rows:
                said = (ROWS | STORY_ROWS)[name](Speakers(voices, condition), args.requests)
                print(
                    f"| {name}, {condition.name} | {ears.row(name, said, args.show)} |", flush=True
                )
        print(f"{condition.name}: {ears.cpu / ears.sound:.3f} s of CPU for a second of sound")
        if confirmation is not None:
            print(cost_of(confirmation))


if __name__ == "__main__":
    main()
