"""What visitors think of answers: kept in a file of this person's, bounded, and nowhere else."""

from __future__ import annotations

import json
import stat

from assistant import feedback
from assistant.feedback import LONGEST, Feedback


def test_a_judgement_is_a_line(tmp_path):
    kept = Feedback(tmp_path / "new")
    assert kept.keep("why?\nwell", "attribute", "abc", False, "wrong")
    assert kept.keep("x" * 9000, "", "abc", True)
    first, second = map(json.loads, kept.path.read_text("utf-8").splitlines())
    assert (first["question"], first["command"], first["model"]) == ("why?\nwell", "attribute", "abc")
    assert (first["good"], first["reason"]) == (False, "wrong")
    assert (second["good"], second["reason"], len(second["question"])) == (True, None, LONGEST)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_the_oldest_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(feedback, "MOST", 2)
    kept = Feedback(tmp_path)
    for number in range(4):
        kept.keep(str(number), "", "", True)
    assert [json.loads(line)["question"] for line in kept.path.read_text("utf-8").splitlines()] == ["2", "3"]
