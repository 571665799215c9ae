"""The same edit on many rows, as a what-if: which texts it touches, and what the model answers then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainers.edits import Edit, Emptied, Unchanged
from explainers.predictions import Predictions
from explainers.prepare import label_text
from explainers.spans import Unfound

from assistant.context import MANY, Context
from assistant.conversation import Edited
from assistant.finding.truth import right
from assistant.results import Prediction

SHOWN = 5  # rows shown with their texts
TOLD = 200  # rows edited between two reports of progress


@dataclass(frozen=True)
class EditedRows:
    """What an edit of `rows` rows would do; the rows themselves stay as they are.

    `touched` texts would change; `emptied` ones would have nothing left, and are left as they are. `flipped` would get
    another answer, by kind in `flips`: (answer before, answer after, how many). `before` and `after` are mean
    probabilities by class over the touched rows. Of `labelled` rows, among all that were chosen, `wrong` are those the
    model has wrong before and after. `shown` are answers before and after for some rows: those that flip, or those that
    move most where none does.
    """

    rows: int
    touched: int
    emptied: int
    flipped: int
    flips: tuple[tuple[str, str, int], ...]
    before: dict[str, float]
    after: dict[str, float]
    labelled: int
    wrong: tuple[int, int]
    shown: tuple[tuple[Prediction, Prediction], ...]


def edit_rows(context: Context, change: Callable[[str], Edit], step: str) -> EditedRows:
    """`change` applied to each chosen row; the texts that differ are run through the model in one go.

    `change` raises Unfound or Unchanged where it finds nothing to do, Emptied where nothing would be left. `step` is
    how the edit is written.
    """
    dataset, classifier = context.workspace.dataset, context.workspace.classifier
    column = dataset.table["text"]
    touched, texts, emptied = [], [], 0
    for place, position in enumerate(context.positions):
        if place % TOLD == 0:
            context.report("edits", 0.1 * place / len(context.positions))
        try:
            texts.append(change(column[int(position)].as_py()).after)
            touched.append(place)
        except (Unfound, Unchanged):
            continue
        except Emptied:
            emptied += 1
    before = _answers(context)
    after = before.copy()
    if touched:
        after[touched] = classifier.probabilities(texts, progress=lambda share: context.report("edits", 0.1 + 0.9 * share))
    first, second = (Predictions(answers, classifier.labels, classifier.multi_label) for answers in (before, after))
    every = np.arange(len(context.positions))
    flip = (first.decided(every) != second.decided(every)).any(axis=1)
    moved = np.abs(after - before).max(axis=1)
    order = sorted(range(len(touched)), key=lambda at: (not flip[touched[at]], -moved[touched[at]]))

    def both(at: int) -> tuple[Prediction, Prediction]:
        place, subject = touched[at], context.subject(context.positions[touched[at]])
        changed = subject.edited(Edited(texts[at], step))
        return context.prediction(subject, before[place]), context.prediction(changed, after[place])

    flips = Counter((_said(first, place), _said(second, place)) for place in touched if flip[place])
    known = dataset.labelled[context.positions]
    return EditedRows(
        rows=len(context.positions),
        touched=len(touched),
        emptied=emptied,
        flipped=flips.total(),
        flips=tuple((old, new, count) for (old, new), count in flips.most_common()),
        before=_means(classifier.labels, before[touched]),
        after=_means(classifier.labels, after[touched]),
        labelled=int(known.sum()),
        wrong=tuple(int((~right(dataset, answers, context.positions)).sum()) for answers in (first, second)),
        shown=tuple(both(at) for at in order[:SHOWN] if not flips or flip[touched[at]]),
    )


def _said(answers: Predictions, place: int) -> str:
    """The class of an answer, or all of its labels."""
    return label_text([answers.labels[label] for label in np.flatnonzero(answers.decided(np.array([place]))[0])])


def _answers(context: Context) -> np.ndarray:
    """(chosen rows, classes) probabilities as things are."""
    if context.workspace.predicted or len(context.positions) > MANY:
        return np.array(context.workspace.probabilities(context.report)[context.positions])
    texts = [context.workspace.dataset.table["text"][int(position)].as_py() for position in context.positions]
    return context.workspace.classifier.probabilities(texts)


def _means(labels: tuple[str, ...], answers: np.ndarray) -> dict[str, float]:
    return dict(zip(labels, answers.mean(axis=0).tolist(), strict=True)) if len(answers) else {}
