"""Predictions of a whole dataset, computed once and kept on disk by the fingerprints of model and data."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from explainers.assets import cache_folder
from explainers.classifier import Classifier
from explainers.dataset import Dataset

CHUNK = 1024  # rows between two progress reports


def predict_dataset(classifier: Classifier, dataset: Dataset, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """(rows, classes) float32 probabilities; `progress` is called with rows done and rows in all.

    Chunks already on disk from an interrupted run are not computed again.
    """
    folder = cache_folder("predictions", f"{classifier.fingerprint}-{dataset.fingerprint}")
    texts = dataset.texts
    parts = []
    for start in range(0, len(texts), CHUNK):
        path = folder / f"{start:09d}.npy"
        if path.exists():
            parts.append(np.load(path, allow_pickle=False))
            continue
        if progress:
            progress(start, len(texts))
        part = classifier.probabilities(texts[start : start + CHUNK])
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            np.save(file, part, allow_pickle=False)
        Path(file.name).replace(path)
        parts.append(part)
    if progress:
        progress(len(texts), len(texts))
    return np.concatenate(parts)


def is_predicted(classifier: Classifier, dataset: Dataset) -> bool:
    """Whether every row's prediction is on disk."""
    folder = cache_folder("predictions", f"{classifier.fingerprint}-{dataset.fingerprint}")
    return all((folder / f"{start:09d}.npy").exists() for start in range(0, len(dataset), CHUNK))
