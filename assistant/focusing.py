"""Questions about the text in focus that were read as being about all rows, the whole model or the documents: "is that one good
or bad?", "which words count the most there?".
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.conversation import Conversation
from assistant.operation import build
from assistant.parsing.checking import asks
from assistant.parsing.mending import OF_A_TEXT
from assistant.programs.conditions import Compare, Previous
from assistant.programs.program import Program, Registry


def focused(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program about the text in focus, where the question is about that one; as it was read where it is not."""
    if conversation.focus is not None or program.where is not None:
        program = labelled_right(question, program, registry)
    program = to_class(question, program, conversation, registry)
    program = why_shown(question, program, conversation, registry)
    program = put_back(question, that_word(question, program, conversation, registry), conversation, registry)
    return of_this(question, program, conversation, registry)


def of_this(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that asks of the text that was just talked about what was read as asked of the model or of all words."""
    last, given = conversation.program, program.steps[0].given()
    about_text = last is not None and {step.name for step in last.steps} <= OF_A_TEXT | {"show", "edit", "undo", "reset", "redo"}
    if conversation.focus is None or not about_text or program.where is not None or len(program.steps) != 1:
        return program
    name = program.steps[0].name
    if name == "score" and not given and asks("which_class", question):
        return Program(None, (build(registry["predict"], {}),))
    if name == "important" and asks("in_there", question):
        kept = {argument: value for argument, value in given.items() if argument in ("top", "class", "method")}
        return Program(None, (build(registry["attribute"], kept),))
    if name == "robustness" and asks("still_it", question):
        return Program(None, (build(registry["adversarial"], {}),))
    return program


def that_word(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that changes the word that the last explanation named first, or puts another in the place of the one that was
    just taken out, where the words that were read are not in the text: "and if I took that away?", "replacing it with X"."""
    focus, given = conversation.focus, program.steps[0].given()
    if focus is None or program.where is not None or [step.name for step in program.steps] != ["edit"]:
        return program
    last = conversation.program.steps[-1] if conversation.program is not None else None
    before = last.given() if last is not None and last.name == "edit" else {}
    new, taken = given.get("new"), before.get("old")
    if new and taken and before.get("kind") == "remove" and asks("in_its_stead", question):
        edit = build(registry["edit"], {"kind": "replace", "old": taken, "new": new})
        return Program(None, (build(registry["undo"], {}), edit))
    old = str(given.get("old", ""))
    unheld = bool(old) and re.search(rf"(?<!\w){re.escape(old)}(?!\w)", focus.text, re.IGNORECASE) is None
    if not unheld or given.get("kind") != "remove" or not conversation.named or not asks("without_that", question):
        return program
    return Program(None, (build(registry["edit"], given | {"old": conversation.named[0]}),))


def put_back(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that takes an edit back, where nothing was taken back that could be made again: "put it back in"."""
    focus = conversation.focus
    again = program.steps == (build(registry["redo"], {}),)
    if not again or focus is None or focus.undone or not focus.edits or not asks("put_back", question):
        return program
    return replace(program, steps=(build(registry["undo"], {}),))


def labelled_right(question: str, program: Program, registry: Registry) -> Program:
    """The program that says what the model makes of a text beside its label, where the question asks whether that is right and
    just the text was to be shown."""
    alone = program.where is None or (isinstance(program.where, Compare) and program.where.field == "id")
    if alone and len(program.steps) == 1 and asks("by_people", question):
        return replace(program, steps=(build(registry["predict"], {}),))
    whether = asks("label_right", question) or (asks("right", question) and question.rstrip().endswith("?"))
    if not alone or program.steps != (build(registry["show"], {}),) or not whether:
        return program
    return replace(program, steps=(build(registry["predict"], {}),))


def to_class(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that changes the text in question until it is of a class, where it was read as one about the rows of that."""
    where, given = program.where, program.steps[0].given()
    of_class = isinstance(where, Compare) and where.field in ("label", "prediction") and where.op == "="
    changes = [step.name for step in program.steps] == ["counterfactual"]
    if conversation.focus is None or not of_class or not changes or not asks("this_one", question):
        return program
    if given.get("to") not in (None, where.value):
        return program
    return Program(None, (build(registry["counterfactual"], given | {"to": where.value}),))


def why_shown(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that explains the row that was just shown, where showing it was read again: "what made you so sure?"."""
    last = conversation.program
    again = last is not None and program.steps == last.steps and [step.name for step in program.steps] == ["show"]
    leans = program.where is None or isinstance(program.where, Previous)
    if not again or not leans or conversation.focus is None or not asks("why", question):
        return program
    return Program(None, (build(registry["attribute"], {}),))
