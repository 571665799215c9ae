"""A sequence classifier of transformers, as the explainers need it: texts in, probabilities out, gradients on request.

The model makes its own positions; weights are frozen, and gradients are taken of the input embeddings only. So
what is explained is what the model computes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explainers.batching import Progress, Queue, Work
from explainers.device import choose_device
from explainers.encoding import Encoding, encode_windows
from explainers.errors import AskWhyError, closest
from explainers.fingerprints import fingerprint
from explainers.forward_pass import ForwardPass
from explainers.loading import load_model
from explainers.places import Places, computed

__all__ = ["Classifier", "Encoding", "Progress"]
UNLIMITED = 10**6  # tokens, of a model whose positions have no end
Row = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # ids, which are kept, token types, places; the last two may be empty


class Classifier:
    """A classifier with its tokenizer. `labels` are the class names in the order of the model's outputs.

    `bf16` lets passes without gradients run in bfloat16, with a copy of the weights in it; gradients stay in float32.
    Probabilities are then off by up to about 0.01, and scores of units that hardly matter mean nothing.
    """

    def __init__(
        self, model: Any, tokenizer: Any, *, name: str, device: str = "cpu", labels: Sequence[str] = (), bf16: bool = False
    ) -> None:
        if not tokenizer.is_fast:
            raise AskWhyError(f"The tokenizer of {name} gives no character offsets; a fast tokenizer is needed.")
        self.model = model.to(device).eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.name = name
        self.device = device
        self.bf16 = bf16
        config = model.config
        if config.num_labels < 2:
            raise AskWhyError(f"{name} has one output, so it is a regression model; AskWhy explains classes.")
        if labels and len(labels) != config.num_labels:
            raise AskWhyError(f"{name} has {config.num_labels} classes, but {len(labels)} label names are given.")
        self.labels = tuple(labels) or tuple(str(config.id2label[index]) for index in range(config.num_labels))
        if len(set(self.labels)) < len(self.labels):
            twice = next(label for label in self.labels if self.labels.count(label) > 1)
            raise AskWhyError(f"Two classes of {name} are called '{twice}'; give each its own name in the setting `labels`.")
        tokenizer("a", truncation=False, padding=False)  # settles what its file says of both, before threads share it
        self.queue = Queue(device)
        self._pass = ForwardPass(self.model, tokenizer)
        self._places = Places(self._pass)

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        adapter: str | Path | None = None,
        labels: Sequence[str] = (),
        device: str = "auto",
        name: str | None = None,
        bf16: bool = False,
    ) -> Classifier:
        """A classifier from a folder or a hub name, with a peft adapter merged in if one is named.

        Only safetensors weights are read, and no code that comes with a model runs.
        Raises AskWhyError when there is no such model or device, or it is not a trained sequence classifier.
        """
        device = choose_device(device)
        model, tokenizer, labels = load_model(source, None if adapter is None else Path(adapter), labels)
        return cls(model, tokenizer, name=name or str(source), device=device, labels=labels, bf16=bf16)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that an answer follows from: the same model gives the same, wherever it came from."""
        words = json.loads(self.tokenizer.backend_tokenizer.to_str())
        for setting in ("truncation", "padding"):  # the last call's, not the tokenizer's
            words.pop(setting, None)
        config = self.model.config
        facts = [self.labels, config.model_type, config.problem_type, self.max_tokens, self._pass.padding, self.bf16, words]
        facts += (*getattr(self.tokenizer, "frame", ()), *getattr(self.model, "words", ()))  # of a language model with a prompt
        return fingerprint(facts, self.model)

    @cached_property
    def max_tokens(self) -> int:
        """The longest input in tokens, special tokens included."""
        config = self.model.config.get_text_config()
        limits = [self.tokenizer.model_max_length, UNLIMITED]
        limits += [getattr(config, name, None) or 0 for name in ("max_position_embeddings", "max_seq_len")]
        if self._pass.position_rows:
            first, rows = self._pass.position_rows
            limits.append(rows - first - 1)
        behind = getattr(self.model, "behind", 0)  # of a language model with a prompt: the words that it may go on with
        return int(min(limit for limit in limits if limit > 0)) - behind  # some models write -1 for no limit

    @property
    def work(self) -> Work:
        """What was run through the model since it was loaded, or since `work.reset()`."""
        return self._pass.work

    def index(self, label: str) -> int:
        """The output of a class. Raises AskWhyError for a name the model does not have."""
        if label not in self.labels:
            raise AskWhyError(f"The model has no class '{label}'; {closest(label, self.labels)}")
        return self.labels.index(label)

    def encode(self, text: str) -> Encoding:
        """Token ids with character offsets; a text beyond `max_tokens` is cut and says so.

        Raises AskWhyError for a text without any token.
        """
        return next(self._windows(text, None))

    def windows(self, text: str, overlap: int | None = None) -> list[Encoding]:
        """Encodings that hold the whole text together, one if it fits the model, their offsets into the whole text.

        Neighbours share `overlap` tokens (a quarter of a window by default). A token in several windows has a score
        in each; they are merged by their mean.
        """
        return list(self._windows(text, overlap))

    def _windows(self, text: str, overlap: int | None) -> Iterator[Encoding]:
        size = self.model.get_input_embeddings().weight.shape[0]
        for window in encode_windows(self.tokenizer, text, self.max_tokens, overlap):
            if max(window.ids) >= size:
                raise AskWhyError(
                    f"The tokenizer of {self.name} knows tokens that the model does not; name the tokenizer it had in training."
                )
            yield window

    def probabilities(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """(texts, classes) probabilities in float32. `progress` is called with the share that is done."""
        return self.as_probabilities(self.forward([self.encode(text) for text in texts], progress=progress)).numpy()

    def forward(
        self, encodings: Sequence[Encoding], keep: Sequence[np.ndarray] | None = None, progress: Progress | None = None
    ) -> Tensor:
        """(rows, classes) logits of encoded texts, float32 on the CPU. Rows that are alike are run once.

        `keep` holds for each row a (tokens,) boolean array. A token that is not kept is hidden: it keeps its place, a
        blank stands there, and no token attends to it. Where that changes nothing, it is not computed at all. A causal
        model answers at the last token that is kept; where a model reads the state at a hidden place all the same, it
        is that of the blank. Where nothing is kept, a single blank is read.
        Raises AskWhyError when the model's answer is not a number, and when it cannot hide a token without moving others.
        """
        if not encodings:
            return torch.zeros((0, len(self.labels)))
        masks = keep if keep is not None else [np.ones(len(encoding.ids), dtype=bool) for encoding in encodings]
        distinct: dict[tuple[bytes, ...], int] = {}
        rows: list[Row] = []
        places = []
        for encoding, kept in zip(encodings, masks, strict=True):
            ids = np.where(kept, np.array(encoding.ids, dtype=np.int32), self._pass.blank)
            shown = np.asarray(kept, dtype=bool)
            if not shown.any():  # attention to nothing would be attention to all, padding too
                shown = np.arange(len(ids)) == 0
            row = (ids, shown, np.array(encoding.types or (), dtype=np.int32))
            place = distinct.setdefault(tuple(part.tobytes() for part in row), len(rows))
            if place == len(rows):
                rows.append((*row, np.array((), dtype=np.int32)))
            places.append(place)
        rows = self._placed(rows)

        def compute(chosen: list[int]) -> Tensor:
            kind = self.device.partition(":")[0]
            with torch.inference_mode(), torch.autocast(kind, torch.bfloat16, enabled=self.bf16):
                return self._forward(*self._tensors([rows[row] for row in chosen]))

        logits = self.queue.run([len(ids) for ids, *_ in rows], compute, pad=self._may_pad(rows), progress=progress)
        if not torch.isfinite(logits).all():
            raise AskWhyError(
                f"{self.name} answers with what is not a number; its weights are damaged, so fetch or train it again."
            )
        return logits[places]

    @property
    def forward_model(self) -> Any:
        """The model that passes without gradients run through: with `bf16` a copy of `model`."""
        return self._forward.model

    @cached_property
    def _forward(self) -> ForwardPass:
        return self._pass.in_bf16() if self.bf16 else self._pass

    def _placed(self, rows: list[Row]) -> list[Row]:
        """Rows as they are run: where tokens are hidden, with places and without the hidden if the model allows it."""
        hiding = [row for row in rows if not row[1].all()]
        if not hiding:
            return rows
        if self._places.moves and any(np.diff(row[1].astype(int)).max(initial=0) > 0 for row in hiding):
            raise AskWhyError(
                f"{self.name} counts only the words it is shown, so hiding one would move all behind it; choose a method of "
                "gradients, as integrated_gradients."
            )
        packs = self._places.packs(max(len(row[0]) for row in hiding), self.max_tokens)
        if not packs and not self._places.told:
            return rows
        made = []
        for ids, kept, types, _ in rows:
            spots = computed(kept) if packs else np.arange(len(ids))
            made.append((ids[spots], kept[spots], types[spots] if types.size else types, self._places.of(ids)[spots]))
        return made

    @property
    def multi_label(self) -> bool:
        return self.model.config.problem_type == "multi_label_classification"

    def as_probabilities(self, logits: Tensor) -> Tensor:
        """Softmax over classes, or a sigmoid for each in a multi-label model."""
        return torch.sigmoid(logits) if self.multi_label else torch.softmax(logits, dim=-1)

    def as_log_odds(self, logits: Tensor, target: int) -> Tensor:
        """(rows,) log(p / (1 - p)) of the target class, from (rows, classes) logits without rounding p to 0 or 1."""
        if self.multi_label:
            return logits[:, target]
        others = [index for index in range(logits.shape[1]) if index != target]
        return logits[:, target] - torch.logsumexp(logits[:, others], dim=-1)

    def embed(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        """The (1, tokens, width) input embeddings of a text and of its baseline: padding in place of its tokens."""
        padding = self.tokenizer.pad_token_id
        if padding is not None and padding >= self.model.get_input_embeddings().weight.shape[0]:  # the tokenizer's alone
            padding = None
        ids = torch.tensor([encoding.ids], device=self.device)
        special = torch.tensor([encoding.special], device=self.device)
        blank = torch.where(special, ids, torch.full_like(ids, self._pass.blank if padding is None else padding))
        with torch.no_grad():
            return self._pass.look_up(ids), self._pass.look_up(blank)

    def from_embeddings(self, embeddings: Tensor, encoding: Encoding | Sequence[Encoding]) -> Tensor:
        """(rows, classes) logits of (rows, tokens, width) input embeddings; keeps gradients.

        All rows are of one encoded text, or each of its own: then shorter ones are padded on the right, which is right
        only where `self.pads`. Positions, and the token that is answered at, follow from the token ids.
        Raises AskWhyError for an encoder-decoder model.
        """
        encodings = [encoding] * len(embeddings) if isinstance(encoding, Encoding) else encoding
        none = np.array((), dtype=np.int32)
        rows = [(np.array(one.ids), np.ones(len(one.ids), dtype=bool), np.array(one.types or none), none) for one in encodings]
        return self._pass(*self._tensors(rows), embeddings=embeddings).float()

    @property
    def pads(self) -> bool:
        """Whether texts of different lengths may share a batch without changing the model's answers."""
        return self._pass.pads

    def _may_pad(self, rows: Sequence[Row]) -> bool:
        return len({len(ids) for ids, *_ in rows}) > 1 and self.pads

    def _tensors(self, rows: Sequence[Row]) -> list[Tensor | None]:
        """(rows, tokens) ids, attention mask, token types and places, padded on the right; None for what rows do not have."""
        width = max(len(ids) for ids, *_ in rows)
        made = []
        for parts, filler in zip(zip(*rows, strict=True), (self._pass.blank, 0, 0, 0), strict=True):
            table = np.full((len(rows), width), filler, dtype=np.int64)
            for line, part in zip(table, parts, strict=True):
                line[: len(part)] = part
            made.append(torch.from_numpy(table).to(self.device) if parts[0].size else None)
        return made
