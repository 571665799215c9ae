"""What a step runs in: the workspace, the rows or texts it is about, and a way to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from explainers.errors import AskWhyError
from explainers.predictions import DECIDED
from explainers.prepare import label_text
from explainers.texts import Texts

from assistant.conversation import Conversation, Subject
from assistant.results import Prediction, Provenance, Selected
from assistant.saying.wording import joined
from assistant.workspace import Workspace
from assistant.writing import Written

TARGET = "target"  # the column of the answers that prompts should get
MANY = 16  # from here on, the predictions of the whole dataset are used instead of running each text


@dataclass(frozen=True)
class Context:
    """`positions` are the chosen rows (None: the step names no rows); `subjects` the texts when they are few.

    `page` counts how often "more" was asked for since. `report` is called with a stage and the share done; it raises
    to cancel.
    """

    workspace: Workspace
    conversation: Conversation
    positions: np.ndarray | None
    subjects: tuple[Subject, ...]
    selected: Selected | None
    report: Callable[[str, float], None]
    page: int = 0

    def few(self, limit: int) -> tuple[Subject, ...]:
        """At most `limit` of the texts that the step is about."""
        if self.positions is None:
            return self.subjects[:limit]
        return tuple(self.subject(position) for position in self.positions[:limit])

    def chosen_texts(self) -> Sequence[str]:
        """The texts of a step over rows, made into strings only where they are looked at."""
        if self.positions is None:
            return [subject.text for subject in self.subjects]
        return Texts(self.workspace.dataset.texts.column.take(pa.array(self.positions, pa.int64())))

    def chosen_subject(self, place: int) -> Subject:
        """What one of the chosen texts is of."""
        return self.subjects[place] if self.positions is None else self.subject(self.positions[place])

    def subject(self, position: int) -> Subject:
        """The row at a 0-based position of the data."""
        table = self.workspace.dataset.table
        label = table["label"][int(position)].as_py() if "label" in table.column_names else None
        return Subject(original=table["text"][int(position)].as_py(), row=table["id"][int(position)].as_py(), label=label)

    def target(self, subject: Subject) -> str | None:
        """The answer that a prompt should get, where the data has a column of that name; None for a prompt that was edited."""
        table = self.workspace.dataset.table
        place = None if subject.row is None or subject.edits else self.workspace.dataset.place(subject.row)
        if place is None or TARGET not in table.column_names:
            return None
        found = table[TARGET][place].as_py()
        return None if found is None else str(found)

    def row(self, identity: int | str) -> Subject:
        """The row with an id. Raises AskWhyError when there is none."""
        place = self.workspace.dataset.place(identity)
        if place is None:
            raise AskWhyError(no_such_ids(self.workspace, [identity]))
        return self.subject(place)

    def predict(self, subjects: Sequence[Subject]) -> tuple[Prediction, ...]:
        """What the model answers for texts, run now."""
        classifier = self.workspace.classifier
        encodings = [classifier.encode(subject.text) for subject in subjects]
        probabilities = classifier.as_probabilities(classifier.forward(encodings)).numpy()
        return tuple(
            self.prediction(subject, row, encoding.truncated)
            for subject, row, encoding in zip(subjects, probabilities, encodings, strict=True)
        )

    def prediction(self, subject: Subject, probabilities: np.ndarray, truncated: bool = False) -> Prediction:
        labels = self.workspace.classifier.labels
        best = int(probabilities.argmax())
        known = subject.label is not None and not subject.edits
        several = None
        if self.workspace.classifier.multi_label:
            several = label_text([label for label, p in zip(labels, probabilities, strict=True) if p >= DECIDED])
        return Prediction(
            subject=subject,
            label=labels[best],
            confidence=float(probabilities[best]),
            probabilities={label: float(p) for label, p in zip(labels, probabilities, strict=True)},
            correct=subject.label == (labels[best] if several is None else several) if known else None,
            truncated=truncated,
            several=several,
        )

    def answers(self, limit: int) -> tuple[tuple[Prediction, ...], np.ndarray]:
        """What the model answers for the first `limit` texts, and (rows, classes) probabilities of all of them."""
        if self.positions is None:
            predictions = self.predict(self.subjects)
            return predictions, np.array([list(prediction.probabilities.values()) for prediction in predictions])
        probabilities = self.chosen_probabilities()
        few = zip(self.few(limit), probabilities, strict=False)
        return tuple(self.prediction(subject, row) for subject, row in few), probabilities

    def chosen_probabilities(self) -> np.ndarray:
        """(rows, classes) probabilities of the chosen rows."""
        if len(self.positions) > MANY or self.workspace.predicted:
            return self.workspace.probabilities(self.report)[self.positions]
        return self.workspace.classifier.probabilities([subject.text for subject in self.few(MANY)])

    def written(self, subject: Subject) -> Written:
        """The answer of a generative model to a prompt: the one that was last spoken of, or else the model's own, written now."""
        last = self.conversation.written
        spoken_of = last is not None and last.prompt.text == subject.text
        return Written(subject, last if spoken_of else self.workspace.writer.answer(subject.text, report=self.report))

    def provenance(self, **said: object) -> Provenance:
        """Where a result comes from: fingerprints of model and data, and what the step adds."""
        return Provenance(model=self.workspace.model.fingerprint, data=self.workspace.dataset.fingerprint, **said)


def no_such_ids(workspace: Workspace, ids: Sequence[int | str]) -> str:
    """The sentence for ids that are not in the data."""
    one, many = workspace.settings.data.noun
    named = [str(identity) for identity in ids[:5]] + ([f"{len(ids) - 5:,} more"] if len(ids) > 5 else [])
    none = f"There is no {one} {named[0]}" if len(ids) == 1 else f"There are no {many} {joined(named)}"
    known = workspace.dataset.table["id"]
    if workspace.dataset.id_kind == "integer":
        column, rows = known.to_numpy(), len(workspace.dataset)
        return f"{none}: the ids of the {rows:,} {many} go from {column.min()} to {column.max()}."
    return f"{none}: ids look like {known[0].as_py()}."
