"""Which flips are told: without needless changes, small, fluent, and different from each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explainers.counterfactuals.changes import apply
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.material import Fluency
from explainers.counterfactuals.probe import Probe
from explainers.units import count_units

SURE = 0.02  # log-odds by which a flip leads: batches of other sizes round otherwise
READABLE = 2.0  # perplexity, as a share of the original's, up to which a text is as good as any
SCORED = 14  # flips of a distance whose fluency is looked at in one round
WORDS_SCORED = 400  # in all of them
PRUNED = 24  # flips of several changes that are pruned in one round

Changes = tuple[Change, ...]


def prune(probe: Probe, text: str, changes: Changes) -> Changes:
    """Take back every change that the flip does not need."""
    pruned = len(changes) > 1
    while pruned:  # taking one back can make another needless
        pruned = False
        for change in changes if len(changes) > 1 else ():
            fewer = tuple(other for other in changes if other != change)
            if probe.leads([changed := apply(text, fewer)]).get(changed, -math.inf) > SURE:
                changes, pruned = fewer, True
                break
    return changes


class Chooser:
    """Collects flips, round after round, and says when they are good enough."""

    def __init__(self, probe: Probe, text: str, n: int, fluency: Fluency | None) -> None:
        self._probe, self._text, self._n, self._fluency = probe, text, n, fluency
        self._flips: dict[Changes, float] = {}
        self._perplexities: dict[str, float] = {}
        self.room = max(PRUNED, 2 * n)
        self._scored = max(2 * n, min(SCORED, WORDS_SCORED // max(count_units(text, "word"), 1)))
        self._late = False

    def add(self, flips: Sequence[tuple[Changes, float]]) -> None:
        for changes, lead in flips:
            self._flips.setdefault(changes, lead)
        if self._fluency is not None and flips:
            self._score([changes for changes, _ in flips])

    def one_is_enough(self) -> bool:
        """Whether a single one is wanted and there is one that no other kind of change could better."""
        return self._n == 1 and self._bound() <= 1

    def could_take(self, changes: Changes) -> bool:
        """Whether a flip by these changes could be chosen beside those there are."""
        return _distance(changes) < self._bound()

    def _bound(self) -> float:
        """What a flip has to cost less than, to be chosen."""
        chosen = self.chosen()
        return math.inf if len(chosen) < self._n else self._cost(chosen[-1][0])[0]

    def content(self, rounds: int) -> bool:
        """Whether there are enough after so many rounds, and another is not likely to find a smaller first one. If only
        that it should read better, one round more is run, and no further."""
        chosen = self.chosen()
        if len(chosen) < self._n or _distance(chosen[0][0]) > rounds + 1:
            return False
        perplexity = chosen[0][1]
        if perplexity is None or perplexity <= READABLE or self._late:
            return True
        self._late = True
        return False

    def chosen(self) -> list[tuple[Changes, float | None]]:
        """Up to `n`, best first, with their perplexities as shares of the original's. No two touch the same places, or
        bring in the same words."""
        kept: list[tuple[Changes, float | None]] = []
        places, words, texts = set(), set(), set()
        for changes in sorted(self._flips, key=self._cost):
            where = tuple(change.span for change in changes)
            new = tuple(sorted(change.new.lower() for change in changes if change.new))
            made = apply(self._text, changes)
            if where in places or made in texts or (new and new in words):
                continue
            kept.append((changes, self._relative(changes)))
            places.add(where), words.add(new), texts.add(made)
            if len(kept) == self._n:
                break
        return kept

    def told(self) -> list[tuple[Changes, float | None]]:
        """Those chosen in the end, each with its perplexity, also where there was no room to look at it during the search."""
        while self._fluency is not None and (unread := [changes for changes, perplexity in self.chosen() if perplexity is None]):
            self._read(unread)
        return self.chosen()

    def _relative(self, changes: Changes) -> float | None:
        made = self._perplexities.get(apply(self._text, changes))
        return None if made is None else made / self._perplexities[self._text]

    def _cost(self, changes: Changes) -> tuple:
        """Words changed, and one more for each time that the perplexity doubles beyond what is readable; flips whose
        fluency was not looked at come last among their like."""
        relative = self._relative(changes)
        distance = _distance(changes)
        if self._fluency is not None:
            strain = math.inf if relative is None else max(0.0, math.log2(relative / READABLE))
            return distance + strain, relative or 0.0, -self._flips[changes], changes
        replaced = any(change.new for change in changes)
        return distance, replaced, -self._flips[changes], changes

    def _score(self, flips: Sequence[Changes]) -> None:
        """Look at the fluency of as many flips as there is room for, the smaller first, drawn in turn from each source."""
        for distance in sorted({_distance(changes) for changes in flips}):
            if distance >= self._bound():
                break
            by_source: dict[str, list[Changes]] = {}
            for changes in dict.fromkeys(flips):
                if _distance(changes) == distance:
                    by_source.setdefault(changes[-1].source, []).append(changes)
            turns = list(by_source.values())
            drawn = [row[place] for place in range(max(map(len, turns))) for row in turns if place < len(row)]
            self._read(drawn[: self._scored])

    def _read(self, flips: Sequence[Changes]) -> None:
        texts = [self._text, *(apply(self._text, changes) for changes in flips)]
        waiting = [text for text in dict.fromkeys(texts) if text not in self._perplexities]
        if waiting:
            self._perplexities |= zip(waiting, map(float, self._fluency.perplexities(waiting)), strict=True)


def _distance(changes: Changes) -> int:
    return sum(change.words for change in changes)
