"""What a program is about: rows, the focus, a typed text; and what is remembered from turn to turn."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.operations import OPERATIONS
from assistant.programs.conditions import And, Compare, to_text
from assistant.programs.program import from_json
from assistant.programs.reader import Language
from assistant.runner import feasible, run
from assistant.saying.wording import percent

SPAM = "label = spam"


def selection(turn, workspace) -> str:
    return to_text(turn.conversation.selection, workspace.schema)


def test_a_row_becomes_the_focus(talk, workspace):
    for command in ("show", "predict", "likelihood", "attribute"):
        turn = talk(f"where id = 3 | {command}")
        assert turn.conversation.focus.row == 3
        assert turn.conversation.focus.text == workspace.dataset.texts[3]
        assert turn.conversation.focus.label == "spam"


def test_it_means_the_focus(talk):
    asked = talk("where id = 3 | show", "predict").results[0]
    assert asked.predictions[0].subject.row == 3
    assert asked.predictions == talk("where id = 3 | predict").results[0].predictions


def test_a_selection_of_many_rows_keeps_the_focus(talk, workspace):
    turn = talk("where id = 3 | predict", f"where {SPAM} | count")
    assert turn.conversation.focus.row == 3
    assert selection(turn, workspace) == SPAM


def test_those_means_the_last_selection(talk, workspace):
    counted = talk(f"where {SPAM} | show", "where previous and words > 6 | count")
    labels, texts = workspace.dataset.table["label"].to_pylist(), workspace.dataset.texts
    assert counted.results[0].rows == len(workspace.rows.select(And((Compare("label", "=", "spam"), Compare("words", ">", 6)))))
    assert 0 < counted.results[0].rows < labels.count("spam") < len(texts)
    assert selection(counted, workspace) == f"{SPAM} and words > 6"
    assert counted.results[0].selected.condition == f"{SPAM} and words > 6"


SAMPLED = [
    (f"where {SPAM} and sample 6 | show", "where previous and sample 2 | count", lambda drawn, rest: 2),
    ("where sample 6 | show", "where previous and label = spam | count", lambda drawn, rest: drawn.count("spam")),
    ("where sample 6 | show", "where label = ham and previous | count", lambda drawn, rest: drawn.count("ham")),
    ("where sample 6 | show", "where previous | count", lambda drawn, rest: 6),
    ("where sample 6 | show", "where not previous | count", lambda drawn, rest: 34),
    ("where sample 6 | show", f"where previous or {SPAM} | count", lambda drawn, rest: 6 + rest.count("spam")),
]


@pytest.mark.parametrize(("first", "then", "rows"), SAMPLED, ids=[f"{first} / {then}" for first, then, _ in SAMPLED])
def test_those_of_a_random_sample_are_the_same_rows(talk, workspace, first, then, rows):
    sampled = workspace.rows.select(talk(first).conversation.selection)
    labels = workspace.dataset.table["label"].to_pylist()
    drawn = [labels[place] for place in sampled]
    rest = [label for place, label in enumerate(labels) if place not in sampled]
    turn = talk(first, then)
    assert turn.results[0].rows == rows(drawn, rest)
    again = talk(turn.results[0].selected.condition.join(("where ", " | count")))  # what is said to be chosen can be typed
    assert again.results[0].rows == turn.results[0].rows


def test_a_selection_may_stand_on_many_earlier_ones(talk):
    conversation = talk(f"where {SPAM} | count").conversation
    for count in range(60):
        turn = talk("where not previous | count", conversation=conversation)
        assert turn.results[0].rows == (26, 14)[count % 2]
        conversation = turn.conversation


def test_rows_are_all_rows_when_none_are_named(talk, workspace):
    assert talk("count").results[0].rows == len(workspace.dataset)
    assert talk(f"where {SPAM} | count", "count").results[0].rows == len(workspace.dataset)
    assert talk("count").results[0].selected is None


def test_a_typed_text_takes_the_place_of_rows(talk):
    turn = talk(f"where {SPAM} | count", 'where text "win a prize" | predict', "predict")
    focus = turn.conversation.focus
    assert (focus.text, focus.row, focus.typed) == ("win a prize", None, True)
    assert turn.results[0].predictions[0].correct is None
    assert turn.conversation.selection == Compare("label", "=", "spam")


def test_steps_share_their_rows(talk):
    turn = talk("where id = 3 | predict | attribute | likelihood class=ham")
    predicted, attributed, likely = turn.results
    assert attributed.explained[0].prediction == predicted.predictions[0] == likely.predictions[0]
    assert [result.operation for result in turn.results] == ["predict", "attribute", "likelihood"]


def test_nothing_in_focus_is_asked_back_once(talk):
    for command in ("predict", "attribute", "undo", 'edit new="x"', "compare with=edit"):
        turn = talk(command)
        assert not turn.failed
        assert [(result.operation, result.missing) for result in turn.results] == [("clarify", "row")]
        assert "Which message do you mean? Give its number (0 to 39)" in turn.reply.text


def test_the_question_that_was_asked_back_waits_for_its_row(talk):
    turn = talk("predict | attribute")
    assert [result.operation for result in turn.results] == ["clarify"]
    answered = talk("where id = 3 | repeat", conversation=turn.conversation)
    assert [result.operation for result in answered.results] == ["predict", "attribute"]
    assert answered.conversation.focus.row == 3


def test_those_are_all_rows_after_a_question_about_all(talk):
    every = talk("count")
    assert talk(f"where previous and {SPAM} | count", conversation=every.conversation).results[0].rows == 14
    shown = talk("where previous | show", conversation=every.conversation)
    assert not shown.failed and shown.results[0].rows == 40
    assert talk(f"where previous and {SPAM} | count").results[0].rows == 14  # "how many of these are spam", to begin with
    alone = talk("where previous | count")
    assert alone.failed and "no earlier selection" in alone.reply.text


def test_the_answer_says_what_a_selection_was_narrowed_from(talk):
    chosen = talk(f"where {SPAM} | count")
    assert "of the 14" not in chosen.reply.text
    turn = talk("where previous and words > 4 | count | show", conversation=chosen.conversation)
    rows = turn.results[0].selected.rows
    assert turn.results[0].selected.earlier.rows == 14
    assert turn.results[1].selected.earlier is None
    assert turn.reply.text.count(f"These {rows} messages are {percent(rows / 14)} of the 14 messages labelled spam.") == 1
    assert (
        "All messages again" in talk("where previous and words > 4 | count", conversation=chosen.conversation).reply.suggestions
    )


@pytest.mark.parametrize("step", ["trust", "counterfactual", "similar", "relabel to=ham"])
def test_an_answer_about_the_first_of_several_says_so(talk, step):
    said = "That is the first of the 14 messages chosen"
    turn = talk(f"where {SPAM} | {step}")
    assert turn.results[0].selected.first_only and said in turn.reply.text
    assert said not in talk(f"where id = 3 | {step}").reply.text
    assert said not in talk(f"where {SPAM} | count").reply.text


def test_chosen_rows_are_forgotten_in_one_step(talk):
    turn = talk(f"where {SPAM} | count", "clear")
    assert turn.conversation.selection is None
    assert turn.reply.text == "All 40 messages again, no longer only those labelled spam."
    assert talk("where previous | count", conversation=turn.conversation).failed
    assert talk("clear").reply.text == "All 40 messages again: none were chosen."


def test_the_last_question_again_for_every_row(talk):
    turn = talk(f"where {SPAM} | count", "clear | repeat")
    assert [result.operation for result in turn.results] == ["clear", "count"]
    assert turn.results[1].rows == 40


@pytest.mark.parametrize(
    ("last", "named", "asked"),
    [
        (("count",), 'text "free now"', "predict"),
        (("score",), 'text "free now"', "predict"),
        (('where id = 3 | edit kind=append new="now"', "undo"), 'text "free now"', "predict"),
        (('where id = 3 | edit kind=append new="now"', "undo"), "id = 2", "predict"),
        (('where id = 3 | edit kind=append new="now"',), 'text "free now"', "edit"),
        (("where id = 3 | likelihood",), 'text "free now"', "likelihood"),
        (("count",), "label = ham", "count"),
    ],
)
def test_what_cannot_be_asked_of_another_text_is_asked_of_none(talk, last, named, asked):
    turn = talk(*last, f"where {named} | repeat")
    assert turn.results[0].operation == asked
    assert turn.conversation.program.steps[0].name == asked


@pytest.mark.parametrize("step", ["show", "predict", "likelihood"])
def test_after_a_list_it_means_the_first_row_that_was_shown(talk, step):
    turn = talk(f"where label = ham and words > 4 | {step}", "attribute")
    listed = talk(f"where label = ham and words > 4 | {step}").results[0]
    first = (listed.subjects if step == "show" else [one.subject for one in listed.predictions])[0]
    assert turn.results[0].explained[0].prediction.subject == first == turn.conversation.focus


ERRORS = [
    ("where id = 99 | predict", "There is no message 99: the ids of the 40 messages go from 0 to 39."),
    ("where id in (98, 99) | show", "There are no messages 98 and 99: the ids of the 40 messages go from 0 to 39."),
    ("where id in (91, 92, 93, 94, 95, 96, 97) | show", "There are no messages 91, 92, 93, 94, 95 and 2 more: the ids"),
    ("where id = 3 | compare with=row:99", "There is no message 99: the ids of the 40 messages go from 0 to 39."),
    (f"where {SPAM} and label = ham | show", f"None of the 40 messages meets: {SPAM} and label = ham."),
    ("where previous | show", "There is no earlier selection to go back to; name the rows."),
    ('where text "hi" and id = 3 | show', "A typed text cannot be joined with conditions on rows"),
    ("where not sample 3 | show", "A random sample can only be taken of the whole selection"),
    ('where text " " | predict', "The text is empty"),
    (f"where {SPAM} | compare with=row:3", "Two texts can be compared, and 14 rows are chosen; name two."),
    ('where text "hi" | count', "Counting needs rows of the data"),
    ('where text "hi" | score', "needs rows of the data"),
    ("repeat", "There is no earlier question to repeat; ask one first."),
]


@pytest.mark.parametrize(("command", "said"), ERRORS, ids=[command for command, _ in ERRORS])
def test_what_cannot_be_run_is_told(talk, command, said):
    turn = talk(command)
    assert turn.failed
    assert said in turn.reply.text
    assert turn.conversation == Conversation()


MISSING = [
    ("where id in (3, 4, 99) | show", "There is no message 99 in the data."),
    ("where id in (3, 98, 99) | predict", "There are no messages 98 and 99 in the data."),
    ("where id = 99 or label = spam | count", "There is no message 99 in the data."),
    ("where id in (3, 4, 91, 92, 93, 94, 95, 96) | show", "There are no messages 91, 92, 93, 94, 95 and 1 more in the data."),
]


@pytest.mark.parametrize(("command", "said"), MISSING, ids=[command for command, _ in MISSING])
def test_ids_of_a_list_that_are_not_there_are_named(talk, command, said):
    turn = talk(command)
    assert not turn.failed
    assert turn.reply.text.endswith(f"\n{said}")


def test_missing_ids_are_named_once(talk):
    assert talk("where id in (3, 4, 99) | show | count").reply.text.count("no message 99") == 1
    assert "There is no" not in talk("where id in (3, 4) | show").reply.text


def test_string_ids_are_told_by_example(named):
    program = from_json({"where": {"field": "id", "op": "=", "value": "A-99"}, "steps": [{"op": "show"}]}, OPERATIONS)
    with pytest.raises(AskWhyError, match=r"There is no message A-99: ids look like A-0."):
        list(run(program, Conversation(), named, lambda stage, share: None))


def test_an_empty_selection_can_be_counted(talk):
    turn = talk(f"where {SPAM} and label = ham | count")
    assert not turn.failed
    assert turn.results[0].rows == 0


def test_an_error_leaves_the_conversation_as_it_was(talk):
    before = talk("where id = 3 | predict", 'edit new="now"').conversation
    for command in ("where id = 99 | predict", "shwo", 'edit old="zebra"', "where id = 5 | predict | compare with=edit"):
        turn = talk(command, conversation=before)
        assert turn.failed
        assert turn.conversation == before


def test_two_conversations_do_not_touch(talk):
    one = talk("where id = 3 | predict").conversation
    other = talk("where id = 4 | predict").conversation
    edited = talk('edit new="now"', conversation=one).conversation
    assert talk("predict", conversation=other).conversation.focus.row == 4
    assert talk("predict", conversation=one).results[0].predictions[0].subject.edits == ()
    assert talk("predict", conversation=edited).results[0].predictions[0].subject.text.endswith("now")


def test_the_last_program_is_remembered_but_not_talk_about_it(talk):
    asked = talk("where id = 3 | attribute top=2")
    assert asked.conversation.program == asked.program
    for command in ("clarify missing=question", "decline"):
        assert talk(command, conversation=asked.conversation).conversation.program == asked.program


def test_progress_is_told(workspace):
    told = []
    program = from_json({"where": {"field": "id", "op": "in", "value": [3, 4]}, "steps": [{"op": "attribute"}]}, OPERATIONS)
    list(run(program, Conversation(), workspace, lambda stage, share: told.append((stage, share))))
    assert {stage for stage, _ in told} == {"attribution"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert len(set(shares)) > 1 and 0 <= shares[0] < shares[-1] <= 1


def test_results_say_where_they_come_from(talk, workspace):
    result = talk("where id = 3 | attribute method=lime").results[0]
    assert result.provenance.model == workspace.classifier.fingerprint
    assert result.provenance.data == workspace.dataset.fingerprint
    assert result.provenance.method == "lime"
    assert result.provenance.seed == result.provenance.parameters["seed"]
    assert 0 <= result.provenance.seconds < 60


@pytest.mark.parametrize(
    ("before", "command", "can"),
    [
        ((), "predict", False),
        ((), "where id = 3 | predict", True),
        ((), "undo", False),
        ((), "repeat n=3", False),
        ((), "where previous | count", False),
        ((), "count", True),
        ((), "compare with=previous", True),
        (("where id = 3 | predict",), "predict", True),
        (("where id = 3 | predict",), "redo", False),
        (("where id = 3 | predict",), "compare with=edit", False),
        (("where id = 3 | predict",), "compare with=row:4", True),
        (('where text "win cash" | predict',), "undo", False),
        (('where text "win cash" | predict',), 'reset | edit old="win" new="lose"', True),
        (('where text "win cash" | predict',), "edit kind=swap part=line", False),
        (('where text "win cash" | predict',), 'edit old="zebra"', False),
        (('where text "win cash" | predict',), 'edit old="cas"', True),
        (('where text "win cash" | predict',), 'edit old="cash"', True),
        (('where text "win cash" | predict', 'edit old="cash"'), "compare with=edit", True),
        (('where text "win cash" | predict', 'edit old="cash"'), "undo", True),
        (('where text "win cash" | predict', 'edit old="cash"'), 'undo | edit old="cash" new="gold"', True),
        (('where text "win cash" | predict', 'edit old="cash"', "undo"), "redo", True),
    ],
)
def test_what_can_be_asked_is_told_without_asking_it(talk, workspace, before, command, can):
    conversation = talk(*before).conversation if before else Conversation()
    program = Language(OPERATIONS, workspace.schema).read(command)
    assert (feasible(program, conversation, workspace) is not None) == can
    turn = talk(*before, command)
    assert (not turn.failed and not any(result.missing == "row" for result in turn.results if hasattr(result, "missing"))) == can
