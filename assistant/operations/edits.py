from __future__ import annotations

from dataclasses import dataclass

from assistant.context import Context
from assistant.conversation import Subject
from assistant.finding.rewritten import own
from assistant.operation import Operation
from assistant.operations.edit import before_edits
from assistant.results import Prediction, Result
from assistant.writing import Written


@dataclass(frozen=True, kw_only=True)
class EditsResult(Result):
    """The edits of a text that stand, in their order: each as it is written, with the answer it led to. `first` is the
    answer for the text before any, `undone` are edits that can be made again, the next one first.
    """

    first: Prediction
    chain: tuple[tuple[str, Prediction], ...]
    undone: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PromptEditsResult(Result):
    """The same of a prompt, with what the model wrote after each edit."""

    first: Written
    chain: tuple[tuple[str, Written], ...]
    undone: tuple[str, ...]


class Edits(Operation):
    """The edits of a text so far, and what the model answered after each."""

    name = "edits"
    family = "change"
    scope = "texts"
    examples = ("What have I changed so far?",)
    continues = True

    def run(self, context: Context) -> EditsResult | PromptEditsResult:
        (subject,) = context.few(1)
        stages: list[Subject] = [before_edits(subject)]
        stages += [subject.taken_back(len(subject.edits) - count) for count in range(1, len(subject.edits) + 1)]
        if context.workspace.schema.kind == "generator":
            kind, (first, *later) = PromptEditsResult, [own(context, stage) for stage in stages]
        else:
            kind, (first, *later) = EditsResult, context.predict(stages)
        return kind(
            first=first,
            chain=tuple((edit.step, prediction) for edit, prediction in zip(subject.edits, later, strict=True)),
            undone=tuple(edit.step for edit in reversed(subject.undone)),
            provenance=context.provenance(),
        )
