"""The benchmark of the engine: what it counts and compares is right, on tiny models; how fast they are is of no matter."""

from __future__ import annotations

import dataclasses
import types

import numpy as np
import pytest
import torch

from explainers import METHODS
from explainers.best import DEFAULT_SET

from benchmarks import engine, engine_ceiling, engine_faithfulness, engine_gradients, engine_masks, engine_page
from benchmarks.engine_race import Passes, Timing, counted, race
from benchmarks.engine_rows import Aim, Part, Row, circumstances, keep, kept_parts
from benchmarks.engine_subject import subject
from tests.explainers import architectures

TEXTS = ("You have won a free prize", "See you at home tonight, love", "free call now here")


@pytest.fixture(scope="module")
def tiny():
    return subject("tiny", architectures.build("bert"), TEXTS)


def test_a_race_counts_what_runs_through_the_model_and_notes_who_fails(tiny):
    classifier = tiny.classifier
    encoding = classifier.encode(TEXTS[0])
    ids = torch.tensor([encoding.ids])

    def twice(text: str, target: str) -> None:
        classifier.model(input_ids=torch.cat([ids, ids]), attention_mask=torch.ones_like(torch.cat([ids, ids])))

    def fails(text: str, target: str) -> None:
        raise ValueError("no such thing")

    timings = race({"twice": twice, "fails": fails}, ["a"], ["b"], 3, [classifier.model])
    passes = timings["twice"].passes
    assert (passes.forwards, passes.rows, passes.tokens, len(passes.distinct)) == (1, 2, 2 * ids.shape[1], 1)
    assert len(timings["twice"].seconds) == 3
    assert timings["fails"].failure == "ValueError: no such thing" and not timings["fails"].seconds


def test_padding_makes_no_row_distinct(tiny):
    ids = torch.tensor([tiny.classifier.encode(TEXTS[0]).ids])
    longer = torch.nn.functional.pad(ids, (0, 4))
    with counted([tiny.classifier.model]) as passes:
        tiny.classifier.model(input_ids=ids, attention_mask=torch.ones_like(ids))
        tiny.classifier.model(input_ids=longer, attention_mask=torch.nn.functional.pad(torch.ones_like(ids), (0, 4)))
    assert passes.rows == 2 and len(passes.distinct) == 1


def test_gradients_are_compared_on_the_same_function(tiny):
    rows, aims = engine_gradients.measure(engine._few(tiny, 1), 1)
    by_name = {(row.group, row.name): row.figures for row in rows}
    for output in engine_gradients.OUTPUTS:
        own, other = (by_name[output, f"{name}, 50 steps{more}"] for name, more in (("engine", ""), ("captum", ", defaults")))
        assert own["largest_error"] == pytest.approx(other["largest_error"], abs=1e-5)
        assert by_name[output, "captum, 50 steps, defaults"]["rows"] == 50
    assert any("error" in aim.name for aim in aims)


def test_methods_that_hide_words_are_compared_and_the_missing_say_so(tiny):
    rows, aims = engine_masks.measure(engine._few(tiny, 1), 1, samples=16)
    assert {row.group for row in rows} == set(engine_masks.METHODS)
    ran = {row.name: row.figures for row in rows if row.group == "leave one out"}
    words = len(TEXTS[0].split())
    assert ran["engine"]["distinct"] == words + 1
    assert ran["engine"]["times_engine"] == 1.0
    for row in rows:
        assert ("did not run" in row.name) == (row.figures["cpu_ms"] is None)
    peers = [row for row in rows if row.group in engine_masks.AIMED and row.name.startswith(engine_masks.PEERS)]
    assert len(peers) > 6
    assert [aim.name for aim in aims] == [
        f"{row.group}: CPU time a distinct mask of {row.name}" for row in peers if row.figures["rows"]
    ]


def test_a_rival_in_bf16_is_held_against_the_engine_in_bf16():
    def timing(seconds: float, masks: int) -> Timing:
        return Timing([seconds] * 3, Passes(distinct={bytes([mask]) for mask in range(masks)}))

    timings = {engine_masks.ENGINE: timing(2.0, 10), engine_masks.FAST: timing(1.0, 10), "lime": timing(8.0, 10)}
    timings[f"lime{engine_masks.HALF}"] = timing(8.0, 20)
    whole, half = (engine_masks._aim("LIME", name, timings) for name in ("lime", f"lime{engine_masks.HALF}"))
    assert (whole.measured, whole.met) == ("4.00 times (in bf16 8.00)", True)
    assert (half.measured, half.wanted, half.met) == ("4.00 times", "at least 3 times the engine's in bf16", True)


def test_rows_that_differ_in_places_alone_are_distinct(tiny):
    ids = torch.full((2, 3), 7)
    with counted([tiny.classifier.model]) as passes:
        tiny.classifier.model(input_ids=ids, position_ids=torch.tensor([[0, 1, 2], [0, 2, 3]]))
    assert passes.rows == len(passes.distinct) == 2


