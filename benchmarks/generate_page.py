"""docs/generate.md, written from the kept results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from benchmarks.engine_page import figure

TEMPLATE = Path(__file__).parent / "generate_page.md.jinja"


def write(kept: Mapping[str, Any], page: Path) -> None:
    """Write the page anew."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters["figure"] = figure
    deleted, race = deletion(kept.get("deletion", {})), races(kept.get("race", {}))
    text = environment.from_string(TEMPLATE.read_text("utf-8")).render(race=race, deletion=deleted, run=kept["run"])
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")


def races(entries: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By method one row for each contestant: means over the prompts that it and the first contestant were both measured on."""
    by: dict[str, dict[str, dict[str, Any]]] = {}
    for key, entry in entries.items():
        method, contestant, prompt = key.split(" | ")
        by.setdefault(method, {}).setdefault(contestant, {})[prompt] = entry
    return {method: _rows(contestants) for method, contestants in by.items()}


def _rows(contestants: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    mine = next(iter(contestants.values()))
    made = []
    for name, found in contestants.items():
        failures = [entry["failure"] for entry in found.values() if "failure" in entry]
        both = [
            prompt for prompt in found if "failure" not in found[prompt] and "failure" not in mine.get(prompt, {"failure": 1})
        ]
        if failures or not both:
            made.append({"name": name, "failure": failures[0] if failures else "not measured"})
            continue
        mean = {figure: float(np.mean([found[prompt][figure] for prompt in both])) for figure in ("cpu_s", "forwards", "tokens")}
        pairs = [(np.array(mine[prompt]["scores"]), np.array(found[prompt]["scores"])) for prompt in both]
        pairs = [pair for pair in pairs if pair[0].shape == pair[1].shape]
        made.append(
            mean
            | {
                "name": name,
                "failure": "",
                "prompts": len(both),
                "times": sum(found[prompt]["cpu_s"] for prompt in both) / sum(mine[prompt]["cpu_s"] for prompt in both),
                "difference": max((float(np.abs(a - b).max()) for a, b in pairs), default=None),
                "largest": max((float(np.abs(a).max()) for a, _ in pairs), default=None),
                "correlation": float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs])) if pairs else None,
            }
        )
    return made


def deletion(entries: Mapping[str, float]) -> list[dict[str, Any]]:
    """For each method the mean fall over the prompts it was measured on, and how many times that of random segments."""
    by: dict[str, dict[str, float]] = {}
    for key, fall in entries.items():
        method, prompt = key.split(" | ")
        by.setdefault(method, {})[prompt] = fall
    random = by.get("random", {})
    made = []
    for method, falls in by.items():
        both = [prompt for prompt in falls if prompt in random]
        own, drawn = np.array([falls[prompt] for prompt in both]), np.array([random[prompt] for prompt in both])
        made.append(
            {
                "name": method,
                "prompts": len(both),
                "fall": float(own.mean()),
                "times": float(own.mean() / drawn.mean()),
                "beats": float((own > drawn).mean()),
            }
        )
    return made
