"""Edits of the places of a prompt: examples, lines, paragraphs."""

from __future__ import annotations

import pytest

from explainers import AskWhyError
from explainers.edits import Unchanged, edit
from explainers.spans import Ambiguous, Unfound

SHOTS = "Do it.\n\nQ: a\nA: b\n\nQ: c\nA: d\n\nQ: e\nA:"
PLACED = [
    ({"kind": "remove", "part": "example", "which": 2}, "Do it.\n\nQ: a\nA: b\n\nQ: e\nA:"),
    ({"kind": "remove", "part": "example", "which": "all"}, "Do it.\n\nQ: e\nA:"),
    ({"kind": "move", "part": "example", "which": 1, "where": "end"}, "Do it.\n\nQ: c\nA: d\n\nQ: a\nA: b\n\nQ: e\nA:"),
    ({"kind": "move", "part": "example", "which": "last", "where": "start"}, "Do it.\n\nQ: c\nA: d\n\nQ: a\nA: b\n\nQ: e\nA:"),
    (
        {"kind": "move", "part": "line", "which": 1, "where": "after", "partner": 2},
        "Q: a\n\nDo it.\nA: b\n\nQ: c\nA: d\n\nQ: e\nA:",
    ),
    (
        {"kind": "move", "part": "line", "which": "last", "where": "before", "partner": 1},
        "A:\n\nDo it.\nQ: a\n\nA: b\nQ: c\n\nA: d\nQ: e",
    ),
    ({"kind": "append", "part": "example", "new": "Q: x\nA: y"}, "Do it.\n\nQ: a\nA: b\n\nQ: c\nA: d\n\nQ: x\nA: y\n\nQ: e\nA:"),
    ({"kind": "append", "part": "line", "new": "Now."}, f"{SHOTS}\nNow."),
    (
        {"kind": "insert", "part": "line", "which": 1, "where": "after", "new": "Be kind."},
        SHOTS.replace("Do it.", "Do it.\nBe kind."),
    ),
    ({"kind": "insert", "part": "line", "where": "start", "new": "Hi."}, f"Hi.\n{SHOTS}"),
]


@pytest.mark.parametrize(
    ("asked", "after"), PLACED, ids=[f"{asked['kind']} {asked['part']} {place}" for place, (asked, _) in enumerate(PLACED)]
)
def test_examples_and_lines_are_places_of_a_prompt(asked, after):
    assert edit(SHOTS, **asked).after == after


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"kind": "move", "old": "it"}, AskWhyError, "say which sentence, line, paragraph or example"),
        ({"kind": "move", "part": "example"}, Ambiguous, "There are examples in 2 places"),
        ({"kind": "move", "part": "example", "which": 1, "where": "after"}, AskWhyError, "say which one"),
        ({"kind": "move", "part": "example", "which": 1, "where": "after", "partner": 1}, Unchanged, "itself"),
        ({"kind": "move", "part": "example", "which": 2, "where": "end"}, Unchanged, "as it is"),
        ({"kind": "move", "part": "example", "which": "all"}, AskWhyError, "One example is moved at a time"),
        ({"kind": "move", "part": "example", "which": 1, "where": {"after": "x"}}, AskWhyError, "moved to the start or the end"),
        ({"kind": "remove", "part": "example", "which": 5}, Unfound, "only 2 examples"),
    ],
)  # fmt: skip
def test_a_move_that_cannot_be_made_says_why(asked, error, said):
    with pytest.raises(error, match=said):
        edit(SHOTS, **asked)


@pytest.mark.parametrize(
    ("which", "count", "after"),
    [(1, 1, "  C\nD.\n\nE."), (2, 1, "A.\n\nE."), (3, 1, "A.\n\n  C\nD."), (2, 2, "A."), (1, 2, "E.")],
)
def test_a_paragraph_goes_with_the_empty_lines_after_it(which, count, after):
    assert edit("A.\n\n  C\nD.\n\nE.", "remove", part="paragraph", which=which, count=count).after == after
