"""Salience of a generated span measured against other libraries, and by deletion: `make bench-generate`.

Every result is kept in benchmarks/results/generate.json as it comes, and is not measured again, so a run that was cut off
goes on where it was; docs/generate.md is written from all that is kept. `--prompts 3` takes the first three for the
deletion test, `--timed` and `--exact` as many for the race and for the comparison in float64, and `--minutes 10` begins
nothing new after ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explainers.assets import Assets
from explainers.generative import Answer, GenerativeModel, generate, read_prompts, salience
from explainers.generative.removal import falls
from explainers.generative.salience import prepare

from assistant.parsing.language_model import converted
from assistant.settings import DEMOS, EMBEDDED
from benchmarks import generate_page
from benchmarks.engine_race import counted
from benchmarks.engine_rows import circumstances
from benchmarks.generate_contestants import ADAPTIVE, CONTESTANTS, Case, Run

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "generate.json"
PAGE = ROOT / "docs" / "generate.md"
PROMPTS = ROOT / "benchmarks" / "data" / "generate_prompts.jsonl"
UNIT = "line"
DELETED = 0.2  # of the segments
DRAWS = 16  # random choices of as many segments
EXACT = ("integrated_gradients", "input_x_gradient")  # what is compared in float64
EXACT_STEPS, EXACT_SPANS = 8, (1, 4)
METHODS = ("integrated_gradients", "input_x_gradient", "grad_l2", "occlusion", "shapley_sampling", "attention_rollout")


def main() -> None:
    given = _options()
    load = os.getloadavg()[0]
    torch.set_num_threads(1)
    kept = json.loads(given.results.read_text("utf-8")) if given.results.exists() else {}
    if given.only:
        sizes = {"steps": given.steps, "span": given.span, "exact_steps": EXACT_STEPS, "exact_spans": list(EXACT_SPANS)}
        known = {name: kept["run"][name] for name in sizes} if "run" in kept else sizes
        if known != sizes:
            raise SystemExit(f"{given.results} holds results of other sizes ({known}); name another file with --results.")
        kept["run"] = circumstances(load) | sizes | {"command": "make bench-generate"}
        _run(given, kept, given.minutes * 60 + time.monotonic())
        _keep(given.results, kept)
    generate_page.write(kept, given.page)


def _run(given: argparse.Namespace, kept: dict[str, Any], until: float) -> None:
    """All that is not kept yet: prompt by prompt all parts, so that a run that is cut off has some of each."""
    model = GenerativeModel.load(given.model or embedded(), device="cpu", name="the embedded model")
    wanted = {"race": given.timed, "exact": given.exact, "deletion": given.prompts}
    for place, row in enumerate(read_prompts(PROMPTS)[: max(wanted[part] for part in given.only)]):
        name = f"{place:02d}"
        for part in (part for part in given.only if place < wanted[part]):
            done = kept.setdefault(part, {})
            missing = [key for key in _keys(part, name, given.methods) if key not in done]
            if not missing:
                continue
            if time.monotonic() > until:
                return
            answer = _answer(model, row.prompt, given.span)
            for key, measure in WORK[part](model, name, answer, given):
                if key in missing:
                    done[key] = measure()
                    print(part, key, json.dumps(done[key])[:160], flush=True)
                    _keep(given.results, kept)


def _keys(part: str, name: str, methods: Sequence[str]) -> list[str]:
    """What a part measures on one prompt."""
    if part == "deletion":
        return [f"{method} | {name}" for method in ("random", *methods)]
    contestants = {method: CONTESTANTS[method] for method in (EXACT if part == "exact" else CONTESTANTS)}
    if part == "race":
        return [f"{method} | {one} | {name}" for method, several in contestants.items() for one in several]
    known = [(method, one) for method, several in contestants.items() for one in several if one != ADAPTIVE]
    return [f"{method} | {one} | {name}/{span}" for span in EXACT_SPANS for method, one in known]


def race(model: GenerativeModel, name: str, answer: Answer, given: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """CPU time, passes and scores of every contestant on one prompt."""
    case = Case(name, answer, UNIT)
    for method, contestants in CONTESTANTS.items():
        for contestant, run in contestants.items():
            yield f"{method} | {contestant} | {name}", lambda run=run: _timed(model, case, run, given.steps)


def exact(model: GenerativeModel, name: str, answer: Answer, given: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """Scores in float32 and in float64 of short spans with few steps: whether who differs computes another thing, or only
    rounds otherwise."""
    for span in EXACT_SPANS:
        short = answer.tokens[:span]
        case = Case(name, replace(answer, text=answer.text[: short[-1].end], tokens=short), UNIT)
        for method in EXACT:
            for contestant, run in CONTESTANTS[method].items():
                if contestant != ADAPTIVE:  # it has steps of its own
                    yield f"{method} | {contestant} | {name}/{span}", lambda case=case, run=run: _both(model, case, run)


def _both(model: GenerativeModel, case: Case, run: Run) -> dict[str, Any]:
    single = _timed(model, case, run, EXACT_STEPS)
    model.model.double()
    try:
        double = _timed(model, case, run, EXACT_STEPS)
    finally:
        model.model.float()
    return single | {"exact": double.get("scores"), "failure": single.get("failure") or double.get("failure", "")}


def _timed(model: GenerativeModel, case: Case, run: Run, steps: int) -> dict[str, Any]:
    with counted([model.model]) as passes:
        started = time.process_time()
        try:
            scores = [float(score) for score in run(model, case, steps)]
        except Exception as error:  # a rival may fail in any way; the table says so
            return {"failure": f"{type(error).__name__}: {error}".splitlines()[0][:120]}
        spent = time.process_time() - started
    known = {"cpu_s": spent, "forwards": passes.forwards, "tokens": passes.tokens, "scores": scores}
    return known | {"prompt": len(case.answer.prompt.ids), "span": len(case.answer.ids)}


def deletion(model: GenerativeModel, name: str, answer: Answer, given: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """How far the span's log-probability falls without the segments that a method holds for the most important."""
    task, _ = prepare(model, answer, None, None, UNIT, None)
    count = len(task.segments)
    gone = max(1, round(DELETED * count))
    drawn = np.random.default_rng(13)

    def fall(places: Sequence[np.ndarray]) -> float:
        hidden = np.zeros((len(places), count), dtype=bool)
        for row, chosen in zip(hidden, places, strict=True):
            row[chosen] = True
        return float(falls(model, task, hidden)[0].mean())

    def by(method: str) -> float:
        made = salience(model, answer.prompt, answer, method=method, unit=UNIT, check=False)
        return fall([np.argsort([-segment.sum for segment in made.segments])[:gone]])

    def at_random() -> float:
        alone = [np.array([place]) for place in range(count)]  # of one segment there are few choices: all are taken
        return fall(alone if gone == 1 else [drawn.permutation(count)[:gone] for _ in range(DRAWS)])

    yield f"random | {name}", at_random
    for method in given.methods:
        yield f"{method} | {name}", lambda method=method: by(method)


