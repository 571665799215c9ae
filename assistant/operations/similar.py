from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.neighbours import embed_texts, nearest, sentence_embeddings

from assistant.context import Context
from assistant.conversation import Subject
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

SHOWN = 5


@dataclass(frozen=True)
class Near:
    """A row near the text: its cosine `similarity` in the model's own representation, and what the model says of it."""

    prediction: Prediction
    similarity: float


@dataclass(frozen=True, kw_only=True)
class SimilarResult(Result):
    """The rows nearest to one text, nearest first."""

    prediction: Prediction
    near: tuple[Near, ...]
    start: int


class Similar(Operation):
    """The rows that the model represents most alike."""

    name = "similar"
    family = "relate"
    scope = "texts"
    needs = "classifier"
    pages = True
    examples = ("Show me similar {nouns}",)

    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows")

    def run(self, context: Context) -> SimilarResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        classifier, texts = context.workspace.original.classifier, context.workspace.dataset.texts  # a copy sees texts alike
        matrix = sentence_embeddings(classifier, texts, lambda share: context.report("embeddings", share))
        n, start = self.n or SHOWN, context.page * (self.n or SHOWN)
        found = nearest(embed_texts(classifier, [subject.text])[0], matrix, min(start + n + 1, len(texts)))
        others = [item for item in found if not self._is(context, subject, item.row)][start : start + n]
        predictions = context.predict([context.subject(item.row) for item in others]) if others else ()
        return SimilarResult(
            prediction=prediction,
            near=tuple(Near(told, item.similarity) for told, item in zip(predictions, others, strict=True)),
            start=start,
            provenance=context.provenance(method="cosine of mean hidden states"),
        )

    @staticmethod
    def _is(context: Context, subject: Subject, row: int) -> bool:
        return subject.row is not None and context.workspace.dataset.table["id"][row].as_py() == subject.row
