"""What holds for every operation: its description, its template, and answers that say only what was found."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from explainers.importance import CONFIDENCE

from assistant.dialogue import Assistant, Turn
from assistant.operation import Operation, Scope
from assistant.operations import OPERATIONS
from assistant.programs.arguments import Choice, Count
from assistant.programs.described import describe
from assistant.saying import answers
from assistant.saying.wording import percent, probability, wording

from ..told import say
from .cases import CASES, PROMPTED
from .jargon import jargon

MANNERS = [(language, level) for language in ("en", "ko") for level in ("plain", "expert")]
HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(("commands", "operation", "blocks"), CASES, ids=[commands[-1] for commands, *_ in CASES])
def test_an_answer_shows_its_evidence_and_says_only_what_was_found(talk, assistant, commands, operation, blocks):
    turn = talk(*commands)
    answered(turn, assistant, operation, blocks)


@pytest.mark.parametrize(("commands", "operation", "blocks"), PROMPTED, ids=[commands[-1] for commands, *_ in PROMPTED])
def test_an_answer_about_a_generative_model_says_only_what_was_found(prompts, commands, operation, blocks):
    answered(say(prompts, *commands), prompts, operation, blocks)


def answered(turn: Turn, assistant: Assistant, operation: str, blocks: list[str] | None) -> None:
    """The answer shows these blocks, and in every manner says only what was found."""
    assert not turn.failed, turn.reply.text
    (result,) = turn.results
    assert result.operation == operation
    noun, known = assistant.workspace.settings.data.noun, set(founded(result))
    kind = assistant.workspace.schema.kind
    for language, level in MANNERS:
        reply = answers.answer(result, noun, language, level=level, kind=kind)
        if blocks is not None:
            assert [block.kind for block in reply.blocks] == blocks
        said = re.sub("“[^”]*”|'[^']*'|/[a-z]+ .*", "", reply.text)
        derived = set(map(str, (*DERIVED.get(operation, lambda result: ())(result), *narrowed_share(result))))
        unfounded = [number for number in numbers(said) if number not in known | derived]
        assert unfounded == [], reply.text
        assert re.search(r"\w", reply.text)
        if level == "plain":
            assert jargon(reply, operation) == []
        assert all(isinstance(question, str) and question for question in reply.suggestions)
        for question in reply.suggestions:  # a click asks the command; only an example of the glossary is read by its words
            assert question.command or operation == "define", question
            if question.command:
                assistant.parser.language.read(question.command).check(assistant.workspace.schema)
        if language == "ko":
            assert HANGUL.search(reply.text)
            assert not re.search(r"[가-힣]+\(?(은/는|이/가|을/를|으로/로)", reply.text)
            assert all(asked_in_korean(question) for question in reply.suggestions), reply.suggestions
    assert json.loads(json.dumps(result.to_json())) is not None


def narrowed_share(result: Any) -> list[str]:
    """How much of an earlier selection is left."""
    chosen = result.selected
    return [] if chosen is None or chosen.earlier is None else percents(chosen.rows / chosen.earlier.rows)


def asked_in_korean(question: str) -> bool:
    """Whether a Korean would type it: Hangul, and a polite question or request, or one of the short commands."""
    return bool(HANGUL.search(question)) and bool(re.search(r"(요|까요)[?]?$|(으로|로|기)$", question))


def numbers(text: str) -> list[str]:
    """The numbers of a text, with their signs and percent signs."""
    return re.findall(r"[+-]?(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?(?![A-Za-z0-9_])", text)


SAYS = [wording("en").filters(expert) for expert in (False, True)]


def percents(value: float) -> list[str]:
    return [re.sub("^(over|under) ", "", filters["percent"](value)) for filters in SAYS]


SAID_OTHERWISE = {
    "baseline": lambda odds: percents(probability(odds)),
    "gap": lambda gap: percents(max(gap, 0.001)),
    "fit": lambda fit: percents(max(fit, 0)),
    "error": lambda error: [f"{error:.3f}"],
    "lift": lambda lift: [f"{lift:.1f}"],
}
DERIVED = {  # numbers that an answer works out from the result's, and how
    "statistics": lambda r: [
        r.rows - r.missing,
        *(said for _, count in r.counts for said in percents(count / (r.rows - r.missing))),
    ],
    "mistakes": lambda r: percents(r.wrong / r.rows),
    "important": lambda r: [percent(CONFIDENCE)],
    "robustness": lambda r: percents(r.found.flips / r.found.tried),
    "sensitivity": lambda r: [f"{100 * x:.1f}" for k in r.found.kinds if k.gap for x in (k.gap.value, k.gap.error or 0)],
    "similar": lambda r: (
        [sum(item.prediction.label == r.prediction.label for item in r.near)] if hasattr(r, "prediction") else []
    ),
    "edit": lambda r: [spot.end - len(spot.text) + 1 for spot in getattr(r, "spots", ())],
    "undo": lambda r: [len(r.before.subject.edits) - r.edits],
    "redo": lambda r: [r.edits - len(r.before.subject.edits)],
    "generate": lambda r: [
        said
        for chance in (
            *r.likely,
            *((r.own.log_probability,) if r.own else ()),
            *((r.others.said.log_probability,) if r.others else ()),
        )
        for said in percents(math.exp(chance))
    ],
    "salience": lambda r: salience_says(r),
    "compare": lambda r: compared_prompts(r) if hasattr(r, "pairs") else (),
    "detail": lambda r: [said for one in r.results if one.operation == "salience" for said in salience_says(one)],
    "show": lambda r: [r.start + 1, r.start + len(r.subjects)],
}


def salience_says(result: Any) -> list[str]:
    """How many times likelier, and which piece of its kind."""
    times = [filters["times"](sign * result.salience.check.together) for filters in SAYS for sign in (1, -1)]
    falls = [filters["decimal"](abs(result.salience.check.others or 0)) for filters in SAYS]
    times += [filters["times"](abs(result.salience.check.others or 0)) for filters in SAYS]
    return ["1,000", *times, *falls, *map(str, range(1, len(result.salience.segments) + 1))]


def compared_prompts(result: Any) -> list[str]:
    """How many times likelier each answer is on the other side, and which piece of its kind."""
    sides = [side for side in (result.left, result.right) if side.crossed is not None]
    times = [filters["times"](abs(side.crossed - side.log_probability)) for filters in SAYS for side in sides]
    return ["1,000", *times, *map(str, range(1, len(result.pairs) + 1))]


def founded(result: Any) -> Iterator[str]:
    """Every way in which a number of a result may be said."""
    if isinstance(result, str):
        yield from numbers(result)
    elif isinstance(result, dict):
        for key, value in result.items():
            yield from founded(value)
            if key in SAID_OTHERWISE and isinstance(value, float):
                yield from SAID_OTHERWISE[key](value)
    elif isinstance(result, list | tuple):
        yield str(len(result))
        for item in result:
            yield from founded(item)
    elif isinstance(result, int | float) and not isinstance(result, bool):
        said = [f"{result:,}", *(filters[name](result) for filters in SAYS for name in ("percent", "signed", "figure"))]
        yield from said
        yield from (re.sub("^(over|under) ", "", number) for number in said)
        if isinstance(result, float):
            yield from (filters["decimal"](result) for filters in SAYS)
    elif dataclasses.is_dataclass(result):
        yield from founded(result.to_json())


def test_every_operation_is_among_the_cases():
    assert {operation for _, operation, _ in (*CASES, *PROMPTED)} | {"repeat", "more"} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described(name):
    operation = OPERATIONS[name]
    assert operation.name == name
    assert re.fullmatch("[a-z_]+", name)
    assert operation.about() and operation.about() != Operation.about()
    assert operation.about().endswith(".")
    assert operation.family
    assert operation.scope in Scope.__args__
    for argument in operation.arguments().values():
        assert argument.doc, f"{name} {argument.name} has no description"
    if operation not in (OPERATIONS["clarify"], OPERATIONS["decline"]):
        assert operation.examples


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ("repeat", "more")])
def test_every_operation_that_runs_has_a_template(name):
    assert (files("prompts") / "answers" / "en" / f"{name}.jinja").is_file()


def test_korean_has_every_template_that_english_has():
    names = [{path.name for path in (files("prompts") / "answers" / language).iterdir()} for language in ("en", "ko")]
    assert names[1] - names[0] == {"sentences.toml", "operations.toml"} and names[0] <= names[1]


def test_the_registry_as_data_is_complete():
    described = json.loads(json.dumps(describe(OPERATIONS)))
    assert [item["name"] for item in described] == list(OPERATIONS)
    for item in described:
        assert set(item) == {"name", "family", "about", "works_on", "arguments", "examples"}
        operation = OPERATIONS[item["name"]]
        assert [argument["name"] for argument in item["arguments"]] == list(operation.arguments())
        for argument in item["arguments"]:
            known = operation.arguments()[argument["name"]]
            assert argument["doc"] and argument["type"]
            assert argument["required"] == known.required
            if isinstance(known.kind, Count):
                assert (argument["low"], argument["high"]) == (known.kind.low, known.kind.high)
            if isinstance(known.kind, Choice):
                assert argument["choices"] == list(known.kind.choices)


def test_names_that_are_python_keywords_lose_their_underscore():
    names = [name for operation in OPERATIONS.values() for name in operation.arguments()]
    assert {"class", "with"} <= set(names)
    assert not any(name.endswith("_") for name in names)
