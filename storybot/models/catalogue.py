"""The catalogue: every model storybot knows by name, and what its files must be."""

from __future__ import annotations

from storybot.record import Record

LLAMA2C_URL = "https://huggingface.co/karpathy/tinyllamas/resolve/main/"
VOSK_URL = "https://alphacephei.com/vosk/models/"


class Download(Record):
    """One file to fetch and what it must be."""

    url: str
    name: str  # file name in the models folder
    size: int  # bytes
    sha256: str = ""  # hex; empty: not known, only the size is checked


TOKENIZER_32000 = Download(
    "https://raw.githubusercontent.com/karpathy/llama2.c/master/tokenizer.bin",
    "tokenizer.bin",
    433_869,
    "50a52ef822ee9e83de5ce9d0be0a025a773d019437f58b5ff9dcafb063ece361",
)


class KnownModel(Record):
    """One model by name."""

    name: str
    what: str  # one line for the table
    files: tuple[Download, ...] = ()  # the model first, its tokenizer second; empty: shipped
    recogniser: bool = False  # a Vosk model: a zip that is unpacked to a folder


# Sizes follow from the published shapes: 28 header bytes and 4 bytes a weight, incl. the RoPE
# tables that version 0 of the format carries.
KNOWN_MODELS = (
    KnownModel("default", "storybot's own story model, shipped with it"),
    KnownModel(
        "stories260K",
        "llama2.c, 260 thousand parameters: fast and foolish",
        (
            Download(
                LLAMA2C_URL + "stories260K/stories260K.bin",
                "stories260K.bin",
                1_056_540,
                "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696",
            ),
            Download(
                LLAMA2C_URL + "stories260K/tok512.bin",
                "tok512.bin",
                6_227,
                "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312",
            ),
        ),
    ),
    KnownModel(
        "stories15M",
        "llama2.c, 15 million parameters: good stories",
        (
            Download(
                LLAMA2C_URL + "stories15M.bin",
                "stories15M.bin",
                60_816_028,
                "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a",
            ),
            TOKENIZER_32000,
        ),
    ),
    KnownModel(
        "stories42M",
        "llama2.c, 42 million parameters, for a PC",
        (Download(LLAMA2C_URL + "stories42M.bin", "stories42M.bin", 167_020_572), TOKENIZER_32000),
    ),
    KnownModel(
        "stories110M",
        "llama2.c, 110 million parameters, for a PC",
        (
            Download(LLAMA2C_URL + "stories110M.bin", "stories110M.bin", 438_381_596),
            TOKENIZER_32000,
        ),
    ),
    KnownModel(
        "vosk-en",
        "Vosk's small English recogniser, for 512 MB of memory and more",
        (
            Download(
                VOSK_URL + "vosk-model-small-en-us-0.15.zip",
                "vosk-model-small-en-us-0.15.zip",
                41_205_931,
                "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
            ),
        ),
        recogniser=True,
    ),
)


def find_model(name: str) -> KnownModel | None:
    """A known model by its name."""
    return next((known for known in KNOWN_MODELS if known.name == name), None)
