"""docs/generate.md, written from the kept results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from benchmarks.engine_page import figure

TEMPLATE = Path(__file__).parent / "generate_page.md.jinja"
OWN = "AskWhy"  # what the names of this engine's contestants begin with


def write(kept: Mapping[str, Any], page: Path) -> None:
    """Write the page anew."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters["figure"] = figure
    race, exact = races(kept.get("race", {})), exacts(kept.get("exact", {}))
    deleted = deletion(kept.get("deletion", {}))
    text = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        race=race, exact=exact, deletion=deleted, aims=aims(race, exact, deleted), run=kept["run"]
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")


def races(entries: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By method one row for each contestant: means over the prompts that it and the first contestant were both measured on."""
    return {method: _rows(contestants) for method, contestants in _by_contestant(entries).items()}


def _by_contestant(entries: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    by: dict[str, dict[str, dict[str, Any]]] = {}
    for key, entry in entries.items():
        method, contestant, prompt = key.split(" | ")
        by.setdefault(method, {}).setdefault(contestant, {})[prompt] = entry
    return by


def exacts(entries: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By method one row for each contestant: how far its scores in float64 are at most from the first one's, and how far those in
    float32 are from them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for method, contestants in _by_contestant(entries).items():
        mine = next(iter(contestants.values()))
        for name, by_prompt in contestants.items():
            whole = [prompt for prompt, entry in by_prompt.items() if not entry["failure"] and not mine[prompt]["failure"]]
            row = {"name": name, "prompts": len(whole), "failure": "" if whole else next(iter(by_prompt.values()))["failure"]}
            pairs = [(np.array(by_prompt[prompt]["exact"]), np.array(mine[prompt]["exact"])) for prompt in whole]
            single = [np.array(by_prompt[prompt]["scores"]) for prompt in whole]
            rounded = [np.abs(scores - own).max() for scores, (own, _) in zip(single, pairs, strict=True)]
            row["difference"] = max((float(np.abs(a - b).max()) for a, b in pairs if a.shape == b.shape), default=None)
            row["rounding"] = max(map(float, rounded), default=None)
            row["largest"] = max((float(np.abs(b).max()) for _, b in pairs), default=None)
            found.setdefault(method, []).append(row)
    return found


def aims(
    race: Mapping[str, Sequence[Mapping[str, Any]]],
    exact: Mapping[str, Sequence[Mapping[str, Any]]],
    deleted: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """What was to be reached, what was measured, and whether that is enough; None where it was not measured."""
    ours = [row for row in race.get("integrated_gradients", ()) if not row["failure"]]
    others = [row for row in ours if not row["name"].startswith(OWN)]
    made = [
        (f"times as fast as {row['name']}, the same steps", "at least 15", row["times"], row["times"] >= 15) for row in others
    ]
    made += [
        (f"difference to {row['name']}, in float64", "at most 0.0001", row["difference"], row["difference"] <= 1e-4)
        for row in exact.get("integrated_gradients", ())
        if not row["failure"] and row["name"].startswith("captum")
    ]
    made += [
        (f"times as fast as {row['name']}, occlusion", "at least 1", row["times"], row["times"] >= 1)
        for row in race.get("occlusion", ())
        if not row["failure"] and not row["name"].startswith(OWN)
    ]
    best = max((row for row in deleted if row["name"] != "random"), key=lambda row: row["times"], default=None)
    if best is not None:
        made.append((f"fall by {best['name']}, to that at random", "at least 2", best["times"], best["times"] >= 2))
    return [dict(zip(("name", "wanted", "measured", "met"), one, strict=True)) for one in made]


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
