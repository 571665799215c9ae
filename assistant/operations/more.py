from __future__ import annotations

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.programs.program import Program


class More(Operation):
    """More of what the last answer showed."""

    name = "more"
    family = "talk"
    scope = "nothing"
    turns_page = True
    examples = ("Show me more",)

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        last = conversation.program
        if last is None or not any(step.pages for step in last.steps):
            raise AskWhyError("There is nothing to show more of; ask for rows, words or mistakes first.")
        return Program(last.where, tuple(step for step in last.steps if step.pages))
