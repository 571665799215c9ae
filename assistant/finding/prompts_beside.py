"""Two prompts, two wordings of one, two models or two methods side by side: what is written, and which pieces led to it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explainers import generative
from explainers.edits import Change, difference
from explainers.errors import AskWhyError
from explainers.generative import Salience, Scored, cut
from explainers.generative.results import Answer
from explainers.trust.agreement import Agreement, compare_scores
from explainers.units import count_units

from assistant.context import Context
from assistant.conversation import Subject
from assistant.finding.cutting import FEWEST, units_of
from assistant.results import Result
from assistant.writing import Writer, Written, alike, likelihood

METHOD = "occlusion"  # one pass for each piece
MOST = 1500  # pieces of both prompts together; the time for aligning grows faster than the prompts
ANSWERS, PIECES = "prediction", "words"  # what of them is asked for; the other aspects take no passes


@dataclass(frozen=True)
class PromptSide:
    """A prompt and what a `model` writes for it by itself.

    `log_probability` is that of the answer, `per_token` its mean, and `crossed` the log-probability of the same answer with
    the other side's prompt and model (None: it is empty, or does not fit there). `salience` are the
    scores of the prompt's pieces for this answer (None: it is empty, or was not asked for). `wanted` is the answer that the
    data has for the prompt, and `right` whether that is what the model says. `words` is the prompt's length.
    """

    model: str
    written: Written
    log_probability: float
    per_token: float
    crossed: float | None
    salience: Salience | None
    wanted: str | None
    right: bool | None
    words: int


@dataclass(frozen=True)
class Paired:
    """A piece of two prompts, or of one that the other does not have; `difference` is by how much it scores more on the
    right, where both have it."""

    left: Scored | None
    right: Scored | None
    difference: float | None


@dataclass(frozen=True, kw_only=True)
class ComparePromptsResult(Result):
    """Two prompts and their answers side by side; `by` is what of them was asked for.

    `kind` is "rows" (two prompts), "edit" (one before and after its edits), "model" (one prompt, two models) or "methods" (one
    answer, explained in two ways, with their `agreement`). `changes` are those from the left prompt to the right one,
    `answer_changes` the same of the answers, `same` whether these are equal. `pairs` are the pieces of the prompts by `unit`
    in their order: the same text at both sides makes one. An answer has so many `tokens` at most.
    """

    kind: str
    by: str | None
    left: PromptSide
    right: PromptSide
    unit: str
    changes: tuple[Change, ...]
    answer_changes: tuple[Change, ...]
    same: bool
    pairs: tuple[Paired, ...]
    tokens: int
    agreement: Agreement | None = None

    @property
    def moved(self) -> list[Paired]:
        """The pieces that both prompts have, those first whose scores differ most."""
        both = [pair for pair in self.pairs if pair.difference is not None]
        return sorted(both, key=lambda pair: -abs(pair.difference))


@dataclass(frozen=True)
class Side:
    """What one side is made of."""

    writer: Writer
    subject: Subject
    method: str = METHOD


def prompts_beside(context: Context, kind: str, left: Side, right: Side, by: str | None = None) -> ComparePromptsResult:
    """The facts of two sides; answers that are known already are not written again. Raises AskWhyError as generating does."""
    sides = (left, right)
    answers = [side.writer.answer(side.subject.text, report=context.report) for side in sides]
    unit = shared_unit(left.subject.text, right.subject.text)
    found = []
    for place, (side, answer) in enumerate(zip(sides, answers, strict=True)):
        wanted = context.target(side.subject)
        written = Written(side.subject, answer)
        found.append(
            PromptSide(
                model=side.writer.model.name,
                written=written,
                log_probability=likelihood(answer)[0],
                per_token=likelihood(answer)[1],
                crossed=_crossed(sides[1 - place], answer),
                salience=_salience(side, answer, unit, _told(context, place)) if by in (None, PIECES) else None,
                wanted=wanted,
                right=None if wanted is None else alike(written.text, wanted),
                words=count_units(side.subject.text, "word"),
            )
        )
    one, two = found
    both = one.salience is not None and two.salience is not None
    return ComparePromptsResult(
        kind=kind,
        by=by,
        left=one,
        right=two,
        unit=unit,
        changes=tuple(difference(left.subject.text, right.subject.text)),
        answer_changes=tuple(difference(one.written.text, two.written.text)),
        same=one.written.text == two.written.text,
        pairs=paired(one.salience.segments, two.salience.segments) if both else (),
        tokens=left.writer.tokens,
        agreement=_agreement(one.salience, two.salience) if both and kind == "methods" else None,
        provenance=context.provenance(
            method=left.method if left.method == right.method else f"{left.method}, {right.method}", parameters={"unit": unit}
        ),
    )


def shared_unit(left: str, right: str) -> str:
    """The coarsest unit that tells some pieces of both prompts apart: examples, lines, sentences, or else words."""
    shared = [unit for unit in units_of(left) if unit in units_of(right)]
    return next((unit for unit in shared if min(len(cut(text, unit)) for text in (left, right)) >= FEWEST), "word")


def paired(left: Sequence[Scored], right: Sequence[Scored]) -> tuple[Paired, ...]:
    """The pieces of two prompts in their order, those with the same text together; none where there are too many."""
    if len(left) + len(right) > MOST:
        return ()
    said = [[one.text.strip() for one in side] for side in (left, right)]
    pairs: list[Paired] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(a=said[0], b=said[1], autojunk=False).get_opcodes():
        if kind == "equal":
            pairs += [Paired(one, two, two.sum - one.sum) for one, two in zip(left[i:j], right[k:m], strict=True)]
        else:
            pairs += [Paired(one, None, None) for one in left[i:j]] + [Paired(None, two, None) for two in right[k:m]]
    return tuple(pairs)


def _crossed(side: Side, answer: Answer) -> float | None:
    """The log-probability of an answer with the prompt and the model of the side that did not write it."""
    if not answer.text.strip():
        return None
    model = side.writer.model
    try:
        return generative.score(model, model.prompt(side.subject.text, side.writer.chat), answer.text).log_probability
    except AskWhyError:  # there is no room for it, or its words are none to this model
        return None


def _salience(side: Side, answer: Answer, unit: str, progress: Callable[[float], None]) -> Salience | None:
    if not answer.text.strip():
        return None
    return generative.salience(
        side.writer.model, answer.prompt, answer, method=side.method, unit=unit, check=False, progress=progress,
        cache=side.subject.row is not None and not side.subject.edits,
    )  # fmt: skip


def _agreement(left: Salience, right: Salience) -> Agreement | None:
    scores = [[one.sum for one in side.segments] for side in (left, right)]
    return compare_scores(right.method, *scores, signed=left.signed and right.signed) if len(scores[0]) >= FEWEST else None


def _told(context: Context, place: int) -> Callable[[float], None]:
    return lambda share: context.report("salience", (place + share) / 2)
