"""Why this class rather than that: the smallest change that decides between the two, and the nearest rows of either."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.counterfactuals import Search

from assistant.context import Context
from assistant.conversation import Subject
from assistant.operations.counterfactual import search_for
from assistant.results import Prediction

LOOKED_AT = 12  # rows of each class that share most words with the text
SHOWN = 2


@dataclass(frozen=True)
class Border:
    """`search` goes from the class that the model answers to the other of the two; `near` are rows that share many words
    with the text and get the class it is about, `across` those that get the one it is set against."""

    search: Search
    near: tuple[Prediction, ...]
    across: tuple[Prediction, ...]


def border_of(context: Context, subject: Subject, prediction: Prediction, label: str, against: str) -> Border:
    """Of one text, between two classes; when the model answers neither, the change is towards `label`."""
    return Border(
        search=search_for(context, subject.text, against if prediction.label == label else label),
        near=_rows(context, subject, label),
        across=_rows(context, subject, against),
    )


def _rows(context: Context, subject: Subject, label: str) -> tuple[Prediction, ...]:
    """Rows that the model gives a class, those first that share most with the text."""
    places = context.workspace.material.contrasts.rows(subject.text, label, LOOKED_AT)
    subjects = [context.subject(context.workspace.material.contrasts.positions[place]) for place in places]
    predictions = (
        context.predict([other for other in subjects if other.row != subject.row or subject.row is None]) if places else ()
    )
    return tuple(item for item in predictions if item.label == label)[:SHOWN]
