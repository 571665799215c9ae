"""The registry of operations: a plain dict of names. Grammar, schemas, help and tools are made from it."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.operation import Operation
from assistant.operations.adversarial import Adversarial
from assistant.operations.ask import Ask
from assistant.operations.attention import Attention
from assistant.operations.attribute import Attribute
from assistant.operations.augment import Augment
from assistant.operations.calibration import Calibration
from assistant.operations.clarify import Clarify
from assistant.operations.clear import Clear
from assistant.operations.compare import Compare
from assistant.operations.confusion import Confusion
from assistant.operations.count import Count
from assistant.operations.counterfactual import Counterfactual
from assistant.operations.data import Data
from assistant.operations.decline import Decline
from assistant.operations.define import Define
from assistant.operations.detail import Detail
from assistant.operations.edit import Edit
from assistant.operations.edits import Edits
from assistant.operations.generate import Generate
from assistant.operations.help import Help
from assistant.operations.important import Important
from assistant.operations.influence import Influence
from assistant.operations.interactions import Interactions
from assistant.operations.keywords import Keywords
from assistant.operations.labels import Labels
from assistant.operations.learn import Learn
from assistant.operations.likelihood import Likelihood
from assistant.operations.mistakes import Mistakes
from assistant.operations.model import Model
from assistant.operations.more import More
from assistant.operations.predict import Predict
from assistant.operations.rationalize import Rationalize
from assistant.operations.redo import Redo
from assistant.operations.relabel import Relabel
from assistant.operations.repeat import Repeat
from assistant.operations.report import Report
from assistant.operations.reset import Reset
from assistant.operations.robustness import Robustness
from assistant.operations.salience import Salience
from assistant.operations.score import Score
from assistant.operations.sensitivity import Sensitivity
from assistant.operations.show import Show
from assistant.operations.similar import Similar
from assistant.operations.statistics import Statistics
from assistant.operations.trust import Trust
from assistant.operations.undo import Undo
from assistant.operations.unlearn import Unlearn

OPERATIONS: Mapping[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        Show, Count, Statistics, Keywords, Score, Mistakes, Confusion, Calibration, Clear,
        Predict, Likelihood, Attribute, Important, Interactions, Attention, Rationalize, Trust,
        Edit, Undo, Redo, Reset, Edits, Counterfactual, Adversarial, Augment, Robustness,
        Sensitivity, Relabel, Learn, Unlearn,
        Similar, Influence, Compare, Generate, Salience, Repeat, More, Detail, Report,
        Data, Model, Labels, Define, Ask, Help, Clarify, Decline,
    )
}  # fmt: skip