def test_best_is_no_worse_than_its_set_and_finished_texts_are_not_run_again(tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path))
    rows, aims = engine_faithfulness.measure(engine._few(tiny, 2), samples=16, workers=1)
    figures = {row.name: row.figures for row in rows}
    assert set(figures) == {*METHODS, "best"} and rows[0].name == "best"
    assert all(figures["best"]["score"] >= figures[name]["score"] and figures[name]["behind_best"] >= 0 for name in DEFAULT_SET)
    for own in figures.values():
        assert own["score"] == pytest.approx(own["comprehensiveness"] - own["sufficiency"], abs=2e-4)
    assert aims[0].met

    def computed_again(*given: object) -> None:
        raise AssertionError("a text was measured twice")

    monkeypatch.setattr(engine_faithfulness, "measure_text", computed_again)
    assert engine_faithfulness.measure(engine._few(tiny, 2), samples=16, workers=1)[0] == rows


def test_the_bare_model_runs_the_rows_that_the_engine_runs(tiny):
    work = engine_ceiling._Forwards(tiny)
    lengths = [len(encoding.ids) for encoding, _ in work.rows]
    batches = engine_ceiling._cut(lengths, 64)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    assert all(max(lengths[place] for place in batch) * len(batch) <= 64 or len(batch) == 1 for batch in batches)
    own = tiny.classifier.forward([encoding for encoding, _ in work.rows], keep=[kept for _, kept in work.rows])
    for batch in batches:
        assert torch.allclose(work.bare(batch), own[batch], atol=1e-4)
    rows, aims = engine_ceiling.measure(engine._few(tiny, 1), 1)
    assert {row.group for row in rows} == {"forward and backward", "forward"} and len(aims) == 2
    assert all(max(row.figures["share_of_best"] for row in rows if "the best" in row.name) == 1 for _ in aims)


def test_the_few_are_of_each_class_in_turn(tiny):
    many = dataclasses.replace(tiny, texts=tuple("abcdef"), targets=("x", "x", "x", "y", "x", "y"))
    assert engine._few(many, 4).texts == ("a", "d", "b", "f")
    assert engine._few(many, 6).texts == ("a", "d", "b", "f", "c", "e")


def made(name: str, demo: str, measured: str) -> Part:
    row = Row("forward", "engine", {"tokens_per_second": 1234, "share_of_best": 0.5})
    texts = {"texts": 1, "shortest": 2, "median": 2, "longest": 2, "sum": 2}
    return Part(name, demo, [row], [Aim("as fast", "at least 85 %", measured, False)], texts, circumstances(0.5))


def test_a_part_is_put_in_the_place_of_its_last_run_and_the_page_tells_losses(tmp_path):
    results, page = tmp_path / "results" / "engine.json", tmp_path / "docs" / "engine.md"
    keep(results, made("ceiling", "one", "20 %"))
    keep(results, made("ceiling", "two", "30 %"))
    keep(results, made("ceiling", "one", "40 %"))
    parts = kept_parts(results)
    assert {demo: part.aims[0].measured for demo, part in parts["ceiling"].items()} == {"one": "40 %", "two": "30 %"}
    assert parts["ceiling"]["one"] == made("ceiling", "one", "40 %")
    engine_page.write(results, page)
    text = page.read_text("utf-8")
    assert "| one | as fast | at least 85 % | 40 % | **missed** |" in text
    assert "20 %" not in text.partition("## How")[0]
    assert all(f"| {name} |" in text for name in METHODS)
    assert "| engine | 1,234 | 0.500 |" in text


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (True, "yes"), (False, ""), (0.0, "0"), (1234.5, "1,234"), (12.34, "12.3"), (1.5, "1.50"), (0.25, "0.250"), (0.00012, "1e-04"), (1200, "1,200")],
)  # fmt: skip
def test_figures_as_they_stand_in_tables(value, said):
    assert engine_page.figure(value) == said


def test_the_page_is_written_from_what_is_kept(tmp_path):
    engine_page.write(engine.RESULTS, tmp_path / "engine.md")
    assert engine.PAGE.read_text("utf-8") == (tmp_path / "engine.md").read_text("utf-8"), (
        "docs/engine.md is stale; run `python -m benchmarks.engine --only`"
    )


def test_intervals_and_sizes():
    assert engine_faithfulness._interval([1.0]) == 0.0
    assert engine_faithfulness._interval([0.0, 1.0]) == pytest.approx(1.96 * np.std([0, 1], ddof=1) / 2**0.5)
    one = types.SimpleNamespace(comprehensiveness_curve=(1.0, 2.0, 3.0, 4.0), sufficiency_curve=(0.0, 1.0, 0.0, 1.0))
    assert (engine_faithfulness._mean_score(one, 0), engine_faithfulness._mean_score(one, 1)) == (2.0, 2.0)
