"""How near the engine comes to the bare model: the same rows in hand-made batches, with nothing around them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from explainers import attribute_many
from explainers.encoding import Encoding

from benchmarks.engine_rows import Aim, Row
from benchmarks.engine_subject import Subject

BUDGETS = (128, 256, 512, 1024, 2048, 4096)  # tokens in a batch, tried for the bare model
STEPS = 16
MASKS = 32  # rows a text
SHARE = 0.85  # the aim


def measure(subject: Subject, repeats: int) -> tuple[list[Row], list[Aim]]:
    """Tokens a second forward and backward, and forward only: the engine's, and the bare model's at each batch size."""
    both, forward = _Gradients(subject), _Forwards(subject)
    rows, aims = [], []
    for work in (both, forward):
        made, aim = _compare(work, repeats)
        rows += made
        aims.append(aim)
    return rows, aims


class _Gradients:
    """Integrated gradients of all texts at STEPS steps, and the two ends of each path."""

    name = "forward and backward"

    def __init__(self, subject: Subject) -> None:
        classifier = subject.classifier
        self.subject = subject
        self.model = classifier.model
        encodings = [classifier.encode(text) for text in subject.texts]
        self.rows = [(encoding, classifier.index(target)) for encoding, target in zip(encodings, subject.targets, strict=True)]
        self.rows = [row for row in self.rows for _ in range(STEPS + 2)]
        self.embeddings = {encoding: classifier.embed(encoding)[0][0] for encoding in encodings}

    def engine(self) -> None:
        attribute_many(self.subject.classifier, self.subject.texts, list(self.subject.targets), steps=STEPS)

    def bare(self, batch: Sequence[int]) -> None:
        rows = [self.rows[place] for place in batch]
        width = max(len(encoding.ids) for encoding, _ in rows)
        states = torch.zeros((len(rows), width, next(iter(self.embeddings.values())).shape[-1]))
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for place, (encoding, _) in enumerate(rows):
            states[place, : len(encoding.ids)] = self.embeddings[encoding]
            mask[place, : len(encoding.ids)] = 1
        states.requires_grad_()
        logits = self.model(inputs_embeds=states, attention_mask=mask).logits
        torch.autograd.grad(logits[torch.arange(len(rows)), [target for _, target in rows]].sum(), states)


class _Forwards:
    """Masked rows of all texts, all of them distinct."""

    name = "forward"

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.model = subject.classifier.model
        generator = np.random.default_rng(13)
        self.rows: list[tuple[Encoding, np.ndarray]] = []
        for text in subject.texts:
            encoding = subject.classifier.encode(text)
            special = np.array(encoding.special)
            shown = np.unique(generator.random((MASKS, len(special))) < 0.5, axis=0)
            self.rows += [(encoding, kept) for kept in np.unique(shown | special, axis=0)]

    def engine(self) -> None:
        self.subject.classifier.forward([encoding for encoding, _ in self.rows], keep=[kept for _, kept in self.rows])

    def bare(self, batch: Sequence[int]) -> Tensor:
        rows = [self.rows[place] for place in batch]
        width = max(len(encoding.ids) for encoding, _ in rows)
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for place, (encoding, kept) in enumerate(rows):
            ids[place, : len(encoding.ids)] = torch.tensor(encoding.ids)
            mask[place, : len(encoding.ids)] = torch.from_numpy(kept)
        with torch.inference_mode():
            return self.model(input_ids=ids, attention_mask=mask).logits


def _compare(work: _Gradients | _Forwards, repeats: int) -> tuple[list[Row], Aim]:
    lengths = [len(encoding.ids) for encoding, _ in work.rows]
    tokens = sum(lengths)
    runs: dict[str, Callable[[], None]] = {"engine": work.engine}
    for budget in BUDGETS:
        runs[f"bare model, {budget} tokens at once"] = lambda budget=budget: [work.bare(rows) for rows in _cut(lengths, budget)]
    for run in runs.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            started = time.process_time()
            run()
            seconds[name].append(time.process_time() - started)
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    best = min((name for name in runs if name != "engine"), key=medians.__getitem__)
    share = statistics.median(bare / own for bare, own in zip(seconds[best], seconds["engine"], strict=True))
    rows = [
        Row(
            work.name,
            f"{name} (the best)" if name == best else name,
            {"tokens_per_second": round(tokens / medians[name]), "share_of_best": round(medians[best] / medians[name], 3)},
        )
        for name in runs
    ]
    return rows, Aim(
        f"{work.name}: the engine's speed, of the bare model's at its best batch",
        f"at least {SHARE:.0%}",
        f"{share:.0%}",
        share >= SHARE,
    )


def _cut(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Rows sorted by length, in batches of at most `budget` padded tokens."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or lengths[row] * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(row)
    return batches
