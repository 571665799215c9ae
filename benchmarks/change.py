"""How well counterfactuals are found: `make bench-change`. Writes benchmarks/results/change.json and docs/change.md.

Each row and way is kept in the cache folder as soon as it is done, so that a run that was stopped goes on. What flips is
predicted again at the end, in another process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import jinja2
import numpy as np

from explainers.assets import cache_folder
from explainers.counterfactuals import counterfactuals
from explainers.edits import difference
from explainers.units import count_units

from assistant.assemble import fetch
from assistant.settings import ENCODER, Resolver, load_settings, settings_path
from assistant.workspace import Workspace
from benchmarks.change_rivals import RIVALS, words_of

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results" / "change.json", HERE.parent / "docs" / "change.md"
DEMOS = ("sms", "movies")
OURS = "AskWhy"
SEED = 13


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=200, help="test rows of each demo")
    options.add_argument("--only", action="store_true", help="write the page anew from the kept results")
    options.add_argument("--again", nargs=2, metavar=("DEMO", "FILE"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.again:
        print(json.dumps(predicted_again(given.again[0], Path(given.again[1]))))
        return
    if not given.only:
        load = os.getloadavg()[0]
        found = {demo: measured(demo, given.rows) for demo in DEMOS}
        run = {
            "rows": given.rows,
            "load": round(load, 1),
            "machine": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
        }
        RESULTS.write_text(json.dumps({"run": run, "demos": found}, indent=1) + "\n", "utf-8")
    write()


def opened(demo: str) -> Workspace:
    path = settings_path(demo)
    fetch(load_settings(path), path)
    return Workspace.load(path)


def measured(demo: str, rows: int) -> dict[str, Any]:
    """The figures of every way on one demo."""
    workspace = opened(demo)
    table = workspace.dataset.table
    test = np.flatnonzero(np.array(table["split"].to_pylist()) == "test")
    texts = [workspace.dataset.texts[int(place)] for place in np.random.default_rng(SEED).permutation(test)]
    texts = [text for text in texts if words_of(text)][:rows]
    kept = cache_folder("benchmarks") / f"change-{demo}-{workspace.classifier.fingerprint}.jsonl"
    done = {
        (item["way"], item["text"]): item
        for item in map(json.loads, kept.read_text("utf-8").splitlines() if kept.exists() else [])
    }
    with kept.open("a", encoding="utf-8") as file:
        for place, text in enumerate(texts):
            for item in _ways(workspace, text, done):
                file.write(json.dumps(item, ensure_ascii=False) + "\n")
                file.flush()
                done[item["way"], text] = item
            print(f"{demo}: {place + 1} of {len(texts)}", file=sys.stderr)
    again = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.change", "--again", demo, str(kept)],
        capture_output=True,
        text=True,
        check=True,
    )
    ways = (OURS, *RIVALS)
    held = json.loads(again.stdout.splitlines()[-1])
    _judge(workspace, [done[way, text] for way in ways for text in texts], demo)
    any_rival = {text for text in texts if any(done[way, text]["made"] for way in RIVALS)}
    reached = sum(bool(done[OURS, text]["made"]) for text in any_rival) / max(len(any_rival), 1)
    return {
        "ways": {way: _figures([done[way, text] for text in texts], held) for way in ways},
        "reached": reached,
        "rivals_flip": len(any_rival),
        "rows": len(texts),
    }


def _ways(workspace: Workspace, text: str, done: dict) -> Iterator[dict[str, Any]]:
    """What each way that was not run on a text finds."""
    classifier, material = workspace.classifier, workspace.material
    if (OURS, text) not in done:
        classifier.probabilities([text])  # nothing is loaded while the clock runs
        started = time.perf_counter()
        search = counterfactuals(classifier, text, material=material)
        made = search.found[0].text if search.found else None
        yield _item(OURS, text, made, search.tries, time.perf_counter() - started)
    for way, flip in RIVALS.items():
        if (way, text) not in done:
            started = time.perf_counter()
            made, asked = flip(classifier, text, material.lexicon)
            yield _item(way, text, made, asked, time.perf_counter() - started)


def _item(way: str, text: str, made: str | None, asked: int, seconds: float) -> dict[str, Any]:
    return {
        "way": way,
        "text": text,
        "made": made,
        "asked": asked,
        "seconds": round(seconds, 3),
        "words": made and distance(text, made),
    }


def distance(text: str, made: str) -> int:
    """Words that differ, by the word-by-word difference: of each place that does, those that go or come, whichever are more."""
    changed, gone, come = 0, 0, 0
    for change in [*difference(text, made), None]:
        if change is None or (change.kind == "same" and count_units(change.text, "word")):
            changed, gone, come = changed + max(gone, come), 0, 0
        elif change.kind != "same":
            count = count_units(change.text, "word")
            gone, come = gone + count * (change.kind == "removed"), come + count * (change.kind == "added")
    return changed


def _judge(workspace: Workspace, items: list[dict[str, Any]], demo: str) -> None:
    """Write into each item how alike its texts are (cosine of the encoder's embeddings) and how much the perplexity grew."""
    from assistant.knowledge.embeddings import Encoder  # the sentence encoder as it came

    encoder = Encoder(Resolver(settings_path(demo)).assets.path(ENCODER))
    for item in items:
        if item["made"]:
            one, other = encoder.vectors([item["text"], item["made"]])
            item["similarity"] = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
            before, after = workspace.fluency.perplexities([item["text"], item["made"]])
            item["perplexity"] = float(after / before)


def _figures(items: list[dict[str, Any]], held: dict[str, bool]) -> dict[str, float]:
    flipped = [item for item in items if item["made"]]

    def middle(name: str, of: list[dict[str, Any]]) -> float:
        return round(median(item[name] for item in of), 3) if of else float("nan")

    return {
        "flips": len(flipped) / len(items),
        **{name: middle(name, flipped) for name in ("words", "similarity", "perplexity")},
        **{name: middle(name, items) for name in ("asked", "seconds")},
        "held": sum(held[item["made"]] for item in flipped) / max(len(flipped), 1),
    }


def predicted_again(demo: str, kept: Path) -> dict[str, bool]:
    """Whether each text that was made still gets another answer than the one it was made from."""
    classifier = opened(demo).classifier
    items = [item for item in map(json.loads, kept.read_text("utf-8").splitlines()) if item["made"]]
    return {
        item["made"]: bool(np.diff([classifier.probabilities([item[name]])[0].argmax() for name in ("text", "made")])[0])
        for item in items
    }


def write() -> None:
    """Write the page anew."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string((HERE / "change_page.md.jinja").read_text("utf-8"))
    PAGE.write_text(template.render(json.loads(RESULTS.read_text("utf-8")), ours=OURS), "utf-8")


if __name__ == "__main__":
    main()
