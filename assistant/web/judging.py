"""Thumbs under answers: what a visitor thinks of one is kept on this machine, with a reason if they give one."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.dialogue import Assistant
from assistant.feedback import REASONS, Feedback
from assistant.showing.texts import interface
from assistant.web.past import Past
from assistant.web.visitors import Visitors

GOOD, BAD = "Like", "Dislike"  # which Gradio draws as thumbs


def options(words: dict[str, str]) -> list[str]:
    """What can be said of an answer; `words` are those of the reasons."""
    return [GOOD, BAD, *(words[name] for name in REASONS)]


@dataclass(frozen=True)
class Judging:
    """Keeps judgements in `feedback`; without one, none are asked for."""

    assistant: Assistant
    visitors: Visitors
    feedback: Feedback | None

    @classmethod
    def of(cls, assistant: Assistant, visitors: Visitors) -> Judging:
        """Beside the corrections, where the settings let these be kept."""
        kept = assistant.workspace.resolver.corrections(assistant.workspace.settings)
        return cls(assistant, visitors, None if kept is None else Feedback(kept.folder))

    def judged(self, past: Past, request: gr.Request, data: gr.LikeData) -> None:
        visitor = self.visitors.of(request.session_hash)
        words = interface(visitor.language)["feedback"]
        found = past.at(data.index) if isinstance(data.index, int) else None
        named = {words[name]: name for name in REASONS}
        if found is None or self.feedback is None or not (isinstance(data.liked, bool) or data.liked in named):
            return
        step = found[0]
        model = (visitor.own or self.assistant).workspace.model.fingerprint
        good = data.liked if isinstance(data.liked, bool) else False
        if self.feedback.keep(step.asked.command, step.understood, model, good, named.get(data.liked)):
            gr.Info(words["kept"], duration=4)
