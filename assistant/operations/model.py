from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class ModelResult(Result):
    """The model: its `name`, `architecture`, number of `parameters`, `layers`, `labels`, and the longest text it
    reads, in `tokens`; where it runs (`device`), and whether several classes may hold at once (`multi_label`)."""

    name: str
    architecture: str
    parameters: int
    layers: int | None
    labels: tuple[str, ...]
    tokens: int
    device: str
    multi_label: bool
    fingerprint: str


class Model(Operation):
    """What the model is: its kind, size and classes, and how long a text it reads."""

    name = "model"
    family = "about"
    scope = "nothing"
    examples = ("What model is this?", "How big are you?")

    def run(self, context: Context) -> ModelResult:
        classifier = context.workspace.classifier
        config = classifier.model.config
        return ModelResult(
            name=classifier.name,
            architecture=_architecture(classifier.model),
            parameters=sum(parameter.numel() for parameter in classifier.model.parameters()),
            layers=getattr(config, "num_hidden_layers", None),
            labels=classifier.labels,
            tokens=classifier.max_tokens,
            device=classifier.device,
            multi_label=classifier.multi_label,
            fingerprint=classifier.fingerprint,
            provenance=context.provenance(),
        )


def _architecture(model: Any) -> str:
    """The name of its class, or of the language model's that it is made of."""
    named = getattr(model, "architecture", None) or type(model).__name__
    return named.removesuffix("ForSequenceClassification").removesuffix("ForCausalLM")
