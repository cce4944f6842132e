"""What is said to measure recognisers: requests, answers, commands, and what asks for nothing."""

from __future__ import annotations

from storybot.language.things import Thing, load_things

COMMANDS = ("another one", "another story", "tell it again", "louder", "softer", "good night")
PAUSES = (0.4, 0.6, 0.8, 1.0)  # s
BROKEN = (  # a request in two pieces, with a pause between them
    ("tell me", "a story about a {}"),
    ("tell me a", "story about a {}"),
    ("tell me a story", "about a {}"),
    ("tell me a story about", "a {}"),
    ("tell me a story about a", "{}"),
    ("please tell me a story about the", "{}"),
    ("can you tell me a story about a big", "{}"),
)
BROKEN_ABOUT = ("cat", "dragon", "house", "fish")
ANSWERS = (  # after the keyphrase and the box's sign, with the things asked for
    ("a cat", "cat"),
    ("a big dog", "dog"),
    ("dinosaurs", "dinosaur"),
    ("the moon", "moon"),
    ("a princess", "princess"),
    ("about a dragon", "dragon"),
    ("a dog and a cat", "dog cat"),
)
OTHER_ANSWERS = (  # which no figure in the code was chosen with
    ("a rabbit", "rabbit"),
    ("a little bird", "bird"),
    ("trains", "train"),
    ("an elephant", "elephant"),
    ("a ball", "ball"),
    ("about a pirate", "pirate"),
    ("a bear and a boat", "bear boat"),
)
UNRELATED = (
    "can you pass me the salt please",
    "where did you put my shoes",
    "the cat is sleeping on the sofa",
    "do not forget to brush your teeth",
    "it is your turn to wash the dishes",
    "there is a dog in the garden",
    "did you see the moon last night",
    "the story in the newspaper was sad",
    "he told me about his holiday",
    "that was a very good story",
    "I do not want to go to bed",
    "who left the door open again",
    "we saw an elephant at the zoo",
    "stop hitting your brother right now",
    "it is too loud in this restaurant",
    "tell me what happened at school",
    "a quarter of the people did not vote",
    "I have a story to tell about work",
    "another day another problem",
    "you can tell me later on",
)
NEAR = (  # short, and like something that is listened for
    "good bye",
    "good morning",
    "last night",
    "at night",
    "stop there",
    "stop and look",
    "the bus stop",
    "do not stop",
    "drop it",
    "chop it up",
    "not again",
    "never again",
    "once again",
    "tell her again",
    "tell me again",
    "start again",
    "a loud noise",
    "a letter",
    "later",
    "be quiet",
    "quite right",
    "a quarter to nine",
    "soft toys",
    "the sofa",
    "the other one",
    "the other story",
    "another cup of tea",
    "another biscuit please",
    "what a story",
    "sell me a story",
    "tell me a joke",
    "tell me a story later",
    "tell me the story of your life",
    "could I",
    "can you help me",
    "please sit down",
    "what",
    "mum",
    "come here",
    "hello there",
)

OUTSIDE = (  # wishes with names and things that are not listened for
    "a boy called Tarek",
    "a washing machine",
    "a girl called Yara",
    "a shopping trolley",
    "a boy called Otto and his dog",
    "a paper plane",
    "a hamster called Biscuit",
    "a hot water bottle",
    "a girl called Freya and her horse",
    "a vacuum cleaner",
    "a dog called Rufus",
    "a snow plough",
    "a boy called Jamal and his truck",
    "a traffic light",
    "a cat called Pumpkin",
    "a tennis racket",
    "a girl called Priya and a dragon",
    "a saxophone",
    "a bear called Bruno",
    "an armadillo",
    "a boy called Henrik",
    "a chameleon",
    "a robot called Sparky",
    "a porcupine",
    "a dragon called Milo",
    "a lawn mower",
    "a boy called Matteo",
    "a pelican",
    "a princess called Sofia",
    "a trombone",
    "a monster called Bob",
    "a badger",
    "a girl called Zoe",
    "a flamingo and a suitcase",
    "a duck called Waddles",
    "a hedgehog and a wheelbarrow",
    "a boy called Felix and his sister",
    "a lamp post",
    "a fish called Bubbles",
    "a bicycle pump",
)


def asked(count: int) -> list[tuple[str, tuple[Thing, ...]]]:
    """Requests in five forms, for things from all over the list."""
    things = [t for t in load_things() if t.kind in ("creature", "thing")][:200]
    made: list[tuple[str, tuple[Thing, ...]]] = []
    for number in range(count):
        one, two = things[number * 7 % len(things)], things[(number * 11 + 3) % len(things)]
        forms: tuple[tuple[str, tuple[Thing, ...]], ...] = (
            (f"tell me a story about {one.phrase}", (one,)),
            (f"tell me a story about {one.phrase} and {two.phrase}", (one, two)),
            (f"can you tell me a story about {one.phrase} please", (one,)),
            (f"tell me a story about {one.plural}", (one,)),
            (f"please tell me a story about {one.definite}", (one,)),
        )
        made.append(forms[number % len(forms)])
    return made
