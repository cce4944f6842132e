"""What the engine says about its work."""

from __future__ import annotations

import pytest

from storybot.telling.engine_figures import EngineFigures, read_figures


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("achieved tok/s: 24.5\n", EngineFigures(None, 24.5, 0.1, None)),
        ("", EngineFigures(None, None, 0.1, None)),
        (
            '{"tokens": 12, "ended": "model"}\nachieved tok/s: 3\n',
            EngineFigures(12, 3.0, 0.1, True),
        ),
        ('{"tokens": 400, "ended": "limit"}', EngineFigures(400, None, 0.1, False)),
        ('{"tokens": "many", "ended": 7}', EngineFigures(None, None, 0.1, None)),
        ('{broken\n{"tokens": 5}', EngineFigures(5, None, 0.1, None)),
        ("{[1]}\n[2]", EngineFigures(None, None, 0.1, None)),
    ],
)
def test_figures(said: str, expected: EngineFigures) -> None:
    assert read_figures(said, 0.1) == expected
