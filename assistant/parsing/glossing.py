"""A rough gloss in English of a question in Korean, word for word, from a word list.

Told to the language model after the question: a small one that was trained on English knows what "without word change" asks,
while Hangul reaches it as bytes. (Glosses for a model of another language are known from interlinear-gloss prompting and from
dictionary-based cross-lingual retrieval; Pirkola 1998.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

# how what sticks to a Korean noun begins
PARTICLE = re.compile("[은는이가을를의에로으와과라랑인만도야일였한하임처보부까들별마]|$")
QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”|‘[^’]+’|(?<!\w)'[^']+'|「[^」]+」")
SAID = re.compile(r"[가-힣]+|[A-Za-z0-9_./%-]*[A-Za-z0-9_%]|\0")
MARK = "..."  # stands for quoted words
LONGEST = 60  # words of a gloss; of a longer question, its words are those of a text


@dataclass(frozen=True)
class WordList:
    """English by Korean: `stems` where a word begins so, `alone` where a word is just that and a particle, `endings`
    where one ends so."""

    stems: dict[str, str]
    alone: dict[str, str]
    endings: dict[str, str]

    def word(self, word: str) -> Iterator[str]:
        """The English of one Korean word: its stem's, that of other stems within it, and its ending's."""
        place, known = 0, False
        while place < len(word):
            size, meaning = self._longest(word[place:], first=not place)
            known = known or bool(size)
            if size:
                yield meaning
            elif known and word[place:] in self.endings:
                yield self.endings[word[place:]]
                return
            place += size or 1

    def _longest(self, rest: str, *, first: bool) -> tuple[int, str]:
        for size in range(len(rest), 0 if first else 1, -1):
            part = rest[:size]
            if part in self.stems:
                return size, self.stems[part]
            if first and part in self.alone and PARTICLE.match(rest[size:]):
                return size, self.alone[part]
        return 0, ""


def gloss(question: str) -> str:
    """The question's words in English, in its own order, what is already in Latin script as it stands; "" where nothing
    of it is in the word list."""
    words, found = word_list(), False
    told: list[str] = []
    for said in SAID.findall(QUOTED.sub(" \0 ", question)):
        if "가" <= said[0] <= "힣":
            meant = list(words.word(said))
            found = found or bool(meant)
            told += meant
        else:
            told.append(MARK if said == "\0" else said)
    return " ".join(told[:LONGEST]) if found else ""


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """The list in prompts/parser/korean.txt: `spellings = gloss` in a line, an ending marked by "~" before it, a syllable
    after which anything may follow by "-" behind it."""
    stems: dict[str, str] = {}
    alone: dict[str, str] = {}
    endings: dict[str, str] = {}
    for line in (files("prompts") / "parser" / "korean.txt").read_text("utf-8").splitlines():
        spellings, _, meaning = line.partition(" = ")
        for spelling in spellings.split() if meaning and not line.startswith("#") else ():
            if spelling.startswith("~"):
                endings.setdefault(spelling[1:], meaning.strip())
            elif len(spelling) == 1:
                alone.setdefault(spelling, meaning.strip())
            else:
                stems.setdefault(spelling.removesuffix("-"), meaning.strip())
    return WordList(stems, alone, endings)
