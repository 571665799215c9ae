"""Faithfulness of every method on many texts, and of the most faithful one by text. Long, so each text is kept at once."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from explainers import METHODS, Classifier, Faithfulness, attribute, faithfulness
from explainers.assets import cache_folder
from explainers.best import DEFAULT_SET

from benchmarks.engine_rows import Aim, Row
from benchmarks.engine_subject import Subject, load_classifier, source_digest

BEST = "best"
INTERVAL = 1.96  # standard errors on each side of a mean
SAMPLED = "samples"  # the option of methods that hide words
OWN_SAMPLES = ("gradient_shap",)  # its samples are gradients, not masks


def measure(subject: Subject, samples: int, workers: int) -> tuple[list[Row], list[Aim]]:
    """A row for each method and one for `best`, which takes for each text the most faithful of DEFAULT_SET."""
    lines = list(_measured(subject, samples, workers))
    best, winners = [], []
    for line in lines:
        field = [line["methods"][name] for name in DEFAULT_SET]
        winner = max(field, key=lambda figures: figures["score"])
        unseen = max(field, key=lambda figures: figures["choice"])["other_sizes"]
        whole = {name: sum(figures[name] for figures in field) for name in ("cpu", "rows")}
        best.append(winner | whole | {"other_sizes": unseen})
        winners.append(winner)
    rows = [_row(BEST, "", best, winners)]
    rows += sorted(
        (_row(name, METHODS[name].family, [line["methods"][name] for line in lines], winners) for name in METHODS),
        key=lambda row: -row.figures["score"],
    )
    return rows, list(_aims(rows))


def measure_text(classifier: Classifier, text: str, target: str, samples: int) -> dict[str, dict[str, float]]:
    """The figures of each method on one text; masked rows that methods share are run once."""
    made, spent, passes = [], [], []
    for name, method in METHODS.items():
        options = {SAMPLED: samples} if SAMPLED in method.options and name not in OWN_SAMPLES else {}
        classifier.work.reset()
        started = time.process_time()
        made.append(attribute(classifier, text, target, method=name, **options))
        spent.append(time.process_time() - started)
        passes.append(classifier.work.rows)
    found = faithfulness(classifier, made)
    return {
        one.method: {
            "comprehensiveness": one.comprehensiveness,
            "sufficiency": one.sufficiency,
            "score": one.score,
            "gap": one.gap,
            "beaten": one.beaten,
            "choice": _mean_score(one, 0),
            "other_sizes": _mean_score(one, 1),
            "cpu": cpu,
            "rows": rows,
        }
        for one, cpu, rows in zip(found, spent, passes, strict=True)
    }


def _mean_score(one: Faithfulness, first: int) -> float:
    """The score at every second size, from the size `first`: what is chosen at some can be scored at the others."""
    curves = zip(one.comprehensiveness_curve, one.sufficiency_curve, strict=True)
    return statistics.fmean([with_ - alone for with_, alone in curves][first::2])


def _row(name: str, family: str, own: Sequence[dict[str, float]], winners: Sequence[dict[str, float]]) -> Row:
    def mean(figure: str) -> float:
        return statistics.fmean(one[figure] for one in own)

    behind = [winner["score"] - one["score"] for winner, one in zip(winners, own, strict=True)]
    return Row(
        "methods",
        name,
        {
            "family": family,
            "comprehensiveness": round(mean("comprehensiveness"), 4),
            "sufficiency": round(mean("sufficiency"), 4),
            "score": round(mean("score"), 4),
            "score_interval": round(_interval([one["score"] for one in own]), 4),
            "gap": round(mean("gap"), 4),
            "gap_interval": round(_interval([one["gap"] for one in own]), 4),
            "beaten": round(mean("beaten"), 3),
            "behind_best": round(statistics.fmean(behind), 4),
            "behind_interval": round(_interval(behind), 4),
            "other_sizes": round(mean("other_sizes"), 4),
            "in_set": name in DEFAULT_SET,
            "cpu_ms": round(1000 * statistics.fmean(one["cpu"] for one in own)),
            "rows": round(statistics.fmean(one["rows"] for one in own)),
        },
    )


def _interval(values: Sequence[float]) -> float:
    return INTERVAL * statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def _aims(rows: Sequence[Row]) -> Iterator[Aim]:
    best, *others = rows
    for words, chosen in (
        ("of its set", [row for row in others if row.figures["in_set"]]),
        ("of all methods", others),
    ):
        top = max(chosen, key=lambda row: row.figures["score"])
        measured = f"{best.figures['score']:.3f}, {top.name} {top.figures['score']:.3f}"
        met = best.figures["score"] >= top.figures["score"]
        yield Aim(f"`best`: faithfulness against the best single method {words}", "at least as good", measured, met)
    top = max(others, key=lambda row: row.figures["other_sizes"])
    measured = f"{best.figures['other_sizes']:.3f}, {top.name} {top.figures['other_sizes']:.3f}"
    met = best.figures["other_sizes"] >= top.figures["other_sizes"]
    yield Aim("`best` chosen at some sizes, scored at others: against all methods", "at least as good", measured, met)


def _measured(subject: Subject, samples: int, workers: int) -> Iterator[dict[str, Any]]:
    """What was found on each text; texts that an earlier run finished, with the same engine, are read from its file."""
    name = f"{subject.name}-{subject.classifier.fingerprint}-{source_digest(Path(__file__))}-{samples}.jsonl"
    file = cache_folder("benchmarks") / name
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
    known = {(line["text"], line["target"]): line for line in lines}
    wanted = [pair for pair in zip(subject.texts, subject.targets, strict=True) if pair not in known]
    for done, line in enumerate(_computed(subject, wanted, samples, workers), 1):
        known[line["text"], line["target"]] = line
        _append(file, line)
        if done % 10 == 0 or done == len(wanted):
            print(f"  {len(subject.texts) - len(wanted) + done} of {len(subject.texts)} texts", flush=True)
    for pair in zip(subject.texts, subject.targets, strict=True):
        yield known[pair]


def _append(file: Path, line: dict[str, Any]) -> None:
    with file.open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(line) + "\n")


def _computed(subject: Subject, wanted: Iterable[tuple[str, str]], samples: int, workers: int) -> Iterator[dict[str, Any]]:
    if workers < 2:
        for text, target in wanted:
            yield {"text": text, "target": target, "methods": measure_text(subject.classifier, text, target, samples)}
        return
    # processes of one thread each: more texts an hour than threads that share small matrices, and CPU time that adds up
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (subject.name,)) as pool:
        yield from pool.map(_one, [(*pair, samples) for pair in wanted])


_worker: list[Classifier] = []


def _begin(demo: str) -> None:
    torch.set_num_threads(1)
    _worker.append(load_classifier(demo))


def _one(job: tuple[str, str, int]) -> dict[str, Any]:
    text, target, samples = job
    return {"text": text, "target": target, "methods": measure_text(_worker[0], text, target, samples)}
