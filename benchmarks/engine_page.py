"""docs/engine.md, written from the kept results and from the engine's own registry of methods."""

from __future__ import annotations

from pathlib import Path

import jinja2

from explainers import METHODS
from explainers.best import DEFAULT_SET
from explainers.trust.faithfulness import FRACTIONS, RANKINGS

from benchmarks.engine_rows import Figure, Part, kept_parts

TEMPLATE = Path(__file__).parent / "engine_page.md.jinja"


def write(results: Path, page: Path) -> None:
    """Write the page anew."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters["figure"] = figure
    parts = kept_parts(results)
    text = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        methods=METHODS.values(),
        default_set=DEFAULT_SET,
        fractions=FRACTIONS,
        rankings=RANKINGS,
        parts=parts,
        aims=[(part.demo, aim) for demos in parts.values() for part in demos.values() for aim in part.aims],
        groups=groups,
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")


def groups(part: Part) -> dict[str, list]:
    """The rows of a part by table, in the order of the tables."""
    found: dict[str, list] = {}
    for row in part.rows:
        found.setdefault(row.group, []).append(row)
    return found


def figure(value: Figure) -> str:
    """A figure as it stands in a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else value
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}" if abs(value) >= 0.001 else f"{value:.0e}"
