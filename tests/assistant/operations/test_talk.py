"""repeat, help, clarify and decline."""

from __future__ import annotations

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.programs.conditions import And, Compare, Not, Or
from assistant.programs.program import from_json, step_text

from ..conftest import commander, frame

ASKED = "where id = 3 | attribute top=2"


def ran(turn) -> tuple:
    """What a repetition ran: its condition and its steps, as text."""
    program = turn.conversation.program
    return program.where, *map(step_text, program.steps)


REPEATED = [
    ("repeat", 3, "attribute top=2"),
    ("where id = 5 | repeat", 5, "attribute top=2"),
    ("repeat top=4", 3, "attribute top=4"),
    ("repeat method=lime", 3, "attribute top=2 method=lime"),
    ("repeat unit=token", 3, "attribute top=2 unit=token"),
    ("repeat class=spam", 3, "attribute top=2 class=spam"),
    ("where id = 5 | repeat method=occlusion class=ham", 5, "attribute top=2 method=occlusion class=ham"),
]


@pytest.mark.parametrize(("command", "row", "step"), REPEATED, ids=[command for command, *_ in REPEATED])
def test_repeat_with_a_change(talk, command, row, step):
    turn = talk(ASKED, command)
    assert ran(turn) == (Compare("id", "=", row), step)
    assert turn.results[0].operation == "attribute"
    assert turn.results[0].explained[0].prediction.subject.row == row


def test_repeat_stands_among_other_steps(talk):
    assert ran(talk("where id = 3 | predict", "repeat | count")) == (Compare("id", "=", 3), "predict", "count")
    turn = talk(ASKED, "where id = 5 | show | repeat top=4 | count")
    assert ran(turn) == (Compare("id", "=", 5), "show", "attribute top=4", "count")
    assert [result.operation for result in turn.results] == ["show", "attribute", "count"]


def test_repeat_what_is_too_long_is_told(talk):
    turn = talk("where id = 3 | show | show | show | predict", "repeat | count")
    assert turn.failed
    assert "A program has 1 to 4 steps, not 5" in turn.reply.text


def test_repeat_is_about_the_rows_that_the_question_was_about(talk):
    for commands in (
        ["where label = spam | count", "where not previous | count"],
        ["where label = ham and sample 9 | count", "where previous | count"],
    ):
        first, again = talk(*commands), talk(*commands, "repeat")
        assert again.results[0].rows == first.results[0].rows == {"where not previous | count": 26}.get(commands[1], 9)
        assert again.conversation.selection == first.conversation.selection


def test_repeat_what_was_repeated(talk):
    assert ran(talk(ASKED, "repeat top=4", "where id = 5 | repeat", "repeat method=lime")) == (
        Compare("id", "=", 5), "attribute top=4 method=lime"
    )  # fmt: skip


def test_repeat_every_step(talk):
    turn = talk("where id = 3 | predict | attribute", "where id = 5 | repeat")
    assert [result.operation for result in turn.results] == ["predict", "attribute"]
    assert turn.conversation.focus.row == 5


def test_a_class_takes_the_place_of_the_class_wanted(talk):
    assert ran(talk("where id = 3 | likelihood class=ham", "repeat class=spam"))[1] == "likelihood class=spam"
    other = {"ham": "spam", "spam": "ham"}[talk("where id = 3 | predict").results[0].predictions[0].label]
    assert ran(talk("where id = 3 | counterfactual", f"repeat class={other}"))[1] == f"counterfactual to={other}"


def test_a_number_takes_the_place_of_the_number_of_rows(talk):
    assert ran(talk("where label = ham | show n=3", "repeat top=7"))[1] == "show n=7"


def test_a_class_takes_the_place_of_the_label_in_the_condition(talk):
    turn = talk("where label = spam | count", "repeat class=ham")
    assert turn.results[0].operation == "count"
    assert turn.results[0].rows == 26
    assert ran(turn)[0] == Compare("label", "=", "ham")


def test_a_label_is_found_however_deep(workspace):
    label, prediction = ({"field": field, "op": "=", "value": "spam"} for field in ("label", "prediction"))
    deep = {"and": [{"or": [label, {"not": prediction}]}, {"field": "id", "op": ">", "value": 3}]}
    last = from_json({"where": deep, "steps": [{"op": "count"}]}, OPERATIONS)
    repeat = from_json({"steps": [{"op": "repeat", "class": "ham"}]}, OPERATIONS)
    changed = repeat.steps[0].rewrite(repeat, Conversation(program=last))
    ham = Or((Compare("label", "=", "ham"), Not(Compare("prediction", "=", "ham"))))
    assert changed.where == And((ham, Compare("id", ">", 3)))


def test_what_about_a_class_after_a_prediction_asks_how_likely_it_is(talk):
    turn = talk("where id = 3 | predict", "repeat class=spam")
    assert (turn.results[0].operation, turn.results[0].label) == ("likelihood", "spam")


def test_a_method_after_a_prediction_asks_why(talk):
    turn = talk("where id = 3 | predict", "repeat method=lime")
    assert turn.results[0].explained[0].explanation.method == "lime"


def test_nothing_can_be_repeated_at_the_start(talk):
    turn = talk("repeat method=lime")
    assert turn.failed
    assert turn.reply.text == "There is no earlier question to repeat; ask one first."


def test_asking_back_is_not_repeated(talk):
    assert talk(ASKED, "clarify missing=question", "repeat").results[0].operation == "attribute"
    assert talk(ASKED, "decline", "repeat").results[0].operation == "attribute"


def test_help_tells_of_every_operation_with_an_example(talk, workspace):
    turn = talk("help")
    result = turn.results[0]
    asked = {name: operation for name, operation in OPERATIONS.items() if operation.needs in ("any", "classifier")}
    assert [item.name for item in result.operations] == list(asked)
    assert (result.model, result.labels, result.rows) == ("tiny filter", ("ham", "spam"), 40)
    rows = [row for block in turn.reply.blocks for row in block.rows]
    assert sorted(command for *_, command in rows) == sorted(
        f"/{name}" for name, operation in asked.items() if operation.examples
    )
    assert all(about and example and "{" not in example for example, about, _ in rows)
    assert any("message" in example for example, *_ in rows) and any("spam" in example for example, *_ in rows)


def test_clarify_asks_one_question(talk):
    result = talk("clarify missing=row").results[0]
    assert (result.lowest, result.highest) == (0, 39)
    assert talk("clarify missing=row").reply.text.count("?") == 1
    assert talk("clarify missing=words").reply.text.startswith("Which words should change, and into what?")
    assert "What can you do?" in talk("clarify missing=question").reply.suggestions


def test_clarify_names_ids_as_they_are(tmp_path, named):
    numbered = commander(tmp_path, frame(6).assign(key=range(105, 99, -1)), id="key")
    assert "Give its number (100 to 105), or type" in numbered.ask("/clarify missing=row", Conversation()).reply.text
    turn = Assistant(named, Parser(OPERATIONS, named.schema, None)).ask("/clarify missing=row", Conversation())
    assert "Give its id, such as A-0, or type" in turn.reply.text


def test_decline_says_what_can_be_asked(talk):
    assert talk("decline").results[0].reason == "out_of_scope"
    said = [talk(f"decline reason={reason}").reply for reason in ("out_of_scope", "small_talk", "unsupported")]
    assert len({reply.text for reply in said}) == 3
    assert all("What can you do?" in reply.suggestions for reply in said)


def test_so_many_are_rows_after_what_shows_none(talk):
    turn = talk("where id = 3 | predict", "repeat n=5")
    (result,) = turn.results
    assert len(result.subjects) == 5 and result.rows > 5
