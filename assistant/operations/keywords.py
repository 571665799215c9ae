from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError
from explainers.wording import WordCount

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Choice, Count
from assistant.results import Result

ORDERS = ("frequent", "rare", "distinctive")
SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class KeywordsResult(Result):
    """Words with the number of chosen rows that hold them, and of the other rows; ordered as `order` says.

    `score` of a distinctive word is the z-score of its log-odds against the other rows. `distinct` words occur in all,
    of which `total` are in this order.
    """

    order: str
    words: tuple[WordCount, ...]
    rows: int
    others: int
    distinct: int
    total: int
    start: int = 0


class Keywords(Operation):
    """The words of rows: the most frequent, the rarest, or those that set the rows apart."""

    name = "keywords"
    family = "rows"
    scope = "rows"
    pages = True
    examples = ("What are the most frequent words?", "Which words are typical of {label}?")

    n: Annotated[int | None, Count(1, 100)] = Field(None, description="how many words")
    order: Annotated[str | None, Choice(ORDERS)] = Field(None, description="frequent when absent")

    def run(self, context: Context) -> KeywordsResult:
        if context.positions is None:
            raise AskWhyError("Keywords need rows of the data; name some, or ask about all of them.")
        order, index, positions = self.order or "frequent", context.workspace.dataset.words, context.positions
        rest = index.without(positions)
        if order == "distinctive" and not len(rest):
            raise AskWhyError("Words can only set some rows apart from the others; name rows, for example those of one label.")
        words, counts = index.ranked(positions, rarest=order == "rare")
        found = index.distinctive(positions, rest) if order == "distinctive" else []
        total = len(found) if order == "distinctive" else len(words)
        n, start = self.n or SHOWN, context.page * (self.n or SHOWN)
        if order != "distinctive":
            page = slice(start, start + n)
            found = [
                WordCount(word, int(count), 0, 0.0) for word, count in zip(index.said(words[page]), counts[page], strict=True)
            ]
        return KeywordsResult(
            order=order,
            words=tuple(found[start : start + n] if order == "distinctive" else found),
            rows=len(positions),
            others=len(rest),
            distinct=len(words),
            total=total,
            start=start,
            provenance=context.provenance(method="log-odds with a prior" if order == "distinctive" else "rows with the word"),
        )
