"""A question about all the data drops the rows chosen before; one that leans on them keeps them."""

from __future__ import annotations

import pytest

from assistant.operations import OPERATIONS
from assistant.parsing.everything import of_all
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)


@pytest.mark.parametrize(
    "question, program, wanted",
    [
        ("what is your accuracy overall", "where previous | score metric=accuracy", "score metric=accuracy"),
        ("Of all messages, which is the longest?", "where previous | show n=1 by=words", "show n=1 by=words"),
        ("how many mistakes are there in total", "where previous and correct = false | count", "where correct = false | count"),
        ("in general, which do you take for spam", "where previous and label = ham | confusion", "where label = ham | confusion"),
        ("전체에서 정확도는?", "where previous | score metric=accuracy", "score metric=accuracy"),
        ("모든 문자 중에 제일 긴 거", "where previous | show n=1 by=words", "show n=1 by=words"),
        # what leans on the rows chosen before, or chooses afresh
        ("how many of those are there in total", "where previous | count", "where previous | count"),
        ("그중 전체 몇 개야", "where previous | count", "where previous | count"),
        ("your accuracy", "where previous | score metric=accuracy", "where previous | score metric=accuracy"),
        ("in general, all the others", "where not previous | show", "where not previous | show"),
        ("the overall accuracy for spam", "where label = spam | score", "where label = spam | score"),
        ("the overall length", "statistics of=words", "statistics of=words"),
        (
            "only with overall",
            'where previous and text contains "overall" | show',
            'where previous and text contains "overall" | show',
        ),
        ("generals are not meant", "where previous | show", "where previous | show"),
    ],
)
def test_what_is_meant_of_all(question, program, wanted):
    assert of_all(question, LANGUAGE.read(program)) == LANGUAGE.read(wanted)
