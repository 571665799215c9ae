"""What could be asked next: questions chosen from a result by the table prompts/answers/next.toml, each with its command."""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.conversation import Subject
from assistant.reply import Question
from assistant.results import Prediction, Result
from assistant.saying.wording import Placed, wording

SHOWN = 3
NEEDS_LABELS = frozenset({
    "accuracy", "accuracy_by_words", "accuracy_of_those", "accuracy_with_word", "calibration", "called", "confusion",
    "keywords_class", "label_distribution", "mistakes_count", "mistakes_rows", "mistakes_typical",
})  # fmt: skip
OF_CLASSES = re.compile(r"\b(label|prediction|correct|confidence)\b")  # fields that only rows of a classifier have
GRADIENTS = "integrated_gradients"


def candidates(
    result: Result, noun: tuple[str, str], language: str, *, labelled: bool = True, kind: str = "classifier"
) -> tuple[Question, ...]:
    """The questions that fit a result and the `kind` of model, the best first; none twice. Without labels, none needs them."""
    rules, words = _table("next.toml"), _table(f"{language}/next.toml")
    values = _values(result)
    one, many = wording(language).noun(noun)
    said = {name: Placed(value) for name, value in (values | {"noun": one, "nouns": many}).items()}
    asked = {name: value if isinstance(value, int) else json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    found: dict[str, Question] = {}
    for rule in rules["after"].get(result.operation, ()):
        name, _, condition = rule.partition(" if ")
        if (name in NEEDS_LABELS and not labelled) or not _places(rules["commands"][name] + words[name]) <= said.keys():
            continue
        if not _suits(rules["commands"][name], kind):
            continue
        if not condition or CONDITIONS[condition](result):
            found.setdefault(name, Question(words[name].format_map(said), rules["commands"][name].format_map(asked)))
    return tuple(found.values())


def chosen(found: Sequence[Question], offered: Sequence[str] = (), asked: str = "") -> tuple[Question, ...]:
    """At most three of them: not what was just `asked` (a command), and never the three that were `offered` last."""
    fitting = [one for one in dict.fromkeys(found) if not asked or one.command != asked]
    first = fitting[:SHOWN]
    if len(first) == SHOWN and set(first) == set(offered):
        first = [*fitting[: SHOWN - 1], *fitting[SHOWN : SHOWN + 1]]
    return tuple(first)


@lru_cache(maxsize=256)
def _suits(command: str, kind: str) -> bool:
    """Whether a command can be asked of this kind of model."""
    from assistant.operations import OPERATIONS  # they import what this is part of

    operation = OPERATIONS[command.rpartition(" | ")[2].split()[0]]
    return operation.needs in ("any", kind) and (kind == "classifier" or not OF_CLASSES.search(command))


@lru_cache(maxsize=4)
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("prompts") / "answers" / name).read_text("utf-8"))


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _prediction(result: Result) -> Prediction | None:
    """The model's answer that a result is about, as it is now."""
    for name in ("prediction", "after"):
        if isinstance(made := getattr(result, name, None), Prediction):
            return made
    some = [one.prediction for one in getattr(result, "explained", ())] or getattr(result, "predictions", ())
    left = some[0] if some else getattr(result, "left", None)
    return left if isinstance(left, Prediction) else None


