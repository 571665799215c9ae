"""How far the parser is to be believed: its model's own probability, mapped to how often it is right, and when to ask.

Both are fitted on held-out questions (`askwhy train parser`) and kept beside the adapter. The map is isotonic regression
on equally filled bins (pool adjacent violators; Zadrozny and Elkan 2002), with straight lines between a few knots.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from explainers.errors import AskWhyError

FILE = "calibration.json"
UNSURE = 0.5  # below this the program is more likely wrong than right, and the answer says what was understood
RARELY = 0.03  # of questions at most are answered by asking back
CLOSEST = 0.1  # no second reading is looked for that is less than a tenth as likely
KNOTS = 8
LEAST = 25  # questions a knot
BINS = 10


@dataclass(frozen=True)
class Judged:
    """A question whose program is known: the model's probability of its own, whether that is right, how likely the second
    reading is beside it (0: there is none), and whether that one is right."""

    likelihood: float
    right: bool
    second: float = 0.0
    second_right: bool = False


@dataclass(frozen=True)
class Doubt:
    """`knots` are (the model's probability, share of questions that are right), both rising. A second reading that is at least
    `close` times as likely as the first is offered beside it. `questions` were fitted on; 0: these are the defaults."""

    knots: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    close: float = 0.6
    questions: int = 0

    def confidence(self, likelihood: float) -> float:
        """The share of questions like this one that are understood."""
        model, right = zip(*self.knots, strict=True)
        return float(np.interp(likelihood, model, right))

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path | str) -> Doubt:
        """What was fitted for the adapter in a folder, or the defaults. Raises AskWhyError for a file that is damaged."""
        path = Path(folder) / FILE
        if not path.exists():
            return cls()
        try:
            kept = json.loads(path.read_text("utf-8"))
            knots = tuple((float(model), float(right)) for model, right in kept["knots"])
            made = cls(knots, float(kept["close"]), int(kept["questions"]))
            rising = all(list(axis) == sorted(axis) for axis in zip(*knots, strict=True))
            if not knots or not rising or not 0 < made.close <= 1:
                raise ValueError
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AskWhyError(f"{path} is damaged; remove it, or write it anew with `askwhy train parser --measure`.") from error
        return made


def fit(judged: Sequence[Judged]) -> Doubt:
    """The doubt that fits questions whose programs are known; the defaults where these are too few."""
    if len(judged) < LEAST:
        return Doubt()
    return Doubt(_knots(judged), _closeness(judged), len(judged))


def _knots(judged: Sequence[Judged]) -> tuple[tuple[float, float], ...]:
    ordered = sorted(judged, key=lambda one: one.likelihood)
    bins = np.array_split(np.arange(len(ordered)), max(1, min(KNOTS, len(ordered) // LEAST)))
    pooled: list[list[float]] = []  # [questions, sum of likelihoods, right]
    for places in bins:
        some = [ordered[place] for place in places]
        pooled.append([len(some), sum(one.likelihood for one in some), sum(one.right for one in some)])
        while len(pooled) > 1 and pooled[-2][2] * pooled[-1][0] >= pooled[-1][2] * pooled[-2][0]:
            pooled[-2:] = [[first + second for first, second in zip(*pooled[-2:], strict=True)]]
    # as if one more question had been asked and half understood: no share is 0 or 1
    return tuple((round(total / count, 6), round((right + 0.5) / (count + 1), 6)) for count, total, right in pooled)


def _closeness(judged: Sequence[Judged]) -> float:
    """The closeness from which on asking mends the most errors, and asks no more often than `RARELY`."""
    best, chosen, mended = 0, 1.0, 0
    ordered = sorted((one for one in judged if one.second >= CLOSEST), key=lambda one: -one.second)
    for asked, one in enumerate(ordered, 1):
        if asked > RARELY * len(judged):
            break
        mended += one.second_right and not one.right
        if mended > best:
            best, chosen = mended, one.second
    return round(min(chosen, 1.0), 4)


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over equally wide bins (Naeini et al. 2015): the mean gap between confidence and right."""
    given, hits = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    if not len(given):
        return 0.0
    places = np.minimum((given * BINS).astype(int), BINS - 1)
    gaps = [abs(given[places == place].sum() - hits[places == place].sum()) for place in range(BINS)]
    return float(sum(gaps) / len(given))
