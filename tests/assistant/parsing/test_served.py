"""A served language model: what is asked of it, what is made of its answers, and what is said when it fails."""

from __future__ import annotations

import json
import re
import socket
import time
from copy import copy
from functools import cache
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langsmith import utils as ls_utils

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parsing.few_shot import nearest
from assistant.parsing.parser import Parse, Parser
from assistant.parsing.served import MOST_BYTES, SECOND_TIME, ServedChat, api_key

from ..served import Raw, Served, said, serving
from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
COUNT = {"where": {"field": "label", "op": "=", "value": "spam"}, "steps": [{"op": "count"}]}
WRONG = {"where": {"field": "label", "op": "=", "value": "eggs"}, "steps": [{"op": "count"}]}


def read(answer: Any, question: str = "how many are spam?", **values: Any) -> tuple[Parse, Served]:
    """The parse of a question by a server that answers so, or with each of several in turn; and what it was asked."""
    turns = iter(answer) if isinstance(answer, list) else None

    def answered(body: dict[str, Any]) -> Any:
        one = next(turns) if turns else answer
        one = one(body) if callable(one) else one
        return json.dumps(one, ensure_ascii=False) if isinstance(one, dict) else one

    with serving(answered) as served:
        chat = ServedChat(**{"endpoint": served.endpoint, "model": "some/model", "examples": 2, "timeout": 20.0} | values)
        return parser(chat).parse(question), served


def parser(chat: ServedChat | None) -> Parser:
    """A parser whose grammar is built only once."""
    made = copy(_parser())
    made._chat = chat
    return made


@cache
def _parser() -> Parser:
    return Parser(OPERATIONS, SCHEMA, None)


