"""From facts to words: each result has a template that says it and lays out its evidence.

A template is Jinja in a sandbox. It writes plain text, and calls `highlight`, `bars`, `table`, `diff`, `files`, `citations` and
`suggest`, which put blocks of evidence and next questions into the reply and write nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from explainers.edits import Change, difference
from explainers.explanation import Explanation, Piece
from explainers.units import units

from assistant.conversation import Subject
from assistant.reply import Bars, Block, Citations, Diff, File, Files, Highlight, Passage, Reply, Table
from assistant.results import Prediction, Result

CLASSES_SHOWN = 8


def percent(value: float) -> str:
    """A probability as people say it, never rounded to certainty: 0.9996 is "over 99.9%"."""
    if value > 0.999 and value < 1:
        return "over 99.9%"
    if 0 < value < 0.001:
        return "under 0.1%"
    digits = 1 if 0.99 < value < 1 or 0 < value < 0.01 else 0
    return f"{100 * value:.{digits}f}%"


def odds_percent(log_odds: float) -> str:
    """The probability that log-odds stand for, as people say it; no log-odds are certainty."""
    bounded = min(max(log_odds, -30.0), 30.0)
    return percent(1 / (1 + math.exp(-bounded)))


def signed(value: float) -> str:
    return f"{value:+.2f}"


def figure(value: float) -> str:
    """A number as people write it, never with an exponent unless it is tiny or huge: whole, or to four digits."""
    if value and not 1e-4 <= abs(value) < 1e15:
        return f"{value:.3g}"
    digits = 0 if value % 1 == 0 else max(0, 3 - math.floor(math.log10(abs(value))))
    said = f"{value + 0.0:{',' if abs(value) >= 10_000 else ''}.{digits}f}"
    return said.rstrip("0").rstrip(".") if digits else said


def shorten(text: str, limit: int = 160) -> str:
    """The beginning of a long text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def joined(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def upper_first(text: str) -> str:
    """The text with its first letter in upper case, the others as they are: ids and labels keep their spelling."""
    return text[:1].upper() + text[1:]


def quoted(items: Iterable[str]) -> str:
    """ "“a”, “b” and “c”"."""
    return joined([f"“{item}”" for item in items])


@lru_cache(maxsize=8)
def _environment(language: str) -> SandboxedEnvironment:
    folder = resources.files("prompts") / "answers" / language

    def source(name: str) -> str:
        return (folder / name).read_text("utf-8")

    environment = SandboxedEnvironment(
        loader=FunctionLoader(source), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters |= {
        "percent": percent,
        "odds_percent": odds_percent,
        "signed": signed,
        "figure": figure,
        "shorten": shorten,
        "joined": joined,
        "upper_first": upper_first,
        "quoted": quoted,
    }
    environment.globals |= {"kind_of": lambda thing: type(thing).__name__, "plural": plural}
    return environment


def answer(result: Result, noun: tuple[str, str], language: str = "en", *, labelled: bool = True) -> Reply:
    """The reply for a result, by the template of its operation; at its end it names ids that are not in the data, and what
    the selection was narrowed from. Of data that is not `labelled`, no question that needs labels comes next."""
    reply = _render(f"{result.operation}.jinja", language, labelled, result=result, noun=noun)
    if result.selected is not None and result.selected.missing:
        missing = message("missing", language, ids=result.selected.missing, noun=noun)
        reply = replace(reply, text=f"{reply.text}\n{missing.text}")
    if result.selected is not None and result.selected.earlier is not None:
        narrowed = message("narrowed", language, selected=result.selected, noun=noun)
        reply = Reply(f"{reply.text}\n{narrowed.text}", reply.blocks, reply.suggestions + narrowed.suggestions)
    return reply


def message(name: str, language: str = "en", **values: Any) -> Reply:
    """A reply that is about no result: a greeting, a notice, an error."""
    return _render(f"{name}.jinja", language, **values)


def _render(template: str, language: str, labelled: bool = True, /, **values: Any) -> Reply:
    blocks: list[Block] = []
    suggestions: list[str] = []
    kept_whole: list[str] = []  # texts whose own spaces and line breaks stay

    def highlight(explanation: Explanation, title: str) -> str:
        blocks.append(Highlight(title, explanation.target, _pieces(explanation)))
        return ""

    def bars(prediction: Prediction, title: str, before: Prediction | None = None) -> str:
        now, then = prediction.probabilities, (before or prediction).probabilities
        likely = sorted(now, key=lambda label: -max(now[label], then[label]))[:CLASSES_SHOWN]
        shown = sorted(likely, key=lambda label: -now[label])
        earlier = () if before is None else tuple(before.probabilities[label] for label in shown)
        blocks.append(Bars(title, tuple((label, prediction.probabilities[label]) for label in shown), earlier))
        return ""

    def shares(title: str, pairs: Sequence[tuple[str, float]]) -> str:
        blocks.append(Bars(title, tuple((str(name), float(value)) for name, value in pairs)))
        return ""

    def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        blocks.append(Table(title, tuple(columns), tuple(tuple(str(cell) for cell in row) for row in rows)))
        return ""

    def diff(changes: Sequence[Change], title: str) -> str:
        blocks.append(Diff(title, tuple((change.kind, change.text) for change in changes)))
        return ""

    def files(title: str, held: Sequence[File]) -> str:
        blocks.append(Files(title, tuple(held)))
        return ""

    def citations(title: str, cited: Sequence[Any]) -> str:
        passages = tuple(Passage(item.number, item.title, item.section, item.text, item.source) for item in cited)
        blocks.append(Citations(title, passages))
        return ""

    def verbatim(text: str) -> str:
        kept_whole.append(text)
        return f"\0{len(kept_whole) - 1}\0"

    def suggest(question: str, labels: bool = False) -> str:
        if labelled or not labels:
            suggestions.append(question)
        return ""

    tools = {"highlight": highlight, "bars": bars, "shares": shares, "table": table, "diff": diff, "suggest": suggest}
    tools |= {"citations": citations, "files": files, "name": _name, "nth": _nth, "difference": difference, "verbatim": verbatim}
    text = _environment(language).get_template(template).render(**values, **tools)
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    whole = {f"\0{place}\0": said for place, said in enumerate(kept_whole)}
    said = re.sub("\0\\d+\0", lambda place: whole.get(place[0], place[0]), "\n".join(kept))
    return Reply(said, tuple(blocks), tuple(suggestions))


def _name(subject: Subject, noun: tuple[str, str]) -> str:
    """How a text is called: "message 12", "message 12 as edited", "your text"."""
    edited = " as edited" if subject.edits else ""
    return f"your text{edited}" if subject.typed else f"{noun[0]} {subject.row}{edited}"


def _nth(piece: Piece, text: str) -> int:
    """Which of the occurrences of its word in a text a piece is, from 1; 0 for a word that occurs once."""
    same = [span.start for span in units(text, "word") if span.of(text).casefold() == piece.text.casefold()]
    return same.index(piece.start) + 1 if len(same) > 1 and piece.start in same else 0


def _pieces(explanation: Explanation) -> tuple[tuple[str, float | None], ...]:
    """The whole text in pieces: scored ones, and what lies between them."""
    text, pieces, last = explanation.text, [], 0
    for piece in sorted(explanation.pieces, key=lambda piece: piece.start):
        if piece.start > last:
            pieces.append((text[last : piece.start], None))
        pieces.append((text[max(piece.start, last) : piece.end], piece.score))
        last = max(last, piece.end)
    if last < len(text):
        pieces.append((text[last:], None))
    return tuple(pieces)
