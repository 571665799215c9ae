from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class ModelResult(Result):
    """The model: its `name`, `kind` (as in `Schema`), `architecture`, number of `parameters`, `layers`, `labels`, and the
    longest text it reads, in `tokens`; where it runs (`device`), and whether several classes may hold at once (`multi_label`)."""

    name: str
    kind: str
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
        workspace, model = context.workspace, context.workspace.model
        config = model.model.config.get_text_config()
        return ModelResult(
            name=model.name,
            kind=workspace.schema.kind,
            architecture=_architecture(model.model),
            parameters=sum(parameter.numel() for parameter in model.model.parameters()),
            layers=getattr(config, "num_hidden_layers", None),
            labels=workspace.schema.labels,
            tokens=model.max_tokens,
            device=model.device,
            multi_label=getattr(model, "multi_label", False),
            fingerprint=model.fingerprint,
            provenance=context.provenance(),
        )


def _architecture(model: Any) -> str:
    """The name of its class, or of the language model's that it is made of."""
    named = getattr(model, "architecture", None) or type(model).__name__
    return named.removesuffix("ForSequenceClassification").removesuffix("ForCausalLM").removesuffix("LMHeadModel")
