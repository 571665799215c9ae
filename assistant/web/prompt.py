"""The focus where the model is a generative one: the prompt in shaded pieces, its answer with the explained words outlined."""

from __future__ import annotations

from explainers.generative import Answer

from assistant.conversation import Conversation, Subject
from assistant.finding.cutting import units_of
from assistant.operations.salience import DEFAULT_METHOD, SalienceResult
from assistant.programs.conditions import quote
from assistant.saying import answers
from assistant.showing.drawing import FAINT, LEAST, MARKED, escaped
from assistant.showing.texts import interface, language
from assistant.web import chips
from assistant.web.markup import ask_button, asks, attribute, filled, noun, part
from assistant.web.seen import Seen
from assistant.workspace import Workspace

REMOVED = ("line", "sentence", "paragraph")  # pieces that are edited by their number among those of their kind


def drawn(workspace: Workspace, conversation: Conversation, seen: Seen) -> str:
    """The pane of one visitor; nothing is written for it."""
    said, focus = interface()["focus"], conversation.focus
    selected = chips.drawn(conversation.selection, workspace.schema)
    selection = part(said["selection"], selected, level=2 if focus is None else 3)
    if focus is None:
        return f'<div class="aw-side"><p class="aw-quiet">{escaped(interface()["prompt"]["empty"])}</p>{selection}</div>'
    spoken = conversation.written
    answer = spoken if spoken is not None and spoken.prompt.text == focus.text else None
    found = seen.prompted(focus.text, answer)
    parts = [_title(workspace, focus, answer), _prompt(focus, found), _answer(answer, found), _edits(focus), selection]
    return f'<div class="aw-side">{"".join(parts)}</div>'


def _title(workspace: Workspace, focus: Subject, answer: Answer | None) -> str:
    said, words = interface()["focus"], interface()["prompt"]
    name = words["typed"] if focus.typed else f"{noun(workspace)[0]} {focus.row}"
    marks = [workspace.model.name]
    if answer is not None and answer.prompt.chat:
        marks.append(filled(words["scaffold"], count=sum(answer.prompt.scaffold)))
    if answer is not None and answer.stopped in words["stopped"]:
        marks.append(words["stopped"][answer.stopped])
    if focus.edits:
        marks.append(filled(said["edited"], count=len(focus.edits)))
    tags = "".join(f'<span class="aw-tag">{escaped(mark)}</span>' for mark in marks)
    return f'<h2 class="aw-focus-name">{escaped(name)}</h2><div class="aw-tags">{tags}</div>'


def _prompt(focus: Subject, found: SalienceResult | None) -> str:
    words = interface()["prompt"]
    text = escaped(focus.text) if found is None else _shaded(found)
    pieces = f'<div class="aw-text aw-words aw-prompt" role="group" aria-label="{attribute(words["text"])}">{text}</div>'
    return f'<div class="aw-home">{pieces}</div>{_legend(found)}{_units(focus, found)}'


def _shaded(found: SalienceResult) -> str:
    """The prompt in its pieces, each a button that takes it out; the strength is in the text as well as in the shade."""
    made = found.salience
    strongest = max([LEAST, *(abs(one.sum) for one in made.segments)])
    counts: dict[str, int] = {}
    parts = []
    for one in made.segments:
        counts[one.role] = counts.get(one.role, 0) + 1
        share, seen = abs(one.sum) / strongest, one.text.rstrip()
        style = f' aw-{"pos" if one.sum > 0 else "neg"}" style="--aw:{share:.2f}' if share >= FAINT else ""
        mark = f"<sup>{one.sum:+.2f}</sup>" if share >= MARKED else ""
        told = f"{one.sum:+.2f}"
        body = f"{escaped(seen)}{mark}"
        command = _without(made.unit, one.role, counts[one.role])
        if command:
            label = attribute(f"{seen} {told}")
            body = (
                f'<button type="button" class="aw-w{style}" {asks(command, interface()["prompt"]["remove"])} '
                f'title="{attribute(told)}" aria-label="{label}">{body}</button>'
            )
        else:
            body = f'<span class="aw-w{style}" title="{attribute(told)}">{body}</span>'
        parts.append(body + escaped(one.text[len(seen) :]))
    return "".join(parts)


def _without(unit: str, role: str, which: int) -> str:
    """The command that takes a piece out, if an edit can name it."""
    part = unit if unit in REMOVED else "example" if role == "example" else ""
    return f"/edit kind=remove part={part} which={which}" if part else ""


def _legend(found: SalienceResult | None) -> str:
    everywhere, words = interface(), interface()["prompt"]
    if found is None:
        return ""
    made = found.salience
    method = filled(
        words["method"],
        method=answers.method_called(made.method, language()),
        unit=answers.unit_called(made.unit, language()),
    )
    if not made.signed:
        return f'<div class="aw-legend">{escaped(method)}</div>'
    target = escaped(f"“{made.target[:60]}”")
    return (
        f'<div class="aw-legend"><span class="aw-word aw-pos" style="--aw:0.6">+</span> {everywhere["positive"]} {target} '
        f'<span class="aw-word aw-neg" style="--aw:0.6">−</span> {everywhere["negative"]} {target} · {escaped(method)}</div>'
    )


def _units(focus: Subject, found: SalienceResult | None) -> str:
    """Why the model wrote that, by pieces of one size or another."""
    words = interface()["prompt"]
    if found is None:
        return f'<div class="aw-actions">{ask_button(words["why"], "/salience")}</div>'
    asked = found.salience
    target = f" target={quote(found.said)}" if found.said else ""
    target += f" against={quote(asked.against)}" if asked.against else ""
    target += f" method={asked.method}" if asked.method != DEFAULT_METHOD else ""
    buttons = [
        ask_button(words["units"][unit], f"/salience{target} unit={unit}", style="aw-on" if unit == asked.unit else "")
        for unit in units_of(focus.text)
    ]
    return f'<div class="aw-actions" role="group" aria-label="{attribute(words["by"])}">{"".join(buttons)}</div>'


def _answer(answer: Answer | None, found: SalienceResult | None) -> str:
    words = interface()["prompt"]
    if answer is None:
        return part(words["answer"], f'<div class="aw-actions">{ask_button(words["write"], "/generate")}</div>')
    body = escaped(answer.text.strip() or words["nothing"])
    if found is not None:
        start, end, text = found.salience.start, found.salience.end, answer.text
        body = f'{escaped(text[:start])}<mark class="aw-target">{escaped(text[start:end])}</mark>{escaped(text[end:])}'
    return part(words["answer"], f'<div class="aw-text aw-words aw-answered">{body}</div>')


def _edits(focus: Subject) -> str:
    """The edits that stand, and how to go along them."""
    said = interface()["focus"]
    buttons = []
    if focus.edits:
        buttons += [ask_button(said["undo"], "/undo"), ask_button(said["reset"], "/reset")]
        buttons += [ask_button(said["original"], "/compare"), ask_button(said["edits"], "/edits")]
    if focus.undone:
        buttons.append(ask_button(said["redo"], "/redo"))
    if not buttons:
        return ""
    steps = "".join(f"<li><code>{escaped(edit.step)}</code></li>" for edit in focus.edits)
    listed = f'<ol class="aw-chain">{steps}</ol>' if steps else ""
    return part(said["edits"], f'{listed}<div class="aw-actions">{"".join(buttons)}</div>')
