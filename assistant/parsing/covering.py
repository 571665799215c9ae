"""What a question says that a reading of it leaves out: numbers, quoted words, names of labels and of values.

A small language model that writes a program from left to right may lose one of them; a reading that keeps all of them is
then the better one, if it is likely at all. (Coverage as a reason to rerank is known from machine translation; Tu et al. 2016.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.parsing.linking import Linker

NUMBER = re.compile(r"(?<![A-Za-z0-9_.,])\d+(?:[.,]\d+)*(?![A-Za-z0-9_])")
# ids such as ed7ypvh, not 100th
MIXED = re.compile(r"(?!\d+(?:st|nd|rd|th)\b)(?=\w*\d)(?=[0-9_]*[a-z])\b[a-z0-9_]{5,}(?![a-z0-9_])", re.IGNORECASE | re.ASCII)
QUOTED = re.compile(r"\"([^\"]{2,})\"|“([^”]{2,})”|‘([^’]{2,})’|(?<!\w)'([^']{2,})'(?!\w)|「([^」]{2,})」")
PREDICTS = re.compile(r"(?:^|\| )predict$")
SPACES = re.compile(r"\s+")


def left_out(question: str, program: str, linker: Linker) -> int:
    """How many of the things that a question says do not stand in a program's text; "is it spam?" need not name the class."""
    kept = _plain(program)
    names = not PREDICTS.search(program)
    return sum(not any(_plain(form) in kept for form in forms) for forms in _said(question, linker, names))


def _said(question: str, linker: Linker, names: bool = True) -> Iterator[tuple[str, ...]]:
    """The things that a question says, each in the forms that a program may write it in; `names` of the schema too."""
    quoted = ["".join(groups) for groups in QUOTED.findall(question)]
    yield from ((words,) for words in quoted)
    rest = QUOTED.sub(" ", question)
    yield from ((name,) for name in MIXED.findall(rest))
    for number in NUMBER.findall(rest):
        plain = number.replace(",", "")
        shares = (f"{float(plain) / 100:g}",) if plain.count(".") < 2 else ()
        yield (number, plain, *shares)
    if names:
        yield from linker.mentions(rest)


def _plain(text: str) -> str:
    return SPACES.sub(" ", text.casefold().replace("\\", ""))
