"""What the measures of an explanation come to: reasons with their numbers, and a level. Words are found elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainers.explanation import Explanation
from explainers.trust.agreement import LEAST, Agreement
from explainers.trust.faithfulness import Faithfulness

# With these bounds, shuffled maps of two trained classifiers came out low 18 times out of 20, and never high.
LEAVE_ONE_OUT = (0.1, 0.3)  # Kendall's tau: below the first speaks against, from the second on speaks for
AGREEMENT = (0.2, 0.5)  # mean Spearman correlation with the other methods
SENSITIVITY = (0.5, 1.0)  # change under a little noise, as a share of the map: below the first for, from the second on against
RANDOMISED = 0.7  # Spearman correlation of sizes from which the map counts as unchanged by shuffled weights
RANDOMISED_UNITS = 6  # with fewer units, such a correlation is often met by chance
FIT = 0.5  # weighted R squared of a surrogate model
AGAINST_FOR_LOW = 3  # so many reasons against are enough for "low", whichever they are
LEVELS = ("low", "medium", "high")


@dataclass(frozen=True)
class Reason:
    """A fact that speaks for the explanation (`good` is True), against it (False), or neither (None).

    `code` is one of: too_few_units, constant_scores, random_ranking, leave_one_out, agreement, randomisation,
    sensitivity, completeness, fit, truncated. `value` is the measure, `bound` what it is held against.
    """

    code: str
    good: bool | None
    value: float
    bound: float


def judge(
    explanation: Explanation,
    faithfulness: Faithfulness,
    leave_one_out: Agreement,
    agreements: Sequence[Agreement],
    randomisation: float | None,
    sensitivity: float | None,
) -> tuple[str, tuple[Reason, ...]]:
    """The level and its reasons, those against first.

    Low: the text has fewer than three units or all scores are equal, so that nothing can be tested; or the ranking
    is no better than random ones on average, or not beyond them while leaving one out speaks against it; or three
    reasons speak against it. High: the ranking is beyond 97.5 % of the random ones, leaving one out speaks for it,
    and nothing speaks against it. Medium: all else. Occlusion is leaving one out, so for it other methods have to
    agree instead.
    """
    if faithfulness.units < LEAST:
        return "low", (Reason("too_few_units", False, faithfulness.units, LEAST),)
    if faithfulness.constant:
        return "low", (Reason("constant_scores", False, faithfulness.units, LEAST),)
    chance, score = faithfulness.chance, faithfulness.score
    beats = True if score > chance.high else False if score <= chance.mean else None
    reasons = [Reason("random_ranking", beats, score, chance.mean if beats is False else chance.high)]
    witness = "agreement" if explanation.method == "occlusion" else "leave_one_out"
    if leave_one_out.kendall is not None and witness == "leave_one_out":
        reasons.append(_between("leave_one_out", leave_one_out.kendall, LEAVE_ONE_OUT))
    known = [other.spearman for other in agreements if other.spearman is not None]
    if known:
        reasons.append(_between("agreement", sum(known) / len(known), AGREEMENT))
    if randomisation is not None and faithfulness.units >= RANDOMISED_UNITS:
        reasons.append(Reason("randomisation", randomisation < RANDOMISED, randomisation, RANDOMISED))
    if sensitivity is not None:
        negative = _between("sensitivity", -sensitivity, (-SENSITIVITY[1], -SENSITIVITY[0]))
        reasons.append(Reason("sensitivity", negative.good, sensitivity, -negative.bound))
    if explanation.converged is False:
        reasons.append(Reason("completeness", False, explanation.gap or 0.0, 0.0))
    if explanation.fit is not None:
        reasons.append(Reason("fit", explanation.fit >= FIT, explanation.fit, FIT))
    if explanation.truncated or faithfulness.units < len(explanation.pieces):  # the model answers to the beginning only
        reasons.append(Reason("truncated", False, faithfulness.units, len(explanation.pieces)))
    ordered = tuple(sorted(reasons, key=lambda reason: {False: 0, True: 1, None: 2}[reason.good]))
    against = sum(reason.good is False for reason in reasons)
    verdict = {reason.code: reason.good for reason in reasons}
    if beats is False or (beats is None and verdict.get(witness) is False) or against >= AGAINST_FOR_LOW:
        return "low", ordered
    return ("high" if beats and verdict.get(witness) and not against else "medium"), ordered


def _between(code: str, value: float, bounds: tuple[float, float]) -> Reason:
    if value >= bounds[1]:
        return Reason(code, True, value, bounds[1])
    return Reason(code, False if value < bounds[0] else None, value, bounds[0] if value < bounds[0] else bounds[1])
