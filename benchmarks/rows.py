"""How long questions about rows take: `make bench-rows`. Writes benchmarks/results/rows.json and docs/rows.md.

Each dataset is measured in two processes with a cache of their own: the first finds nothing prepared, the second all of
it, and asks the questions. Timings are of this machine at that moment; the page says which.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import jinja2

from explainers.assets import CACHE_VARIABLE, cache_folder

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from benchmarks import rows_data
from benchmarks.rows_questions import Question, questions

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results" / "rows.json", HERE.parent / "docs" / "rows.md"
TURNS = 7
FIGURES = ("first", "median", "slowest")
WANTED_SECONDS, WANTED_BYTES = 0.2, 2e9


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1_000_000, help="how many rows are generated")
    options.add_argument("--only", action="store_true", help="write the page anew from the kept results")
    options.add_argument("--part", nargs=3, metavar=("DATA", "STEP", "FOLDER"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        name, step, folder = given.part
        print(json.dumps(STEPS[step](name, Path(folder), given.rows)))
        return
    if not given.only:
        RESULTS.write_text(json.dumps(measured(given.rows), indent=1) + "\n", "utf-8")
    write(RESULTS, PAGE)


def measured(rows: int) -> dict[str, Any]:
    """Everything that the page tells."""
    load = os.getloadavg()[0]
    own = cache_folder()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("demo", "generated"):
            cache = Path(folder) / name
            cache.mkdir()
            for kept in ("assets", "converted"):
                if (own / kept).exists():
                    (cache / kept).symlink_to(own / kept)
            if name == "generated":
                rows_data.write(Path(folder) / "rows.parquet", rows)
            found[name] = {step: _apart(name, step, folder, cache, rows) for step in STEPS}
    return {"run": rows_data.circumstances(load), "generated_rows": rows, "turns": TURNS, "data": found}


def _apart(name: str, step: str, folder: str, cache: Path, rows: int) -> dict[str, Any]:
    """A step in a process of its own, so that its memory is its own too."""
    print(f"{name}: {step} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.rows", "--rows", str(rows), "--part", name, step, folder]
    done = subprocess.run(command, env={**os.environ, CACHE_VARIABLE: str(cache)}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _clock() -> tuple[Callable[[str], None], dict[str, float]]:
    """A function that notes the seconds since it was called last under a name, and what it noted."""
    noted: dict[str, float] = {}
    last = time.perf_counter()

    def note(name: str) -> None:
        nonlocal last
        noted[name], last = time.perf_counter() - last, time.perf_counter()

    return note, noted


def first(name: str, folder: Path, rows: int) -> dict[str, Any]:
    """What happens once: the file is read, words are counted, every row is predicted."""
    note, noted = _clock()
    dataset = rows_data.dataset(name, folder)
    note("read and prepare the file")
    dataset.index_words()
    note("count the words")
    held = _memory()
    workspace = rows_data.workspace(name, dataset)
    note("load the model")
    workspace.probabilities()
    note("predict every row")
    size = rows_data.file_of(name, folder).stat().st_size
    return {"seconds": noted, "rows": len(dataset), "bytes": size, "memory_data": held, "memory": _memory()}


def second(name: str, folder: Path, rows: int) -> dict[str, Any]:
    """What happens at every later start, and then the questions."""
    note, noted = _clock()
    dataset = rows_data.dataset(name, folder)
    dataset.index_words()
    note("data and words")
    workspace = rows_data.workspace(name, dataset)
    note("load the model")
    workspace.predictions()
    note("predictions")
    assistant = Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))
    asked = [_asked(assistant, question) for question in questions(dataset, workspace.classifier.labels)]
    return {"seconds": noted, "questions": asked, "memory": _memory()}


STEPS = {"first": first, "second": second}


def _asked(assistant: Assistant, question: Question) -> dict[str, Any]:
    """The seconds of a whole turn of a command: reading it, running it, and writing the answer."""
    last = len(assistant.workspace.dataset) - 1
    said, before = question.command.format(last=last, middle=last // 2), Conversation()
    for command in question.before:
        before = assistant.ask(f"/{command}", before).conversation
    seconds = []
    for _ in range(TURNS):
        started = time.perf_counter()
        turn = assistant.ask(f"/{said}", before)
        seconds.append(time.perf_counter() - started)
        if turn.failed:
            raise SystemExit(f"{said}: {turn.reply.text}")
    selected = turn.results[-1].selected
    return {
        "group": question.group,
        "command": question.command,
        "rows": None if selected is None else selected.rows,
        "first": seconds[0],
        "median": median(seconds),
        "slowest": max(seconds[1:]),
    }


def _memory() -> int:
    """The most bytes that this process ever had in memory, files that are mapped into it among them."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def aims(found: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """What was wanted of each dataset: name, what was to be reached, what was measured, and whether that reaches it."""
    for steps in found["data"].values():
        rows = f"{steps['first']['rows']:,} rows"
        asked = [one for one in steps["second"]["questions"] if one["group"] == "selections"]
        slowest = max(asked, key=lambda one: one["median"])
        met = slowest["median"] < WANTED_SECONDS
        yield f"{rows}: a selection and its count", "under 0.2 s at the median", f"at most {slowest['median']:.3f} s", met
        most = max(step["memory"] for step in steps.values())
        yield f"{rows}: memory", "under 2 GB", f"{most / 1e9:.2f} GB", most < WANTED_BYTES
        start = sum(steps["second"]["seconds"].values())
        yield f"{rows}: a later start", "not minutes", f"{start:.1f} s", start < 60


def write(results: Path, page: Path) -> None:
    """Write the page from the kept results."""
    found = json.loads(results.read_text("utf-8"))
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters |= {"seconds": _seconds, "gigabytes": lambda size: f"{size / 1e9:.2f}"}
    data = list(found["data"].values())
    sizes = [f"{steps['first']['rows']:,} rows" for steps in data]
    text = environment.from_string((HERE / "rows_page.md.jinja").read_text("utf-8")).render(
        found,
        aims=list(aims(found)),
        versions=", ".join(f"{name} {number}" for name, number in found["run"]["versions"].items()),
        titles=[f"{rows} ({steps['first']['bytes'] / 1e6:.1f} MB)" for rows, steps in zip(sizes, data, strict=True)],
        heads=[f"{rows}: {what}" if what == FIGURES[0] else what for rows in sizes for what in FIGURES],
        asked=lambda group: list(_table(data, group)),
        line=lambda cells: f"| {' | '.join(cells)} |",
    )
    page.write_text(text, "utf-8")


def _table(data: Sequence[dict[str, Any]], group: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a table with their figures, of each dataset in turn; none where a dataset was not asked."""
    asked = [{one["command"]: one for one in steps["second"]["questions"] if one["group"] == group} for steps in data]
    for command in dict.fromkeys(command for some in asked for command in some):
        yield command, [_seconds(some[command][what]) if command in some else "" for some in asked for what in FIGURES]


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"


if __name__ == "__main__":
    main()
