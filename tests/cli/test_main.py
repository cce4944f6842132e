"""The command line as a user meets it: exit codes, one sentence for each fault, tables."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storybot.cli import main, parsers
from storybot.cli.models import Bar
from storybot.config import load
from storybot.errors import Exit, StorybotError
from tests.fakes.uncovered import uncovered

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nobody_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("STORYBOT_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")


def test_without_a_command_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main([])
    assert end.value.code == 0
    told = capsys.readouterr().out
    for name in parsers.COMMANDS:
        assert f"  {name} " in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("storybot 0.")


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["tel"])
    assert end.value.code == Exit.USAGE
    assert "invalid choice: 'tel'" in capsys.readouterr().err


@pytest.mark.parametrize("name", list(parsers.COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main([name, "--help"])
    assert end.value.code == 0
    assert f"storybot {name}" in capsys.readouterr().out


def test_config_shows_every_setting_and_its_origin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYBOT_SPEAKING_VOLUME", "33")
    assert main.main(["config"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    volume = next(line for line in lines if line.startswith("speaking.volume "))
    assert volume.split() == ["speaking.volume", "33", "environment", "STORYBOT_SPEAKING_VOLUME"]
    assert sum(line.endswith("default") for line in lines) > 50


def test_config_check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main.main(["config", "--check", str(ROOT / "config.yaml")]) == Exit.OK
    bad = tmp_path / "bad.yaml"
    bad.write_text("speaking:\n  volum: 3\n")
    assert main.main(["config", "--check", str(bad)]) == Exit.CONFIG
    told = capsys.readouterr().err
    assert f"{bad}:2: speaking.volum: is no setting; did you mean volume?" in told


def test_broken_settings_stop_every_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("speaking: [1]\n")
    assert main.main(["models", "--config", str(bad)]) == Exit.CONFIG
    told = capsys.readouterr().err
    assert told.startswith("storybot: ") and len(told.splitlines()) == 1


def test_models_marks_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["models"]) == Exit.OK
    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("*")]
    assert len(marked) == 1 and marked[0].split()[1] == "default"


def test_getting_no_known_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["models", "get", "stories16M"]) == Exit.USAGE
    assert "one of stories260K, stories15M" in capsys.readouterr().err


def test_the_bar_is_drawn_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Bar().show(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    bar = Bar()
    bar.show(1_000_000, 2_000_000)
    bar.end()
    assert "1.0 of 2.0 MB" in capsys.readouterr().err


def test_ctrl_c_and_a_fault_have_their_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    def failed(*args: object) -> None:
        raise StorybotError("The voice is lost; look under the bed.", Exit.SOUND_OUT)

    monkeypatch.setattr("storybot.cli.models.run", interrupted)
    assert main.main(["models"]) == Exit.INTERRUPTED
    monkeypatch.setattr("storybot.cli.models.run", failed)
    assert main.main(["models"]) == Exit.SOUND_OUT
    assert capsys.readouterr().err.endswith("storybot: The voice is lost; look under the bed.\n")


def test_a_closed_terminal_ends_quietly(tmp_path: Path) -> None:
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "storybot", "config"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) in (Exit.OK, 141)
    process.stderr.close()


@pytest.mark.parametrize("words", [["voices"], ["models"], ["config"], ["doctor", "--help"], []])
def test_a_full_disk_is_one_sentence(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "storybot", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "PYTHONUNBUFFERED": ""},
            timeout=60,
            check=False,
        )
    assert done.returncode == Exit.FAULT
    assert done.stderr == "storybot: the output cannot be written (No space left on device)\n"


def test_another_fault_of_the_system_is_not_taken_for_the_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failed(*args: object) -> None:
        raise OSError(28, "No space left on device", "/somewhere")

    monkeypatch.setattr("storybot.cli.models.run", failed)
    with pytest.raises(OSError, match="/somewhere"):
        main.main(["models"])


def test_ctrl_c_at_any_early_moment_is_quiet(tmp_path: Path) -> None:
    """From the first line of storybot's own on; before it Python itself is starting."""
    begin = "import sys; from storybot.cli.main import main\n"
    begin += "print('here', flush=True); sys.argv = ['storybot', 'models']; sys.exit(main())"
    for tenths in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=uncovered() | {"XDG_CONFIG_HOME": str(tmp_path)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.005 + 0.02 * tenths)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode in (-signal.SIGINT, Exit.INTERRUPTED, Exit.OK)
        assert said.strip() == b""


def test_ctrl_c_is_as_it_was_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with contextlib.suppress(SystemExit):
        main.main(["--version"])
    assert signal.getsignal(signal.SIGINT) is before
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # nohup
    try:
        main.main(["models"])
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_library_takes_settings_before_and_after_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(f"library: {{folder: {tmp_path}/mine}}\n")
    for words in (["--config", str(own), "list"], ["list", "--config", str(own)]):
        assert main.main(["library", *words]) == 0
        assert capsys.readouterr().out == f"No stories are kept in {tmp_path}/mine.\n"
    assert main.main(["library", "show", "1", "--config", str(own)]) == Exit.FAULT
