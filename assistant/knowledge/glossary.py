"""The glossary: terms of the field with their definitions and where they come from, kept in prompts/knowledge."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.knowledge.korean_terms import in_english

NEAR = 3  # terms offered when one is not found
ALIKE = 0.82  # share of letters in common from which a misspelt term counts as found


@dataclass(frozen=True)
class Term:
    """A term: its definition, an example question, the paper or book it comes from, and names of related terms."""

    name: str
    text: str
    also: tuple[str, ...] = ()
    example: str = ""
    source: str = ""
    see: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def terms(language: str = "en") -> tuple[Term, ...]:
    """Every term of a language's knowledge base."""
    read = tomllib.loads((files("prompts") / "knowledge" / language / "terms.toml").read_text("utf-8"))
    fixed = [{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()} for entry in read["terms"]]
    return tuple(Term(**entry) for entry in fixed)


@lru_cache(maxsize=4)
def _names(language: str) -> dict[str, Term]:
    return {_plain(name): term for term in terms(language) for name in (term.name, *term.also)}


def find_term(asked: str, language: str = "en") -> tuple[Term | None, tuple[str, ...]]:
    """The term that is meant, by name, other name, Korean name or a near spelling; else None and the names of the nearest."""
    names, said = _names(language), _plain(in_english(asked))
    words = said.split() if said != _plain(asked) else ()  # a term in Korean stands for a row of English words, the term first
    shorter = [" ".join(words[:count]) for count in range(len(words) - 1, 0, -1)]
    for form in (said, said.removesuffix("s"), re.sub(r"^(a|an|the) ", "", said), *shorter):
        if form in names:
            return names[form], ()
    close = difflib.get_close_matches(said, names, n=NEAR, cutoff=ALIKE)
    if close:
        return names[close[0]], ()
    held = [term.name for name, term in names.items() if len(said) > 2 and (said in name or name in said.split())]
    near = [names[name].name for name in difflib.get_close_matches(said, names, n=NEAR, cutoff=0.5)]
    return None, tuple(dict.fromkeys([*held, *near]))[:NEAR]


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[-_/]", " ", name.casefold()).strip(" .?!'\"").split())
