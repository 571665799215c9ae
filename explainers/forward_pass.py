"""Running a model so that its answer is the one it gives to each text alone, unpadded, whatever is in the batch.

What could come between is settled here, by trial where no setting tells: which token a causal model answers at,
whether padding leaves an answer as it is, from where positions are counted, and what stands in the place of a token
that is hidden.
"""

from __future__ import annotations

import copy
import inspect
import threading
from collections.abc import Callable, Iterator
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
        _count_hidden(getattr(model, model.base_model_prefix, model))
        self._special = set(tokenizer.all_special_ids)
        self._end = tokenizer.eos_token_id
        self.blank = self._choose_blank(tokenizer)
        accepted = inspect.signature(model.forward).parameters.values()
        self._accepts = {parameter.name for parameter in accepted}
        self._accepts_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in accepted)
        self._answers_at_last = self._try_last_token()

    def __call__(
        self,
        ids: Tensor,
        mask: Tensor,
        types: Tensor | None = None,
        places: Tensor | None = None,
        embeddings: Tensor | None = None,
    ) -> Tensor:
        """(rows, classes) logits of (rows, tokens) ids and attention mask.

        `places` (rows, tokens) are the tokens' positions, which the model counts itself when it is given none. With
        `embeddings` (rows, tokens, width) these take the place of what the ids look up, while positions and the
        token that is answered at still follow from the ids.
        """
        logits = self.logits(ids, mask, types, places) if embeddings is None else self._logits_of(embeddings, ids, mask, types)
        self.work.add(*ids.shape)
        return logits

    def in_bf16(self) -> ForwardPass:
        """The same pass, counted as the same work, through a copy of the model with its weights in bfloat16.

        What is no weight stays as it is, or positions would be rounded; so does the last layer, or what tells rows apart.
        """
        made = copy.copy(self)
        made.model = copy.deepcopy(self.model)
        for weight in made.model.parameters():
            if weight.is_floating_point():
                weight.data = weight.data.to(torch.bfloat16)
        classes = self.model.config.num_labels
        linear = [one for one in made.model.modules() if isinstance(one, torch.nn.Linear) and one.out_features == classes]
        for head in linear[-1:]:
            head.float()
            head.forward = _in_float32(head.forward)
        return made

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
        short, long = self.trial_row(3), self.trial_row(11)
        with torch.no_grad():
            try:
                alone = self.logits(short, torch.ones_like(short), None)
                gap = long.shape[1] - short.shape[1]
                ids = torch.cat([torch.nn.functional.pad(short, (0, gap), value=self.blank), long])
                mask = torch.ones_like(ids)
                mask[0, short.shape[1] :] = 0
                return same(self.logits(ids, mask, None)[:1], alone)
            except (ValueError, RuntimeError, IndexError):
                return False

    @property
    def takes_places(self) -> bool:
        """Whether the model has an argument for positions; what it makes of them is found out in explainers.places."""
        return "position_ids" in self._accepts and not self.encoder_decoder

    def look_up(self, ids: Tensor) -> Tensor:
        """The (rows, tokens, width) input embeddings of ids."""
        found = self.model.get_input_embeddings()(ids)
        return found if isinstance(found, Tensor) else found[0]

    def logits(self, ids: Tensor, mask: Tensor, types: Tensor | None, places: Tensor | None = None) -> Tensor:
        """As a call, but not counted as work: for trials."""
        given = self._inputs(ids, mask, types) | ({} if places is None else {"position_ids": places})
        if not self._answers_at_last:
            return self.model(**given).logits
        states = getattr(self.model, self.model.base_model_prefix)(**given).last_hidden_state
        rank = torch.arange(ids.shape[1], device=ids.device)
        last = (rank * (mask.bool() & (ids != self.padding))).argmax(-1)  # the first place when there is none
        return self.model.score(states[torch.arange(len(ids), device=ids.device), last])

    def _logits_of(self, embeddings: Tensor, ids: Tensor, mask: Tensor, types: Tensor | None) -> Tensor:
        if self.encoder_decoder:
            raise AskWhyError(
                "Gradients do not reach all that an encoder-decoder model reads; choose a method that hides words, as occlusion."
            )
        with self._in_place_of(ids, embeddings) as used:
            logits = self.logits(ids, mask, types)
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
        ids = self.trial_row(5)
        with torch.no_grad():
            own = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
            states = base(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            return states.dim() == 3 and same(head(states[:, -1]), own)

    def trial_row(self, count: int) -> Tensor:
        """(1, tokens) ids of plain tokens from all over the vocabulary, with the end that an encoder-decoder needs."""
        plain = [self._plain[place * len(self._plain) // count] for place in range(count)]
        ids = [*plain, self._end] if self.encoder_decoder and self._end is not None else plain
        return torch.tensor([ids], device=self.model.device)

    @cached_property
    def _plain(self) -> list[int]:
        avoided = self._special | {self.blank, self.padding, *(self.position_rows or ())[:1]}
        size = self.model.get_input_embeddings().weight.shape[0]
        return [token for token in range(size) if token not in avoided] or [self.blank]


def same(found: Tensor, expected: Tensor) -> bool:
    """Whether logits are the same answer."""
    if found.shape != expected.shape:
        return False
    scale = float(expected.abs().max().nan_to_num())
    return torch.allclose(found, expected, rtol=0, atol=TOLERANCE * max(1.0, scale), equal_nan=True)


def _in_float32(forward: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    def exact(states: Tensor) -> Tensor:
        with torch.autocast(states.device.type, enabled=False):
            return forward(states.float())

    return exact


def _count_hidden(base: Any) -> None:
    """Distances of a model with linear biases are counted over all tokens, not over those that are shown."""
    build = getattr(base, "build_alibi_tensor", None)
    if build is not None:
        base.build_alibi_tensor = lambda mask, *more, **named: build(torch.ones_like(mask), *more, **named)
