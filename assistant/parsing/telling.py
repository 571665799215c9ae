"""What some words of a question tell, whatever a small language model read: "label noise" is asked of mistakes, "the most spammy
words" are not the longest rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.knowledge.glossary import find_term
from assistant.operation import build
from assistant.parsing.checking import asks, checking
from assistant.parsing.covering import QUOTED
from assistant.parsing.typed import UNSEEN, two_texts, typed
from assistant.programs.conditions import And, Compare, Condition, Or, Previous, Typed, conjunction, leaves
from assistant.programs.program import Program, Registry

METRICS = ("precision", "recall", "f1", "accuracy")  # how each is called, among what is asked
RATES = frozenset(("score", "calibration", "confusion"))  # operations on how often the model is right
WRONG = Compare("correct", "=", False)
MOST: Mapping[str, Mapping[str, str]] = {  # how one text of several is named, and how it is found
    "longest": {"by": "words"},
    "shortest": {"by": "words", "order": "ascending"},
    "least_sure": {"by": "confidence", "order": "ascending"},
    "surest": {"by": "confidence"},
}


def told(question: str, program: Program, registry: Registry) -> Program:
    """The program that the words of a question tell; as it was read where they tell nothing."""
    program = typed(question, program, registry)
    program = replace(program, where=_named_row(question, _either(question, program.where)))
    for rule in RULES:
        program = rule(question, program, registry)
    return program


def _either(question: str, where: Condition | None) -> Condition | None:
    """Rows that hold one of two words, where "A나 B" was read as both."""
    parts = where.parts if isinstance(where, And) else ()
    words = [part for part in parts if isinstance(part, Compare) and (part.field, part.op) == ("text", "contains")]
    if len(words) != 2 or not re.search(checking()["either"].replace("{one}", re.escape(str(words[0].value))), question):
        return where
    rest = tuple(part for part in parts if part not in words)
    return And((*rest, Or(tuple(words)))) if rest else Or(tuple(words))


def _named_row(question: str, where: Condition | None) -> Condition | None:
    """No row where its number stands within a word only: "fr33" is not row 33."""
    by_id = isinstance(where, Compare) and (where.field, where.op) == ("id", "=") and isinstance(where.value, int)
    if not by_id:
        return where
    within = re.search(checking()["within_a_word"].replace("{number}", str(where.value)), question)
    alone = re.search(rf"(?<![A-Za-z\d]){where.value}(?![A-Za-z\d])", question)
    return None if within and not alone else where


def _of_rates(question: str, program: Program, registry: Registry) -> Program:
    """How often the model is right, not on rows that are all taken for another class, nor on those that it is sure of where
    the question says nothing of that."""
    if not {step.name for step in program.steps} <= RATES or program.where is None:
        return program
    parts = program.where.parts if isinstance(program.where, And) else (program.where,)
    named = {part.field: part.value for part in parts if isinstance(part, Compare) and part.op == "="}
    crossed = named.get("prediction") not in (None, named.get("label")) and "label" in named
    asked = {step.given().get("class") for step in program.steps} - {None}
    # "that misleads when most is ham: what is the recall for spam?"
    crossed = crossed or ("label" in named and bool(asked) and named["label"] not in asked)
    unsure = not asks("sureness", question)

    def dropped(part: Condition) -> bool:
        field = part.field if isinstance(part, Compare) else ""
        return (crossed and field in ("label", "prediction")) or (unsure and field == "confidence")

    kept = tuple(part for part in parts if not dropped(part))
    if len(kept) == len(parts):
        return program
    return replace(program, where=conjunction(kept))


def _as_sure_as_right(question: str, program: Program, registry: Registry) -> Program:
    """How far what the model says of its sureness is true, where the rows of such a sureness were read: "is 90% sure right 90%
    of the time?"."""
    names = [step.name for step in program.steps]
    if names not in (["show"], ["count"], ["score"], ["ask"]) or not asks("as_sure_as_right", question):
        return program
    return Program(None, (build(registry["calibration"], {}),))


