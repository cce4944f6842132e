"""`storybot doctor`: one line for each part, ok or what to do."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import grp
import math
import os
import shutil
import socket
from collections.abc import Callable
from tempfile import TemporaryFile

from storybot.cli.extras import extras, second
from storybot.cli.output import add_json, show
from storybot.config.schema import Settings
from storybot.controls.socket.client import Client
from storybot.controls.socket.path import server_path
from storybot.controls.socket.requests import Status
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import open_microphone
from storybot.hearing.pcm import BLOCK_BYTES, level_dbfs
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.recognisers.pocketsphinx import noise_suppression
from storybot.models.catalogue import find_model
from storybot.models.engine_files import find_engine_files
from storybot.models.packing import PACK_SUFFIX, packing_advice, verify_pack
from storybot.speaking.speaker import Speaker
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import SpeechParameters
from storybot.stories.library import Library
from storybot.system.folders import daemon_state_folder
from storybot.system.profile import memory_kb, resolve_profile
from storybot.telling.engine_factory import make_engine
from storybot.telling.engine_probe import probe

BLOCKS_A_SECOND = 16000 * 2 // BLOCK_BYTES
SILENT, LOUD = -70.0, -3.0  # dBFS of a quiet room on a working microphone lie between
UNHEARD = ("silent", "wav")  # values of speaking.driver without a loudspeaker
LEAST_MEMORY = 20_000  # kB available: recogniser or engine beside the daemon

Check = Callable[[Settings], str]  # returns what is well, raises StorybotError with what to do


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make every check; the exit code is that of the first that failed."""
    code = Exit.OK
    for name, check in CHECKS.items():
        well = False
        try:
            told = f"ok: {check(settings)}"
            well = True
        except StorybotError as error:
            told = str(error)
            code = code or error.code
        except Exception as error:  # any: the other parts are to be checked too
            told = " ".join(f"broke ({type(error).__name__}: {error})".split())
            code = code or Exit.FAULT
        data = {"part": name, "ok": well, "told": told.removeprefix("ok: ")}
        show(args, data, f"{name:11} {told}")
    return code


def _microphone(settings: Settings) -> str:
    if settings.hearing.driver == "none":
        return "none is wanted: hearing.driver is none"
    microphone = open_microphone(settings.hearing, resolve_profile(settings.service.profile))
    try:
        level = max(level_dbfs(microphone.read()) for _ in range(BLOCKS_A_SECOND))
        overruns = microphone.overruns
    finally:
        microphone.close()
    gaps = _gaps(overruns, "overruns")
    if level > LOUD:
        raise StorybotError(
            f"{microphone.name} is overdriven ({level:.0f} dBFS); turn its gain down{gaps}",
            Exit.SOUND_IN,
        )
    if math.isinf(level) or level < SILENT:
        raise StorybotError(
            f"{microphone.name} gives no sound ({level:.0f} dBFS); "
            f"unmute it or turn its gain up{gaps}",
            Exit.SOUND_IN,
        )
    return f"{microphone.name}, loudest of one second {level:.0f} dBFS{gaps}"


def _speaker(settings: Settings) -> str:
    if settings.speaking.driver in UNHEARD:
        return f"nothing is played aloud: speaking.driver is {settings.speaking.driver}"

    async def play() -> int:
        async with Speaker(settings.speaking, resolve_profile(settings.service.profile)) as speaker:
            await speaker.earcon("ready")
            await speaker.drain()
            return speaker.underruns

    return "played three tones; did you hear them?" + _gaps(asyncio.run(play()), "underruns")


def _gaps(count: int, kind: str) -> str:
    """What is added to a part's line where the device lost sound while it was tried."""
    return f" ({count} {kind}: end other programs, or the sound has gaps)" if count else ""


def _recogniser(settings: Settings) -> str:
    if settings.hearing.driver == "none":
        return "none is needed: hearing.driver is none"
    name = make_recogniser(settings.hearing).name
    missing = noise_suppression.missing() if name == "pocketsphinx" else ""
    return name + (f"; in noise it would hear better with {missing}" if missing else "")


def _voice(settings: Settings) -> str:
    speaking = settings.speaking
    voice = make_voice(speaking)
    heard = 0

    def count(pcm: object) -> bool:
        nonlocal heard
        heard += 1
        return True

    voice.synthesise(
        "Hello.", SpeechParameters(speaking.accent, speaking.speed, speaking.pitch), count
    )
    if not heard:
        raise StorybotError(f"the voice {voice.name} made no sound", Exit.SOUND_OUT)
    return f"{voice.name}, {speaking.accent}"


