"""The questions of a conversation as it stands on the page, each with what held before it, so that one can be asked again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.conversation import Conversation
from assistant.web.pane import Asked
from assistant.web.seen import Seen

MOST = 100  # questions that can be gone back to


@dataclass(frozen=True)
class Step:
    """A question, the place of its message on the page, and what held before it was asked; `understood` is the command that
    it was read as, once it is answered."""

    place: int
    asked: Asked
    conversation: Conversation
    seen: Seen
    understood: str = ""


@dataclass(frozen=True)
class Past:
    """One per visitor, never shared."""

    steps: tuple[Step, ...] = ()

    def after(self, step: Step) -> Past:
        """With a question more; the oldest can no longer be gone back to where there are too many."""
        return Past((*self.steps, step)[-MOST:])

    def understood(self, command: str) -> Past:
        """With how the last question was read."""
        return Past((*self.steps[:-1], replace(self.steps[-1], understood=command)))

    def at(self, place: int) -> tuple[Step, Past] | None:
        """The question whose message, or whose answer, stands at a place, and the questions before it."""
        found = [number for number, step in enumerate(self.steps) if step.place <= place]
        if not found or place > self.steps[-1].place + 1:
            return None
        return self.steps[found[-1]], Past(self.steps[: found[-1]])
