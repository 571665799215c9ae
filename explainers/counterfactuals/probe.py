"""Running texts through the model within a budget: each once, and counted."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.counterfactuals.facts import Budget

TOGETHER = 64  # texts between two looks at the clock
WORDS_TOGETHER = 2000
TINY = 1e-30  # a probability of 0 has a logarithm all the same


class Probe:
    """A classifier asked about one text's variants; `known` are the (classes,) probabilities of each text that was run."""

    def __init__(self, classifier: Classifier, budget: Budget, words: int, progress: Progress | None = None) -> None:
        self.classifier = classifier
        self.target = 0
        self.budget = budget
        self.known: dict[str, np.ndarray] = {}
        self.calls = 0
        self.stopped: str | None = None
        self._progress = progress
        self._started = time.perf_counter()
        self._together = max(4, min(TOGETHER, WORDS_TOGETHER // max(words, 1)))

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @property
    def over(self) -> bool:
        """Whether the budget is used up."""
        if self.stopped is None:
            if len(self.known) >= self.budget.texts:
                self.stopped = "texts"
            elif self.budget.seconds is not None and self.seconds >= self.budget.seconds:
                self.stopped = "seconds"
        return self.stopped is not None

    def first(self, text: str) -> np.ndarray:
        """(classes,) probabilities of the text itself, whatever the budget."""
        self.calls += 1
        self.known[text] = self.classifier.probabilities([text])[0]
        return self.known[text]

    def leads(self, texts: Sequence[str]) -> dict[str, float]:
        """The lead of the target in each text, as far as the budget goes. One without a word is no text and is left out."""
        wanted = [text for text in dict.fromkeys(texts) if any(map(str.isalnum, text))]
        waiting = [text for text in wanted if text not in self.known]
        for start in range(0, len(waiting), self._together):
            if self.over:
                break
            some = waiting[start : start + self._together][: self.budget.texts - len(self.known)]
            self.calls += 1
            self.known |= zip(some, self.classifier.probabilities(some), strict=True)
            if self._progress:
                self._progress(min(1.0, len(self.known) / self.budget.texts))
        return {text: self.lead(text) for text in wanted if text in self.known}

    def lead(self, text: str) -> float:
        """How far the target is ahead of every other class, in log-odds; above 0 the model answers it."""
        row = np.log(np.maximum(self.known[text].astype(np.float64), TINY))
        return float(row[self.target] - np.delete(row, self.target).max())
