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

from explainers.generative import METHODS
from explainers.importance import CONFIDENCE

from assistant.dialogue import Assistant, Turn
from assistant.operation import Operation, Scope
from assistant.operations import OPERATIONS
from assistant.parsing.parser import describe
from assistant.programs.arguments import Choice, Count
from assistant.saying import answers
from assistant.saying.wording import percent, probability, wording

from ..told import say
from .jargon import jargon

EDITED = ["where id = 3 | predict", 'edit old="me" new="us"', 'edit kind=append new="free"']

MANNERS = [(language, level) for language in ("en", "ko") for level in ("plain", "expert")]
HANGUL = re.compile("[가-힣]")

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
    (["score"], "score", ["plot"]),
    (["where sender = bank | score metric=f1 average=weighted"], "score", ["plot"]),
    (["where id = 3 | attribute"], "attribute", ["highlight"]),
    (["where id = 3 | attribute class=spam top=2 unit=token"], "attribute", ["highlight"]),
    (["where label = ham | attribute unit=sentence"], "attribute", ["highlight"] * 3),
    *[([f"where id = 4 | attribute method={method}"], "attribute", ["highlight"]) for method in
      ("input_x_gradient", "saliency", "occlusion", "lime", "kernel_shap")],
    (EDITED, "edit", ["diff", "bars"]),
    ([*EDITED, "undo"], "undo", ["diff", "bars"]),
    ([*EDITED, "undo", "redo"], "redo", ["diff", "bars"]),
    ([*EDITED, "reset"], "reset", ["diff", "bars"]),
    ([*EDITED, "undo", "edits"], "edits", ["table", "diff"]),
    (["where id = 3 | edits"], "edits", []),
    (['where text "1 or 2" | edit kind=remove part=number'], "edit", ["table"]),
    (['where text "call me" | edit kind=remove old="callx"'], "edit", []),
    (['where label = spam | edit kind=remove old="free"'], "edit", ["table", "table"]),
    (['where label = ham | edit kind=remove part=url which=all'], "edit", []),
    (["where label = ham | count", "clear"], "clear", []),
    (["where label = ham | count", "where previous and words > 4 | count"], "count", []),
    (["compare with=previous"], "clarify", []),
    ([*EDITED, "compare with=edit"], "compare", ["diff", "aligned", "bars"]),
    (["where id = 3 | compare with=row:4"], "compare", ["aligned", "bars"]),
    (["where id = 10 | counterfactual"], "counterfactual", None),
    (["where id in (3, 4) | counterfactual n=2"], "counterfactual", None),
    (["where id = 3 | predict", "where id = 4 | repeat"], "predict", ["bars"]),
    (["where id = 3 | attribute against=spam class=ham"], "attribute", None),
    (["where label = ham | attribute against=spam class=ham"], "attribute", ["highlight"] * 3),
    (["where id = 3 | attribute method=grad_cam layer=0"], "attribute", ["highlight"]),
    (["where id = 3 | attribute method=best"], "attribute", ["highlight", "table"]),
    *[([f"statistics of={field}"], "statistics", ["bars"]) for field in
      ("words", "characters", "sentences", "confidence", "label", "prediction", "age", "sender", "split")],
    (["where label = spam | statistics"], "statistics", ["bars"]),
    (["where id = 3 | statistics of=words"], "statistics", ["bars"]),
    (["keywords"], "keywords", ["table"]),
    (["keywords n=3 order=rare"], "keywords", ["table"]),
    (["where label = spam | keywords order=distinctive"], "keywords", ["table"]),
    (["score class=spam"], "score", ["plot"]),
    (["score metric=roc_auc"], "score", ["plot"]),
    (["score by=sender"], "score", ["table"]),
    (["where age > 25 | score metric=recall class=spam by=words"], "score", ["table"]),
    (["mistakes"], "mistakes", ["table"]),
    (["mistakes kind=count"], "mistakes", []),
    (["where age > 30 | mistakes kind=sample n=2"], "mistakes", ["table"]),
    (["where age > 0 | mistakes kind=typical"], "mistakes", None),
    (["where correct = true | mistakes"], "mistakes", []),
    (["confusion"], "confusion", ["plot"]),
    (["where correct = true | confusion"], "confusion", ["plot"]),
    (["calibration"], "calibration", ["plot"]),
    (["where label = spam | calibration"], "calibration", ["plot"]),
    (["important"], "important", ["table"]),
    (["where label = spam | important class=spam top=3"], "important", ["table"]),
    (['important word="free"'], "important", ["table"]),
    (['important word="zebra"'], "important", []),
    (["where id = 3 | important"], "important", ["table"]),
    (["where id = 3 | interactions top=3"], "interactions", ["table"]),
    (["where id = 3 | attention"], "attention", ["table"]),
    (["where id = 3 | attention layer=0 head=1"], "attention", ["table"]),
    (['where text "free" | attention'], "attention", []),
    (["where id = 3 | rationalize"], "rationalize", ["highlight"]),
    (["where id = 3 | trust"], "trust", ["table", "highlight"]),
    (["where label = ham | trust method=occlusion"], "trust", ["table", "highlight"]),
    (['where text "free" | trust'], "trust", None),
    (["where id = 3 | similar n=3"], "similar", ["table"]),
    (['where text "call me now" | similar n=1'], "similar", ["table"]),
    (["where id = 3 | influence n=2"], "influence", ["table"]),
    (["where id = 3 | compare with=class:spam"], "compare", ["aligned"]),
    (["where id = 3 | compare with=method:lime"], "compare", ["aligned"]),
    (["where id = 3 | compare with=method:best"], "compare", ["aligned"]),
    (["where id = 3 | compare with=row:4 by=length"], "compare", []),
    (["where id = 3 | compare with=row:4 by=score"], "compare", ["bars"]),
    (["where id = 3 | compare with=row:4 by=words"], "compare", ["aligned"]),
    (["where label = ham and age > 30 | compare with=class:spam"], "compare", ["table"]),
    (["where label = spam | count", "where age > 50 | compare with=previous by=score"], "compare", ["table"]),
    (["where id = 3 | adversarial n=2"], "adversarial", None),
    (["where label = spam | adversarial"], "adversarial", None),
    (["where id = 3 | augment"], "augment", None),
    (['where text "it is late. call me" | augment n=5'], "augment", None),
    (['where text "call" | augment'], "augment", []),
    (["robustness"], "robustness", None),
    (["where label = spam | robustness kind=typo"], "robustness", None),
    (['where text "call me now" | robustness kind=deletion'], "robustness", None),
    (["sensitivity"], "sensitivity", None),
    (["where label = spam | sensitivity to=places"], "sensitivity", []),
    (['where text "Mary met him in Paris on 5 May" | sensitivity'], "sensitivity", None),
    (["where id = 3 | relabel to=ham"], "relabel", []),
    (["where id = 3 | learn"], "learn", ["bars", "table"]),
    (["where id = 4 | unlearn"], "unlearn", None),
    (["show n=7", "more"], "show", ["table"]),
    (["show n=50", "more"], "show", []),
    (["where id = 3 | show", "more"], "show", []),
    (["keywords n=4", "more"], "keywords", ["table"]),
    (["important top=2", "more"], "important", ["table"]),
    (["mistakes kind=count", "more"], "mistakes", ["table"]),
    (["where id = 3 | similar n=30", "more"], "similar", ["table"]),
    (["data"], "data", ["table"]),
    (["model"], "model", []),
    (["labels"], "labels", ["table"]),
    (['define term="recal"'], "define", ["citations"]),
    (['define term="banana"'], "define", []),
    (['ask question="Who sells bananas?"'], "ask", []),
    (['ask question="Are attention weights explanations?"'], "ask", ["citations"]),
    (["where id = 3 | attribute", "detail level=expert"], "detail", ["highlight"]),
    (["count", "detail level=expert", "detail level=plain"], "detail", []),
    (["detail level=expert"], "detail", []),
    (["where id = 3 | predict", "report"], "report", ["files"]),
    (["help"], "help", None),
    *[([f"clarify missing={missing}"], "clarify", []) for missing in ("words", "question")],
    *[([f"decline reason={reason}"], "decline", []) for reason in ("out_of_scope", "small_talk", "unsupported")],
]  # fmt: skip


