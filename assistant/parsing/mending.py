"""What a reading lost of a text that the question gives, put back; and what only another kind of model does, asked of this one.

Small language models copy the beginning of a text badly, or forget that there was one; both can be told from the question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from explainers.errors import AskWhyError

from assistant.operation import Operation, build
from assistant.parsing.checking import asks
from assistant.parsing.covering import QUOTED
from assistant.parsing.everything import of_all, says_all_data
from assistant.parsing.telling import told
from assistant.programs.conditions import And, Compare, Or, Typed
from assistant.programs.program import Program, Registry
from assistant.programs.schema import Schema

AFTER_COLON = re.compile(r":\s+(\S.*)$")
MOSTLY = 0.5  # share of a given text that a reading must hold to have meant all of it
OF_A_TEXT = frozenset((  # operations that are about a text and take none as an argument
    "predict", "likelihood", "attribute", "counterfactual", "trust", "interactions", "rationalize", "similar", "attention",
    "influence",
))  # fmt: skip
ELSE = {"salience": "attribute", "generate": "predict"}  # what a classifier is asked instead
AGAIN = frozenset(("undo", "redo", "more", "edit"))  # operations that do more the second time
RIGHT_ONES = Compare("correct", "=", True)


def mended(question: str, program: Program, registry: Registry, schema: Schema) -> Program:
    """The program with the whole of the text that it is about, asked of the kind of model that there is; a label is not
    changed by a question whether it is right; nothing is said twice; a question about all the data drops the rows chosen before.
    """
    program = _put_whole(question, _unquoted(question, of_all(question, program), registry), registry)
    program = _added(_said_once(program), registry)
    program = told(question, _with_a_text(question, program, registry), registry)
    if schema.kind == "classifier":
        program = _over_rows(question, _of_a_classifier(_of_any_class(program, schema), registry), registry)
        program = _by_length(question, program, registry, schema)
    doubts = asks("checks", question) or (isinstance(program.where, Typed) and question.rstrip().endswith(("?", "？")))
    if [step.name for step in program.steps] == ["relabel"] and doubts:  # who asks has not made up their mind
        program = replace(program, steps=(build(registry["predict"], {}),))
    if program.steps == (build(registry["undo"], {}),) and asks("from_start", question):
        program = replace(program, steps=(build(registry["reset"], {}),))
    if [(step.name, step.given().get("n")) for step in program.steps] == [("show", 1)] and asks("several", question):
        program = replace(program, steps=(build(registry["show"], program.steps[0].given() | {"n": None}),))
    by_confidence = isinstance(program.where, Compare) and program.where.field == "confidence"
    if by_confidence and program.steps == (build(registry["show"], {}),) and asks("sure_of_one", question):
        return Program(None, (build(registry["likelihood"], {}),))
    of_one = asks("of_one", question) if program.where == RIGHT_ONES else program.where is None and asks("right", question)
    if program.steps == (build(registry["show"], {}),) and of_one:
        program = Program(None, (build(registry["predict"], {}),))  # "was that right?": what it says, beside the label
    quoted = [text for text in ("".join(groups) for groups in QUOTED.findall(question)) if " " in text.strip()]
    where = program.where
    if isinstance(where, Typed):
        return replace(program, where=Typed(_whole(where.text, quoted, AFTER_COLON.findall(question))))
    if where is None and len(quoted) == 1 and program.steps[0].name in OF_A_TEXT and not _holds(program, quoted[0]):
        return replace(program, where=Typed(quoted[0]))
    return program


def typed_after_all(question: str, program: Program, said: Callable[[str], bool]) -> Program:
    """The program about a quoted text itself, where it was read as what rows say and none is `said` to say it."""
    where = program.where
    if not (isinstance(where, Compare) and (where.field, where.op) == ("text", "contains") and isinstance(where.value, str)):
        return program
    quoted = ["".join(groups) for groups in QUOTED.findall(question)]
    if where.value not in quoted or " " not in where.value.strip() or program.steps[0].name not in OF_A_TEXT:
        return program
    return program if said(where.value) else replace(program, where=Typed(where.value))


def _said_once(program: Program) -> Program:
    """The program without what says nothing more: a step that is the one before it, and that rows are wrong of which it says that
    they have one label and the model takes them for another."""
    pairs = zip(program.steps, (None, *program.steps), strict=False)
    program = replace(program, steps=tuple(step for step, last in pairs if step != last or step.name in AGAIN))
    parts = program.where.parts if isinstance(program.where, And) else ()
    named = {part.field: part.value for part in parts if isinstance(part, Compare) and part.op == "="}
    label, prediction = named.get("label"), named.get("prediction")
    if label is None or prediction in (None, label):
        return program
    left = tuple(part for part in parts if part != Compare("correct", "=", False))
    return replace(program, where=And(left))


def _added(program: Program, registry: Registry) -> Program:
    """The program with words put at the end that take the place of nothing but themselves: "what if it said free"."""
    steps = []
    for step in program.steps:
        given = step.given() if step.name == "edit" else {}
        same = given.get("kind") == "replace" and bool(given.get("new")) and given.get("old") == given["new"]
        steps.append(build(registry["edit"], {"kind": "append", "new": given["new"]}) if same else step)
    return replace(program, steps=tuple(steps))


def _unquoted(question: str, program: Program, registry: Registry) -> Program:
    """The program whose edits hold quoted words alone, where more was copied: of 'put "okay" and run it' just "okay"."""
    quoted = ["".join(groups) for groups in QUOTED.findall(question)]

    def bare(words: str) -> str:
        return next((one for one in quoted if re.match(rf"{re.escape(one)}[\"'”’」]\s", words)), words)

    return _with_edits(program, "new", bare, registry)


def _put_whole(question: str, program: Program, registry: Registry) -> Program:
    """The program whose edits put in the whole of a Korean word: "재미있고로 바꿔" says "재미있고", of which a small language
    model may copy "재미"."""
    words = _putting()

    def whole(new: str) -> str:
        behind = re.search(rf"{re.escape(new)}([가-힣]+)", question)
        particle = next((one for one in words["particles"] if behind is not None and behind[1].endswith(one)), "")
        rest = behind[1].removesuffix(particle) if behind is not None and particle else ""
        return new if rest in words["nouns"] else f"{new}{rest}"

    return _with_edits(program, "new", whole, registry)


@lru_cache(maxsize=1)
def _putting() -> dict[str, list[str]]:
    return tomllib.loads((files("prompts") / "parser" / "putting.toml").read_text("utf-8"))


def whole_words(question: str, program: Program, text: str, registry: Registry) -> Program:
    """The program whose edits take whole words out of the text in question where the question names them whole: "지루하지만을"
    names the text's "지루하지만", of which a small language model may copy "지루하지"."""

    def whole(old: str) -> str:
        longer = [word for word in map(_bare, text.split()) if word.startswith(old) and word in question]
        return old if re.search(rf"(?<!\w){re.escape(old)}(?!\w)", text) else max(longer, key=len, default=old)

    return _with_edits(program, "old", whole, registry)


