"""How well texts read, by a language model of random weights, against the same worked out one text at a time."""

from __future__ import annotations

import pytest
import torch

from assistant import fluency
from assistant.fluency import LocalFluency
from assistant.resolver import Resolver
from assistant.settings import LanguageModelSettings, Settings

from . import tiny

TEXTS = ["win a free prize now", "see you at home tonight", "now", "", "free free free prize at home see you now", "안녕"]


@pytest.fixture(scope="module")
def judge() -> LocalFluency:
    tokenizer = tiny.byte_tokenizer(TEXTS * 3)
    return LocalFluency(tiny.causal_lm(len(tokenizer)), tokenizer)


def alone(judge, text):
    ids = [judge._tokenizer.eos_token_id, *judge._tokenizer(text)["input_ids"]]
    with torch.no_grad():
        chances = torch.log_softmax(judge._model(torch.tensor([ids])).logits[0], -1)
    return float(torch.exp(-torch.stack([chances[place, following] for place, following in enumerate(ids[1:])]).mean()))


def test_perplexity_is_that_of_each_text_alone(judge, monkeypatch):
    expected = [alone(judge, text) if text else 1.0 for text in TEXTS]
    assert judge.perplexities(TEXTS) == pytest.approx(expected, rel=1e-4)
    monkeypatch.setattr(fluency, "TOGETHER", 1)  # one text at a time
    assert judge.perplexities(TEXTS) == pytest.approx(expected, rel=1e-4)


def test_a_long_text_is_judged_by_its_beginning(judge, monkeypatch):
    monkeypatch.setattr(fluency, "LONGEST", 8)
    whole = "see you at home tonight " * 9
    assert judge.perplexities([whole]) == pytest.approx(judge.perplexities([whole + "prize " * 40]))
    assert judge.fillings(whole, [200], 3) == [[]]


def test_fillings_go_on_from_what_stands_before(judge):
    text = "see you at home"
    first, within, last = judge.fillings(text, [0, 8, 11], 3)
    for found in (first, within, last):
        assert len({word for word, _ in found}) == len(found) > 0
        assert [chance for _, chance in found] == sorted((chance for _, chance in found), reverse=True)
        assert all(word.isalpha() and len(word) > 1 and chance < 0 for word, chance in found)
    other = judge.fillings("see you or not", [8], 3)[0]  # what comes after does not matter, but for the last digit
    assert [word for word, _ in other] == [word for word, _ in within]
    assert [chance for _, chance in other] == pytest.approx([chance for _, chance in within], abs=1e-4)
    ids = [judge._tokenizer.eos_token_id, *judge._tokenizer("see you")["input_ids"]]
    with torch.no_grad():
        chances = torch.log_softmax(judge._model(torch.tensor([ids])).logits[0, -1], -1)
    token = judge._tokenizer.convert_tokens_to_ids(f"Ġ{within[0][0]}")
    assert float(chances[token]) == pytest.approx(within[0][1], abs=1e-4)


def test_a_served_model_tells_no_perplexity(tmp_path):
    served = LanguageModelSettings(endpoint="http://127.0.0.1:1/v1", model="m")
    settings = Settings.model_construct(language_model=served, device="cpu")
    assert LocalFluency.load(settings, Resolver(tmp_path / "askwhy.toml")) is None
