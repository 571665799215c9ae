"""The newest comparison, side by side, and what else the focus can be compared with."""

from __future__ import annotations

from dataclasses import replace

from assistant.conversation import Conversation
from assistant.operations.attribute import last_attribute
from assistant.programs.conditions import quote
from assistant.saying import answers
from assistant.showing import drawing
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface, language
from assistant.web.markup import ask_button, filled
from assistant.web.seen import Seen
from assistant.workspace import Workspace

OTHERS = ("occlusion", "integrated_gradients")  # a method to compare with, which is not the one that was asked for


def drawn(workspace: Workspace, conversation: Conversation, seen: Seen) -> str:
    """The pane of one visitor."""
    said, found = interface()["compare"], seen.comparison
    body = f'<p class="aw-quiet">{escaped(said["empty"])}</p>'
    if found is not None:
        reply = answers.answer(found, workspace.settings.data.noun, language(), kind=workspace.schema.kind)
        body = drawing.reply(replace(reply, suggestions=()))
    return f'<div class="aw-side">{body}<div class="aw-actions">{_buttons(workspace, conversation)}</div></div>'


def _buttons(workspace: Workspace, conversation: Conversation) -> str:
    said, focus = interface()["compare"], conversation.focus
    if focus is None:
        return ""
    writes = workspace.schema.kind == "generator"
    method = OTHERS[writes or last_attribute(conversation).method == OTHERS[0]]
    buttons = [ask_button(said["method"], f"/compare with=method:{method}")]
    if focus.edits:
        buttons.insert(0, ask_button(said["original"], "/compare"))
    for model in (one for one in workspace.settings.models[1:] if one.kind == workspace.schema.kind):
        named = filled(said["model"], name=model.name)
        buttons.append(ask_button(named, f"/compare with=model:{quote(model.name)}", named))
    return "".join(buttons)
