"""Integrated gradients: the engine's own choice of steps against captum and transformers-interpret at 50."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from captum.attr import IntegratedGradients
from torch import Tensor

from explainers import attribute

from benchmarks.engine_peers import Rival, transformers_interpret
from benchmarks.engine_race import Run, cost, failed, fastest, race, times
from benchmarks.engine_rows import Aim, Row
from benchmarks.engine_subject import Subject

TOLERANCE = 0.01
STEPS = 50
REFERENCE_STEPS = 500
REFERENCE_BATCH = 32
BUDGETS = (128, 256, 512, 1024, 2048)  # tokens in a batch, tried for the rivals
FIXED = (4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 50, 64, 80, 100, 128)  # steps, to find the fewest that suffice
HALF, WITHIN = 2.0, 0.02  # the aims: times the CPU time, and largest difference in units of the output
OUTPUTS = ("log_odds", "probability")


def measure(subject: Subject, repeats: int) -> tuple[list[Row], list[Aim]]:
    """Rows and aims for both outputs: captum explains log-odds, transformers-interpret can explain the probability only."""
    rows, aims = [], []
    for output in OUTPUTS:
        more, reached = _compare(subject, repeats, output)
        rows += more
        aims += reached
    return rows, aims


def _compare(subject: Subject, repeats: int, output: str) -> tuple[list[Row], list[Aim]]:
    rival, texts, targets = Rival(subject.classifier), subject.texts, subject.targets
    reference = [_captum(rival, output, REFERENCE_STEPS, REFERENCE_BATCH)(*pair) for pair in zip(texts, targets, strict=True)]
    budget = fastest({size: lambda size=size: _captum_all(rival, subject, output, size) for size in BUDGETS})
    steps = _fewest_steps(subject, output, reference)
    contestants = _contestants(rival, output, budget, steps)
    timings = race(contestants, texts, targets, repeats, [subject.classifier.model, rival.as_loaded])
    mine = timings["engine, 1 %"]
    rows = []
    for name, timing in timings.items():
        if timing.failure:
            rows.append(failed(output, name, timing, list(rows[0].figures)))
            continue
        off = [float(np.abs(own - true).max()) for own, true in zip(timing.scores, reference, strict=True)]
        share = [one / np.abs(true).max() for one, true in zip(off, reference, strict=True)]
        errors = {"median_error": float(np.median(off)), "largest_error": max(off), "largest_share": float(max(share))}
        rows.append(Row(output, name, cost(timing, len(texts)) | errors | {"times_engine": round(times(mine, timing), 2)}))
    return rows, _aims(rows, output)


def _contestants(rival: Rival, output: str, budget: int, steps: int | None) -> dict[str, Run]:
    made: dict[str, Run] = {
        "engine, 1 %": _engine(rival, output, tolerance=TOLERANCE),
        "engine, 2 % (its default)": _engine(rival, output),
        f"engine, {STEPS} steps": _engine(rival, output, steps=STEPS),
        f"captum, {STEPS} steps, defaults": _captum(rival, output, STEPS, None),
        f"captum, {STEPS} steps, batches of {budget} tokens": _captum_batched(rival, output, STEPS, budget),
    }
    if steps:
        made[f"captum, {steps} steps (the fewest as close as the engine at 1 %), best batch"] = _captum_batched(
            rival, output, steps, budget
        )
    if output == "probability":
        made[f"transformers-interpret, {STEPS} steps, defaults"] = _interpret(rival, 0)
        made[f"transformers-interpret, {STEPS} steps, batches of {budget} tokens"] = _interpret(rival, budget)
    return made


def _engine(rival: Rival, output: str, **options: float | int) -> Run:
    def run(text: str, target: str) -> np.ndarray:
        made = attribute(rival.classifier, text, target, unit="token", output=output, **options)
        return np.array([piece.score for piece in made.pieces])

    return run


def _captum(rival: Rival, output: str, steps: int, batch: int | None) -> Run:
    """Captum on the input embeddings, from padding to the text: the engine's path, quantity and kind of nodes.

    Without a batch it is used as in its guides: all steps at once, on the model as it was loaded.
    """
    model = rival.model if batch else rival.as_loaded

    def run(text: str, target: str) -> np.ndarray:
        encoding = rival.classifier.encode(text)
        inputs, baseline = rival.classifier.embed(encoding)

        def value(states: Tensor) -> Tensor:
            logits = model(inputs_embeds=states).logits
            if output == "probability":
                return logits.softmax(-1)[:, rival.classifier.index(target)]
            return rival.log_odds(logits, target)

        found = IntegratedGradients(value).attribute(inputs, baseline, n_steps=steps, internal_batch_size=batch)
        return found.sum(-1)[0].double().numpy()[rival.plain(text)]

    return run


def _captum_batched(rival: Rival, output: str, steps: int, budget: int) -> Run:
    """Captum with as many steps in a batch as fit into a budget of tokens."""

    def run(text: str, target: str) -> np.ndarray:
        return _captum(rival, output, steps, max(1, budget // rival.ids(text).shape[1]))(text, target)

    return run


def _captum_all(rival: Rival, subject: Subject, output: str, budget: int) -> None:
    for text, target in zip(subject.texts[:4], subject.targets, strict=False):
        _captum_batched(rival, output, STEPS, budget)(text, target)


def _interpret(rival: Rival, budget: int) -> Run:
    """transformers-interpret; its raw scores, not those it scales to length 1."""
    try:
        explainer = transformers_interpret(rival, rival.model if budget else rival.as_loaded)
    except ImportError as error:
        missing = str(error)

        def absent(text: str, target: str) -> np.ndarray:
            raise ImportError(missing)

        return absent

    def run(text: str, target: str) -> np.ndarray:
        batch = max(1, budget // rival.ids(text).shape[1]) if budget else None
        explainer.internal_batch_size = batch
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            explainer(text, index=rival.classifier.index(target), n_steps=STEPS)
        found = explainer.attributions._attributions
        whole = found[0] if isinstance(found, tuple) else found
        return whole.sum(-1).reshape(-1).double().detach().numpy()[rival.plain(text)]

    return run


def _fewest_steps(subject: Subject, output: str, reference: Sequence[np.ndarray]) -> int | None:
    """The fewest Gauss-Legendre steps, the same for all texts, whose largest error is no more than the engine's at 1 %."""
    rival, pairs = Rival(subject.classifier), list(zip(subject.texts, subject.targets, strict=True))

    def largest(run: Run) -> float:
        return max(float(np.abs(run(*pair) - true).max()) for pair, true in zip(pairs, reference, strict=True))

    wanted = largest(_engine(rival, output, tolerance=TOLERANCE))
    return next((steps for steps in FIXED if largest(_engine(rival, output, steps=steps)) <= wanted), None)


def _aims(rows: Sequence[Row], output: str) -> list[Aim]:
    mine, made = rows[0], []
    error = mine.figures["largest_error"]
    made.append(
        Aim(f"integrated gradients at 1 %, {output}: error", f"at most {WITHIN}", f"{error:.4f} at most", error <= WITHIN)
    )
    for row in rows:
        factor = row.figures["times_engine"]
        if f", {STEPS} steps," in row.name and factor:
            name = f"integrated gradients at 1 %, {output}: CPU time of {row.name}"
            made.append(Aim(name, f"at least {HALF:g} times the engine's", f"{factor:.2f} times", factor >= HALF))
    return made
