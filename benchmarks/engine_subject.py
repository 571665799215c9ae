"""What the engine is measured on: the classifier of a settings file and test rows that training never saw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import explainers
from explainers import Classifier, load_dataset

from assistant.resolver import Resolver
from assistant.settings import load_settings, settings_path
from assistant.workspace import load_model

SEED = 13
FEWEST_WORDS = 2  # a text of one word has only one ranking


@dataclass(frozen=True)
class Subject:
    """A classifier and texts of its data, each with the class that is predicted for it."""

    name: str
    classifier: Classifier
    texts: tuple[str, ...]
    targets: tuple[str, ...]

    def lengths(self) -> dict[str, int]:
        """How long the texts are, in tokens."""
        tokens = [len(self.classifier.encode(text).ids) for text in self.texts]
        return {
            "texts": len(tokens),
            "shortest": min(tokens),
            "median": int(np.median(tokens)),
            "longest": max(tokens),
            "sum": sum(tokens),
        }


def load_classifier(demo: str) -> Classifier:
    """The first classifier of a settings file, on the CPU."""
    path = settings_path(demo)
    return load_model(load_settings(path).models[0], Resolver(path), "cpu")


def draw(demo: str, classifier: Classifier, count: int) -> Subject:
    """Test rows in an order drawn with a fixed seed, so that the first of many are the few."""
    path = settings_path(demo)
    dataset = load_dataset(Resolver(path).data(load_settings(path).data))
    splits = dataset.table[dataset.split].to_pylist()
    texts = [text for text, split in zip(dataset.texts, splits, strict=True) if split == "test"]
    texts = [text for text in texts if len(text.split()) >= FEWEST_WORDS]
    order = np.random.default_rng(SEED).permutation(len(texts))[:count]
    return subject(demo, classifier, [texts[place] for place in order])


def subject(name: str, classifier: Classifier, texts: Sequence[str]) -> Subject:
    """Texts with their predicted classes."""
    predicted = classifier.probabilities(texts).argmax(axis=1)
    return Subject(name, classifier, tuple(texts), tuple(classifier.labels[place] for place in predicted))


def source_digest(*more: Path) -> str:
    """A hash of the engine's source and of more files: figures of another engine are not mixed with these."""
    folder = Path(explainers.__file__).parent
    digest = hashlib.sha256()
    for file in (*sorted(folder.rglob("*.py")), *more):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
