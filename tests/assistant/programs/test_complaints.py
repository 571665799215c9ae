"""A command that cannot be read is answered by one sentence: what is wrong with it, and what would fit."""

from __future__ import annotations

import re

import pytest

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.programs.complaints import nesting
from assistant.programs.reader import LONGEST, Language

from ..strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])

MISTAKES = [
    # steps
    ("shwo", "There is no operation 'shwo'; did you mean 'show'?"),
    ("show | predcit", "did you mean 'predict'?"),
    ("label = spam", "A condition begins with 'where', as in: where label = spam | show."),
    ("show | where id = 3", "'where' comes first and once"),
    ("", "stops too early"),
    ("show |", "stops too early"),
    ("show | show | show | show | show", "A program has 1 to 4 steps, not 5"),
    ("x" * (LONGEST + 1), "at most 4000"),
    # arguments
    ("attribute tpo=3", "did you mean 'top'?"),
    ("help top=3", "'help' has no argument 'top'; it takes none."),
    ("show 5", "'show' has no argument '5'; choose from n, by, order."),
    ("show n 5", "Give 'n' of 'show' a value after an equals sign."),
    ("show n=", "stops too early"),
    ("show n=0", "'n' of 'show' takes a whole number from 1 to 50, not '0'"),
    ("show n=x", "'n' of 'show' takes a whole number from 1 to 50, not 'x'"),
    ("show n=3 n=4", "'n' of 'show' is given twice."),
    ("clarify", "'clarify' needs the argument 'missing'."),
    ("clarify missing=rwo", "'missing' of 'clarify' takes no 'rwo'; did you mean 'row'?"),
    ("attribute unit=sentense", "did you mean 'sentence'?"),
    ("attribute method=limee", "did you mean 'lime'?"),
    ("likelihood class=spm", "did you mean 'spam'?"),
    ("counterfactual to=hm", "did you mean 'ham'?"),
    ("edit old=free", 'old="free"'),
    ('compare with=row:"x"', "not 'row:x'"),
    ('edit where=under:"x" new="y"', "not 'under:x'"),
    # fields
    ("where", "stops too early"),
    ("where not | show", "stops too early"),
    ("where lable = spam | count", "The data has no column 'lable'; did you mean 'label'?"),
    ("where label = spam and sendr = bank | count", "did you mean 'sender'?"),
    ("where label = spam | count | show n=x", "'n' of 'show'"),
    ("where id = 12", "names rows, but not what to do with them"),
    ("where label = spam |", "stops too early"),
    # comparisons
    ("where label is spam | count", "'label' needs a comparison before 'is', as in: label = ..."),
    ("where text free | predict", "as in: text contains ..."),
    ('where age contains "x" | count', "'age' cannot be compared with 'contains'; it takes =, !=, <"),
    ("where label < spam | count", "'label' cannot be compared with '<'"),
    ("where id in 3 | show", "'in' takes a list in brackets"),
    ("where id in (3 4) | show", "at '4'; write commas between its values"),
    ("where sample x | show", "'sample' takes a number of rows"),
    ("where sample 0 | show", "at least 1 row, not 0"),
    ("where sample -5 | show", "at least 1 row, not -5"),
    # values
    ("where label = spm | count", "'label' has no value 'spm'; did you mean 'spam'?"),
    ("where label in (spm) | count", "did you mean 'spam'?"),
    ("where sender = frend | count", "did you mean 'friend'?"),
    ('where label = "a\nb" | show', "'label' has no value 'a b'"),
    ("where id = x | show", "'id' is a whole number here, and 'x' is not one."),
    ("where id = 007 | show", "Write '007' like this: 7."),
    ("where correct = yes | show", "'correct' is true or false, not 'yes'."),
    ("where note = free | count", "Write 'free' like this: \"free\"."),
    ('where text contains "" | count', "needs words to look for"),
    ("where sent > yesterday | count", "'yesterday' is not a date"),
    ('where sent > "0001-01-01T00:00+14:00" | count', "'0001-01-01T00:00+14:00' is not a date"),
    ("where age > 1e999 | count", "'age' is a number here"),
    # joining
    ("where id = 3 id = 4 | show", "at 'id'; join conditions with 'and' or 'or'"),
    ("where (id = 3 | show", "opened and never closed"),
    ("where id = 3) | show", "closed that was never opened"),
    ('where text contains "a\\q" | show', "I cannot read '\"a\\q\"'; write a backslash twice"),
    ('where "\\u12" = 1 | show', "write a backslash twice"),
    ('where text "a | predict', "The quotation mark before 'a | predict' is never closed."),
    ("where " + "(" * 400 + "id = 1" + ")" * 400 + " | show", "nested more than 50 deep"),
    ("where " + "not " * 900 + "id = 1 | show", "nested more than 50 deep"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text[:50] or "empty" for text, _ in MISTAKES])
def test_a_mistake_is_told_in_one_sentence(text, said):
    with pytest.raises(AskWhyError) as caught:
        LANGUAGE.read(text)
    assert said in str(caught.value)
    assert is_sentence(str(caught.value))


def test_a_model_whose_classes_are_not_known_has_no_label():
    with pytest.raises(AskWhyError, match="'label' cannot be asked for"):
        Language(OPERATIONS, SCHEMAS["unlabelled"]).read("where label = x | count")


@pytest.mark.parametrize(("text", "deep"), [
    ("show", 0), ("where not not id = 3", 2), ("where (not (id = 3)) and (id = 4)", 3), ('where text "((((not not"', 0),
    ("where (id = 1) and (id = 2) and not id = 3 and not id = 4", 1), ("where id = 3))))", 0),
])  # fmt: skip
def test_how_deep_a_command_is_nested(text, deep):
    assert nesting(text) == deep


def test_what_is_nested_less_deep_can_be_read():
    text = f"where {'not (' * 20}id = 1{')' * 20} | show"
    assert LANGUAGE.read(text).to_text(SCHEMAS["plain"]) == f"where {'not ' * 20}id = 1 | show"


def is_sentence(message: str) -> bool:
    return "\n" not in message and len(message) < 400 and bool(re.search(r"\w.*[.?]$", message))
