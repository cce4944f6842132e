"""Put keywords between the tokens of a story, whose own tokens stay what they are without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sentencepiece

from training.batches import Tokens

OPEN, CLOSE = 3 + ord("["), 3 + ord("]")  # brackets are byte tokens
SPACE = "\u2581"  # what sentencepiece writes for a space


def piece_bytes(piece: str) -> int:
    """Bytes of text that a piece stands for; a byte token is written <0x5B>."""
    if len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">"):
        return 1
    return len(piece.replace(SPACE, " ").encode())


def splice(
    processor: sentencepiece.SentencePieceProcessor, story: str, tags: Sequence[tuple[int, str]]
) -> Tokens:
    r"""`tags`: (character at which it begins, text of its keywords or "") of every sentence.

    A sentence that begins inside a piece (`.\n"`) gets no keywords, and sees none of the sentence
    before from the next piece on.
    """
    plain: list[int] = processor.encode(story)
    if not any(text for _, text in tags):
        return Tokens.plain(plain)
    # the first piece begins with a space that the story does not have
    ends = np.cumsum([piece_bytes(processor.id_to_piece(one)) for one in plain]) - 1
    starts = np.concatenate(([0], ends[:-1]))
    keywords: dict[int, list[int]] = {}
    for character, text in tags:
        byte = len(story[:character].encode())
        index = int(np.searchsorted(starts, byte))
        if index == len(starts) or starts[index] != byte:
            text = ""
        ids = [OPEN, *processor.encode(text), CLOSE] if text else []
        # their positions need room behind BOS
        keywords[index] = ids if index + 1 >= len(ids) else []
    out: list[int] = []
    owners: list[int] = []
    owner = count = 0
    for index, one in enumerate(plain):
        if index in keywords:
            count += 1
            owner = count if keywords[index] else 0
            out += keywords[index]
            owners += [-owner] * len(keywords[index])
        out.append(one)
        owners.append(owner)
    return Tokens(np.array(out, np.uint16), np.array(owners, np.int16))
