"""What programs and shells use: --json, stdin, stdout, and what is said to a mistyped word."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import pytest

from storybot.cli import main
from storybot.cli.parsers import COMMANDS, command_parser
from storybot.errors import Exit

Out = pytest.CaptureFixture[str]
SILENT = {"STORYBOT_SPEAKING_DRIVER": "silent", "STORYBOT_HEARING_DRIVER": "none"}


def storybot(*words: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "storybot", *words],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        timeout=120,
        check=False,
        env=os.environ | SILENT,
    )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["tel"], "tell"),
        (["libary"], "library"),
        (["statsu"], "status"),
        (["doktor"], "doctor"),
        (["library", "lst"], "list"),
        (["library", "shwo", "1"], "show"),
        (["models", "gte"], "get"),
        (["status", "--jsn"], "--json"),
        (["tell", "--slient"], "--silent"),
        (["tell", "-silent"], "--silent"),
        (["help", "tel"], "tell"),
        (["config", "--chek", "x"], "--check"),
    ],
)
def test_a_mistyped_word_is_told_what_was_meant(words: list[str], hint: str, capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(words)
    assert ended.value.code == Exit.USAGE
    assert capsys.readouterr().err.rstrip().endswith(f"did you mean {hint}?")


@pytest.mark.parametrize("words", [["help"], ["help", "status"]])
def test_help_is_a_word_too(words: list[str], capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(words)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: storybot {''.join(words[1:])}")


def test_nothing_is_guessed_from_nothing_alike(capsys: Out) -> None:
    with pytest.raises(SystemExit):
        main.main(["xyzzy"])
    assert "did you mean" not in capsys.readouterr().err


SERVICES = {"run", "wyoming"}  # they show nothing but their log, and a file for avahi


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - SERVICES))
def test_every_command_that_shows_data_has_json(command: str) -> None:
    assert "--json" in command_parser(command).format_help()


def test_a_list_takes_no_name(capsys: Out) -> None:
    assert main.main(["models", "list", "get"]) == Exit.USAGE
    assert "to get one: storybot models get get" in capsys.readouterr().err
    assert main.main(["models", "get", "stories15"]) == Exit.USAGE
    assert "did you mean stories15M?" in capsys.readouterr().err


def test_tables_as_json(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*words: str) -> object:
        main.main([*words, "--json"])
        return json.loads(capsys.readouterr().out)

    models = said("models")
    assert isinstance(models, list)
    assert [m["name"] for m in models if m["default"]] == ["default"]
    voices = said("voices", "--accents")
    assert isinstance(voices, dict)
    assert {"espeak", "pyttsx3"} <= {voice["voice"] for voice in voices["voices"]}
    assert {"en-us"} == {accent["accent"] for accent in voices["accents"] if accent["default"]}
    config = said("config")
    assert isinstance(config, dict)
    assert config["speaking.volume"] == {"value": 70, "from": "default"}
    assert isinstance(said("devices"), list)


def test_faults_and_checks_as_json(tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("speaking: {volume: loud}\n")
    assert main.main(["config", "--json", "--check", str(path)]) == Exit.CONFIG
    ((fault,), err) = json.loads((said := capsys.readouterr()).out), said.err
    assert fault["where"] == f"{path}:1" and fault["key"] == "speaking.volume" and not err
    path.write_text("")
    assert main.main(["config", "--json", "--check", str(path)]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == []


def test_the_doctor_as_json() -> None:
    lines = [json.loads(line) for line in storybot("doctor", "--json").stdout.splitlines()]
    assert {"voice", "model", "memory"} <= {line["part"] for line in lines}
    assert all(line["ok"] for line in lines if line["part"] in ("voice", "microphone"))


TELL = ("tell", "--seed", "3", "--plot", "off")


@pytest.mark.parametrize("words", [("-",), ()])
def test_a_request_on_stdin(model: Path, words: tuple[str, ...]) -> None:
    done = storybot(*TELL, "--silent", "--model", str(model), *words, stdin=b"about a\ncat\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"A story about a cat.\n")


def test_stdin_that_holds_no_request(model: Path) -> None:
    done = storybot(*TELL, "--silent", "--model", str(model), "-", stdin=b"\n")
    assert done.returncode == Exit.USAGE and b"no request on standard input" in done.stderr
    done = storybot(*TELL, "--silent", "--model", str(model), "-", stdin=b"\xff\xfe")
    assert done.returncode == Exit.USAGE and b"not UTF-8" in done.stderr
    done = storybot(*TELL, "--silent", "--model", str(model), stdin=b"a gun")
    assert done.returncode == Exit.NOT_HEARD


def test_a_request_without_an_end_is_refused_at_once(model: Path) -> None:
    words = (*TELL, "--silent", "--model", str(model))
    done = storybot(*words, stdin=b"about a dog " * 100_000)
    assert done.returncode == Exit.USAGE and b"is too long" in done.stderr
    done = storybot(*words, "about a dog " * 1000)
    assert done.returncode == Exit.USAGE and b"at most 500 characters" in done.stderr


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(model: Path) -> None:
    reading, writing = os.pipe()
    try:
        command = [sys.executable, "-m", "storybot", *TELL, "--silent", "--model", str(model)]
        done = subprocess.run(command, stdin=reading, capture_output=True, timeout=60, check=False)
    finally:
        os.close(writing)
        os.close(reading)
    assert done.returncode == 0


def test_a_wav_to_stdout(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = storybot(*TELL, "--model", str(model), "--wav", "-", "a", "cat")
    assert done.returncode == 0, done.stderr
    with wave.open(io.BytesIO(done.stdout)) as sound:
        assert sound.getnframes() / sound.getframerate() > 1
    assert b"A story about a cat." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_a_wav_that_goes_to_stdout(model: Path, monkeypatch: pytest.MonkeyPatch,
                                               capsys: Out) -> None:  # fmt: skip
    def no_folder(**_: str) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("storybot.cli.standard_streams.sys.stdout.isatty", lambda: False)
    monkeypatch.setattr("tempfile.TemporaryDirectory", no_folder)
    assert main.main([*TELL, "--model", str(model), "--wav", "-", "a", "cat"]) == Exit.FAULT
    assert "name another one with TMPDIR" in capsys.readouterr().err


def test_a_story_as_json(model: Path, capsys: Out) -> None:
    words = ["--json", "--silent", "--model", str(model), "a", "cat"]
    assert main.main([*TELL, *words]) == Exit.OK
    story = json.loads(capsys.readouterr().out)
    assert story["title"] == "A story about a cat." and story["seed"] == 3
    assert "cat" in story["text"]
    assert main.main([*TELL, *words, "--wav", "-"]) == Exit.USAGE
    assert "both want stdout" in capsys.readouterr().err


def test_watching_ends_when_its_reader_leaves(tmp_path: Path) -> None:
    """`watch | head -1` must not wait for the next event."""
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            client, _ = server.accept()
            client.recv(1000)
            state = {"v": 1, "ok": True, "state": "idle", "missing": []}
            client.sendall(json.dumps(state).encode() + b"\n")
            client.recv(1)  # nothing happens any more

        threading.Thread(target=serve, daemon=True).start()
        begun = time.monotonic()
        done = subprocess.run(
            f"{sys.executable} -m storybot watch | head -1",
            shell=True,
            capture_output=True,
            timeout=60,
            check=False,
            env=os.environ | {"STORYBOT_CONTROLS_SOCKET": str(path)},
        )
    assert done.stdout == b"[storybot waits for a request]\n" and done.stderr == b""
    assert time.monotonic() - begun < 30
