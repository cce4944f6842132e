"""The unit and its companions, as systemd's own checkers see them."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"

needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
)


UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
BESIDE = "storybot-.service.d"  # of all units that begin so: those beside the daemon


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    text = (FOLDER / path.name).read_text("utf-8")
    path.write_text(text.replace("@BINDIR@/storybot", "/bin/true"))
    shutil.copytree(FOLDER / BESIDE, tmp_path / BESIDE)  # found beside the unit
    return path


@needs_analyze
def test_verified(unit: Path) -> None:
    """Unknown keys and wrong values are errors with this flag; without it they only warn."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(unit)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "storybot" not in done.stderr, done.stderr


@needs_analyze
def test_hardened(unit: Path) -> None:
    """2.5 or better is asked for."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(unit)],
        capture_output=True,
        check=False,
        text=True,
    )
    found = re.search(rf"Overall exposure level for {unit.name}: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze judges no files: {done.stderr.strip()[-200:]}")
    assert float(found[1]) <= 2.5


def keys(path: Path) -> set[str]:
    """What a unit or drop-in sets."""
    return set(re.findall(r"^(\w+)=", path.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", [name for name in UNITS if name != "storybot.service"])
def test_units_beside_share_one_seal(name: str) -> None:
    """A drop-in outdoes the unit: what both set is the drop-in's. Without it the unit stays off."""
    (seal,) = (FOLDER / BESIDE).iterdir()
    assert not keys(FOLDER / name) & keys(seal)
    needed = f"AssertPathExists=/etc/systemd/system/{BESIDE}/{seal.name}\n"
    assert needed in (FOLDER / name).read_text("utf-8")


def test_install_script_is_sound() -> None:
    subprocess.run(["bash", "-n", str(FOLDER / "install.sh")], check=True)


@pytest.mark.skipif(shutil.which("udevadm") is None, reason="needs udevadm")
def test_rules() -> None:
    """Every line is a comment or a list of matches and assignments udev knows."""
    rules = (FOLDER / "60-storybot.rules").read_text("utf-8")
    key = r"[A-Z]+(\{[^}]*\})?\s*(==|!=|\+=|=|:=)\"[^\"]*\""
    for line in rules.splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(rf"{key}(, {key})*", line), line


def test_service_files_put_and_removed(tmp_path: Path) -> None:
    """An existing configuration is kept; the new one lies beside it."""
    script = str(FOLDER / "install.sh")
    environment = {"DESTDIR": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    subprocess.run([script, "service"], check=True, env=environment)
    config = tmp_path / "etc/storybot/config.yaml"
    shipped = config.read_text("utf-8")
    config.write_text("service: {debug: true}\n")
    subprocess.run([script, "service"], check=True, env=environment)
    assert config.read_text("utf-8") == "service: {debug: true}\n"
    assert config.with_suffix(".yaml.new").read_text("utf-8") == shipped
    unit = tmp_path / "etc/systemd/system/storybot.service"
    assert "ExecStart=/usr/local/bin/storybot run" in unit.read_text("utf-8")
    installed = sorted(path.name for path in unit.parent.glob("*.service"))
    assert installed == UNITS and not list(unit.parent.glob("*.wants")), "and none enabled"
    seals = [one.relative_to(FOLDER) for one in (FOLDER / BESIDE).iterdir()]
    assert all((unit.parent / one).is_file() for one in seals)
    for name in UNITS:
        assert "@" not in (unit.parent / name).read_text("utf-8").partition("SystemCall")[0]
    subprocess.run([script, "uninstall"], check=True, env=environment)
    assert not [one for one in unit.parent.rglob("*") if one.is_file()] and config.exists()
    assert not (unit.parent / BESIDE).exists()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere Whisper needs no drop-in")
def test_what_whisper_needs_goes_with_it(tmp_path: Path) -> None:
    """Without the extra, memory is again either written or executed."""
    script = str(FOLDER / "install.sh")
    environment = {"DESTDIR": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    drop_in = tmp_path / "etc/systemd/system/storybot.service.d/60-whisper.conf"

    def there(extras: str) -> bool:
        given = environment | {"EXTRAS": extras}
        subprocess.run([script, "service"], check=True, env=given)
        return drop_in.exists()

    assert not there("whisper"), "it was not installed"
    packages = tmp_path / "usr/local/lib/storybot/lib/python3.11/site-packages"
    (packages / "faster_whisper").mkdir(parents=True)
    found = {each: there(each) for each in ("whisper,piper", "none", "auto", "piper", "")}
    assert found == {"whisper,piper": True, "none": False, "auto": True, "piper": False, "": True}


@pytest.mark.slow
def test_a_package_holds_the_program(tmp_path: Path) -> None:
    """DESTDIR puts all files below it; moved to their place they work, and none names DESTDIR."""
    stage, prefix = tmp_path / "stage", tmp_path / "usr"
    environment = os.environ | {"DESTDIR": "./stage/", "PREFIX": str(prefix)}
    script = str(FOLDER.absolute() / "install.sh")
    done = subprocess.run(
        [script, "install"], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not prefix.exists()
    assert (stage / "etc/systemd/system/storybot.service").is_file()
    packed = stage / prefix.relative_to("/")
    found = subprocess.run(["grep", "-rlI", str(stage), str(stage)], capture_output=True, text=True)
    assert found.stdout == ""
    packed.rename(prefix)
    # what the tests themselves are told in STORYBOT_... is no setting
    plain = {name: value for name, value in os.environ.items() if "STORYBOT_" not in name}
    for program, words in (("storybot", ["voices"]), ("storyteller", ["--help"])):
        ran = subprocess.run(
            [prefix / "bin" / program, *words], env=plain, capture_output=True, text=True
        )
        assert ran.returncode == 0 and ran.stdout, ran.stderr
    for file in ("man/man1/storybot.1", "bash-completion/completions/storybot"):
        assert (prefix / "share" / file).is_file()
    prefix.rename(packed)
    subprocess.run([script, "uninstall"], check=True, env=environment, cwd=tmp_path)
    assert [path for path in stage.rglob("*storybot*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("memory", "disk", "machine", "fitting"),
    [
        (2_000_000, 9_000_000, "x86_64", ["whisper", "piper"]),
        (2_000_000, 9_000_000, "aarch64", ["whisper", "piper"]),
        (500_000, 9_000_000, "aarch64", ["piper"]),
        (2_000_000, 500_000, "x86_64", ["piper"]),
        (2_000_000, 300_000, "x86_64", []),
        (60_000, 9_000_000, "riscv64", []),
        (9_000_000, 9_000_000, "riscv64", []),
    ],
)
def test_the_extras_that_fit(memory: int, disk: int, machine: str, fitting: list[str]) -> None:
    command = [str(FOLDER / "extras.sh"), str(memory), str(disk), machine]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == fitting