def _with_edits(program: Program, argument: str, whole: Callable[[str], str], registry: Registry) -> Program:
    """The program with the words that its edits give as an argument made whole."""
    steps = []
    for step in program.steps:
        given = step.given()
        words = given.get(argument) if step.name == "edit" else None
        made = whole(words) if isinstance(words, str) and words else words
        steps.append(step if made == words else build(registry["edit"], given | {argument: made}))
    return replace(program, steps=tuple(steps))


def _bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word)


def _of_a_classifier(program: Program, registry: Registry) -> Program:
    """ "Why did you write that?" asks a classifier why it answers so."""
    where, steps = program.where, []
    for step in program.steps:
        given = step.given()
        target = given.pop("target", None)
        if step.name not in ELSE or (step.name == "generate" and target is not None):
            steps.append(step)
            continue
        if where is None and target is not None and " " in target.strip():
            where = Typed(target)
        steps.append(_built(registry, ELSE[step.name], given))
    return Program(where, tuple(steps))


def _of_any_class(program: Program, schema: Schema) -> Program:
    """The program about all rows, where these were chosen by having one class or another and all classes are named: "how many
    messages are there, ham and spam?"."""
    chosen = program.where
    if isinstance(chosen, Or):
        parts = [part for part in chosen.parts if isinstance(part, Compare) and part.op == "="]
        named = {part.value for part in parts if len(parts) == len(chosen.parts)}
        fields = {part.field for part in parts}
    elif isinstance(chosen, Compare) and chosen.op == "in" and isinstance(chosen.value, tuple):
        named, fields = set(chosen.value), {chosen.field}
    else:
        return program
    return replace(program, where=None) if fields in ({"label"}, {"prediction"}) and named == set(schema.labels) else program


def _by_length(question: str, program: Program, registry: Registry, schema: Schema) -> Program:
    """The program that sets one class of two beside the other by length, where how long its texts are was read: "are long
    messages more often spam?"."""
    where, given = program.where, program.steps[0].given() if len(program.steps) == 1 else {}
    measured = program.steps[0].name == "statistics" and given.get("of") in ("words", "characters")
    of_class = isinstance(where, Compare) and (where.field, where.op) == ("label", "=")
    others = [label for label in schema.labels if of_class and label != where.value]
    if not measured or len(others) != 1 or not asks("by_length", question):
        return program
    return replace(program, steps=(build(registry["compare"], {"with": {"class": others[0]}, "by": "length"}),))


def _over_rows(question: str, program: Program, registry: Registry) -> Program:
    """The program that names words over rows, where a question about all the data was read as one about a text."""
    explains = program.where is None and [step.name for step in program.steps] == ["attribute"]
    if not explains or not says_all_data(question):
        return program
    return Program(None, (_built(registry, "important", program.steps[0].given()),))


def _with_a_text(question: str, program: Program, registry: Registry) -> Program:
    """The program that compares a quoted text with the one in question, where the quotation was read as the name of a model."""
    with_ = program.steps[0].given().get("with") if [step.name for step in program.steps] == ["compare"] else None
    name = with_.get("model") if isinstance(with_, dict) else None
    if not name or " " not in name.strip() or name not in ("".join(groups) for groups in QUOTED.findall(question)):
        return program
    return Program(Typed(name), (build(registry["compare"], program.steps[0].given() | {"with": None}),))


def _built(registry: Registry, name: str, given: Mapping[str, Any]) -> Operation:
    """The operation with those of the arguments that it takes."""
    kept: dict[str, Any] = {}
    for argument, value in given.items():
        with suppress(AskWhyError):
            build(registry[name], {argument: value})
            kept[argument] = value
    return build(registry[name], kept)


def _whole(text: str, quoted: Sequence[str], after: Sequence[str]) -> str:
    wholes = [given for given in quoted if text in given] + [given for given in after if given.endswith(text)]
    return next((given for given in wholes if len(text) >= MOSTLY * len(given)), text)


def _holds(program: Program, text: str) -> bool:
    return any(value == text for step in program.steps for value in step.given().values())
