"""What a visitor's panes show of the answers so far: the newest explanation, what was found of it, the newest comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explainers.explanation import Explanation
from explainers.generative import Answer
from explainers.trust import Trust as Judgement

from assistant.dialogue import Turn
from assistant.finding.prompts_beside import ComparePromptsResult
from assistant.operations.attribute import AttributeResult
from assistant.operations.compare import CompareResult
from assistant.operations.salience import SalienceResult
from assistant.operations.trust import TrustResult


@dataclass(frozen=True)
class Seen:
    """`judgement` is of `explanation`, or None; `compared` says that the newest answer is a comparison. One per visitor,
    never shared."""

    explanation: Explanation | None = None
    judgement: Judgement | None = None
    comparison: CompareResult | ComparePromptsResult | None = None
    salience: SalienceResult | None = None
    compared: bool = False

    def after(self, turn: Turn) -> Seen:
        """With what one more turn found."""
        seen = replace(self, compared=False)
        for result in turn.results:
            if isinstance(result, AttributeResult):
                seen = replace(seen, explanation=result.explained[0].explanation, judgement=None)
            elif isinstance(result, TrustResult):
                seen = replace(seen, explanation=result.explanation, judgement=result.judgement)
            elif isinstance(result, SalienceResult):
                seen = replace(seen, salience=result)
            elif isinstance(result, CompareResult | ComparePromptsResult):
                seen = replace(seen, comparison=result, compared=True)
        return seen

    def of(self, text: str, model: str) -> Seen:
        """Only what is about one text, answered by one model."""
        fits = self.explanation is not None and (self.explanation.text, self.explanation.model) == (text, model)
        return self if fits else replace(self, explanation=None, judgement=None)

    def prompted(self, text: str, answer: Answer | None) -> SalienceResult | None:
        """The newest salience, if it is of this prompt and this answer to it."""
        made = self.salience
        if made is None or answer is None or made.written.subject.text != text:
            return None
        return made if made.written.answer.ids == answer.ids else None
