"""Wav files of every kind that a program writes, made by sox; broken ones made here."""

from __future__ import annotations

import shutil
import struct
import subprocess
from array import array
from pathlib import Path

import pytest
from test_pcm import tone

from storybot.errors import StorybotError
from storybot.hearing.microphones.wav import read_wav
from storybot.hearing.microphones.wav_format import WavFault, parse_wav
from storybot.hearing.pcm import SAMPLE_RATE_HZ, level_dbfs
from tests.fakes.recognisers import write_wav

SOUND = tone(440, SAMPLE_RATE_HZ)
LEVEL = level_dbfs(SOUND)
sox = pytest.mark.skipif(shutil.which("sox") is None, reason="needs sox")


def converted(folder: Path, options: str, effects: str = "") -> Path:
    """The tone as sox writes it with these options."""
    plain = write_wav(folder / "plain.wav", SOUND)
    path = folder / "converted.wav"
    command = ["sox", "-D", str(plain), *options.split(), str(path), *effects.split()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return path


@sox
@pytest.mark.parametrize(
    "options",
    [
        "-b 8",
        "-b 16",
        "-b 24",
        "-b 32",
        "-e floating-point -b 32",
        "-e floating-point -b 64",
        "-e a-law",
        "-e mu-law",
        "-b 24 -r 48000 -c 2",
        "-b 32 -r 96000 -c 6",
        "-b 16 -c 4",
        "-e floating-point -b 32 -r 44100 -c 2",
        "-b 24 -r 192000",
        "-b 16 -r 11025",
    ],
)
def test_every_plain_kind_is_read(options: str, tmp_path: Path) -> None:
    recording = read_wav(converted(tmp_path, options))
    assert recording.notes == ()
    assert recording.seconds == pytest.approx(0.5, abs=0.01)
    assert level_dbfs(recording.pcm) == pytest.approx(LEVEL, abs=0.5)


@sox
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("-e ms-adpcm", "compressed, format 0x0002"),
        ("-e ima-adpcm", "compressed, format 0x0011"),
        ("-e gsm-full-rate -r 8000", "compressed, format 0x0031"),
        ("-B", "big-endian"),
    ],
)
def test_what_cannot_be_read_says_why(options: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match=f"{reason}.*; save it as 16-bit PCM"):
        read_wav(converted(tmp_path, options))


@sox
def test_samples_of_both_telephone_codes_are_exact(tmp_path: Path) -> None:
    """Every one of their 256 codes, as sox decodes it."""
    every = tmp_path / "every.raw"
    every.write_bytes(bytes(range(256)))
    for law in ("a-law", "mu-law"):
        wav, plain = tmp_path / f"{law}.wav", tmp_path / f"{law}.raw"
        source = ["sox", "-D", "-t", "raw", "-r", "8000", "-c", "1", "-e", law, "-b", "8", every]
        subprocess.run([*source, wav], check=True, timeout=60)
        subprocess.run([*source, "-e", "signed", "-b", "16", plain], check=True, timeout=60)
        assert parse_wav(wav.read_bytes()).pcm == plain.read_bytes()


def header(kind: int, channels: int, bits: int, more: bytes = b"", size: int = 8) -> bytes:
    frame = channels * bits // 8
    form = (
        struct.pack("<HHIIHH", kind, channels, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * frame, frame, bits)
        + more
    )
    data = struct.pack("<4sI", b"data", size)
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(form)) + form + data


PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")


def test_other_chunks_are_passed_over() -> None:
    plain = header(1, 1, 16)
    listed = plain[:-8] + b"LIST\3\0\0\0abc\0" + plain[-8:] + b"\1\0\2\0\3\0\4\0" + b"tail" * 9
    assert array("h", parse_wav(listed).pcm).tolist() == [1, 2, 3, 4]


def test_the_length_that_a_program_writes_into_a_pipe_is_no_promise() -> None:
    for size in (0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFDB):
        sound = parse_wav(header(1, 1, 16, size=size) + SOUND)
        assert sound.pcm == SOUND and not sound.is_cut
    assert parse_wav(header(1, 1, 16, size=len(SOUND) + 2) + SOUND).is_cut


def test_a_recording_whose_lengths_were_never_written() -> None:
    """Its program was ended: the samples are there, and both lengths as they were at first."""
    begun = header(1, 1, 16, size=0)
    for riff in (0, 36):
        sound = parse_wav(begun[:4] + riff.to_bytes(4, "little") + begun[8:] + SOUND)
        assert sound.pcm == SOUND and not sound.is_cut
    listed = begun[:4] + (36 + 16).to_bytes(4, "little") + begun[8:] + b"LIST\x08\0\0\0INFOabcd"
    assert parse_wav(listed).pcm == b""


def test_floats_beyond_full_scale_and_those_that_are_none() -> None:
    values = struct.pack("<4f", 2.0, -2.0, float("nan"), float("inf"))
    sound = parse_wav(header(3, 1, 32, size=16) + values)
    assert array("h", sound.pcm).tolist() == [32767, -32767, 0, 0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"RF64\xff\xff\xff\xffWAVE" + bytes(40), "RF64"),
        (b"OggS" + bytes(60), "does not begin as one"),
        (header(1, 1, 16)[:-8], "ends before its samples"),
        (header(1, 1, 16)[:30], "cut short"),
        (b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd", "before their format"),
        (header(1, 0, 16), "0 channels"),
        (header(1, 1, 64), "64 bits"),
        (header(1, 1, 0), "0 bits"),
        (header(3, 1, 16), "16 bits"),
        (header(0xFFFE, 1, 16), "a kind of their own"),
        (header(0xFFFE, 1, 16, struct.pack("<HHI", 22, 16, 4) + b"\1" * 16), "of their own"),
        (header(0x55, 2, 0), "compressed, format 0x0055"),
        (header(1, 1, 16)[:32] + b"\7\0" + header(1, 1, 16)[34:], "contradicts itself"),
    ],
)
def test_a_header_that_cannot_be(data: bytes, reason: str) -> None:
    with pytest.raises(WavFault, match=reason):
        parse_wav(data)


def test_twenty_bits_in_three_bytes_and_an_extensible_header() -> None:
    more = struct.pack("<HHI", 22, 20, 4) + PCM_GUID
    sound = parse_wav(header(0xFFFE, 1, 24, more, size=6) + b"\x10\x34\x12\x00\x00\x80")
    assert array("h", sound.pcm).tolist() == [0x1234, -0x8000]
