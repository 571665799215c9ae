from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.generative import embed_prompts, prompt_embeddings
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

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(one.prediction.subject for one in self.near)


@dataclass(frozen=True)
class NearPrompt:
    """A prompt near another one, and the cosine of both in the model's own representation."""

    subject: Subject
    similarity: float


@dataclass(frozen=True, kw_only=True)
class SimilarPromptsResult(Result):
    """The prompts nearest to one, nearest first; nothing is written for them."""

    subject: Subject
    near: tuple[NearPrompt, ...]
    start: int

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(one.subject for one in self.near)


class Similar(Operation):
    """The rows that the model represents most alike."""

    name = "similar"
    family = "relate"
    scope = "texts"
    first_only = True
    pages = True
    examples = ("Show me similar {nouns}",)

    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows")

    def run(self, context: Context) -> SimilarResult | SimilarPromptsResult:
        (subject,) = context.few(1)
        workspace, writes = context.workspace, context.workspace.schema.kind == "generator"
        texts, report = workspace.dataset.texts, lambda share: context.report("embeddings", share)
        if writes:
            matrix, query = (
                prompt_embeddings(workspace.generator, texts, report),
                embed_prompts(workspace.generator, [subject.text]),
            )
        else:
            classifier = workspace.original.classifier  # a copy sees texts alike
            matrix, query = sentence_embeddings(classifier, texts, report), embed_texts(classifier, [subject.text])
        n, start = self.n or SHOWN, context.page * (self.n or SHOWN)
        found = nearest(query[0], matrix, min(start + n + 1, len(texts)))
        others = [item for item in found if not self._is(context, subject, item.row)][start : start + n]
        subjects = [context.subject(item.row) for item in others]
        provenance = context.provenance(method="cosine of mean hidden states")
        if writes:
            near = tuple(NearPrompt(one, item.similarity) for one, item in zip(subjects, others, strict=True))
            return SimilarPromptsResult(subject=subject, near=near, start=start, provenance=provenance)
        (prediction,) = context.predict([subject])
        predictions = context.predict(subjects) if subjects else ()
        return SimilarResult(
            prediction=prediction,
            near=tuple(Near(told, item.similarity) for told, item in zip(predictions, others, strict=True)),
            start=start,
            provenance=provenance,
        )

    @staticmethod
    def _is(context: Context, subject: Subject, row: int) -> bool:
        return subject.row is not None and context.workspace.dataset.table["id"][row].as_py() == subject.row
