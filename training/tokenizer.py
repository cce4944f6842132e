"""Train the tokenizer: sentencepiece BPE with byte fallback, written as llama2.c's tokenizer.bin.

Entry order is sentencepiece's own: <unk>=0, BOS <s>=1, EOS </s>=2, 256 bytes, then pieces.
"""

from __future__ import annotations

import argparse
import struct
from itertools import chain
from pathlib import Path

import sentencepiece

from training.corpus import read_stories, require_corpus

WHOLE_WORDS_FILE = Path(__file__).with_name("whole_words.txt")
WHOLE_WORD_WEIGHT = 150  # the rarest pieces of a 4,096-entry vocabulary occur about half as often


def whole_words() -> str:
    """Given weight, each of these words becomes one piece, never misspelt."""
    lines = WHOLE_WORDS_FILE.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#"))


def train(
    stories: list[str], vocabulary: int, prefix: Path
) -> sentencepiece.SentencePieceProcessor:
    """Train `vocabulary` entries on `stories`; leaves PREFIX.model and PREFIX.bin."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=chain(stories, [whole_words()] * WHOLE_WORD_WEIGHT),
        model_prefix=str(prefix),
        model_type="bpe",
        vocab_size=vocabulary,
        character_coverage=1.0,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        max_sentence_length=20000,
        num_threads=2,
        minloglevel=2,  # it warns of newlines in a listing that nobody reads
    )
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
    write_bin(processor, prefix.with_suffix(".bin"))
    return processor


def write_bin(processor: sentencepiece.SentencePieceProcessor, path: Path) -> None:
    """tokenizer.bin: max piece length u32, then per entry score f32, length u32, bytes."""
    pieces: list[tuple[float, bytes]] = []
    for index in range(processor.vocab_size()):
        text = processor.id_to_piece(index)
        if index in (1, 2):
            text = f"\n{text}\n"
        pieces.append((processor.get_score(index), text.replace("\u2581", " ").encode()))
    with path.open("wb") as out:
        out.write(struct.pack("<I", max(len(piece) for _, piece in pieces)))
        for score, piece in pieces:
            out.write(struct.pack("<fI", score, len(piece)) + piece)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--vocabulary", type=int, default=4096, help="entries (default 4096)")
    args = parser.parse_args()
    folder = require_corpus(args.corpus)
    args.out.mkdir(parents=True, exist_ok=True)
    stories = read_stories(folder / "tinystories-train.txt.xz")
    processor = train(stories, args.vocabulary, args.out / "tokenizer")
    sample = stories[:2000]
    tokens = sum(len(processor.encode(story)) for story in sample)
    density = sum(map(len, sample)) / tokens
    print(f"tokenizer: {args.vocabulary} entries, {density:.3f} characters per token")


if __name__ == "__main__":
    main()