def _worst_at(question: str, program: Program, registry: Registry) -> Program:
    """What the mistakes have in common, where how good the model is was read: "what are you worst at?"."""
    if [step.name for step in program.steps] != ["score"] or program.where is not None or not asks("worst_at", question):
        return program
    return Program(None, (build(registry["mistakes"], {}),))


def _really(question: str, program: Program, registry: Registry) -> Program:
    """Rows that the model is surest of, where the question says that it finds them so and those labelled so were read."""
    where, step = program.where, program.steps[0]
    of_class = isinstance(where, Compare) and (where.field, where.op) in (("label", "="), ("prediction", "="))
    if not of_class or len(program.steps) != 1 or step.name != "show" or "by" in step.given():
        return program
    named = checking()["really"].replace("{one}", re.escape(str(where.value)))
    if not re.search(named, question):
        return program
    return Program(Compare("prediction", "=", where.value), (build(registry["show"], step.given() | {"by": "confidence"}),))


def _of_noise(question: str, program: Program, registry: Registry) -> Program:
    """How the model bears slips of the keyboard, where how good it is was read; "label noise" is another thing."""
    scored = [step.name for step in program.steps] == ["score"]
    if not scored or not asks("noise", question) or asks("doubtful_labels", question):
        return program
    return replace(program, steps=(build(registry["robustness"], {"kind": "typo"}),))


def _of_labels(question: str, program: Program, registry: Registry) -> Program:
    """Rows whose label may be wrong are those that the model is surest of and that are labelled otherwise."""
    names = [step.name for step in program.steps]
    if names != ["show"] and not (names == ["ask"] and asks("finding", question)):
        return program
    fields = {leaf.field for leaf in leaves(program.where) if isinstance(leaf, Compare)} if program.where is not None else set()
    if asks("doubtful_labels", question) and not fields & {"id", "prediction"}:
        given = {name: value for name, value in program.steps[0].given().items() if name == "n"}
        return Program(WRONG, (build(registry["show"], given | {"by": "confidence"}),))
    return program


def _the_most(question: str, program: Program, registry: Registry) -> Program:
    """One text of those that were chosen, where the question names it by what it has most of: "explain the shortest of those"."""
    where, name = program.where, program.steps[0].name
    single = isinstance(where, Typed) or (isinstance(where, Compare) and where.field == "id")
    if where is None or single or len(program.steps) != 1 or name not in ("attribute", "predict", "counterfactual"):
        return program
    given = next((given for how, given in MOST.items() if asks(how, question)), None)
    if given is None:
        return program
    return replace(program, steps=(build(registry["show"], {"n": 1} | given), *program.steps))


def _least_sure(question: str, program: Program, registry: Registry) -> Program:
    """Rows by how unsure the model is of them, where they were read as those below some confidence that nobody named."""
    if (
        [step.name for step in program.steps] != ["show"]
        or not asks("least_sure", question)
        or re.search(r"[%<>]|0\.\d", question)
    ):
        return program
    parts = program.where.parts if isinstance(program.where, And) else (program.where,) if program.where is not None else ()
    kept = tuple(part for part in parts if not (isinstance(part, Compare) and part.field == "confidence"))
    given = program.steps[0].given() | {"by": "confidence", "order": "ascending"}
    return Program(conjunction(kept), (build(registry["show"], given),))


def _each_class(question: str, program: Program, registry: Registry) -> Program:
    """How many rows each class has, where the rows of one class or another were split by something else."""
    where, fields = program.where, set()
    if isinstance(where, Compare) and program.steps[0].name == "count":
        fields = {where.field if where.op == "=" else ""}
    elif isinstance(where, Or):
        fields = {part.field if isinstance(part, Compare) and part.op == "=" else "" for part in where.parts}
    split = [step.name for step in program.steps][-1] == "statistics" and program.steps[-1].given().get("of") != "label"
    if fields != {"label"} or not split or not asks("by_class", question):
        return program
    return Program(None, (*program.steps[:-1], build(registry["statistics"], {"of": "label"})))


