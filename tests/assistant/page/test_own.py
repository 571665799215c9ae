"""The form for a visitor's own model and data, without a browser: what is talked about is what was checked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.access import Access
from assistant.web.own import Own
from assistant.web.visitors import Visitors

from ..conftest import frame

REQUEST = SimpleNamespace(session_hash="one", headers={})
CLASSES = "0 = ham\n1 = spam"


@pytest.fixture
def own(assistant):
    return Own(assistant, Visitors(), Access(loopback=True), *[None] * 11)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp("brought") / "mine.csv"
    frame().to_csv(path, index=False)
    return str(path)


def form(rows, **changed):
    return list(({"model": "", "file": rows, "text": "text", "label": "spam", "id": "", "noun": ""} | changed).values())


def last(told):
    *_, found = told
    return found


def test_what_was_checked_is_talked_about(own, rows):
    status, classes, _ = last(own._checked(*form(rows), REQUEST))
    assert "is loaded" in status and classes["value"] == CLASSES
    status, talking, _ = last(own._talked(CLASSES, 0, *form(rows), REQUEST))
    assert "40 rows" in status and talking == 1
    assert len(own.visitors.of("one").own.workspace.dataset) == 40


def test_a_file_that_nobody_foresaw_is_told_in_words(own, tmp_path):
    (tmp_path / "deep.jsonl").write_text('{"text": ' + "[" * 5000 + "]" * 5000 + "}\n", "utf-8")
    shown, status, *fields = own._uploaded(str(tmp_path / "deep.jsonl"), REQUEST)
    assert shown == "" and 'role="alert"' in status and not any(field["visible"] for field in fields)


@pytest.mark.parametrize(
    "changed", [{"label": ""}, {"text": "sender"}, {"noun": "ticket, tickets"}, {"model": "x"}, {"id": "age"}]
)
def test_a_form_that_was_changed_since_is_checked_again_first(own, rows, changed):
    last(own._checked(*form(rows), REQUEST))
    status, talking, _ = last(own._talked(CLASSES, 0, *form(rows, **changed), REQUEST))
    assert "check it first" in status and talking == 0
    assert own.visitors.of("one").own is None


def test_an_answer_that_is_worked_on_is_not_disturbed(own, rows):
    visitor = own.visitors.of("one")
    with visitor.working() as cancelled:
        status, *_ = last(own._checked(*form(rows), REQUEST))
        assert "still being worked on" in status and not cancelled.is_set()
    assert "is loaded" in last(own._checked(*form(rows), REQUEST))[0]


def test_what_a_question_stops_is_told_to_be_stopped(own, rows):
    growing = own._checked(*form(rows), REQUEST)
    next(growing)
    assert "Reading the data" in next(growing)[0]
    with own.visitors.of("one").working():
        assert "Stopped" in last(growing)[0]
    assert own.visitors.of("one").brought is None


def test_rows_are_called_as_the_page_speaks(own, rows):
    own.visitors.of("one").language = "ko"
    last(own._checked(*form(rows), REQUEST))
    assert "행 40개" in last(own._talked(CLASSES, 0, *form(rows), REQUEST))[0]
