"""`storybot tell` and `storybot hear` with the real engine, voice and recogniser."""

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from storybot.cli import main
from storybot.errors import Exit
from storybot.language.story_phrases import CLOSING_SENTENCE

Out = pytest.CaptureFixture[str]


def tell(model: Path, *words: str) -> int:
    seed = () if "--seed" in words else ("--seed", "3")
    plain = ("--plot", "off", "--length", "60")
    return main.main(["tell", *words, "--model", str(model), *plain, *seed])


def test_words_become_a_story(model: Path, capsys: Out) -> None:
    assert tell(model, "about", "a", "cat", "--silent") == Exit.OK
    told = capsys.readouterr()
    title, _, story = told.out.partition("\n\n")
    assert title == "A story about a cat."
    assert story.count("cat") >= 1 and story.rstrip()[-1] in '.!?"'
    assert "tokens/s" in told.err and "seed 3" in told.err


def test_the_same_seed_tells_the_same_story(model: Path, capsys: Out) -> None:
    stories = []
    for _ in range(2):
        tell(model, "a dragon and a boat", "--silent")
        stories.append(capsys.readouterr().out)
    assert stories[0] == stories[1]
    assert "a dragon and a boat" in stories[0].splitlines()[0]


def test_an_opening_is_taken_as_it_is(model: Path, capsys: Out) -> None:
    assert tell(model, "--opening", "The moon was blue.", "--silent") == Exit.OK
    assert capsys.readouterr().out.startswith("The moon was blue.")


@pytest.mark.parametrize(
    "opening", ["Zoë said “hi” — £5 … 🐉.", "Миша и кот.", "She wrote </s> and <0x41>."]
)
def test_an_opening_is_shown_to_the_last_character(model: Path, capsys: Out, opening: str) -> None:
    assert tell(model, "--opening", opening, "--silent") == Exit.OK
    assert capsys.readouterr().out.startswith(opening)


@pytest.mark.parametrize(
    ("opening", "length"),
    [("The moon was blue. " * 8, "16"), ("A cat sat. " * 400, "4096")],
    ids=["longer than the story", "longer than the context"],
)
def test_an_opening_without_room_for_a_story(
    model: Path, capsys: Out, opening: str, length: str
) -> None:
    words = ["tell", "--opening", opening, "--length", length, "--model", str(model), "--silent"]
    assert main.main(words) == Exit.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert "the opening is too long" in told.err and told.err.count("\n") == 1


def test_a_blank_opening_is_none(model: Path, capsys: Out) -> None:
    told = []
    for opening in ("", " \n "):
        words = ["tell", "--opening", opening, "--seed", "1", "--length", "60", "--silent"]
        assert main.main([*words, "--model", str(model)]) == Exit.OK
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != ""


def test_a_model_that_ends_stories_with_eos(eos_model: Path, capsys: Out) -> None:
    for seed in ("1", "4", "7"):
        words = ("about", "a", "cat", "--silent", "--seed", seed)
        assert (
            main.main(
                ["tell", *words, "--model", str(eos_model), "--plot", "off", "--length", "512"]
            )
            == Exit.OK
        )
        told = capsys.readouterr().out
        assert "</s>" not in told and CLOSING_SENTENCE not in told


def test_a_wav_holds_what_the_terminal_shows(model: Path, capsys: Out, tmp_path: Path) -> None:
    path = tmp_path / "story.wav"
    assert tell(model, "about a boat", "--wav", str(path)) == Exit.OK
    told = capsys.readouterr()
    assert told.out.startswith("A story about a boat.\n\n")
    assert "first sound after" in told.err and "synthesised in" in told.err
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    words = len(told.out.split())
    assert words / 6 < seconds < words, "a robot says one to six words a second"


def test_things_that_no_recogniser_knows_can_be_typed(model: Path, capsys: Out) -> None:
    assert tell(model, "about", "a", "zeppelin", "--silent") == Exit.OK
    assert "a zeppelin" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["stop"], Exit.NOT_HEARD, "asks for no story"),
        (["about", "a", "murder"], Exit.NOT_HEARD, "no subject for a child"),
        (["about a cat", "--opening", "x"], Exit.USAGE, "not several"),
        (["about a cat", "--model", "none.bin"], Exit.MODEL, "there is no model file none.bin"),
        (["about a cat", "--voice", "tenor"], Exit.USAGE, "expected one of auto, espeak"),
        (["--heard", "none.wav"], Exit.SOUND_IN, "none.wav"),
        (["about a cat", "--wav", "/"], Exit.USAGE, "--wav: give the name of a file"),
        (["about a cat", "--wav", "."], Exit.USAGE, "--wav: give the name of a file"),
        (["about a cat", "--wav", ""], Exit.USAGE, "--wav: give the name of a file"),
        (["about a cat", "--wav", ".."], Exit.USAGE, "--wav: give the name of a file"),
        (["about a cat", "--or-wav", ""], Exit.USAGE, "--or-wav: give the name of a file"),
        (["about a cat", "--silent", "--wav", "x.wav"], Exit.USAGE, "leave one of them out"),
        (["about a cat", "--silent", "--or-wav", "x.wav"], Exit.USAGE, "leave one of them out"),
        (["about a cat", "--seed", "-1"], Exit.USAGE, "expected a number from 0 to"),
    ],
)
def test_bad_requests_get_one_sentence(
    model: Path, capsys: Out, words: list[str], code: Exit, sentence: str
) -> None:
    model_given = "--model" in words
    assert (main.main(["tell", *words]) if model_given else tell(model, *words)) == code
    told = capsys.readouterr().err
    assert sentence in told
    assert len(told.strip().splitlines()) == 1


