"""Sentence embeddings by the embedded encoder, kept on disk by the content of each text."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from langchain_core.embeddings import Embeddings
from transformers import AutoModel, AutoTokenizer

from explainers.assets import cache_folder

TOKENS = 256  # what the encoder was trained to read
BATCH = 16
SAVED = 128  # texts embedded between two writes, so that a cancelled index goes on where it stopped
MOST_KEPT = 50_000  # vectors on disk; beyond, only those in use stay


class Encoder(Embeddings):
    """Unit vectors of texts: the mean of the last hidden states over tokens (Reimers and Gurevych 2019, Sentence-BERT)."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        self._model = AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        ).eval()
        self.name = hashlib.sha256((folder / "config.json").read_bytes() + str(folder).encode()).hexdigest()[:16]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.vectors(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.vectors([text])[0].tolist()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, width) float32 unit vectors."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found: dict[int, np.ndarray] = {}
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            said = [texts[row].encode("utf-8", "replace").decode("utf-8") for row in rows]
            inputs = self._tokenizer(said, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
            with torch.inference_mode():
                states = self._model(**inputs).last_hidden_state
            mask = inputs["attention_mask"][..., None].float()
            means = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
            found.update(zip(rows, means.numpy(), strict=True))
        return np.stack([found[row] for row in range(len(texts))]) if texts else np.zeros((0, 0), np.float32)


@lru_cache(maxsize=1)
def encoder_in(folder: Path) -> Encoder:
    """The encoder in a folder, loaded once."""
    return Encoder(folder)


class KeptEmbeddings(Embeddings):
    """Embeddings that are computed once for each text and kept on disk under `name`; questions are not kept.

    `progress` is told the share that is done, and may raise to stop: what is done by then stays.
    """

    def __init__(self, inner: Embeddings, name: str, progress: Callable[[float], None] = lambda share: None) -> None:
        self._inner = inner
        self.progress = progress
        self._file = cache_folder("knowledge") / f"{name}.npz"
        self._lock = threading.Lock()
        self._vectors: dict[str, np.ndarray] | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        with self._lock:
            kept = self._read()
            keys = [_key(text) for text in texts]
            lacking = list({key: text for key, text in zip(keys, texts, strict=True) if key not in kept}.items())
            for start in range(0, len(lacking), SAVED):
                self.progress(start / len(lacking))
                some = lacking[start : start + SAVED]
                vectors = self._inner.embed_documents([text for _, text in some])
                kept.update((key, np.array(row, np.float32)) for (key, _), row in zip(some, vectors, strict=True))
                self._write(kept, set(keys))
            return [kept[key].tolist() for key in keys]

    def embed_query(self, text: str) -> list[float]:
        return self._inner.embed_query(text)

    def _read(self) -> dict[str, np.ndarray]:
        if self._vectors is None:
            try:
                with np.load(self._file, allow_pickle=False) as held:
                    self._vectors = dict(zip(held["keys"].tolist(), held["vectors"], strict=True))
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # not there, or broken: computed anew
                self._vectors = {}
        return self._vectors

    def _write(self, kept: dict[str, np.ndarray], used: set[str]) -> None:
        if len(kept) > MOST_KEPT:
            for key in [key for key in kept if key not in used]:
                del kept[key]
        with tempfile.NamedTemporaryFile(dir=self._file.parent, suffix=".part", delete=False) as file:
            np.savez(file, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())))
        Path(file.name).replace(self._file)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
