"""Programs in their JSON form, and the errors of programs that are wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.operation import build
from assistant.operations import OPERATIONS
from assistant.programs.conditions import Compare
from assistant.programs.program import MOST_STEPS, Program, from_json, make_step, step_text

from ..strategies import SCHEMAS, programs

PLAIN = SCHEMAS["plain"]


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_json_form_reads_back_equal_and_fits_the_schema(name, data):
    program = data.draw(programs(SCHEMAS[name]))
    assert from_json(json.loads(json.dumps(program.to_json())), OPERATIONS) == program
    program.check(SCHEMAS[name])


def test_json_form_is_the_contract():
    step = build(OPERATIONS["attribute"], {"top": 5, "class": "spam"})
    assert Program(Compare("id", "=", 3), (step,)).to_json() == {
        "where": {"field": "id", "op": "=", "value": 3},
        "steps": [{"op": "attribute", "top": 5, "class": "spam"}],
    }
    assert Program(None, (step,)).to_json()["where"] is None


def test_text_form_says_only_what_was_given():
    steps = (build(OPERATIONS["predict"], {}), build(OPERATIONS["edit"], {"old": "free", "where": {"before": "now"}}))
    assert Program(None, steps).to_text(PLAIN) == 'predict | edit old="free" where=before:"now"'
    assert step_text(build(OPERATIONS["compare"], {"with": {"row": 7}})) == "compare with=row:7"


SHAPES = [
    None, [], {}, {"steps": []}, {"steps": "show"}, {"steps": [{}]}, {"steps": ["show"]}, {"steps": [{"op": 3}]},
    {"steps": [{"op": "show"}], "extra": 1}, {"steps": [{"op": "show"}] * (MOST_STEPS + 1)},
    {"steps": [{"op": "show"}], "where": 3},
]  # fmt: skip


@pytest.mark.parametrize("data", SHAPES, ids=json.dumps)
def test_json_that_is_no_program(data):
    with pytest.raises(AskWhyError):
        from_json(data, OPERATIONS)


WRONG = [
    ("shwo", {}, "There is no operation 'shwo'; did you mean 'show'?"),
    ("attribute", {"tops": 3}, "'attribute' has no argument 'tops'; did you mean 'top'?"),
    ("help", {"x": 3}, "'help' has no argument 'x'; it takes none."),
    ("attribute", {"class_": "spam"}, "'attribute' has no argument 'class_'; did you mean 'class'?"),
    ("clarify", {}, "'clarify' needs the argument 'missing'."),
    ("show", {"n": "3"}, "'n' of 'show' is wrong: Input should be a valid integer."),
    ("show", {"n": 2.5}, "'n' of 'show' is wrong: Input should be a valid integer."),
    ("edit", {"old": 3}, "'old' of 'edit' is wrong: Input should be a valid string."),
]


@pytest.mark.parametrize(("name", "arguments", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_a_step_that_cannot_be_made(name, arguments, said):
    with pytest.raises(AskWhyError) as caught:
        make_step(name, arguments, OPERATIONS)
    assert str(caught.value) == said


UNFIT = [
    ("show", {"n": 0}, "'n' of 'show' takes a whole number from 1 to 50, not '0'."),
    ("show", {"n": 51}, "'n' of 'show' takes a whole number from 1 to 50, not '51'."),
    ("attribute", {"unit": "words"}, "'unit' of 'attribute' takes no 'words'; did you mean 'word'?"),
    (
        "likelihood",
        {"class": "hem"},
        "'class' of 'likelihood' takes a class of the model, and 'hem' is none; did you mean 'ham'?",
    ),
    (
        "compare",
        {"with": {"row": "x"}},
        "'with' of 'compare' takes row:ID, class:LABEL, method:NAME, model:\"NAME\", edit or previous, not 'row:x'.",
    ),
    ("edit", {"where": "middle"}, "'where' of 'edit' takes start, end, before or after some words, not 'middle'."),
]


@pytest.mark.parametrize(("name", "arguments", "said"), UNFIT, ids=[said for *_, said in UNFIT])
def test_a_step_that_does_not_fit_the_schema(name, arguments, said):
    with pytest.raises(AskWhyError) as caught:
        Program(None, (make_step(name, arguments, OPERATIONS),)).check(PLAIN)
    assert str(caught.value) == said


@pytest.mark.parametrize("count", [0, MOST_STEPS + 1])
def test_a_program_has_some_steps_but_not_many(count):
    with pytest.raises(AskWhyError, match=f"A program has 1 to {MOST_STEPS} steps, not {count};"):
        Program(None, (make_step("show", {}, OPERATIONS),) * count).check(PLAIN)


def test_a_condition_that_does_not_fit_the_schema():
    with pytest.raises(AskWhyError, match="did you mean 'label'"):
        Program(Compare("lable", "=", "spam"), (make_step("show", {}, OPERATIONS),)).check(PLAIN)
