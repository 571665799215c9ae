"""A turn as a visitor sees it: it grows, ends, and never raises for what was said."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Cancelled
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import UNSURE
from assistant.parsing.parser import Parse, Parser


class Unsure(Parser):
    """Reads commands, but is not sure of them."""

    def parse(self, question: str, before: str = "") -> Parse:
        parse = super().parse(question)
        return Parse(parse.text, parse.program, UNSURE - 0.01, parse.seconds)


def test_a_turn_grows_step_by_step(assistant):
    turns = list(assistant.stream("/where id = 3 | predict | attribute", Conversation()))
    assert [(len(turn.results), turn.done) for turn in turns] == [(0, False), (1, False), (2, False), (2, True)]
    assert {turn.understood for turn in turns} == {"where id = 3 | predict | attribute"}
    assert turns[0].reply.text == ""
    assert turns[1].reply.text in turns[2].reply.text
    assert [block.kind for block in turns[3].reply.blocks] == ["bars", "highlight"]
    assert turns[3] == dataclasses.replace(turns[2], done=True, reply=turns[3].reply)
    assert (turns[3].reply.text, turns[3].reply.blocks) == (turns[2].reply.text, turns[2].reply.blocks)


def test_a_turn_is_json(assistant):
    for command in ("where id = 3 | attribute", "where id = 99 | show", "shwo"):
        turn = assistant.ask(f"/{command}", Conversation())
        data = json.loads(json.dumps(turn.to_json()))
        assert set(data) == {"utterance", "program", "understood", "confidence", "results", "reply", "seconds"}
        assert data["utterance"] == f"/{command}"
        assert data["reply"]["text"] == turn.reply.text
    assert data["program"] is None


@pytest.mark.parametrize(
    "question", [r'/where text "a\ud800" | predict', '/where text "a\ud800" | predict', "\ud800?"], ids=ascii
)
def test_half_of_a_pair_is_read_as_an_unknown_letter(assistant, question, caplog):
    turn = assistant.ask(question, Conversation())
    assert not caplog.records
    assert turn.failed == (not question.startswith("/"))
    assert json.dumps(turn.to_json(), ensure_ascii=False).encode()
    assert turn.failed or turn.conversation.focus.text == "a\ufffd"


def test_what_cannot_be_read_is_told(assistant):
    turn = assistant.ask("/shwo", Conversation())
    assert (turn.failed, turn.done, turn.program, turn.understood) == (True, True, None, "")
    assert turn.reply.text.endswith("did you mean 'show'?")


def test_a_later_step_that_fails_keeps_what_was_found(assistant):
    turn = assistant.ask("/where id = 3 | predict | compare with=edit", Conversation())
    assert turn.failed
    assert turn.reply.text.startswith("The model says")
    assert turn.reply.text.endswith("so there is nothing to compare it with; change a word or name a row.")
    assert [result.operation for result in turn.results] == ["predict"]
    assert turn.conversation == Conversation()


def test_a_fault_inside_is_logged_and_not_shown(assistant, monkeypatch, caplog):
    def broken(self, context):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(OPERATIONS["predict"], "run", broken)
    before = assistant.ask("/where id = 3 | show", Conversation()).conversation
    with caplog.at_level(logging.ERROR, "assistant.dialogue"):
        turn = assistant.ask("/predict", before)
    assert turn.failed
    assert turn.done
    assert turn.conversation == before
    assert "secret" not in turn.reply.text
    assert "secret detail" in caplog.text


def test_a_turn_can_be_cancelled(assistant):
    def cancel(stage: str, share: float) -> None:
        if stage == "attribution":
            raise Cancelled

    with pytest.raises(Cancelled):
        assistant.ask("/where id = 3 | attribute", Conversation(), cancel)


def test_doubt_is_told_first(workspace):
    unsure = Assistant(workspace, Unsure(OPERATIONS, workspace.schema, None))
    turn = unsure.ask("/where id = 3 | predict", Conversation())
    assert turn.reply.text.startswith("I am not sure that I understood you.")
    assert "I understood: say what the model answers for message 3." in turn.reply.text
    assert "type a command: /where id = 3 | predict" in turn.reply.text
    assert "The model says" in turn.reply.text


def test_welcome_names_the_model_its_classes_and_the_rows(assistant):
    said = assistant.welcome().text
    assert all(part in said for part in ("tiny filter", "ham and spam", "40 messages"))


def test_suggestions_are_the_last_steps(assistant):
    both = assistant.ask("/where id = 3 | predict | attribute", Conversation())
    last = assistant.ask("/where id = 3 | attribute", Conversation())
    assert both.reply.suggestions == last.reply.suggestions != ()


def test_a_typed_text_of_which_something_cannot_be_told_is_talked_of_next(talk):
    before = talk("where id = 3 | predict").conversation
    answer = talk('where text "call me at noon" | predict').results[0].predictions[0].label
    failed = talk(f'where text "call me at noon" | counterfactual to={answer}', conversation=before)
    assert failed.failed and failed.conversation.focus.text == "call me at noon"
    assert failed.conversation.beside == before.focus and failed.conversation.answered == before.answered
    assert talk('where text " " | predict', conversation=before).conversation.focus == before.focus
