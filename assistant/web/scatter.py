"""The map beside the conversation: rows as the model represents them, in the plane. A point that is clicked becomes the
focus, points within a box or a loop the selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from explainers.prepare import label_text

from assistant.conversation import Conversation
from assistant.programs.conditions import Compare, to_text, value_text
from assistant.saying.wording import shorten
from assistant.showing.escaping import attribute, escaped
from assistant.showing.pictures import mark
from assistant.showing.plots import Clicks
from assistant.showing.texts import interface, percent
from assistant.web import chips
from assistant.web.markup import filled, notice, noun, views
from assistant.web.pane import Asked
from assistant.web.places import MOST, Places, at_hand, made, places
from assistant.web.seen import Seen
from assistant.workspace import Workspace

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
SHAPES = "●■▲◆✚✖▼○"  # as the script draws them; the last one is for every other class
SHORT = 80  # characters of a text that is pointed at
LISTED = 20  # ids that a command names; more of them are kept under a number
MOST_PICKS = 200  # of one conversation
NONE = "-"


@dataclass(frozen=True)
class Look:
    """How one visitor looks at the map: what colour and shape tell ("label", "prediction", "correct"), whether rows are
    chosen by a "box" or a "loop", and whether the map was asked for, if it takes time to make."""

    by: str = "label"
    tool: str = "box"
    begun: bool = False

    def changed(self, told: dict[str, Any]) -> Look:
        """With what a browser told, as far as it makes sense."""
        known = {"by": ("label", "prediction", "correct"), "tool": ("box", "loop"), "begun": (True,)}
        return replace(self, **{one.name: told[one.name] for one in fields(self) if told.get(one.name) in known[one.name]})


def waits(workspace: Workspace, conversation: Conversation, look: Look) -> Iterator[str]:
    """What is said while the map is made, if the visitor asked for that."""
    if look.begun and not at_hand(workspace):
        stage = interface()["stages"]["embeddings"]
        for share in made(workspace):
            yield f'<div class="aw-side"><p class="aw-stage" role="status">{escaped(f"{stage} ({share:.0%}) …")}</p></div>'


def drawn(workspace: Workspace, conversation: Conversation, seen: Seen, look: Look) -> str:
    """The pane of one visitor."""
    said = interface()["map"]
    workspace = conversation.adapted or workspace
    parts = [chips.drawn(conversation.selection, workspace.schema)]
    if not at_hand(workspace) and not look.begun:
        button = f'<button type="button" class="aw-do" {views("begin", begun=True)}>{escaped(said["begin"])}</button>'
        return f'<div class="aw-side">{"".join(parts)}{notice(said["unmade"])}{button}</div>'
    found = places(workspace)
    kinds = _kinds(workspace)
    by = look.by if look.by in kinds else next(iter(kinds))
    names, codes = _named(workspace, found, by)
    parts += [_tools(by, kinds, look.tool), _canvas(workspace, conversation, found, codes, look.tool)]
    parts += ['<p class="aw-map-said" aria-live="polite"></p>', _legend(workspace, by, names, codes)]
    rows = f"{len(found.positions):,}"
    told = filled(
        said["sample" if len(workspace.dataset) > MOST else "every"], rows=rows, nouns=noun(workspace)[1],
        all=f"{len(workspace.dataset):,}", variance=percent(found.variance),
    )  # fmt: skip
    if not workspace.predicted:
        told += " " + said["unpredicted"]
    parts.append(f'<p class="aw-quiet">{escaped(told)}</p>')
    return f'<div class="aw-side">{"".join(parts)}</div>'


def picked(workspace: Workspace, conversation: Conversation, told: Any) -> tuple[Asked, Conversation]:
    """The question that points on the map stand for, and the conversation with them, where they are too many to be named.

    `told` is what the browser says: places among the points; what makes no sense is left out.
    """
    if not isinstance(told, list) or not at_hand(workspace):
        return Asked("", ""), conversation
    found = places(workspace)
    chosen = sorted({one for one in told[: 2 * MOST] if type(one) is int and 0 <= one < len(found.positions)})
    ids = [workspace.dataset.table["id"][int(found.positions[one])].as_py() for one in chosen]
    if not ids:
        return Asked("", ""), conversation
    one, many = noun(workspace)
    if len(ids) == 1:
        command = f"/where id = {value_text(ids[0], named=False)} | predict"
        return Asked(command, filled(interface()["rows"]["focus"], noun=one, id=ids[0])), conversation
    question = filled(interface()["map"]["picked"], rows=f"{len(ids):,}", nouns=many)
    if len(ids) <= LISTED:
        return Asked(f"/where {to_text(Compare('id', 'in', tuple(ids)), workspace.schema)} | count", question), conversation
    picks = conversation.picks
    if tuple(ids) not in picks:
        if len(picks) == MOST_PICKS:
            return Asked("", ""), conversation
        picks = (*picks, tuple(ids))
    command = f"/where picked {picks.index(tuple(ids)) + 1} | count"
    return Asked(command, question), replace(conversation, picks=picks)


def _kinds(workspace: Workspace) -> dict[str, str]:
    """What colours can tell here, with its name."""
    names = interface()["map"]["by"]
    labelled, predicted = bool(workspace.dataset.labels), workspace.predicted
    there = {"label": labelled or not predicted, "prediction": predicted, "correct": labelled and predicted}
    return {name: names[name] for name, is_there in there.items() if is_there}


def _named(workspace: Workspace, found: Places, by: str) -> tuple[list[str], str]:
    """The names of classes in the legend, the most frequent first, and for each point the digit of its own, or "-"."""
    if by == "correct":
        right = _values(workspace, found, "label"), _values(workspace, found, "prediction")
        codes = [NONE if label is None else "0" if label == called else "5" for label, called in zip(*right, strict=True)]
        return [interface()["rows"]["right"], interface()["rows"]["wrong"]], "".join(codes)
    values = _values(workspace, found, by)
    often = [name for name, _ in sorted(Counter(filter(None, values)).items(), key=lambda pair: (-pair[1], pair[0]))]
    shown = often if len(often) <= len(SHAPES) else often[: len(SHAPES) - 1]
    place = {name: str(number) for number, name in enumerate(shown)}
    codes = "".join(NONE if value is None else place.get(value, str(len(SHAPES) - 1)) for value in values)
    return shown + [interface()["map"]["others"]] * (len(often) > len(shown)), codes


def _values(workspace: Workspace, found: Places, by: str) -> list[str | None]:
    if by == "label":
        table = workspace.dataset.table
        return (
            table["label"].take(found.positions).to_pylist() if "label" in table.column_names else [None] * len(found.positions)
        )
    predictions = workspace.predictions()
    if predictions.multi_label:
        given = predictions.decided(found.positions)
        return [label_text([name for name, on in zip(predictions.labels, row, strict=True) if on]) for row in given]
    return [predictions.labels[best] for best in predictions.best[found.positions]]


def _tools(by: str, kinds: dict[str, str], tool: str) -> str:
    said = interface()["map"]

    def choice(field: str, value: str, name: str, on: bool) -> str:
        state = f'class="aw-do{" aw-on" if on else ""}" aria-pressed="{"true" if on else "false"}"'
        return f'<button type="button" {state} {views(f"{field}-{value}", **{field: value})}>{escaped(name)}</button>'

    switch = "".join(choice("by", name, told, name == by) for name, told in kinds.items())
    tools = "".join(choice("tool", name, said[name], name == tool) for name in ("box", "loop"))
    return f'<div class="aw-actions"><span class="aw-quiet">{escaped(said["colour"])}</span>{switch}<span></span>{tools}</div>'


def _canvas(workspace: Workspace, conversation: Conversation, found: Places, codes: str, tool: str) -> str:
    """The points as eight characters each: x and y in thousandths, the digit of the class, and whether it is selected (1),
    not (0), or the focus (2)."""
    selection = conversation.selection
    chosen = np.ones(len(workspace.dataset), dtype=bool)
    if selection is not None:
        chosen[:] = False
        chosen[workspace.rows.select(selection)] = True
    marks = chosen[found.positions].astype(int)
    focus = None if conversation.focus is None or conversation.focus.row is None else conversation.focus.row
    at = None if focus is None else workspace.dataset.place(focus)
    if at is not None:
        marks[found.positions == at] = 2
    scaled = np.minimum((found.points * 1000).astype(int), 999)
    points = "".join(
        f"{x:03}{999 - y:03}{code}{on}" for (x, y), code, on in zip(scaled.tolist(), codes, marks.tolist(), strict=True)
    )
    one, many = noun(workspace)
    table = workspace.dataset.table
    ids, texts = (table[name].take(pa.array(found.positions)).to_pylist() for name in ("id", "text"))
    lines = "\n".join(
        f"{one} {_line(str(identity))}: {shorten(_line(text), SHORT)}" for identity, text in zip(ids, texts, strict=True)
    )
    about = filled(interface()["map"]["about"], rows=f"{len(found.positions):,}", nouns=many)
    return (
        f'<canvas class="aw-map" tabindex="0" role="img" aria-label="{attribute(about)}" data-tool="{tool}" '
        f'data-none="{attribute(interface()["map"]["none"])}" '
        f'data-points="{points}" data-texts="{attribute(lines)}"></canvas>'
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _legend(workspace: Workspace, by: str, names: list[str], codes: str) -> str:
    """Each class with its shape and how many points it has; a click chooses its rows."""
    clicks = Clicks(workspace.schema)
    counts = Counter(codes)
    digits = ["0", "5"] if by == "correct" else [str(place) for place in range(len(names))]
    listed = []
    for digit, name in zip(digits, names, strict=True):
        value = digit == "0" if by == "correct" else name
        command = clicks.rows(Compare(by, "=", value)) if name != interface()["map"]["others"] else ""
        shape = f'<span class="aw-shape" style="color:rgb(var(--aw-c{digit}))">{SHAPES[int(digit)]}</span>'
        listed.append(f"<li>{mark(command, f'{shape} {escaped(name)} ({counts[digit]:,})', 'aw-key-name')}</li>")
    return f'<ul class="aw-map-key">{"".join(listed)}</ul>'
