"""Settings: order of the layers, and one clear sentence for every fault."""

from pathlib import Path

import pytest

from storybot.config import handover, load
from storybot.config.check import CheckLevel
from storybot.config.load import check_file, load_settings
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nobody_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_shipped_file_shows_exactly_the_defaults() -> None:
    loaded = load_settings(load.shipped_file(), {})
    assert loaded.settings == Settings()
    untold = [key for key, where in loaded.origin.items() if where == "default"]
    assert untold == []


def test_later_layers_win_and_say_where(tmp_path: Path) -> None:
    write(load.SYSTEM_FILE, "speaking:\n  volume: 10\n  speed: 100\n  pitch: 1\n")
    write(load.user_file(), "speaking:\n  speed: 120\n  pitch: 2\n")
    own = write(tmp_path / "own.yaml", "speaking:\n  pitch: 3\n")
    loaded = load_settings(own, {"STORYBOT_SPEAKING_PAUSE": "0.4"})
    speaking = loaded.settings.speaking
    assert (speaking.volume, speaking.speed, speaking.pitch) == (10, 120, 3)
    assert speaking.pause_sentence_s == 0.4
    assert loaded.origin["speaking.pitch"] == f"{own}:2"
    assert loaded.origin["speaking.pause_sentence_s"] == "environment STORYBOT_SPEAKING_PAUSE"
    assert loaded.origin["speaking.voice"] == "default"


def test_a_setting_goes_by_its_old_name_too(tmp_path: Path) -> None:
    own = write(tmp_path / "own.yaml", "speaking:\n  pause: 0.3\n")
    loaded = load_settings(own, {})
    assert loaded.settings.speaking.pause_sentence_s == 0.3
    assert loaded.origin["speaking.pause_sentence_s"] == f"{own}:2"


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("hearing:\n  microfone: x\n", 2, "is no setting; did you mean microphone?"),
        ("heering:\n  driver: alsa\n", 1, "is no section; did you mean hearing?"),
        ("library:\n  folder: ~nobody-at-all/x\n", 2, "a user that does not exist"),
        ("speaking:\n\n  volume: loud\n", 3, "expected a number, not 'loud'"),
        ("speaking:\n  volume: 200\n", 2, "expected a number from 0 to 100, not 200"),
        ("speaking:\n  volume: 1.5\n", 2, "expected a whole number, not 1.5"),
        ("speaking:\n  volume: true\n", 2, "expected a number, not 'true'"),
        ("speaking:\n  driver: wave\n", 2, "did you mean wav?"),
        ("safety:\n  filter: 3\n", 2, "expected yes or no, not 3"),
        ("hearing:\n  microphone: [a]\n", 2, "expected text, not '[a]'; if it is text, put"),
        ("hearing: 3\n", 1, "expected a section"),
        ("bedtime:\n  quiet_from: 2001-99-99\n  quiet_until: 07:00\n", 2, "not '2001-99-99'"),
        ("speaking:\n  volume: " + "9" * 5000 + "\n", 2, "is no date or number that exists"),
        ("speaking:\n  volume: 0x" + "f" * 5000 + "\n", 2, "is no date or number that exists"),
        ("speaking:\n  volume: !!bool maybe\n", 2, "'maybe' is no date or number"),
        ("speaking:\n  volume_floor: 80\n  volume_cap: 60\n", 2, "(80) is above the cap (60)"),
        ("speaking:\n  volume_cap: 10\n", 2, "the floor (20) is above the cap (10); lower"),
        (
            "bedtime: {quiet_from: '25:00', quiet_until: '07:00'}\n",
            1,
            'expected a time such as "20:',
        ),
        ("bedtime:\n  quiet_from: 20:00\n  quiet_until: 07:00+01:00\n", 3, "expected a time"),
        ("bedtime:\n  quiet_from: '20:00'\n", 2, "without quiet_until there are no quiet hours"),
        ("bedtime:\n  quiet_until: '07:00'\n", 2, "without quiet_from there are no quiet hours"),
        ("safety:\n  extra_words: /none/such\n", 2, "The word list /none/such cannot be read"),
        ("safety:\n  extra_words: ~nobody-at-all/words\n", 2, "home directory"),
        ('hearing:\n  keyphrase: ""\n', 2, "expected words to be spoken, not ''"),
        ('hearing:\n  keyphrase: "12 !"\n', 2, "expected words to be spoken, not '12 !'"),
        ("speaking:\n  volume: 40\n  pitch: 1\n  volume: 50\n", 4, "is in line 2 already"),
        ("speaking: {volume: 40, volume: 50}\n", 1, "is in line 1 already; remove one"),
        ("speaking:\nhearing:\nspeaking:\n", 3, "is in line 1 already"),
        ("telling:\n  model: nosuch\n", 2, "there is no model file nosuch; give a path or one"),
        ("telling:\n  tokenizer: /none\n", 2, "there is no tokenizer file /none"),
        ("- a\n", 1, "expected sections such as 'hearing:'"),
        ("hearing:\n  driver: 'x\n", 2, "put it in quotes"),
    ],
)
def test_faults_name_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, sentence: str
) -> None:
    path = write(tmp_path / "bad.yaml", text)
    faults = check_file(path)
    assert len(faults) == 1, faults
    assert faults[0].where == f"{path}:{line}"
    assert sentence in faults[0].sentence


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.yaml", "hearing:\n  a: 1\nspeaking:\n  volume: x\n")
    with pytest.raises(StorybotError) as error:
        load_settings(path, {})
    assert error.value.code == Exit.CONFIG
    assert len(str(error.value).splitlines()) == 2


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read" in str(check_file(tmp_path / "none.yaml")[0])
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"hearing:\n  microphone: \xe4\n")
    assert "is not UTF-8" in str(check_file(latin)[0])


