"""A language model behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, `transformers serve` and others.

It is asked for a program as JSON. A server that can is made to keep to the JSON schema of programs (`response_format`); as
many accept that and keep to nothing, every answer is checked here, by the very grammar that a local model decodes under,
and a wrong one is sent back once with what is wrong. One address is talked to, the one in the settings: no proxies, no
redirects, no look-ups of models.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import httpx
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from explainers.errors import AskWhyError

from assistant.parsing.few_shot import example_turns, nearest
from assistant.parsing.linking import question_alone
from assistant.parsing.parser import schema_text
from assistant.parsing.recalling import asked
from assistant.programs.conditions import mended
from assistant.programs.described import describe
from assistant.programs.json_schema import program_schema
from assistant.programs.program import MOST_STEPS, Program, from_json
from assistant.programs.reader import Language

ROLES = {"system": "system", "human": "user", "ai": "assistant"}
TOKENS = 512  # of an answer, beside those that copy the question
MOST_BYTES = 1_000_000  # of an answer
CONNECT = 10.0  # seconds until the server must have taken the call
PIECE = re.compile(r'[^\s"]*"(?:[^"\\]|\\.)*"|[^\s"]+')  # a word, or a quoted string, of a program's text
TRIES = 50  # braces at which a program is looked for in an answer
SECOND_TIME = 0.4  # the confidence in a program that had to be asked for again


class ServedChat(BaseChatModel):
    """A chat model that another program serves at `endpoint` (the address up to and with /v1, as a rule).

    `key` is sent as a bearer token. A question is given up after `timeout` seconds. With `language=` (a `reader.Language`) and
    `grammar=` bound, as the parser does, the answer is the compact text of a program that fits both, and its
    `response_metadata` holds a `confidence`: a server tells none, so it is 1, or less where the first answer was wrong.
    """

    endpoint: str
    model: str
    key_name: str | None = None
    timeout: float = 60.0
    examples: int = 12
    _key: str | None = PrivateAttr()
    _plain: bool = PrivateAttr(default=False)  # the server refuses the fields that it may not know
    _client: httpx.Client = PrivateAttr()

    def __init__(self, key: str | None = None, **values: Any) -> None:
        super().__init__(**values)
        self._key = key
        self._client = httpx.Client(trust_env=False, follow_redirects=False)

    @property
    def _llm_type(self) -> str:
        return "askwhy-served"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **options: Any
    ) -> ChatResult:
        deadline = time.monotonic() + options.get("seconds", self.timeout)
        language = options.get("language")
        if language is None:
            said, confidence = self._say(messages, None, deadline, options.get("max_tokens")), 0.0
        else:
            program, confidence = self._program(str(messages[-1].content), language, options["grammar"], deadline)
            said = program.to_text(language.schema) + "\n"
        message = AIMessage(content=said, response_metadata={"confidence": confidence})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _program(self, asked_for: str, language: Language, grammar: str, deadline: float) -> tuple[Program, float]:
        shown = nearest(question_alone(asked_for), language.schema, self.examples)
        turns = example_turns(shown, lambda example: _dumped(language.read(example.program)))
        messages = [SystemMessage(_instructions(language)), *turns, HumanMessage(asked(asked_for))]
        schema = program_schema(language.registry, language.schema)
        said = self._say(messages, schema, deadline)
        try:
            return _fitting(said, language, grammar), 1.0
        except AskWhyError as error:
            again = (files("prompts") / "parser" / "again.txt").read_text("utf-8").strip()
            messages += [AIMessage(said[:2000]), HumanMessage(again.replace("{error}", str(error)))]
        try:
            return _fitting(self._say(messages, schema, deadline), language, grammar), SECOND_TIME
        except Unfit as error:
            raise AskWhyError(
                f"The language model '{self.model}' gave no program for this question, asked twice ({error}) "
                "Say it in other words, or type a command after a slash."
            ) from error

    def _say(
        self, messages: Sequence[BaseMessage], schema: dict[str, Any] | None, deadline: float, most: int | None = None
    ) -> str:
        """What the model answers. Raises AskWhyError that says what the server did instead."""
        turns = [{"role": ROLES[message.type], "content": str(message.content)} for message in messages]
        most = most or TOKENS + len(turns[-1]["content"])
        body = {"model": self.model, "messages": turns, "temperature": 0.0, "max_tokens": most, "stream": False}
        extra: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
        if schema is not None:
            extra["response_format"] = {"type": "json_schema", "json_schema": {"name": "program", "schema": schema}}
        status, answer = self._post(body if self._plain else body | extra, deadline)
        if status in (400, 422) and not self._plain:
            status, answer = self._post(body, deadline)
            self._plain = status == 200
        if status != 200:
            raise AskWhyError(self._refusal(status, answer))
        try:
            choice = json.loads(answer)["choices"][0]
            said = choice["message"]["content"] or ""
            if not isinstance(said, str):
                raise TypeError
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise AskWhyError(
                f"What answers at {self.endpoint} is no OpenAI-compatible server; mend [language_model] endpoint, "
                "which ends in /v1 as a rule."
            ) from error
        if not said.strip() and choice.get("finish_reason") == "length":
            raise AskWhyError(
                f"The language model '{self.model}' wrote {most} tokens and no answer; if it thinks first, serve it without that."
            )
        return mended(said)

    def _post(self, body: dict[str, Any], deadline: float) -> tuple[int, bytes]:
        """The status and the body of the server's answer; the deadline is for all of it, however slowly it drips."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        left = deadline - time.monotonic()
        try:
            if left <= 0:
                raise httpx.ReadTimeout("")
            timeout = httpx.Timeout(left, connect=min(left, CONNECT))
            address = f"{self.endpoint.rstrip('/')}/chat/completions"
            with self._client.stream("POST", address, json=body, headers=headers, timeout=timeout) as response:
                received = bytearray()
                for piece in response.iter_bytes():
                    received += piece
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("")
                    if len(received) > MOST_BYTES:
                        raise AskWhyError(f"The server at {self.endpoint} sends an answer without end; look at what it is.")
                return response.status_code, bytes(received)
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise AskWhyError(
                f"The language model at {self.endpoint} took longer than {self.timeout:g} seconds; ask again, "
                "or give it longer with [language_model] timeout."
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise AskWhyError(
                f"No language model answers at {self.endpoint}; start its server, or mend [language_model] endpoint."
            ) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise AskWhyError(
                f"The server at {self.endpoint} broke off its answer; look at what it says, and ask again."
            ) from error

    def _refusal(self, status: int, answer: bytes) -> str:
        """The sentence for an answer that is none."""
        if status in (401, 403):
            if self.key_name:
                return f"The server at {self.endpoint} refuses the key in the environment variable {self.key_name}; mend it."
            return (
                f"The server at {self.endpoint} wants a key; put it into an environment variable, "
                "and name that in [language_model] api_key_env."
            )
        if 300 <= status < 400:
            return f"The server at {self.endpoint} sends questions on elsewhere; name that address in [language_model] endpoint."
        if status == 404:
            return (
                f"The server at {self.endpoint} has no model '{self.model}', or no chat there; mend [language_model] model, "
                "or endpoint, which ends in /v1 as a rule."
            )
        if status == 429:
            return f"The server at {self.endpoint} has too much to do; ask again in a while."
        said = " ".join(_reason(answer).split())[:200].rstrip(". ")
        return f"The server at {self.endpoint} answered with error {status}{f': {said}' if said else ''}; look at what it says."


def api_key(variable: str | None) -> str | None:
    """The key in an environment variable; None when none is named. Raises AskWhyError when the variable holds no key."""
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise AskWhyError(
            f"The environment variable {variable}, named by [language_model] api_key_env, is not set; "
            "put the server's key into it, or take api_key_env out of the settings."
        )
    if not re.fullmatch(r"[!-~]+", key):
        raise AskWhyError(f"What is in the environment variable {variable} is no key: it has spaces or odd characters; mend it.")
    return key


class Unfit(AskWhyError):
    """An answer that is no program, or none for the question."""


def _fitting(said: str, language: Language, grammar: str) -> Program:
    """The program in an answer. Raises Unfit that says what is wrong with it."""
    try:
        program = from_json(_program_object(said), language.registry)
        program.check(language.schema)
        text = program.to_text(language.schema)
        place = _fits(text, grammar)
    except AskWhyError as error:
        raise Unfit(str(error)) from error
    if place < len(text):
        piece = next(piece[0] for piece in PIECE.finditer(text) if piece.end() > place)
        why = "is not copied from the question" if piece.endswith('"') else "is not possible there"
        raise Unfit(f"{piece[:60]} {why}.")
    return program


def _fits(text: str, grammar: str) -> int:
    """How many characters of a program the grammar allows; all of them when it is what a local model could have decoded."""
    from llguidance import LLMatcher, LLParserLimits, LLTokenizer

    from assistant.parsing.decoding import LEXER_FUEL

    limits = LLParserLimits(step_lexer_fuel=LEXER_FUEL)
    matcher = LLMatcher(LLTokenizer("byte"), LLMatcher.grammar_from_lark(grammar), log_level=0, limits=limits)
    written = f"{text}\n".encode()
    allowed = matcher.validate_tokens(list(written))
    return len(written[:allowed].decode("utf-8", "ignore"))


def _program_object(said: str) -> Any:
    """The JSON object in an answer that has steps, whatever is said around it; what is null in a step was left open."""
    said = re.sub(r"<think>.*?</think>", "", said, flags=re.DOTALL)
    starts = [match.start() for match in re.finditer(r"\{", said)][:TRIES]
    for start in starts:
        try:
            found, _ = json.JSONDecoder().raw_decode(said, start)
            found = json.loads(mended(json.dumps(found, ensure_ascii=False)))
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("steps"), list):
            steps = [
                {name: value for name, value in step.items() if value is not None} if isinstance(step, dict) else step
                for step in found["steps"]
            ]
            return found | {"steps": steps}
    raise AskWhyError('There is no JSON object {"where": ..., "steps": [...]} in the answer.')


def _dumped(program: Program) -> str:
    return json.dumps(program.to_json(), ensure_ascii=False)


def _reason(answer: bytes) -> str:
    """What a server says about an error, in the forms that servers use."""
    try:
        told = json.loads(answer)
        told = told.get("error", told.get("detail", told.get("message", "")))
        return str(told.get("message", "")) if isinstance(told, dict) else str(told)
    except (ValueError, AttributeError, RecursionError):
        return ""


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files("prompts") / "parser" / "served.jinja").read_text("utf-8"))


def _instructions(language: Language) -> str:
    """What the model is told before the examples."""
    told = {"operations": describe(language.registry), "schema": schema_text(language.schema), "most": MOST_STEPS}
    return _template().render(**told, kind=language.schema.kind).strip()
