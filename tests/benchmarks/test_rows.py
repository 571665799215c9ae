"""The benchmark of rows: its questions run and are answered, on few rows; how fast is of no matter."""

from __future__ import annotations

import pytest

from explainers import neighbours
from explainers.assets import CACHE_VARIABLE

from assistant.operations import similar
from benchmarks import rows, rows_data


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(rows, "TURNS", 2)
    for module in (neighbours, similar):  # so that what the benchmark puts there is taken back
        monkeypatch.setattr(module, "embed_texts", module.embed_texts)
    rows_data.write(tmp_path / "rows.parquet", 500)
    return tmp_path


def test_every_question_is_answered(folder):
    first = rows.first("generated", folder, 500)
    assert first["rows"] == 500 and first["bytes"] > 10_000
    assert list(first["seconds"]) == ["read and prepare the file", "count the words", "load the model", "predict every row"]
    second = rows.second("generated", folder, 500)
    assert second["memory"] > 1e7
    counts = {one["command"]: one["rows"] for one in second["questions"]}
    assert counts["where id = {last} | count"] == 1 and counts["count"] is None
    assert 0 < counts['where text contains "call" | count'] < 250
    assert 0 < counts["where correct = false | count"] < 250
    assert all(
        (one["first"] > 0 and one["median"] <= one["slowest"]) or one["first"] >= one["median"] for one in second["questions"]
    )
    assert len(counts) > 50


def test_made_up_rows_are_the_same_each_time(tmp_path):
    for name in ("one", "two"):
        rows_data.write(tmp_path / name, 50)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_wanted_and_what_was_reached():
    def step(memory: float, **more: object) -> dict:
        return {"memory": memory, "rows": 10, "seconds": {"data": 1.0}, **more}

    asked = [
        {"group": "selections", "median": 0.3},
        {"group": "selections", "median": 0.1},
        {"group": "operations", "median": 9.0},
    ]
    found = {"data": {"demo": {"first": step(1e9), "second": step(2.5e9, questions=asked)}}}
    assert [(measured, met) for _, _, measured, met in rows.aims(found)] == [
        ("at most 0.300 s", False), ("2.50 GB", False), ("1.0 s", True),
    ]  # fmt: skip


def test_the_page_is_of_the_kept_results(tmp_path):
    rows.write(rows.RESULTS, tmp_path / "rows.md")
    assert (tmp_path / "rows.md").read_text("utf-8") == rows.PAGE.read_text("utf-8")
