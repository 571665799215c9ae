"""docs/change.md, written from the kept results: what the figures are, and whether the aims are reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import jinja2

from benchmarks.change_rivals import DELETION

TEMPLATE, PAGE = Path(__file__).parent / "change_page.md.jinja", Path(__file__).parent.parent / "docs" / "change.md"
OURS = "AskWhy"
REACHED, WORDS, PERPLEXITY, SECONDS = 0.95, 3, 2.0, 3.0  # the aims

Item = Mapping[str, Any]


def figures(items: Mapping[str, Sequence[Item]]) -> dict[str, Any]:
    """Of one demo, from what each way found on the same rows in the same order; `held` says of a flip that it was one in
    another process too. Medians of nothing are None."""
    rivals = [way for way in items if way != OURS]
    reachable = [place for place, _ in enumerate(items[OURS]) if any(items[way][place]["made"] for way in rivals)]
    return {
        "rows": len(items[OURS]),
        "ways": {way: _figures(some, items.get(DELETION, ())) for way, some in items.items()},
        "reachable": len(reachable),
        "reached": sum(bool(items[OURS][place]["made"]) for place in reachable),
        "pairs": {way: _pair(items[OURS], items[way]) for way in rivals},
        "stopped": sum(item.get("stopped") is not None for item in items[OURS]),
        "stopped_by_clock": sum(item.get("stopped") == "seconds" for item in items[OURS]),
    }


def _figures(items: Sequence[Item], plain: Sequence[Item]) -> dict[str, Any]:
    """Of one way: medians of the flips' words, similarity and perplexity, and of what all rows took; `times` is how many
    times as long as the plain search a row took, at the median."""
    flips = [item for item in items if item["made"]]
    return {
        "flips": len(flips),
        "held": sum(item["held"] for item in flips),
        **{name: _median([item[name] for item in flips]) for name in ("words", "similarity", "perplexity")},
        **{name: _median([item[name] for item in items]) for name in ("asked", "tokens", "seconds")},
        "times": _median(
            [item["seconds"] / other["seconds"] for item, other in zip(items, plain, strict=False) if other["seconds"]]
        ),
    }


def _pair(ours: Sequence[Item], theirs: Sequence[Item]) -> dict[str, Any]:
    """The median words changed of both ways, on the rows that both flip."""
    both = [(one["words"], other["words"]) for one, other in zip(ours, theirs, strict=True) if one["made"] and other["made"]]
    return {"rows": len(both), "ours": _median([one for one, _ in both]), "theirs": _median([other for _, other in both])}


def _median(values: Sequence[float]) -> float | None:
    return float(median(values)) if values else None


def aims(found: Mapping[str, Any]) -> list[tuple[str, str, bool | None]]:
    """What was aimed at on a demo, what was measured, and whether it was reached; None where there was nothing to measure."""
    ours = found["ways"][OURS]
    share = found["reached"] / found["reachable"] if found["reachable"] else None
    pairs = [(way, pair) for way, pair in found["pairs"].items() if pair["rows"]]
    worst = max(pairs, key=lambda item: item[1]["ours"] - item[1]["theirs"], default=None)
    against = "" if worst is None else f"{figure(worst[1]['ours'])} beside {figure(worst[1]['theirs'])} of {worst[0]}"
    holds = f"{ours['held']} of {ours['flips']}"
    flipped = f"{found['reached']} of {found['reachable']}"
    return [
        (f"flips at least {REACHED:.0%} of the rows that another way flips", flipped, _at_least(share, REACHED)),
        (f"at most {WORDS} words changed, at the median", figure(ours["words"]), _at_most(ours["words"], WORDS)),
        (
            "no more words changed than any other way, at the median of the rows that both flip",
            against or "–",
            None if worst is None else worst[1]["ours"] <= worst[1]["theirs"],
        ),
        (
            f"perplexity at most {PERPLEXITY:g} times the original's, at the median",
            figure(ours["perplexity"]),
            _at_most(ours["perplexity"], PERPLEXITY),
        ),
        (f"at most {SECONDS:g} seconds, at the median", figure(ours["seconds"]), _at_most(ours["seconds"], SECONDS)),
        ("all that flips holds in a new process", holds, ours["held"] == ours["flips"] if ours["flips"] else None),
    ]


def _at_most(value: float | None, limit: float) -> bool | None:
    return None if value is None else value <= limit


def _at_least(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def figure(value: float | None) -> str:
    """A figure as it stands in a table: two decimals, none for whole numbers, a dash for nothing."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:.2f}"


def write(results: Mapping[str, Any], page: Path = PAGE) -> None:
    """Write the page anew."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters["figure"] = figure
    told = {demo: aims(found) for demo, found in results["demos"].items()}
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    page.write_text(template.render(results, aims=told, ours=OURS, plain=DELETION), "utf-8")
