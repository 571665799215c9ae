"""What an attribution is about: one number for each row of logits."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from explainers.classifier import Classifier
from explainers.errors import AskWhyError, closest

OUTPUTS = ("log_odds", "probability", "logit")
DIFFERENCE = "logit_difference"  # the output of a contrastive explanation
FLOOR = 0.02  # of log-odds and logits, the least difference that counts
PROBABILITY_FLOOR = 0.005  # what that is worth in probability, at most: p (1 - p) of it


@dataclass(frozen=True)
class Objective:
    """The quantity that is explained: of class `target`, or of `target` rather than `against` (outputs of the model).

    `output` is log_odds, log(p / (1 - p)), which does not saturate; probability; logit; or logit_difference, the logit
    of `target` minus that of `against`, which for a softmax is log(p_target / p_against) (as in the contrastive
    explanations of Yin and Neubig 2022).
    """

    target: int
    against: int | None = None
    output: str = "log_odds"

    @property
    def floor(self) -> float:
        """The least difference that counts, in units of the objective."""
        return PROBABILITY_FLOOR if self.output == "probability" else FLOOR

    def of(self, classifier: Classifier, logits: Tensor) -> Tensor:
        """(rows,) values of (rows, classes) logits; keeps gradients."""
        if self.against is not None:
            return logits[:, self.target] - logits[:, self.against]
        if self.output == "logit":
            return logits[:, self.target]
        if self.output == "probability":
            return classifier.as_probabilities(logits)[:, self.target]
        return classifier.as_log_odds(logits, self.target)


def of_rows(classifier: Classifier, logits: Tensor, objectives: list[Objective]) -> Tensor:
    """(rows,) values of (rows, classes) logits, each row by its own objective; keeps gradients."""
    values = torch.empty(len(objectives), device=logits.device)
    for objective in dict.fromkeys(objectives):
        rows = [row for row, other in enumerate(objectives) if other == objective]
        values[rows] = objective.of(classifier, logits[rows])
    return values


def choose(classifier: Classifier, target: str, against: str | None, output: str) -> Objective:
    """The objective by the names of its classes. Raises AskWhyError for what the model does not have."""
    if output not in OUTPUTS:
        raise AskWhyError(f"There is no output '{output}' to explain; {closest(output, OUTPUTS)}")
    index = classifier.index(target)
    if against is None:
        return Objective(index, output=output)
    other = classifier.index(against)
    if other == index:
        raise AskWhyError(f"'{target}' cannot be set against itself; name another class.")
    if output == "probability":
        raise AskWhyError("A contrast of two classes is explained by their logits; leave the output out.")
    return Objective(index, other, DIFFERENCE)
