"""A guided tour: questions that show what this is good for, one click each, with a line for whoever presents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.dialogue import Assistant
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface, speaking
from assistant.touring import TourWords
from assistant.web.markup import ask_button, asks, attribute, filled, views
from assistant.web.pane import changed, pane
from assistant.web.visitors import Visitors


@dataclass(frozen=True)
class Look:
    """Where a visitor is on the tour: not on it, before its first question (0), or at a question (from 1)."""

    place: int | None = None

    def changed(self, told: dict[str, Any], count: int) -> Look:
        """With what a browser told, as far as it makes sense."""
        place = told.get("place")
        if place is None:
            return Look() if "place" in told else self
        return Look(place) if type(place) is int and 0 <= place <= count else self


@dataclass(frozen=True)
class Tour:
    """The strip above the conversation; empty where the settings have no tour."""

    visitors: Visitors
    assistant: Assistant
    pane: gr.HTML
    look: gr.State

    @classmethod
    def build(cls, visitors: Visitors, assistant: Assistant) -> Tour:
        return cls(visitors, assistant, pane("tour", interface()["tour"]["start"]), gr.State(Look()))

    @property
    def redraw(self) -> tuple[Any, ...]:
        """The function with its inputs and outputs that draws the strip anew."""
        return self._draw, self.look, self.pane

    def wire(self) -> None:
        """Going along the tour, which asks nothing by itself: what is clicked may be a question too."""
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        self.pane.input(self._changed, self.look, self.look, **quiet).then(*self.redraw, **quiet)

    def _steps(self, request: gr.Request) -> tuple[tuple[TourWords, ...], str]:
        visitor = self.visitors.of(request.session_hash)
        settings = (visitor.own or self.assistant).workspace.settings
        return tuple(step.said(visitor.language) for step in settings.tour), settings.titled(visitor.language)

    def _changed(self, look: Look, request: gr.Request, event: gr.EventData) -> Look:
        return look.changed(changed(event), len(self._steps(request)[0]))

    def _draw(self, look: Look, request: gr.Request) -> str:
        with speaking(self.visitors.of(request.session_hash).language):
            return drawn(*self._steps(request), look)


def drawn(steps: tuple[TourWords, ...], title: str, look: Look) -> str:
    """The strip of one visitor."""
    words = interface()["tour"]
    if not steps:
        return ""
    if look.place is None:
        start = f'<button type="button" class="aw-do" {views("tour", place=0)}>{escaped(words["start"])}</button>'
        return f'<div class="aw-tour">{start}</div>'
    place = min(look.place, len(steps))
    row = [_number(number, step, place) for number, step in enumerate(steps, 1)]
    move = []
    if place:
        back = views("tour-back", place=place - 1)
        move.append(f'<button type="button" class="aw-do aw-back" {back}>‹ {escaped(words["back"])}</button>')
        move.append(ask_button(words["again"], steps[place - 1].runs, steps[place - 1].ask, "aw-again"))
    if place < len(steps):
        step = steps[place]
        said = filled(words["next" if place else "first"], ask=step.ask)
        move.append(
            f'<button type="button" class="aw-do aw-next" {asks(step.runs, step.ask)} {views("tour-next", place=place + 1)}>'
            f"{escaped(said)}\u00a0›</button>"
        )
    else:
        move.append(f'<span class="aw-quiet">{escaped(words["done"])}</span>')
    leave = (
        f'<button type="button" class="aw-do" {views("tour", place=None)} '
        f'aria-label="{attribute(words["leave"])}" title="{attribute(words["leave"])}">×</button>'
    )
    at = filled(words["place"], place=place, count=len(steps)) if place else filled(words["name"], title=title)
    note = ""
    if place:
        note = f'<p class="aw-note" role="status"><b>{escaped(words["note"])}</b> {escaped(steps[place - 1].note)}</p>'
    return (
        f'<div class="aw-tour aw-on-tour" role="group" aria-label="{attribute(words["start"])}">'
        f'<div class="aw-actions"><strong>{escaped(at)}</strong><span class="aw-numbers">{"".join(row)}</span>{leave}</div>'
        f'{note}<div class="aw-actions">{"".join(move)}</div></div>'
    )


def _number(number: int, step: TourWords, place: int) -> str:
    """A question of the tour by its number."""
    said = filled(interface()["tour"]["step"], place=number, ask=step.ask)
    here = ' aria-current="step"' if number == place else ""
    named = attribute(said)
    return (
        f'<button type="button" class="aw-do aw-number{" aw-on" if number == place else ""}" {asks(step.runs, step.ask)} '
        f'{views(f"tour-{number}", place=number)} aria-label="{named}" title="{named}"{here}>{number}</button>'
    )
