"""Prompts as vectors: the mean of the last hidden states, the same in a batch as alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainers.generative.embeddings import embed_prompts, prompt_embeddings

from tests.explainers.architectures import build_generative

TEXTS = ["you call home now", "won free prize", "free prize", "call", ""]


@pytest.fixture(scope="module")
def model():
    return build_generative("llama", max_position_embeddings=16)


def test_each_is_the_mean_of_its_tokens_but_the_first(model):
    made = embed_prompts(model, TEXTS)
    assert made.shape == (5, 16) and made.dtype == np.float32
    for text, row in zip(TEXTS[:4], made, strict=False):
        ids = torch.tensor([model.prompt(text, chat=False).ids])
        with torch.no_grad():
            states = model.model.base_model(input_ids=ids).last_hidden_state[0]
        assert row == pytest.approx((states[1:] if len(states) > 1 else states).mean(0).numpy(), abs=1e-5)


def test_a_long_prompt_counts_by_its_beginning(model):
    long, short = embed_prompts(model, ["call " * 40, " ".join(["call"] * 16)])
    assert long == pytest.approx(short, abs=1e-5)


def test_they_are_kept(model, tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path))
    first = prompt_embeddings(model, TEXTS)
    before = model.work.rows
    assert np.array_equal(prompt_embeddings(model, TEXTS), first) and model.work.rows == before