def _engine(settings: Settings) -> str:
    engine = make_engine(settings.telling)

    asyncio.run(probe(engine, False, 64))
    if settings.telling.plot == "on":
        asyncio.run(probe(engine, True, 64))
    figures = engine.figures
    speed = figures.tokens_per_second if figures else None
    return f"{engine.program}, {speed:.0f} tokens/s" if speed else str(engine.program)


def _model(settings: Settings) -> str:
    telling = settings.telling
    files = find_engine_files(telling.engine, telling.model, telling.tokenizer)
    known = find_model(telling.model)
    if files.model.suffix == PACK_SUFFIX:
        verify_pack(files.program, files.model)
    elif known is not None and known.files:
        from storybot.models.downloads import is_whole

        if not is_whole(files.model, known.files[0]):
            raise StorybotError(
                f"{files.model} is damaged; delete it and run: storybot models get {known.name}",
                Exit.MODEL,
            )
    told = f"{telling.model}, {files.model.stat().st_size / 1e6:.1f} MB"
    advice = packing_advice(files.model, known.name if known else "")
    return f"{told}; {advice}" if advice else told


def _library(settings: Settings) -> str:
    if settings.library.keep == 0:
        return "no stories are kept: library.keep is 0"
    folder = Library(settings.library, daemon_state_folder()).folder
    # What is not there is not made: made by root, the daemon could not write it.
    there = next(place for place in (folder, *folder.parents) if place.exists())
    owner = there.stat().st_uid
    if not os.access(there, os.W_OK) and owner not in (0, os.geteuid()):
        return f"{folder}, which its owner alone may write"
    try:
        with TemporaryFile(dir=there) as file:
            file.write(b"storybot")
    except OSError as error:
        raise StorybotError(
            f"stories cannot be kept in {folder} ({error.strerror}); make room or correct "
            "library.folder",
            Exit.FAULT,
        ) from None
    return str(folder)


def _memory(settings: Settings) -> str:
    total, free = memory_kb("MemTotal"), memory_kb("MemAvailable")
    profile = resolve_profile(settings.service.profile)
    told = f"{free // 1024} of {total // 1024} MB available, profile {profile}"
    if free < LEAST_MEMORY:
        raise StorybotError(f"only {told}; end other programs", Exit.FAULT)
    return told


def _permissions(settings: Settings) -> str:
    if os.geteuid() == 0:
        return "root"
    mine = {*os.getgroups(), os.getegid()}
    wanted = ["audio"]
    if settings.controls.button != "none" or settings.controls.lights != "none":
        kinds = {settings.controls.button, settings.controls.lights}
        wanted += [name for name, needing in _GROUP_OF.items() if needing & kinds]
    missing = []
    for name in wanted:
        with contextlib.suppress(KeyError):
            if grp.getgrnam(name).gr_gid not in mine:
                missing.append(name)
    if missing and shutil.which("pactl") is None:
        groups = ",".join(missing)
        raise StorybotError(
            f"you are not in the group {groups}; run: sudo usermod -aG {groups} $USER",
            Exit.FAULT,
        )
    return "groups of sound and controls"


def _socket(settings: Settings) -> str:
    """Asked where a daemon runs, else made and removed as a daemon would make it."""
    path = server_path(settings.controls.socket)
    with contextlib.suppress(StorybotError):
        with Client(settings.controls.socket) as client:
            client.request(Status())
        return f"the daemon answers at {client.path}"
    made = [folder for folder in path.parents if not folder.exists()]
    probe = path.with_name(f".doctor-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.bind(str(probe))
    except OSError as error:
        raise StorybotError(
            f"the control socket {path} cannot be made ({error.strerror or error}); "
            "set controls.socket to a place that you may write",
            Exit.DAEMON,
        ) from None
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
    return f"{path}, where no daemon runs yet"


_GROUP_OF = {"dialout": {"serial"}, "gpio": {"gpio", "sysfs"}, "input": {"evdev"}}

CHECKS: dict[str, Check] = {
    "microphone": _microphone,
    "speaker": _speaker,
    "recogniser": _recogniser,
    "second": second,
    "voice": _voice,
    "engine": _engine,
    "model": _model,
    "library": _library,
    "memory": _memory,
    "permissions": _permissions,
    "socket": _socket,
    "extras": extras,
}
