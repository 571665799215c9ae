"""From facts to words: each result has a template that says it and lays out its evidence.

A template is Jinja in a sandbox. It writes plain text, and calls `highlight`, `bars`, `table`, `diff`, `files`, `citations` and
`suggest`, which put blocks of evidence and next questions into the reply and write nothing. `expert` tells it the level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from explainers.edits import Change, difference
from explainers.explanation import Explanation, Piece
from explainers.units import units

from assistant.reply import Bars, Block, Citations, Diff, File, Files, Highlight, Passage, Reply, Table
from assistant.results import Prediction, Result
from assistant.wording import wording

CLASSES_SHOWN = 8


@lru_cache(maxsize=8)
def _environment(language: str, expert: bool) -> SandboxedEnvironment:
    folder = resources.files("prompts") / "answers" / language

    def source(name: str) -> str:
        return (folder / name).read_text("utf-8")

    environment = SandboxedEnvironment(
        loader=FunctionLoader(source), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    words = wording(language)
    environment.filters |= words.filters(expert)
    environment.globals |= {"kind_of": lambda thing: type(thing).__name__, "plural": words.plural, "expert": expert}
    environment.globals |= {"name": words.name, "nth": _nth, "difference": difference}
    return environment


def answer(result: Result, noun: tuple[str, str], language: str = "en", *, labelled: bool = True, level: str = "plain") -> Reply:
    """The reply for a result, by the template of its operation; at its end it names ids that are not in the data, and what
    the selection was narrowed from. Of data that is not `labelled`, no question that needs labels comes next. `level` is
    "plain" or "expert"."""
    reply = _render(f"{result.operation}.jinja", language, level, labelled, result=result, noun=noun)
    if result.selected is not None and result.selected.missing:
        missing = message("missing", language, ids=result.selected.missing, noun=noun)
        reply = replace(reply, text=f"{reply.text}\n{missing.text}")
    if result.selected is not None and result.selected.earlier is not None:
        narrowed = message("narrowed", language, selected=result.selected, noun=noun)
        reply = Reply(f"{reply.text}\n{narrowed.text}", reply.blocks, reply.suggestions + narrowed.suggestions)
    return reply


def message(name: str, language: str = "en", level: str = "plain", **values: Any) -> Reply:
    """A reply that is about no result: a greeting, a notice, an error."""
    return _render(f"{name}.jinja", language, level, **values)


def _render(template: str, language: str, level: str, labelled: bool = True, /, **values: Any) -> Reply:
    if not (resources.files("prompts") / "answers" / language / template).is_file():  # better in English than not at all
        language = "en"
    noun = values.get("noun")
    if noun is not None:
        values["noun"] = wording(language).noun(noun)
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

    def again(result: Result) -> str:
        """An earlier result's answer, within this one."""
        reply = answer(result, noun, language, labelled=labelled, level=level)
        blocks.extend(reply.blocks)
        suggestions.extend(reply.suggestions)
        return verbatim(reply.text)

    tools = {"highlight": highlight, "bars": bars, "shares": shares, "table": table, "diff": diff, "suggest": suggest}
    tools |= {"citations": citations, "files": files, "verbatim": verbatim, "again": again}
    text = _environment(language, level == "expert").get_template(template).render(**values, **tools)
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    whole = {f"\0{place}\0": said for place, said in enumerate(kept_whole)}
    said = re.sub("\0\\d+\0", lambda place: whole.get(place[0], place[0]), "\n".join(kept))
    return Reply(said, tuple(blocks), tuple(suggestions))


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
