from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.attention import Attention as Weights
from explainers.attention import attention

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

TOP = 8


@dataclass(frozen=True, kw_only=True)
class AttentionResult(Result):
    """What the words of one text attend to, in one layer and head or on average."""

    prediction: Prediction
    attention: Weights


class Attention(Operation):
    """What the model attends to, by layer and head."""

    name = "attention"
    family = "explain"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("What do you pay attention to?", "Attention of layer 2 head 3")

    layer: Annotated[int | None, Count(0, 200)] = Field(None, description="the layer, from 0; the mean over all when absent")
    head: Annotated[int | None, Count(0, 200)] = Field(None, description="the head, from 0; the mean over all when absent")

    def run(self, context: Context) -> AttentionResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        weights = attention(context.workspace.classifier, subject.text, layer=self.layer, head=self.head, top=TOP)
        return AttentionResult(prediction=prediction, attention=weights, provenance=context.provenance(method="attention"))
