"""Drawing a reply as HTML, for the page and the report. Every character of a text is escaped, for HTML and for Markdown,
inside which the page's messages stand. The look is in drawing.css beside this file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from assistant.reply import Aligned, Bars, Block, Citations, Columns, Diff, Files, Highlight, Passage, Plot, Reply, Table, cited
from assistant.showing import pictures
from assistant.showing.aligning import Pair, same
from assistant.showing.escaping import escaped
from assistant.showing.texts import interface, percent, speaking

STYLE = Path(__file__).with_suffix(".css")
FAINT = 0.02  # scores below this share of the strongest are not shaded
MARKED = 0.15  # scores from this share of the strongest carry their number in the text
LEAST = 0.25  # log-odds: a text in which nothing reaches this is not shaded as if something did


def reply(item: Reply, live: bool = True) -> str:
    """Words and evidence; `live` marks of plots are buttons that hold their command, others are still."""
    paragraphs = [f"<p>{_linked(paragraph, item)}</p>" for paragraph in item.text.split("\n\n") if paragraph.strip()]
    with speaking(item.language):
        return "".join([*paragraphs, *(drawn(block, live) for block in item.blocks)])


def _linked(text: str, item: Reply) -> str:
    """A paragraph whose marks lead to the passages that they stand for; the page opens these where they are (cite.js)."""
    places = {f"{passage.number}": _place(passage) for passage in cited(item)}

    def link(mark: re.Match[str]) -> str:
        place = places.get(mark[1])
        return f'<a class="aw-cite" href="#{place}">{mark[0]}</a>' if place else mark[0]

    return re.sub(r"&#91;(\d{1,3})&#93;", link, escaped(text))


def _place(passage: Passage) -> str:
    """The name of a passage within the page."""
    held = "\0".join((passage.title, passage.section, passage.text))
    return f"aw-{passage.number}-{hashlib.sha256(held.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def drawn(block: Block, live: bool = True) -> str:
    """One block of evidence, under its title."""
    kinds = {
        Highlight: _highlight, Aligned: _aligned, Columns: _columns, Table: _table, Diff: _diff, Files: _files,
        Citations: _citations,
    }  # fmt: skip
    if isinstance(block, Plot):
        body = pictures.plot(block, live)
    elif isinstance(block, Bars):
        body = pictures.upright(block, live) if block.ticks else bars(block, live)
    else:
        body = kinds[type(block)](block)
    return f'<div class="aw-block aw-{block.kind}"><div class="aw-title">{escaped(block.title)}</div>{body}</div>'


def _highlight(block: Highlight, strongest: float | None = None) -> str:
    strongest = strongest or _strongest(score for _, score in block.pieces)
    spans = [_word(text, score, strongest, block.target) for text, score in block.pieces]
    return f'<div class="aw-text">{"".join(spans)}</div>{_legend(block.target)}'


def _strongest(scores: Iterable[float | None]) -> float:
    return max([LEAST, *(abs(score) for score in scores if score is not None)])


def _word(text: str, score: float | None, strongest: float, target: str, style: str = "") -> str:
    """A word shaded by its share of the strongest score, with its sign and number in the text."""
    share = 0.0 if score is None else abs(score) / strongest
    if share < FAINT:
        return f'<span class="{style}">{escaped(text)}</span>' if style else f"<span>{escaped(text)}</span>"
    number = f"<sup>{score:+.2f}</sup>" if share >= MARKED else ""
    named = " ".join(["aw-word", f"aw-{'pos' if score > 0 else 'neg'}", *([style] if style else [])])
    return (
        f'<span class="{named}" style="--aw:{share:.2f}" title="{escaped(_said(score, target))}">{escaped(text)}{number}</span>'
    )


def _said(score: float, target: str) -> str:
    return f"{interface()['positive' if score > 0 else 'negative']} {target}: {score:+.2f}"


def _legend(target: str) -> str:
    words, target = interface(), escaped(target)
    return (
        f'<div class="aw-legend"><span class="aw-word aw-pos" style="--aw:0.6">+</span> {words["positive"]} {target} '
        f'<span class="aw-word aw-neg" style="--aw:0.6">−</span> {words["negative"]} {target}</div>'
    )


def _aligned(block: Aligned) -> str:
    """Texts that are mostly the same, one above the other, word over word; others in columns, with what they share marked."""
    words = interface()["aligned"]
    strongest = [_strongest(pair[place][1] for pair in block.pairs if pair[place]) for place in (0, 1)]
    legend = "".join(map(_legend, dict.fromkeys(block.targets)))

    def cell(pair: Pair, place: int, style: str) -> str:
        return _word(*pair[place], strongest[place], block.targets[place], style) if pair[place] else ""

    if 2 * sum(map(same, block.pairs)) >= len(block.pairs):
        items = []
        for pair in block.pairs:
            both = same(pair)
            cells = [cell(pair, place, "" if both else ("aw-out", "aw-in")[place]) or "<span>–</span>" for place in (0, 1)]
            items.append(
                f'<li class="aw-pair"><span class="aw-heard">{escaped(_heard(pair, block))}</span>'
                + "".join(f'<span class="aw-side-line" aria-hidden="true">{one}</span>' for one in cells)
                + "</li>"
            )
        names = "".join(
            f"<div>{words[side]}: {escaped(name)}</div>" for side, name in zip(("above", "below"), block.names, strict=True)
        )
        return f'<div class="aw-names">{names}</div><ol class="aw-pairs">{"".join(items)}</ol>{legend}'
    said_by = [{pair[place][0].casefold() for pair in block.pairs if pair[place]} for place in (0, 1)]
    shared = {word for word in said_by[0] & said_by[1] if any(map(str.isalnum, word))}
    columns = []
    for place, name in enumerate(block.names):
        marks = ["aw-both" if pair[place] and pair[place][0].casefold() in shared else "" for pair in block.pairs]
        said = " ".join(filter(None, (cell(pair, place, mark) for pair, mark in zip(block.pairs, marks, strict=True))))
        columns.append(f'<div><div class="aw-names">{escaped(name)}</div><div class="aw-text">{said}</div></div>')
    return f'<div class="aw-two">{"".join(columns)}</div>{legend}<div class="aw-legend">{words["both"]}</div>'


def _columns(block: Columns) -> str:
    strongest = _strongest(score for side in block.sides for _, score in side.pieces)
    columns = [
        f'<div><div class="aw-names">{escaped(side.title)}</div>{_highlight(side, strongest)}</div>' for side in block.sides
    ]
    return f'<div class="aw-two aw-prompts">{"".join(columns)}</div>'


def _heard(pair: Pair, block: Aligned) -> str:
    """A pair as a screen reader says it: the word once, where it is the same."""
    told = []
    for word, name, target in zip(pair, block.names, block.targets, strict=True):
        said = interface()["aligned"]["none"] if word is None else "" if same(pair) else word[0]
        score = "" if word is None or word[1] is None else _said(word[1], target)
        told.append(f"{name}: {', '.join(filter(None, (said, score)))}")
    return f"{pair[0][0]}. {'; '.join(told)}" if same(pair) else "; ".join(told)


def beside(block: Bars) -> str:
    """What the other values of bars are: those before, or those of something by its name."""
    return f"{block.other}:" if block.other else interface()["before"]


def bars(block: Bars, live: bool = True) -> str:
    """The bars alone, without a title."""
    rows = []
    for place, (name, value) in enumerate(block.bars):
        more = ""
        mark = ""
        if block.before:
            more = f' <span class="aw-before">{escaped(beside(block))} {percent(block.before[place])}</span>'
            mark = f'<span class="aw-mark" style="left:{block.before[place]:.1%}"></span>'
        if block.counts:
            more += f' <span class="aw-before">({block.counts[place]:,})</span>'
        body = (
            f'<span class="aw-name">{escaped(name)}</span>'
            f'<span class="aw-track"><span class="aw-fill" style="width:{value:.1%}"></span>{mark}</span>'
            f'<span class="aw-number">{percent(value)}{more}</span>'
        )
        command = block.commands[place] if block.commands and live else ""
        rows.append(pictures.mark(command, body, "aw-bar") if command else f'<div class="aw-bar">{body}</div>')
    return "".join(rows)


def _table(block: Table) -> str:
    head = "".join(f"<th>{escaped(column)}</th>" for column in block.columns)
    body = "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
    return f'<div class="aw-scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _diff(block: Diff) -> str:
    tags = {"same": "span", "removed": "del", "added": "ins"}
    marks = {"same": "", "removed": "−", "added": "+"}
    pieces = [f"<{tags[kind]}>{marks[kind]}{escaped(text)}</{tags[kind]}>" for kind, text in block.changes]
    return f'<div class="aw-text">{"".join(pieces)}</div>'


def _files(block: Files) -> str:
    rows = []
    for file in block.files:
        name, link = escaped(file.name), escaped(file.address)
        named = f'<a class="aw-file" href="{link}" download="{name}">{name}</a>' if link else f"<span>{name}</span>"
        rows.append(f"<li>{named} {file_size(file.size)}</li>")
    return f'<ul class="aw-downloads">{"".join(rows)}</ul>'


def _citations(block: Citations) -> str:
    parts = []
    for item in block.passages:
        named = " · ".join(escaped(part) for part in (item.title, item.section) if part)
        parts.append(
            f'<details class="aw-passage" id="{_place(item)}"><summary>&#91;{item.number}&#93; {named}</summary>'
            f'<div class="aw-quote">{escaped(item.text)}</div><div class="aw-source">{escaped(item.source)}</div></details>'
        )
    return "".join(parts)


def file_size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count:,} bytes" if count < 1000 else f"{count / 1000:,.0f} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"
