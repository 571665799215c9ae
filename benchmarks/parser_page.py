"""docs/parser.md, written from the kept results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from assistant.learning.questions import families, plain

TEMPLATE = Path(__file__).parent / "parser_page.md.jinja"
NAMES = {
    "askwhy": "AskWhy's parser",
    "untuned": "the same model untuned, few-shot",
    "linear": "linear classifier and regular expressions",
    "nearest": "nearest training question",
}


@dataclass(frozen=True)
class Aim:
    """What was to be reached, and what was measured; None where there was nothing to measure it on."""

    name: str
    wanted: str
    measured: float | None
    met: bool
    percent: bool = True


def write(kept: Mapping[str, Mapping[str, Any]], page: Path, asked: str) -> None:
    """Write the page anew; figures on other questions than those `asked` now are not set beside theirs."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters["share"] = share
    everyone = {name: kept[name] for name in NAMES if name in kept}
    shown = {name: found for name, found in everyone.items() if found["run"].get("asked") == asked}
    operations = sorted({name for one in shown.values() for name in one["held_out"]["by_operation"]})
    text = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        names=NAMES,
        kept=shown,
        everyone=everyone,
        operations=operations,
        aims=aims(shown["askwhy"]) if "askwhy" in shown else [],
        llama=kept.get("llama"),
        beside_pytorch=beside_pytorch,
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")


def share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def beside_pytorch(llama: Mapping[str, Any]) -> float:
    """The time that llama.cpp takes for a question, read once and checked in some passes, as a share of PyTorch's."""
    ours, theirs = (llama["seconds"][name] for name in ("PyTorch", "llama.cpp"))
    return (theirs["read"] + llama["passes"] * theirs["check"]) / (ours["read"] + llama["passes"] * ours["check"])


def aims(found: Mapping[str, Any]) -> list[Aim]:
    """The aims of the project, beside what the parser reaches."""
    held, told = found["held_out"], found["fresh_dialogues"]

    def least(name: str, wanted: float, measured: float | None) -> Aim:
        return Aim(name, f"at least {100 * wanted:.0f} %", measured, measured is not None and measured >= wanted)

    def most(name: str, wanted: float, measured: float | None) -> Aim:
        return Aim(name, f"at most {100 * wanted:.0f} %", measured, measured is not None and measured <= wanted)

    def exact(sort: str, group: str) -> float | None:
        return held[sort][group][1] if group in held[sort] else None

    error, seconds = held["calibration_error"], held["seconds"]
    return [
        least("exact, English", 0.95, exact("by_language", "en")),
        least("exact, Korean", 0.90, exact("by_language", "ko")),
        least("exact, composed", 0.90, exact("by_form", "composed")),
        least("exact, turns of dialogues", 0.90, told["exact"]),
        least("decline recall", 0.90, held["decline_recall"]),
        most("false declines", 0.03, held["false_declines"]),
        Aim("invalid programs", "0", float(held["invalid"]), held["invalid"] == 0, percent=False),
        Aim("expected calibration error", "at most 0.05", error, error <= 0.05, percent=False),
        Aim("median seconds a question", "at most 0.5", seconds, seconds <= 0.5, percent=False),
        most("questions answered by asking back", 0.05, held["asked"]),
    ]


def wording(question: str) -> str:
    """A question without case and punctuation."""
    return plain(question)


@lru_cache(maxsize=1)
def trained_wordings() -> frozenset[str]:
    """The wordings of every written question: some short ones ("why", "undo") are anyone's first words."""
    return frozenset(plain(question) for family in families() for question in family.questions)
