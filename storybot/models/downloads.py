"""Fetches a large file over HTTP: resumes, verifies, never leaves half a file under its name."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.models.catalogue import Download, KnownModel

READ_BYTES = 1 << 16  # bytes
READ_TIMEOUT_S = 30.0  # s without a byte

Progress = Callable[[int, int], None]  # bytes so far, bytes in all


def sha256_of(path: Path) -> str:
    """The hex SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def is_whole(path: Path, wanted: Download) -> bool:
    """Whether `path` is the wanted file, to the byte."""
    if not path.is_file() or path.stat().st_size != wanted.size:
        return False
    return not wanted.sha256 or sha256_of(path) == wanted.sha256


def fetch(wanted: Download, folder: Path, progress: Progress) -> Path:
    """Download into `folder`; what an earlier try left in NAME.part is continued.

    Raises StorybotError when the network, the disk or the bytes are not as they should be. After
    a dropped connection the .part file stays for the next try; wrong bytes are deleted.
    """
    final, part = folder / wanted.name, folder / f"{wanted.name}.part"
    if is_whole(final, wanted):
        return final
    try:
        folder.mkdir(parents=True, exist_ok=True)
        have = part.stat().st_size if part.exists() else 0
        if have > wanted.size:
            part.unlink()
            have = 0
        free = shutil.disk_usage(folder).free
        if free < wanted.size - have:
            raise StorybotError(
                f"no room for {wanted.name}: {wanted.size - have} bytes are needed in {folder} "
                f"and {free} are free; delete something or set STORYBOT_MODELS to another folder",
                Exit.MODEL,
            )
        if have < wanted.size:
            _receive(wanted, part, have, progress)
        _accept(wanted, part, final)
    except OSError as error:
        raise StorybotError(
            f"cannot store {wanted.name} in {folder}: {error.strerror or error}", Exit.MODEL
        ) from error
    return final


def _receive(wanted: Download, part: Path, have: int, progress: Progress) -> None:
    request = urllib.request.Request(wanted.url)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=READ_TIMEOUT_S) as answer:
            resumed = answer.status == 206
            done = have if resumed else 0
            with part.open("ab" if resumed else "wb") as file:
                while block := answer.read(READ_BYTES):
                    file.write(block)
                    done += len(block)
                    if done > wanted.size:
                        break
                    progress(done, wanted.size)
                file.flush()
                os.fsync(file.fileno())
    except urllib.error.HTTPError as error:
        raise StorybotError(
            f"{wanted.url} answered {error.code} {error.reason}; try again later", Exit.MODEL
        ) from error
    except urllib.error.URLError as error:
        raise StorybotError(
            f"cannot reach {wanted.url} ({error.reason}); check the network and try again",
            Exit.MODEL,
        ) from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise StorybotError(
            f"the connection broke while {wanted.name} was coming; run the command again and it "
            "goes on where it stopped",
            Exit.MODEL,
        ) from error


def _accept(wanted: Download, part: Path, final: Path) -> None:
    size = part.stat().st_size
    if size < wanted.size:
        raise StorybotError(
            f"only {size} of {wanted.size} bytes of {wanted.name} came; run the command again and "
            "it goes on where it stopped",
            Exit.MODEL,
        )
    if not is_whole(part, wanted):
        part.unlink()
        raise StorybotError(
            f"{wanted.name} from {wanted.url} is not the file it should be (size or SHA-256 "
            "differ) and was deleted",
            Exit.MODEL,
        )
    part.replace(final)


def get(known: KnownModel, folder: Path, progress: Progress) -> Path:
    """Download a known model, and its tokenizer, into `folder`; returns its place.

    A Vosk model comes as a zip and becomes a folder.
    """
    if not known.files:
        raise StorybotError(f"{known.name} is shipped with storybot; nothing to get", Exit.MODEL)
    unpacked = folder / known.files[0].name.removesuffix(".zip")
    if known.recogniser and unpacked.is_dir():
        return unpacked
    for wanted in known.files:
        fetch(wanted, folder, progress)
    if known.recogniser:
        return _unpacked(folder / known.files[0].name)
    return folder / known.files[0].name


def _unpacked(archive: Path) -> Path:
    target = archive.with_suffix("")
    half = target.with_name(target.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as bundle:
            bundle.extractall(half)
        inner = half / target.name
        (inner if inner.is_dir() else half).rename(target)
    except (OSError, zipfile.BadZipFile) as error:
        raise StorybotError(f"cannot unpack {archive.name}: {error}", Exit.MODEL) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    archive.unlink()
    return target
