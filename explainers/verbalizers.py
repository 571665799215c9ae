"""The words by which a language model says a class: their tokens, and how likely it goes on with each of them.

A word of one token has a logit of its own. As soon as one word has several, every word is scored by the sum of the
log-probabilities of its tokens, each behind those before it: so two words may begin alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explainers.errors import AskWhyError
from explainers.generative.tokens import continuation

Words = tuple[tuple[int, ...], ...]  # the token ids of each class's word


class _Capped(nn.Module):
    """A linear layer whose outputs stay within a bound, as Gemma 2 has it."""

    def __init__(self, linear: nn.Module, most: float) -> None:
        super().__init__()
        self.linear, self.most = linear, most

    def forward(self, states: Tensor) -> Tensor:
        return torch.tanh(self.linear(states) / self.most) * self.most


class _Scaled(nn.Module):
    """A linear layer, shared and not copied, whose outputs are scaled as the model does it."""

    def __init__(self, linear: nn.Module, scale: float) -> None:
        super().__init__()
        self.linear, self.scale = linear, scale

    def forward(self, states: Tensor) -> Tensor:
        return self.linear(states) * self.scale


def head(model: Any, ids: Sequence[int] | None = None) -> nn.Module:
    """What makes logits of a language model's last states: of the tokens `ids`, by a linear layer of them, or of all."""
    whole, config = model.get_output_embeddings(), model.config.get_text_config()
    scale = (getattr(config, "logit_scale", None) or 1.0) / (getattr(config, "logits_scaling", None) or 1.0)
    if ids is None:
        made = _Scaled(whole, scale)
    else:
        made = nn.Linear(whole.weight.shape[1], len(ids), bias=getattr(whole, "bias", None) is not None)
        made.weight.data = whole.weight.data[list(ids)] * scale
        if made.bias is not None:
            made.bias.data = whole.bias.data[list(ids)] * scale
    most = getattr(config, "final_logit_softcapping", None)
    return _Capped(made, most) if most else made


class WordScores(nn.Module):
    """(rows, classes) log-probabilities of words behind a prompt, all of them in one pass that shares the prompt's keys."""

    def __init__(self, model: Any, words: Words) -> None:
        super().__init__()
        self.head = head(model)
        self.words = words
        self.longer = tuple(place for place, word in enumerate(words) if len(word) > 1)

    def forward(self, base: nn.Module, cache: Any, states: Tensor, mask: Tensor, places: Tensor | None) -> Tensor:
        """`states` (rows, width) are those at the last token of each prompt, of which `mask` (rows, tokens) shows which tokens
        count. `places` (rows,) are the positions of these last tokens, None for a model that is told none."""
        first = self.head(states).float().log_softmax(-1)
        found = list(first[:, [word[0] for word in self.words]].unbind(1))
        rows, classes = len(states), len(self.longer)
        length = max(len(self.words[place]) for place in self.longer) - 1
        given = torch.zeros((classes, length), dtype=torch.long)
        shown = torch.zeros((classes, length), dtype=mask.dtype)
        for line, place in enumerate(self.longer):
            said = self.words[place][:-1]
            given[line, : len(said)], shown[line, : len(said)] = torch.tensor(said), 1
        inputs = {
            "input_ids": given.to(states.device).repeat(rows, 1),
            "attention_mask": torch.cat([mask.repeat_interleave(classes, 0), shown.to(mask.device).repeat(rows, 1)], dim=1),
            "past_key_values": _repeated(cache, classes),
            "use_cache": True,
        }
        if places is not None:
            behind = torch.arange(1, length + 1, device=states.device)
            inputs["position_ids"] = (places[:, None] + behind).repeat_interleave(classes, 0)
        after = base(**inputs).last_hidden_state.view(rows, classes, length, -1)
        for line, place in enumerate(self.longer):
            rest = torch.tensor(self.words[place][1:], device=states.device)
            chances = self.head(after[:, line, : len(rest)]).float().log_softmax(-1)
            found[place] = found[place] + chances.gather(-1, rest.view(1, -1, 1).expand(rows, -1, 1))[..., 0].sum(-1)
        return torch.stack(found, dim=1)


def _repeated(cache: Any, times: int) -> Any:
    """A cache with each row so many times; gradients go through it."""
    from transformers import DynamicCache

    return DynamicCache([
        (layer.keys.repeat_interleave(times, 0), layer.values.repeat_interleave(times, 0)) for layer in cache.layers
    ])  # fmt: skip


def tokens_of(tokenizer: Any, said: str, words: Mapping[str, str], name: str) -> Words:
    """The tokens of each label's word behind the prompt `said`.

    Raises AskWhyError when a word has none, or is how another one begins: then that could never be the likelier one.
    """
    found: dict[str, tuple[int, ...]] = {}
    for label, word in words.items():
        ids, _ = continuation(tokenizer, said, word if said[-1].isspace() else f" {word}", name)
        if not ids:
            raise AskWhyError(f"{name} has no token for '{word}'; give the label another word in `verbalizers`.")
        for other, known in found.items():
            short, long = sorted((tuple(ids), known), key=len)
            if long[: len(short)] == short:
                raise AskWhyError(
                    f"The word of '{label}' and that of '{other}' are the same for {name}, or one is how the other begins, so it "
                    "cannot choose between them; give other words for them in `verbalizers`."
                )
        found[label] = tuple(ids)
    return tuple(found.values())
