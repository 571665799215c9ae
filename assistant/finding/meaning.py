"""What means nearly the same: sentence embeddings, and words of the data that may stand for others."""

from __future__ import annotations

import threading

import numpy as np

from explainers.infilling import Infilling
from explainers.perturbations import Synonyms
from explainers.perturbations.synonym import Embed, near_words

from assistant.context import Context

WORDS = 3000  # the most frequent topical words of the data, among which near ones are looked for
_lock = threading.Lock()


def embedder(context: Context) -> Embed | None:
    """What embeds texts; None where the sentence encoder is not on this machine."""
    encoder = context.workspace.original.library.encoder
    return None if encoder is None else encoder.vectors


def infilling(context: Context) -> Infilling | None:
    """Other wordings by the language model; None where it or the sentence encoder is not on this machine."""
    embed, fluency = embedder(context), context.workspace.original.fluency
    return None if embed is None or fluency is None else Infilling(fluency, embed)


def synonyms(context: Context) -> Synonyms | None:
    """For words of the data, the others that are near in meaning; None without the sentence encoder."""
    workspace = context.workspace.original
    encoder = workspace.library.encoder
    if encoder is None:
        return None
    with _lock:
        if workspace.synonyms is None:
            context.report("words", 0.0)
            index = workspace.dataset.words
            words = index.said(index.ranked(np.arange(len(workspace.dataset)))[0][:WORDS])
            workspace.synonyms = near_words(words, encoder.vectors, encoder.name)
        return workspace.synonyms
