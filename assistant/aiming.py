"""What a reading is about, by what was said and shown before: "it" after the longest message of many was shown is that one, "your
accuracy" after mistakes were is that on all rows, "and ham?" keeps what else rows were chosen by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from assistant.conversation import Conversation
from assistant.going_on import gone_on
from assistant.operation import build
from assistant.parsing.checking import asks, without
from assistant.parsing.covering import QUOTED
from assistant.pointing import any_of, listed, says, words_of
from assistant.programs.conditions import And, Compare, Condition, Not, Picked, Previous, Sample, Typed, conjunction, leaves
from assistant.programs.program import Program, Registry
from assistant.saying.wording import wording

RIGHT_HOW_OFTEN = frozenset(("score", "calibration"))  # operations that say nothing of rows that are all right, or all wrong
JUDGING = RIGHT_HOW_OFTEN | {"confusion", "mistakes"}  # operations on how good the model is


def aimed(question: str, program: Program, conversation: Conversation, noun: tuple[str, str], registry: Registry) -> Program:
    """The program about what the question points at, measured as it asks; `noun` is what one row and several are called."""
    program = gone_on(question, program, conversation, noun, registry)
    program = another_text(question, program, conversation, registry)
    program = taken_out_too(question, program, conversation, registry)
    program = the_next(program, conversation, registry)
    program = the_one(question, of_some(of_one(program, conversation), conversation), conversation)
    program = chosen_already(in_its_place(question, program, conversation), conversation)
    program = of_mistakes(question, at_large(question, program, conversation), conversation, registry)
    return in_words(question, program, noun, registry)


def the_one(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about the only row that the last answer shows, or the first one of those that it shows sorted, where it asks
    of a text what was read as asked of all the rows that this one was taken from; a question about "them" is about all."""
    rows = listed(conversation)
    last = conversation.answered[-1] if rows else None
    first = getattr(last, "order", None) is not None and not _of_them().search(question)  # "the worst mistake", "what tipped it?"
    one = (len(rows) == 1 or first) and bool(last and last.listed)
    if not one or not isinstance(program.where, Previous) or any(step.scope != "texts" for step in program.steps):
        return program
    return replace(program, where=Compare("id", "=", rows[0].row))


def of_some(program: Program, conversation: Conversation) -> Program:
    """The program without the rows that were chosen last where there were none: what is asked next is not about nothing."""
    last = conversation.answered[-1].selected if conversation.answered else None
    nothing = last is not None and not last.rows and last.where == conversation.selection
    return replace(program, where=None) if nothing and isinstance(program.where, Previous) else program


def chosen_already(program: Program, conversation: Conversation) -> Program:
    """The program without the conditions that rows were chosen by before: of mistakes, "those that it got wrong" are all."""
    parts, before = _joined(program.where), _joined(conversation.selection)
    left = tuple(part for part in parts if part not in before)
    return replace(program, where=conjunction(left)) if Previous() in parts and left != parts else program


def of_all_after_all(question: str, program: Program, conversation: Conversation, finds: Callable[[Condition], bool]) -> Program:
    """The program about all rows, where it was read as one about some of those that were chosen last, the question does not point
    at them, and just none of them is such a row."""
    parts, chosen = _joined(program.where), conversation.selection
    others = tuple(part for part in parts if not isinstance(part, Previous))
    if chosen is None or len(others) in (0, len(parts)) or _of_those().search(without("there_is", question)):
        return program
    if any(isinstance(leaf, Sample | Picked) for part in (chosen, *others) for leaf in leaves(part)):
        return program
    every = conjunction(others)
    return replace(program, where=every) if not finds(And((chosen, *others))) and finds(every) else program


def of_one(program: Program, conversation: Conversation) -> Program:
    """The program about all rows, where it counts, sorts or measures those that were chosen last and that was one row."""
    chosen = conversation.selection
    one = any(_is_one(leaf) for leaf in leaves(chosen)) if chosen is not None else False
    last = conversation.answered[-1].selected if conversation.answered else None
    if not one and not (last is not None and last.rows == 1 and last.where == chosen):
        return program
    of_rows = all(step.scope == "rows" and not (step.name == "show" and not step.given()) for step in program.steps)
    if isinstance(program.where, Previous):
        return replace(program, where=None) if of_rows else program
    parts = program.where.parts if isinstance(program.where, And) else ()
    left = tuple(part for part in parts if not isinstance(part, Previous))
    if len(left) in (0, len(parts)):
        return program
    return replace(program, where=conjunction(left))