@pytest.mark.parametrize(("commands", "operation", "blocks"), CASES, ids=[commands[-1] for commands, *_ in CASES])
def test_an_answer_shows_its_evidence_and_says_only_what_was_found(talk, assistant, commands, operation, blocks):
    turn = talk(*commands)
    answered(turn, assistant, operation, blocks)


REWRITTEN = ["where id = 0 | generate", "edit kind=remove part=example which=2"]
PROMPTED = [
    (["where id = 0 | generate"], "generate", []),
    (["where id = 2 | generate tokens=2"], "generate", []),
    (['where text "call me" | generate'], "generate", []),
    (['where id = 0 | generate', 'generate at="first word"'], "generate", ["table"]),
    (['where id = 0 | generate target="call now"'], "generate", []),
    (['where id in (0, 2) | generate'], "generate", ["table"]),
    (['where id in (0, 2) | generate target="love"'], "generate", ["table"]),
    (["where id = 0 | salience"], "salience", ["highlight", "table"]),
    (["where id = 1 | salience top=1"], "salience", ["highlight", "table"]),
    (["where id = 2 | salience"], "salience", None),
    *[([f"where id = 0 | salience unit={unit}"], "salience", None) for unit in ("token", "word", "sentence", "line", "paragraph")],
    *[([f"where id = 0 | salience method={method}"], "salience", ["highlight", "table"]) for method in METHODS],
    (['where id = 0 | generate target="call now"', 'salience target="now"'], "salience", ["highlight", "table"]),
    (['where id = 0 | salience against="home"'], "salience", ["highlight", "table"]),
    ([r'where id = 0 | salience pattern="Word|Say"'], "salience", ["highlight", "table"]),
    (["where id = 0 | salience inside=layers"], "salience", ["highlight", "table", "table"]),
    (["where id = 0 | salience inside=heads"], "salience", ["highlight", "table", "table"]),
    (["where id = 0 | salience", "repeat unit=word"], "salience", None),
    (REWRITTEN, "edit", ["diff", "diff"]),
    ([*REWRITTEN, "undo"], "undo", ["diff", "diff"]),
    ([*REWRITTEN, "undo", "redo"], "redo", ["diff", "diff"]),
    ([*REWRITTEN, "reset"], "reset", ["diff", "diff"]),
    ([*REWRITTEN, "edits"], "edits", ["table", "diff"]),
    (["where id = 0 | edit kind=move part=example which=1 where=end"], "edit", None),
    (['where id in (0, 2) | edit kind=remove old="dinner"'], "edit", ["table"]),
    (['where id in (1, 2) | edit kind=remove old="zebra"'], "edit", []),
    (['where text "1 or 2" | edit kind=remove part=number'], "edit", ["table"]),
    (["where id = 0 | similar"], "similar", ["table"]),
    (['where text "prize dinner" | similar n=1', "more"], "similar", ["table"]),
    (["where id = 1 | similar", "more"], "similar", []),
    (["where id in (0, 2) | compare"], "compare", ["diff", "diff", "table", "columns"]),
    (["where id = 1 | compare with=row:2"], "compare", None),
    ([*REWRITTEN, "compare with=edit"], "compare", None),
    (["where id = 0 | compare with=method:integrated_gradients"], "compare", ["columns", "table"]),
    *[([f"where id in (0, 1) | compare by={by}"], "compare", None) for by in ("prediction", "words", "length", "score")],
    (["where id = 0 | show"], "show", []),
    (["show"], "show", ["table"]),
    (["count"], "count", []),
    (["keywords"], "keywords", ["table"]),
    (["statistics"], "statistics", ["bars"]),
    (["data"], "data", ["table"]),
    (["model"], "model", []),
    (["help"], "help", None),
    (['define term="salience"'], "define", None),
    (["decline"], "decline", []),
    (["clarify missing=question"], "clarify", []),
    (["where id = 0 | salience", "detail level=expert"], "detail", ["highlight", "table"]),
    (["where id = 0 | salience", "report"], "report", ["files"]),
]  # fmt: skip


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
        derived = set(map(str, DERIVED.get(operation, lambda result: ())(result)))
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