def refused(answer: Any, **values: Any) -> str:
    """What is said when it does not work: one sentence, on one line."""
    with pytest.raises(AskWhyError) as caught:
        read(answer, **values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_program_is_read():
    parse, served = read(COUNT)
    assert parse.program.to_text(SCHEMA) == "where label = spam | count"
    assert parse.likelihood == 1.0
    assert served.paths == ["/v1/chat/completions"]
    (body,) = served.asked
    assert (body["model"], body["temperature"], body["stream"]) == ("some/model", 0.0, False)
    assert "authorization" not in served.headers[0]


def test_it_is_told_the_data_the_operations_and_examples():
    (body,) = read(COUNT)[1].asked
    roles = [turn["role"] for turn in body["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    system = body["messages"][0]["content"]
    assert "labels: ham | spam" in system
    for name in OPERATIONS:
        assert f"- {name}: " in system
    shown = nearest("how many are spam?", SCHEMA, 2)
    assert [turn["content"] for turn in body["messages"][1:-1:2]] == [one.question for one in shown]
    language = parser(None).language
    assert [json.loads(turn["content"]) for turn in body["messages"][2:-1:2]] == [
        language.read(one.program).to_json() for one in shown
    ]
    assert body["messages"][-1]["content"] == "how many are spam?"


def test_it_is_asked_to_keep_to_the_schema_of_programs():
    (body,) = read(COUNT)[1].asked
    assert body["response_format"]["type"] == "json_schema"
    given = body["response_format"]["json_schema"]["schema"]
    assert given["properties"]["steps"]["maxItems"] == 4
    assert body["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_server_that_knows_less_is_asked_for_less_from_then_on():
    def strict(body: dict[str, Any]) -> Any:
        unknown = body.keys() - {"model", "messages", "temperature", "max_tokens", "stream"}
        return Raw(b'{"detail": "unexpected fields"}', status=422) if unknown else json.dumps(COUNT)

    with serving(strict) as served:
        one = parser(ServedChat(endpoint=served.endpoint, model="m", examples=1))
        for _ in range(2):
            assert one.parse("how many are spam?").program.to_json() == COUNT
    assert ["response_format" in body for body in served.asked] == [True, False, False]


def test_the_key_is_sent_to_the_server_and_shown_to_nobody():
    _, served = read(COUNT, key="sk-secret")
    assert served.headers[0]["authorization"] == "Bearer sk-secret"
    chat = ServedChat(key="sk-secret", endpoint="http://127.0.0.1:1/v1", model="m")
    assert "sk-secret" not in f"{chat!r} {chat} {chat.model_dump()} {chat._identifying_params}"


@pytest.mark.parametrize(
    "around",
    [
        "Here it is:\n```json\nPROGRAM\n```\nIs that {right}?",
        '<think>{"where": null, "steps": []} no...</think>PROGRAM',
        "{} PROGRAM",
        'PROGRAM and {"where": null, "steps": []}',
    ],
)
def test_a_program_is_found_among_words(around):
    parse, served = read(around.replace("PROGRAM", json.dumps(COUNT)))
    assert parse.program.to_json() == COUNT
    assert len(served.asked) == 1


def test_what_is_null_was_left_open():
    parse, _ = read({"where": COUNT["where"], "steps": [{"op": "attribute", "top": None, "method": None}]})
    assert parse.program.to_text(SCHEMA) == "where label = spam | attribute"


def test_a_wrong_answer_is_sent_back_once_with_what_is_wrong():
    parse, served = read([WRONG, COUNT])
    assert parse.program.to_json() == COUNT
    assert parse.likelihood == SECOND_TIME
    first, second = served.asked
    assert second["messages"][: len(first["messages"])] == first["messages"]
    answer, again = second["messages"][-2:]
    assert (answer["role"], json.loads(answer["content"])) == ("assistant", WRONG)
    assert "has no value 'eggs'" in again["content"]


NONSENSE = [
    "",
    "I cannot help with that.",
    "{" * 5000,
    "[1, 2]",
    '{"steps": "count"}',
    '{"where": null, "steps": [1]}',
    "\ud800{}",
]


@pytest.mark.parametrize("answer", [*NONSENSE, WRONG, {"where": None, "steps": [{"op": "explode"}]}])
def test_no_program_twice_is_told(answer):
    asked = []

    def same(body: dict[str, Any]) -> Any:
        asked.append(body)
        return answer

    told = refused(same)
    assert told.startswith("The language model 'some/model' gave no program for this question, asked twice (")
    assert told.endswith("Say it in other words, or type a command after a slash.")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("question", "words"),
    [("how many say free money?", "free prize"), ("how many say free money?", "ee money"), ("", "x"), ("왜 무료야?", "유료")],
)
def test_free_text_is_copied_from_the_question(question, words):
    program = {"where": {"field": "text", "op": "contains", "value": words}, "steps": [{"op": "count"}]}
    told = refused(program, question=question or "how many?")
    assert f'("{words}" is not copied from the question.)' in told


def test_copied_text_is_taken_as_it_stands():
    program = {"where": {"field": "text", "op": "contains", "value": "free money"}, "steps": [{"op": "count"}]}
    assert read(program, question="how many say free money?")[0].program.to_json() == program
    korean = {"where": {"text": "무료 쿠폰"}, "steps": [{"op": "predict"}]}
    assert read(korean, question="'무료 쿠폰'은 스팸이야?")[0].program.to_json() == korean


def test_a_number_that_no_question_means_is_no_program():
    assert "99999999999 is not possible there." in refused({"where": {"sample": 99999999999}, "steps": [{"op": "count"}]})


REFUSALS: list[tuple[Raw, dict[str, Any], str]] = [
    (Raw(b"", status=401), {}, r"wants a key; put it into an environment variable"),
    (Raw(b"", status=403), {"key": "k", "key_name": "MY_KEY"}, r"refuses the key in the environment variable MY_KEY"),
    (Raw(b"{}", status=404), {}, r"has no model 'some/model', or no chat there"),
    (Raw(b"", status=429), {}, r"has too much to do"),
    (Raw(b'{"error": {"message": "out of\\nmemory"}}', status=500), {}, r"error 500: out of memory; look"),
    (Raw(b'{"detail": "pinned"}', status=400), {}, r"error 400: pinned; look"),
    (Raw(b"<html>", status=502), {}, r"error 502; look"),
    (Raw(b"<html>hello"), {}, r"is no OpenAI-compatible server"),
    (Raw(b"[" * 100_000), {}, r"is no OpenAI-compatible server"),
    (Raw(b'{"choices": []}'), {}, r"is no OpenAI-compatible server"),
    (said([{"type": "text"}]), {}, r"is no OpenAI-compatible server"),
    (said(None, finish_reason="length"), {}, r"and no answer; if it thinks first"),
    (Raw(b"x" * (MOST_BYTES + 1)), {}, r"an answer without end"),
    (Raw(b"{}", promised=50), {}, r"broke off its answer"),
]


@pytest.mark.parametrize(("answer", "values", "sentence"), REFUSALS)
def test_a_server_that_fails_is_told(answer, values, sentence):
    told = refused(answer, **values)
    assert re.search(sentence, told), told


def test_a_redirect_is_not_followed():
    with serving(lambda body: json.dumps(COUNT)) as other:
        away = Raw(b"", status=307, headers=(("location", f"{other.endpoint}/chat/completions"),))
        assert "sends questions on elsewhere" in refused(away, key="k")
        assert other.asked == []


def test_no_proxy_and_no_other_variable_is_heeded(monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    parse, served = read(COUNT)
    assert parse.program.to_json() == COUNT
    assert "authorization" not in served.headers[0]


def test_nothing_but_the_server_is_called(monkeypatch):
    called = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        called.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    _, served = read(COUNT)
    port = int(served.endpoint.split(":")[2].removesuffix("/v1"))
    assert {address[:2] for address in called} == {("127.0.0.1", port)}


def test_a_server_that_is_down_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    assert refused(COUNT, endpoint=endpoint).startswith(f"No language model answers at {endpoint}; start its server")


@pytest.mark.parametrize("pause", [0.05, 5.0])
def test_a_slow_server_is_given_up(pause):
    """One that drips a byte now and then is no quicker than one that is silent."""
    slow = Raw(said(json.dumps(COUNT)).body, pause=pause)
    with serving(lambda body: slow) as served:
        one = parser(ServedChat(endpoint=served.endpoint, model="m", examples=1, timeout=1.0))
        nearest("how many?", SCHEMA, 1)
        started = time.monotonic()
        with pytest.raises(AskWhyError, match="took longer than 1 seconds"):
            one.parse("how many are spam?")
    assert time.monotonic() - started < 5


def test_without_data_it_is_a_plain_chat():
    with serving(lambda body: "hello") as served:
        message = ServedChat(endpoint=served.endpoint, model="m").invoke([HumanMessage("hi")])
    assert message.content == "hello"
    assert "response_format" not in served.asked[0]


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_key_is_told(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("MY_KEY", raising=False)
    else:
        monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(AskWhyError, match=r"The environment variable MY_KEY, named by .* api_key_env, is not set; put"):
        api_key("MY_KEY")


def test_a_key_is_read(monkeypatch):
    monkeypatch.setenv("MY_KEY", " sk-1\n")
    assert (api_key("MY_KEY"), api_key(None)) == ("sk-1", None)
    monkeypatch.setenv("MY_KEY", "zwei wörter")
    with pytest.raises(AskWhyError, match="is no key") as caught:
        api_key("MY_KEY")
    assert "zwei" not in str(caught.value)


def test_questions_are_not_traced_whatever_the_environment_says(monkeypatch):
    made = []
    monkeypatch.setattr("langsmith.Client.create_run", lambda self, *_, **__: made.append("run"))
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "ls-1")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:1")
    ls_utils.get_env_var.cache_clear()
    try:
        read(COUNT)
        assert made == []
    finally:
        monkeypatch.undo()
        ls_utils.get_env_var.cache_clear()