def of_mistakes(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that shows the surest mistakes, where a question about mistakes was read as one about rows by how sure the
    model is of them, right or wrong."""
    given = program.steps[0].given() if [step.name for step in program.steps] == ["show"] else {}
    if given.get("by") != "confidence" or not asks("mistakes", question):
        return program
    chosen = [where for where in (program.where, conversation.selection) if where is not None]
    if any(isinstance(leaf, Compare) and leaf.field == "correct" for where in chosen for leaf in leaves(where)):
        return program
    order = given.get("order") if asks("sureness", question) else None
    parts = (*_joined(program.where), Compare("correct", "=", False))
    return Program(conjunction(parts), (build(registry["show"], given | {"order": order}),))


def _is_one(leaf: Condition) -> bool:
    return (isinstance(leaf, Sample) and leaf.count == 1) or (isinstance(leaf, Compare) and (leaf.field, leaf.op) == ("id", "="))


def at_large(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about all rows, where it measures how often the model is right on rows that were chosen by just that (of its
    mistakes it has none right), or on those that were chosen before though the question does not point at them."""
    chosen, asked = conversation.selection, {step.name for step in program.steps}
    if chosen is None or not asked <= JUDGING or not isinstance(program.where, Previous):
        return program
    if not _of_those().search(question):
        return replace(program, where=None)
    if not asked <= RIGHT_HOW_OFTEN:
        return program
    by_that = any(isinstance(leaf, Compare) and leaf.field == "correct" for leaf in leaves(chosen))
    return replace(program, where=None) if by_that else program


def in_its_place(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about the rows chosen before but for one thing: of spam that mentions a word, "and ham?" means the ham that
    does, and no row chosen for its label has another as well."""
    parts = _joined(program.where)
    leans = any(isinstance(part, Previous) for part in parts)
    named = [part for part in parts if not isinstance(part, Previous)]
    chosen = _joined(conversation.selection)
    last = conversation.program
    if len(named) != 1 or len(parts) > 2 or last is None or not isinstance(named[0], Compare) or named[0].op != "=":
        return program
    goes_on = _says_first(question, "and") and [one.name for one in last.steps] == [one.name for one in program.steps]
    others = [part for part in chosen if not _rivals(part, named[0])]
    if len(others) + 1 != len(chosen) or not others or not (leans or goes_on):
        return program
    return replace(program, where=And(tuple(named[0] if _rivals(part, named[0]) else part for part in chosen)))


def _rivals(part: Condition, named: Compare) -> bool:
    """Whether no row that one of them chooses is chosen by the other: two values of one field."""
    return isinstance(part, Compare) and (part.field, part.op) == (named.field, "=") and part.value != named.value


def _joined(where: Condition | None) -> tuple[Condition, ...]:
    """The conditions that all hold of the rows that are chosen."""
    if isinstance(where, And):
        return tuple(leaf for part in where.parts for leaf in _joined(part))
    return () if where is None else (where,)


def taken_out_too(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that takes words out of the text that was just edited, where they were read as what rows are to lack: "still
    spam? then drop 'call now' too"."""
    last, focus = conversation.program, conversation.focus
    edited = last is not None and focus is not None and [step.name for step in last.steps][-1:] == ["edit"]
    lacked = [part.part for part in _joined(program.where) if isinstance(part, Not) and isinstance(part.part, Compare)]
    if not edited or len(lacked) != 1 or lacked[0].field != "text" or not says(question, "taking_out"):
        return program
    words = str(lacked[0].value)
    if words.casefold() not in focus.text.casefold():
        return program
    return Program(None, (build(registry["edit"], {"kind": "remove", "old": words}),))


def another_text(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that classifies a quoted text ("vs 'not good at all'"), where that was read as words to change, though the text
    in question does not hold them and the question says nothing of changing."""
    focus, quoted = conversation.focus, ["".join(groups) for groups in QUOTED.findall(question)]
    words = program.steps[0].given().get("old") if [step.name for step in program.steps] == ["edit"] else None
    if focus is None or program.where is not None or quoted != [words] or " " not in words.strip():
        return program
    if words.casefold() in focus.text.casefold() or says(QUOTED.sub("", question), "changing"):
        return program
    return Program(Typed(words), (build(registry["predict"], {}),))


def the_next(program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that shows the next rows, where as many are asked for as were just shown: nobody wants the same ones again."""
    shown = conversation.answered[-1].listed if conversation.answered else ()
    again = [step.name for step in program.steps] == ["repeat"] and program.steps[0].given() == {"n": len(shown)}
    pages = conversation.program is not None and any(step.pages for step in conversation.program.steps)
    return Program(None, (build(registry["more"], {}),)) if again and pages and program.where is None else program


def in_words(question: str, program: Program, noun: tuple[str, str], registry: Registry) -> Program:
    """The program that measures rows by their words where a row is called a sentence and the question does not count sentences:
    "how long are the sentences" asks how many words they have."""
    called = noun[0].casefold() in words_of("en")["sentence"] or wording("ko").noun(noun)[0] in words_of("ko")["sentence"]
    if not called or any(said in question.casefold() for language in ("en", "ko") for said in words_of(language)["counting"]):
        return program
    counted = isinstance(program.where, Compare) and program.where.field == "sentences"
    program = replace(program, where=None) if counted else program  # "out of 10 sentences, how many are right"
    steps = []
    for step in program.steps:
        given = step.given()
        measured = {name: "words" for name in ("of", "by") if given.get(name) == "sentences"}
        steps.append(build(registry[step.name], given | measured) if measured else step)
    return replace(program, steps=tuple(steps))


@lru_cache(maxsize=1)
def _of_those() -> re.Pattern[str]:
    """How rows that were chosen before are pointed at."""
    english, korean = (any_of(words_of(language)["of_those"]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b|(?<!\S)(?:{korean})|(?<=[가-힣])만(?!\S)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _of_them() -> re.Pattern[str]:
    """How several rows are pointed at."""
    english, korean = (any_of(words_of(language)["several"]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b|(?:{korean})", re.IGNORECASE)


def _says_first(question: str, kind: str) -> bool:
    """Whether a question begins with words of a kind."""
    return any(re.match(rf"(?:{any_of(words_of(language)[kind])})(?!\w)", question, re.IGNORECASE) for language in ("en", "ko"))
