"""Which devices may use the page: those that were given a code once, and keep a cookie since.

Three files in one folder. `secret` is made by the page; a cookie is a random name and its HMAC
under the secret, so nothing needs to be kept for each device. `code`, with the time until which it
is good, is written when the box has said one, or by whoever is at the box (`storybot page --code`),
and removed when it was used, has aged, or was guessed at too often. `lendings` says how often the
box had forgotten everything when it was last asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path

from storybot.errors import Exit, StorybotError

CODE_DIGITS = 6
CODE_LIFE_S = 600.0
SAID_LIFE_S = 180.0  # of a code that the box has said
GUESSES_MAX = 5  # wrong ones, then the code is gone: 5 in 1,000,000
SECRET_BYTES, NAME_BYTES = 32, 12
COOKIE_MAX_CHARACTERS = 200


def random_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


class Pairing:
    """The three files in `folder`, which is the page's own. OSError where it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._secret, self._code = folder / "secret", folder / "code"
        self._lendings = folder / "lendings"
        self._wrong = 0  # guesses at the code that is there now

    def new_code(self) -> str:
        """A code that pairs one device within CODE_LIFE_S; in place of an earlier one."""
        code = random_code()
        self.put_code(code, CODE_LIFE_S)
        return code

    def put_code(self, code: str, life: float) -> None:
        """Let this code pair one device within `life` s; in place of an earlier one."""
        self._put(self._code, f"{code} {int(time.time() + life)}".encode())
        self._wrong = 0

    def take_code(self, given: str) -> bool:
        """Whether `given` is the code; then it is used up."""
        try:
            code, _, until = self._code.read_bytes().partition(b" ")
            left = float(until) - time.time()
        except FileNotFoundError:
            self._wrong = 0
            return False
        except ValueError:  # of an earlier version
            code, left = b"", 0.0
        digits = "".join(filter(str.isdecimal, given)).encode()
        fresh = 0 < left <= CODE_LIFE_S  # a clock that was set back makes no old code good again
        right = fresh and hmac.compare_digest(digits, code)
        self._wrong += not right
        if right or not fresh or self._wrong >= GUESSES_MAX:
            self._wrong = 0
            self._code.unlink(missing_ok=True)
        return right

    def new_cookie(self) -> str:
        """For a device that gave the code."""
        name = secrets.token_hex(NAME_BYTES)
        return f"{name}.{self._mac(name)}"

    def knows(self, cookie: str) -> bool:
        """Whether the cookie is one of ours, and the devices were not forgotten since."""
        name, _, mac = cookie.partition(".")
        if not cookie.isascii() or len(cookie) > COOKIE_MAX_CHARACTERS or not name:
            return False
        return hmac.compare_digest(mac, self._mac(name))

    def forget(self) -> None:
        """Every device must be paired anew."""
        self._secret.unlink(missing_ok=True)
        self._code.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):  # nobody was ever paired
            _sync(self._secret.parent)

    def lent(self, times: int) -> bool:
        """The box has forgotten everything so many times; whether that is another figure now.

        Then the devices are forgotten, too: first, so that a power cut leaves none paired.
        """
        try:
            known = int(self._lendings.read_bytes())
        except FileNotFoundError:
            known = 0
        except ValueError:  # spoilt: it may have been any
            known = -1
        if times == known:
            return False
        self.forget()
        self._put(self._lendings, str(times).encode())
        return True

    def prepare(self) -> None:
        """Make what is not there; StorybotError where that is not possible."""
        try:
            self._read_secret()
        except OSError as error:
            raise StorybotError(
                f"the paired devices cannot be kept in {self._secret.parent} ({error.strerror}); "
                "see docs/page.md",
                Exit.CONFIG,
            ) from None

    def _mac(self, name: str) -> str:
        return hmac.new(self._read_secret(), name.encode(), hashlib.sha256).hexdigest()

    def _read_secret(self) -> bytes:
        with contextlib.suppress(FileNotFoundError):
            if len(secret := self._secret.read_bytes()) == SECRET_BYTES:
                return secret
        secret = secrets.token_bytes(SECRET_BYTES)
        self._put(self._secret, secret)
        return secret

    def _put(self, path: Path, content: bytes) -> None:
        """Whole or not at all, and readable by the folder's owner alone, also when root writes."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = path.parent.stat()
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, content)
            os.fsync(file)
            if os.geteuid() == 0:
                os.fchown(file, owner.st_uid, owner.st_gid)
        finally:
            os.close(file)
        beside.replace(path)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have what was renamed or removed there last, also through a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
