"""The benchmark of span salience: what it measures and writes is right, on a tiny model; how fast it is is of no matter."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from explainers.generative import read_prompts, salience

from benchmarks import generate, generate_page
from tests.explainers.architectures import build_generative

ROWS = [{"prompt": "you won free\ncall here now\nlove you"}, {"prompt": "home here\nfree call\nyou now\nlove"}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """Runs the benchmark with a tiny model and two prompts; gives what was kept, the page, and how much was measured."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "prompts.jsonl").write_text("\n".join(map(json.dumps, ROWS)) + "\n", "utf-8")
    model = build_generative("llama", max_position_embeddings=256)
    model.model.generation_config.eos_token_id = model.model.config.eos_token_id = model.tokenizer.eos_token_id = None
    patch = pytest.MonkeyPatch()
    patch.setattr(generate, "PROMPTS", folder / "prompts.jsonl")
    patch.setattr(generate.GenerativeModel, "load", lambda *_, **__: model)
    measured = []
    timed = generate._timed
    patch.setattr(generate, "_timed", lambda *given: measured.append(given[1].name) or timed(*given))

    def call(*options: str):
        measured.clear()
        sizes = ["--model", "it", "--steps", "9", "--span", "3", "--results", str(folder / "kept.json")]
        patch.setattr(sys, "argv", ["generate", *sizes, "--page", str(folder / "page.md"), *options])
        generate.main()
        return json.loads((folder / "kept.json").read_text("utf-8")), (folder / "page.md").read_text("utf-8"), len(measured)

    yield call
    patch.undo()


def test_it_goes_on_where_it_was(run):
    few = ("--timed", "1", "--exact", "1", "--prompts", "1")
    first, _, work = run(*few)
    assert work > 10
    assert {key[-2:] for part in generate.WORK for key in first[part]} == {"00"}
    again, page, work = run(*few)
    assert work == 0
    assert {part: again[part] for part in generate.WORK} == {part: first[part] for part in generate.WORK}
    none, _, work = run("--prompts", "2", "--minutes", "0")
    assert (work, len(none["deletion"])) == (0, len(first["deletion"]))
    more, _, work = run("--timed", "1", "--exact", "1", "--prompts", "2")
    assert work == 0
    assert len(more["deletion"]) == 2 * len(first["deletion"]) == 2 * (1 + len(generate.METHODS))
    with pytest.raises(SystemExit, match="other sizes"):
        run("--span", "2")
    assert "captum, default" in page and "| random | 1 |" in page


def test_contestants_that_do_the_same_find_the_same(run):
    kept, page, _ = run("--timed", "1", "--exact", "1", "--prompts", "1")
    race = generate_page.races(kept["race"])
    for method in ("integrated_gradients", "occlusion"):
        same = [row for row in race[method] if row["name"].startswith("captum") and not row["failure"]]
        assert same
        assert min(row["difference"] for row in same) < 2e-3
    exact = {row["name"]: row for row in generate_page.exacts(kept["exact"])["integrated_gradients"]}
    assert exact["captum, default"]["difference"] < 1e-5 < exact["captum, default"]["largest"]
    assert exact["captum, default"]["rounding"] > 0
    (opposite,) = (row for row in race["input_x_gradient"] if row["name"] == "LIT's formula")
    assert opposite["correlation"] == pytest.approx(-1, abs=1e-5)
    wanted = {aim["name"] for aim in generate_page.aims(race, generate_page.exacts(kept["exact"]), [])}
    assert "difference to captum, default, in float64" in wanted
    assert all(f"| {name} |" in page for name in wanted)


def test_all_single_segments_are_the_random_choice_of_one(run):
    kept, _, _ = run("--timed", "0", "--exact", "0", "--prompts", "1")
    model = generate.GenerativeModel.load()
    answer = generate._answer(model, ROWS[0]["prompt"], 3)
    made = salience(model, answer.prompt, answer, method="occlusion", unit="line", check=False)
    assert kept["deletion"]["random | 00"] == pytest.approx(np.mean([segment.sum for segment in made.segments]), abs=1e-5)
    assert kept["deletion"]["occlusion | 00"] == pytest.approx(max(segment.sum for segment in made.segments), abs=1e-5)


def test_there_are_fifty_prompts_of_many_kinds():
    rows = read_prompts(Path(generate.ROOT / "benchmarks" / "data" / "generate_prompts.jsonl"))
    assert len({row.prompt for row in rows}) == len({row.name for row in rows}) == 50
    assert min(len(row.prompt.splitlines()) for row in rows) >= 3
