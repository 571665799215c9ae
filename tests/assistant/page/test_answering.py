"""Asking on the page without a browser: retry, edit, stop, thumbs, each for one visitor only."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.feedback import Feedback
from assistant.parsing.parser import Parse, Parser
from assistant.showing.escaping import escaped
from assistant.web import judging as judging_module
from assistant.web.answering import Answering, _question
from assistant.web.judging import Judging, options
from assistant.web.pane import Asked
from assistant.web.past import MOST, Past, Step
from assistant.web.seen import Seen
from assistant.web.shelf import Shelf
from assistant.web.visitors import Visitors

REQUEST = SimpleNamespace(session_hash="one")
START = ([], Conversation(), Seen(), Past())


@pytest.fixture
def answering(assistant):
    return Answering(assistant, Shelf(), Visitors())


def last(growing):
    *_, found = growing
    return found[:4]


def asked(answering, *commands, held=START):
    for command in commands:
        held = last(answering.clicked(Asked(command, command), *held, REQUEST))
    return held


def said(history):
    return [message["content"] for message in history if message["role"] == "assistant"]


def test_the_last_question_is_asked_again_from_where_it_was_asked(answering):
    held = asked(answering, "/where id = 3 | predict", "/edit kind=upper")
    again = last(answering.retried(*held, REQUEST, SimpleNamespace(index=2)))
    assert len(again[0]) == len(held[0]) == 4
    assert len(again[1].focus.edits) == 1
    assert len(again[3].steps) == 2


def test_a_question_in_other_words_takes_back_what_came_after(answering):
    held = asked(answering, "/where id = 3 | predict", "/where id = 4 | predict", "/where label = spam | count")
    edited = last(answering.edited(*held, REQUEST, SimpleNamespace(index=2, value="/where id = 5 | predict")))
    assert [message["role"] for message in edited[0]] == ["user", "assistant"] * 2
    assert edited[1].focus.row == 5
    assert [turn.command for turn in edited[1].transcript.turns] == ["where id = 3 | predict", "where id = 5 | predict"]


@pytest.mark.parametrize("value", ["", "  ", None, 7])
def test_a_question_without_words_is_the_old_one(answering, value):
    held = asked(answering, "/where id = 3 | predict")
    assert last(answering.edited(*held, REQUEST, SimpleNamespace(index=0, value=value)))[1].focus.row == 3


@pytest.mark.parametrize("index", [99, -1, None, [0, 1]])
def test_a_place_that_the_page_does_not_know_changes_nothing(answering, index):
    held = asked(answering, "/where id = 3 | predict")
    assert last(answering.retried(*held, REQUEST, SimpleNamespace(index=index))) == held


def test_commands_are_answered_in_the_language_of_the_page(answering):
    answering.visitors.of("one").language = "ko"
    history = asked(answering, "/where id = 3 | predict")[0]
    assert "이해한 내용" in said(history)[-1]


def test_stopping_ends_the_work_itself(answering, monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def stream(utterance, conversation, report):
        try:
            for _ in range(2000):
                begun.set()
                report("attribution", 0.5)
                ended.wait(0.005)
            yield None
        finally:
            ended.set()

    monkeypatch.setattr(answering.assistant, "stream", stream, raising=False)
    growing = answering.typed("/attribute", *START, REQUEST)
    first = next(growing)
    next(growing)
    assert begun.wait(5) and not ended.is_set()
    history, *_ = answering.stopped(first[0], REQUEST)
    assert ended.wait(5)
    assert "Stopped" in said(history)[-1]
    list(growing)  # comes to its end
    list(growing)  # ends, whoever listens
    assert not answering.visitors.of("one").busy


def test_another_visitor_stops_nothing(answering):
    with answering.visitors.of("one").working() as cancelled:
        answering.stopped([], SimpleNamespace(session_hash="two"))
        assert not cancelled.is_set()


def test_one_can_go_back_so_many_questions_only():
    past = Past()
    for place in range(0, 2 * (MOST + 5), 2):
        past = past.after(Step(place, Asked(str(place), ""), Conversation(), Seen()))
    assert len(past.steps) == MOST
    assert past.at(3) is None
    step, before = past.at(2 * MOST + 1)
    assert step.place == 2 * MOST
    assert before.steps[-1].place == 2 * MOST - 2


def test_thumbs_are_kept_with_question_command_and_reason(answering, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(judging_module.gr, "Info", lambda text, **more: told.append(text))
    past = asked(answering, "/where id=3 | predict")[3]
    made = Judging(answering.assistant, answering.visitors, Feedback(tmp_path))
    for liked in (True, False, "The answer is wrong", "", "nonsense", None):
        made.judged(past, REQUEST, SimpleNamespace(index=1, liked=liked))
    made.judged(past, REQUEST, SimpleNamespace(index=44, liked=True))
    lines = [json.loads(line) for line in made.feedback.path.read_text("utf-8").splitlines()]
    assert [(line["good"], line["reason"]) for line in lines] == [(True, None), (False, None), (False, "wrong")]
    assert {(line["question"], line["command"]) for line in lines} == {("/where id=3 | predict", "where id = 3 | predict")}
    assert len(told) == 3


def test_where_nothing_is_kept_nothing_is_asked(answering):
    made = Judging(answering.assistant, answering.visitors, None)
    made.judged(asked(answering, "/data")[3], REQUEST, SimpleNamespace(index=1, liked=True))
    assert options({"wrong": "a", "question": "b", "unclear": "c", "slow": "d", "other": "e"})[:2] == ["Like", "Dislike"]


def test_an_answer_to_a_korean_question_is_korean_throughout_on_an_english_page(assistant):
    counts = Counts(assistant.parser.language.registry, assistant.workspace.schema, None)
    answering = Answering(Assistant(assistant.workspace, counts), Shelf(), Visitors())
    states = [state[0][-1] for state in answering.clicked(Asked("스팸이 몇 개예요?", ""), *START, REQUEST)]
    assert "질문을 읽는 중" in states[0]["content"]
    assert 'lang="ko"' in states[-1]["content"] and "이해한 내용" in states[-1]["content"]
    assert "그 뜻이 아니에요" in [option["label"] for option in states[-1]["options"]]
    assert not {option["label"] for option in states[-1]["options"]} & {"Not what I meant"}
    stopped = answering.stopped([], REQUEST)[0][-1]["content"]
    assert 'lang="ko"' in stopped and "중지" in stopped
    answering.visitors.of("one").language = "ko"
    asked = last(answering.clicked(Asked("How many?", ""), *START, REQUEST))[0][-1]
    assert "Understood as" in asked["content"] and "Not what I meant" in [option["label"] for option in asked["options"]]


class Counts(Parser):
    """Reads every question as one to count."""

    def parse(self, question: str, before: str = "") -> Parse:
        return Parse(question, super().parse("/count").program, 1.0, 0.0)


def test_a_clicked_question_shows_its_command_to_experts_only():
    asked = Asked("/score", "How good are you?")
    assert f"<code hidden>{escaped('/score')}</code>" in _question(asked, "plain")
    assert f"<code>{escaped('/score')}</code>" in _question(asked, "expert")
    assert "<b>" not in _question(Asked("<b>", ""), "plain")
