"""The files that a story needs: the engine's program, its model and its tokenizer."""

from __future__ import annotations

from pathlib import Path

from storybot.record import Record


class EngineFiles(Record):
    """What the engine is started with."""

    program: Path
    model: Path
    tokenizer: Path | None  # None: inside the model


def find_engine_files(engine: str, model: str, tokenizer: str) -> EngineFiles:
    """The files behind the settings `telling.engine`, `telling.model` and `telling.tokenizer`.

    Raises StorybotError where one of them is not on this machine. Settings that name all files
    are taken as they are: the small profile has them searched for by a process that ends, and
    never imports the catalogue of models.
    """
    named = Path(engine).is_absolute() and Path(model).is_file()
    if named and (tokenizer or model.endswith(".story")):
        return EngineFiles(Path(engine), Path(model), Path(tokenizer) if tokenizer else None)
    from storybot.models.installed import resolve_model
    from storybot.system.engine_program import find_engine

    files = resolve_model(model, tokenizer)
    return EngineFiles(find_engine(engine), files.model, files.tokenizer)
