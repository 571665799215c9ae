"""What counterfactuals of a workspace are made of: the words of its data, lists of contraries, and the language model."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from explainers.counterfactuals import Contrasts, Lexicon, Material, Negations, common_words, frequent_words, marker_words

if TYPE_CHECKING:
    from assistant.workspace import Workspace

READ = 20_000  # rows from which words are learned, drawn at random of more
SEED = 13
ENOUGH = 3  # words of a language's list that the data has, from which on the data is in that language


def material_of(workspace: Workspace) -> Material:
    """Of the data's labels, or of the model's where the data has none."""
    texts, labels, positions = _labelled(workspace)
    words = frequent_words(texts)
    return Material(
        markers=marker_words(texts, labels),
        common=common_words(texts),
        lexicon=Lexicon.of(workspace.classifier, words),
        contrasts=Contrasts(texts, labels, positions),
        negations=negations(words),
        fluency=workspace.fluency,
    )


def negations(words: Collection[str]) -> Negations:
    """The lists of contraries in prompts/words, of those languages that these words of the data are in."""
    told = tomllib.loads((files("prompts") / "words" / "negation.toml").read_text("utf-8"))
    spoken = [entry for entry in told.values() if len(set(words) & entry["swaps"].keys()) >= ENOUGH]
    return Negations(
        swaps={word: tuple(others) for entry in spoken for word, others in entry["swaps"].items()},
        words=tuple(word for entry in spoken for word in entry["words"]),
    )


def _labelled(workspace: Workspace) -> tuple[list[str], list[str], list[int]]:
    """Rows with their classes and positions: all of them, or as many as are enough to know the words of the data."""
    rows, table = len(workspace.dataset), workspace.dataset.table
    some = np.arange(rows) if rows <= READ else np.sort(np.random.default_rng(SEED).choice(rows, READ, replace=False))
    if "label" in table.column_names:
        labels = table["label"].take(pa.array(some)).to_pylist()
    else:
        labels = [workspace.classifier.labels[place] for place in workspace.predictions().best[some]]
    texts = workspace.dataset.texts.at(some)
    known = [place for place, label in enumerate(labels) if label is not None]
    return [texts[place] for place in known], [labels[place] for place in known], [int(some[place]) for place in known]