WORK = {"race": race, "exact": exact, "deletion": deletion}


def embedded() -> Path:
    """The folder of the language model that comes along."""
    path = Assets(DEMOS / "assets.toml").path(EMBEDDED.partition(":")[2])
    return converted(path if path.suffix == ".gguf" else next(path.rglob("*.gguf")))


def _answer(model: GenerativeModel, text: str, most: int) -> Answer:
    """What the model goes on with, `most` tokens at most, without the space at the end."""
    answer = generate(model, model.prompt(text, chat=False), max_tokens=most)
    words = answer.text.rstrip()
    tokens = tuple(token for token in answer.tokens if token.start < len(words))
    return replace(answer, text=answer.text[: tokens[-1].end], tokens=tokens)


def _keep(path: Path, kept: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    part.replace(path)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__.splitlines()[0])
    options.add_argument("--only", nargs="*", choices=WORK, default=list(WORK), help="parts to measure, or none: only the page")
    options.add_argument("--prompts", type=int, default=50, help="prompts for the deletion test")
    options.add_argument("--timed", type=int, default=3, help="prompts for the race")
    options.add_argument("--exact", type=int, default=2, help="prompts for the comparison in float64")
    options.add_argument("--minutes", type=float, default=1e9, help="after which no new prompt is begun")
    options.add_argument("--steps", type=int, default=50, help="of integrated gradients")
    options.add_argument("--span", type=int, default=20, help="tokens of the answer")
    options.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS), help="methods for the deletion test")
    options.add_argument("--model", help="a folder or hub name, in the place of the embedded model")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--page", type=Path, default=PAGE)
    return options.parse_args()


if __name__ == "__main__":
    main()
