"""The engine measured against other libraries and against the bare model: `make bench-engine`.

Prints rows as they come, keeps them in benchmarks/results/engine.json and writes docs/engine.md from all that is kept, so
parts and demos can be measured one by one: `--only faithfulness --demo movies`. Other libraries run in this process,
on the same weights; without them their rows say so.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks import engine_ceiling, engine_faithfulness, engine_gradients, engine_masks, engine_page
from benchmarks.engine_rows import Aim, Part, Row, circumstances, keep
from benchmarks.engine_subject import Subject, draw, load_classifier

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "engine.json"
PAGE = ROOT / "docs" / "engine.md"
DEMOS = ("sms", "movies")
PARTS: dict[str, Callable[[Subject, argparse.Namespace], tuple[list[Row], list[Aim]]]] = {
    "gradients": lambda subject, given: engine_gradients.measure(_few(subject, given.timed), given.repeats),
    "masks": lambda subject, given: engine_masks.measure(_few(subject, given.timed), given.repeats, given.samples),
    "ceiling": lambda subject, given: engine_ceiling.measure(_few(subject, given.bulk), given.repeats),
    "faithfulness": lambda subject, given: engine_faithfulness.measure(subject, given.samples, given.workers),
}


def main() -> None:
    given = _options()
    load = os.getloadavg()[0]
    torch.set_num_threads(1)  # CPU time of one thread is work done; threads that wait for each other burn it
    for demo in given.demo if given.only else ():
        classifier = load_classifier(demo)
        subject = draw(demo, classifier, given.texts)
        for name in given.only:
            print(f"{name}, {demo}", flush=True)
            rows, aims = PARTS[name](subject, given)
            part = Part(name, demo, rows, aims, _used(name, subject, given).lengths(), circumstances(load))
            for line in (*map(_told, rows), *map(_told, aims)):
                print(f"  {line}", flush=True)
            keep(given.results, part)
    engine_page.write(given.results, given.page)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__.splitlines()[0])
    options.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS), help="parts to measure, or none: only the page")
    options.add_argument("--demo", nargs="+", default=list(DEMOS), help="settings files or demos")
    options.add_argument("--texts", type=int, default=300, help="texts for faithfulness")
    options.add_argument("--timed", type=int, default=8, help="texts for timing against other libraries")
    options.add_argument("--bulk", type=int, default=32, help="texts for timing against the bare model")
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--samples", type=int, default=128, help="masks a text for methods that draw them")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes for faithfulness")
    options.add_argument("--quick", action="store_true", help="only to see that everything runs: the figures mean nothing")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--page", type=Path, default=PAGE)
    given = options.parse_args()
    if given.quick:
        given.texts, given.timed, given.bulk, given.repeats, given.samples, given.workers = 3, 2, 2, 1, 16, 1
        for name, default in (("results", RESULTS), ("page", PAGE)):
            if getattr(given, name) == default:
                setattr(given, name, ROOT / "build" / default.name)
    return given


def _few(subject: Subject, count: int) -> Subject:
    """The first texts, as many of each predicted class: a class that is like the baseline is explained in fewer steps."""
    by_class = [
        [place for place, other in enumerate(subject.targets) if other == label] for label in dict.fromkeys(subject.targets)
    ]
    turns = [place for turn in itertools.zip_longest(*by_class) for place in turn if place is not None]
    chosen = turns[:count]
    texts, targets = [subject.texts[place] for place in chosen], [subject.targets[place] for place in chosen]
    return dataclasses.replace(subject, texts=tuple(texts), targets=tuple(targets))


def _used(part: str, subject: Subject, given: argparse.Namespace) -> Subject:
    counts = {"gradients": given.timed, "masks": given.timed, "ceiling": given.bulk}
    return _few(subject, counts.get(part, given.texts))


def _told(line: Row | Aim) -> str:
    if isinstance(line, Aim):
        return f"{'met   ' if line.met else 'MISSED'} {line.name}: {line.measured} (wanted: {line.wanted})"
    return f"{line.group} | {line.name} | " + ", ".join(f"{name} {value}" for name, value in line.figures.items())


if __name__ == "__main__":
    main()
