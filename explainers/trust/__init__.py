"""How far an explanation can be trusted: measured against the model, random rankings, other methods and a shuffled model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from explainers.attribution import attribute
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.explanation import Explanation
from explainers.masking import MaskedRows, full, leave_one_out
from explainers.trust.agreement import Agreement, compare_scores, spearman
from explainers.trust.faithfulness import (
    FRACTIONS,
    RANKINGS,
    SEED,
    Chance,
    Faithfulness,
    ask,
    comprehensiveness,
    faithfulness,
    ranking,
    seen_scores,
    segments_of,
    sufficiency,
)
from explainers.trust.level import LEVELS, Reason, judge
from explainers.trust.randomised import randomised
from explainers.trust.robustness import GRADIENT_METHODS, infidelity, sensitivity_max

__all__ = [
    "LEVELS",
    "Agreement",
    "Chance",
    "Faithfulness",
    "Reason",
    "Trust",
    "comprehensiveness",
    "faithfulness",
    "infidelity",
    "ranking",
    "sensitivity_max",
    "sufficiency",
    "trust",
]

# Not input times gradient: on trained classifiers its ranking was measured to be no better than a random one.
OTHER_METHODS = ("occlusion", "integrated_gradients")
STAND_IN = "kernel_shap"  # where the explanation's own method is among the others


@dataclass(frozen=True)
class Trust:
    """How far the explanation of one text can be trusted.

    `leave_one_out` is the agreement with the fall in log-odds when each unit is hidden. `infidelity` is in squared
    log-odds and `infidelity_share` a share of what the masks change. `sensitivity` is the largest relative change
    under noise. `randomisation` is Spearman's correlation of the sizes of the scores with those from the model with
    shuffled weights: the lower, the better. What was not measured is None, and `unmeasured` has the reason as a code:
    too_few_units, constant_scores, unsigned, not_gradient, not_explained. `passes` counts rows sent through the model
    for `faithfulness` and `leave_one_out`.
    """

    text: str
    target: str
    method: str
    unit: str
    level: str
    reasons: tuple[Reason, ...]
    faithfulness: Faithfulness
    leave_one_out: Agreement
    agreements: tuple[Agreement, ...]
    infidelity: float | None
    infidelity_share: float | None
    sensitivity: float | None
    randomisation: float | None
    unmeasured: dict[str, str] = field(default_factory=dict)
    seed: int = SEED
    passes: int = 0
    model: str = ""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"faithfulness": self.faithfulness.to_dict()}


def trust(
    classifier: Classifier,
    text: str,
    explanation: Explanation,
    *,
    other_methods: Sequence[str] = OTHER_METHODS,
    fractions: Sequence[float] = FRACTIONS,
    rankings: int = RANKINGS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Trust:
    """Measure an explanation of `text` and judge it; the rules are those of `level.judge`.

    Raises AskWhyError when the explanation is of another text or model, or another method is unknown.
    """
    if explanation.text != text:
        raise AskWhyError("The explanation is of another text; explain this one first.")
    if explanation.model and explanation.model != classifier.fingerprint:
        raise AskWhyError("The explanation is of another model; explain the text with this one first.")
    started = time.perf_counter()
    share = _shares(progress, 4)
    segments = segments_of(classifier, explanation)
    scores, count, target = seen_scores(segments, explanation), len(segments), classifier.index(explanation.target)
    signed = is_signed(explanation)
    rows = MaskedRows(classifier)
    finish = ask(rows, segments, explanation, fractions=fractions, rankings=rankings, seed=seed)
    hidden = rows.ask(segments, np.vstack([full(count), leave_one_out(count)]))
    rows.run(share(0))
    measured = finish()
    odds = classifier.as_log_odds(hidden(), target).double().numpy()
    alone = compare_scores("leave_one_out", scores, odds[0] - odds[1:], signed=signed)
    unmeasured: dict[str, str] = {}

    def scores_of(model: Classifier, method: str) -> tuple[np.ndarray, bool]:
        made = attribute(model, text, explanation.target, method=method, unit=explanation.unit)
        return seen_scores(segments, made), is_signed(made)

    methods = list(dict.fromkeys(STAND_IN if method == explanation.method else method for method in other_methods))
    agreements = []
    for place, method in enumerate(method for method in methods if method != explanation.method):
        others, also = (odds[0] - odds[1:], True) if method == "occlusion" else scores_of(classifier, method)
        agreements.append(compare_scores(method, scores, others, signed=signed and also))
        share(1)((place + 1) / len(methods))
    why = "too_few_units" if count < 2 else "constant_scores" if measured.constant else ""
    amount = part = noise = shuffled = None
    if why or not signed:
        unmeasured["infidelity"] = why or "unsigned"
    else:
        amount, part = infidelity(classifier, segments, scores, target, seed=seed)
    if explanation.method in GRADIENT_METHODS:
        noise = sensitivity_max(classifier, segments, explanation.method, target, seed=seed)
    else:
        unmeasured["sensitivity"] = "not_gradient"
    share(2)(1.0)
    if why:
        unmeasured["randomisation"] = why
    else:
        try:
            shuffled = spearman(np.abs(scores), np.abs(scores_of(randomised(classifier, seed=seed), explanation.method)[0]))
        except AskWhyError:
            shuffled = None
        if shuffled is None:
            unmeasured["randomisation"] = "not_explained"
    share(3)(1.0)
    level, reasons = judge(explanation, measured, alone, agreements, shuffled, noise)
    return Trust(
        text=text,
        target=explanation.target,
        method=explanation.method,
        unit=explanation.unit,
        level=level,
        reasons=reasons,
        faithfulness=measured,
        leave_one_out=alone,
        agreements=tuple(agreements),
        infidelity=amount,
        infidelity_share=part,
        sensitivity=noise,
        randomisation=shuffled,
        unmeasured=unmeasured,
        seed=seed,
        passes=rows.passes,
        model=classifier.fingerprint,
        seconds=time.perf_counter() - started,
    )


def is_signed(explanation: Explanation) -> bool:
    """Whether the scores say for and against, or only how much."""
    return bool(getattr(explanation, "signed", explanation.parameters.get("signed", True)))


def _shares(progress: Progress | None, parts: int) -> Callable[[int], Progress]:
    """Progress of each of `parts` equal parts of the work, told as that of the whole."""
    return lambda part: lambda done: progress((part + done) / parts) if progress else None
