"""The commands that are timed: each kind of condition, and each operation on rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explainers.dataset import Dataset

from assistant.programs.conditions import name_text

SELECTIONS, OPERATIONS = "selections", "operations"


@dataclass(frozen=True)
class Question:
    """A command, the commands that were said before it, and the table that its time stands in. {last} in it is the last
    id of the data, {middle} one in the middle."""

    group: str
    command: str
    before: tuple[str, ...] = ()


def questions(dataset: Dataset, labels: tuple[str, ...]) -> Iterator[Question]:
    """What is asked of a dataset: of the columns that it has."""
    for condition in conditions(dataset, labels):
        yield Question(SELECTIONS, f"where {condition} | count")
    yield Question(SELECTIONS, "where previous and words > 15 | count", (f"where label = {labels[-1]} | count",))
    yield Question(SELECTIONS, "count")
    for command in operations(labels):
        yield Question(OPERATIONS, command)


def conditions(dataset: Dataset, labels: tuple[str, ...]) -> Iterator[str]:
    """Each kind of condition."""
    label, other = labels[-1], labels[0]
    yield from ("id = 0", "id = {last}", "id in (3, 67, {last})", "id >= 100 and id <= {middle}")
    yield from ('text contains "call"', 'text contains "call now"', 'text contains "50%"', 'text contains "café"')
    yield from (f"label = {label}", f"label != {label}", f"prediction = {label}", "correct = false", "confidence < 0.7")
    yield from ("characters > 100", "words > 20", "sentences = 2", "sample 100")
    yield from (f"label = {label} and correct = false", f'label = {label} or text contains "free"', f"not label = {label}")
    yield f'label = {other} and words > 10 and (confidence < 0.9 or text contains "call") and not prediction = {other}'
    yield f"label = {label} and sample 100"
    for name, kind in dataset.columns.items():
        if kind == "number":
            yield f"{name} > 40"
        elif kind == "date":
            yield f'{name} >= "2024-06-01"'
        elif kind == "text":
            yield f'{name} contains "77"'
        else:
            yield f"{name} = {name_text(kind[0])}"
            yield f"{name} in ({', '.join(map(name_text, kind[:2]))})"


def operations(labels: tuple[str, ...]) -> Iterator[str]:
    """Each operation on rows."""
    one = f"where label = {labels[-1]} | "
    yield from ("show n=10", f"{one}show n=10", f"{one}predict", f"{one}likelihood", "data", "labels")
    yield from ("statistics of=words", "statistics of=confidence", "statistics of=label", f"{one}statistics of=prediction")
    yield from ("keywords", "keywords order=rare", f"{one}keywords", f"{one}keywords order=distinctive")
    yield from ("score", f"score metric=recall class={labels[-1]}", "score metric=f1 average=macro", "score metric=roc_auc")
    yield from ("score by=words", "score by=label", f"{one}score")
    yield from ("mistakes kind=count", "mistakes", "mistakes kind=typical", "confusion", "calibration")
    yield from (f"{one}compare with=class:{labels[0]}", "where id = 7 | similar")
