"""Setting two things side by side: maps of one text, groups of rows, two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier
from explainers.explanation import Explanation
from explainers.trust.agreement import Agreement, compare_scores
from explainers.wording import WordCount, distinctive, word_rows

from assistant.conditions import Condition, to_text
from assistant.context import Context
from assistant.fields import tally, values
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
    predicted, confidence = (values(context, field, positions) for field in ("prediction", "confidence"))
    labels = values(context, "label", positions) if dataset.labels else None
    pairs = [] if labels is None else zip(labels.to_pylist(), predicted.to_pylist(), strict=True)
    right = [truth == said for truth, said in pairs if truth is not None]
    mine, theirs = np.setdiff1d(positions, others), np.setdiff1d(others, positions)
    texts = dataset.texts
    apart = distinctive(
        word_rows([texts[place] for place in mine]), len(mine), word_rows([texts[place] for place in theirs]), len(theirs)
    )
    return Group(
        name=to_text(where, context.workspace.schema),
        where=where,
        rows=len(positions),
        labels=() if labels is None else tuple(tally(labels)),
        predictions=tuple(tally(predicted)),
        accuracy=float(np.mean(right)) if right else None,
        confidence=float(np.mean(np.asarray(confidence))),
        words=float(np.median(np.asarray(values(context, "words", positions)))),
        distinctive=tuple(apart[:WORDS]),
    )


def models_differ(context: Context, other: Classifier, positions: np.ndarray) -> Disagreement:
    """The workspace's model beside another one on rows. Both must know the same classes."""
    workspace = context.workspace
    mine = workspace.probabilities(context.report)[positions]
    subjects = [context.subject(position) for position in positions]
    theirs = other.probabilities(
        [subject.text for subject in subjects], progress=lambda share: context.report("predictions", share)
    )
    order = [other.labels.index(label) for label in workspace.classifier.labels]
    theirs = theirs[:, order]
    first, second = mine.argmax(axis=1), theirs.argmax(axis=1)
    labels = workspace.classifier.labels
    known = [place for place, subject in enumerate(subjects) if subject.label is not None]

    def accuracy(answers: np.ndarray) -> float | None:
        return float(np.mean([labels[answers[place]] == subjects[place].label for place in known])) if known else None

    differ = np.flatnonzero(first != second)
    return Disagreement(
        names=(workspace.classifier.name, other.name),
        rows=len(positions),
        different=len(differ),
        accuracy=(accuracy(first), accuracy(second)),
        shown=tuple(
            (context.prediction(subjects[place], mine[place]), context.prediction(subjects[place], theirs[place]))
            for place in differ[:ROWS]
        ),
    )
