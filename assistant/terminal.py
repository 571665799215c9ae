"""Drawing a reply as plain text, for the terminal."""

from __future__ import annotations

import sys

from assistant.answers import percent
from assistant.reply import Bars, Block, Diff, Highlight, Reply, Table
from assistant.texts import interface

WIDTH = 24  # characters of a full bar


def draw(reply: Reply) -> str:
    """The reply's words, then its evidence."""
    return "\n\n".join([printable(reply.text), *(_block(block) for block in reply.blocks)])


def _block(block: Block) -> str:
    match block:
        case Highlight():
            marked = "".join(_marked(text, score) for text, score in block.pieces)
            return f"{block.title}\n  {printable(marked)}"
        case Bars():
            widest = max(len(name) for name, _ in block.bars)
            lines = []
            for place, (name, value) in enumerate(block.bars):
                earlier = f"  (before {percent(block.before[place])})" if block.before else ""
                bar = "█" * round(value * WIDTH)
                lines.append(f"  {printable(name):{widest}}  {bar:{WIDTH}} {percent(value):>6}{earlier}")
            return "\n".join([block.title, *lines])
        case Table():
            rows = [block.columns, *block.rows]
            widths = [min(60, max(len(row[place]) for row in rows)) for place in range(len(block.columns))]
            cells = [[printable(cell)[:width].ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
            return "\n".join([block.title, *("  " + "  ".join(row).rstrip() for row in cells)])
        case Diff():
            marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
            return f"{block.title}\n  " + printable("".join(marks[kind].format(text) for kind, text in block.changes))


def _marked(text: str, score: float | None) -> str:
    return text if score is None or abs(score) < 0.005 else f"{text}[{score:+.2f}]"


def printable(text: str) -> str:
    """The text without control characters, which could drive a terminal."""
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)


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
