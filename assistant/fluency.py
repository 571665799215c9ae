"""How well texts read, by a local language model as it came: its perplexity, and the words that it would go on with."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from explainers.grouped import group_heads
from explainers.prepacked import prepack

from assistant.parsing.language_model import load_causal_lm
from assistant.resolver import Resolver
from assistant.settings import Settings

LONGEST = 512  # tokens of a text that are read
TOGETHER = 768  # padded tokens in one pass; the logits of each are as many as the vocabulary


class LocalFluency:
    """A causal language model that says how well texts read: `explainers.counterfactuals.Fluency`."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model, self._tokenizer = prepack(group_heads(model.eval())), tokenizer
        self._begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
        self._lock = threading.Lock()

    @classmethod
    def load(cls, settings: Settings, resolver: Resolver) -> LocalFluency | None:
        """The settings' language model without its adapter, which would have it speak of nothing but programs; None for one
        that is served, since servers do not tell how likely a text is. Raises AskWhyError when it cannot be loaded."""
        if settings.language_model.endpoint is not None:
            return None
        return cls(*load_causal_lm(resolver.path(settings.language_model.path), device=settings.device))

    def perplexities(self, texts: Sequence[str]) -> np.ndarray:
        """(texts,) exp of the mean negative log-likelihood of each text's tokens, of the first LONGEST of them."""
        import torch

        rows = [self._ids(text) for text in texts]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        found = np.ones(len(rows))
        while order:
            some = [order.pop()]
            while order and (len(some) + 1) * len(rows[some[0]]) <= TOGETHER:
                some.append(order.pop())
            chances = self._log_probabilities([rows[place] for place in some])
            for place, row in zip(some, chances, strict=True):
                ids = torch.tensor(rows[place][1:], device=row.device)
                if len(ids):
                    found[place] = float(torch.exp(-row[: len(ids)].gather(1, ids[:, None]).mean()))
        return found

    def fillings(self, text: str, starts: Sequence[int], n: int) -> list[list[tuple[str, float]]]:
        """For each character position, up to `n` words the model would go on with there, by what stands before it; each with
        its log-probability. Of words that are one token."""
        offsets = self._tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)["offset_mapping"][: LONGEST - 1]
        (chances,) = self._log_probabilities([self._ids(text)])
        found = []
        for start in starts:
            edge = len(text[:start].rstrip())  # the words that are looked up bring their own space
            before = sum(end <= edge for _, end in offsets)
            if offsets and offsets[-1][1] < edge:  # beyond what is read
                found.append([])
                continue
            words, ids = self._words["within" if start else "first"]
            values, places = chances[before][ids].topk(min(n, len(words)))
            found.append([(words[place], float(value)) for value, place in zip(values, places, strict=True)])
        return found

    def _ids(self, text: str) -> list[int]:
        return [self._begin, *self._tokenizer(text, add_special_tokens=False)["input_ids"][: LONGEST - 1]]

    def _log_probabilities(self, rows: Sequence[list[int]]) -> Any:
        """(rows, tokens, vocabulary) of what comes after each token; right of a row's end they mean nothing."""
        import torch

        width = max(map(len, rows))
        ids = torch.tensor([row + [self._begin] * (width - len(row)) for row in rows], device=self._model.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=self._model.device)
        with self._lock, torch.inference_mode():
            return torch.log_softmax(self._model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float(), dim=-1)

    @cached_property
    def _words(self) -> dict[str, tuple[list[str], Any]]:
        """Words of letters that are one token, and their ids: those that follow a space, and those that begin a text."""
        import torch

        tokens = self._tokenizer.convert_ids_to_tokens(range(len(self._tokenizer)))
        within = [(token[1:], number) for number, token in enumerate(tokens) if token and token[0] in "Ġ▁"]
        first = [(token, number) for number, token in enumerate(tokens) if token and token[0] not in "Ġ▁"]
        made = {}
        for name, pairs in (("within", within), ("first", first)):
            kept = [(word, number) for word, number in pairs if word.isascii() and word.isalpha() and len(word) > 1]
            ids = torch.tensor([number for _, number in kept], dtype=torch.long, device=self._model.device)
            made[name] = [word for word, _ in kept], ids
        return made
