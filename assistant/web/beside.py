"""What stands beside the conversation: panes under tabs, of which the one that is seen is drawn anew after each turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.saying import answers
from assistant.showing.drawing import reply
from assistant.showing.texts import language, speaking
from assistant.web import charts, compared, focus, prompt, scatter, table
from assistant.web.labels import Labels, word
from assistant.web.pane import Asked, asked, changed, pane
from assistant.web.rows_page import Look as RowsLook
from assistant.web.seen import Seen
from assistant.web.visitors import Visitors
from assistant.workspace import Workspace

log = logging.getLogger(__name__)
Looks = dict[str, Any]  # how a visitor looks at each pane, by its name


@dataclass(frozen=True)
class Kind:
    """A pane: how it is drawn for one visitor, and what a click makes of how it looks; what it says while it is made ready,
    and the script of its own."""

    drawn: Callable[[Workspace, Conversation, Seen, Any], str]
    look: Any = None
    change: Callable[[Any, dict[str, Any]], Any] = lambda look, change: look
    waits: Callable[[Workspace, Conversation, Any], Iterator[str]] = lambda workspace, conversation, look: iter(())
    script: str = ""


FOCUS = {"classifier": focus.drawn, "generator": prompt.drawn}  # by the kind of model, as in `Schema`
KINDS: dict[str, Kind] = {
    "focus": Kind(lambda workspace, conversation, seen, look: FOCUS[workspace.schema.kind](workspace, conversation, seen)),
    "rows": Kind(table.drawn, RowsLook(), RowsLook.changed),
    "compare": Kind(lambda workspace, conversation, seen, look: compared.drawn(workspace, conversation, seen)),
    "charts": Kind(lambda workspace, conversation, seen, look: charts.drawn(workspace, conversation)),
    "map": Kind(scatter.drawn, scatter.Look(), scatter.Look.changed, scatter.waits, scatter.SCRIPT),
}


@dataclass(frozen=True)
class Beside:
    """The panes of one page, in the order of `KINDS`, with each visitor's own way of looking at them: which one is `shown`,
    whether an answer `led` there, and how each looks."""

    assistant: Assistant
    visitors: Visitors
    panes: tuple[gr.HTML, ...]
    tabs: gr.Tabs
    shown: gr.State
    led: gr.State
    looks: gr.State

    @classmethod
    def build(cls, assistant: Assistant, visitors: Visitors, labels: Labels) -> Beside:
        shown, led, looks = gr.State("focus"), gr.State(False), gr.State({name: kind.look for name, kind in KINDS.items()})
        made = []
        with gr.Tabs(elem_classes=["aw-tabs"]) as tabs:
            for name, kind in KINDS.items():
                said = {"label": word("tabs", name)}
                with labels.made(gr.Tab, said, id=name):
                    made.append(labels.made(partial(pane, name, script=kind.script), said))
        return cls(assistant, visitors, tuple(made), tabs, shown, led, looks)

    def wire(self, conversation: gr.State, seen: gr.State) -> None:
        """What a visitor does here that is no question: choose a tab, and look at a pane in another way."""
        inputs = [conversation, seen, self.shown, self.looks]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        at = [self.shown, self.led]
        self.tabs.select(self._chosen, at, at, **quiet).then(self.draw, inputs, [*self.panes], **quiet)
        for one in self.panes:
            one.input(self._changed, [self.shown, self.looks], self.looks, **quiet).then(
                self.draw, inputs, [*self.panes], **quiet
            )

    def follow(self, seen: Seen, shown: str, led: bool) -> tuple[Any, Any, Any]:
        """The tab that goes with the newest answer: a comparison comes to the front, and the focus again after it. Who chose
        a tab is left there."""
        if seen.compared and shown == "focus":
            return gr.update(selected="compare"), "compare", True
        if led and not seen.compared:
            return gr.update(selected="focus"), "focus", False
        return gr.skip(), gr.skip(), gr.skip()

    def draw(self, conversation: Conversation, seen: Seen, shown: str, looks: Looks, request: gr.Request) -> Iterator[list[Any]]:
        """The pane that is shown, and nothing for the others; before it, what is said while it is made ready."""
        visitor = self.visitors.of(request.session_hash)
        workspace = (visitor.own or self.assistant).workspace
        states = _states(shown, workspace, conversation, seen, looks)
        while True:
            with speaking(visitor.language):  # not across a yield, which another visitor's turn may come between
                drawn = next(states, None)
            if drawn is None:
                return
            yield [drawn if name == shown else gr.skip() for name in KINDS]

    def asked(self, conversation: Conversation, event: gr.EventData, request: gr.Request) -> tuple[Asked, Any]:
        """What was clicked in a pane, and the conversation if that holds something more for it."""
        told = event._data.get("points") if isinstance(event._data, dict) else None
        if told is None:
            return asked(event), gr.skip()
        visitor = self.visitors.of(request.session_hash)
        with speaking(visitor.language):
            return scatter.picked((visitor.own or self.assistant).workspace, conversation, told)

    def _chosen(self, shown: str, led: bool, event: gr.SelectData) -> tuple[str, bool]:
        names = list(KINDS)
        name = names[event.index] if isinstance(event.index, int) and 0 <= event.index < len(names) else names[0]
        return name, led and name == shown  # a tab that an answer led to may say so itself

    def _changed(self, shown: str, looks: Looks, event: gr.EventData) -> Looks:
        kind = KINDS[shown]
        return looks | {shown: kind.change(looks[shown], changed(event))}


def _states(name: str, workspace: Workspace, conversation: Conversation, seen: Seen, looks: Looks) -> Iterator[str]:
    try:
        yield from KINDS[name].waits(workspace, conversation, looks[name])
        yield KINDS[name].drawn(workspace, conversation, seen, looks[name])
    except AskWhyError as error:
        yield f'<div class="aw-side">{reply(answers.error(str(error), language()))}</div>'
    except Exception:  # as with a turn: a visitor is never shown a traceback
        log.exception("The pane %r could not be drawn", name)
        yield f'<div class="aw-side">{reply(answers.message("failure", language()))}</div>'
