"""Conversations about a generative model: what it writes, why, and what edits of the prompt change."""

from __future__ import annotations

import itertools
import json

import pytest

from explainers import generative
from explainers.edits import difference
from explainers.errors import AskWhyError
from explainers.generative import cut

from assistant.conversation import Conversation, Subject
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.programs.program import Program
from assistant.programs.suited import check, suited
from assistant.report.document import report_of
from assistant.report.html import html
from assistant.report.markdown import markdown
from assistant.report.replay import Recorded, replay
from assistant.workspace import Workspace
from assistant.writing import KEPT, Writer

from ..conftest import FEW_SHOT, prompter
from ..told import facts, say

FIRST = "where id = 0 | generate"


def passes(assistant: Assistant) -> int:
    return assistant.workspace.generator.work.rows


def test_the_answer_is_the_models_own_and_its_probability_too(prompts):
    made = facts(prompts, FIRST)
    model = prompts.workspace.generator
    alone = generative.generate(model, FEW_SHOT, max_tokens=6)
    assert made.written[0].answer.ids == alone.ids
    assert made.likely == pytest.approx((alone.log_probability, alone.log_probability / 6))
    assert (made.wanted, made.right) == ("love", False)


def test_a_given_answer_is_judged_and_set_beside_the_models_own(prompts):
    made = facts(prompts, 'where id = 0 | generate target="call now"')
    model = prompts.workspace.generator
    assert made.likely[0] == pytest.approx(generative.score(model, FEW_SHOT, " call now").log_probability)
    assert made.own == facts(prompts, FIRST).written[0].answer


def test_what_was_written_once_is_not_written_again(prompts):
    first = say(prompts, "where id = 1 | generate")
    before = passes(prompts)
    assert say(prompts, "where id = 1 | generate").results[0].written[0].answer == first.results[0].written[0].answer
    assert passes(prompts) == before


def test_an_answer_ends_at_the_stop(tmp_path, prompts):
    whole = facts(prompts, "where id = 2 | generate").written[0].answer.text
    stop = whole.strip()[2:4]
    made = facts(prompter(tmp_path, stop=stop), "where id = 2 | generate").written[0].answer
    assert made.text == whole[: whole.index(stop, len(whole) - len(whole.lstrip()))]
    assert made.stopped == "end"
    assert "".join(token.text for token in made.tokens) == made.text


def test_only_so_many_answers_are_kept(prompts):
    writer = Writer(prompts.workspace.generator, tokens=1)
    for number in range(KEPT + 3):
        writer.answer(f"call {number}")
    assert len(writer._kept) == KEPT


def test_why_is_about_the_answer_that_was_spoken_of(prompts):
    made = facts(prompts, 'where id = 0 | generate target="call now"', 'salience target="now"')
    model = prompts.workspace.generator
    answer = generative.score(model, FEW_SHOT, " call now")
    alone = generative.salience(model, answer.prompt, answer, "now", unit="example")
    assert made.salience.target == "now" and made.written.given
    assert [one.sum for one in made.salience.segments] == pytest.approx([one.sum for one in alone.segments], abs=1e-4)


def test_why_needs_no_question_before_it(prompts):
    made = facts(prompts, "where id = 2 | salience")
    assert made.salience.answer == facts(prompts, "where id = 2 | generate").written[0].answer.text


@pytest.mark.parametrize(("row", "unit"), [(0, "example"), (1, "sentence"), (2, "word")])
def test_the_pieces_are_the_coarsest_that_tell_something_apart(prompts, row, unit):
    made = facts(prompts, f"where id = {row} | salience")
    assert made.salience.unit == unit
    assert unit not in made.others


def test_the_last_question_again_by_another_unit_and_method(prompts):
    made = facts(prompts, f"{FIRST} | salience", "repeat unit=line", "repeat method=input_x_gradient")
    assert (made.salience.unit, made.salience.method) == ("line", "input_x_gradient")
    assert facts(prompts, FIRST, "repeat unit=word").salience.unit == "word"


def test_why_this_rather_than_that(prompts):
    made = facts(prompts, FIRST, 'salience against="home" unit=line').salience
    assert made.output == "log_probability_difference"
    without = facts(prompts, FIRST, "salience unit=line").salience
    assert [one.sum for one in made.segments] != pytest.approx([one.sum for one in without.segments])


def test_inside_the_model_layer_by_layer_and_head_by_head(prompts):
    layers = facts(prompts, f"{FIRST} | salience inside=layers").layers
    heads = facts(prompts, f"{FIRST} | salience inside=heads").heads
    pieces = len(cut(FEW_SHOT, "example"))
    assert [len(row) for row in layers.layers] == [pieces] * 2
    assert {len(row) for layer in heads.weights for row in layer} == {pieces}


