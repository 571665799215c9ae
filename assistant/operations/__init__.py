"""The registry of operations: a plain dict of names. Grammar, schemas, help and tools are made from it."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.operation import Operation
from assistant.operations.attribute import Attribute
from assistant.operations.clarify import Clarify
from assistant.operations.compare import Compare
from assistant.operations.count import Count
from assistant.operations.counterfactual import Counterfactual
from assistant.operations.decline import Decline
from assistant.operations.edit import Edit
from assistant.operations.help import Help
from assistant.operations.likelihood import Likelihood
from assistant.operations.predict import Predict
from assistant.operations.repeat import Repeat
from assistant.operations.reset import Reset
from assistant.operations.score import Score
from assistant.operations.show import Show
from assistant.operations.undo import Undo

OPERATIONS: Mapping[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        Show, Count, Predict, Likelihood, Score, Attribute, Edit, Undo, Reset, Counterfactual, Compare, Repeat,
        Help, Clarify, Decline,
    )
}  # fmt: skip
