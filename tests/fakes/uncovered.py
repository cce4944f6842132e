"""The environment of a child whose imports are looked at: coverage would load modules into it."""

from __future__ import annotations

import os


def uncovered() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
