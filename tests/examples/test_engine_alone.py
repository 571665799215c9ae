"""The example runs as it stands and says what it promises."""

from __future__ import annotations

import runpy
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "engine_alone.py"


def test_the_engine_is_of_use_alone(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [words[0] for words in said] == ["prediction", "prediction", "attribution", "gap", "trust"]
    assert abs(float(said[0][2]) + float(said[1][2]) - 1) < 0.002
    assert said[4][1] in ("high", "medium", "low")


def test_it_is_short():
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 36
