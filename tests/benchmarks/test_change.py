"""The benchmark of counterfactuals: its rivals do what was published, its figures add up, and a stopped run goes on."""

from __future__ import annotations

import json

import pytest

from explainers.counterfactuals import Lexicon

from benchmarks import change, change_page, change_textfooler
from benchmarks.change_page import OURS, aims, figures, write
from benchmarks.change_rivals import DELETION, RIVALS, ablation_flip, hot_flip, leave_one_out

from ..explainers.architectures import TEXTS, build
from ..explainers.counterfactuals.votes import SPAM, Votes

BOTH = {"free": "spam", "prize": "spam", "win": "spam", "love": "ham"}


def item(made: str | None = "made", **more: object) -> dict:
    known = {
        "made": made,
        "asked": 10,
        "tokens": 100,
        "seconds": 1.0,
        "words": 2,
        "similarity": 0.9,
        "perplexity": 1.5,
        "held": True,
    }
    return (known if made else {name: known[name] for name in ("made", "asked", "tokens", "seconds")}) | more


@pytest.mark.parametrize(
    ("text", "made", "words"),
    [
        ("call me now", "call now", 1),
        ("call me now", "call us all now", 2),
        ("call me now", "ring me later", 2),
        ("call me now", "please call me", 2),
        ("call me now", "call me now", 0),
        ("call me", "see you all there", 4),
        ("call, me", "call me", 0),
    ],
)
def test_the_distance_counts_words_that_go_or_come(text, made, words):
    assert change.distance(text, made) == words


def test_deletion_goes_on_by_absence_until_it_flips():
    assert leave_one_out(Votes(SPAM), "win a free prize at home") == ("a prize at home", 1 + 6 + 2)
    assert leave_one_out(Votes(SPAM), "win") == (None, 1)
    assert leave_one_out(Votes({}), "a b c") == (None, 1 + 3 + 2)


def test_ablation_flip_deletes_the_smallest_set_that_flips():
    made, asked = ablation_flip(Votes(BOTH), "love to win a free prize")
    assert made == "love to a prize"  # of the sets of two, the first by how much each word counts
    assert asked == 1 + 6 + 6 + 1
    assert ablation_flip(Votes({}), "a b c")[0] is None


def test_what_was_asked_is_counted_up_to_the_flip_however_texts_are_batched():
    model = Votes({"a": "spam"})
    assert leave_one_out(model, "b c d a") == ("b c d", 1 + 4 + 1)
    assert len(model.asked) > 1 + 4 + 1  # a whole batch was run


def test_hot_flip_puts_in_words_of_the_lexicon_and_flips():
    model = build("bert")
    lexicon = Lexicon.of(model)
    found = [hot_flip(model, text, lexicon)[0] for text in TEXTS[:4]]
    assert any(found)
    for text, made in zip(TEXTS, found, strict=False):
        if made:
            before, after = model.probabilities([text])[0], model.probabilities([made])[0]
            assert before.argmax() != after.argmax()
            assert 1 <= change.distance(text, made) <= 3


def test_figures_and_aims_of_rows_that_were_made_up():
    items = {
        OURS: [item(words=1, seconds=2.0), item(words=3, seconds=4.0), item(None, seconds=6.0, stopped="texts"), item(words=2)],
        DELETION: [item(words=2, seconds=1.0), item(None), item(None, seconds=2.0), item(words=5)],
        "other": [item(None), item(words=2), item(words=1), item(None)],
    }
    found = figures(items)
    ours = found["ways"][OURS]
    assert (found["rows"], found["reachable"], found["reached"], found["stopped"], found["stopped_by_clock"]) == (4, 4, 3, 1, 0)
    assert (ours["flips"], ours["held"], ours["words"], ours["seconds"], ours["times"]) == (3, 3, 2.0, 3.0, 2.5)
    assert found["pairs"] == {
        DELETION: {"rows": 2, "ours": 1.5, "theirs": 3.5},
        "other": {"rows": 1, "ours": 3.0, "theirs": 2.0},
    }
    assert [(measured, met) for _, measured, met in aims(found)] == [
        ("3 of 4", False), ("2", True), ("3 beside 2 of other", False), ("1.50", True), ("3", True), ("3 of 3", True),
    ]  # fmt: skip


def test_a_flip_that_does_not_hold_is_told():
    found = figures({OURS: [item(held=False), item()], DELETION: [item(), item()]})
    assert aims(found)[-1][1:] == ("1 of 2", False)
    assert [met for *_, met in aims(found)][2] is True


def test_where_nothing_flips_the_page_has_dashes(tmp_path):
    found = figures({OURS: [item(None)] * 2, **{way: [item(None)] * 2 for way in RIVALS}})
    assert [met for *_, met in aims(found)] == [None, None, None, None, True, None]
    run = {"rows": 2, "cores": 2, "machine": "x", "threads": 1, "load": 0.1, "budget": 700}
    write({"run": run, "textfooler": "it was not installed", "demos": {"tiny": found}}, tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "nan" not in page and "None" not in page
    assert "| AskWhy | 0 of 2 | – | – | – | 10 | 100 | 1 | 1 | 0 of 0 |" in page
    assert "nothing to measure" in page and "other work was going on" not in page
    assert "TextFooler is not in the table: it was not installed." in page


@pytest.mark.parametrize(("value", "said"), [(None, "–"), (2.0, "2"), (1.5, "1.50"), (1234.5, "1,234"), (0.004, "0.00")])
def test_a_figure_as_it_is_written(value, said):
    assert change_page.figure(value) == said


def test_what_other_code_found_and_a_torn_line_are_not_taken(tmp_path):
    kept = tmp_path / "kept.jsonl"
    good, old = {"way": OURS, "text": "a", "code": change.code(OURS)}, {"way": OURS, "text": "b", "code": "other"}
    kept.write_text("\n" + json.dumps(good) + "\n" + json.dumps(old) + '\n{"way": "AskWhy", "te', "utf-8")
    assert change.read(kept) == {(OURS, "a"): good}
    with kept.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(good | {"text": "c"}))
    assert set(change.read(kept)) == {(OURS, "a"), (OURS, "c")}
    assert change.read(tmp_path / "none.jsonl") == {}


def test_the_code_of_each_way_is_that_of_its_files():
    assert change.code(OURS) != change.code(DELETION) == change.code("hot flip")
    for paths in change.SOURCES.values():
        assert all((change.HERE.parent / path).exists() for path in paths)


def test_an_environment_without_textfooler_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(change_textfooler, "HOME", tmp_path)
    assert change_textfooler.tried() == "it was not installed: there is no .venv-textfooler"
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/sh\necho "{\\"fact\\": \\"it wants the internet\\"}"\n')
    python.chmod(0o755)
    assert change_textfooler.tried() == "it wants the internet"
    python.write_text("#!/bin/sh\necho '<urlopen error no host>'\necho boom\nexit 1\n")
    assert change_textfooler.tried() == "boom; it asked for files from the internet and did not get them"
