"""What holds for every operation: its description, its template, and answers that say only what was found."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from assistant.answers import odds_percent, percent, signed
from assistant.arguments import Choice, Count
from assistant.operation import Operation, Scope
from assistant.operations import OPERATIONS
from assistant.parser import describe

EDITED = ["where id = 3 | predict", 'edit old="me" new="us"', 'edit kind=append new="free"']

# commands, the operation that answers, the kinds of its blocks
CASES = [
    (["where id = 3 | show"], "show", []),
    (['where text "hi you" | show'], "show", []),
    (["show n=7"], "show", ["table"]),
    (["where sender = bank | show"], "show", ["table"]),
    (["count"], "count", []),
    (["where correct = false and words > 3 | count"], "count", []),
    (["where label = spam and label = ham | count"], "count", []),
    (["where id = 3 | predict"], "predict", ["bars"]),
    (["where label = ham | predict"], "predict", ["table"]),
    (['where text "free call" | predict'], "predict", ["bars"]),
    (["where id = 3 | likelihood"], "likelihood", ["bars"]),
    (["where id = 3 | likelihood class=spam"], "likelihood", ["bars"]),
    (["where label = ham | likelihood"], "likelihood", ["table"]),
    (["where id in (3, 4) | likelihood class=spam"], "likelihood", ["table"]),
    (["score"], "score", ["table"]),
    (["where sender = bank | score metric=f1 average=weighted"], "score", ["table"]),
    (["where id = 3 | attribute"], "attribute", ["highlight"]),
    (["where id = 3 | attribute class=spam top=2 unit=token"], "attribute", ["highlight"]),
    (["where label = ham | attribute unit=sentence"], "attribute", ["highlight"] * 3),
    *[([f"where id = 4 | attribute method={method}"], "attribute", ["highlight"]) for method in
      ("input_x_gradient", "saliency", "occlusion", "lime", "kernel_shap")],
    (EDITED, "edit", ["diff", "bars"]),
    ([*EDITED, "undo"], "undo", ["diff", "bars"]),
    ([*EDITED, "reset"], "reset", ["diff", "bars"]),
    ([*EDITED, "compare with=edit"], "compare", ["diff", "highlight", "highlight", "bars"]),
    (["where id = 3 | compare with=row:4"], "compare", ["highlight", "highlight", "bars"]),
    (["where id = 10 | counterfactual"], "counterfactual", None),
    (["where id in (3, 4) | counterfactual n=2"], "counterfactual", None),
    (["where id = 3 | predict", "where id = 4 | repeat"], "predict", ["bars"]),
    (["help"], "help", ["table"]),
    *[([f"clarify missing={missing}"], "clarify", []) for missing in ("words", "question")],
    *[([f"decline reason={reason}"], "decline", []) for reason in ("out_of_scope", "small_talk", "unsupported")],
]  # fmt: skip


@pytest.mark.parametrize(("commands", "operation", "blocks"), CASES, ids=[commands[-1] for commands, *_ in CASES])
def test_an_answer_shows_its_evidence_and_says_only_what_was_found(talk, commands, operation, blocks):
    turn = talk(*commands)
    assert not turn.failed, turn.reply.text
    (result,) = turn.results
    assert result.operation == operation
    if blocks is not None:
        assert [block.kind for block in turn.reply.blocks] == blocks
    said = re.sub("“[^”]*”|'[^']*'|/[a-z]+ .*", "", turn.reply.text)
    unfounded = [number for number in numbers(said) if number not in set(founded(result))]
    assert unfounded == []
    assert re.search(r"\w", turn.reply.text)
    assert json.loads(json.dumps(result.to_json())) is not None
    assert all(isinstance(question, str) and question for question in turn.reply.suggestions)


def numbers(text: str) -> list[str]:
    """The numbers of a text, with their signs and percent signs."""
    return re.findall(r"(?:over |under )?[+-]?(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?(?!\w)", text)


SAID_OTHERWISE = {"baseline": odds_percent, "gap": lambda gap: percent(max(gap, 0.001)), "fit": lambda fit: percent(max(fit, 0))}


def founded(result: Any) -> Iterator[str]:
    """Every way in which a number of a result may be said."""
    if isinstance(result, str):
        yield from numbers(result)
    elif isinstance(result, dict):
        for key, value in result.items():
            yield from founded(value)
            if key in SAID_OTHERWISE and isinstance(value, float):
                yield SAID_OTHERWISE[key](value)
    elif isinstance(result, list | tuple):
        yield str(len(result))
        for item in result:
            yield from founded(item)
    elif isinstance(result, int | float) and not isinstance(result, bool):
        yield from (f"{result:,}", percent(result), signed(result))
    elif dataclasses.is_dataclass(result):
        yield from founded(result.to_json())


def test_every_operation_is_among_the_cases():
    assert {operation for _, operation, _ in CASES} | {"repeat"} == set(OPERATIONS)


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


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "repeat"])
def test_every_operation_that_runs_has_a_template(name):
    assert (files("prompts") / "answers" / "en" / f"{name}.jinja").is_file()


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