def _values(result: Result) -> dict[str, str | int]:
    """What a result has for the places of questions."""
    found: dict[str, str | int | None] = {}
    prediction = _prediction(result)
    if prediction is not None:
        likely = sorted(prediction.probabilities, key=lambda label: -prediction.probabilities[label])
        found |= {"label": prediction.label, "other": next((label for label in likely if label != prediction.label), None)}
    match result.operation:
        case "attribute":
            top = result.explained[0].explanation.top(result.top)
            found["word"] = next((piece.text for piece in top if piece.score > 0), None)
        case "important" if result.top:
            found["word"] = result.top[0].word
        case "keywords" if result.words:
            found["word"] = result.words[0].word
        case "confusion" if result.pairs:
            found |= {"truth": result.pairs[0][0], "called": result.pairs[0][1]}
        case "counterfactual":
            found["target"] = result.search.target
        case "attention":
            layer = result.attention.layer
            found |= {"layer": layer} if layer is not None else {"last_layer": result.attention.layers - 1}
        case "labels":
            found["class"] = result.labels[0]
        case "ask" if result.answer.near:
            found["near_title"] = result.answer.near[0]
        case "define" if result.term is None:
            found["near_term"] = result.near[0] if result.near else None
        case "define":
            found |= dict(zip(("related", "related_too"), result.term.see, strict=False))
    rows = [subject.row for subject in _shown(result) if subject.row is not None]
    found |= {"row": rows[0], "last_row": rows[-1]} if rows else {}
    return {name: value for name, value in found.items() if value is not None}


def _shown(result: Result) -> list[Subject]:
    """The rows that an answer shows, in its order."""
    match result.operation:
        case "show" | "robustness":
            return list(result.subjects)
        case "generate":
            return [one.subject for one in result.written]
        case "mistakes":
            return [one.subject for one in result.shown]
        case "predict" | "likelihood":
            return [one.subject for one in result.predictions]
        case "similar":
            return [getattr(one, "prediction", one).subject for one in result.near]
        case "influence":
            return [one for one, _ in result.proponents if one.row != result.prediction.subject.row]  # a row pulls itself
        case "edit" if hasattr(result, "edited"):
            return [before.subject for before, _ in result.edited.shown]
    return []


def _wrong(result: Result) -> bool:
    prediction = _prediction(result)
    return prediction is not None and prediction.correct is False


def _method(result: Result) -> str:
    return result.explained[0].explanation.method


def _more(result: Result) -> bool:
    match result.operation:
        case "important":
            return bool(result.top) and not result.word and result.start + max(len(result.top), len(result.bottom)) < result.total
        case "keywords":
            return bool(result.words) and result.start + len(result.words) < result.total
        case "mistakes":
            return bool(result.shown) and result.start + len(result.shown) < result.wrong
        case "show":
            return bool(result.subjects) and result.start + len(result.subjects) < result.rows
    return False


CONDITIONS: Mapping[str, Callable[[Any], bool]] = {
    "an_edit": lambda result: result.kind == "edit",
    "by_gradients": lambda result: _method(result) == GRADIENTS,
    "chosen": lambda result: result.selected is not None and result.rows > 0,
    "edited": lambda result: hasattr(result, "after"),
    "found": lambda result: bool(result.search.found),
    "found_flips": lambda result: bool(result.found.examples),
    "in_detail": lambda result: result.level == "expert",
    "in_plain": lambda result: result.level == "plain",
    "methods_disagree": lambda result: any(one.kind == "disagreement" for one in result.cautions),
    "more": _more,
    "near": lambda result: bool(result.near),
    "no_patterns": lambda result: result.kind != "typical",
    "not_by_gradients": lambda result: _method(result) != GRADIENTS,
    "not_labels": lambda result: result.of != "label",
    "not_shown": lambda result: result.wrong > 0 and not result.shown,
    "not_words": lambda result: result.of != "words",
    "of_rows": lambda result: hasattr(result, "edited"),
    "of_texts": lambda result: result.left is not None,
    "of_words": lambda result: result.kind in ("methods", "classes"),
    "one": lambda result: result.rows == 1,
    "overall": lambda result: not result.word,
    "several": lambda result: result.rows > 1,
    "undone": lambda result: bool(result.undone),
    "unsettled": lambda result: any(one.explanation.converged is False for one in result.explained),
    "untrusted": lambda result: result.judgement.level != "high",
    "with_edits": lambda result: bool(getattr(result, "chain", None) or getattr(result, "edits", None)),
    "wrong": _wrong,
}
