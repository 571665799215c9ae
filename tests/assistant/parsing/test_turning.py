"""A Korean question says by "으로" what the model takes rows for."""

from __future__ import annotations

import pytest

from assistant.operations import OPERATIONS
from assistant.parsing.linking import Linker
from assistant.parsing.turning import turned
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])
READ = "where label = spam and prediction = ham | count"
TURNED = "where label = ham and prediction = spam | count"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("멀쩡한 문자를 스팸으로 막아버린 건 몇 개야", TURNED),
        ("정상인데 스팸이라고 한 거", TURNED),
        ("ham인데 spam으로 본 거", TURNED),
        ("스팸인데 ham으로 본 거", READ),
        ("스팸을 정상으로 통과시킨 것", READ),
        ("스팸인데 놓친 거", READ),
        ("spam called ham", READ),
    ],
)
def test_the_class_that_rows_are_taken_for(question, wanted):
    assert turned(question, LANGUAGE.read(READ), Linker(LANGUAGE.schema)).to_text(LANGUAGE.schema) == wanted


@pytest.mark.parametrize("program", ["where label = spam | count", "where label = spam and prediction = spam | show", "predict"])
def test_other_rows_stay(program):
    read = LANGUAGE.read(program)
    assert turned("스팸으로 본 거", read, Linker(LANGUAGE.schema)) == read
