"""Running a program: which rows and texts it is about, each step in turn, and what is remembered."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator

import numpy as np

from explainers.errors import AskWhyError

from assistant.context import Context, no_such_ids
from assistant.conversation import Conversation, Subject
from assistant.earlier import remembered
from assistant.finding.rows import of_all, with_picked, with_previous
from assistant.operation import Operation
from assistant.operations.clarify import Clarify
from assistant.programs import conditions, suited
from assistant.programs.conditions import And, Compare, Condition, Previous, Typed, leaves
from assistant.programs.program import Program
from assistant.results import Result, Selected
from assistant.saying.caution import cautions
from assistant.workspace import Report, Workspace


@dataclasses.dataclass(frozen=True)
class Ran:
    """A step that ran, its result, and the conversation after it."""

    step: Operation
    result: Result
    conversation: Conversation


def run(program: Program, conversation: Conversation, workspace: Workspace, report: Report) -> Iterator[Ran]:
    """The steps of a program, one after the other, as each is done.

    Raises AskWhyError for what a person can mend; the conversation then stays as it was.
    """
    page = conversation.page + 1 if any(step.turns_page for step in program.steps) else 0
    workspace = conversation.adapted or workspace
    program, earlier = _resolved(program, conversation, workspace)  # "again" means these rows, whatever is selected by then
    where = program.where
    positions = None if where is None or isinstance(where, Typed) else workspace_rows(workspace, where, report)
    selected = _selected(workspace, where, positions)
    if selected is not None and earlier is not None and earlier != where:
        selected = dataclasses.replace(selected, earlier=_selected(workspace, earlier, workspace.rows.select(earlier)))
    for place, step in enumerate(program.steps):
        if selected is not None and place:
            selected = dataclasses.replace(selected, missing=(), earlier=None)  # told once
        asked, started = step, time.perf_counter()
        workspace = conversation.adapted or workspace.original
        context = Context(workspace, conversation, positions, (), selected, report, page)
        subjects = _subjects(step, where, context, later=place > 0)
        if step.needs_text() and positions is None and not subjects:
            step = Clarify(missing="row")
        if step.scope == "rows" and positions is None and not subjects:
            context = dataclasses.replace(context, positions=np.arange(len(workspace.dataset)), selected=None)
        if positions is not None and not len(positions) and not step.empty_is_fine:
            raise AskWhyError(_nothing_found(workspace, where))
        if positions is not None and len(positions) and subjects:
            context = dataclasses.replace(context, positions=None)
        context = dataclasses.replace(context, subjects=subjects)
        try:
            result = step.run(context)
        except AskWhyError:
            if step.may_fail and step is not program.steps[-1]:  # "back to the first version, and ...": it is that already
                continue
            raise
        seconds = time.perf_counter() - started
        told = context.selected
        if told is not None and told.rows > 1 and step.first_only and not result.asks:
            told = dataclasses.replace(told, first_only=True)
        result = dataclasses.replace(
            result,
            operation=result.operation or step.name,
            selected=told,
            provenance=dataclasses.replace(result.provenance, seconds=round(seconds, 3)),
        )
        warnings = cautions(result, context)
        result = dataclasses.replace(result, cautions=warnings)
        conversation = dataclasses.replace(conversation, warned=(*conversation.warned, *(one.key for one in warnings)))
        conversation = _focused(step, context, conversation, where)
        if result.asks:
            if not isinstance(asked, Clarify):  # the steps from here on wait for the answer, which `repeat` joins to them
                waiting = dataclasses.replace(program, steps=program.steps[place:])
                conversation = dataclasses.replace(conversation, program=waiting, page=page)
            yield Ran(step, result, conversation)
            return
        conversation = _moved(context.conversation, step.remember(conversation, result))
        if step.repeatable:
            conversation = dataclasses.replace(conversation, program=program, page=page)
        yield Ran(step, result, conversation)


def feasible(program: Program, conversation: Conversation, workspace: Workspace) -> Program | None:
    """A program with what refers to earlier turns put in, where it can be asked in a conversation; None where it refers to what
    is not there, or has to ask which text it is about. Told without running a model; which rows there are, and whether any is
    found, is left to `run`."""
    try:
        program, _ = _resolved(program, conversation, conversation.adapted or workspace)
    except AskWhyError:
        return None
    if program.where is not None:
        return program
    first = program.steps[0]  # what the steps after it find is what it leaves
    if conversation.focus is None:
        return None if first.needs_text() else program
    passes = first.may_fail and len(program.steps) > 1
    return program if passes or first.scope != "texts" or first.possible(conversation) else None


def _resolved(program: Program, conversation: Conversation, workspace: Workspace) -> tuple[Program, Condition | None]:
    """The program with what refers to earlier turns put in, and the selection that it narrows, if it does.

    Raises AskWhyError for what is not there, and for what this model cannot be asked.
    """
    for step in program.steps:
        program = step.rewrite(program, conversation)
    suited.check(program, workspace)
    program.check(workspace.schema)
    narrows = program.where is not None and any(isinstance(leaf, Previous) for leaf in leaves(program.where))
    earlier = conversation.selection if narrows else None
    where = with_picked(program.where, conversation.picks)
    if narrows and earlier is None and (_of_every_row(conversation.program) or isinstance(where, And)):
        where = of_all(where)
    return dataclasses.replace(program, where=with_previous(where, conversation.selection)), earlier


def workspace_rows(workspace: Workspace, where: Condition, report: Report) -> np.ndarray:
    """The rows that a condition chooses, telling of predictions when they must first be made."""
    fields = {leaf.field for leaf in leaves(where) if isinstance(leaf, Compare)}
    if fields & {"prediction", "correct", "confidence"}:
        workspace.probabilities(report)
    return workspace.rows.select(where)


def _selected(workspace: Workspace, where: Condition | None, positions: np.ndarray | None) -> Selected | None:
    if positions is None:
        return None
    return Selected(
        rows=len(positions),
        condition=conditions.to_text(where, workspace.schema),
        total=len(workspace.dataset),
        where=where,
        missing=_missing(workspace, where),
    )


def _of_every_row(program: Program | None) -> bool:
    """Whether a program was about all rows, so that "those" are all."""
    return program is not None and program.where is None and any(step.scope == "rows" for step in program.steps)


def _subjects(step: Operation, where: Condition | None, context: Context, *, later: bool) -> tuple[Subject, ...]:
    """The texts that a step is about when they are named singly: a typed text, one row, or the focus.

    A `later` step of a program is about the text as the steps before it left it.
    """
    focus = context.conversation.focus
    continues = step.continues or later
    if isinstance(where, Typed):
        if not where.text.strip():
            raise AskWhyError("The text is empty; type the text that the model should read.")
        typed = Subject(original=where.text)
        return (focus,) if continues and typed.same_as(focus) else (typed,)
    if context.positions is None:
        return (focus,) if step.scope == "texts" and focus is not None else ()
    if len(context.positions) == 1 and step.scope == "texts":
        row = context.subject(context.positions[0])
        return (focus,) if continues and row.same_as(focus) else (row,)
    return ()


def _focused(step: Operation, context: Context, conversation: Conversation, where: Condition | None) -> Conversation:
    """The conversation with its focus and selection moved to what the step was about."""
    if len(context.subjects) == 1:
        conversation = dataclasses.replace(conversation, focus=context.subjects[0])
    elif context.positions is not None and len(context.positions) == 1 and step.scope != "nothing":
        conversation = dataclasses.replace(conversation, focus=context.subject(context.positions[0]))
    if where is not None and not isinstance(where, Typed):
        conversation = dataclasses.replace(conversation, selection=where)
    return conversation


def _moved(before: Conversation, after: Conversation) -> Conversation:
    """The conversation after a step, with the text beside it that was in focus until another one came into it, and with those
    that were typed."""
    after, left = remembered(after, after.focus), before.focus
    if left is None or after.focus is None or left.same_as(after.focus):
        return after
    return dataclasses.replace(after, beside=left)


def _nothing_found(workspace: Workspace, where: Condition) -> str:
    missing = _missing(workspace, where)
    if missing:
        return no_such_ids(workspace, missing)
    many = workspace.settings.data.noun[1]
    return f"None of the {len(workspace.dataset):,} {many} meets: {conditions.to_text(where, workspace.schema)}."


def _missing(workspace: Workspace, where: Condition) -> tuple[int | str, ...]:
    """The ids that a condition names and the data lacks."""
    ids = [leaf for leaf in leaves(where) if isinstance(leaf, Compare) and leaf.field == "id" and leaf.op in ("=", "in")]
    if not ids:
        return ()
    named = [value for leaf in ids for value in (leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))]
    known = workspace.dataset.known_ids(named)
    return tuple(dict.fromkeys(value for value in named if value not in known))
