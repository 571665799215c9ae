"""The charts beside the conversation: how good the model is and how the rows are distributed, of the selection."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from weakref import WeakKeyDictionary

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.operations.calibration import Calibration
from assistant.operations.confusion import Confusion
from assistant.operations.score import Score
from assistant.operations.statistics import Statistics
from assistant.programs.conditions import Condition
from assistant.programs.program import Program
from assistant.runner import run
from assistant.saying import answers
from assistant.showing import drawing
from assistant.showing.escaping import escaped
from assistant.showing.plots import Clicks
from assistant.showing.texts import interface, language
from assistant.web import chips
from assistant.web.markup import ask_button, notice
from assistant.workspace import Workspace

JUDGED: tuple[Operation, ...] = (Score(), Confusion(), Calibration())
FEWEST = 2  # rows of a selection that has charts of its own; of one row they would tell nothing
KEPT = 16  # selections of a workspace whose charts are kept

_drawn: WeakKeyDictionary[Workspace, OrderedDict[str, str]] = WeakKeyDictionary()
_lock = Lock()


def drawn(workspace: Workspace, conversation: Conversation) -> str:
    """The pane of one visitor. Charts are of the selection, or else of every row, but for what is right and wrong, which is told
    of the held-out ones. A generative model predicts nothing: only its rows have charts."""
    said = interface()["charts"]
    workspace = conversation.adapted or workspace
    selection = conversation.selection
    parts = [chips.drawn(selection, workspace.schema)]
    classifies = workspace.schema.kind == "classifier"
    if classifies and not workspace.predicted:
        rows = interface()["rows"]
        command = "/score" if workspace.dataset.labels else "/where confidence >= 0 | count"
        return _side([*parts, notice(rows["unpredicted"]) + ask_button(rows["predict"], command)])
    with suppress(AskWhyError):  # a typed text is no selection of rows
        if selection is not None and len(workspace.rows.select(selection)) < FEWEST:
            selection = None
    judged = classifies and bool(workspace.dataset.labels)
    held_out = selection is None and workspace.dataset.split is not None and judged
    hint = [said["chosen"]] * (selection is not None) + [said["held_out"]] * held_out + [said["click"]]
    parts.append(f'<p class="aw-quiet">{escaped(" ".join(hint))}</p>')
    return _side([*parts, _charts(workspace, selection)])


def _side(parts: list[str]) -> str:
    return f'<div class="aw-side aw-charts">{"".join(parts)}</div>'


def _charts(workspace: Workspace, selection: Condition | None) -> str:
    """The pictures, kept for as long as the workspace: they are asked for after each turn."""
    key = f"{language()} {selection!r}"
    with _lock:
        kept = _drawn.setdefault(workspace, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = "".join(_made(workspace, selection))
    with _lock:
        kept[key] = made
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return made


def _made(workspace: Workspace, selection: Condition | None) -> Iterator[str]:
    clicks = Clicks(workspace.schema, workspace.dataset.split)
    labelled = bool(workspace.dataset.labels)
    steps = [*(JUDGED if labelled else ()), *(Statistics(of=of) for of in ("label",) * labelled + ("prediction", "words"))]
    for step in steps:
        try:
            (ran,) = run(Program(selection, (step,)), Conversation(), workspace, lambda stage, share: None)
        except AskWhyError:  # such as a confusion of several labels: there is no such chart of these rows
            continue
        reply = answers.answer(ran.result, workspace.settings.data.noun, language(), labelled=labelled, clicks=clicks)
        words = reply.text.split("\n")[0]
        pictures = "".join(map(drawing.drawn, reply.blocks))
        yield f'<section class="aw-part"><p class="aw-said-of">{escaped(words)}</p>{pictures}</section>'
