"""How programs usually go on, for guesses ahead of the language model that it checks in one pass.

A wrong guess costs little, and nothing that is not checked comes out: these words decide how fast a question is read, never
how (speculative decoding with n-grams; Leviathan et al. 2023).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

USUAL = files("prompts") / "parser" / "programs.txt"
OPEN = "{}"  # stands for what each question says itself
LOOKED_AT = 6  # tokens that a guess follows, at most
START = -1  # what stands before the first token of a program
AFTER_OPEN = -2  # ... and before what follows an open place, which is never looked up


@lru_cache(1)
def usual() -> tuple[str, ...]:
    """Programs with open places, the most frequent first."""
    return tuple(USUAL.read_text("utf-8").splitlines())


class Drafts:
    """What most often follows up to `LOOKED_AT` tokens in some programs, each with how likely it is beside the others."""

    def __init__(self, tokenizer: Any, programs: Sequence[tuple[str, float]]) -> None:
        counted: dict[tuple[int, ...], dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for program, likely in programs:
            pieces = f"{program}\n".split(OPEN)
            for number, ids in enumerate(tokenizer(pieces, add_special_tokens=False)["input_ids"]):
                if number < len(pieces) - 1:
                    ids = ids[:-1]  # which token it is depends on what fills the place
                told = [AFTER_OPEN if number else START, *ids]
                for place in range(1, len(told)):
                    for count in range(1, min(LOOKED_AT, place) + 1):
                        counted[tuple(told[place - count : place])][told[place]] += likely
        self._next = {before: max(found, key=found.__getitem__) for before, found in counted.items()}

    def after(self, written: Sequence[int], most: int) -> list[int]:
        """Up to `most` tokens that may follow those of a program written so far."""
        told = [START, *written]
        for _ in range(most):
            lengths = range(min(LOOKED_AT, len(told)), 0, -1)
            token = next((self._next[key] for count in lengths if (key := tuple(told[-count:])) in self._next), None)
            if token is None:
                break
            told.append(token)
        return told[1 + len(written) :]
