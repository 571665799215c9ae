"""The words of every row of a dataset, told apart once and kept on disk, so that questions about them take no reading.

A word is what `explainers.units` says. Each row's distinct words are numbers of a vocabulary, and what is counted in
its text stands beside them; all of it is mapped into memory, some 120 bytes a row of 14 words.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from explainers.assets import cache_folder
from explainers.folders import used, write_folder
from explainers.units import is_word, pieces
from explainers.wording import WordCount, distinctive, is_topical

VERSION = 2  # part of the name on disk: to be raised when words, sentences or function words are others than before
REPORTED = 8192  # rows between two calls of `progress`
NO_WORD = -1  # the number of a unit of punctuation
COUNTED = ("characters", "words", "sentences")
_FILES = ("starts", "numbers", "ends", "rows", "topical", *COUNTED)


@dataclass(frozen=True, eq=False)
class WordIndex:
    """`vocabulary` are the lower-cased words in alphabetical order; the row at place i has those of the numbers
    `numbers[starts[i]:starts[i + 1]]`, each once, and the word of number j is in the rows `rows[ends[j]:ends[j + 1]]`.
    `topical` words are no function words. `characters`, `words` and `sentences` are (rows,) counts."""

    vocabulary: pa.Array
    starts: np.ndarray
    numbers: np.ndarray
    ends: np.ndarray
    rows: np.ndarray
    topical: np.ndarray
    characters: np.ndarray
    words: np.ndarray
    sentences: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def everywhere(self) -> np.ndarray:
        """(vocabulary,) in how many rows each word occurs."""
        return np.diff(self.ends)

    def within(self, positions: np.ndarray) -> np.ndarray:
        """(vocabulary,) in how many of the distinct rows each word occurs."""
        if len(positions) > len(self) // 2:  # what the others lack
            return self.everywhere - self.within(self.without(positions))
        sizes = np.diff(self.starts)[positions]
        return np.bincount(self.numbers[_slices(self.starts[positions], sizes)], minlength=len(self.vocabulary))

    def without(self, positions: np.ndarray) -> np.ndarray:
        """The positions of the other rows."""
        others = np.ones(len(self), dtype=bool)
        others[positions] = False
        return np.flatnonzero(others)

    def rows_with(self, words: np.ndarray) -> np.ndarray:
        """(rows,) booleans: whether a row has one of the words at these places of the vocabulary."""
        found = np.zeros(len(self), dtype=bool)
        found[self.rows[_slices(self.ends[words], np.diff(self.ends)[words])]] = True
        return found

    def held(self, positions: np.ndarray, words: Sequence[int]) -> np.ndarray:
        """(words, positions) booleans: which of the distinct rows have each of the words."""
        made = np.zeros((len(words), len(positions)), dtype=bool)
        for line, word in zip(made, words, strict=True):
            line[:] = self.rows_with(np.array([word]))[positions]
        return made

    def ranked(self, positions: np.ndarray, *, rarest: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """The topical words of some rows, the most frequent or the rarest first, and in how many each is; equal ones in
        alphabetical order."""
        counts = self.within(positions)
        present = np.flatnonzero((counts > 0) & self.topical)
        order = present[np.argsort(counts[present] * (1 if rarest else -1), kind="stable")]
        return order, counts[order]

    def distinctive(self, positions: np.ndarray, others: np.ndarray) -> list[WordCount]:
        """Topical words that set rows apart from others, as `wording.distinctive` scores them; no row is on both sides."""
        here = self.within(positions)
        there = self.everywhere - here if len(positions) + len(others) == len(self) else self.within(others)
        present = np.flatnonzero((here > 0) & self.topical)
        return distinctive(self.said(present), here[present], len(positions), there[present], len(others))

    def knows(self, word: str) -> bool:
        """Whether a lower-cased word occurs in any row."""
        place = bisect_left(range(len(self.vocabulary)), word, key=lambda number: self.vocabulary[number].as_py())
        return place < len(self.vocabulary) and self.vocabulary[place].as_py() == word

    def said(self, words: np.ndarray) -> list[str]:
        """The words at some places of the vocabulary."""
        return self.vocabulary.take(pa.array(words, pa.int64())).to_pylist()


def word_index(texts: Sequence[str], fingerprint: str, progress: Callable[[float], None] | None = None) -> WordIndex:
    """The index of texts, from disk when it is there; kept by the fingerprint of the data, if it has one."""
    if not fingerprint:
        return _built(texts, progress)
    folder = cache_folder("words") / f"{fingerprint}-{VERSION}"
    found = _read(folder)
    return found if found is not None else _kept(folder, _built(texts, progress))


def _built(texts: Sequence[str], progress: Callable[[float], None] | None) -> WordIndex:
    known: dict[str, int] = {}
    vocabulary: list[str] = []
    starts, numbers = array("q", [0]), array("i")
    counts = {field: array("i") for field in COUNTED}

    def number(word: str) -> int:
        """The word's number, a new one for a new word."""
        said = word.lower()
        if not is_word(word):
            place = NO_WORD
        elif said in known:
            place = known[said]
        else:
            place = len(vocabulary)
            vocabulary.append(said)
        known[word] = known[said] = place
        return place

    for row, text in enumerate(texts, 1):
        said = [known[word] if word in known else number(word) for word in pieces(text, "word")]
        distinct = set(said)
        distinct.discard(NO_WORD)
        numbers.extend(distinct)
        starts.append(len(numbers))
        counts["characters"].append(len(text))
        counts["words"].append(len(said) - said.count(NO_WORD))
        counts["sentences"].append(sum(map(is_word, pieces(text, "sentence"))))
        if progress and row % REPORTED == 0:
            progress(row / len(texts))
    order = np.array(sorted(range(len(vocabulary)), key=vocabulary.__getitem__), dtype=np.int64)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    words = [vocabulary[old] for old in order]
    begun, held = np.array(starts, dtype=np.int64), place[np.array(numbers, dtype=np.int32)]
    owners = np.repeat(np.arange(len(begun) - 1, dtype=np.int32), np.diff(begun))
    return WordIndex(
        vocabulary=pa.array(words, pa.string()),
        starts=begun,
        numbers=held,
        ends=np.concatenate([[0], np.cumsum(np.bincount(held, minlength=len(words)))]),
        rows=owners[np.argsort(held, kind="stable")],
        topical=np.array([is_topical(word) for word in words], dtype=bool),
        **{field: np.array(counts[field], dtype=np.int32) for field in COUNTED},
    )


def _slices(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The places of slices of an array, one after the other."""
    ends = np.cumsum(sizes)
    return np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)


def _read(folder: Path) -> WordIndex | None:
    """The index that was kept; None when there is none, or it is damaged."""
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES}
        with pa.memory_map(str(folder / "vocabulary.arrow")) as file:
            vocabulary = pa.ipc.open_stream(file).read_all()["word"].combine_chunks()
        used(folder)
        return WordIndex(vocabulary, **arrays)
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None


def _kept(folder: Path, made: WordIndex) -> WordIndex:
    """The index, kept on disk and mapped into memory; as it is where the disk is full."""

    def fill(part: Path) -> None:
        for name in _FILES:
            np.save(part / f"{name}.npy", getattr(made, name), allow_pickle=False)
        words = pa.table({"word": made.vocabulary})
        with pa.OSFile(str(part / "vocabulary.arrow"), "wb") as file, pa.ipc.new_stream(file, words.schema) as writer:
            writer.write_table(words)

    return (_read(folder) or made) if write_folder(folder, fill) else made
