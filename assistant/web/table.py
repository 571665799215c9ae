"""The rows as a table: searched, filtered, sorted and paged by clicks; a row that is clicked becomes the focus."""

from __future__ import annotations

from assistant.conversation import Conversation
from assistant.programs.conditions import to_text, value_text
from assistant.saying.wording import shorten
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface, percent
from assistant.web import chips
from assistant.web.markup import ask_button, asks, attribute, filled, notice, noun, views
from assistant.web.rows_page import COLUMNS, PREDICTED, Found, Look, Row, condition, page_of
from assistant.web.seen import Seen
from assistant.workspace import Workspace

SHORT = 110  # characters of a text in the table


def drawn(workspace: Workspace, conversation: Conversation, seen: Seen, look: Look) -> str:
    """The pane of one visitor."""
    said = interface()["rows"]
    workspace = conversation.adapted or workspace
    parts = [chips.drawn(conversation.selection, workspace.schema), _filters(workspace, look)]
    if not workspace.predicted and workspace.schema.kind == "classifier":
        command = "/score" if workspace.dataset.labels else "/where confidence >= 0 | count"
        parts.append(notice(said["unpredicted"]) + ask_button(said["predict"], command))
        if look.prediction or look.correct:
            return f'<div class="aw-side">{"".join(parts)}</div>'
    found = page_of(workspace, conversation.selection, look)
    parts.append(_below(workspace, conversation, look, found))
    parts.append(_table(workspace, conversation, look, found))
    return f'<div class="aw-side">{"".join(parts)}</div>'


def _filters(workspace: Workspace, look: Look) -> str:
    said = interface()["rows"]
    search = (
        f'<input type="search" data-field="query" data-key="query" value="{attribute(look.query)}" '
        f'placeholder="{attribute(said["search"])}" aria-label="{attribute(said["search"])}">'
    )
    labels = {label: label for label in workspace.schema.labels}
    if workspace.schema.kind == "generator":
        return f'<div class="aw-actions aw-filters" role="search">{search}</div>'
    lists = [_list("prediction", said["every_prediction"], labels, look.prediction)]
    if workspace.dataset.labels:
        lists.insert(0, _list("label", said["every_label"], labels, look.label))
        lists.append(_list("correct", said["right_and_wrong"], {"true": said["right"], "false": said["wrong"]}, look.correct))
    return f'<div class="aw-actions aw-filters" role="search">{search}{"".join(lists)}</div>'


def _list(field: str, every: str, values: dict[str, str], chosen: str) -> str:
    """A choice of a few; `every` is what it says when nothing is chosen."""
    options = "".join(
        f'<option value="{attribute(value)}"{" selected" if value == chosen else ""}>{escaped(name)}</option>'
        for value, name in {"": every, **values}.items()
    )
    return f'<select data-field="{field}" data-key="{field}" aria-label="{attribute(every)}">{options}</select>'


def _below(workspace: Workspace, conversation: Conversation, look: Look, found: Found) -> str:
    """How many rows there are, going from page to page, and making them the selection."""
    said = interface()["rows"]
    nouns = noun(workspace)[found.total != 1]
    count = filled(said["count"], rows=f"{found.total:,}", nouns=nouns, page=f"{found.page + 1:,}", pages=f"{found.pages:,}")
    turns = []
    for name, page in (("earlier", found.page - 1), ("later", found.page + 1)):
        off = "" if 0 <= page < found.pages else " disabled"
        turns.append(
            f'<button type="button" class="aw-do" {views(name, page=page)} aria-label="{attribute(said[name])}"{off}>'
            f"{'‹' if name == 'earlier' else '›'}</button>"
        )
    wanted = condition(workspace, conversation.selection, look)
    choose = ""
    if found.total and wanted is not None and wanted != conversation.selection:
        choose = ask_button(said["choose"], f"/where {to_text(wanted, workspace.schema)} | count")
    return f'<div class="aw-actions"><span role="status" class="aw-quiet">{escaped(count)}</span>{"".join(turns)}{choose}</div>'


def _table(workspace: Workspace, conversation: Conversation, look: Look, found: Found) -> str:
    said = interface()["rows"]
    missing = PREDICTED if workspace.schema.kind == "generator" else ()
    columns = [name for name in COLUMNS if name not in missing and (name != "label" or workspace.dataset.labels)]
    head = []
    for name in columns:
        on = look.sort == name
        arrow = ("▼" if look.descending else "▲") if on else ""
        state = f' aria-sort="{"descending" if look.descending else "ascending"}"' if on else ""
        click = views(f"sort-{name}", sort=name, descending=on and not look.descending)
        head.append(
            f'<th scope="col"{state}><button type="button" {click}>{escaped(said["columns"][name])} {arrow}</button></th>'
        )
    focus = conversation.focus.row if conversation.focus is not None else None
    rows = "".join(_row(row, columns, workspace, here=focus is not None and row.id == focus) for row in found.rows)
    table = f'<table class="aw-rows"><thead><tr>{"".join(head)}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="aw-scroll">{table}</div>'


def _row(row: Row, columns: list[str], workspace: Workspace, here: bool) -> str:
    said = interface()["rows"]
    step, asked = ("generate", said["answer"]) if workspace.schema.kind == "generator" else ("predict", said["focus"])
    click = asks(f"/where id = {value_text(row.id, named=False)} | {step}", filled(asked, noun=noun(workspace)[0], id=row.id))
    mark = "" if row.correct is None else " ✓" if row.correct else " ✗"
    told = "" if row.correct is None else said["right" if row.correct else "wrong"]
    cells = {
        "id": escaped(str(row.id)),
        "text": f'<button type="button" class="aw-row" {click}>{escaped(shorten(row.text, SHORT))}</button>',
        "label": escaped(row.label or "–"),
        "prediction": f'<span title="{attribute(told)}">{escaped((row.prediction or "–") + mark)}</span>',
        "confidence": "–" if row.confidence is None else escaped(percent(row.confidence)),
        "characters": f"{row.characters:,}",
    }
    state = ' aria-current="true" class="aw-here"' if here else ""
    return f"<tr {click}{state}>{''.join(f'<td>{cells[name]}</td>' for name in columns)}</tr>"
