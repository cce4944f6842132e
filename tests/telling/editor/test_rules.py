"""Every rule of the editor: what it throws away, and what looks alike and is sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storybot.telling.editor import (
    clauses,
    form,
    naming,
    nouns,
    obeying,
    speaking,
    tense,
    times,
    wording,
)
from storybot.telling.editor.rules import RULES, fault_of
from tests.telling.editor.scenes import reading, scene

BAD = True
GOOD = False
TOLD = ("The duck lost her hat by the pond.", "The fox looked under a big tree.")


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck swam home.", GOOD),
        ('The fox said, "|Good night!"', GOOD),
        ("The duck swam to the", BAD),
        ("The duck swam.\nThe fox", BAD),
        ("", BAD),
    ],
)
def test_unfinished(text: str, bad: bool) -> None:
    assert form.unfinished(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ('The fox said, "|Good night."', GOOD),
        ('"|I lost it," said Dotty.', GOOD),
        ('The fox said, "|Good night.', BAD),
        ("The fox said, “|Good night.”", GOOD),
    ],
)
def test_open_quotation(text: str, bad: bool) -> None:
    assert form.open_quotation(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"), [("She had 3 hats.", BAD), ("At 3 o'clock |she had three hats.", GOOD)]
)
def test_number(text: str, bad: bool) -> None:
    assert form.number(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She swam (and swam).", BAD),
        ("She [lost] it.", BAD),
        ('"Well-done," he said; "it\'s yours!"', GOOD),
        ('"Oh... Really?!" he said.', GOOD),
        ('He said, "I counted to three.."', BAD),
        ("They counted one, two, three......", BAD),
    ],
)
def test_strange_mark(text: str, bad: bool) -> None:
    assert form.strange_mark(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She swam.", BAD),
        ("The duck swam over the pond.", GOOD),
        ("Then the duck swam|.", BAD),
        ("And then" + " she swam" * 13 + ".", BAD),
    ],
)
def test_wrong_length(text: str, bad: bool) -> None:
    assert form.wrong_length(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck was glad.", GOOD),
        ("The duck was gladful.", BAD),
        ("Dotty's hat wasn't there.", GOOD),
        ("The gladful duck| was here.", GOOD),
        ("The duck was gla|d.", GOOD),
        ("I'm glad.", GOOD),
    ],
)
def test_unknown_word(text: str, bad: bool) -> None:
    assert wording.unknown_word(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("They played with the hat and the hat.", BAD),
        ("She was happy and happy.", BAD),
        ("She went to to the pond.", BAD),
        ("She walked and walked.", GOOD),
        ("It flew higher and higher.", GOOD),
        ("The seed grew and grew.", GOOD),
        ("He threw and threw, up and up it went.", GOOD),
        ("It was a very very big hat.", GOOD),
        ("It was a deep, deep pond.", GOOD),
        ('"No, no!" he said.', GOOD),
    ],
)
def test_stutter(text: str, bad: bool) -> None:
    assert wording.stutter(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She found a big pillow and a soft pillow.", BAD),
        ("It was very quiet, |but it was very quiet.", BAD),
        ("The star shone, shone brightly, shone far.", BAD),
        ("She waited and waited.", GOOD),
        ("It was a deep, deep forest.", GOOD),
        ('"Is it a pillow?" asked the fox. "|It is a pillow."', GOOD),
        ("The pillow was a pillow| and she saw it.", GOOD),
    ],
)
def test_word_twice(text: str, bad: bool) -> None:
    assert wording.word_twice(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck and the though they swam.", BAD),
        ("The fox wanted a hats.", BAD),
        ("The fox wanted a soft, round, brown pajamas.", BAD),
        ("The fox wanted a old hat.", BAD),
        ("The fox wanted an hat.", BAD),
        ("The fox wanted an old hat and a unicorn.", GOOD),
        ("The fox opened the heard a sound.", BAD),
        ("The fox of lived in a wood.", BAD),
        ("The fox jumped out of bed with a bag full of red apples and lost toys.", GOOD),
        ("The fox sang his a song.", BAD),
        ("The fox saw the lost hat, and it was his.", GOOD),
        ("The fox saw a big, green frogs.", BAD),
        ("The fox saw a black frogs.", BAD),
        ('The fox said, "I will look for your new."', BAD),
        ("The fox found a new, shiny hat.", GOOD),
        ("The fox, who, saw the pond.", BAD),
        ('But, oh, the "king" of the pond came.', GOOD),
        ("The fox saw a few frogs in a big pond of frogs.", GOOD),
        ("The fox looked for the, and swam.", BAD),
        ("The fox saw a dress and a bus.", GOOD),
        ("The fox saw a duck's hat in the pond.", GOOD),
        ("The the |fox saw it.", GOOD),
        ('"I like the," said the fox.', BAD),
    ],
)
def test_broken_phrase(text: str, bad: bool) -> None:
    assert wording.broken_phrase(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck lost her hat under a tree.", GOOD),
        ("The duck lost her way.", GOOD),
        ("The duck was losing it.", BAD),
        ("The duck swam home.", BAD),
    ],
)
def test_off_plan(text: str, bad: bool) -> None:
    assert obeying.off_plan(reading(text), scene(keywords=("lost", "hat"))) is bad
    assert not obeying.off_plan(reading(text), scene())


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck and the fox became best friends.", BAD),
        ("They lived happily ever after.", BAD),
        ("The duck learned to share.", GOOD),
        ("The duck swam home.", GOOD),
    ],
)
def test_early_end(text: str, bad: bool) -> None:
    there = scene(sentence="The duck learned to swim.")
    assert obeying.early_end(reading(text), there) is bad
    assert not obeying.early_end(reading(text), replace(there, last=True))


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("But the hat was there.", BAD),
        ("But the hat was not there.", GOOD),
        ("But the hat wasn't there.", GOOD),
    ],
)
def test_missing_not(text: str, bad: bool) -> None:
    assert obeying.missing_not(reading(text), scene(sentence="But there was no hat.")) is bad
    assert not obeying.missing_not(reading(text), scene(sentence="But there was a hat."))


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck was not very happy.", BAD),
        ("The duck wasn't happy.", BAD),
        ("The duck was happy and did not cry.", GOOD),
        ("The duck did not cry, for she was happy.", GOOD),
        ("The duck was not sad.", GOOD),
    ],
)
def test_keyword_denied(text: str, bad: bool) -> None:
    assert obeying.keyword_denied(reading(text), scene(keywords=("Happy",))) is bad
    denied = scene(keywords=("Happy",), sentence="The duck was not happy any more.")
    assert not obeying.keyword_denied(reading(text), denied)


def test_what_is_given_may_deny() -> None:
    given = reading("The duck was not| happy any more.")
    assert not obeying.keyword_denied(given, scene(keywords=("happy",)))


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck lost her hat by the pond!", BAD),
        ("The duck lost her hat by the big pond.", GOOD),
        ("Thank you, fox.", GOOD),
    ],
)
def test_said_before(text: str, bad: bool) -> None:
    assert wording.said_before(reading(text), scene((*TOLD, "Thank you, fox."))) is bad
    planned = scene((*TOLD, "Thank you, fox."), sentence="The duck lost her hat by the pond.")
    assert not wording.said_before(reading(text), planned)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The happy duck lost her hat by the pond.", BAD),
        ("Then he| looked under a big tree.", BAD),
        ("The fox saw her hat by the old tree.", GOOD),
        ("They looked.", GOOD),
    ],
)
def test_echo(text: str, bad: bool) -> None:
    assert wording.echo(reading(text), scene(TOLD)) is bad


def test_the_plan_may_say_something_again() -> None:
    planned = scene(TOLD, sentence="Again the fox looked under a big tree.")
    assert not wording.echo(reading("Then he| looked under a big tree."), planned)
    assert wording.echo(reading("The happy duck lost her hat by the pond."), planned)


def test_unsuitable() -> None:
    assert wording.unsuitable(reading("The fox had a knife."), scene())
    assert not wording.unsuitable(reading("The fox had a spoon."), scene())


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She found her hat.", GOOD),
        ("She found |the pond.", BAD),
        ("She looked for a cap.", GOOD),
    ],
)
def test_missing_need(text: str, bad: bool) -> None:
    assert obeying.missing_need(reading(text), scene(need=(frozenset(("hat", "cap")),))) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She found the hat.", BAD),
        ("She had not| looked there.", GOOD),
        ("She didn't look there.", BAD),
        ("She looked everywhere.", GOOD),
        ('She cried, "|Oh no! It is gone."', GOOD),
        ('She cried, "|No! It is gone."', BAD),
    ],
)
def test_banned(text: str, bad: bool) -> None:
    assert obeying.banned(reading(text), scene(ban=frozenset(("found", "not")))) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck saw the washing machine.", GOOD),
        ("The duck looked at the machine.", GOOD),
        ("The duck saw the washing machines.", GOOD),
        ("The duck said good night to the birds and washing in the machine.", BAD),
        ("The duck saw a washing.", BAD),
        ("The duck saw the washing| machine.", GOOD),
        ("The duck saw the washing| in it.", BAD),
    ],
)
def test_name_in_parts(text: str, bad: bool) -> None:
    here = scene()
    head = "washing machines" if "machines" in text else "washing machine"
    thing = replace(here.story.cast.thing, noun="washing machine", head=head)
    story = replace(here.story, cast=replace(here.story.cast, thing=thing))
    assert naming.name_in_parts(reading(text), replace(here, story=story)) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("She learned to be patient and not be patient.", BAD),
        ("She was sad, but not very sad.", BAD),
        ("She was small, but not afraid.", GOOD),
        ("It was not big.", GOOD),
    ],
)
def test_self_contradiction(text: str, bad: bool) -> None:
    assert obeying.self_contradiction(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck met a cat.", BAD),
        ("The duck had a brother.", BAD),
        ("The duck met Lily.", BAD),
        ("Lily met the duck.", BAD),
        ("Daisy met the duck.", BAD),
        ("Dotty met the fox.", GOOD),
        ("The fox saw Fox.", BAD),
        ('"No, Mine!" said the fox.', BAD),
        ("A cat came, |and I saw the fox.", GOOD),
        ("All the animals came, and I'm glad.", GOOD),
        ("They saw birds.", GOOD),
    ],
)
def test_stranger(text: str, bad: bool) -> None:
    assert naming.stranger(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("So everyone ate the little fox.", BAD),
        ('"I want to eat you," said the fox.', BAD),
        ("The fox ate with the duck.", GOOD),
        ("The fox ate the duck's bread.", GOOD),
        ("The fox ate his bread and the duck swam.", GOOD),
    ],
)
def test_eats_somebody(text: str, bad: bool) -> None:
    assert naming.eats_somebody(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("A duck heard the fox.", BAD),
        ("The fox met another little duck.", BAD),
        ("Her duck wanted to swim.", BAD),
        ("The happy duck swam.", GOOD),
        ("The fox swam like a duck.", GOOD),
        ("She met a fox.", GOOD),
        ("A duck |swam by.", GOOD),
    ],
)
def test_introduced_again(text: str, bad: bool) -> None:
    assert naming.introduced_again(reading(text), scene(("A duck swam.",))) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("An old man at the road, far away.", BAD),
        ("The fox is happy.", BAD),
        ("The fox was happy.", GOOD),
        ("The fox looked away.", GOOD),
        ('"I am happy," |she says.', GOOD),
    ],
)
def test_no_past_verb(text: str, bad: bool) -> None:
    assert tense.no_past_verb(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck would dreamed of a hat.", BAD),
        ("She could not went home.", BAD),
        ("The fox didn't saw it.", GOOD),  # to saw is a verb, too
        ("The fox didn't found it, he did knew.", BAD),
        ("The duck would dream, swam and slept.", GOOD),
        ("She could need and feed it.", GOOD),
        ("She would, loved or not, put it down.", GOOD),
        ("He was not tired.", GOOD),
    ],
)
def test_wrong_verb_form(text: str, bad: bool) -> None:
    assert tense.wrong_verb_form(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck had a hat on a hill, so the windy day.", BAD),
        ("The star shone down on it, and all night.", BAD),
        ("There, he jumped, and the others from a high rock.", BAD),
        ("The duck saw a frog, a fox, and a big bird.", GOOD),
        ("He swam, and so did the fox.", GOOD),
        ("She dreamed of a castle, and of a big bird.", GOOD),
        ("She looked for the hat, but not under the bed.", GOOD),
        ("And from that day on, the duck was careful.", GOOD),
        ("The duck was small, but very brave.", GOOD),
        ("The bed was old, but soft and warm.", GOOD),
        ("It was not a bear, but a small, round hat.", GOOD),
        ("The duck was glad, but the wind and the water.", BAD),
        ("But one day, a new fox came to the pond.", GOOD),
        ('The fox said, "|I like you, but the big hat."', GOOD),  # one may speak so
    ],
)
def test_clause_without_verb(text: str, bad: bool) -> None:
    assert clauses.clause_without_verb(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("There was no bridge, the water.", BAD),
        ("There was no bridge, and the water was.", BAD),
        ("Then there was a night, a big storm.", BAD),
        ("There was a duck, a fox and a bird.", GOOD),
        ("There was no bridge, and the water was cold.", GOOD),
        ("There was a fox, the duck thought.", GOOD),
        ("The hat was where it was.", GOOD),
        ("Nobody knew how big the pond was.", GOOD),
    ],
)
def test_loose_end(text: str, bad: bool) -> None:
    assert clauses.loose_end(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("I lost my hat in this morning.", BAD),
        ("The duck will swim on tomorrow.", BAD),
        ("The duck practiced all day afternoon.", BAD),
        ("The duck worked with the glue and afternoon.", BAD),
        ("The duck worked in the morning and afternoon.", GOOD),
        ("The duck worked all day and night.", GOOD),
        ("The duck came home this morning, and tomorrow it will swim.", GOOD),
        ("The duck sat in, this morning.", GOOD),
    ],
)
def test_misplaced_time(text: str, bad: bool) -> None:
    assert times.misplaced_time(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck played with the softly every day.", BAD),
        ("The duck was very good night to the birds.", BAD),
        ("The duck saw the slowly moving train.", GOOD),
        ("The duck said good night to the birds.", GOOD),
        ("The fox hugged her tightly.", GOOD),
        ("The duck played with the softly every day.|", GOOD),
    ],
)
def test_misplaced_manner(text: str, bad: bool) -> None:
    assert times.misplaced_manner(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck saw the paint on hill.", BAD),
        ("They made more sandwich.", BAD),
        ("The duck sat on hill and sang.", BAD),
        ("The duck slept in bed.", GOOD),
        ("It was a letter from grandma.", GOOD),
        ("They made one more sandwich.", GOOD),
        ("The duck sat on boat shoes.", GOOD),
        ("The duck sat on hill.|", GOOD),
    ],
)
def test_noun_alone(text: str, bad: bool) -> None:
    assert nouns.noun_alone(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("This time, everyone ate the table.", BAD),
        ('The fox said, "We will eat the sun!"', BAD),
        ("They ate all of the cake.", GOOD),
        ("They ate ice cream on the hill.", GOOD),
        ("They ate, and the table was full.", GOOD),
        ("They ate the bread on the table.", GOOD),
    ],
)
def test_eats_no_food(text: str, bad: bool) -> None:
    assert nouns.eats_no_food(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck let the dog gave it a bone.", BAD),
        ("The duck let the dog have a bone.", GOOD),
        ("The duck let the fox in and gave it a bone.", GOOD),
        ("The duck let go, and fell.", GOOD),
        ('"Let\'s split the pie," said the duck.', GOOD),
    ],
)
def test_let_somebody_did(text: str, bad: bool) -> None:
    assert clauses.let_somebody_did(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck listened and under the blanket.", BAD),
        ("The duck was the first one won the race!", BAD),
        ('The duck said, "We need to some branches."', BAD),
        ("The duck moved slowly and over the stones.", BAD),
        ("The duck moved slowly and quietly over the stones.", GOOD),
        ("The duck had to talk to the fox.", GOOD),
        ("|The duck listened and crept under the blanket.", GOOD),
        ("The duck looked behind the tree and under the bush.", GOOD),
        ("The duck was the first one who won.", GOOD),
        ("The first one won the race.", GOOD),
    ],
)
def test_verb_left_out(text: str, bad: bool) -> None:
    assert clauses.verb_left_out(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ('The fox asked, "|May I have it, and it is fun."', BAD),
        ('The fox asked, "|May I have it? It is fun."', GOOD),
        ('The fox said, "|I like it."', GOOD),
        ("The fox asked the duck to come.", GOOD),
    ],
)
def test_question_without_mark(text: str, bad: bool) -> None:
    assert clauses.question_without_mark(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck sat down and it was very sad.", BAD),
        ("Dotty ran, but it felt tired.", BAD),
        ("The duck found a bird, and it was sad.", GOOD),
        ("The duck sat down and it was very late.", GOOD),
        ("The star fell, and it was sad.", GOOD),
        ('The duck said, "|It was sad."', GOOD),
        ("The duck was sad.", GOOD),
    ],
)
def test_it_for_somebody(text: str, bad: bool) -> None:
    assert naming.it_for_somebody(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("The duck saw the duck.", BAD),
        ("The fox and the duck became the fox's friends.", BAD),
        ("She put the hat on the hat.", BAD),
        ("Dotty and the duck played.", BAD),
        ("There was a duck named Dotty.", GOOD),
        ("The fox called the duck, and the duck came.", GOOD),
        ("The duck was glad because the duck had a hat.", GOOD),
        ('"Hello, fox," said the duck. "|I am a duck, too."', GOOD),
        ('"I see the fox with the fox," said the duck.', BAD),
        ("The fox ran. The fox fell.", GOOD),
    ],
)
def test_named_twice(text: str, bad: bool) -> None:
    assert naming.named_twice(reading(text), scene()) is bad


@pytest.mark.parametrize(
    ("text", "past", "bad"),
    [
        ("The duck lost her hat.", (), GOOD),
        ("The duck lost his hat.", (), BAD),
        ("The fox lost her hat.", (), BAD),
        ("The fox gave her his hat.", (), BAD),
        ("The fox gave her his hat.", TOLD, GOOD),
        ("She gave the fox his hat.", TOLD, GOOD),
        ("It was his hat.", (), GOOD),
        ('The duck said, "|It is his hat."', (), GOOD),
    ],
)
def test_wrong_pronoun(text: str, past: tuple[str, ...], bad: bool) -> None:
    assert naming.wrong_pronoun(reading(text), scene(past)) is bad


def test_a_pronoun_that_nobody_has() -> None:
    there = scene()
    girls = replace(there.story.cast, friend=replace(there.story.cast.friend, pronoun="it"))
    there = replace(there, story=replace(there.story, cast=girls))
    assert naming.wrong_pronoun(reading('The duck said, "|He is here."'), there)


@pytest.mark.parametrize(
    ("text", "actors", "bad"),
    [
        ("The fox looked for it.", ("fox",), GOOD),
        ("The duck and the fox looked for it.", ("fox",), BAD),
        ("The duck and the fox looked for it.", ("duck", "fox"), GOOD),
        ("They looked for it.", ("duck", "fox"), GOOD),
        ("Dotty looked for it.", ("Dotty",), GOOD),
        ("The fox looked for it.", ("Dotty",), BAD),
        ("The fox looked for it.", (), GOOD),
        ("There she| met a fox.", ("Dotty",), GOOD),
        ("There he| met a duck.", ("fox",), GOOD),
        ("There was a fox for her.", ("Dotty",), BAD),
    ],
)
def test_wrong_actor(text: str, actors: tuple[str, ...], bad: bool) -> None:
    assert naming.wrong_actor(reading(text), scene(actors=actors)) is bad


@pytest.mark.parametrize(
    ("text", "actors", "bad"),
    [
        ('"|I lost my hat," said the fox.', ("fox",), GOOD),
        ('"|I lost my hat," said the duck.', ("fox",), BAD),
        ('The fox asked, "|Where is it?"', ("fox",), GOOD),
        ('Dotty asked, "Where is it?"', ("fox",), BAD),
        ("The fox lost his hat.", ("fox",), BAD),
        ('The fox smiled and said, "Thank you, fox."', ("fox",), BAD),
        ('The fox smiled and said, "Thank you, Dotty."', ("fox",), GOOD),
        ('"I am a fox," said the fox.', ("fox",), GOOD),
        ('"I am sorry, fox," said the fox.', ("fox",), BAD),
        ('"I am a duck," said the fox.', ("fox",), BAD),
        ('"Hello, I\'m the duck," said the fox.', ("fox",), BAD),
        ('"I lost it," he said.', ("fox",), GOOD),
        ('"I lost it," she said.', ("fox",), BAD),
        ('"I lost it," said the duck.', (), GOOD),
        ('"Hello, duck," said the duck.', (), BAD),
        ("The duck swam.", (), GOOD),
    ],
)
def test_wrong_speaker(text: str, actors: tuple[str, ...], bad: bool) -> None:
    there = scene(actors=actors, speaks=bool(actors))
    assert speaking.wrong_speaker(reading(text), there) is bad


def test_a_she_that_may_be_both_is_whom_the_plan_means() -> None:
    there = scene(actors=("fox",), speaks=True)
    cast = replace(there.story.cast, friend=replace(there.story.cast.friend, pronoun="she"))
    there = replace(there, story=replace(there.story, cast=cast))
    assert not speaking.wrong_speaker(reading('She said, "|I lost my hat."'), there)
    assert speaking.wrong_speaker(reading('She said, "|I lost my hat, fox."'), there)


def test_the_first_rule_broken_gives_its_name() -> None:
    assert fault_of(reading("The duck saw the duck."), scene()) == "named_twice"
    assert fault_of(reading("The duck lost her yellow hat."), scene()) == ""


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("text", ["", " ", '"', '""', "|", "\n", "...", "'s", "A|b", "é|ß", "\0"])
def test_no_text_breaks_a_rule_itself(text: str) -> None:
    for actors in ((), ("fox",)):
        assert fault_of(reading(text), scene(actors=actors, speaks=bool(actors)))
