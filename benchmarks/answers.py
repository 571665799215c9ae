"""How far answers can be trusted, and how they read: `make bench-answers`. Writes docs/answers.md from the kept results.

`--only retrieval`, `grounding`, `planted`, `phrasing` or `reading` measures one part anew, and the page is written with the
others as they were; `--page` measures nothing. The answers themselves are kept in the cache folder (`answers_corpus`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from benchmarks import answers_phrasing, answers_reading, retrieval
from benchmarks.answers_corpus import corpus
from benchmarks.answers_grounding import Case, cases, grounded, planted

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results" / "answers.json", HERE.parent / "docs" / "answers.md"
PARTS: dict[str, Callable[[list[Case]], dict[str, Any]]] = {
    "grounding": grounded,
    "planted": planted,
    "phrasing": answers_phrasing.measured,
    "reading": answers_reading.measured,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("retrieval", *PARTS), help="measure one part")
    parser.add_argument("--page", action="store_true", help="only write the page anew from the figures that are there")
    parser.add_argument("--kept", action="store_true", help="only the answers that are kept already, without asking for more")
    given = parser.parse_args()
    wanted = () if given.page else (given.only,) if given.only else ("retrieval", *PARTS)
    if "retrieval" in wanted:
        retrieval.RESULTS.write_text(_json(retrieval.measure()), "utf-8")
    if set(wanted) & set(PARTS):
        known = cases(corpus(kept_only=given.kept))
        for part in (part for part in PARTS if part in wanted):
            told = PARTS[part](known)
            results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
            results[part] = told | {"run": _run()}
            RESULTS.write_text(_json(results), "utf-8")
            print(f"{part}: measured.")
    PAGE.write_text(page(), "utf-8")
    print(f"{PAGE} is written.")


def page() -> str:
    """The page from the kept results."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"share": lambda part, whole: f"{100 * part / whole:.1f} %" if whole else "–"}
    template = environment.from_string((HERE / "answers_page.md.jinja").read_text("utf-8"))
    answers = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return template.render(**json.loads(retrieval.RESULTS.read_text("utf-8")), answers=answers)


def _run() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(), "machine": platform.machine(), "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
