from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from explainers.dataset import Dataset

from assistant.context import Context
from assistant.operation import Operation
from assistant.operations.influence import TRAINED_ON
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class ModelResult(Result):
    """The model: its `name`, `kind` (as in `Schema`), `architecture`, number of `parameters`, `layers`, `labels`, and the
    longest text it reads, in `tokens`; where it runs (`device`), and whether several classes may hold at once (`multi_label`).
    `trained` counts the data's `rows` that are marked as training rows; None where nothing is marked, or the model writes."""

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
    trained: int | None
    rows: int


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
            trained=trained_on(workspace.dataset) if workspace.schema.kind == "classifier" else None,
            rows=len(workspace.dataset),
            provenance=context.provenance(),
        )


def trained_on(dataset: Dataset) -> int | None:
    """How many rows are marked as training rows; None where rows are not marked."""
    return None if dataset.split is None else pc.sum(pc.equal(dataset.table[dataset.split], TRAINED_ON)).as_py() or 0


def _architecture(model: Any) -> str:
    """The name of its class, or of the language model's that it is made of."""
    named = getattr(model, "architecture", None) or type(model).__name__
    return named.removesuffix("ForSequenceClassification").removesuffix("ForCausalLM").removesuffix("LMHeadModel")
