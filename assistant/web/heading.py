"""The head of the page: its title, who it is for (language, plain or expert), and whether strangers reach it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.manner import LEVELS
from assistant.showing import texts
from assistant.showing.drawing import escaped
from assistant.showing.texts import LANGUAGES, interface
from assistant.web.labels import Labels, word
from assistant.web.pane import Asked
from assistant.web.visitors import Visitors


def spoken(accepted: str | None) -> str:
    """Of the languages that the page speaks, the one a browser names first in its header Accept-Language; else English."""
    for part in (accepted or "").split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


@dataclass(frozen=True)
class Heading:
    """The switches, and what they do for one visitor."""

    assistant: Assistant
    visitors: Visitors
    labels: Labels
    new: gr.Button
    level: gr.Radio
    language: gr.Button

    @classmethod
    def build(cls, assistant: Assistant, visitors: Visitors, labels: Labels, warned: bool) -> Heading:
        """`warned`: other machines reach the page, and it asks nobody for a password."""
        with gr.Row(elem_classes=["aw-head"]):
            labels.made(
                gr.Markdown, {"value": lambda words, about: f"# {escaped(about.workspace.settings.titled(texts.language()))}"}
            )
            level = labels.made(
                gr.Radio,
                {
                    "choices": lambda words, about: [(words["level"][name], name) for name in LEVELS],
                    "label": word("level", "label"),
                },
                value=assistant.workspace.settings.level,
                show_label=False,
                container=False,
                scale=0,
                min_width=190,
                elem_classes=["aw-level"],
            )
            language = labels.made(gr.Button, {"value": word("other_language")}, size="sm", scale=0, min_width=90)
            new = labels.made(gr.Button, {"value": word("new")}, size="sm", scale=0, min_width=150)
        if warned:
            labels.made(
                gr.Markdown, {"value": lambda words, about: f"**{escaped(words['open_to_all'])}**"}, elem_classes=["aw-warned"]
            )
        return cls(assistant, visitors, labels, new, level, language)

    def arrives(self, request: gr.Request) -> list[Any]:
        """A visitor opened the page: it speaks their browser's language, unless the settings fix one."""
        visitor = self.visitors.of(request.session_hash)
        if self.assistant.workspace.settings.language == "auto":
            visitor.language = spoken(request.headers.get("accept-language"))
        return self.said(visitor.language, request)

    def switched(self, conversation: Conversation, request: gr.Request) -> list[Any]:
        """The page in the other language; answers to commands, which have none, go with it."""
        visitor = self.visitors.of(request.session_hash)
        names = list(LANGUAGES)
        visitor.language = names[(names.index(visitor.language) + 1) % len(names)]
        return [replace(conversation, language=visitor.language), *self.said(visitor.language, request)]

    def about(self, request: gr.Request) -> list[Any]:
        """The words anew, since the page is about something else."""
        return self.said(self.visitors.of(request.session_hash).language, request)

    def said(self, language: str, request: gr.Request) -> list[Any]:
        visitor = self.visitors.of(request.session_hash)
        return self.labels.said(language, visitor.own or self.assistant)

    def levelled(self, level: str, conversation: Conversation, request: gr.Request) -> Asked | None:
        """The last answer is said again at the other level; a running one goes on, and the next is at that level."""
        if level not in LEVELS:
            return None
        visitor = self.visitors.of(request.session_hash)
        visitor.level, visitor.switched = level, True
        said = interface(visitor.language)["level"][f"ask_{level}"]
        return Asked(f"/detail level={level}", said) if conversation.answered and not visitor.busy else None
