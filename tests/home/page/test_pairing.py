"""A code pairs once, is not guessed, and ages; cookies are ours or none."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.errors import StorybotError
from storybot.home.page.pairing import CODE_LIFE_S, GUESSES_MAX, SAID_LIFE_S, Pairing


@pytest.fixture
def pairing(tmp_path: Path) -> Pairing:
    return Pairing(tmp_path / "page")


def test_a_code_pairs_one_device(pairing: Pairing) -> None:
    code = pairing.new_code()
    assert len(code) == 6 and code.isdecimal()
    assert pairing.take_code(f" {code[:3]} {code[3:]}")
    assert not pairing.take_code(code)


def test_only_the_last_code_counts(pairing: Pairing) -> None:
    codes = [pairing.new_code() for _ in range(3)]
    if len(set(codes)) == 3:
        assert not pairing.take_code(codes[0]) and pairing.take_code(codes[2])


def test_without_a_code_nothing_pairs(pairing: Pairing) -> None:
    assert not any(map(pairing.take_code, ("", "000000", "x" * 10_000)))


def test_a_code_is_gone_after_some_guesses(pairing: Pairing) -> None:
    code = pairing.new_code()
    wrong = "000000" if code != "000000" else "111111"
    assert not any(pairing.take_code(wrong) for _ in range(GUESSES_MAX))
    assert not pairing.take_code(code)
    code = pairing.new_code()
    assert pairing.take_code(code)


@pytest.mark.parametrize("left", [-1.0, CODE_LIFE_S + 60.0])
def test_an_old_code_and_one_of_the_future(pairing: Pairing, left: float) -> None:
    """The clock of a box without a battery jumps."""
    pairing.put_code("123456", left)
    assert not pairing.take_code("123456")
    pairing.put_code("123456", SAID_LIFE_S)
    assert pairing.take_code("123456")


def test_a_code_of_an_earlier_version_pairs_nothing(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    (tmp_path / "page/code").write_text("123456")
    assert not pairing.take_code("123456")


def test_devices_are_forgotten_when_the_box_goes_to_somebody_else(
    pairing: Pairing, tmp_path: Path
) -> None:
    """Also when the page did not run meanwhile, and where another library counts anew."""
    pairing.prepare()
    cookie = pairing.new_cookie()
    assert not pairing.lent(0) and pairing.knows(cookie)
    assert Pairing(tmp_path / "page").lent(1) and not pairing.knows(cookie)
    cookie = pairing.new_cookie()
    assert not pairing.lent(1) and pairing.knows(cookie)
    assert pairing.lent(0) and not pairing.knows(cookie)
    cookie = pairing.new_cookie()
    (tmp_path / "page/lendings").write_bytes(b"")
    assert pairing.lent(0) and not pairing.knows(cookie)


def test_devices_are_forgotten_before_the_count_is_written(
    pairing: Pairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nobody would ever forget them after a power cut between the two."""
    cookie = pairing.new_cookie()

    def cut(path: Path, content: bytes) -> None:
        raise OSError(path.name)

    monkeypatch.setattr(pairing, "_put", cut)
    with pytest.raises(OSError, match="lendings"):
        pairing.lent(1)
    after = Pairing(tmp_path / "page")
    assert not after.knows(cookie) and after.lent(1)


def test_cookies(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    cookie = pairing.new_cookie()
    assert pairing.knows(cookie) and cookie != pairing.new_cookie()
    assert Pairing(tmp_path / "page").knows(cookie), "also after a restart"
    name, _, mac = cookie.partition(".")
    for wrong in ("", ".", name, f"{name}.", f".{mac}", f"x{cookie}", f"{cookie}0", "é.é"):
        assert not pairing.knows(wrong)
    pairing.forget()
    assert not pairing.knows(cookie)


@given(st.text(max_size=300))
def test_no_other_cookie_is_known(text: str) -> None:
    class Fixed(Pairing):
        def _read_secret(self) -> bytes:
            return b"s" * 32

    assert not Fixed(Path("/nowhere")).knows(text)


def test_nobody_else_reads_the_files(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    pairing.new_code()
    for path in (tmp_path / "page").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o700


def test_a_damaged_secret_is_made_anew(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    cookie = pairing.new_cookie()
    (tmp_path / "page/secret").write_bytes(b"")
    assert not pairing.knows(cookie)
    assert pairing.knows(pairing.new_cookie())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorybotError, match="cannot be kept in"):
        Pairing(tmp_path / "file/page").prepare()
