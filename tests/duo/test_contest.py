"""The contest's harness, with engines that are shell scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.duo.conftest import CHECKOUT

CONTEST = CHECKOUT / "native/duo/contest.sh"
# Each run is faster than the last: 1, 2, 3, ... tok/s.
ENGINE = """#!/bin/sh
count=$(cat "$0.count" 2>/dev/null || echo 0)
echo $((count + 1)) >"$0.count"
echo "{text}"
echo "achieved tok/s: $((count + 1)).000000" >&2
"""


def engine(folder: Path, name: str, text: str) -> str:
    """An engine that always tells the same text; returns its line for the list of engines."""
    script = folder / name
    script.write_text(ENGINE.format(text=text))
    script.chmod(0o755)
    return f"{name} {script}\n"


def recorder(folder: Path) -> str:
    """An engine that notes its arguments, a line for each run."""
    script = folder / "recorder"
    script.write_text(
        f'#!/bin/sh\necho "$*" >>"{folder}/arguments"\necho A cat.\necho achieved tok/s: 5 >&2\n'
    )
    script.chmod(0o755)
    return f"recorder {script}\n"


def measure(folder: Path, engines: str, **settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "engines").write_text(engines)
    shell = shutil.which("dash") or "sh"
    return subprocess.run(
        [shell, str(CONTEST), "engines", str(folder / "out")],
        cwd=folder,
        env={**os.environ, "RUNS": "5", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def report(folder: Path) -> Any:
    return json.loads((folder / "out/report.json").read_text())


def test_leaves_out_the_fastest_and_the_slowest_run(tmp_path: Path) -> None:
    run = measure(tmp_path, engine(tmp_path, "only", "A cat sat."))
    assert run.returncode == 0, run.stderr
    speed = report(tmp_path)["performance"]["only"]
    assert speed["runs"] == [1, 2, 3, 4, 5]
    assert speed["mean"] == 3


def test_runs_as_the_judges_did_by_default(tmp_path: Path) -> None:
    run = measure(tmp_path, recorder(tmp_path), RUNS="")
    assert run.returncode == 0, run.stderr
    lines = (tmp_path / "arguments").read_text().splitlines()
    judged = "-t 1.0 -p 0.9 -s 123 -i Once upon a time"
    assert lines[:30] == [judged] * 30
    assert lines[30] != judged  # the cases of the comparison
    said = report(tmp_path)
    assert (said["temperature"], said["topp"], said["seed"]) == (1.0, 0.9, 123)
    assert (said["prompt"], said["runs"], said["steps"]) == ("Once upon a time", 30, None)


def test_settings_change_what_is_run(tmp_path: Path) -> None:
    run = measure(tmp_path, recorder(tmp_path), TEMPERATURE="0", STEPS="32", SEED="7", RUNS="3")
    assert run.returncode == 0, run.stderr
    lines = (tmp_path / "arguments").read_text().splitlines()
    assert lines[:3] == ["-t 0 -p 0.9 -s 7 -n 32 -i Once upon a time"] * 3
    assert report(tmp_path)["steps"] == 32


def test_compares_every_case_with_the_first_engine(tmp_path: Path) -> None:
    engines = engine(tmp_path, "reference", "The cat sat.") + engine(tmp_path, "other", "The dog.")
    (tmp_path / "scorer").write_text("#!/bin/sh\necho 'nats per token: 1.5'\n")
    (tmp_path / "scorer").chmod(0o755)
    scorer = str(tmp_path / "scorer")
    run = measure(tmp_path, engines, SCORER=scorer)
    assert run.returncode == 0, run.stderr
    cases = report(tmp_path)["regression"]
    assert {case["same"] for case in cases["reference"]} == {"yes"}
    assert {case["first_difference"] for case in cases["other"]} == {"5"}
    assert {case["nats_engine"] for case in cases["other"]} == {"1.5"}
    text = (tmp_path / "out/report.md").read_text()
    assert "other: 0 of 9 texts are the reference's" in text
    assert '"dog. "' in text


def test_takes_cases_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "cases").write_text('0\t0.9\t7\tOne "quoted" day\n')
    run = measure(tmp_path, engine(tmp_path, "only", "A cat."), CASES="cases")
    assert run.returncode == 0, run.stderr
    (case,) = report(tmp_path)["regression"]["only"]
    assert (case["seed"], case["prompt"]) == (7, 'One "quoted" day')


def test_times_speech_sentence_by_sentence(tmp_path: Path) -> None:
    text = "A cat sat. It said: no! Did it?"
    run = measure(tmp_path, engine(tmp_path, "only", text), SPEAK="true")
    assert run.returncode == 0, run.stderr
    spoken = [entry["sentence"] for entry in report(tmp_path)["speech"]]
    assert spoken == ["A cat sat.", "It said: no!", "Did it?"]


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("echo story; exit 3", "broken failed"),
        ("echo story", "printed no 'achieved tok/s"),
    ],
)
def test_names_an_engine_that_fails(tmp_path: Path, script: str, complaint: str) -> None:
    (tmp_path / "broken").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "broken").chmod(0o755)
    run = measure(tmp_path, f"broken {tmp_path / 'broken'}\n")
    assert run.returncode != 0
    assert complaint in run.stderr
