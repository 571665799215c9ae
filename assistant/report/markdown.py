"""Drawing a report as Markdown. Texts are escaped, or stand in fenced blocks, so that none of them is read as markup."""

from __future__ import annotations

import re

from assistant.reply import Aligned, Bars, Block, Citations, Columns, Diff, Files, Highlight, Plot, Reply, Table
from assistant.report.document import Report
from assistant.report.template import render
from assistant.showing.drawing import beside, file_size
from assistant.showing.terminal import marked, printable, sides
from assistant.showing.texts import interface, percent, speaking

WIDTH = 20  # characters of a full bar
_INLINE = re.compile(r"([\\`*_\[\]<>|~$&^])")
_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)  # where addresses would become links by themselves
_START = re.compile(r"(?m)^(\s*)(#|[-+=](?=[\s=-]|$)|>|\d+(?=[.)](?:\s|$)))")


def markdown(report: Report) -> str:
    """The whole file."""
    commands = "\n".join(f"/{turn.command}" for turn in report.turns)
    filters = {"escaped": escaped, "reply": reply, "fenced": fenced, "code": code}
    return render("report.md.jinja", report, filters, commands=commands)


def escaped(text: str) -> str:
    """Text on one line that Markdown reads as it is."""
    line = " ".join(printable(text).split())
    line = _LINK.sub(r"\\", _INLINE.sub(r"\\\1", line))
    return _START.sub(lambda found: found[1] + (found[2] + "\\" if found[2].isdigit() else "\\" + found[2]), line)


def prose(text: str) -> str:
    """Paragraphs and line breaks as they are, every line escaped."""
    paragraphs = [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]
    return "\n\n".join("  \n".join(escaped(line) for line in paragraph.split("\n") if line.strip()) for paragraph in paragraphs)


def code(text: str) -> str:
    """A code span that holds the text, whatever marks are in it."""
    line = " ".join(printable(text).split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{ticks} {line} {ticks}" if "`" in line else f"{ticks}{line}{ticks}"


def fenced(text: str) -> str:
    """A block in which nothing is markup."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{printable(text).strip()}\n{fence}"


def reply(item: Reply) -> str:
    with speaking(item.language):
        return "\n\n".join([prose(item.text), *map(_block, item.blocks)])


def _block(block: Block) -> str:
    kinds = {
        Highlight: _highlight,
        Aligned: _aligned,
        Columns: _columns,
        Bars: _bars,
        Table: _table,
        Plot: _table,
        Diff: _diff,
        Files: _files,
        Citations: _citations,
    }
    body = kinds[type(block)](block)
    return f"**{escaped(block.title)}**\n\n{body}"


def _highlight(block: Highlight) -> str:
    words = interface()
    legend = escaped(f"[+] {words['positive']} {block.target}, [-] {words['negative']} {block.target}")
    return f"{fenced(marked(block))}\n\n{legend}"


def _aligned(block: Aligned) -> str:
    return "\n\n".join(f"{escaped(side.title)}\n\n{_highlight(side)}" for side in sides(block))


def _columns(block: Columns) -> str:
    return "\n\n".join(f"{escaped(side.title)}\n\n{_highlight(side)}" for side in block.sides)


def _bars(block: Bars) -> str:
    head = ["", "", "", *([escaped(beside(block))] if block.before else [])]
    rows = []
    for place, (name, value) in enumerate(block.bars):
        filled = round(value * WIDTH)
        bar = "█" * filled + "░" * (WIDTH - filled)
        rows.append([escaped(name), bar, percent(value), *([percent(block.before[place])] if block.before else [])])
    return _grid(head, rows)


def _table(block: Table) -> str:
    return _grid([escaped(column) for column in block.columns], [[escaped(cell) for cell in row] for row in block.rows])


def _diff(block: Diff) -> str:
    return fenced(marked(block))


def _files(block: Files) -> str:
    return "\n".join(f"- {escaped(file.name)} ({file_size(file.size)})" for file in block.files)


def _citations(block: Citations) -> str:
    parts = []
    for item in block.passages:
        named = " · ".join(part for part in (item.title, item.section) if part)
        parts.append(f"{escaped(f'[{item.number}] {named}')}\n\n{fenced(item.text)}\n\n{escaped(item.source)}")
    return "\n\n".join(parts)


def _grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
