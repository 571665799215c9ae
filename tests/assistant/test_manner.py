"""The language and the level of an answer: the question's, what was asked for, or what the settings fix."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.manner import Manner, language_of, manner
from assistant.parsing.parser import Parse, Parser
from assistant.programs.program import Program
from assistant.settings import Settings

QUESTIONS = {
    "why is 12 spam?": "en", "왜 12번이 spam이에요?": "ko", "12번은요?": "ko", "ㅋㅋ": "ko", "12?": None, "???": None, "": None,
    "/where id = 3 | predict": None, '/where text "안녕" | predict': None, 'is "무료 쿠폰" spam?': "en", "“무료 쿠폰”": None,
    "what's 12": "en", "is 'free' bad 왜": "ko", "它是什么": None, "그럼 '12'는": "ko", "it's 무료 isn't it": "ko",
}  # fmt: skip


@pytest.mark.parametrize(("question", "language"), QUESTIONS.items(), ids=QUESTIONS)
def test_the_language_of_a_question(question, language):
    assert language_of(question) == language


def settings(**given) -> Settings:
    return Settings.model_construct(**given)


MANNERS = [
    ({}, (None, None), Manner("en", "plain")),
    ({}, ("ko", "expert"), Manner("ko", "expert")),
    ({"language": "en"}, ("ko", None), Manner("en", "plain")),
    ({"language": "ko"}, (None, None), Manner("ko", "plain")),
    ({"level": "expert"}, ("ko", None), Manner("ko", "expert")),
    ({"level": "expert"}, ("ko", "plain"), Manner("ko", "plain")),
]


@pytest.mark.parametrize(("given", "said", "expected"), MANNERS)
def test_what_the_settings_fix(given, said, expected):
    language, level = said
    assert manner(Conversation(language=language, level=level), settings(**given)) == expected


class Counts(Parser):
    """Reads every question as one to count."""

    def parse(self, question: str, before: str = "") -> Parse:
        return Parse(question, super().parse("/count").program, 1.0, 0.0)


def test_an_answer_is_in_the_language_of_its_question_and_a_question_in_neither_keeps_the_last(assistant):
    heard = Assistant(assistant.workspace, Counts(assistant.parser.language.registry, assistant.workspace.schema, None))
    conversation, said = Conversation(), []
    for question in ("how many?", "몇 개예요?", "40?", "/count", "and how many now"):
        turn = heard.ask(question, conversation)
        assert isinstance(turn.program, Program)
        conversation = turn.conversation
        said.append(bool("가" <= max(turn.reply.text) <= "힣"))
    assert said == [False, True, True, True, False]


def test_the_settings_fix_the_language_of_every_answer(assistant):
    workspace = assistant.workspace
    korean = type(workspace)(workspace.settings.model_copy(update={"language": "ko"}), workspace.classifier, workspace.dataset)
    turn = Assistant(korean, assistant.parser).ask("/labels", Conversation())
    assert "클래스" in turn.reply.text
    assert dataclasses.replace(turn.conversation, language=None) == turn.conversation
