"""What is explained: the log-probability of a span of the answer, or how far it is above that of other words in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from explainers.errors import AskWhyError
from explainers.generative.model import GenerativeModel
from explainers.generative.results import Answer
from explainers.generative.tokens import continuation
from explainers.units import Span

FLOOR = 0.02  # of log-probabilities, the least difference that counts


@dataclass(frozen=True)
class Branch:
    """Token ids behind the prompt, of which those from `first` up to `last` count, with a sign."""

    ids: tuple[int, ...]
    first: int
    last: int
    sign: int = 1

    @property
    def given(self) -> tuple[int, ...]:
        """The ids that the model has to read: the last one is only predicted."""
        return self.ids[: self.last - 1]


@dataclass(frozen=True)
class Objective:
    """The sum over `branches` of signed log-probabilities: one for a span, two for a contrast."""

    branches: tuple[Branch, ...]

    @property
    def longest(self) -> int:
        return max(branch.last for branch in self.branches)

    def of_states(self, model: GenerativeModel, states: Tensor) -> Tensor:
        """(rows,) values for (rows, tokens, width) input embeddings of the prompt; keeps gradients."""
        total = torch.zeros(len(states), device=states.device)
        for branch in self.branches:
            total = total + branch.sign * self.of_branch(model, states, branch)
        return total

    @staticmethod
    def of_branch(model: GenerativeModel, states: Tensor, branch: Branch, **options: Any) -> Tensor:
        """(rows,) log-probabilities of the span of one branch, unsigned; keeps gradients. `options` are the model's."""
        keep, inputs = Objective.inputs(model, states, branch)
        return picked(model.run(inputs_embeds=inputs, keep=keep, **options).logits, branch)

    @staticmethod
    def inputs(model: GenerativeModel, states: Tensor, branch: Branch) -> tuple[Tensor, Tensor]:
        """The places that predict a branch's span, and the (rows, tokens, width) embeddings of prompt and answer."""
        if branch.given:
            answer = model.embed(model.tensor([branch.given])).expand(len(states), -1, -1)
            states = torch.cat([states, answer.to(states.dtype)], dim=1)
        prompt = states.shape[1] - len(branch.given)
        return torch.arange(prompt + branch.first - 1, prompt + branch.last - 1, device=states.device), states


def picked(logits: Tensor, branch: Branch) -> Tensor:
    """(rows,) summed log-probabilities of a branch's span, from (rows, span, vocabulary) logits, in float32 or more."""
    wanted = torch.tensor(branch.ids[branch.first : branch.last], device=logits.device)
    logits = logits if logits.dtype == torch.float64 else logits.float()
    said = logits.gather(-1, wanted.expand(len(logits), -1).unsqueeze(-1)).squeeze(-1)
    return (said - logits.logsumexp(-1)).sum(-1)


def choose(model: GenerativeModel, answer: Answer, span: Span, against: str | None) -> tuple[Objective, Span]:
    """The objective for characters of an answer, and the characters that its tokens really have.

    `against` are other words in the place of the span. Raises AskWhyError for a span without tokens, and for a contrast
    with nothing or with itself.
    """
    inside = [place for place, token in enumerate(answer.tokens) if token.start < span.end and span.start < token.end]
    if not inside:
        raise AskWhyError("There is no word of the answer in this span; choose one with a word in it.")
    first, last = inside[0], inside[-1] + 1
    ids = answer.ids
    main = Branch(ids[:last], first, last)
    taken = Span(answer.tokens[first].start, answer.tokens[last - 1].end)
    if against is None:
        return Objective((main,)), taken
    if not against.strip():
        raise AskWhyError("There are no words to set the answer against; say what it could have been instead.")
    head = answer.prompt.rendered + answer.text[: taken.start]
    lead = answer.text[taken.start : span.start]  # a space that belongs to the first token, say
    other, _ = continuation(model.tokenizer, head, lead + against.strip(), model.name)
    if tuple(other) == ids[first:last]:
        raise AskWhyError(f"'{against}' cannot be set against itself; name other words.")
    model.check_room(answer.prompt, first + len(other))
    return Objective((main, Branch((*ids[:first], *other), first, first + len(other), -1))), taken
