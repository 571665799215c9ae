from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.programs.arguments import Label
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class RelabelResult(Result):
    """The class that the visitor says is right, the one in the data before (None: no label), and the model's answer."""

    earlier: str | None
    prediction: Prediction


class Relabel(Operation):
    """Say what the right class of a text is, for this conversation."""

    name = "relabel"
    family = "change"
    scope = "texts"
    first_only = True
    needs = "classifier"
    continues = True
    repeatable = False
    examples = ("This should be {label2}",)

    to: Annotated[str, Label()] = Field(description="the class that is right")

    def run(self, context: Context) -> RelabelResult:
        (subject,) = context.few(1)
        told = dataclasses.replace(subject, label=self.to)
        (prediction,) = context.predict([told])
        earlier = None if subject.row is None else context.row(subject.row).label  # not what the visitor said before
        return RelabelResult(earlier=earlier, prediction=prediction, provenance=context.provenance())

    def remember(self, conversation: Conversation, result: RelabelResult) -> Conversation:
        return dataclasses.replace(conversation, focus=result.prediction.subject)
