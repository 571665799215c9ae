"""The explanation that is most faithful for one text, out of those by several methods."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from explainers.attribution import METHODS, attribute
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError, closest
from explainers.explanation import Explanation
from explainers.trust.faithfulness import FRACTIONS, RANKINGS, SEED, Faithfulness, faithfulness

# Each won on some of 12 texts of a trained classifier, where input times gradient won on none and sequential integrated
# gradients on one; Shapley sampling is the best single method on some models.
DEFAULT_SET = ("occlusion", "integrated_gradients", "partition_shap", "lime", "kernel_shap", "shapley_sampling")


@dataclass(frozen=True)
class Best:
    """The winner and the field. `explanation` is the winner's.

    `candidates` are the faithfulness of all methods, best first; they are ranked by `score`, comprehensiveness minus
    sufficiency in probability. `margin` is the winner's score minus the second's (None for one method), `gap` the
    winner's minus the mean of random rankings. `left_out` says by name why a method of the default set cannot explain this
    model. The winner was chosen on the same rows that its score is of, so the
    score is a little flattered.
    """

    explanation: Explanation
    candidates: tuple[Faithfulness, ...]
    margin: float | None
    gap: float
    left_out: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def method(self) -> str:
        return self.explanation.method

    @property
    def second(self) -> str | None:
        return self.candidates[1].method if len(self.candidates) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        candidates = [candidate.to_dict() for candidate in self.candidates]
        return asdict(self) | {"explanation": self.explanation.to_dict(), "candidates": candidates}


def best(
    classifier: Classifier,
    text: str,
    target: str | None = None,
    *,
    methods: Sequence[str] | None = None,
    unit: str = "word",
    against: str | None = None,
    output: str = "log_odds",
    whole: bool = True,
    fractions: Sequence[float] = FRACTIONS,
    rankings: int = RANKINGS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Best:
    """Explain a text by each method and keep the most faithful map; among equals, the method named first.

    Without `methods` it is the default set, without those that the model does not allow, as gradients for encoder-decoder
    models. `against`, `output` and `whole` are those of `attribute`; whatever is explained, faithfulness is measured in
    probability of the target. Raises AskWhyError for an unknown method, unit, class or output, no method, and a text with
    nothing to explain.
    """
    names = list(dict.fromkeys(DEFAULT_SET if methods is None else methods))
    if not names:
        raise AskWhyError(f"There is no method to choose from; {closest('', METHODS)}")
    for name in names:
        if name not in METHODS:
            raise AskWhyError(f"There is no attribution method '{name}'; {closest(name, METHODS)}")
    started = time.perf_counter()
    made: dict[str, Explanation] = {}
    left_out: dict[str, str] = {}
    for place, name in enumerate(names):
        try:
            made[name] = attribute(classifier, text, target, method=name, unit=unit, against=against, output=output, whole=whole)
        except AskWhyError as error:
            if methods is not None or (not made and name == names[-1]):
                raise
            left_out[name] = str(error)
        if progress:
            progress((place + 1) / (len(names) + 1))
    found = faithfulness(classifier, list(made.values()), fractions=fractions, rankings=rankings, seed=seed)
    if progress:
        progress(1.0)
    candidates = tuple(sorted(found, key=lambda each: -each.score))
    return Best(
        explanation=made[candidates[0].method],
        candidates=candidates,
        margin=candidates[0].score - candidates[1].score if len(candidates) > 1 else None,
        gap=candidates[0].gap,
        left_out=left_out,
        seconds=time.perf_counter() - started,
    )