def _of_mistakes(question: str, program: Program, registry: Registry) -> Program:
    """Which classes are taken for which, where one kind of mistake was counted of the two that are set against each other."""
    if program.steps != (build(registry["count"], {}),) or not asks("more_mistakes", question):
        return program
    return Program(None, (build(registry["confusion"], {}),))


def _what_it_says(question: str, program: Program, registry: Registry) -> Program:
    """What the model says of a text, where the question asks that and reasons were read."""
    names = [step.name for step in program.steps]
    relabelled = names == ["relabel"] and asks("seen_as", question)  # "did it take 12 for spam?"
    reasons = names == ["attribute"] and asks("says_what", question)
    if not (relabelled or reasons) or asks("because", question):
        return program
    return replace(program, steps=(build(registry["predict"], {}),))


def _against(question: str, program: Program, registry: Registry) -> Program:
    """Words that speak for and against the answer, where pairs of words were read."""
    if [step.name for step in program.steps] != ["interactions"] or not asks("against", question):
        return program
    return replace(program, steps=(build(registry["attribute"], {}),))


def _by_anything(question: str, program: Program, registry: Registry) -> Program:
    """A change that flips the answer, where a word was to be replaced by "something else"."""
    new = program.steps[0].given().get("new") if [step.name for step in program.steps] == ["edit"] else None
    if not isinstance(new, str) or not asks("anything_else", new) or new in ["".join(one) for one in QUOTED.findall(question)]:
        return program
    return replace(program, steps=(build(registry["counterfactual"], {}),))


def _of_classes(question: str, program: Program, registry: Registry) -> Program:
    """How many rows each class has, where one class was compared with another, or counted of all that are asked for too."""
    first, where = program.steps[0], program.where
    if [step.name for step in program.steps] == ["score"]:
        by_label = first.given() == {"by": "label"} and asks("half", question)
        named = "class" in first.given() and asks("percent_of", question) and asks("of_all", question)
        if by_label or (named and not any(asks(metric, question) for metric in METRICS)):
            return replace(program, steps=(build(registry["statistics"], {"of": "label"}),))
    fields = [leaf.field for leaf in leaves(where) if isinstance(leaf, Compare)] if where is not None else []
    if first.name in ("show", "count") and set(fields) == {"label", "prediction"} and asks("balance", question):
        return Program(None, (build(registry["statistics"], {"of": "label"}),))
    alone = where is None or isinstance(where, Typed) or (isinstance(where, Compare) and where.field == "id")
    likely = [step.name for step in program.steps] == ["likelihood"] and set(first.given()) == {"class"}
    if likely and not alone and asks("percent_of", question) and not asks("sureness", question):
        return replace(program, steps=(build(registry["statistics"], {"of": "label"}),))
    of_class = isinstance(where, Compare) and where.field == "label" and where.op == "="
    compared = [step.name for step in program.steps] == ["compare"] and first.given().get("by") != "score"
    counted = first.name == "count" and asks("parts_of_all", question)
    if not of_class or not (counted or (compared and asks("balance", question))):
        return program
    return Program(None, (build(registry["statistics"], {"of": "label"}),))


def _a_few(question: str, program: Program, registry: Registry) -> Program:
    """Some rows, where a question that asks for just a few was read as how many there are."""
    if [step.name for step in program.steps] != ["count"] or not asks("a_few", question):
        return program
    return replace(program, steps=(build(registry["show"], {}),))


