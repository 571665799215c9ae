from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers import generative
from explainers.errors import AskWhyError, closest
from explainers.generative import METHODS, UNITS, HeadAttention, LayerSalience, cut, head_attention, layer_salience

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.cutting import FEWEST, units_of
from assistant.operation import Operation
from assistant.operations.attribute import NAMES
from assistant.programs.arguments import Choice, Count, Text
from assistant.results import Result
from assistant.writing import Written

TOP = 3
DEFAULT_METHOD = "occlusion"  # one pass for each segment, and it is what it says: the gradient methods take many more
INSIDE = ("layers", "heads")


@dataclass(frozen=True, kw_only=True)
class SalienceResult(Result):
    """Which segments of a prompt made the model write a span of its answer, and what happens without the top ones.

    `said` is the target as it was asked for; which words it means stands in `salience`. `others` are the units that the prompt
    can also be cut into. `layers` and `heads` look inside the model, where that was asked for.
    """

    written: Written
    salience: generative.Salience
    said: str | None
    top: int
    others: tuple[str, ...]
    layers: LayerSalience | None = None
    heads: HeadAttention | None = None


class Salience(Operation):
    """Which parts of a prompt led a generative model to what it wrote, checked by taking them out."""

    name = "salience"
    family = "generate"
    scope = "texts"
    first_only = True
    needs = "generator"
    examples = ("Why did you write that?", "Which lines of the prompt led to the last sentence?", "Why 'yes' rather than 'no'?")

    target: Annotated[str | None, Text()] = Field(None, description="the words of the answer to explain; all of it when absent")
    unit: Annotated[str | None, Choice(UNITS)] = Field(
        None, description="the pieces of the prompt to score; examples, lines, sentences or words when absent"
    )
    method: Annotated[str | None, Choice(NAMES)] = Field(None, description="the method; leaving one out when absent")
    against: Annotated[str | None, Text()] = Field(
        None, description="other words to set the target against: why this rather than that"
    )
    pattern: Annotated[str | None, Text()] = Field(None, description="a regular expression for what begins a piece")
    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many pieces to name")
    inside: Annotated[str | None, Choice(INSIDE)] = Field(None, description="look into the model: layer by layer, or its heads")

    def run(self, context: Context) -> SalienceResult:
        (subject,) = context.few(1)
        method = self.method or DEFAULT_METHOD
        if method not in METHODS:
            raise AskWhyError(f"'{method}' does not explain a generative model; {closest(method, METHODS)}")
        written = context.written(subject)
        unit = self.meant_unit(subject.text)
        asked = {"target": self.target, "unit": unit, "pattern": self.pattern}
        model = context.workspace.generator
        made = generative.salience(
            model, written.answer.prompt, written.answer, self.target, against=self.against, method=method, unit=unit,
            pattern=self.pattern, progress=_told(context), cache=subject.row is not None and not subject.edits,
        )  # fmt: skip
        return SalienceResult(
            written=written,
            salience=made,
            said=self.target,
            top=self.top or TOP,
            others=tuple(other for other in units_of(subject.text) if other != unit),
            layers=layer_salience(model, written.answer, against=self.against, **asked) if self.inside == "layers" else None,
            heads=head_attention(model, written.answer, **asked) if self.inside == "heads" else None,
            provenance=context.provenance(method=method, parameters=dict(made.parameters), seed=made.parameters.get("seed")),
        )

    def remember(self, conversation: Conversation, result: SalienceResult) -> Conversation:
        return dataclasses.replace(conversation, focus=result.written.subject, written=result.written.answer)

    def meant_unit(self, text: str) -> str:
        """The unit that was said, or the coarsest that tells some pieces apart."""
        if self.unit or self.pattern:
            return self.unit or "pattern"
        return next((unit for unit in units_of(text) if len(cut(text, unit)) >= FEWEST), "word")


def _told(context: Context) -> Callable[[float], None]:
    return lambda share: context.report("salience", share)
