"""When a question can be read in several ways: what each reading would do, and which one the visitor chooses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from assistant.operation import Operation
from assistant.operations.edit import Edit
from assistant.programs.program import Program
from assistant.saying import answers

if TYPE_CHECKING:
    from assistant.conversation import Conversation

INSTEAD = 2  # other readings that are offered below an answer, where there are any nearly as likely
MOST = 3  # other readings that are offered when an answer was not what was meant


@dataclass(frozen=True)
class Choices:
    """Readings of a question that were offered, with what each `would` do, in words. `refused` were not meant. `topics` are the
    families of operations that the question may be about, with the words that choose them."""

    question: str
    readings: tuple[Program, ...]
    would: tuple[str, ...]
    refused: tuple[Program, ...] = ()
    topics: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Understood:
    """A question as it was understood, and the conversation that it was asked in, to go back to; `instead` are other readings
    that were offered below the answer."""

    question: str
    program: Program
    before: Conversation
    instead: Choices | None = None


def would(program: Program, noun: tuple[str, str], language: str = "en") -> str:
    """What a program would do, as a request in plain words."""
    steps = [{"name": step.name, "about": step.about(), "given": _arguments(step)} for step in program.steps]
    return answers.message("would", language, steps=steps, where=program.where, noun=noun).text


def _arguments(step: Operation) -> dict[str, Any]:
    """All arguments of a step, None where left out."""
    given = dict.fromkeys(step.arguments()) | step.given()
    return given | {"kind": step.meant_kind()} if isinstance(step, Edit) else given


def offer(
    question: str,
    readings: Sequence[Program],
    noun: tuple[str, str],
    refused: tuple[Program, ...] = (),
    language: str = "en",
) -> Choices:
    """Readings to choose from, those that would do the same in words but once."""
    said = {would(program, noun, language): program for program in reversed(readings)}
    told = tuple(reversed(said.items()))
    return Choices(question, tuple(program for _, program in told), tuple(words for words, _ in told), refused)


def chosen(utterance: str, choices: Choices) -> Program | None:
    """The reading that an utterance chooses: by what it would do, or by its place; None when it is no choice."""
    program = in_full(utterance, choices)
    if program is not None:
        return program
    spoken = _spoken()
    bare = [_without_ending(word, spoken["endings"]) for word in _plain(utterance).split()]
    kept = [word for word in bare if word not in spoken["around"]] or bare
    for place, names in spoken["ordinals"].items():
        if " ".join(kept) in names:
            return by_place(int(place) if place.isdecimal() else place, choices)
    return None


def in_full(utterance: str, choices: Choices) -> Program | None:
    """The reading whose words, as they were offered, an utterance says; None where it says none of them."""
    said = _plain(utterance)
    return next((one for words, one in zip(choices.would, choices.readings, strict=True) if said == _plain(words)), None)


def topic(utterance: str, choices: Choices) -> str | None:
    """The family of operations that an utterance chooses, by the words that were offered for it; None where it says none."""
    said = _plain(utterance)
    return next((family for family, words in choices.topics if said == _plain(words)), None)


def by_place(place: int | str, choices: Choices) -> Program | None:
    """The reading at a place from 1, or the last one."""
    number = len(choices.readings) if place == "last" else place
    return choices.readings[number - 1] if isinstance(number, int) and 1 <= number <= len(choices.readings) else None


def chosen_by(program: Program, choices: Choices) -> Program | None:
    """The reading that a program chooses which says no more than which one is meant: "I think the second of those"."""
    if program.where is not None or len(program.steps) != 1 or program.steps[0].name != "repeat":
        return None
    given = program.steps[0].given()
    return by_place(given["which"], choices) if set(given) == {"which"} else None


def is_refusal(utterance: str) -> bool:
    """Whether it says that an answer was not what was meant."""
    return _plain(utterance) in _spoken()["not_meant"]


@lru_cache(maxsize=1)
def _spoken() -> Mapping[str, Any]:
    read = tomllib.loads((files("prompts") / "parser" / "choosing.toml").read_text("utf-8"))
    return read | {"not_meant": frozenset(map(_plain, read["not_meant"]))}


def _without_ending(word: str, endings: Sequence[str]) -> str:
    ending = next((ending for ending in endings if word.endswith(ending) and word != ending), "")
    return word.removesuffix(ending)


def _plain(text: str) -> str:
    """Words without case, signs and accents of spelling: "That's" is "thats"."""
    return " ".join(re.sub(r"[^\w\s]", "", re.sub(r"['’]", "", text.casefold())).split())