def test_an_edit_is_answered_anew_and_taken_back_without_writing(prompts):
    edit = "edit kind=remove part=example which=2"
    made = facts(prompts, FIRST, edit)
    shorter = "Say what to do.\n\nWord: home\nSay: love\n\nWord: dinner\nSay:"
    assert made.after.subject.text == shorter
    assert made.after.answer.ids == generative.generate(prompts.workspace.generator, shorter, max_tokens=6).ids
    assert made.answer_changes == tuple(difference(made.before.text, made.after.text))
    assert made.same == (made.before.text == made.after.text)
    before = passes(prompts)
    undone = facts(prompts, FIRST, edit, "undo")
    assert (undone.before.answer, undone.after.answer) == (made.after.answer, made.before.answer)
    again = facts(prompts, FIRST, edit, "undo", "redo")
    assert again.after.subject.text == shorter and again.edits == 1
    first = facts(prompts, FIRST, edit, "reset")
    assert first.after.subject.text == FEW_SHOT and not first.after.subject.edits
    assert passes(prompts) == before


def test_several_edits_are_taken_back_and_made_again(prompts):
    edits = [f"edit kind=append new={word}" for word in ('"a"', '"b"', '"c"')]
    assert say(prompts, FIRST, *edits, "undo n=2").reply.text.startswith("1 edit stands after taking back the last 2.")
    assert say(prompts, FIRST, *edits, "undo").reply.text.startswith("2 edits stand after taking back the last.")
    again = say(prompts, FIRST, *edits, "undo n=2", "redo n=2").reply.text
    assert again.startswith("2 edits are made again; 3 edits stand.")


def test_an_edit_sets_the_models_own_answers_against_each_other(prompts):
    made = facts(prompts, 'where id = 0 | generate target="call now"', "edit kind=remove part=line which=1")
    assert not made.before.given and not made.after.given


def test_the_same_edit_of_several_prompts_answers_each_again(prompts):
    made = facts(prompts, 'where id >= 0 | edit kind=remove old="dinner"').edited
    model = prompts.workspace.generator
    texts = {0: FEW_SHOT.replace(" dinner", ""), 2: "tonight"}
    assert (made.rows, made.touched, made.answered, made.emptied, made.known) == (3, 2, 2, 0, 2)
    changed = 0
    for before, after in made.shown:
        row = before.subject.row
        assert after.subject.text == texts[row] and after.subject.edits
        assert before.answer.ids == generative.generate(model, before.subject.text, max_tokens=6).ids
        assert after.answer.ids == generative.generate(model, texts[row], max_tokens=6).ids
        changed += before.text != after.text
    assert made.changed == changed > 0
    order = [before.text == after.text for before, after in made.shown]
    assert order == sorted(order)


def test_only_the_first_of_many_edited_prompts_are_answered(prompts, monkeypatch):
    monkeypatch.setattr("assistant.finding.edited_prompts.MOST", 1)
    turn = say(prompts, 'where id in (0, 1, 2) | edit kind=append new="now"')
    made = turn.results[0].edited
    assert (made.touched, made.answered, len(made.shown)) == (3, 1, 1)
    assert "Of the first 1, which were answered again" in turn.reply.text
    assert turn.conversation.focus is None


def test_an_edit_that_fits_no_prompt_says_so(prompts):
    turn = say(prompts, 'where id in (1, 2) | edit kind=remove old="zebra"')
    assert not turn.failed and "would change none of the 2 prompts" in turn.reply.text


def test_similar_prompts_are_near_in_the_models_own_representation(prompts):
    before = passes(prompts)
    made = facts(prompts, 'where text "Dinner tonight" | similar')
    assert made.near[0].subject.row == 2 and made.near[0].similarity == pytest.approx(1, abs=1e-5)
    assert len(made.near) == 3 and made.near[1].similarity >= made.near[2].similarity
    assert passes(prompts) - before <= 4  # three prompts once, and the typed one; nothing is written
    assert {one.subject.row for one in facts(prompts, "where id = 2 | similar").near} == {0, 1}
    assert "compare with=row:" in say(prompts, "where id = 2 | similar").reply.suggestions[1].command


def test_a_report_of_prompts_speaks_of_a_language_model(prompts):
    report = report_of(say(prompts, "where id = 1 | compare with=row:2").conversation.transcript, prompts.workspace)
    for drawn in (markdown(report), html(report)):
        assert "What was asked of a language model" in drawn
        assert "classifier" not in drawn and "Classes" not in drawn


