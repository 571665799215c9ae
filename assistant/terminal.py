"""Drawing a reply as plain text, for the terminal."""

from __future__ import annotations

from assistant.reply import Bars, Block, Diff, Highlight, Reply, Table

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
                earlier = f"  (before {block.before[place]:.1%})" if block.before else ""
                bar = "█" * round(value * WIDTH)
                lines.append(f"  {printable(name):{widest}}  {bar:{WIDTH}} {value:6.1%}{earlier}")
            return "\n".join([block.title, *lines])
        case Table():
            rows = [block.columns, *block.rows]
            widths = [min(60, max(len(row[place]) for row in rows)) for place in range(len(block.columns))]
            lines = ["  " + "  ".join(printable(cell)[:width].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
            return "\n".join([block.title, *lines])
        case Diff():
            marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
            return f"{block.title}\n  " + printable("".join(marks[kind].format(text) for kind, text in block.changes))


def _marked(text: str, score: float | None) -> str:
    return text if score is None or abs(score) < 0.005 else f"{text}[{score:+.2f}]"


def printable(text: str) -> str:
    """The text without control characters, which could drive a terminal."""
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)
