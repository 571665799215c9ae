"""Setting two things side by side: maps of one text, groups of rows, two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier
from explainers.explanation import Explanation
from explainers.predictions import Predictions
from explainers.trust.agreement import Agreement, compare_scores
from explainers.wording import WordCount

from assistant.context import Context
from assistant.finding.fields import tally, values
from assistant.finding.truth import both, differ, right
from assistant.programs.conditions import Condition, to_text
from assistant.results import Prediction

WORDS = 8  # that set a group apart
ROWS = 5  # shown on which two models differ


@dataclass(frozen=True)
class Group:
    """Rows that meet `where`, seen as a whole: how often each label and each answer occurs, the share that is right
    (None: no labels), mean confidence, median length in words, and the words that set it apart from the other group."""

    name: str
    where: Condition
    rows: int
    labels: tuple[tuple[str, int], ...]
    predictions: tuple[tuple[str, int], ...]
    accuracy: float | None
    confidence: float
    words: float
    distinctive: tuple[WordCount, ...]


@dataclass(frozen=True)
class Disagreement:
    """Two models on the same rows: on how many they differ, the share each has right (None: no labels), and some of
    the rows on which they differ, with what each says."""

    names: tuple[str, str]
    rows: int
    different: int
    accuracy: tuple[float | None, float | None]
    shown: tuple[tuple[Prediction, Prediction], ...]


def maps_agree(left: Explanation, right: Explanation, name: str) -> Agreement | None:
    """How alike two maps of the same units of one text are, or None when they are too few to tell."""
    first, second = [piece.score for piece in left.pieces], [piece.score for piece in right.pieces]
    if len(first) != len(second) or len(first) < 3:
        return None
    return compare_scores(name, first, second, signed=left.signed and right.signed)


def group(context: Context, where: Condition, positions: np.ndarray, others: np.ndarray) -> Group:
    """Rows as a whole, beside the other group's rows."""
    dataset = context.workspace.dataset
    workspace = context.workspace
    labelled = positions[dataset.labelled[positions]]
    predictions = workspace.predictions(context.report)
    hits = ~differ(*both(dataset, predictions, labelled)) if len(labelled) else []
    inside = np.zeros((2, len(dataset)), dtype=bool)
    inside[0, positions], inside[1, others] = True, True
    apart = dataset.words.distinctive(np.flatnonzero(inside[0] & ~inside[1]), np.flatnonzero(inside[1] & ~inside[0]))
    return Group(
        name=to_text(where, workspace.schema),
        where=where,
        rows=len(positions),
        labels=tuple(tally(values(context, "label", positions))) if dataset.labels else (),
        predictions=tuple(tally(values(context, "prediction", positions))),
        accuracy=float(np.mean(hits)) if len(hits) else None,
        confidence=float(np.mean(predictions.confidence[positions].astype(float))),
        words=float(np.median(np.asarray(values(context, "words", positions)))),
        distinctive=tuple(apart[:WORDS]),
    )


def models_differ(context: Context, other: Classifier, positions: np.ndarray) -> Disagreement:
    """The workspace's model beside another one on rows. Both must know the same classes."""
    workspace, labels = context.workspace, context.workspace.classifier.labels
    mine = workspace.probabilities(context.report)[positions]
    texts, order = workspace.dataset.texts.at(positions), [other.labels.index(label) for label in labels]
    theirs = other.probabilities(texts, progress=lambda share: context.report("predictions", share))[:, order]
    sides = [
        Predictions(answers, labels, model.multi_label)
        for answers, model in ((mine, workspace.classifier), (theirs, other))
    ]  # fmt: skip
    known = workspace.dataset.labelled[positions].any()
    every = np.arange(len(positions))
    different = np.flatnonzero((sides[0].decided(every) != sides[1].decided(every)).any(axis=1))
    subjects = {place: context.subject(positions[place]) for place in different[:ROWS]}
    return Disagreement(
        names=(workspace.classifier.name, other.name),
        rows=len(positions),
        different=len(different),
        accuracy=tuple(float(right(workspace.dataset, side, positions).mean()) if known else None for side in sides),
        shown=tuple(
            (context.prediction(subject, mine[place]), context.prediction(subject, theirs[place]))
            for place, subject in subjects.items()
        ),
    )
