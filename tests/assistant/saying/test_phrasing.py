"""Answers put in other words by a served language model: shown when they say the same, else the template's answer, in time."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.parsing.parser import Parse, Parser
from assistant.parsing.served import ServedChat
from assistant.saying.phrasing import NO_ANSWER, SECONDS, Phrasing
from assistant.settings import LanguageModelSettings

from ..served import Raw, serving

NOTE = "(In my own words:"
SAYS = re.compile(r"The model says (\w+) for (message \d+), with a probability of (\S+)\.")


def reworded(body: dict[str, Any]) -> str:
    """The prediction in other words, as a good model would put it."""
    return SAYS.sub(r"For \2 the model's answer is \1, and it is \3 sure of that.", body["messages"][-1]["content"])


@pytest.fixture
def phrased(assistant: Assistant) -> Callable[..., Any]:
    """An assistant whose answers are put in other words by a server that answers so."""

    @contextmanager
    def made(answer: Callable[[dict[str, Any]], Any], parser: Parser | None = None, seconds: float = SECONDS):
        with serving(answer) as served:
            yield of(assistant, served.endpoint, parser, seconds), served

    return made


def of(assistant: Assistant, endpoint: str, parser: Parser | None = None, seconds: float = SECONDS) -> Assistant:
    workspace = assistant.workspace
    chat = ServedChat(endpoint=endpoint, model="some/model", timeout=60.0)
    phrasing = Phrasing(chat, workspace.schema.labels, workspace.settings.data.noun, seconds)
    return Assistant(workspace, parser or assistant.parser, phrasing=phrasing)


def asked(
    assistant: Assistant, question: str = "/where id = 3 | predict", before: Conversation | None = None
) -> tuple[Turn, float]:
    started = time.perf_counter()
    turn = assistant.ask(question, before or Conversation())
    assert not turn.failed, turn.reply.text
    return turn, time.perf_counter() - started


def test_other_words_that_say_the_same_are_shown(phrased, talk):
    plain = talk("where id = 3 | predict").reply
    with phrased(reworded) as (assistant, served):
        turn, _ = asked(assistant)
    assert "is sure" not in plain.text and "For message 3 the model's answer is" in turn.reply.text
    assert NOTE not in turn.reply.text
    assert (turn.reply.blocks, turn.reply.suggestions) == (plain.blocks, plain.suggestions)
    assert turn.reply.text.split("\n")[-1] == plain.text.split("\n")[-1]  # the message itself stands as it is ...
    assert plain.text.split("\n")[-1].strip("“”") not in str(served.asked)  # ... and is not sent


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: re.sub(r"\d+(\.\d+)?%", "12.3%", said),
        lambda said: said.replace("ham", "\0").replace("spam", "ham").replace("\0", "spam"),
        lambda said: said.replace("message 3", "message 4"),
        lambda said: f"{said} The word “mortgage” speaks for it.",
        lambda said: "I am sorry, as a language model I know nothing about weather forecasts in Portugal.",
        lambda said: "",
        lambda said: f"{said} Visit http://example.com now.",
    ],
    ids=["number", "label", "id", "word", "chatter", "nothing", "address"],
)
def test_a_draft_with_a_fault_is_not_shown(phrased, talk, spoil):
    plain = talk("where id = 3 | predict").reply.text
    with phrased(lambda body: spoil(reworded(body))) as (assistant, _):
        turn, _ = asked(assistant)
    assert turn.reply.text.startswith(plain)
    assert f"{NOTE} what the language model wrote did not pass the check" in turn.reply.text


def test_a_server_that_is_slow_is_not_waited_for(phrased, talk):
    plain = talk("where id = 3 | predict").reply.text

    def slow(body: dict[str, Any]) -> str:
        time.sleep(2)
        return reworded(body)

    with phrased(slow, seconds=0.5) as (assistant, served):
        turn, seconds = asked(assistant)
        assert turn.reply.text.startswith(plain) and f"{NOTE} the language model took too long" in turn.reply.text
        assert seconds < 2
        turn, _ = asked(assistant)  # it is left alone for a while
        assert f"{NOTE} the language model took too long" in turn.reply.text
        assert len(served.asked) == 1
    assert SECONDS <= 5


def test_a_server_that_drips_is_not_waited_for(phrased):
    with phrased(lambda body: Raw(b'{"choices": [{"message": {"content": "The model' * 20, pause=0.02), seconds=0.6) as (
        assistant,
        _,
    ):
        turn, seconds = asked(assistant)
    assert f"{NOTE} the language model took too long" in turn.reply.text
    assert seconds < 3


def test_a_server_that_is_down(assistant, talk):
    plain = talk("where id = 3 | predict").reply.text
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    turn, seconds = asked(of(assistant, f"http://127.0.0.1:{port}/v1"))
    assert turn.reply.text.startswith(plain) and f"{NOTE} the language model does not answer" in turn.reply.text
    assert seconds < 5


@pytest.mark.parametrize(
    "answer", [Raw(b"<html>It works!</html>"), Raw(b"\xff\xfe", status=500), Raw(b'{"choices": []}'), Raw(b"{}", status=404)]
)
def test_a_server_that_answers_rubbish(phrased, talk, answer):
    plain = talk("where id = 3 | predict").reply.text
    with phrased(lambda body: answer) as (assistant, _):
        turn, _ = asked(assistant)
    assert turn.reply.text.startswith(plain) and f"{NOTE} the language model does not answer" in turn.reply.text


def test_an_answer_in_korean_is_asked_for_and_noted_in_korean(phrased):
    korean = Conversation(language="ko")
    with phrased(lambda body: "안녕하세요") as (assistant, served):
        turn, _ = asked(assistant, before=korean)
    assert "사실과 맞지 않아서" in turn.reply.text
    assert "한국어" in served.asked[0]["messages"][0]["content"]


def test_answers_that_cite_or_ask_back_are_left_alone(phrased, talk):
    with phrased(reworded) as (assistant, served):
        for command in ("help", 'define term="recall"', "clarify missing=row"):
            turn, _ = asked(assistant, f"/{command}")
            assert turn.reply.text == talk(command).reply.text
    assert served.asked == []


class Unsupported(Parser):
    """Understands no question."""

    def parse(self, utterance: str, before: str = "") -> Parse:
        return Parse(utterance, super().parse("/decline reason=unsupported").program, 1.0, 0.0)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (lambda said: SAYS.search(said)[0], True),
        (lambda said: NO_ANSWER, False),
        (lambda said: SAYS.search(said)[0].replace("message 3", "message 9"), False),
        (lambda said: "That is a very interesting question indeed.", False),
    ],
    ids=["told", "not told", "wrong", "empty words"],
)
def test_a_question_about_the_last_answer_is_answered_from_it(phrased, assistant, answer, shown):
    parser = Unsupported(assistant.parser.language.registry, assistant.workspace.schema, None)
    with phrased(lambda body: answer(body["messages"][-1]["content"]), parser) as (other, served):
        before = assistant.ask("/where id = 3 | predict", Conversation()).conversation
        turn, _ = asked(other, "So which one is it, in one sentence?", before)
        assert "So which one is it" in served.asked[0]["messages"][-1]["content"]
    assert ("from the last answer" in turn.reply.text) == shown
    assert turn.conversation.answered == before.answered  # and can be asked about again


def test_the_settings_ask_for_a_model_that_can():
    assert not LanguageModelSettings().phrasing
    assert LanguageModelSettings(path="some/model", phrasing=True).phrasing
    assert LanguageModelSettings(endpoint="http://127.0.0.1:1/v1", model="m", phrasing=True).phrasing
    with pytest.raises(ValidationError, match="the embedded model is too small to phrase answers"):
        LanguageModelSettings(phrasing=True)
    with pytest.raises(ValidationError, match="only reads questions"):
        LanguageModelSettings(path="some/model", adapter=str(Path("mine")), phrasing=True)
