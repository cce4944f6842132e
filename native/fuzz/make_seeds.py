"""Writes the fuzzers' seeds: tiny valid files of every kind, from which mutation starts."""

import random
import struct
import sys
import zlib
from pathlib import Path

DIM, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCAB, CONTEXT = 8, 8, 1, 2, 1, 64, 8
GROUP, BLOCK, LEADING = 32, 32, 32
SHAPE = (DIM, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCAB, CONTEXT)
KV_DIM = DIM // HEADS * KV_HEADS

rng = random.Random(1)


def floats(count: int) -> bytes:
    return struct.pack(f"<{count}f", *(rng.uniform(-1, 1) for _ in range(count)))


def int8s(count: int) -> bytes:
    return bytes(rng.randrange(256) for _ in range(count))


def version_0(dim: int, vocab: int) -> bytes:
    kv = dim // HEADS * KV_HEADS
    out = struct.pack("<7i", dim, HIDDEN, LAYERS, HEADS, KV_HEADS, vocab, CONTEXT)
    out += floats(abs(vocab) * dim) + floats(dim) + floats(2 * dim * dim) + floats(2 * kv * dim)
    out += floats(dim) + floats(3 * dim * HIDDEN) + floats(dim)
    return out + floats(CONTEXT * (dim // HEADS))


def header_of(version: int) -> bytes:
    out = struct.pack("<II7iB", 0x616B3432, version, *SHAPE, 1)
    if version == 2:
        out += struct.pack("<i", 8)
    return out.ljust(256, b"\0")


def version_1() -> bytes:
    out = header_of(1) + floats((2 * LAYERS + 1) * DIM) + floats(VOCAB * DIM)
    return out + floats(2 * DIM * DIM + 2 * KV_DIM * DIM + 3 * DIM * HIDDEN)


def version_2() -> bytes:
    counts = [VOCAB * DIM, DIM * DIM, KV_DIM * DIM, KV_DIM * DIM, DIM * DIM]
    counts += [HIDDEN * DIM, DIM * HIDDEN, HIDDEN * DIM]
    out = header_of(2) + floats((2 * LAYERS + 1) * DIM)
    return out + b"".join(int8s(n) + floats(n // 8) for n in counts)


def tokenizer_file(pieces: list[bytes]) -> bytes:
    out = struct.pack("<i", max(map(len, pieces)))
    for i, piece in enumerate(pieces):
        out += struct.pack("<fi", -float(i), len(piece)) + piece
    return out


def pieces_of(count: int) -> list[bytes]:
    out = [
        b"<unk>",
        b"\n<s>\n",
        b"\n</s>\n",
        b"<0x00>",
        b" ",
        b"a",
        b"b",
        b"ab",
        b" a",
        b"\xc3\xa9",
    ]
    return (out + [b"t%d" % i for i in range(count)])[:count]


def tokenizer_section(pieces: list[bytes]) -> bytes:
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    order = sorted(range(len(pieces)), key=lambda i: (pieces[i], i))
    out = struct.pack("<II", len(pieces), starts[-1])
    out += struct.pack(f"<{len(pieces)}f", *(-float(i) for i in range(len(pieces))))
    out += struct.pack(f"<{len(starts)}I", *starts) + struct.pack(f"<{len(order)}I", *order)
    return out + b"".join(pieces)


def packed(coding: int, rows: int, cols: int) -> bytes:
    blocks = -(-rows // BLOCK)
    if coding == 2:
        return floats(blocks * cols * BLOCK)
    groups = -(-cols // GROUP)
    weights = GROUP * BLOCK // (2 if coding == 4 else 1)
    record = lambda: int8s(weights) + struct.pack("<32H", *([0x3C00] * 32))  # noqa: E731
    return b"".join(record() for _ in range(blocks * groups))


def aligned(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // 64) * 64, b"\0")


def screen_section(vocab: int) -> bytes:
    blocks, hot = -(-vocab // BLOCK), 1
    out = aligned(struct.pack("<4IfI", 1, hot, 1, LEADING, 0.5, blocks))
    out += aligned(struct.pack("<2I5fI", hot, blocks - hot, 3.0, 0.1, 0.01, 1.0, 3.0, 0))
    out += aligned(struct.pack("<4f", 0.1, 1.0, 1.0, 0.0) * (blocks - hot)) + aligned(floats(DIM))
    return out + packed(2, LEADING, DIM) + packed(3, (blocks - hot) * BLOCK, LEADING)


def story(coding: int, screened: bool, vocab: int = VOCAB) -> bytes:
    quantisation = {2: 0, 3: 8, 4: 4}[coding]
    rows = {3: (vocab, DIM), 4: (DIM, DIM), 5: (KV_DIM, DIM), 6: (KV_DIM, DIM), 7: (DIM, DIM)}
    rows |= {8: (HIDDEN, DIM), 9: (DIM, HIDDEN), 10: (HIDDEN, DIM)}
    sections = [(1, 0, 0, 0, tokenizer_section(pieces_of(vocab)))]
    sections.append((2, 0, 0, 0, floats((2 * LAYERS + 1) * DIM)))
    for kind, (n, cols) in rows.items():
        sections.append((kind, coding, n, cols, packed(coding, n, cols)))
    if screened:
        order = list(reversed(range(vocab)))
        sections.append((12, 0, 0, 0, struct.pack(f"<{2 * vocab}I", *order, *order)))
        sections.append((13, 0, 0, 0, screen_section(vocab)))
    at = -(-(128 + 48 * len(sections)) // 64) * 64
    table, body = b"", b""
    for kind, code, n, cols, data in sections:
        table += struct.pack(
            "<6I2Q8x", kind, 0, code, n, cols, zlib.crc32(data), at + len(body), len(data)
        )
        body += aligned(data)
    group = GROUP if quantisation else 0
    head = b"\x89STORY\r\n" + struct.pack(
        "<IIQII", 1, 1, at + len(body), len(sections), quantisation
    )
    shape = (*SHAPE[:5], vocab, CONTEXT)
    head = (head + struct.pack("<7iI", *shape, group)).ljust(120, b"\0")
    head += struct.pack("<I", zlib.crc32(table))
    head += struct.pack("<I", zlib.crc32(head))
    return (head + table).ljust(at, b"\0") + body


def main(out: Path) -> None:
    seeds = {
        "checkpoint/version0": version_0(DIM, VOCAB),
        "checkpoint/untied": version_0(DIM, -12) + floats(12 * DIM),
        "checkpoint/version1": version_1(),
        "checkpoint/version2": version_2(),
        "story/fp32": story(2, False),
        "story/int8": story(3, False),
        "story/int8-screened": story(3, True),
        "story/int4": story(4, False),
        "tokenizer/small": bytes([4, 5]) + b" abat" + tokenizer_file(pieces_of(12)),
        "pack/version0": version_0(DIM, 12),
        "pack/version2": version_2(),
        "story/int8-screened-50": story(3, True, 50),
        "plan/planned": b"\x16" + int8s(3000),
    }
    for name, data in seeds.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
