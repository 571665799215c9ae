"""A classifier whose rule is arbitrary but known."""

from __future__ import annotations

import numpy as np

from explainers import AskWhyError
from explainers.errors import closest


class Votes:
    """Every word votes for one class; the softmax of the votes is the answer."""

    def __init__(self, votes: dict[str, str], labels=("ham", "spam")) -> None:
        self.votes, self.labels, self.asked = votes, tuple(labels), []

    def index(self, label):
        if label not in self.labels:
            raise AskWhyError(f"The model has no class '{label}'; {closest(label, self.labels)}")
        return self.labels.index(label)

    def probabilities(self, texts, progress=None):
        self.asked += texts
        counts = np.zeros((len(texts), len(self.labels))) + [0.5, *[0.0] * (len(self.labels) - 1)]  # a tie is the first class
        for row, text in enumerate(texts):
            for word in text.lower().replace(",", "").split():
                if word in self.votes:
                    counts[row, self.labels.index(self.votes[word])] += 1
        return np.exp(counts) / np.exp(counts).sum(axis=1, keepdims=True)

    def answer(self, text):
        return self.labels[int(self.probabilities([text])[0].argmax())]


class Prefers:
    """A language model to which a word costs what it is told, and any other 1; it goes on with `words`."""

    def __init__(self, costs: dict[str, float], words=()) -> None:
        self.costs, self.words, self.asked = costs, list(words), 0

    def perplexities(self, texts):
        self.asked += len(texts)
        return np.array([np.exp(np.mean([self.costs.get(word, 1.0) for word in text.lower().split()])) for text in texts])

    def fillings(self, text, starts, n):
        return [[(word, -1.0 - place) for place, word in enumerate(self.words[:n])] for _ in starts]


SPAM = {"free": "spam", "prize": "spam", "win": "spam", "love": "ham", "home": "ham"}
