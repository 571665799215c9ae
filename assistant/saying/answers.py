"""From facts to words: each result has a template that says it and lays out its evidence.

A template is Jinja in a sandbox. It writes plain text, and calls `highlight`, `beside`, `columns`, `bars`, `table`, `plot`,
`diff`, `files`, `citations` and `suggest`, which put blocks of evidence and next questions into the reply and write nothing.
`expert` tells it the level. Which questions come next stands in a table (`assistant.saying.next_questions`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from explainers.edits import Change, difference
from explainers.explanation import Explanation, Piece
from explainers.generative import Salience, Scored
from explainers.units import units

from assistant.reply import (
    Aligned,
    Bars,
    Block,
    Citations,
    Columns,
    Diff,
    File,
    Files,
    Highlight,
    Passage,
    Plot,
    Question,
    Reply,
    Table,
    joined,
)  # fmt: skip
from assistant.results import Prediction, Result
from assistant.saying.korean import HANGUL
from assistant.saying.next_questions import candidates
from assistant.saying.translated import described, in_words, translated
from assistant.saying.wording import shorten, wording
from assistant.showing.aligning import aligned
from assistant.showing.plots import Behind, Clicks, behind

CLASSES_SHOWN = 8
TARGET = 40  # characters of the words that a highlighted prompt speaks for


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
    environment.filters |= {"in_words": lambda name: in_words(name, language)}
    environment.filters |= {"as_value": lambda text: json.dumps(text, ensure_ascii=False)}
    environment.filters |= {"is_korean": lambda text: bool(HANGUL.search(text))}
    environment.globals |= {"kind_of": lambda thing: type(thing).__name__, "plural": words.plural, "expert": expert}
    environment.globals |= {"described": lambda name, values: described(name, values, language)}
    environment.globals |= {"name": words.name, "nth": _nth, "difference": difference}
    environment.globals |= {"numbered": _numbered, "strongest": _strongest}
    return environment


def answer(
    result: Result,
    noun: tuple[str, str],
    language: str = "en",
    *,
    labelled: bool = True,
    level: str = "plain",
    kind: str = "classifier",
    clicks: Clicks | None = None,
) -> Reply:
    """The reply for a result, by the template of its operation; at its end it names ids that are not in the data, says that
    only the first of several rows was looked at, and what the selection was narrowed from. Of data that is not `labelled`,
    no question that needs labels comes next. `level` is "plain" or "expert", `kind` that of the model, as in `Schema`. With
    `clicks`, the marks of plots lead to their rows."""
    reply = _render(f"{result.operation}.jinja", language, level, labelled, clicks, result=result, noun=noun, kind=kind)
    following = candidates(result, noun, language, labelled=labelled, kind=kind)
    reply = replace(reply, suggestions=(*following, *reply.suggestions))
    if result.selected is not None and result.selected.missing:
        missing = message("missing", language, ids=result.selected.missing, noun=noun)
        reply = replace(reply, text=f"{reply.text}\n{missing.text}")
    if result.selected is not None and result.selected.first_only:
        first = message("first_only", language, rows=result.selected.rows, noun=noun)
        reply = replace(reply, text=f"{reply.text}\n{first.text}")
    if result.selected is not None and result.selected.earlier is not None:
        narrowed = message("narrowed", language, selected=result.selected, noun=noun)
        following = (*reply.suggestions[:1], *narrowed.suggestions, *reply.suggestions[1:])
        reply = replace(reply, text=f"{reply.text}\n{narrowed.text}", suggestions=following)
    if result.cautions:
        warned = message("cautions", language, level, cautions=result.cautions, noun=noun)
        reply = replace(reply, text=f"{reply.text}\n{warned.text}")
    return reply


def message(name: str, language: str = "en", level: str = "plain", **values: Any) -> Reply:
    """A reply that is about no result: a greeting, a notice, an error."""
    return _render(f"{name}.jinja", language, level, **values)


def error(sentence: str, language: str = "en") -> Reply:
    """What was wrong and what to do, in the language where its table has the sentence."""
    known = language == "en" or translated(sentence, language) is not None
    return message("error", language, text=in_words(sentence, language), known=known)


def method_called(method: str, language: str) -> str:
    """How an attribution method is called in a language."""
    return str(_names(language).method_name(method))


def topics(language: str) -> Mapping[str, str]:
    """How a family of operations is chosen where a question was misread, by its name: "It is about why"."""
    found: Mapping[str, str] = _environment(language, False).get_template("families.jinja").module.topics
    return found


def unit_called(unit: str, language: str) -> str:
    """How a unit of a text is called in a language: "word"."""
    return getattr(_names(language), "units", {}).get(unit, unit)


def _names(language: str) -> Any:
    return _environment(language, False).get_template("names.jinja").module


def _render(
    template: str, language: str, level: str, labelled: bool = True, clicks: Clicks | None = None, /, **values: Any
) -> Reply:
    if not (resources.files("prompts") / "answers" / language / template).is_file():  # better in English than not at all
        language = "en"
    values.setdefault("kind", "classifier")
    noun = values.get("noun")
    if noun is not None:
        values["noun"] = wording(language).noun(noun)
    blocks: list[Block] = []
    suggestions: list[Question] = []
    kept_whole: list[str] = []  # texts whose own spaces and line breaks stay

    def highlight(explanation: Explanation, title: str) -> str:
        blocks.append(Highlight(title, explanation.target, _pieces(explanation)))
        return ""

    def shaded(salience: Salience, title: str) -> str:
        pieces = [piece for one in salience.segments for piece in _shown(one)]
        blocks.append(Highlight(title, shorten(salience.target, TARGET), tuple(pieces)))
        return ""

    def columns(sides: Sequence[Salience], names: Sequence[str], title: str) -> str:
        made = []
        for salience, named in zip(sides, names, strict=True):
            pieces = [piece for one in salience.segments for piece in _shown(one)]
            made.append(Highlight(named, shorten(salience.target, TARGET), tuple(pieces)))
        blocks.append(Columns(title, tuple(made)))
        return ""

    def beside(left: Explanation, right: Explanation, names: Sequence[str], title: str) -> str:
        pairs = aligned(left, right)
        if pairs is not None:
            blocks.append(Aligned(title, tuple(names), (left.target, right.target), pairs))
        else:
            for side, named in zip((left, right), names, strict=True):
                highlight(side, f"{title}: {named}")
        return ""

    def bars(prediction: Prediction, title: str, before: Prediction | None = None, other: str = "") -> str:
        now, then = prediction.probabilities, (before or prediction).probabilities
        likely = sorted(now, key=lambda label: -max(now[label], then[label]))[:CLASSES_SHOWN]
        shown = sorted(likely, key=lambda label: -now[label])
        earlier = () if before is None else tuple(before.probabilities[label] for label in shown)
        blocks.append(Bars(title, tuple((label, prediction.probabilities[label]) for label in shown), earlier, other=other))
        return ""

    def shares(title: str, pairs: Sequence[tuple[str, float]]) -> str:
        """The distribution of a result's field: upright bars of numbers, with the low ends on the axis, else lying ones."""
        found = behind(values["result"], clicks)
        names = tuple(str(name) for name, _ in pairs)
        blocks.append(
            Bars(
                title,
                tuple(zip(names, (float(value) for _, value in pairs), strict=True)),
                commands=tuple(each[0] for each in found.commands),
                counts=tuple(int(each[-1]) for each in found.values),
                ticks=_ticks(names, found),
            )
        )
        return ""

    def plot(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        """A table of a result's figures, each row of which is drawn as a picture."""
        table(title, columns, rows)
        found, made = behind(values["result"], clicks), blocks.pop()
        blocks.append(Plot(made.title, made.columns, made.rows, found.form, found.values, found.commands))
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

    def suggest(words: str, command: str = "", lead: str = "") -> str:
        suggestions.append(Question(words, command, lead))
        return ""

    def again(result: Result) -> str:
        """An earlier result's answer, within this one."""
        reply = answer(result, noun, language, labelled=labelled, level=level, kind=values["kind"], clicks=clicks)
        reply = joined(Reply("", tuple(blocks), language=language), reply)
        blocks[:] = reply.blocks
        suggestions.extend(reply.suggestions)
        return verbatim(reply.text)

    tools = {"highlight": highlight, "beside": beside, "bars": bars, "shares": shares, "table": table, "plot": plot, "diff": diff}
    tools |= {"suggest": suggest, "citations": citations, "files": files, "verbatim": verbatim, "again": again, "shaded": shaded}
    tools["columns"] = columns
    text = _environment(language, level == "expert").get_template(template).render(**values, **tools)
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    whole = {f"\0{place}\0": said for place, said in enumerate(kept_whole)}
    said = re.sub("\0\\d+\0", lambda place: whole.get(place[0], place[0]), "\n".join(kept))
    return Reply(said, tuple(blocks), tuple(suggestions), language)


def _ticks(names: Sequence[str], found: Behind) -> tuple[str, ...]:
    """The low ends of bins, from their names: "3 to 5". A last bin that is wider than the others is open: "60+"."""
    if found.form != "columns" or len(names) < 2:
        return ()
    said = [re.search(r"\S*\d\S*|$", name)[0] for name in names]
    (low, high, _), (low_last, high_last, _) = found.values[0], found.values[-1]
    return (*said[:-1], said[-1] + "+" * (high_last - low_last > 1.5 * (high - low) + 1e-9))


def _nth(piece: Piece, text: str) -> int:
    """Which of the occurrences of its word in a text a piece is, from 1; 0 for a word that occurs once."""
    same = [span.start for span in units(text, "word") if span.of(text).casefold() == piece.text.casefold()]
    return same.index(piece.start) + 1 if len(same) > 1 and piece.start in same else 0


def _numbered(segments: Sequence[Scored], segment: Scored) -> int:
    """Which of the segments of its role a segment of a prompt is, from 1."""
    return [one for one in segments if one.role == segment.role].index(segment) + 1


def _shown(segment: Scored) -> list[tuple[str, float | None]]:
    """A segment of a prompt with its score, apart from the space behind it."""
    seen = segment.text.rstrip()
    return [(seen, segment.sum), (segment.text[len(seen) :], None)] if seen else [(segment.text, None)]


def _strongest(scores: Sequence[float]) -> int:
    """The place of the score that is largest by size."""
    return max(range(len(scores)), key=lambda place: abs(scores[place]))


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
