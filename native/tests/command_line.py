"""What a user can get wrong, and what the system can do to the program: each has its exit code and
one sentence. Usage: command_line.py STORYTELLER SYNTHETIC
"""

import os
import re
import resource
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

USAGE, FILE, MODEL, TOKENIZER, MEMORY, VANISHED, KERNEL, PROMPT = 2, 3, 4, 5, 6, 7, 8, 9
INT8 = 3  # a coding of matrices in a pack
LONGEST_S = 120.0
failures = 0


def check(what: str, holds: bool, detail: object = "") -> None:
    global failures
    if not holds:
        failures += 1
        print(f"does not hold: {what} {detail}")


def refused(code: int, word: str, *arguments: str, storyteller: str) -> None:
    """The command ends with this code and one sentence on stderr that holds `word`."""
    run = subprocess.run([storyteller, *arguments], capture_output=True, check=False)
    sentence = run.stderr.decode()
    good = run.returncode == code and word in sentence and sentence.count("\n") == 1
    check(
        f"{arguments} -> {code}, {word!r}",
        good and sentence.startswith("storyteller: "),
        f"{run.returncode} {sentence!r}",
    )


def told(storyteller: str, *arguments: str) -> bytes:
    run = subprocess.run([storyteller, *arguments], capture_output=True, check=False)
    check(f"{arguments} tells", run.returncode == 0, run.stderr)
    return run.stdout


def bad_command_lines(s: str) -> None:
    refused(USAGE, "which model", storyteller=s)
    refused(USAGE, "no option -x", "small.story", "-x", storyteller=s)
    refused(USAGE, "needs a value", "small.story", "-t", storyteller=s)
    refused(USAGE, "takes a number", "small.story", "-t", "warm", storyteller=s)
    refused(USAGE, "takes a whole number", "small.story", "-n", "1e3", storyteller=s)
    refused(USAGE, "one word too many", "small.story", "other", storyteller=s)
    refused(USAGE, "threads", "small.story", "-j", "0", storyteller=s)
    refused(KERNEL, "cannot run the kernel", "small.story", "--kernel", "abacus", storyteller=s)
    refused(USAGE, "pack takes", "pack", "small.bin", storyteller=s)
    packing = ("pack", "small.bin", "small.tok", "-o", "x")
    refused(USAGE, "-q takes", *packing, "-q", "int3", storyteller=s)
    refused(USAGE, "-g takes", *packing, "-g", "33", storyteller=s)
    refused(USAGE, "no tokenizer inside", "pack", "small.bin", "-o", "x", storyteller=s)
    refused(USAGE, "eval takes", "eval", "small.story", storyteller=s)


def bad_files(s: str) -> None:
    Path("pipe").unlink(missing_ok=True)
    Path("empty").write_bytes(b"")
    Path("noise").write_bytes(os.urandom(5000))
    Path("short").write_bytes(Path("small.bin").read_bytes()[:-4])
    Path("cut.story").write_bytes(Path("small.story").read_bytes()[:-64])
    refused(FILE, "cannot open", "nowhere.story", storyteller=s)
    refused(FILE, "not a regular file", ".", storyteller=s)
    os.mkfifo("pipe")
    refused(FILE, "not a regular file", "pipe", storyteller=s)
    refused(FILE, "0 bytes", "eval", "small.story", "empty", storyteller=s)
    refused(MODEL, "0 bytes", "empty", storyteller=s)
    refused(MODEL, "noise", "noise", storyteller=s)
    refused(MODEL, "shorter", "short", "-z", "small.tok", storyteller=s)
    refused(MODEL, "damaged", "cut.story", storyteller=s)
    refused(TOKENIZER, "cannot open", "small.bin", "-z", "nowhere", storyteller=s)
    refused(TOKENIZER, "not a tokenizer of", "small.bin", "-z", "noise", storyteller=s)
    packing = ("pack", "small.bin", "small.tok")
    refused(FILE, "cannot write", *packing, "-o", "no/such/x", storyteller=s)
    check("no draft is left", not list(Path().glob("*.part")))
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            run = subprocess.run(
                [s, "small.story"], stdout=full, stderr=subprocess.PIPE, check=False
            )
        check("full disk", run.returncode == FILE and b"cannot write" in run.stderr, run.stderr)


def weights_out_of_range(s: str) -> None:
    """A weight of -128 under checksums that hold: --verify refuses it."""
    pack = bytearray(Path("small.story").read_bytes())
    table = 128 + 48 * next(i for i in range(99) if pack[128 + 48 * i + 8] == INT8)
    offset, size = struct.unpack_from("<2Q", pack, table + 24)
    pack[offset] = 0x80
    sections = struct.unpack_from("<I", pack, 24)[0]
    struct.pack_into("<I", pack, table + 20, zlib.crc32(pack[offset : offset + size]))
    struct.pack_into("<I", pack, 120, zlib.crc32(pack[128 : 128 + 48 * sections]))
    struct.pack_into("<I", pack, 124, zlib.crc32(pack[:124]))
    Path("wild.story").write_bytes(pack)
    refused(MODEL, "a weight of -128", "info", "wild.story", "--verify", storyteller=s)


