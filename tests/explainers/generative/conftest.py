"""Tiny causal language models of every architecture that is spoken of, with a prompt and an answer of one of them."""

from __future__ import annotations

import pytest

from explainers.generative import Answer, GenerativeModel, score

from tests.explainers.architectures import GENERATIVE, build_generative

PROMPT = "you won free\ncall here now\n\nlove you"
TARGET = " home free call"


@pytest.fixture(scope="session", params=GENERATIVE)
def model(request: pytest.FixtureRequest) -> GenerativeModel:
    room = "n_positions" if request.param == "gpt2" else "max_position_embeddings"
    return build_generative(request.param, chat=True, **{room: 256}, sliding_window=6)


@pytest.fixture(scope="session")
def answer(model: GenerativeModel) -> Answer:
    return score(model, model.prompt(PROMPT, chat=False), TARGET)


@pytest.fixture(scope="session")
def llama() -> GenerativeModel:
    return build_generative("llama", chat=True, max_position_embeddings=256)