def test_environment_faults() -> None:
    with pytest.raises(StorybotError, match="did you mean STORYBOT_HEARING_MICROPHONE"):
        load_settings(None, {"STORYBOT_HEARING_MICROFONE": "x"})
    with pytest.raises(StorybotError, match="expected a number"):
        load_settings(None, {"STORYBOT_SPEAKING_VOLUME": "loud"})


def test_forgiving_forms(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ok.yaml",
        "hearing:\n  barge_in: off\n  vosk_confidence: 5e-1\n  microphone:\nspeaking:\n"
        "controls:\n  button_line: 17\n",
    )
    settings = load_settings(path, {}).settings
    assert settings.hearing.barge_in == "off"
    assert settings.hearing.vosk_confidence == 0.5
    assert settings.hearing.microphone == ""
    assert settings.controls.button_line == "17"


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path / "empty.yaml", "# nothing\n"), {}).settings == Settings()


def test_deep_nesting_is_a_fault(tmp_path: Path) -> None:
    deep = "[" * 5000 + "]" * 5000
    path = write(tmp_path / "own.yaml", f"speaking:\n  volume: {deep}\n")
    (fault,) = check_file(path)
    assert "nested too deeply" in str(fault)
    with pytest.raises(StorybotError, match=r"speaking\.volume: is nested too deeply"):
        load_settings(None, {"STORYBOT_SPEAKING_VOLUME": deep})


def test_a_word_list_that_does_not_work_is_refused(tmp_path: Path) -> None:
    words = write(tmp_path / "words.txt", "spider\n/[/\n")
    path = write(tmp_path / "own.yaml", f"safety:\n  extra_words: {words}\n")
    (fault,) = check_file(path)
    assert fault.where == f"{path}:2" and "line 2: the pattern /[/ does not work" in fault.sentence
    with pytest.raises(StorybotError, match="does not work"):
        load_settings(path, {}, trial=CheckLevel.USE)
    write(path, f"safety:\n  filter: false\n  extra_words: {words}\n")
    assert check_file(path) == []


def test_what_only_talks_to_the_daemon_minds_no_file(tmp_path: Path) -> None:
    path = write(tmp_path / "own.yaml", f"safety:\n  extra_words: {tmp_path / 'gone'}\n")
    settings = load_settings(path, {}, trial=CheckLevel.NONE).settings
    assert settings.safety.extra_words.endswith("gone")
    with pytest.raises(StorybotError, match=r"extra_words"):
        load_settings(path, {}, trial=CheckLevel.USE)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("telling: {engine: /no/such/engine}", "telling.engine: the engine /no/such/engine is not"),
        ("speaking: {driver: wav}", "speaking.driver: wav is for `storybot tell` alone"),
    ],
)
def test_what_no_daemon_could_serve_is_found_before_it_holds(
    tmp_path: Path, line: str, told: str
) -> None:
    path = write(tmp_path / "own.yaml", line + "\n")
    (fault,) = check_file(path)
    assert str(fault).startswith(f"{path}:1: {told}")
    assert load_settings(path, {}, trial=CheckLevel.USE)


def test_hours_without_quotes_are_hours(tmp_path: Path) -> None:
    """YAML 1.1 reads 20:00 as the number 1200, which would be noon."""
    path = write(tmp_path / "own.yaml", "bedtime:\n  quiet_from: 20:00\n  quiet_until: 07:00\n")
    bed = load_settings(path, {}).settings.bedtime
    assert (bed.quiet_from, bed.quiet_until) == ("20:00", "07:00")


def test_a_running_daemon_takes_no_model_that_is_not_here(tmp_path: Path) -> None:
    path = write(tmp_path / "own.yaml", "telling:\n  model: nosuch\n")
    with pytest.raises(StorybotError, match="there is no model file nosuch") as error:
        load_settings(path, {})
    assert error.value.code == Exit.CONFIG and len(str(error.value).splitlines()) == 1
    # A command that fetches models must work without one.
    assert load_settings(path, {}, trial=CheckLevel.USE).settings.telling.model == "nosuch"


def test_the_small_profile_reads_as_strictly(tmp_path: Path) -> None:
    path = write(tmp_path / "own.yaml", "telling:\n  model: nosuch\n")
    with pytest.raises(StorybotError, match=r"telling\.model: there is no model file") as error:
        handover.read_in_child(path)
    assert error.value.code == Exit.CONFIG and len(str(error.value).splitlines()) == 1
