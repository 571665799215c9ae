"""One page of the table of rows: whatever is asked of it, only that page leaves the server."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.programs.conditions import And, Compare, Sample, leaves
from assistant.web.rows_page import COLUMNS, PER_PAGE, Look, condition, page_of

SPAM = Compare("label", "=", "spam")


def test_a_page_holds_so_many_rows_and_pages_join_to_all(workspace):
    first = page_of(workspace, None, Look())
    assert len(first.rows) == PER_PAGE < first.total == len(workspace.dataset)
    every = [row.id for page in range(first.pages) for row in page_of(workspace, None, Look(page=page)).rows]
    assert every == workspace.dataset.table["id"].to_pylist()


@pytest.mark.parametrize("page", [-5, 10**9])
def test_a_page_that_there_is_not_is_the_nearest(workspace, page):
    found = page_of(workspace, None, Look(page=page))
    assert found.page == (0 if page < 0 else found.pages - 1)
    assert found.rows


@pytest.mark.parametrize("sort", COLUMNS)
def test_rows_come_in_order_both_ways(workspace, sort):
    workspace.probabilities()
    names = {"prediction": lambda row: workspace.classifier.labels.index(row.prediction)}
    of = names.get(sort, lambda row: getattr(row, sort))
    for descending in (False, True):
        looks = [Look(sort=sort, descending=descending, page=page) for page in range(page_of(workspace, None, Look()).pages)]
        shown = [of(row) for look in looks for row in page_of(workspace, None, look).rows]
        assert len(shown) == len(workspace.dataset)
        assert shown == sorted(shown, key=lambda value: value.encode() if isinstance(value, str) else value, reverse=descending)


def test_conditions_join_the_selection(workspace):
    workspace.probabilities()
    wanted = condition(workspace, SPAM, Look(query=" free ", correct="false", prediction="no such class"))
    assert isinstance(wanted, And)
    assert set(leaves(wanted)) == {SPAM, Compare("text", "contains", "free"), Compare("correct", "=", False)}
    assert all(row.label == "spam" and row.correct is False for row in page_of(workspace, SPAM, Look(correct="false")).rows)


def test_rows_drawn_at_random_stay_the_ones_that_were_drawn(workspace):
    drawn = workspace.rows.select(Sample(10))
    left = workspace.rows.select(condition(workspace, Sample(10), Look(label="spam")))
    assert np.isin(left, drawn).all()


def test_a_look_takes_only_what_makes_sense():
    look = Look(query="free", page=3)
    assert look.changed({"page": 4}).page == 4
    assert look.changed({"label": "spam"}) == Look(query="free", label="spam")
    assert look.changed({"sort": "no column", "page": "2", "descending": 1, "other": True}) == look
    assert len(look.changed({"query": "x" * 5000}).query) == 200
    assert look.changed({"page": True}) == look