def test_why_after_an_edit_is_about_the_edited_prompt(prompts):
    made = facts(prompts, FIRST, "edit kind=move part=example which=2 where=start", "salience")
    assert made.salience.prompt.index("prize") < made.salience.prompt.index("home")
    assert made.salience.answer == made.written.answer.text


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (['where text "" | generate'], "The text is empty"),
        (['where id = 0 | generate target=" "'], "The target is empty"),
        ([FIRST, 'salience target=""'], "The target is empty"),
        (['where id = 0 | generate target="call now"', 'salience target="nwo"'], "does not occur in the answer"),
        (['where id = 0 | generate target="call tonite"', 'salience target="tonight"'], "did you mean 'tonite'?"),
        ([FIRST, "salience method=lime"], "'lime' does not explain a generative model"),
        ([FIRST, "salience unit=pattern"], "a custom unit needs a pattern"),
        (["where id = 2 | salience unit=example"], "No examples can be told apart"),
        (["where prediction = spam | count"], "The model is generative and has no classes"),
        (["where correct = true | count"], "is a generative model: it has no classes"),
        (["statistics of=confidence"], "is a generative model: it has no classes"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(prompts, commands, said):
    turn = say(prompts, *commands)
    assert turn.failed
    assert said.casefold() in turn.reply.text.casefold()
    assert turn.reply.text.count("\n") == 0


def test_a_prompt_longer_than_the_context_is_refused(prompts):
    turn = prompts.ask(f'/where text "{"x " * 1900}" | generate', Conversation())
    assert turn.failed and "but tiny writer reads 1024, answer included; shorten it" in turn.reply.text


def test_a_template_that_the_model_lacks_is_refused(prompts):
    writer = Writer(prompts.workspace.generator, chat=True)
    with pytest.raises(AskWhyError, match="no chat template"):
        writer.answer("call me")


def test_within_a_template_its_own_tokens_are_told_apart(tmp_path):
    made = facts(prompter(tmp_path, chat=True), f"{FIRST} | salience unit=line method=input_x_gradient")
    assert made.written.answer.prompt.chat and any(made.written.answer.prompt.scaffold)
    assert "".join(one.text for one in made.salience.segments) == FEW_SHOT


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.needs == "classifier"])
def test_what_needs_classes_is_refused(prompts, name):
    with pytest.raises(AskWhyError, match="tiny writer is a generative model: it has no classes; ask it to .* salience"):
        check(
            Program(None, (OPERATIONS[name].model_construct(**dict.fromkeys(OPERATIONS[name].model_fields)),)), prompts.workspace
        )


@pytest.mark.parametrize("name", ["generate", "salience"])
def test_what_writes_is_refused_by_a_classifier(talk, name):
    turn = talk(f"where id = 3 | {name}")
    assert turn.failed
    assert turn.reply.text == "tiny filter is a classifier: it writes no answers; ask what it predicts, or why."


def test_the_help_names_only_what_can_be_asked(prompts, assistant):
    named = {one.name for one in facts(prompts, "help").operations}
    assert named == set(suited(OPERATIONS, prompts.workspace.schema))
    assert {"generate", "salience", "edit"} <= named and not {"predict", "learn"} & named
    assert not {"generate", "salience"} & {one.name for one in facts(assistant, "help").operations}


def test_the_answer_grows_while_it_is_written(prompts):
    told = []
    prompts.ask('/where text "prize dinner" | generate', Conversation(), lambda stage, share: told.append(stage))
    grown = [stage.partition("\n")[2] for stage in told if stage.startswith("generate\n")]
    assert len(grown) > 1
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(grown))


def test_a_report_of_prompts_runs_again(prompts):
    turn = say(prompts, FIRST, "salience", "edit kind=remove part=example which=1", "undo")
    report = report_of(turn.conversation.transcript, prompts.workspace).to_json()
    again = list(replay(Recorded.model_validate(json.loads(json.dumps(report))), prompts))
    assert [item.kind for item in again] == ["same"] * 4


def test_a_workspace_of_prompts_knows_its_kind(prompts):
    workspace = prompts.workspace
    assert isinstance(workspace, Workspace) and workspace.schema.kind == "generator"
    assert workspace.schema.labels == () and not workspace.predicted
    assert isinstance(Parser(OPERATIONS, workspace.schema, None).parse("/salience").program.steps[0], OPERATIONS["salience"])
    assert Subject(FEW_SHOT).typed
