"""Greedy decoding under a grammar, by llguidance: every token is one that the grammar allows.

Three things make it quick on a CPU. The state of the fixed beginning of the prompt is kept between questions.
Tokens that the grammar leaves no choice about are not computed. And words copied from the prompt are guessed
ahead and checked in one pass (prompt lookup), which changes nothing in what comes out.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explainers.errors import AskWhyError

GUESS = 6  # tokens guessed ahead
MATCH = 2  # tokens that must agree before a guess is made


@dataclass(frozen=True)
class Decoded:
    """The text, and the probability of its choices: the product, among allowed tokens, where there was a choice."""

    text: str
    confidence: float
    forwards: int


class GrammarDecoder:
    """A causal language model with its tokenizer, decoding under Lark grammars in llguidance's dialect."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        from llguidance.hf import from_tokenizer

        self.model = model
        self.tokenizer = tokenizer
        self._guide = from_tokenizer(tokenizer, n_vocab=model.config.vocab_size)
        self._prefix: tuple[list[int], Any] | None = None

    def __call__(
        self, prompt: Sequence[int], grammar: str, *, fixed: int = 0, limit: int = 200, seconds: float = 30.0
    ) -> Decoded:
        """The most likely text at each step under `grammar`, after a prompt of token ids.

        The first `fixed` tokens are the same from question to question, so their state is kept.
        Raises AskWhyError when the grammar is not finished after `limit` tokens or `seconds`.
        """
        from llguidance import LLMatcher

        matcher = LLMatcher(self._guide, LLMatcher.grammar_from_lark(grammar))
        if matcher.is_error():
            raise AskWhyError(f"The grammar of programs is broken: {matcher.get_error()}")
        deadline = time.monotonic() + seconds
        cache, done = self._start(prompt[:fixed])
        pending, written = list(prompt[done:]), []
        confidence, forwards = 0.0, 0
        while not matcher.is_stopped():
            if len(written) >= limit or time.monotonic() > deadline:
                raise AskWhyError("The question took too long to read; say it in fewer words.")
            guess = self._guess(list(prompt) + written, matcher)
            logits = self._forward(pending + guess, cache, keep=len(guess) + 1)
            forwards += 1
            accepted = 0
            pending = []
            for step in range(len(guess) + 1):
                token, chance = self._choose(logits[step], matcher)
                confidence += math.log(max(chance, 1e-9))
                self._take(matcher, token)
                written.append(token)
                if matcher.is_stopped():
                    break
                if step < len(guess) and token == guess[step]:
                    accepted += 1
                    continue
                pending = [token]
                break
            if len(guess) > accepted:
                cache.crop(accepted - len(guess))  # a negative length takes that many tokens away
            for token in [] if matcher.is_stopped() else matcher.compute_ff_tokens():
                self._take(matcher, token)
                written.append(token)
                pending.append(token)
        text = self.tokenizer.decode(written, skip_special_tokens=True)
        return Decoded(text, math.exp(confidence), forwards)

    def _start(self, fixed: Sequence[int]) -> tuple[Any, int]:
        """A cache that holds the fixed beginning, and how many tokens that is."""
        from transformers import DynamicCache

        if not fixed:
            return DynamicCache(config=self.model.config), 0
        if self._prefix is None or self._prefix[0] != list(fixed):
            cache = DynamicCache(config=self.model.config)
            self._forward(list(fixed), cache, keep=1)
            self._prefix = (list(fixed), cache)
        return copy.deepcopy(self._prefix[1]), len(fixed)

    def _forward(self, tokens: Sequence[int], cache: Any, keep: int) -> torch.Tensor:
        """(keep, vocabulary) logits after the last `keep` tokens; the cache grows by all of them."""
        with torch.inference_mode():
            ids = torch.tensor([list(tokens)], device=self.model.device)
            return self.model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=keep).logits[0].float()

    def _choose(self, logits: torch.Tensor, matcher: Any) -> tuple[int, float]:
        """The likeliest allowed token, and its probability among the allowed ones."""
        packed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.flatnonzero(np.unpackbits(packed, bitorder="little")[: logits.shape[-1]])
        if not len(allowed):
            raise AskWhyError("The grammar allows no further word; say the question in another way.")
        chances = torch.softmax(logits[torch.from_numpy(allowed)], dim=-1)
        best = int(chances.argmax())
        return int(allowed[best]), float(chances[best])

    def _take(self, matcher: Any, token: int) -> None:
        if not matcher.consume_token(token):
            raise AskWhyError(f"The grammar refused a word it had allowed: {matcher.get_error()}")

    def _guess(self, context: list[int], matcher: Any) -> list[int]:
        """What followed the last tokens when they stood in the context before, as far as the grammar allows it."""
        tail = context[-MATCH:]
        for start in range(len(context) - MATCH - 1, -1, -1):
            if context[start : start + MATCH] == tail:
                ahead = context[start + MATCH : start + MATCH + GUESS]
                return ahead[: matcher.validate_tokens(ahead)]
        return []
