"""Running a model so that its answer is the one it gives to each text alone, unpadded, whatever is in the batch.

What could come between is settled here, by trial where no setting tells: which token a causal model answers at,
whether padding leaves an answer as it is, from where positions are counted, and what stands in the place of a token
that is hidden.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from explainers.batching import Work
from explainers.errors import AskWhyError

TOLERANCE = 1e-5  # of logits, relative to the largest: what counts as the same answer


class ForwardPass:
    """`work` counts what was run. `blank` is the token id written where a token is hidden or a row is padded."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.work = Work()
        self.encoder_decoder = bool(getattr(model.config, "is_encoder_decoder", False))
        config = model.config.get_text_config()
        self.padding = getattr(config, "pad_token_id", None)  # the id that the model itself passes over at the end
        if self.padding is None:  # transformers then refuses batches; an id that no token has means the same
            self.padding = config.pad_token_id = -1
        config.use_cache = False
        self._special = set(tokenizer.all_special_ids)
        self._end = tokenizer.eos_token_id
        self.blank = self._choose_blank(tokenizer)
        accepted = inspect.signature(model.forward).parameters.values()
        self._accepts = {parameter.name for parameter in accepted}
        self._accepts_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in accepted)
        self._answers_at_last = self._try_last_token()

    def __call__(self, ids: Tensor, mask: Tensor, types: Tensor | None = None, embeddings: Tensor | None = None) -> Tensor:
        """(rows, classes) logits of (rows, tokens) ids and attention mask.

        With `embeddings` (rows, tokens, width) these take the place of what the ids look up, while positions and the
        token that is answered at still follow from the ids.
        """
        logits = self._logits(ids, mask, types) if embeddings is None else self._logits_of(embeddings, ids, mask, types)
        self.work.add(*ids.shape)
        return logits

    @cached_property
    def position_rows(self) -> tuple[int, int] | None:
        """The id from which a model counts its positions and the size of its table of them; None for most models.

        RoBERTa and its kin give the first token the position `padding id + 1`, and pass over tokens with that id.
        """
        for name, module in self.model.named_modules():
            padding = getattr(module, "padding_idx", None)
            if name.endswith("position_embeddings") and padding is not None:
                return int(padding), int(module.weight.shape[0])
        return None

    @cached_property
    def pads(self) -> bool:
        """Whether a row may be padded: found by trial, since some models mix in what the attention mask hides."""
        short, long = self._trial_row(3), self._trial_row(11)
        with torch.no_grad():
            try:
                alone = self._logits(short, torch.ones_like(short), None)
                gap = long.shape[1] - short.shape[1]
                ids = torch.cat([torch.nn.functional.pad(short, (0, gap), value=self.blank), long])
                mask = torch.ones_like(ids)
                mask[0, short.shape[1] :] = 0
                return _same(self._logits(ids, mask, None)[:1], alone)
            except (ValueError, RuntimeError, IndexError):
                return False

    def look_up(self, ids: Tensor) -> Tensor:
        """The (rows, tokens, width) input embeddings of ids."""
        found = self.model.get_input_embeddings()(ids)
        return found if isinstance(found, Tensor) else found[0]

    def _logits(self, ids: Tensor, mask: Tensor, types: Tensor | None) -> Tensor:
        if not self._answers_at_last:
            return self.model(**self._inputs(ids, mask, types)).logits
        base = getattr(self.model, self.model.base_model_prefix)
        states = base(**self._inputs(ids, mask, types)).last_hidden_state
        places = torch.arange(ids.shape[1], device=ids.device)
        last = (places * (mask.bool() & (ids != self.padding))).argmax(-1)  # the first place when there is none
        return self.model.score(states[torch.arange(len(ids), device=ids.device), last])

    def _logits_of(self, embeddings: Tensor, ids: Tensor, mask: Tensor, types: Tensor | None) -> Tensor:
        if self.encoder_decoder:
            raise AskWhyError(
                "Gradients do not reach all that an encoder-decoder model reads; choose a method that hides words, as occlusion."
            )
        with self._in_place_of(ids, embeddings) as used:
            logits = self._logits(ids, mask, types)
        if not used:
            raise AskWhyError(
                "This model does not look its tokens up in its table of embeddings, so it has no gradients of them."
            )
        return logits

    @contextmanager
    def _in_place_of(self, ids: Tensor, embeddings: Tensor) -> Iterator[list[bool]]:
        """Lets the embedding table answer for `ids` with `embeddings`, in this thread; the list fills when it did.

        transformers' own `inputs_embeds` would not do: without ids, models count other positions and answer at
        another token.
        """
        used: list[bool] = []
        thread = threading.get_ident()

        def swap(module: Any, given: tuple[Any, ...], output: Tensor) -> Tensor | None:
            if used or threading.get_ident() != thread:
                return None
            table, scale = (output, None) if isinstance(output, Tensor) else output  # a quantised table gives its scale too
            looked_up, found = given[0], embeddings.to(table.dtype)
            if torch.equal(looked_up[:, : ids.shape[1]], ids):  # some models pad to a multiple
                found = torch.cat([found, table[:, ids.shape[1] :]], dim=1)
            elif torch.equal(looked_up, ids.T):
                found = found.transpose(0, 1)
            else:
                return None
            used.append(True)
            return found if scale is None else (found, scale)

        handle = self.model.get_input_embeddings().register_forward_hook(swap)
        try:
            yield used
        finally:
            handle.remove()

    def _inputs(self, ids: Tensor, mask: Tensor, types: Tensor | None) -> dict[str, Tensor]:
        more = {"attention_mask": mask} | ({} if types is None else {"token_type_ids": types})
        return {"input_ids": ids} | {name: value for name, value in more.items() if self._accepts_any or name in self._accepts}

    def _choose_blank(self, tokenizer: Any) -> int:
        """The padding token where it may stand in a text, else another that says nothing.

        It must not move the positions of the others, nor be the end at which an encoder-decoder answers.
        """
        avoided = {self.position_rows[0] if self.position_rows else None, self._end if self.encoder_decoder else None, None}
        known = (self.padding, tokenizer.pad_token_id, tokenizer.mask_token_id, tokenizer.unk_token_id, tokenizer.bos_token_id)
        size = self.model.get_input_embeddings().weight.shape[0]
        return next(token for token in (*known, *range(size)) if token not in avoided and 0 <= token < size)

    def _try_last_token(self) -> bool:
        """Whether the answer is `score` of the last token's state: then it is taken here at the last token that is shown."""
        base, head = getattr(self.model, self.model.base_model_prefix, None), getattr(self.model, "score", None)
        if base is None or base is self.model or head is None or self.encoder_decoder:
            return False
        ids = self._trial_row(5)
        with torch.no_grad():
            own = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
            states = base(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            return states.dim() == 3 and _same(head(states[:, -1]), own)

    def _trial_row(self, count: int) -> Tensor:
        """(1, tokens) ids of plain tokens, with the end that an encoder-decoder needs."""
        avoided = self._special | {self.blank, self.padding, *(self.position_rows or ())[:1]}
        size = self.model.get_input_embeddings().weight.shape[0]
        plain = [token for token in range(size) if token not in avoided][:count] or [self.blank]
        ids = [*plain, self._end] if self.encoder_decoder and self._end is not None else plain
        return torch.tensor([ids], device=self.model.device)


def _same(found: Tensor, expected: Tensor) -> bool:
    if found.shape != expected.shape:
        return False
    scale = float(expected.abs().max().nan_to_num())
    return torch.allclose(found, expected, rtol=0, atol=TOLERANCE * max(1.0, scale), equal_nan=True)
