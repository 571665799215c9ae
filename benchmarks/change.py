"""How well counterfactuals are found: `make bench-change`. Writes benchmarks/results/change.json and docs/change.md.

Each row and way is kept in the cache folder as soon as it is done, so that a run that was stopped goes on; what was found by
other code is found anew. What flips is predicted again at the end, in another process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from explainers.assets import cache_folder
from explainers.counterfactuals import Budget, counterfactuals
from explainers.edits import difference
from explainers.units import count_units

from assistant.assemble import fetch
from assistant.resolver import Resolver
from assistant.settings import ENCODER, load_settings, settings_path
from assistant.workspace import Workspace
from benchmarks import change_page, change_textfooler
from benchmarks.change_page import OURS
from benchmarks.change_rivals import RIVALS, words_of

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "change.json"
DEMOS = ("sms", "movies")
SEED = 13
# what the figures follow from: a row is run again where one of these has changed
SOURCES = {
    OURS: ("explainers/counterfactuals", "explainers/edits.py", "assistant/fluency.py", "assistant/material.py"),
    **dict.fromkeys(RIVALS, ("benchmarks/change_rivals.py",)),
}

Item = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=200, help="test rows of each demo")
    options.add_argument("--only", action="store_true", help="write the page anew from the kept results")
    options.add_argument("--again", metavar="DEMO", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.again:
        json.dump(predicted_again(given.again, json.load(sys.stdin)), sys.stdout)
        return
    if not given.only:
        run = {
            "rows": given.rows,
            "load": round(os.getloadavg()[0], 1),
            "machine": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)),
            "budget": Budget().texts,
        }
        found = {demo: measured(demo, given.rows) for demo in DEMOS}
        textfooler = change_textfooler.tried()
        RESULTS.write_text(json.dumps({"run": run, "textfooler": textfooler, "demos": found}, indent=1) + "\n", "utf-8")
    change_page.write(json.loads(RESULTS.read_text("utf-8")))


def opened(demo: str) -> Workspace:
    path = settings_path(demo)
    fetch(load_settings(path), path)
    return Workspace.load(path)


def measured(demo: str, rows: int) -> dict[str, Any]:
    """The figures of every way on one demo."""
    workspace = opened(demo)
    texts = drawn(workspace, rows)
    kept = cache_folder("benchmarks") / f"change-{demo}-{workspace.classifier.fingerprint}.jsonl"
    done = read(kept)
    with kept.open("a", encoding="utf-8") as file:
        for place, text in enumerate(texts):
            for item in _ways(workspace, demo, text, done):
                file.write("\n" + json.dumps(item, ensure_ascii=False))  # a line that was torn before stays alone
                file.flush()
                done[item["way"], text] = item
            print(f"{demo}: {place + 1} of {len(texts)}", file=sys.stderr)
    items = {way: [done[way, text] for text in texts] for way in (OURS, *RIVALS)}
    flips = [item for some in items.values() for item in some if item["made"]]
    again = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.change", "--again", demo],
        input=json.dumps([[item["text"], item["made"]] for item in flips]),
        capture_output=True,
        text=True,
        check=True,
    )
    for item, holds in zip(flips, json.loads(again.stdout.splitlines()[-1]), strict=True):
        item["held"] = holds
    return change_page.figures(items)


def drawn(workspace: Workspace, rows: int) -> list[str]:
    """Texts of test rows; fewer rows are the first of more."""
    test = np.flatnonzero(np.array(workspace.dataset.table["split"].to_pylist()) == "test")
    texts = (workspace.dataset.texts[int(place)] for place in np.random.default_rng(SEED).permutation(test))
    return [text for text in texts if words_of(text)][:rows]


def read(kept: Path) -> dict[tuple[str, str], Item]:
    """What was kept and is still what the code would find, by way and text."""
    found = {}
    for line in kept.read_text("utf-8").split("\n") if kept.exists() else []:
        with suppress(json.JSONDecodeError):  # a run that was cut off leaves a torn line
            item = json.loads(line)
            if item.get("code") == code(item["way"]):
                found[item["way"], item["text"]] = item
    return found


@cache
def code(way: str) -> str:
    """A hash of the source files that a way's figures follow from."""
    digest = hashlib.sha256()
    for name in SOURCES.get(way, ()):
        path = HERE.parent / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _ways(workspace: Workspace, demo: str, text: str, done: dict[tuple[str, str], Item]) -> Iterator[Item]:
    """What each way that was not run on a text finds."""
    classifier, material = _ready(workspace)
    if (OURS, text) not in done:
        classifier.work.reset()
        started = time.perf_counter()
        search = counterfactuals(classifier, text, material=material)
        seconds = time.perf_counter() - started
        made = search.found[0].text if search.found else None
        yield _item(workspace, demo, OURS, text, made, search.tries, seconds) | {"stopped": search.stopped}
    for way, flip in RIVALS.items():
        if (way, text) not in done:
            classifier.work.reset()
            started = time.perf_counter()
            made, asked = flip(classifier, text, material.lexicon)
            yield _item(workspace, demo, way, text, made, asked, time.perf_counter() - started)


@cache
def _ready(workspace: Workspace) -> tuple[Any, Any]:
    """The classifier and the material, all that is loaded late being loaded: no clock runs yet."""
    counterfactuals(workspace.classifier, "one two three four", material=workspace.material)
    return workspace.classifier, workspace.material


def _item(workspace: Workspace, demo: str, way: str, text: str, made: str | None, asked: int, seconds: float) -> Item:
    """What is kept of a way on a text. `tokens` went through the classifier; `words` differ; `similarity` is the cosine of
    the sentence encoder's embeddings, as it came, and `perplexity` the new text's as a share of the old one's."""
    item = {
        "way": way, "code": code(way), "text": text, "made": made, "asked": asked,
        "tokens": workspace.classifier.work.tokens, "seconds": round(seconds, 3),
    }  # fmt: skip
    if made:
        one, other = _encoder(demo).vectors([text, made])
        before, after = workspace.fluency.perplexities([text, made])
        item["words"] = distance(text, made)
        item["similarity"] = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
        item["perplexity"] = float(after / before)
    return item


@cache
def _encoder(demo: str) -> Any:
    from assistant.knowledge.embeddings import Encoder

    return Encoder(Resolver(settings_path(demo)).assets.path(ENCODER))


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


def predicted_again(demo: str, pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Whether each second text still gets another answer than the first, both run alone."""
    classifier = opened(demo).classifier

    def answer(text: str) -> int:
        return int(classifier.probabilities([text])[0].argmax())

    return [answer(text) != answer(made) for text, made in pairs]


if __name__ == "__main__":
    main()
