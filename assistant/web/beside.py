"""What stands beside the conversation: panes under tabs, of which the one that is seen is drawn anew after each turn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant import answers
from assistant.conversation import Conversation
from assistant.drawing import reply
from assistant.texts import interface
from assistant.web import focus, prompt, table
from assistant.web.pane import changed, pane
from assistant.web.rows_page import Look as RowsLook
from assistant.web.seen import Seen
from assistant.workspace import Workspace

log = logging.getLogger(__name__)
Looks = dict[str, Any]  # how a visitor looks at each pane, by its name


@dataclass(frozen=True)
class Kind:
    """A pane: how it is drawn for one visitor, and what a click makes of how it looks."""

    drawn: Callable[[Workspace, Conversation, Seen, Any], str]
    look: Any = None
    change: Callable[[Any, dict[str, Any]], Any] = lambda look, change: look


FOCUS = {"classifier": focus.drawn, "generator": prompt.drawn}  # by the kind of model, as in `Schema`
KINDS: dict[str, Kind] = {
    "focus": Kind(lambda workspace, conversation, seen, look: FOCUS[workspace.schema.kind](workspace, conversation, seen)),
    "rows": Kind(table.drawn, RowsLook(), RowsLook.changed),
}


@dataclass(frozen=True)
class Beside:
    """The panes of one page, in the order of `KINDS`, with each visitor's own way of looking at them."""

    workspace: Workspace
    panes: tuple[gr.HTML, ...]
    tabs: gr.Tabs
    shown: gr.State
    looks: gr.State

    @classmethod
    def build(cls, workspace: Workspace) -> Beside:
        names = interface()["tabs"]
        shown, looks = gr.State("focus"), gr.State({name: kind.look for name, kind in KINDS.items()})
        made = []
        with gr.Tabs(elem_classes=["aw-tabs"]) as tabs:
            for name in KINDS:
                with gr.Tab(names[name], id=name):
                    made.append(pane(name, names[name]))
        return cls(workspace, tuple(made), tabs, shown, looks)

    def wire(self, conversation: gr.State, seen: gr.State) -> None:
        """What a visitor does here that is no question: choose a tab, and look at a pane in another way."""
        inputs = [conversation, seen, self.shown, self.looks]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        self.tabs.select(self._chosen, None, self.shown, **quiet).then(self.draw, inputs, [*self.panes], **quiet)
        for one in self.panes:
            one.input(self._changed, [self.shown, self.looks], self.looks, **quiet).then(
                self.draw, inputs, [*self.panes], **quiet
            )

    def draw(self, conversation: Conversation, seen: Seen, shown: str, looks: Looks) -> list[Any]:
        """The pane that is shown, and nothing for the others."""
        found = [self._one(name, conversation, seen, looks) if name == shown else gr.skip() for name in KINDS]
        return found if len(found) > 1 else found[0]

    def _one(self, name: str, conversation: Conversation, seen: Seen, looks: Looks) -> str:
        try:
            return KINDS[name].drawn(self.workspace, conversation, seen, looks[name])
        except AskWhyError as error:
            return f'<div class="aw-side">{reply(answers.message("error", text=str(error)))}</div>'
        except Exception:  # as with a turn: a visitor is never shown a traceback
            log.exception("The pane %r could not be drawn", name)
            return f'<div class="aw-side">{reply(answers.message("failure"))}</div>'

    def _chosen(self, event: gr.SelectData) -> str:
        names = list(KINDS)
        return names[event.index] if isinstance(event.index, int) and 0 <= event.index < len(names) else names[0]

    def _changed(self, shown: str, looks: Looks, event: gr.EventData) -> Looks:
        kind = KINDS[shown]
        return looks | {shown: kind.change(looks[shown], changed(event))}
