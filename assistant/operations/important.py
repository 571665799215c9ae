from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.cache import cached
from explainers.errors import AskWhyError
from explainers.importance import Importance, ImportantWord, important_words
from explainers.units import is_word, pieces

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.fields import label_counts
from assistant.operation import Operation, build
from assistant.programs.arguments import Count, Label, Text
from assistant.programs.conditions import Compare
from assistant.programs.program import Program
from assistant.results import Result

TOP = 10
TEXTS = 200  # explained, in some ten seconds on two cores; of more rows, so many are drawn with a fixed seed
LONG = 10  # times as long as the median of the texts: such a text is left out, since it takes as long as hundreds of others
HOLDING = 50  # texts explained that hold a word that is asked for, where those drawn hold too few
SEED = 13
FEWEST = 3  # texts that must hold a word, of as many or more


@dataclass(frozen=True, kw_only=True)
class ImportantResult(Result):
    """The words with the highest mean attribution over rows (`top`, above zero) and with the lowest (`bottom`, below),
    from the place `start` on; the longer side has `total`. `rank` is the 1-based place of the word that was asked for,
    `asked`, which is None when it is in too few texts; `holding` of the chosen rows hold it. `rows` were chosen, and `left_out`
    of those that were drawn are far longer than the others."""

    importance: Importance
    top: tuple[ImportantWord, ...]
    bottom: tuple[ImportantWord, ...]
    word: str | None
    asked: ImportantWord | None
    rank: int | None
    holding: int
    rows: int
    left_out: int
    start: int
    total: int

    @property
    def ranked(self) -> int:
        """Among how many words the one that was asked for has its rank; it need not be one of those of the texts drawn."""
        return max(len(self.importance.words), self.rank or 0)


class Important(Operation):
    """The words that matter most over many rows, for a class."""

    name = "important"
    family = "explain"
    scope = "rows"
    needs = "classifier"
    pages = True
    examples = ("Which words matter most overall?", "How important is the word 'call' in general?")

    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many words to name")
    class_: Annotated[str | None, Label()] = Field(
        None, description="the class; when absent, the one that the rows share, the second of two, or each text's predicted one"
    )
    word: Annotated[str | None, Text()] = Field(None, description="a word whose rank is asked for")

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        """ "Is it one of them" asks about the class of the words that were named."""
        last = conversation.program.steps[-1] if conversation.program is not None else None
        if self.word is None or self.class_ is not None or not isinstance(last, Important) or last.class_ is None:
            return program
        step = build(Important, {**self.given(), "class": last.class_})
        return program.with_step(step, self)

    def run(self, context: Context) -> ImportantResult:
        if context.positions is None:
            raise AskWhyError("Important words need rows of the data; name some, or ask about all of them.")
        if self.word is not None and len(said := [*filter(is_word, pieces(self.word, "word"))]) != 1:
            raise AskWhyError(f"'{self.word}' is not one word, and only single words are counted; ask about one.")
        drawn = _drawn(context.positions, TEXTS)
        positions = _of_common_length(context, drawn)
        target = self._target(context, positions)
        importance = _importance(context, positions, target)
        count, start = self.top or TOP, context.page * (self.top or TOP)
        asked, holding = _asked(context, importance, said[0]) if self.word is not None else (None, 0)
        speaking = [item for item in importance.words if item.mean > 0]
        against = [item for item in reversed(importance.words) if item.mean < 0]
        return ImportantResult(
            importance=importance,
            top=tuple(speaking[start : start + count]),
            bottom=tuple(against[start : start + count]),
            word=self.word,
            asked=asked,
            rank=None if asked is None else 1 + sum(_before(item, asked) for item in importance.words),
            holding=holding,
            rows=len(context.positions),
            left_out=len(drawn) - len(positions),
            start=start,
            total=max(len(speaking), len(against)),
            provenance=context.provenance(method=importance.method, seed=SEED),
        )

    def _target(self, context: Context, positions: np.ndarray) -> str | None:
        """What speaks for one of two classes speaks against the other, so words of both need not be mixed."""
        classifier = context.workspace.classifier
        if self.class_ is not None or len(classifier.labels) != 2 or classifier.multi_label:
            return self.class_
        shared = [label for label, _ in label_counts(context, positions)[0]]
        return shared[0] if len(shared) == 1 and shared[0] in classifier.labels else classifier.labels[1]


def _drawn(positions: np.ndarray, most: int) -> np.ndarray:
    """The positions, or so many of them, drawn with a fixed seed."""
    return positions if len(positions) <= most else np.sort(np.random.default_rng(SEED).choice(positions, most, replace=False))


def _of_common_length(context: Context, positions: np.ndarray) -> np.ndarray:
    """The positions without those of texts that are far longer than the others."""
    lengths = np.array([len(text) for text in context.workspace.dataset.table["text"].take(positions).to_pylist()])
    return positions[lengths <= LONG * max(np.median(lengths), 1)]


def _asked(context: Context, importance: Importance, word: str) -> tuple[ImportantWord | None, int]:
    """A word over texts that hold it, None where too few do, and how many of the chosen rows hold it."""
    folded = word.casefold()
    found = next((item for item in importance.words if item.word == folded), None)
    if len(context.positions) == importance.rows:
        return found, 0 if found is None else found.rows
    holding = np.intersect1d(context.positions, context.workspace.rows.select(Compare("text", "contains", word)))
    if len(holding) < FEWEST:
        return None, len(holding)
    among = _importance(context, _of_common_length(context, _drawn(holding, HOLDING)), importance.target).words
    return next((item for item in among if item.word == folded), None), len(holding)


def _before(item: ImportantWord, asked: ImportantWord) -> bool:
    return (-item.mean, item.word) < (-asked.mean, asked.word)


def _importance(context: Context, positions: np.ndarray, target: str | None) -> Importance:
    """The words of some texts for a class, kept, since it takes long; of two classes, one is worked out and tells of both."""
    classifier = context.workspace.classifier
    texts = context.workspace.dataset.table["text"].take(positions).to_pylist()
    of_two = target is not None and len(classifier.labels) == 2 and not classifier.multi_label
    asked, fewest = classifier.labels[1] if of_two else target, min(FEWEST, len(texts))

    def compute() -> Importance:
        report = context.report
        return important_words(classifier, texts, asked, minimum=fewest, progress=lambda share: report("attribution", share))

    key = ["important", classifier.fingerprint, texts, asked, fewest]
    importance = cached(key, compute, Importance.to_dict, Importance.from_dict)
    return importance if asked == target else importance.mirrored(target)
