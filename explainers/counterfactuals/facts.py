"""What a search for counterfactuals is given and finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.units import Span, count_units


@dataclass(frozen=True, order=True)
class Change:
    """One change of a text: the characters `start` up to `end`, which read `old`, become `new`.

    Nothing is `old` for an insertion (before `start`, or at the end of the text) and nothing is `new` for a deletion.
    `source` is the module of `sources` that proposed it.
    """

    start: int
    end: int
    old: str
    new: str
    source: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """ "insert", "delete" or "replace"."""
        return "insert" if self.start == self.end else "replace" if self.new else "delete"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def words(self) -> int:
        """How many words it touches: those that go or those that come, whichever are more."""
        return max(count_units(self.old, "word"), count_units(self.new, "word"), 1)


@dataclass(frozen=True)
class Counterfactual:
    """A text that the model gives the class `label`, with `probability`, and the changes that made it, in order.

    `distance` is in words. `perplexity` is that of the language model on the text as a share of its perplexity on the
    original: 1 reads as well, 2 is twice as surprising. It is None where there was no language model to ask.
    """

    text: str
    label: str
    probability: float
    changes: tuple[Change, ...]
    perplexity: float | None = None

    @property
    def distance(self) -> int:
        return sum(change.words for change in self.changes)


@dataclass(frozen=True)
class Budget:
    """Where a search stops: after so many `texts` run through the model, or so many `seconds`, whichever is first.

    A search that the clock stops can find less on a slower machine; without `seconds` it is the same everywhere.
    """

    texts: int = 700
    seconds: float | None = 10.0


@dataclass(frozen=True)
class Search:
    """What a search found, the smallest change first, from a text that the model calls `label` towards `target`.

    `tries` counts the different texts run through the model, `calls` how often it was called with some of them. `nearest`
    is what came closest when nothing was found, with the probability of the class it missed. `stopped` is "texts" or
    "seconds" where the budget ended the search. `reads` is how many characters of the text the model reads; a model is
    `constant` when nothing that was tried moved it.
    """

    text: str
    label: str
    target: str
    found: tuple[Counterfactual, ...]
    nearest: Counterfactual | None
    tries: int
    calls: int
    budget: Budget
    stopped: str | None
    reads: int
    constant: bool
    seconds: float = field(compare=False)
