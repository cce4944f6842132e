"""Settings handed from one process to another as JSON.

The small board's daemon never reads YAML itself: another process reads the files and ends, and
the memory of the YAML library is free again.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.system.folders import cache_folder
from storybot.system.python_child import python_command

READ_TIMEOUT_S = 30.0  # for the other process
REASON_MAX_CHARACTERS = 200  # of an error in the other process


def to_json(settings: Settings) -> str:
    """All sections."""
    return json.dumps(dataclasses.asdict(settings))


def from_json(text: str) -> Settings:
    """What `to_json` wrote."""
    sections: dict[str, dict[str, Any]] = json.loads(text)
    usual = Settings()
    return Settings(
        **{
            name: dataclasses.replace(getattr(usual, name), **values)
            for name, values in sections.items()
        }
    )


def replace_process(module: str, settings: Settings, *words: str) -> None:
    """Replace this process by `python -m module FD WORDS`, where FD holds the settings.

    So the small profile's processes never import a reader of YAML or of arguments; their code is
    compiled already. `taken_over` reads FD.
    """
    from storybot.system import bytecode_cache  # with compileall: 0.9 MB that `full` never needs

    handed = os.memfd_create("storybot-settings", 0)  # 0: it outlives the exec
    os.write(handed, to_json(settings).encode())
    os.lseek(handed, 0, os.SEEK_SET)
    os.environ.update(bytecode_cache.environment(cache_folder()))
    os.execv(sys.executable, python_command(module, str(handed), *words))


def taken_over(fd: int) -> Settings:
    """The settings that `replace_process` handed to this process."""
    with os.fdopen(fd, encoding="utf-8") as handed:
        return from_json(handed.read())


def read_in_child(explicit: Path | None) -> Settings:
    """The settings as another process reads them; its StorybotError is raised here."""
    command = python_command(__name__, *([str(explicit)] if explicit else []))
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=READ_TIMEOUT_S, encoding="utf-8"
        )
    except subprocess.TimeoutExpired:
        raise StorybotError("reading them took too long", Exit.CONFIG) from None
    except OSError as error:  # no memory or no process left just now
        raise StorybotError(f"they cannot be read ({error.strerror})", Exit.CONFIG) from error
    if done.returncode == Exit.CONFIG:
        raise StorybotError(done.stderr.strip() or "they cannot be read", Exit.CONFIG)
    if done.returncode != 0:  # it broke: of a traceback the last line says why
        why = done.stderr.strip().rpartition("\n")[2][:REASON_MAX_CHARACTERS]
        raise StorybotError("they cannot be read" + (f" ({why})" if why else ""), Exit.CONFIG)
    try:
        return from_json(done.stdout)
    except (ValueError, TypeError, KeyError):  # storybot was upgraded, and not yet started anew
        raise StorybotError(
            "they were read by another version of storybot; restart it", Exit.CONFIG
        ) from None


def main() -> int:
    """Read the settings, and the file named as argument; write them to stdout."""
    from storybot.config import load

    explicit = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        print(to_json(with_found_paths(load.load_settings(explicit).settings)))
    except StorybotError as error:
        print(error, file=sys.stderr)
        return error.code
    return 0


def with_found_paths(settings: Settings) -> Settings:
    """The settings with the paths of engine, model and tokenizer filled in.

    Where one cannot be found they stay as they are; the error comes when the engine is made.
    """
    from storybot.models.engine_files import find_engine_files

    telling = settings.telling
    try:
        files = find_engine_files(telling.engine, telling.model, telling.tokenizer)
    except StorybotError:
        return settings
    found = dataclasses.replace(
        telling,
        engine=str(files.program),
        model=str(files.model),
        tokenizer="" if files.tokenizer is None else str(files.tokenizer),
    )
    return dataclasses.replace(settings, telling=found)


if __name__ == "__main__":
    sys.exit(main())
