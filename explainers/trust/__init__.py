"""How far an explanation can be trusted: measured against the model, random rankings, other methods and a shuffled model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from explainers.attribution import METHODS, attribute
from explainers.attribution.objective import choose
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError, closest
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

    `leave_one_out` is the agreement with the fall of the explained output when each unit is hidden. `infidelity` is in
    that output, squared, and `infidelity_share` a share of what the masks change. `sensitivity` is the largest relative change
    under noise. `randomisation` is Spearman's correlation of the sizes of the scores with those from the model with
    shuffled weights: the lower, the better. What was not measured is None, and `unmeasured` has the reason as a code:
    too_few_units, constant_scores, unsigned, not_on_embeddings, not_explained. Another method that cannot explain this
    model stands there too. `passes` counts rows sent through the model
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
    others = _others(explanation.method, other_methods)
    share = _shares(progress, 4)
    segments = segments_of(classifier, explanation)
    scores, count, signed = seen_scores(segments, explanation), len(segments), explanation.signed
    output = "log_odds" if explanation.against else explanation.output
    objective = choose(classifier, explanation.target, explanation.against, output)
    rows = MaskedRows(classifier)
    finish = ask(rows, segments, explanation, fractions=fractions, rankings=rankings, seed=seed)
    hidden = rows.ask(segments, np.vstack([full(count), leave_one_out(count)]))
    rows.run(share(0))
    measured = finish()
    values = objective.of(classifier, hidden()).double().numpy()
    falls = values[0] - values[1:]
    alone = compare_scores("leave_one_out", scores, falls, signed=signed)
    unmeasured: dict[str, str] = {}

    def attempt(what: str, compute: Callable[[], Any], why_not: str = "") -> Any:
        """What is computed, or None with the reason noted."""
        try:
            found = None if why_not else compute()
        except AskWhyError:  # such as gradients of a model that gives none
            found = None
        if found is None:
            unmeasured[what] = why_not or "not_explained"
        return found

    def explain(model: Classifier, method: str, options: Mapping[str, Any]) -> tuple[np.ndarray, bool]:
        same = {"unit": explanation.unit, "against": explanation.against, "output": output, "whole": not explanation.truncated}
        made = attribute(model, text, explanation.target, method=method, **same, **options)
        return seen_scores(segments, made), made.signed

    def sizes_from_shuffled() -> float | None:
        others, _ = explain(randomised(classifier, seed=seed), explanation.method, _options(explanation))
        return spearman(np.abs(scores), np.abs(others))

    agreements = []
    for place, method in enumerate(others):
        found = (falls, True) if method == "occlusion" else attempt(method, partial(explain, classifier, method, {}))
        if found:
            agreements.append(compare_scores(method, scores, found[0], signed=signed and found[1]))
        share(1)((place + 1) / len(others))
    why = "too_few_units" if count < 2 else "constant_scores" if measured.constant else ""
    amount, part = attempt(
        "infidelity",
        lambda: infidelity(classifier, segments, scores, objective, seed=seed),
        why or ("" if signed else "unsigned"),
    ) or (None, None)
    noise = attempt(
        "sensitivity",
        lambda: sensitivity_max(classifier, segments, explanation.method, objective, seed=seed),
        "" if explanation.method in GRADIENT_METHODS else "not_on_embeddings",
    )
    share(2)(1.0)
    shuffled = attempt("randomisation", sizes_from_shuffled, why)
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


def _others(own: str, methods: Sequence[str]) -> list[str]:
    """The methods to compare with, another in the place of the explanation's own."""
    for method in methods:
        if method not in METHODS:
            raise AskWhyError(f"There is no attribution method '{method}'; {closest(method, METHODS)}")
    named = dict.fromkeys(STAND_IN if method == own else method for method in methods)
    return [method for method in named if method != own]


def _options(explanation: Explanation) -> dict[str, Any]:
    """What the explanation's own method was asked for, but for its steps: `parameters` count those that it took."""
    method, said = METHODS[explanation.method], explanation.parameters
    found = {name: said[name] for name in method.options if name in said and name != "steps"}
    if method.takes_layer:
        found["layer"] = said.get("layer", said.get("layers"))
    return found


def _shares(progress: Progress | None, parts: int) -> Callable[[int], Progress]:
    """Progress of each of `parts` equal parts of the work, told as that of the whole."""
    return lambda part: lambda done: progress((part + done) / parts) if progress else None
