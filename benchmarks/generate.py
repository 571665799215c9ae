"""Salience of a generated span measured against other libraries, and by deletion: `make bench-generate`.

Every result is kept in benchmarks/results/generate.json as it comes, and is not measured again; docs/generate.md is
written from all that is kept. `--prompts 3` takes the first three.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explainers.assets import Assets
from explainers.generative import Answer, GenerativeModel, generate, read_prompts, salience
from explainers.generative.removal import falls
from explainers.generative.salience import prepare

from assistant.language_model import converted
from assistant.settings import DEMOS, EMBEDDED
from benchmarks import generate_page
from benchmarks.engine_race import counted
from benchmarks.engine_rows import circumstances
from benchmarks.generate_contestants import CONTESTANTS, Case

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "generate.json"
PAGE = ROOT / "docs" / "generate.md"
PROMPTS = ROOT / "benchmarks" / "data" / "generate_prompts.jsonl"
UNIT = "line"
DELETED = 0.2  # of the segments
DRAWS = 5  # random choices of as many segments
METHODS = ("integrated_gradients", "input_x_gradient", "grad_l2", "occlusion", "shapley_sampling", "attention_rollout")


def main() -> None:
    given = _options()
    load = os.getloadavg()[0]
    torch.set_num_threads(1)
    kept = json.loads(given.results.read_text("utf-8")) if given.results.exists() else {}
    if given.only:
        model = GenerativeModel.load(given.model or embedded(), device="cpu", name="the embedded model")
        for part in given.only:
            done = kept.setdefault(part, {})
            rows = read_prompts(PROMPTS)[: given.timed if part == "race" else given.prompts]
            for place, row in enumerate(rows):
                for key, measure in WORK[part](model, f"{place:02d}", row.prompt, given):
                    if key not in done:
                        done[key] = measure()
                        print(part, key, json.dumps(done[key])[:160], flush=True)
                        _keep(given.results, kept)
        kept["run"] = circumstances(load) | {"steps": given.steps, "span": given.span, "command": "make bench-generate"}
        _keep(given.results, kept)
    generate_page.write(kept, given.page)


def race(model: GenerativeModel, name: str, prompt: str, given: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """CPU time, passes and scores of every contestant on one prompt."""
    case = Case(name, _answer(model, prompt, given.span), UNIT)
    for method, contestants in CONTESTANTS.items():
        for contestant, run in contestants.items():

            def measure(run: Any = run) -> dict[str, Any]:
                with counted([model.model]) as passes:
                    started = time.process_time()
                    try:
                        scores = [float(score) for score in run(model, case, given.steps)]
                    except Exception as error:  # a rival may fail in any way; the table says so
                        return {"failure": f"{type(error).__name__}: {error}".splitlines()[0][:120]}
                    spent = time.process_time() - started
                known = {"cpu_s": spent, "forwards": passes.forwards, "tokens": passes.tokens, "scores": scores}
                return known | {"prompt": len(case.answer.prompt.ids), "span": len(case.answer.ids)}

            yield f"{method} | {contestant} | {name}", measure


def deletion(model: GenerativeModel, name: str, prompt: str, given: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """How far the span's log-probability falls without the segments that a method holds for the most important."""
    answer = _answer(model, prompt, given.span)
    task, _ = prepare(model, answer, None, None, UNIT, None)
    count = len(task.segments)
    gone = max(1, round(DELETED * count))
    drawn = np.random.default_rng(13)

    def fall(places: list[np.ndarray]) -> float:
        hidden = np.zeros((len(places), count), dtype=bool)
        for row, chosen in zip(hidden, places, strict=True):
            row[chosen] = True
        return float(falls(model, task, hidden)[0].mean())

    def by(method: str) -> float:
        made = salience(model, answer.prompt, answer, method=method, unit=UNIT, check=False)
        return fall([np.argsort([-segment.sum for segment in made.segments])[:gone]])

    yield f"random | {name}", lambda: fall([drawn.permutation(count)[:gone] for _ in range(DRAWS)])
    for method in METHODS:
        if method in given.methods:
            yield f"{method} | {name}", lambda method=method: by(method)


WORK = {"race": race, "deletion": deletion}


def embedded() -> Path:
    """The folder of the language model that comes along."""
    path = Assets(DEMOS / "assets.toml").path(EMBEDDED.partition(":")[2])
    return converted(path if path.suffix == ".gguf" else next(path.rglob("*.gguf")))


def _answer(model: GenerativeModel, text: str, most: int) -> Answer:
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
    options.add_argument("--steps", type=int, default=50, help="of integrated gradients")
    options.add_argument("--span", type=int, default=20, help="tokens of the answer")
    options.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS), help="methods for the deletion test")
    options.add_argument("--model", help="a folder or hub name, in the place of the embedded model")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--page", type=Path, default=PAGE)
    return options.parse_args()


if __name__ == "__main__":
    main()
