"""Readings that take a visitor's own Korean words for a text, of data that hold none in Korean: of a long courteous question, a
small language model may classify what the visitor says of themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.parsing.covering import QUOTED
from assistant.programs.conditions import Typed
from assistant.programs.program import Program

KOREAN = re.compile("[가-힣]")
END = re.compile(r"(?<=[.!?])\s+")
LEAST = 2  # words that ask something by themselves
DRAWN = 200  # texts of the data that are looked at


def is_stray(program: Program, question: str, text: str) -> bool:
    """Whether a program is about unquoted Korean words of its question as a text, or changes such words in a `text` without."""
    quoted = {"".join(groups) for groups in QUOTED.findall(question)}
    where = program.where
    if isinstance(where, Typed) and KOREAN.search(where.text) and where.text not in quoted:
        return True
    changed = [step.given().get("old") for step in program.steps if step.name == "edit"]
    return any(old and KOREAN.search(str(old)) and not KOREAN.search(text) for old in changed)


def what_is_asked(question: str) -> str | None:
    """The last sentence that ends with a question mark, or the last one; None where that is all of the question, or too short to
    stand alone. A quotation is not cut."""
    inside = [found.span() for found in QUOTED.finditer(question)]
    cuts = [found.span() for found in END.finditer(question) if not any(start < found.start() < end for start, end in inside)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(question)]
    sentences = [question[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    part = ([one for one in sentences if one.endswith("?")] or sentences)[-1]
    return part if part != question.strip() and len(part.split()) >= LEAST else None


def in_korean(texts: Sequence[str]) -> bool:
    """Whether some of the texts hold Korean."""
    return any(KOREAN.search(text) for text in texts)
