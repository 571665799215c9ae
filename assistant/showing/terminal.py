"""Drawing a reply as plain text, for the terminal."""

from __future__ import annotations

import sys
import unicodedata
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from assistant.reply import Aligned, Bars, Block, Citations, Columns, Diff, Files, Highlight, Reply, Table
from assistant.saying.wording import shorten
from assistant.showing.drawing import beside, file_size
from assistant.showing.texts import interface, percent, speaking

if TYPE_CHECKING:
    from assistant.report.replay import Replayed

WIDTH = 24  # characters of a full bar
WIDEST = 60  # characters of a line of a table's cell
TALLEST = 3  # lines of a table's cell
QUOTED = 100  # characters of a line of a passage
DIFFERENCES = 3  # figures shown of an answer that has changed
PLAIN = "\n\u200c\u200d"  # the joiners hold emoji and the letters of some scripts together


def draw(reply: Reply) -> str:
    """The reply's words, then its evidence."""
    with speaking(reply.language):
        return "\n\n".join([printable(reply.text), *(_block(block) for block in reply.blocks)])


def _block(block: Block) -> str:
    return "\n".join([printable(block.title), *(f"  {line}".rstrip() for line in _lines(block))])


def _lines(block: Block) -> list[str]:
    match block:
        case Highlight() | Diff():
            return [printable(marked(block))]
        case Aligned():
            return [f"{_cell(name)}: {printable(marked(side))}" for name, side in zip(block.names, sides(block), strict=True)]
        case Columns():
            return [line for side in block.sides for line in (f"{_cell(side.title)}:", f"  {printable(marked(side))}")]
        case Bars():
            names = [_cell(name) for name, _ in block.bars]
            widest = max(map(len, names), default=0)
            lines = []
            for place, (name, (_, value)) in enumerate(zip(names, block.bars, strict=True)):
                earlier = f"  ({printable(beside(block))} {percent(block.before[place])})" if block.before else ""
                bar = "█" * round(value * WIDTH)
                lines.append(f"{name:{widest}}  {bar:{WIDTH}} {percent(value):>6}{earlier}")
            return lines
        case Table():
            rows = [[_cell(cell) for cell in row] for row in (block.columns, *block.rows)]
            wrapped = [[wrap(cell, WIDEST, max_lines=TALLEST, placeholder=" …") or [""] for cell in row] for row in rows]
            widths = [max(len(line) for row in wrapped for line in row[place]) for place in range(len(block.columns))]
            lines = [line for row in wrapped for line in zip_longest(*row, fillvalue="")]
            return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        case Files():
            return [f"{_cell(file.address or file.name)}  ({file_size(file.size)})" for file in block.files]
        case Citations():
            lines = []
            for item in block.passages:
                named = " · ".join(_cell(part) for part in (item.title, item.section) if part)
                lines += [f"[{item.number}] {named}", *(f"    {line}" for line in wrap(_cell(item.text), QUOTED))]
                lines.append(f"    ({_cell(item.source)})")
            return lines


def _cell(text: str) -> str:
    return printable(text).replace("\n", " ")


def marked(block: Highlight | Diff) -> str:
    """A text with the scores of its pieces, or with what was removed and added, as marks in it."""
    if isinstance(block, Highlight):
        return "".join(_scored(text, score) for text, score in block.pieces)
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in block.changes)


def sides(block: Aligned) -> tuple[Highlight, Highlight]:
    """The two texts of which words stand side by side, each as one."""

    def side(place: int) -> Highlight:
        spaced = [part for pair in block.pairs if (word := pair[place]) is not None for part in (word, (" ", None))]
        return Highlight(block.names[place], block.targets[place], tuple(spaced[:-1]))

    return side(0), side(1)


def _scored(text: str, score: float | None) -> str:
    return text if score is None or abs(score) < 0.005 else f"{text}[{score:+.2f}]"


def printable(text: str) -> str:
    """The text without control characters, which could drive a terminal; spaces of every script and joiners stay."""
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(character if character in PLAIN or _shown(character) else "�" for character in lines)


def _shown(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def replayed(number: int, item: Replayed) -> str:
    """One line for a command that was run again, and one for each of the first figures that are others."""
    words = interface()["replay"]
    lines = [f"{number:3}  {words[item.kind]:10}  /{_cell(item.command)}"]
    lines += [f"       {_cell(item.said)}"] if item.said else []
    for found in item.differences[:DIFFERENCES]:
        was, now = (_cell(shorten(str(value), WIDEST)) for value in (found.was, found.now))
        lines.append(f"       {_cell(found.place)}: {was} {words['now']} {now}")
    more = len(item.differences) - DIFFERENCES
    return "\n".join(lines + ([f"       {more:,} {words['more']}"] if more > 0 else []))


class Progress:
    """A line on standard error that tells what is being done; nothing when that is no terminal."""

    def __init__(self) -> None:
        self._stages = interface()["stages"]
        self._shown = 0

    def __call__(self, stage: str, share: float) -> None:
        if not sys.stderr.isatty():
            return
        stage = stage.partition("\n")[0]
        text = self._stages.get(stage, stage) + (f" {share:4.0%}" if share else " ...")
        print("\r" + text.ljust(self._shown), end="", file=sys.stderr, flush=True)
        self._shown = len(text)

    def clear(self) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
            self._shown = 0
