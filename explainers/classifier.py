"""A sequence classifier of transformers, as the explainers need it: texts in, probabilities out, gradients on request.

The model makes its own positions; weights are frozen, and gradients are taken of the input embeddings only. So
what is explained is what the model computes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explainers.device import choose_device
from explainers.errors import AskWhyError, closest

Progress = Callable[[float], None]
TOKEN_BUDGET = 4096  # padded tokens in one forward pass


@dataclass(frozen=True)
class Encoding:
    """One text as token ids. `offsets` are character spans; `special` marks tokens that are not of the text."""

    text: str
    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    offsets: tuple[tuple[int, int], ...]
    special: tuple[bool, ...]
    truncated: bool


class Classifier:
    """A classifier with its tokenizer. `labels` are the class names in the order of the model's outputs."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str, device: str = "cpu", labels: Sequence[str] = ()) -> None:
        if not tokenizer.is_fast:
            raise AskWhyError(f"The tokenizer of {name} gives no character offsets; a fast tokenizer is needed.")
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        model.config.pad_token_id = tokenizer.pad_token_id
        self.model = model.to(device).eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.name = name
        self.device = device
        config = model.config
        if config.num_labels < 2:
            raise AskWhyError(f"{name} has one output, so it is a regression model; AskWhy explains classes.")
        if labels and len(labels) != config.num_labels:
            raise AskWhyError(f"{name} has {config.num_labels} classes, but {len(labels)} label names are given.")
        self.labels = tuple(labels) or tuple(str(config.id2label[index]) for index in range(config.num_labels))

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        adapter: str | Path | None = None,
        labels: Sequence[str] = (),
        device: str = "auto",
        name: str | None = None,
    ) -> Classifier:
        """A classifier from a folder or a hub name, with a peft adapter merged in if one is named.

        Only safetensors weights are read, and no code that comes with a model runs.
        Raises AskWhyError when there is no such model, or it is not a sequence classifier.
        """
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        if isinstance(source, Path) and not source.is_dir():
            raise AskWhyError(f"There is no model folder {source}; give a folder with config.json and safetensors weights.")
        options: dict[str, Any] = {}
        if adapter is not None:
            labels = labels or _adapter_labels(Path(adapter))
            options["num_labels"] = len(labels)
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
            model = AutoModelForSequenceClassification.from_pretrained(
                source, use_safetensors=True, trust_remote_code=False, **options
            )
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise AskWhyError(f"The model '{source}' could not be loaded: {reason[:200]}") from error
        if adapter is not None:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
        return cls(model, tokenizer, name=name or str(source), device=choose_device(device), labels=labels)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the weights and the label names: the same model gives the same, wherever it came from."""
        digest = hashlib.sha256("\n".join(self.labels).encode())
        for key, weight in sorted(self.model.state_dict().items()):
            digest.update(key.encode())
            digest.update(weight.detach().cpu().contiguous().view(torch.uint8).numpy())
        return digest.hexdigest()[:16]

    @cached_property
    def max_tokens(self) -> int:
        """The longest input in tokens, special tokens included."""
        config = self.model.config
        positions = getattr(config, "max_position_embeddings", None) or 10**6
        if config.model_type in ("roberta", "xlm-roberta", "camembert", "mpnet"):  # positions start after the padding id
            positions -= config.pad_token_id + 1
        return int(min(self.tokenizer.model_max_length, positions))

    def index(self, label: str) -> int:
        """The output of a class. Raises AskWhyError for a name the model does not have."""
        if label not in self.labels:
            raise AskWhyError(f"The model has no class '{label}'; {closest(label, self.labels)}")
        return self.labels.index(label)

    def encode(self, text: str) -> Encoding:
        """Token ids with character offsets; a text beyond `max_tokens` is cut and says so."""
        made = self.tokenizer(
            text, truncation=True, max_length=self.max_tokens, return_offsets_mapping=True, return_special_tokens_mask=True
        )
        types = made.get("token_type_ids")
        return Encoding(
            text=text,
            ids=tuple(made["input_ids"]),
            types=None if types is None else tuple(types),
            offsets=tuple(map(tuple, made["offset_mapping"])),
            special=tuple(map(bool, made["special_tokens_mask"])),
            truncated=bool(made.encodings[0].overflowing),
        )

    def probabilities(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """(texts, classes) probabilities in float32. `progress` is called with the share that is done."""
        return self.as_probabilities(self.forward([self.encode(text) for text in texts], progress=progress)).numpy()

    def forward(
        self, encodings: Sequence[Encoding], keep: Sequence[np.ndarray] | None = None, progress: Progress | None = None
    ) -> Tensor:
        """(rows, classes) logits of encoded texts, float32 on the CPU, in batches of similar length.

        `keep` holds for each row a (tokens,) boolean array; tokens that are not kept are hidden from the model.
        """
        order = sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids))
        results = torch.zeros((len(encodings), len(self.labels)))
        done = 0
        for rows in _batches(order, [len(encoding.ids) for encoding in encodings]):
            ids, mask, types = self._pad([encodings[row] for row in rows], [keep[row] for row in rows] if keep else None)
            with torch.inference_mode():
                results[rows] = self.model(input_ids=ids, attention_mask=mask, **types).logits.float().cpu()
            done += len(rows)
            if progress:
                progress(done / len(encodings))
        return results

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
        ids = torch.tensor([encoding.ids], device=self.device)
        special = torch.tensor([encoding.special], device=self.device)
        blank = torch.where(special, ids, torch.full_like(ids, self.tokenizer.pad_token_id))
        table = self.model.get_input_embeddings()
        with torch.no_grad():
            return table(ids), table(blank)

    def from_embeddings(self, embeddings: Tensor, encoding: Encoding) -> Tensor:
        """(rows, classes) logits of (rows, tokens, width) input embeddings of one text; keeps gradients."""
        rows = embeddings.shape[0]
        mask = torch.ones(embeddings.shape[:2], dtype=torch.long, device=self.device)
        types = {} if encoding.types is None else {"token_type_ids": torch.tensor([encoding.types] * rows, device=self.device)}
        return self.model(inputs_embeds=embeddings, attention_mask=mask, **types).logits.float()

    def _pad(self, batch: Sequence[Encoding], keep: Sequence[np.ndarray] | None) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        width = max(len(encoding.ids) for encoding in batch)
        ids = np.full((len(batch), width), self.tokenizer.pad_token_id)
        mask = np.zeros((len(batch), width), dtype=np.int64)
        types = np.zeros((len(batch), width), dtype=np.int64)
        for row, encoding in enumerate(batch):
            size = len(encoding.ids)
            kept = np.ones(size, dtype=bool) if keep is None else keep[row]
            ids[row, :size] = np.where(kept, encoding.ids, self.tokenizer.pad_token_id)
            mask[row, :size] = kept
            if encoding.types is not None:
                types[row, :size] = encoding.types
        extra = {"token_type_ids": torch.from_numpy(types).to(self.device)} if batch[0].types is not None else {}
        return torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device), extra


def _adapter_labels(folder: Path) -> tuple[str, ...]:
    """The class names beside an adapter's weights. Raises AskWhyError when there are none."""
    try:
        return tuple(json.loads((folder / "labels.json").read_text("utf-8")))
    except OSError as error:
        raise AskWhyError(f"The adapter {folder} has no labels.json; name its classes in the setting `labels`.") from error


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Rows in their order, cut so that a padded batch stays within the token budget."""
    batches: list[list[int]] = []
    for row in order:
        if batches and lengths[row] * (len(batches[-1]) + 1) <= TOKEN_BUDGET:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches
