"""Files that are shipped with storybot: the story model, lists of words, plots."""

from __future__ import annotations

from pathlib import Path

DATA_FOLDER = Path(__file__).parent
