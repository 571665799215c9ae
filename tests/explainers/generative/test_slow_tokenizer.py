"""Tokenizers that give no character offsets: they are found by decoding, or a sentence says that they cannot be."""

from __future__ import annotations

import string

import pytest
import torch
import transformers

from explainers import AskWhyError
from explainers.generative import GenerativeModel, salience, score


class Letters(transformers.PreTrainedTokenizer):
    """One token for each letter; with `lower`, the small one for both."""

    def __init__(self, lower: bool = False, **options: object) -> None:
        self._letters = {letter: place for place, letter in enumerate(["<pad>", "?", *string.ascii_letters, *" \n.,"])}
        self._lower = lower
        super().__init__(pad_token="<pad>", unk_token="?", **options)

    @property
    def vocab_size(self) -> int:
        return len(self._letters)

    def get_vocab(self) -> dict[str, int]:
        return dict(self._letters)

    def _tokenize(self, text: str, **_: object) -> list[str]:
        return list(text.lower() if self._lower else text)

    def _convert_token_to_id(self, token: str) -> int:
        return self._letters.get(token, self._letters["?"])

    def _convert_id_to_token(self, index: int) -> str:
        return next(letter for letter, place in self._letters.items() if place == index)

    def convert_tokens_to_string(self, tokens: list[str]) -> str:
        return "".join(tokens)


def model(lower: bool) -> GenerativeModel:
    tokenizer = Letters(lower)
    assert not tokenizer.is_fast
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        n_embd=16, n_layer=1, n_head=2, n_positions=64, vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=0
    )
    return GenerativeModel(transformers.GPT2LMHeadModel(config), tokenizer, name="letters")


def test_offsets_are_found_by_decoding() -> None:
    made = model(lower=False)
    prompt = made.prompt("Call now,\nfree", chat=False)
    assert prompt.offsets == tuple((place, place + 1) for place in range(14))
    answer = score(made, prompt, " home")
    found = salience(made, prompt, answer, "home", unit="word", method="occlusion", check=False)
    assert [segment.text for segment in found.segments] == ["Call ", "now", ",\n", "free"]
    assert [segment.tokens for segment in found.segments] == [5, 3, 2, 4]
    assert found.target == "home"


def test_tokens_that_do_not_spell_the_text_get_a_sentence() -> None:
    with pytest.raises(AskWhyError, match=r"gives no character offsets.*use its fast tokenizer \(tokenizer.json\)\.$") as caught:
        model(lower=True).prompt("Call now", chat=False)
    assert "\n" not in str(caught.value)