def _about(question: str, program: Program, registry: Registry) -> Program:
    """Questions about the model, the page and the methods, where they were declined or read as asked of a text."""
    names, where = [step.name for step in program.steps], program.where
    if names in (["ask"], ["decline"]) and asks("what_can", question):
        return Program(None, (build(registry["help"], {}),))
    if names == ["ask"] and asks("to_train", question):
        return Program(None, (build(registry["decline"], {"reason": "unsupported"}),))
    if names in (["ask"], ["decline"]) and asks("what_it_is", question):
        return Program(None, (build(registry["model"], {}),))
    unquoted = where is None or (isinstance(where, Typed) and not QUOTED.search(question))
    stray = unquoted and names[0] in (*UNSEEN, "attribute", "statistics", "report")
    if stray and (asks("privacy", question) or (names == ["attribute"] and asks("worked_out", question))):
        return Program(None, (build(registry["ask"], {"question": question}),))
    metrics = [step.given().get("metric") for step in program.steps if step.name == "score"]
    if len(names) == len(metrics) == 2 and None not in metrics and asks("difference", question):
        return Program(None, tuple(build(registry["define"], {"term": str(metric)}) for metric in metrics))
    return program


def _of_terms(question: str, program: Program, registry: Registry) -> Program:
    """What a term means, where its value or something else was read."""
    if [step.name for step in program.steps] == ["score"] and program.where is None:
        given = program.steps[0].given()
        if "metric" in given and sum(asks(metric, question) for metric in METRICS) > 2:  # "precision recall f1 for spam"
            return replace(program, steps=(build(registry["score"], given | {"metric": None}),))
        both = set(given) == {"metric", "class"} and asks("meaning", question) and len(re.findall(r"\?\s", f"{question} ")) > 1
        if both:  # "recall이 뭐예요? 스팸은 얼마예요?"
            return replace(program, steps=(build(registry["define"], {"term": given["metric"]}), *program.steps))
        if set(given) == {"metric"} and asks("meaning", question):
            return Program(None, (build(registry["define"], {"term": given["metric"]}),))
        if set(given) == {"metric", "class"} and asks("share", question):
            where = And((Previous(), Compare("label", "=", given["class"])))
            return Program(where, (build(registry["count"], {}),))
    found = re.search(checking()["called"], question)
    if found and program.steps[0].name in ("rationalize", "decline", "ask", "attribute") and find_term(found["term"])[0]:
        return Program(None, (build(registry["define"], {"term": found["term"]}),))
    return program


def _of_misses(question: str, program: Program, registry: Registry) -> Program:
    """The false ones, where a question about false positives or negatives was read as one about all rows of a class."""
    fields = {leaf.field for leaf in leaves(program.where) if isinstance(leaf, Compare)} if program.where is not None else set()
    listed = program.steps[0].name in ("show", "count")
    if not listed or "label" not in fields or fields & {"correct", "prediction"} or not asks("misses", question):
        return program
    parts = program.where.parts if isinstance(program.where, And) else (program.where,)
    return replace(program, where=And((*parts, WRONG)))


def _of_words(question: str, program: Program, registry: Registry) -> Program:
    """The words that matter most over all rows, where rows with many words were read."""
    given = program.steps[0].given() if [step.name for step in program.steps] == ["show"] else {}
    if given.get("by") != "words" or not asks("top_words", question) or asks("of_length", question):
        return program
    where, wanted = program.where, {"top": given.get("n")}
    of_class = isinstance(where, Compare) and where.field in ("label", "prediction") and where.op == "="
    if where is not None and not of_class and not isinstance(where, Previous):
        return program
    made: Mapping[str, Any] = wanted | ({"class": where.value} if of_class else {})
    return Program(where if isinstance(where, Previous) else None, (build(registry["important"], made),))


def _to_keep(question: str, program: Program, registry: Registry) -> Program:
    """This conversation as files, where the question says what they are for."""
    lost = {step.name for step in program.steps} <= {"decline", "attribute", "rationalize", "ask", "clarify", "show", "important"}
    if not lost or isinstance(program.where, Typed) or not asks("to_keep", question):
        return program
    return Program(None, (build(registry["report"], {}),))


RULES = (
    two_texts, _the_most, _least_sure, _of_terms, _of_misses, _about, _as_sure_as_right, _really, _worst_at, _of_rates, _of_noise,
    _of_labels, _each_class, _of_mistakes, _of_classes, _of_words, _a_few, _what_it_says, _against, _by_anything, _to_keep,
)  # fmt: skip
