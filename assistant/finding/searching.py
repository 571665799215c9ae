"""Which rows say some words: looked up in the index of the data's words where that settles it, else read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex

from explainers.dataset import Dataset

from assistant.programs.scripts import begins_words, ends_words

RUN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
DOTTED = "\u0130"
_threads = ThreadPoolExecutor(2, thread_name_prefix="search")  # Arrow lets go of the interpreter while it reads


def word_pattern(words: str) -> str:
    """A pattern (RE2) for words in any case, not inside a longer word where the words begin or end with a letter.

    Particles may follow Hangul, and scripts without spaces set no word apart.
    """
    escaped = r"\s+".join("".join(c if c.isalnum() else f"\\x{{{ord(c):x}}}" for c in word) for word in words.split())
    edge = r"[^\pL\pN_]"
    before = rf"(?:^|{edge})" if begins_words(words[:1]) else ""
    after = rf"(?:$|{edge})" if ends_words(words[-1:]) else ""
    return f"(?is){before}{escaped}{after}"


def rows_saying(dataset: Dataset, words: str) -> np.ndarray:
    """(rows,) booleans: the rows whose text matches the `word_pattern` of some words.

    Letters and digits without a space between lie within one word of the index. So a single such run is settled by the
    vocabulary; of several, or with other signs among them, rows that have each run are read. The vocabulary is in lower
    case, where a capital I with a dot became two characters: rows with such words are read, and it is itself looked for
    in every text.
    """
    pattern, runs, texts = word_pattern(words), RUN.findall(words), dataset.table["text"]
    if not runs or DOTTED in words:
        return matching(texts, pattern)
    index = dataset.words
    if runs == [words]:
        places = np.flatnonzero(matching(index.vocabulary, pattern))
        odd = np.asarray(pc.match_substring(index.vocabulary.take(pa.array(places)), DOTTED.lower()))
        sure = index.rows_with(places[~odd])
        return sure | _read(texts, index.rows_with(places[odd]) & ~sure, pattern)
    likely = np.ones(len(dataset), dtype=bool)
    for run in runs:
        likely &= index.rows_with(np.flatnonzero(matching(index.vocabulary, f"(?i){run}")))
    return _read(texts, likely, pattern)


def values_saying(column: pa.ChunkedArray, words: str) -> np.ndarray:
    """(rows,) booleans: the rows whose value in a column of text matches the `word_pattern` of some words."""
    pattern, runs = word_pattern(words), RUN.findall(words)
    if not runs or DOTTED in words:
        return matching(column, pattern)
    return _read(column, matching(column, f"(?i){max(runs, key=len)}"), pattern)  # a plain word is found in half the time


def matching(strings: pa.Array | pa.ChunkedArray, pattern: str) -> np.ndarray:
    """(strings,) booleans: which of them match a pattern; a missing one does not."""
    parts = strings.chunks if isinstance(strings, pa.ChunkedArray) else [strings]
    found = _threads.map(lambda part: pc.fill_null(pc.match_substring_regex(part, pattern), False), parts)
    return np.concatenate([np.zeros(0, dtype=bool), *map(np.asarray, found)])


def _read(column: pa.ChunkedArray, likely: np.ndarray, pattern: str) -> np.ndarray:
    """Those of the likely rows whose value matches, all as (rows,) booleans."""
    positions = np.flatnonzero(likely)
    found = np.zeros(len(likely), dtype=bool)
    found[positions] = matching(column.take(pa.array(positions)), pattern)
    return found
