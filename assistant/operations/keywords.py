from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError
from explainers.wording import WordCount, distinctive, word_rows

from assistant.arguments import Choice, Count
from assistant.context import Context
from assistant.operation import Operation
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
        order, texts = self.order or "frequent", context.workspace.dataset.texts
        rest = np.setdiff1d(np.arange(len(texts)), context.positions)
        if order == "distinctive" and not len(rest):
            raise AskWhyError("Words can only set some rows apart from the others; name rows, for example those of one label.")
        inside = word_rows([texts[position] for position in context.positions])
        outside = word_rows([texts[position] for position in rest]) if order == "distinctive" else {}
        if order == "distinctive":
            found = distinctive(inside, len(context.positions), outside, len(rest))
        else:
            sign = -1 if order == "frequent" else 1
            ordered = sorted(inside.items(), key=lambda pair: (sign * pair[1], pair[0]))
            found = [WordCount(word, count, 0, 0.0) for word, count in ordered]
        n, start = self.n or SHOWN, context.page * (self.n or SHOWN)
        return KeywordsResult(
            order=order,
            words=tuple(found[start : start + n]),
            rows=len(context.positions),
            others=len(rest),
            distinct=len(inside),
            total=len(found),
            start=start,
            provenance=context.provenance(method="log-odds with a prior" if order == "distinctive" else "rows with the word"),
        )
