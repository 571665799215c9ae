from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError
from explainers.generative import Alternatives, Answer, alternatives, resolve

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operation import Operation
from assistant.programs.arguments import Count, Text
from assistant.results import Result
from assistant.writing import Written, alike, likelihood

SHOWN = 5  # prompts answered at once
OTHERS = 5  # tokens that could have stood in a place


@dataclass(frozen=True, kw_only=True)
class GenerateResult(Result):
    """Answers to the first few prompts, of `rows` that were chosen; at most `tokens` long.

    `likely` is the log-probability of the first answer, and its mean per token. `own` is what the model itself would have
    written, where it was given an answer to judge. `others` are what could have stood at a place of the first answer.
    `wanted` is the answer that the data has for one prompt, and `right` whether that is what the model says.
    """

    written: tuple[Written, ...]
    rows: int
    tokens: int
    likely: tuple[float, float]
    own: Answer | None = None
    others: Alternatives | None = None
    wanted: str | None = None
    right: bool | None = None


class Generate(Operation):
    """Let a generative model answer a prompt, or say how likely it holds a given answer."""

    name = "generate"
    family = "generate"
    scope = "texts"
    needs = "generator"
    examples = ("What do you answer to {noun} {id}?", "Go on with 'Once upon a time'", "How likely is the answer 'No' here?")

    target: Annotated[str | None, Text()] = Field(None, description="a given answer, to be judged instead of writing one")
    tokens: Annotated[int | None, Count(1, 4096)] = Field(None, description="how long the answer may be")
    at: Annotated[str | None, Text()] = Field(None, description="words of the answer at which to tell what else was likely")

    def run(self, context: Context) -> GenerateResult:
        written = tuple(self._written(context, subject) for subject in context.few(SHOWN))
        writer, first = context.workspace.writer, written[0].answer
        if self.at is not None and not first.tokens:
            raise AskWhyError('The answer is empty, so nothing else could have stood in it; give one with target="...".')
        wanted = context.target(written[0].subject) if len(written) == 1 else None
        return GenerateResult(
            written=written,
            wanted=wanted,
            right=None if wanted is None else alike(first.text, wanted),
            rows=len(written) if context.positions is None else len(context.positions),
            tokens=self.tokens or writer.tokens,
            likely=likelihood(first),
            own=writer.answer(written[0].subject.text, self.tokens, context.report) if written[0].given else None,
            others=None if self.at is None else alternatives(writer.model, first, resolve(first.text, self.at), count=OTHERS),
            provenance=context.provenance(method="greedy", parameters={"tokens": self.tokens or writer.tokens}),
        )

    def remember(self, conversation: Conversation, result: GenerateResult) -> Conversation:
        """Of several prompts the first is what "it" means next, and its answer what "that" means."""
        first = result.written[0]
        return dataclasses.replace(conversation, focus=first.subject, written=first.answer)

    def _written(self, context: Context, subject: Subject) -> Written:
        writer = context.workspace.writer
        if self.target is not None:
            return Written(subject, writer.judged(subject.text, self.target))
        if self.at is not None and self.tokens is None:  # about what was said, not about another answer
            return context.written(subject)
        return Written(subject, writer.answer(subject.text, self.tokens, context.report))
