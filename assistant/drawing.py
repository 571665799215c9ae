"""Drawing a reply as HTML, for the page and the report. Every character of a text is escaped, for HTML and for Markdown,
inside which the page's messages stand. The look is in drawing.css beside this file."""

from __future__ import annotations

import re
import string
from pathlib import Path

from assistant.reply import Bars, Block, Citations, Diff, Files, Highlight, Reply, Table
from assistant.texts import interface
from assistant.wording import percent

STYLE = Path(__file__).with_suffix(".css")
FAINT = 0.02  # scores below this share of the strongest are not shaded
MARKED = 0.15  # scores from this share of the strongest carry their number in the text
LEAST = 0.25  # log-odds: a text in which nothing reaches this is not shaded as if something did
_DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SPECIAL = re.compile("[" + re.escape(string.punctuation) + _DIRECTION + "]")


def escaped(text: str) -> str:
    """Text that neither HTML nor Markdown can mistake for markup; direction marks are shown, not obeyed."""

    def entity(match: re.Match[str]) -> str:
        character = match.group()
        return f"&#{ord(character)};" if character in string.punctuation else f"[U+{ord(character):04X}]"

    clean = "".join(character if character.isprintable() or character in "\n" + _DIRECTION else " " for character in text)
    return _SPECIAL.sub(entity, clean).replace("\n", "<br>")


def reply(item: Reply) -> str:
    paragraphs = [f"<p>{escaped(paragraph)}</p>" for paragraph in item.text.split("\n\n") if paragraph.strip()]
    return "".join([*paragraphs, *map(drawn, item.blocks)])


def drawn(block: Block) -> str:
    """One block of evidence, under its title."""
    kinds = {Highlight: _highlight, Bars: bars, Table: _table, Diff: _diff, Files: _files, Citations: _citations}
    body = kinds[type(block)](block)
    return f'<div class="aw-block aw-{block.kind}"><div class="aw-title">{escaped(block.title)}</div>{body}</div>'


def _highlight(block: Highlight) -> str:
    words = interface()
    strongest = max((abs(score) for _, score in block.pieces if score is not None), default=0.0)
    strongest = max(strongest, LEAST)
    spans = []
    for text, score in block.pieces:
        share = 0.0 if score is None else abs(score) / strongest
        if share < FAINT:
            spans.append(f"<span>{escaped(text)}</span>")
            continue
        side = "pos" if score > 0 else "neg"
        said = f"{words['positive' if score > 0 else 'negative']} {block.target}: {score:+.2f}"
        number = f"<sup>{score:+.2f}</sup>" if share >= MARKED else ""
        spans.append(
            f'<span class="aw-word aw-{side}" style="--aw:{share:.2f}" title="{escaped(said)}">{escaped(text)}{number}</span>'
        )
    target = escaped(block.target)
    legend = (
        f'<div class="aw-legend"><span class="aw-word aw-pos" style="--aw:0.6">+</span> {words["positive"]} {target} '
        f'<span class="aw-word aw-neg" style="--aw:0.6">−</span> {words["negative"]} {target}</div>'
    )
    return f'<div class="aw-text">{"".join(spans)}</div>{legend}'


def bars(block: Bars) -> str:
    """The bars alone, without a title."""
    rows = []
    for place, (name, value) in enumerate(block.bars):
        earlier = ""
        mark = ""
        if block.before:
            earlier = f' <span class="aw-before">{interface()["before"]} {percent(block.before[place])}</span>'
            mark = f'<span class="aw-mark" style="left:{block.before[place]:.1%}"></span>'
        rows.append(
            f'<div class="aw-bar"><span class="aw-name">{escaped(name)}</span>'
            f'<span class="aw-track"><span class="aw-fill" style="width:{value:.1%}"></span>{mark}</span>'
            f'<span class="aw-number">{percent(value)}{earlier}</span></div>'
        )
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
            f'<details class="aw-passage"><summary>&#91;{item.number}&#93; {named}</summary>'
            f'<div class="aw-quote">{escaped(item.text)}</div><div class="aw-source">{escaped(item.source)}</div></details>'
        )
    return "".join(parts)


def file_size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count:,} bytes" if count < 1000 else f"{count / 1000:,.0f} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"
