"""A question about all the data asks of all of it, whatever rows were chosen before.

A small language model that has learnt to lean on what was asked before leans on it too often: "which of all messages" asked
after spam was listed is not about spam.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.programs.conditions import And, Compare, Condition, Previous, conjunction, leaves
from assistant.programs.program import Program


def of_all(question: str, program: Program) -> Program:
    """The program without the rows chosen before, where the question says that all the data is meant."""
    if program.where is None:
        return program
    for leaf in leaves(program.where):  # a word that rows are to hold says nothing about which rows
        if isinstance(leaf, Compare) and isinstance(leaf.value, str):
            question = question.replace(leaf.value, " ")
    if any(everything.search(question) and not those.search(question) for everything, those, _ in _said()):
        return replace(program, where=_freed(program.where))
    return program


def says_all_data(question: str) -> bool:
    """Whether a question names all the data."""
    return any(named.search(question) for _, _, named in _said())


def _freed(where: Condition) -> Condition | None:
    if isinstance(where, Previous):
        return None
    if not isinstance(where, And):
        return where
    kept = tuple(part for part in where.parts if not isinstance(part, Previous))
    return conjunction(kept)


@lru_cache(maxsize=1)
def _said() -> tuple[tuple[re.Pattern[str], ...], ...]:
    """For each language, how all the data is meant, what says that some of it is meant after all, and how it is named."""
    words = tomllib.loads((files("prompts") / "parser" / "everything.toml").read_text("utf-8"))
    return tuple(tuple(_any(some[kind], some) for kind in ("everything", "those", "all_data")) for some in words.values())


def _any(patterns: list[str], words: dict[str, Any]) -> re.Pattern[str]:
    edge = words["edge"]
    return re.compile("|".join(f"{edge}(?:{one}){edge}" for one in patterns).replace("{rows}", words["rows"]), re.IGNORECASE)