def contexts_differ(s: str, synthetic: str) -> None:
    """A comparison goes as far as the shorter context, whichever model has it."""
    subprocess.run(
        [synthetic, "brief.bin", "small.tok", "5", "0.01", "64", "96", "3", "4", "2", "1000", "64"],
        check=True,
    )
    Path("story.txt").write_text("a dog saw a cat. " * 60)
    for model, other in (("small.bin", "brief.bin"), ("brief.bin", "small.bin")):
        text = told(s, "eval", model, "story.txt", "--compare", other, "-z", "small.tok")
        check(f"{model} beside {other}", b"tokens: 63\n" in text, text)


def little_memory(s: str, synthetic: str) -> None:
    """A context of 500 MB of keys and values, where the process may have a tenth of it."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (48 << 20, 48 << 20))

    if "asan" in s:  # its own tables take more
        return
    subprocess.run(
        [
            synthetic,
            "long.bin",
            "long.tok",
            "5",
            "0.01",
            "64",
            "96",
            "16",
            "4",
            "4",
            "1000",
            "60000",
        ],
        check=True,
    )
    run = subprocess.run(
        [s, "long.bin", "-z", "long.tok", "-n", "0"],
        capture_output=True,
        check=False,
        preexec_fn=limit,
    )
    check("out of memory", run.returncode == MEMORY and b"not enough memory" in run.stderr, run)


def prompts(s: str) -> None:
    text = told(s, "small.story", "-i", "Hello", "-n", "30")
    check("a prompt comes out", text.startswith(b"Hello"), text)
    for prompt in (b"\xff\xfe\x80\xc3", b"\xf0\x9f\x98", b"-- <0x41> \n\t"):
        run = subprocess.run(
            [os.fsencode(s), b"small.story", b"-i", prompt, b"-t", b"0"],
            capture_output=True,
            check=False,
        )
        check(f"prompt {prompt[:8]!r}", run.returncode == 0, run.stderr)
    same = told(s, "small.story", "-s", "5", "-i", "A", "-n", "0")
    check("the seed decides", same == told(s, "small.story", "-s", "5", "-i", "A", "-n", "0"))


def prompts_as_given(s: str) -> None:
    """Whatever characters the vocabulary lacks, and whatever the text looks like."""
    for prompt in (
        "Zoë",
        "“Hi” ’s — …",
        "£5 €",
        "🐉 👩‍🚀",
        "Миша",
        "老虎",
        "</s> <s> <unk>",
        "\n</s>\n<0x41>",
        "  two blanks",
    ):
        for model in (["small.story"], ["small.bin", "-z", "small.tok"]):
            text = told(s, *model, "-i", prompt, "-n", "200", "-s", "3")
            check(f"{prompt!r} as given", text.startswith(prompt.encode()), text)
            check(f"{prompt!r}: UTF-8", "\ufffd" not in text.decode(errors="replace"), text)
    text = told(s, "small.story", "-i", "a\x1b[2J\x07\x9b\x7fb", "-n", "200", "-t", "0")
    check("no control character comes out", text.startswith(b"a[2Jb"), text)
    text = told(s, "small.story", "-i", "Zoë…", "-n", "200", "-t", "0", "--run-c")
    check("run.c leaves bytes out", text.startswith(b"Zo") and b"\xc3" not in text, text)


def prompts_too_long(s: str) -> None:
    """One that leaves no room for the story is refused with a sentence, with --run-c cut."""
    for prompt, steps in (("Hello", "3"), ("Hello", "1"), ("Once upon a time, there was", "8")):
        arguments = ("small.story", "-i", prompt, "-n", steps)
        refused(PROMPT, f"the story may have {steps}", *arguments, storyteller=s)
        check("run.c cuts it", prompt.encode().startswith(told(s, *arguments, "--run-c")[:-1]))
    for steps in ("0", "256", "100000"):
        refused(
            PROMPT,
            "the model's context holds 256",
            "small.story",
            "-i",
            "a" * 120_000,
            "-n",
            steps,
            storyteller=s,
        )
    refused(PROMPT, "context", "bench", "small.story", "-i", "Hello " * 300, storyteller=s)
    run = subprocess.run(
        [s, "small.story", "-i", "Hello", "-n", "3", "--stats", "--run-c"],
        capture_output=True,
        check=False,
    )
    check("a prompt alone has a length", b'"tokens": 3, "ended": "limit"' in run.stderr, run.stderr)


def exchange_ends(model: str, out: str) -> None:
    """A copy of a version 0 checkpoint with an untied classifier: BOS for EOS and back."""
    data = bytearray(Path(model).read_bytes())
    dim, vocabulary = struct.unpack_from("<i", data)[0], -struct.unpack_from("<i", data, 20)[0]
    row = 4 * dim
    bos = len(data) - row * vocabulary + row
    data[bos : bos + 2 * row] = data[bos + row : bos + 2 * row] + data[bos : bos + row]
    Path(out).write_bytes(data)


def stories(s: str, *arguments: str) -> tuple[int, bytes]:
    """How many of 30 stories the model ends, and the text of all."""
    ended, text = 0, b""
    for seed in range(1, 31):
        run = subprocess.run(
            [s, *arguments, "-s", str(seed), "--stats"], capture_output=True, check=False
        )
        check(f"{arguments} tells", run.returncode == 0, run.stderr)
        ended += b'"model"' in run.stderr
        text += run.stdout
    return ended, text


def ends_of_stories(s: str, synthetic: str) -> None:
    """A story ends at BOS as at EOS, and neither is text; for run.c EOS is."""
    subprocess.run(
        [
            synthetic,
            "eos.bin",
            "ends.tok",
            "11",
            "0.004",
            "64",
            "96",
            "3",
            "4",
            "2",
            "600",
            "256",
            "untied",
        ],
        check=True,
    )
    exchange_ends("eos.bin", "bos.bin")  # random weights, which happen to prefer EOS
    for model in ("bos", "eos"):
        checkpoint, pack = (f"{model}.bin", "-z", "ends.tok"), f"{model}.story"
        ended, text = stories(s, *checkpoint)
        check(f"{model}: stories end", ended > 0, ended)
        check(f"{model}: no control token", not re.search(b"</?s>", text))
        for coding in ("fp32", "int8", "int4"):
            subprocess.run(
                [s, "pack", checkpoint[0], "ends.tok", "-q", coding, "-o", pack], check=True
            )
            ended, text = stories(s, pack)
            check(f"{model} {coding}: stories end", ended > 0, ended)
            check(f"{model} {coding}: no control token", not re.search(b"</?s>", text))
    check("for run.c EOS is text", b"</s>" in stories(s, *checkpoint, "--run-c")[1])


def brackets_of_tags(s: str) -> None:
    """A model that knows keywords never draws the brackets of tags; as run.c it draws any token."""
    pieces = Path("small.tok").read_bytes()
    for bracket in (b"[", b"]"):  # only the byte tokens, as in a vocabulary trained on stories
        pieces = pieces.replace(b"\1\0\0\0" + bracket, b"\1\0\0\0_")
    Path("tags.tok").write_bytes(pieces)
    packing = (s, "pack", "small.bin", "tags.tok", "-q", "int8", "-o")
    subprocess.run([*packing, "plain.story"], check=True)
    subprocess.run([*packing, "keywords.story", "--keywords"], check=True)
    hot = ("-t", "3", "-p", "1", "-n", "256")  # whatever can be drawn comes
    plain, keywords = (stories(s, f"{name}.story", *hot)[1] for name in ("plain", "keywords"))
    check("without keywords brackets are text", b"[" in plain and b"]" in plain)
    check("with keywords they never come", b"[" not in keywords and b"]" not in keywords)
    check("--full is the same", keywords == stories(s, "keywords.story", *hot, "--full")[1])
    as_run_c = (stories(s, f"{m}.story", *hot, "--run-c")[1] for m in ("plain", "keywords"))
    check("as run.c both are the same", next(as_run_c) == next(as_run_c))


def reader_leaves(s: str) -> None:
    """A closed pipe ends the story at once, without a word and without a signal."""
    child = subprocess.Popen(
        [s, "small.story", "-t", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.close()
    _, complaint = child.communicate(timeout=LONGEST_S)
    check("reader left", child.returncode == 0 and b"cannot" not in complaint, complaint)


def file_shrinks(s: str) -> None:
    """The model is cut while a long scoring uses it."""
    Path("shrinking.bin").write_bytes(Path("small.bin").read_bytes())
    Path("long.txt").write_text(("a dog saw a cat. " * 40 + "\n<|endoftext|>\n") * 3000)
    child = subprocess.Popen(
        [s, "eval", "shrinking.bin", "long.txt", "-z", "small.tok"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    maps = Path(f"/proc/{child.pid}/maps")
    limit = time.monotonic() + LONGEST_S
    while child.poll() is None and "long.txt" not in maps.read_text():  # the text is opened last
        if time.monotonic() > limit:
            child.kill()
        time.sleep(0.02)
    os.truncate("shrinking.bin", 4096)
    _, complaint = child.communicate(timeout=LONGEST_S)
    check(
        "a model that shrinks",
        child.returncode == VANISHED and b"bin shrank" in complaint,
        f"{child.returncode} {complaint!r}",
    )


def main() -> int:
    storyteller, synthetic = sys.argv[1:3]
    subprocess.run(
        [
            synthetic,
            "small.bin",
            "small.tok",
            "5",
            "0.01",
            "64",
            "96",
            "3",
            "4",
            "2",
            "1000",
            "256",
        ],
        check=True,
    )
    subprocess.run([storyteller, "pack", "small.bin", "small.tok", "-o", "small.story"], check=True)
    for part in (
        bad_command_lines,
        bad_files,
        weights_out_of_range,
        prompts,
        prompts_as_given,
        prompts_too_long,
        brackets_of_tags,
        reader_leaves,
        file_shrinks,
    ):
        part(storyteller)
    for other_part in (contexts_differ, little_memory, ends_of_stories):
        other_part(storyteller, synthetic)
    print(f"{failures} checks do not hold")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
