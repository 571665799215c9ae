"""Texts that a question gives: taken whole, classified where that is all that was said of them, two set beside each other.

A small language model may show a text that was typed, stop before its end, or not see one without quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.operation import build
from assistant.parsing.checking import asks, checking
from assistant.parsing.covering import QUOTED
from assistant.programs.conditions import Compare, Condition, Previous, Typed
from assistant.programs.program import Program, Registry

UNSEEN = frozenset(("decline", "clarify", "predict", "repeat", "likelihood", "ask", "show"))  # read where no text was seen
OTHERWISE = frozenset(("compare", "attribute", "counterfactual", "trust"))  # what may be asked of a text that is to be tried
WORDS_LEAST = 3  # of a text that a person types among other words


def typed(question: str, program: Program, registry: Registry) -> Program:
    """The program about all of a typed text, and about one in another script; it is classified where it was to be shown."""
    where, names = program.where, [step.name for step in program.steps]
    found = re.search(checking()["behind_try"], question)
    if found and len(found["text"].split()) >= WORDS_LEAST and len(names) == 1 and names[0] not in OTHERWISE:
        return Program(Typed(found["text"].strip()), (build(registry["predict"], {}),))
    if isinstance(where, Typed):
        program = replace(program, where=Typed(_to_the_end(question, _after_lead(question, where.text))))
        if names == ["robustness"]:  # how easily this one is fooled, not the model
            return replace(program, steps=(build(registry["adversarial"], {}),))
        shown = names == ["show"] or (names != ["predict"] and len(names) == 1 and asks("wants_prediction", question))
        shown = shown or (names == ["similar"] and asks("like_this", question))
        before = question.partition(where.text)[0]
        told_of = names == ["attribute"] and asks("lead_in", before) and not asks("because", before)  # "a sentence of mine: ..."
        if shown or told_of:
            return replace(program, steps=(build(registry["predict"], {}),))
        return replace(program, where=None) if all(step.scope == "rows" for step in program.steps) else program
    new = program.steps[0].given().get("new") if names == ["edit"] else None
    if new and new in ["".join(groups) for groups in QUOTED.findall(question)] and asks("nothing_but", question):
        return Program(Typed(new), (build(registry["predict"], {}),))
    korean = re.search("[가-힣]", question) is not None
    found = korean and (re.search(checking()["latin_first"], question) or re.search(checking()["latin_last"], question))
    text = found["text"].strip(" ,\t\n") if found else ""
    words = re.findall(r"(?<!\w)[A-Za-z']+(?!\w)", text)
    if len(words) < WORDS_LEAST or not (where is None or _unsaid(where)) or len(names) != 1:
        return program
    if names[0] not in UNSEEN:
        return program
    step = program.steps[0] if names[0] == "likelihood" else build(registry["predict"], {})
    return Program(Typed(text), (step,))


def _unsaid(where: Condition) -> bool:
    return isinstance(where, Previous | Compare)


def _after_lead(question: str, text: str) -> str:
    """A text that follows "ok another one," without quotation marks, whole; of one with commas a small model may take a part."""
    found = re.search(checking()["another_one"], question)
    return found["text"].strip() if found and text in found["text"] and not QUOTED.search(question) else text


def _to_the_end(question: str, text: str) -> str:
    """A text that a question gives, to the quotation mark that ends it, or without such marks, after "the message is", to the
    end; a small model may stop early."""
    start = question.find(text)
    quoted = next((whole for groups in QUOTED.findall(question) if text in (whole := "".join(groups))), None)
    if quoted is not None:
        return quoted if len(text.split()) >= WORDS_LEAST and quoted.startswith(text) else text
    if start < 0:
        return text
    rest = question[start + len(text) :]
    goes_on = re.match(r"\s+\w[^.?!\"]*[.!]?\s*$", rest) is not None
    return question[start:].strip() if goes_on and asks("text_follows", question[:start]) else text


def two_texts(question: str, program: Program, registry: Registry) -> Program:
    """Two quoted texts that are set beside each other: the first one, then the other one in its place, and both compared."""
    found = list(QUOTED.finditer(question))
    between = question[found[0].end() : found[1].start()] if len(found) == 2 else ""
    texts = ["".join(one.groups(default="")) for one in found]
    several = all(len(text.split()) >= WORDS_LEAST for text in texts)
    names = {step.name for step in program.steps}
    if not several or not asks("beside", between) or not names <= {"predict", "compare", "likelihood", "score", "show"}:
        return program
    steps = {"edit": {"kind": "rewrite", "new": texts[1]}, "compare": {"with": "edit"}}
    return Program(Typed(texts[0]), tuple(build(registry[name], given) for name, given in steps.items()))
