from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explainers.classifier import Classifier
from explainers.errors import AskWhyError
from explainers.features import head_features
from explainers.learning import adapt, answers
from explainers.matrices import stored_rows
from explainers.neighbours import embed_texts, nearest, sentence_embeddings
from explainers.predictions import Predictions

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.judged import judged
from assistant.finding.truth import both, differ
from assistant.operation import Operation
from assistant.results import Prediction, Result
from assistant.workspace import Workspace

NEAR = 4


@dataclass(frozen=True, kw_only=True)
class LearnResult(Result):
    """What one text taught (or, `forgotten`, took from) this visitor's copy of the model, in `steps` gradient steps.

    `before` and `after` are the answers for the text; `near` are pairs of answers for its nearest rows; `changed` of
    `rows` rows get another answer than before; `accuracy` is before and after on the rows that can be judged (None: no
    labels). `workspace` holds the copy.
    """

    label: str
    forgotten: bool
    steps: int
    before: Prediction
    after: Prediction
    near: tuple[tuple[Prediction, Prediction], ...]
    changed: int
    rows: int
    accuracy: tuple[float, float] | None
    held_out: bool
    workspace: Workspace

    def to_json(self) -> dict:
        facts = Result.to_json(dataclasses.replace(self, workspace=None))
        del facts["workspace"]
        return facts


class Learn(Operation):
    """Let a copy of the model take a few steps on a text, and see what changes."""

    name = "learn"
    family = "change"
    scope = "texts"
    first_only = True
    needs = "classifier"
    continues = True
    repeatable = False
    examples = ("Learn this one",)
    forget: ClassVar[bool] = False

    def run(self, context: Context) -> LearnResult:
        (subject,) = context.few(1)
        if subject.label is None or subject.label not in context.workspace.classifier.labels:
            raise AskWhyError("I do not know the right class of this text; say it first, for example: this should be ...")
        workspace, classifier = context.workspace, context.workspace.classifier
        texts = workspace.dataset.texts
        features = stored_rows(
            "features",
            workspace.original.classifier.fingerprint,
            texts,
            lambda some: head_features(workspace.original.classifier, some),
            lambda share: context.report("features", share),
        )
        adapted = adapt(classifier, subject.text, subject.label, features, forget=self.forget)
        earlier, later = answers(classifier, features), answers(adapted.classifier, features)
        matrix = sentence_embeddings(workspace.original.classifier, texts, lambda share: context.report("embeddings", share))
        found = nearest(embed_texts(workspace.original.classifier, [subject.text])[0], matrix, min(NEAR + 1, len(texts)))
        rows = [(item.row, context.subject(item.row)) for item in found]
        near = [(place, row) for place, row in rows if subject.row is None or row.row != subject.row][:NEAR]
        accuracy, held_out = self._accuracy(context, earlier, later)
        return LearnResult(
            label=subject.label,
            forgotten=self.forget,
            steps=adapted.steps,
            before=context.prediction(subject, adapted.before),
            after=context.prediction(subject, adapted.after),
            near=tuple((context.prediction(row, earlier[place]), context.prediction(row, later[place])) for place, row in near),
            changed=int((_decided(classifier, earlier) != _decided(classifier, later)).any(axis=1).sum()),
            rows=len(texts),
            accuracy=accuracy,
            held_out=held_out,
            workspace=workspace.adapted(adapted.classifier, later),
            provenance=context.provenance(method="gradient steps on the last layer", parameters={"steps": adapted.steps}),
        )

    @staticmethod
    def _accuracy(context: Context, earlier: np.ndarray, later: np.ndarray) -> tuple[tuple[float, float] | None, bool]:
        everywhere = dataclasses.replace(context, positions=np.arange(len(context.workspace.dataset)), selected=None, subjects=())
        if not context.workspace.dataset.labels:
            return None, False
        try:
            rows = judged(everywhere, earlier)
        except AskWhyError:  # no row that could be judged has a label
            return None, False
        classifier, dataset = context.workspace.classifier, context.workspace.dataset
        after = Predictions(later, classifier.labels, classifier.multi_label)
        right = ~differ(*both(dataset, after, rows.positions))
        return (float((~rows.wrong).mean()), float(right.mean())), rows.held_out

    def remember(self, conversation: Conversation, result: LearnResult) -> Conversation:
        return dataclasses.replace(conversation, adapted=result.workspace)


def _decided(classifier: Classifier, answers: np.ndarray) -> np.ndarray:
    """(rows, classes) booleans: which labels rows are given."""
    return Predictions(answers, classifier.labels, classifier.multi_label).decided(np.arange(len(answers)))
