"""The wav format: header and samples of every plain kind, as int16.

Formats as RFC 2361 and Microsoft's WAVEFORMATEXTENSIBLE number them. The standard library's `wave`
refuses all but the first before Python 3.12, and floats in every version.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass

PCM, FLOAT, A_LAW, MU_LAW, EXTENSIBLE = 0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE
KINDS = {  # bytes a sample of each format that can be read
    PCM: (1, 2, 3, 4),
    FLOAT: (4, 8),
    A_LAW: (1,),
    MU_LAW: (1,),
}
# The last 14 bytes of an extensible header's GUID; the first two are the format it stands for.
SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")
UNKNOWN_SIZE = 0x7FFF0000  # bytes; programs that write into a pipe claim this or more
LOUDEST = 32767  # int16


class WavFault(Exception):
    """Why these bytes are no wav that can be read, as the rest of a sentence."""


@dataclass(frozen=True)
class WavSound:
    """Interleaved int16 samples."""

    rate: int  # Hz
    channels: int
    pcm: bytes  # whole frames
    is_cut: bool  # it holds less sound than its header promises


@dataclass(frozen=True)
class _Format:
    kind: int  # a key of KINDS
    channels: int
    rate: int  # Hz
    width: int  # bytes a sample


def parse_wav(data: bytes) -> WavSound:
    """The sound of a whole wav file; WavFault where there is none that can be read."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        known = {b"RIFX": "its samples are big-endian", b"RF64": "it is of the kind RF64"}
        raise WavFault(known.get(data[:4], "it does not begin as one" if data else "it is empty"))
    form: _Format | None = None
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        place += 8
        if name == b"fmt ":
            form = _format(data[place : place + size])
        elif name == b"data":
            if form is None:
                raise WavFault("its samples come before their format")
            if size == 0 and struct.unpack_from("<I", data, 4)[0] <= place - 8:
                size = UNKNOWN_SIZE  # whoever recorded was ended before it wrote the lengths
            frame_bytes = form.channels * form.width
            samples = data[place:] if size >= UNKNOWN_SIZE else data[place : place + size]
            samples = samples[: len(samples) // frame_bytes * frame_bytes]
            is_cut = len(samples) < size // frame_bytes * frame_bytes and size < UNKNOWN_SIZE
            return WavSound(form.rate, form.channels, _int16(samples, form), is_cut)
        place += size + size % 2  # chunks begin at even places
    raise WavFault("it ends before its samples")


def _format(header: bytes) -> _Format:
    if len(header) < 16:
        raise WavFault("its header is cut short")
    kind, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", header)
    if kind == EXTENSIBLE:
        if len(header) < 40 or header[26:40] != SUBFORMAT:
            raise WavFault("its samples are of a kind of their own")
        kind = int.from_bytes(header[24:26], "little")
    width = (bits + 7) // 8
    if kind not in KINDS:
        raise WavFault(f"its samples are compressed, format {kind:#06x}")
    if channels < 1 or width not in KINDS[kind]:
        raise WavFault(f"it claims {channels} channels of {bits} bits")
    if frame_bytes != channels * width:
        raise WavFault("its header contradicts itself")
    return _Format(kind, channels, rate, width)


def _int16(samples: bytes, form: _Format) -> bytes:
    if form.kind == FLOAT:
        return _from_floats(samples, form.width)
    if form.kind != PCM:
        law = _a_law if form.kind == A_LAW else _mu_law
        return _from_table(samples, law)
    if form.width == 1:  # the one width without a sign
        return _from_table(samples, lambda code: (code - 128) << 8)
    width = form.width
    high = bytearray(len(samples) // width * 2)  # the two high bytes of each sample
    high[0::2] = samples[width - 2 :: width]
    high[1::2] = samples[width - 1 :: width]
    return _own_order(array("h", bytes(high)))


def _from_floats(samples: bytes, width: int) -> bytes:
    values = array("f" if width == 4 else "d", samples)
    if sys.byteorder == "big":
        values.byteswap()
    scaled = (value * LOUDEST if math.isfinite(value) else 0.0 for value in values)
    return array("h", (round(max(-LOUDEST, min(LOUDEST, s))) for s in scaled)).tobytes()


def _from_table(samples: bytes, value: Callable[[int], int]) -> bytes:
    table = [value(code) for code in range(256)]
    return array("h", map(table.__getitem__, samples)).tobytes()


def _own_order(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _a_law(code: int) -> int:
    """ITU-T G.711, A-law: sign, 3 bits of exponent, 4 of mantissa, even bits inverted."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, (code & 15) << 4
    size = mantissa + 8 if exponent == 0 else mantissa + 0x108 << exponent - 1
    return size if code & 0x80 else -size


def _mu_law(code: int) -> int:
    """ITU-T G.711, mu-law: the same with all bits inverted and a bias of 132."""
    code ^= 0xFF
    size = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size