@pytest.mark.parametrize("length", ["-5", "0", "100000"])
def test_a_length_beyond_bounds(capsys: Out, length: str) -> None:
    assert main.main(["tell", "--silent", "--plot", "off", "--length", length]) == Exit.USAGE
    assert "--length: expected a number from 16 to 4096" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--length", "60"], "--length: expected one of short, middle, long, not '60'"),
        (["--plot", "maybe"], "--plot: expected one of on, off"),
        (["--drafts", "0"], "--drafts: expected a number from 1 to 32"),
    ],
)
def test_options_of_plots_are_bounded(capsys: Out, words: list[str], sentence: str) -> None:
    assert main.main(["tell", "--silent", *words]) == Exit.USAGE
    assert sentence in capsys.readouterr().err


def test_a_story_from_a_plan(capsys: Out) -> None:
    words = ["tell", "about a cat", "--silent", "--seed", "4", "--drafts", "2", "--length", "short"]
    stories = []
    for _ in range(2):
        assert main.main(words) == Exit.OK
        told = capsys.readouterr()
        stories.append(told.out)
        assert "tokens/s" in told.err
    assert stories[0] == stories[1]
    assert "cat" in stories[0].partition("\n\n")[2]


def test_an_unknown_accent(
    model: Path, capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYBOT_SPEAKING_ACCENT", "atlantean")
    assert tell(model, "about a cat", "--wav", str(tmp_path / "x.wav")) == Exit.SOUND_OUT
    assert "atlantean" in capsys.readouterr().err


def test_a_foreign_model_file(model: Path, capsys: Out, tmp_path: Path) -> None:
    for name, content in (("text.bin", b"no model at all" * 9), ("cut.story", b"")):
        path = tmp_path / name
        path.write_bytes(content or model.read_bytes()[:1000])
        code = main.main(["tell", "about a cat", "--silent", "--model", str(path)])
        assert code == Exit.MODEL
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_from_a_recording_to_a_wav(
    model: Path, capsys: Out, tmp_path: Path, say: Callable[[str], Path]
) -> None:
    asked = say("tell me a story about a rabbit")
    path = tmp_path / "story.wav"
    assert tell(model, "--heard", str(asked), "--wav", str(path)) == Exit.OK
    assert capsys.readouterr().out.startswith("A story about a rabbit.")
    assert path.stat().st_size > 22050


def test_hear_tells_what_was_understood(capsys: Out, say: Callable[[str], Path]) -> None:
    assert main.main(["hear", str(say("tell me a story about a cat"))]) == Exit.OK
    told = capsys.readouterr().out
    assert 'recognised: "tell me a story about' in told
    assert "confidence: -" in told
    assert "request:    A story about a cat." in told


def test_hear_does_not_understand_just_anything(capsys: Out, say: Callable[[str], Path]) -> None:
    code = main.main(["hear", str(say("the weather will be fine on thursday"))])
    assert code == Exit.NOT_HEARD


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_everything(model: Path, tmp_path: Path, number: signal.Signals) -> None:
    """With a fake engine that never ends, so that the signal meets it at work."""
    engine = tmp_path / "engine"
    engine.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nprintf 'Once. '\nexec sleep 60\n")
    engine.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "storybot", "tell", "--silent", "--model", str(model)],
        env=os.environ | {"STORYBOT_TELLING_ENGINE": str(engine)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    for _ in range(300):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
            break
        time.sleep(0.1)
    child = int((tmp_path / "pid").read_text())
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    expected = Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
    assert process.returncode == expected
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(child, 0)
            time.sleep(0.1)


def test_a_reader_that_leaves_ends_the_story_and_leaves_no_scraps(
    model: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "storybot", "tell", "about a cat", "--model", str(model)]
    process = subprocess.Popen(
        [*words, "--wav", str(tmp_path / "story.wav")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    assert process.wait(30) in (Exit.OK, 141)
    assert list(tmp_path.glob("*.part")) == []
    process.stderr.close()


@pytest.mark.parametrize("aloud", [True, False])
def test_a_full_disk_ends_the_story_in_one_sentence(
    model: Path, tmp_path: Path, aloud: bool
) -> None:
    how = ["--wav", str(tmp_path / "story.wav")] if aloud else ["--silent"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "storybot", "tell", "a cat", "--model", str(model), *how],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == Exit.FAULT
    assert done.stderr == "storybot: the output cannot be written (No space left on device)\n"
    assert list(tmp_path.glob("*.part")) == []
