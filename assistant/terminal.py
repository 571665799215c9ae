"""Drawing a reply as plain text, for the terminal."""

from __future__ import annotations

import sys
import unicodedata
from itertools import zip_longest
from textwrap import wrap

from assistant.answers import percent
from assistant.reply import Bars, Block, Diff, Highlight, Reply, Table
from assistant.texts import interface

WIDTH = 24  # characters of a full bar
WIDEST = 60  # characters of a line of a table's cell
TALLEST = 3  # lines of a table's cell
PLAIN = "\n\u200c\u200d"  # the joiners hold emoji and the letters of some scripts together


def draw(reply: Reply) -> str:
    """The reply's words, then its evidence."""
    return "\n\n".join([printable(reply.text), *(_block(block) for block in reply.blocks)])


def _block(block: Block) -> str:
    return "\n".join([printable(block.title), *(f"  {line}".rstrip() for line in _lines(block))])


def _lines(block: Block) -> list[str]:
    match block:
        case Highlight():
            return [printable("".join(_marked(text, score) for text, score in block.pieces))]
        case Bars():
            names = [_cell(name) for name, _ in block.bars]
            widest = max(map(len, names), default=0)
            lines = []
            for place, (name, (_, value)) in enumerate(zip(names, block.bars, strict=True)):
                earlier = f"  (before {percent(block.before[place])})" if block.before else ""
                bar = "█" * round(value * WIDTH)
                lines.append(f"{name:{widest}}  {bar:{WIDTH}} {percent(value):>6}{earlier}")
            return lines
        case Table():
            rows = [[_cell(cell) for cell in row] for row in (block.columns, *block.rows)]
            wrapped = [[wrap(cell, WIDEST, max_lines=TALLEST, placeholder=" …") or [""] for cell in row] for row in rows]
            widths = [max(len(line) for row in wrapped for line in row[place]) for place in range(len(block.columns))]
            lines = [line for row in wrapped for line in zip_longest(*row, fillvalue="")]
            return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        case Diff():
            marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
            return [printable("".join(marks[kind].format(text) for kind, text in block.changes))]


def _cell(text: str) -> str:
    return printable(text).replace("\n", " ")


def _marked(text: str, score: float | None) -> str:
    return text if score is None or abs(score) < 0.005 else f"{text}[{score:+.2f}]"


def printable(text: str) -> str:
    """The text without control characters, which could drive a terminal; spaces of every script and joiners stay."""
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(character if character in PLAIN or _shown(character) else "�" for character in lines)


def _shown(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


class Progress:
    """A line on standard error that tells what is being done; nothing when that is no terminal."""

    def __init__(self) -> None:
        self._stages = interface()["stages"]
        self._shown = 0

    def __call__(self, stage: str, share: float) -> None:
        if not sys.stderr.isatty():
            return
        text = self._stages.get(stage, stage) + (f" {share:4.0%}" if share else " ...")
        print("\r" + text.ljust(self._shown), end="", file=sys.stderr, flush=True)
        self._shown = len(text)

    def clear(self) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
            self._shown = 0
