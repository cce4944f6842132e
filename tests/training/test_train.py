"""A whole run in small: trains, stops, goes on, exports. Needs PyTorch; skips without it."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")
np = pytest.importorskip("numpy")

from training import export, train  # noqa: E402
from training.batches import Tokens, save_tokens  # noqa: E402
from training.progress import load  # noqa: E402

SMALL = ["--dim", "32", "--hidden", "64", "--layers", "1", "--heads", "1", "--eager"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stories = [Tokens.plain([300 + (i + j) % 7 for j in range(12)]) for i in range(64)]
    save_tokens(tmp_path / "train.0.npz", stories)
    save_tokens(tmp_path / "valid.npz", stories[:4])
    (tmp_path / "valid.characters").write_text("48", encoding="utf-8")
    return tmp_path


def run(folder: Path, minutes: float) -> None:
    train.main(
        [
            "--out",
            str(folder),
            "--minutes",
            str(minutes),
            "--batch",
            "256",
            "--threads",
            "1",
            *SMALL,
        ]
    )


def test_a_run_ends_in_time_and_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, 0.02)
    first = load(folder / "checkpoint.pt")["progress"]
    assert first["steps"] > 0
    bits = float(capsys.readouterr().out.split(" steps, ")[1].split()[0])
    assert bits < 12  # of a uniform guess among 4,096 pieces
    run(folder, 0.04)
    second = load(folder / "checkpoint.pt")["progress"]
    assert second["steps"] > first["steps"]
    assert second["epoch"] > first["epoch"]


def test_processes_make_the_batches_of_an_epoch_that_has_fewer(folder: Path) -> None:
    words = "--minutes 0.1 --batch 4096 --threads 1 --loaders 2"
    train.main(["--out", str(folder), *words.split(), *SMALL])
    assert load(folder / "checkpoint.pt")["progress"]["steps"] > 2


def test_without_token_files_one_sentence_says_what_to_run(folder: Path) -> None:
    (folder / "train.0.npz").unlink()
    with pytest.raises(SystemExit, match=r"run python -m training\.data first"):
        run(folder, 0.02)


def test_a_run_ends_at_a_second_of_the_clock() -> None:
    whole, second = (train.seconds_of_today(one) for one in ("11:20", "11:20:07"))
    assert second == whole + 7


def test_a_stopped_run_keeps_what_it_has(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = {}
    monkeypatch.setattr("signal.signal", lambda number, action: caught.update({number: action}))
    steps = iter(range(100))

    def left(_: object) -> float:
        if next(steps) == 3:
            next(iter(caught.values()))(15, None)
        return 1.0

    monkeypatch.setattr("training.budget.Budget.left", left)
    run(folder, 1)
    assert "stopped at step 3; the same command goes on" in capsys.readouterr().out
    assert load(folder / "checkpoint.pt")["progress"]["steps"] == 3


def test_the_export_has_the_size_its_header_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, 0.01)
    monkeypatch.setattr("sys.argv", ["export", "--out", str(folder)])
    export.main()
    header = np.fromfile(folder / "model.bin", np.int32, 7).tolist()
    assert header == [32, 64, 1, 1, 1, 4096, 512]
    floats = 4096 * 32 + 2 * 32 + 4 * 32 * 32 + 3 * 32 * 64 + 32 + 512 * 32
    assert (folder / "model.bin").stat().st_size == 28 + 4 * floats
