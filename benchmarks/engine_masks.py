"""Methods that hide words: the engine against ferret, shap, lime and captum, by CPU time for each distinct masked text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from functools import partial
from typing import Any

import numpy as np
import torch
from captum.attr import FeatureAblation, KernelShap
from torch import Tensor

from explainers import Classifier, attribute

from benchmarks.engine_peers import Rival, ferret
from benchmarks.engine_race import Run, Timing, cost, failed, fastest, race, times
from benchmarks.engine_rows import Aim, Row
from benchmarks.engine_subject import Subject

BATCHES = (8, 16, 32, 64, 128)  # rows in a batch, tried for the rivals
FASTER = 3.0  # the aim
METHODS = {"leave one out": "occlusion", "LIME": "lime", "KernelSHAP": "kernel_shap", "Partition SHAP": "partition_shap"}
AIMED = ("leave one out", "LIME", "KernelSHAP")
PEERS = ("ferret", "lime", "shap")  # whom the aim names; captum, which runs the same rows, stands in the tables
ENGINE, FAST = "engine", "engine, bf16 (an option)"
HALF = ", bf16"  # the end of the name of a rival that is handed a function in bfloat16


def measure(subject: Subject, repeats: int, samples: int) -> tuple[list[Row], list[Aim]]:
    """Rows and aims for each method; `samples` masks are asked of everyone who can be asked."""
    rival = Rival(subject.classifier)
    known = subject.classifier
    fast = Classifier(known.model, known.tokenizer, name="bf16", labels=known.labels, bf16=True)
    for classifier in (known, fast):  # the trials of a model, which are made once, are no part of the race
        for text in subject.texts:
            attribute(classifier, text, method="occlusion")
    models = [known.model, fast.forward_model, rival.as_loaded]
    batch = fastest({size: partial(rival.by_batches(size), [max(subject.texts, key=len)] * 128) for size in BATCHES})
    rows, aims = [], []
    for group, method in METHODS.items():
        contestants: dict[str, Run] = {
            ENGINE: _engine(subject.classifier, method, samples),
            FAST: _engine(fast, method, samples),
        }
        contestants |= {name: _deferred(make) for name, make in RIVALS[group](rival, samples, batch).items()}
        timings = race(contestants, subject.texts, subject.targets, repeats, models)
        rows += [_row(group, name, timing, timings[ENGINE], len(subject.texts)) for name, timing in timings.items()]
        if group in AIMED:
            aims += [_aim(group, name, timings) for name in timings if name.startswith(PEERS) and not timings[name].failure]
    return rows, aims


def _masks(one: Timing) -> float:
    return float(len(one.passes.distinct))


def _row(group: str, name: str, timing: Timing, mine: Timing, texts: int) -> Row:
    if timing.failure:
        return failed(group, name, timing, [*cost(mine, texts), "distinct", "ms_per_distinct", "times_engine"])
    each = {
        "distinct": round(_masks(timing) / texts, 1),
        "ms_per_distinct": round(1000 * timing.median / _masks(timing), 2),
        "times_engine": round(times(mine, timing, _masks), 2),
    }
    return Row(group, name, cost(timing, texts) | each)


def _aim(group: str, name: str, timings: Mapping[str, Timing]) -> Aim:
    """Of the engine as it comes; of the engine in bfloat16 for a rival that is handed a function in it."""
    plain, fast = (times(timings[own], timings[name], _masks) for own in (ENGINE, FAST))
    half = name.endswith(HALF)
    factor = fast if half else plain
    measured = f"{factor:.2f} times" + ("" if half else f" (in bf16 {fast:.2f})")
    wanted = f"at least {FASTER:g} times the engine's" + (" in bf16" if half else "")
    return Aim(f"{group}: CPU time a distinct mask of {name}", wanted, measured, factor >= FASTER)


def _engine(classifier: Classifier, method: str, samples: int) -> Run:
    options = {} if method == "occlusion" else {"samples": samples}
    return lambda text, target: attribute(classifier, text, target, method=method, **options)


def _deferred(make: Callable[[], Run]) -> Run:
    """A rival that is made at its first text, so that one that is not installed fails there, where it is noted."""
    made: list[Run] = []

    def run(text: str, target: str) -> Any:
        if not made:
            made.append(make())
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):  # progress bars
            warnings.simplefilter("ignore")
            return made[0](text, target)

    return run


def _leave_one_out(rival: Rival, samples: int, batch: int) -> dict[str, Callable[[], Run]]:
    def by_ferret() -> Run:
        evaluator = ferret(rival)["loo"]
        return lambda text, target: evaluator.compute_leave_one_out_occlusion(text, target=rival.classifier.index(target))

    def by_captum(size: int, bf16: bool = False) -> Run:
        ablation = FeatureAblation(_by_ids(rival, best=size > 1, bf16=bf16))
        blank = rival.tokenizer.pad_token_id

        def run(text: str, target: str) -> Tensor:
            baseline, place = _blank(rival, text, blank), rival.classifier.index(target)
            return ablation.attribute(rival.ids(text), baselines=baseline, target=place, perturbations_per_eval=size)

        return run

    return {
        "ferret, leave one out of its tau": by_ferret,
        "captum FeatureAblation, defaults": partial(by_captum, 1),
        f"captum FeatureAblation, {batch} at once": partial(by_captum, batch),
        f"captum FeatureAblation, {batch} at once{HALF}": partial(by_captum, batch, bf16=True),
    }


def _lime(rival: Rival, samples: int, batch: int) -> dict[str, Callable[[], Run]]:
    def by_lime(predict: Callable[[Any], np.ndarray]) -> Run:
        from lime.lime_text import LimeTextExplainer

        def run(text: str, target: str) -> Any:
            explainer = LimeTextExplainer(bow=False, mask_string=rival.tokenizer.pad_token, random_state=13)
            place = rival.classifier.index(target)
            return explainer.explain_instance(text, predict, labels=[place], num_samples=samples, num_features=10**4)

        return run

    def by_ferret(size: int) -> Run:
        explainer = ferret(rival)["lime"]
        options = {"num_samples": samples, "batch_size": size}
        return lambda text, target: explainer(text, target=rival.classifier.index(target), call_args=dict(options))

    return {
        "lime, transformers' pipeline with its defaults": lambda: by_lime(rival.by_pipeline),
        f"lime, our function of {batch} texts at once": lambda: by_lime(rival.by_batches(batch)),
        f"lime, our function of {batch} texts at once{HALF}": lambda: by_lime(rival.by_batches(batch, bf16=True)),
        "ferret, defaults (8 at once)": partial(by_ferret, 8),
        f"ferret, {batch} at once": partial(by_ferret, batch),
    }


def _kernel_shap(rival: Rival, samples: int, batch: int) -> dict[str, Callable[[], Run]]:
    def by_shap(size: int | None, bf16: bool = False) -> Run:
        import shap

        def run(text: str, target: str) -> Any:
            ids, plain = rival.ids(text)[0], rival.plain(text)
            blank = _blank(rival, text, rival.tokenizer.pad_token_id)[0]
            forward = _by_ids(rival, best=size is not None, bf16=bf16)

            def value(shown: np.ndarray) -> np.ndarray:
                rows = torch.from_numpy(shown).bool()
                given = torch.where(torch.zeros((len(rows), len(ids)), dtype=torch.bool), ids, blank)
                given[:, plain] = torch.where(rows, ids[plain], blank[plain])
                parts = torch.split(given, size or len(given))
                return torch.cat([rival.log_odds(forward(part), target) for part in parts]).detach().numpy()

            explainer = shap.KernelExplainer(value, np.zeros((1, int(plain.sum()))))
            return explainer.shap_values(np.ones(int(plain.sum())), nsamples=samples, l1_reg=0, silent=True)

        return run

    def by_captum(size: int) -> Run:
        kernel = KernelShap(_by_ids(rival, best=size > 1))

        def run(text: str, target: str) -> Tensor:
            blank = _blank(rival, text, rival.tokenizer.pad_token_id)
            options = {"n_samples": samples, "perturbations_per_eval": size, "show_progress": False}
            return kernel.attribute(rival.ids(text), baselines=blank, target=rival.classifier.index(target), **options)

        return run

    return {
        "shap KernelExplainer, all masks at once": partial(by_shap, None),
        f"shap KernelExplainer, {batch} at once": partial(by_shap, batch),
        f"shap KernelExplainer, {batch} at once{HALF}": partial(by_shap, batch, bf16=True),
        "captum KernelShap, defaults": partial(by_captum, 1),
        f"captum KernelShap, {batch} at once": partial(by_captum, batch),
    }


def _partition(rival: Rival, samples: int, batch: int) -> dict[str, Callable[[], Run]]:
    def by_shap(predict: Callable[[Any], np.ndarray], **options: int) -> Run:
        import shap

        explainer = shap.Explainer(predict, shap.maskers.Text(rival.tokenizer), algorithm="partition", silent=True)
        return lambda text, target: explainer([text], max_evals=samples, **options)

    def by_ferret() -> Run:
        explainer = ferret(rival)["shap"]
        return lambda text, target: explainer(
            text, target=rival.classifier.index(target), call_args={"max_evals": samples, "silent": True}
        )

    return {
        "shap Explainer, transformers' pipeline with its defaults": lambda: by_shap(rival.by_pipeline),
        f"shap Explainer, our function of {batch} texts at once": lambda: by_shap(rival.by_batches(batch), batch_size=batch),
        "ferret, defaults": by_ferret,
    }


RIVALS: dict[str, Callable[[Rival, int, int], dict[str, Callable[[], Run]]]] = {
    "leave one out": _leave_one_out,
    "LIME": _lime,
    "KernelSHAP": _kernel_shap,
    "Partition SHAP": _partition,
}


def _by_ids(rival: Rival, *, best: bool, bf16: bool = False) -> Callable[[Tensor], Tensor]:
    """(rows, classes) logits of (rows, tokens) ids: of the model as loaded, or of the engine's without gradients."""

    def forward(ids: Tensor) -> Tensor:
        if not best:
            return rival.as_loaded(input_ids=ids.long()).logits.detach()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return rival.model(input_ids=ids.long()).logits.float()

    return forward


def _blank(rival: Rival, text: str, blank: int) -> Tensor:
    """(1, tokens) ids with `blank` in the place of all that are not special."""
    plain = torch.from_numpy(rival.plain(text))[None]
    return torch.where(plain, torch.full_like(rival.ids(text), blank), rival.ids(text))
