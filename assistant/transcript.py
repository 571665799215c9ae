"""What was asked and answered, kept for a report: every turn's command, and its evidence within a bound."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from assistant.reply import Files, Reply

if TYPE_CHECKING:
    from assistant.results import Result

MOST_TURNS = 500
MOST_CHARACTERS = 2_000_000  # of one visitor's questions, answers and facts; of the oldest, the evidence goes first


@dataclass(frozen=True)
class Said:
    """One turn. `command` is what was understood, in the form that `/` commands take; `at` the time in ISO 8601.

    `facts` are the results as JSON text, so that no visitor's copy of a model is held with them; `reply` and `facts` are
    None where the turn was too long ago to keep its evidence.
    """

    question: str
    command: str
    at: str
    seconds: float
    reply: Reply | None
    facts: str | None

    @cached_property
    def size(self) -> int:
        """Characters held."""
        evidence = 0 if self.reply is None else len(json.dumps(self.reply.to_json(), ensure_ascii=False))
        return len(self.question) + len(self.command) + evidence + len(self.facts or "")

    @property
    def results(self) -> list[dict[str, Any]]:
        return json.loads(self.facts) if self.facts is not None else []


@dataclass(frozen=True)
class Transcript:
    """The turns of one visitor, oldest first; `forgotten` counts those that were before them."""

    turns: tuple[Said, ...] = ()
    forgotten: int = 0

    def after(self, said: Said) -> Transcript:
        """With one turn more, and the oldest as far reduced as the bounds ask."""
        turns = [*self.turns, replace(said, reply=None, facts=None) if said.size > MOST_CHARACTERS else said]
        size = sum(turn.size for turn in turns)
        for place, turn in enumerate(turns):
            if size <= MOST_CHARACTERS:
                break
            turns[place] = replace(turn, reply=None, facts=None)
            size -= turn.size - turns[place].size
        kept = turns[-MOST_TURNS:]
        while len(kept) > 1 and sum(turn.size for turn in kept) > MOST_CHARACTERS:
            kept = kept[1:]
        return Transcript(tuple(kept), self.forgotten + len(turns) - len(kept))


def record(question: str, command: str, at: str, seconds: float, reply: Reply, results: Sequence[Result]) -> Said:
    """A turn as it is kept: without files to download, which hold earlier turns themselves."""
    blocks = tuple(block for block in reply.blocks if not isinstance(block, Files))
    facts = json.dumps([plain(result.to_json()) for result in results], ensure_ascii=False)
    return Said(question, command, at, round(seconds, 3), replace(reply, blocks=blocks, suggestions=()), facts)


def plain(value: Any) -> Any:
    """A value as JSON has it: lists, objects, strings, finite numbers; what is no number is None, as it has no figure."""
    if isinstance(value, Mapping):
        return {str(name): plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Integral):  # numpy has numbers of its own
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return str(value)
