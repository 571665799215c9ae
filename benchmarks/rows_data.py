"""The data that questions about rows are timed on: the first demo's, and rows that are made up.

The made-up rows have a model whose answers are made up too: predicting and representing a million texts takes hours on a
laptop, and is not what is timed here.
"""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from explainers import neighbours
from explainers.classifier import Classifier
from explainers.dataset import Dataset, DataSource, load_dataset

from assistant.operations import similar
from assistant.resolver import Resolver
from assistant.settings import DEFAULT_DEMO, DataSettings, ModelSettings, Settings, load_settings, settings_path
from assistant.workspace import Workspace, load_model

SEED = 13
WORDS = 60_000  # of the made-up language; how often each occurs falls with its rank, as in a real one (Zipf)
KNOWN = {
    "the": 0,
    "now": 30,
    "free": 50,
    "call": 80,
    "win": 200,
    "50%": 900,
    "café": 1500,
}  # words that are asked for, and their rank
LABELS = ("ham", "spam")
WIDTH = 384  # of a made-up representation
DEMO = "demo"


def circumstances(load: float) -> dict[str, Any]:
    """Machine, versions, date, and the load (runnable processes) before the run."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": round(load, 1),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("duckdb", "pyarrow", "datasets", "numpy")},
    }


def write(path: Path, rows: int) -> None:
    """Write so many made-up rows: a text of 4 to 23 words, a label, and a column of each type."""
    generator = np.random.default_rng(SEED)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    lengths = generator.integers(2, 9, WORDS)
    spelled, ends = "".join(generator.choice(letters, lengths.sum())), np.cumsum(lengths)
    words = np.array([spelled[end - length : end] for end, length in zip(ends, lengths, strict=True)], dtype=object)
    for word, rank in KNOWN.items():
        words[rank] = word
    chances = 1 / np.arange(1, WORDS + 1)
    sizes = generator.integers(4, 24, rows)
    said = words[generator.choice(WORDS, sizes.sum(), p=chances / chances.sum())]
    ends = np.cumsum(sizes)
    marks = generator.choice([".", "!", "?", ". Yes."], rows)
    texts = [" ".join(said[end - size : end]) + mark for end, size, mark in zip(ends, sizes, marks, strict=True)]
    table = pa.table({
        "text": texts,
        "label": generator.choice(LABELS, rows, p=(0.7, 0.3)),
        "sender": generator.choice(["bank", "friend", "shop"], rows),
        "age": generator.integers(18, 80, rows),
        "price": np.round(generator.random(rows) * 100, 2),
        "sent": pa.array(generator.integers(0, 366, rows) + 19723, pa.int32()).cast(pa.date32()),
        "known": generator.random(rows) < 0.5,
        "note": [f"note {number} to call" for number in generator.integers(0, 10_000, rows)],
    })  # fmt: skip
    parquet.write_table(table, path)


class MadeUp(Classifier):
    """A small random model, whose answers to many texts, and whose representations of them, are made up from their length."""

    fingerprint = "made-up"

    def probabilities(self, texts: Sequence[str], progress: Any = None) -> np.ndarray:
        """(texts, classes) probabilities, that look as a good model's do."""
        sure = 1 - np.random.default_rng(len(texts[0])).beta(0.3, 3, len(texts))
        first = np.where(np.array([len(text) % 10 for text in texts]) < 7, sure, 1 - sure)
        return np.stack([first, 1 - first], axis=1).astype(np.float32)


def _made_up_states(classifier: Classifier, texts: Sequence[str]) -> np.ndarray:
    return np.random.default_rng(len(texts[0])).normal(size=(len(texts), WIDTH)).astype(np.float32)


def file_of(name: str, folder: Path) -> Path:
    """The file that a dataset is read from."""
    return _demo()[1].path if name == DEMO else folder / "rows.parquet"


def dataset(name: str, folder: Path) -> Dataset:
    """One of the two datasets."""
    return load_dataset(_demo()[1] if name == DEMO else DataSource(file_of(name, folder), label="label"))


def workspace(name: str, rows: Dataset) -> Workspace:
    """Its workspace, with its model."""
    if name == DEMO:
        settings, _ = _demo()
        resolver = Resolver(settings_path(DEFAULT_DEMO))
        return Workspace(settings, load_model(settings.models[0], resolver, settings.device), rows, resolver)
    for module in (neighbours, similar):
        module.embed_texts = _made_up_states
    vocabulary = {word: place for place, word in enumerate(("[PAD]", "[UNK]", *KNOWN))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=2
    )
    classifier = MadeUp(BertForSequenceClassification(config), tokenizer, name="made-up model", labels=LABELS)
    own = Settings.model_construct(
        title="Made-up rows", models=(ModelSettings(path="made-up"),), data=DataSettings(path="rows.parquet")
    )
    return Workspace(own, classifier, rows)


def _demo() -> tuple[Settings, DataSource]:
    path = settings_path(DEFAULT_DEMO)
    settings = load_settings(path)
    return settings, Resolver(path).data(settings.data)
