"""What else is offered for the questions that the parser misreads: below the answer, after "Not what I meant", by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from assistant.choosing import MOST
from assistant.learning.measuring import Answer
from assistant.learning.questions import Example
from assistant.parsing.parser import Parser, same
from assistant.programs.program import Program


@dataclass(frozen=True)
class Offered:
    """Of `asked` questions, how many are `misread`, and for how many of these the right reading is `offered`; for how many more
    it is offered once the `topic` is chosen that the right program's last operation belongs to. Below the answers to `below`
    questions other readings are offered; of these, so many are misread, and so many have the right one there."""

    asked: int = 0
    misread: int = 0
    offered: int = 0
    topic: int = 0
    below: int = 0
    below_misread: int = 0
    below_right: int = 0

    def __add__(self, other: Offered) -> Offered:
        return Offered(**{name: number + getattr(other, name) for name, number in asdict(self).items()})

    def told(self) -> dict[str, int]:
        return asdict(self)


def offered(
    parser_of: Callable[[Example], Parser], told: Iterable[tuple[Sequence[tuple[Example, tuple[str, ...]]], Sequence[Answer]]]
) -> Offered:
    """Counts over questions, each with other programs that are right, and what the parser made of them."""
    return sum((_one(parser_of(example), example, also, answer) for asked, answers in told
                for (example, also), answer in zip(asked, answers, strict=True)), Offered())  # fmt: skip


def _one(parser: Parser, example: Example, also: Sequence[str], answer: Answer) -> Offered:
    below = bool(answer.below), bool(answer.below and not answer.exact), answer.below_right and not answer.exact
    told = Offered(1, int(not answer.exact), 0, 0, *map(int, below))
    if answer.exact or answer.got is None:
        return told
    refused = parser.language.read(answer.got)
    right = [parser.language.read(program) for program in (example.program, *also)]

    def has_right(found: Sequence[Program]) -> bool:
        return any(same(one, other) for one in found for other in right)

    found = parser.readings(example.question, example.before, most=MOST, without=(refused,))
    if answer.below_right or has_right(found):
        return replace(told, offered=1)
    family, without = right[0].steps[-1].family, (refused, *found)
    narrowed = parser.readings(example.question, example.before, most=MOST, without=without, family=family)
    return replace(told, topic=int(has_right(narrowed)))
