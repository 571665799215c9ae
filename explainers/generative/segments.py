"""Cutting a prompt into segments, so that every character lies in exactly one, and giving its tokens to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from explainers.errors import AskWhyError, closest
from explainers.generative.blocks import blocks
from explainers.generative.tokens import Prompt
from explainers.units import units

UNITS = ("token", "word", "sentence", "line", "paragraph", "example", "pattern")
MOST_PATTERN = 200  # characters of a custom pattern
PATIENCE = 1.0  # seconds that a custom pattern may take


@dataclass(frozen=True)
class Segment:
    """Characters `start` up to `end` of a prompt, the space behind it included; `role` as in `Scored`."""

    start: int
    end: int
    text: str
    role: str = "text"


def cut(text: str, unit: str, pattern: str | None = None) -> tuple[Segment, ...]:
    """The segments of a prompt in order; together they are the whole of it.

    A unit keeps the space behind it, the first also that before. Examples are blocks of few-shot prompts, with what
    comes before them. With `pattern`, a regular expression, every place where it matches begins a new segment.
    Raises AskWhyError for an unknown unit, a pattern that is missing, wrong or takes too long, and an empty prompt.
    """
    if unit not in UNITS:
        raise AskWhyError(f"There is no unit '{unit}' of a prompt; {closest(unit, UNITS)}")
    if unit == "token":
        raise AskWhyError("Tokens are cut by a model; ask it for the prompt, or choose words.")
    if unit == "example":
        starts = blocks(text)
    elif unit == "pattern":
        starts = [(place, "text") for place in _matches(text, pattern)]
    else:
        starts = [(span.start, "text") for span in units(text, unit)]
    if not text.strip() or not starts:
        raise AskWhyError("The prompt has no words to tell apart; write some.")
    starts[0] = (0, starts[0][1])
    ends = [place for place, _ in starts[1:]] + [len(text)]
    return tuple(Segment(start, end, text[start:end], role) for (start, role), end in zip(starts, ends, strict=True))


def cut_tokens(prompt: Prompt) -> tuple[Segment, ...]:
    """One segment for each token of the prompt that is not scaffold; tokens of one character share it."""
    own = [place for place, apart in zip(prompt.offsets, prompt.scaffold, strict=True) if not apart]
    return tuple(Segment(start, end, prompt.text[start:end]) for start, end in own)


def owners(prompt: Prompt, segments: Sequence[Segment], unit: str) -> np.ndarray:
    """(tokens,) the segment that each token lies in, by its first visible character; -1 for scaffold."""
    own = ~np.array(prompt.scaffold)
    found = np.full(len(own), -1)
    if unit == "token":
        found[own] = np.arange(own.sum())
        return found
    starts = np.array([segment.start for segment in segments])
    for place in np.flatnonzero(own):
        start, end = prompt.offsets[place]
        visible = next((at for at in range(start, end) if not prompt.text[at].isspace()), start)
        found[place] = np.searchsorted(starts, visible, side="right") - 1
    return found


def _matches(text: str, pattern: str | None) -> list[int]:
    """Where segments begin by a pattern; the text before its first match is one of its own."""
    if not pattern:
        raise AskWhyError("A custom unit needs a pattern; give a regular expression for what begins a segment, as \\n+.")
    if len(pattern) > MOST_PATTERN:
        raise AskWhyError(f"The pattern has {len(pattern)} characters; {MOST_PATTERN} are the most.")
    try:
        made = regex.compile(pattern, regex.MULTILINE)
        found = {match.start() for match in made.finditer(text, timeout=PATIENCE)}
    except regex.error as error:
        raise AskWhyError(f"The pattern '{pattern}' is no regular expression: {error}.") from error
    except TimeoutError as error:
        raise AskWhyError(f"The pattern '{pattern}' takes too long on this prompt; write a simpler one.") from error
    found -= {len(text)}
    if not found:
        raise AskWhyError(f"The pattern '{pattern}' does not occur in the prompt; write one that does.")
    return sorted(found | {0})
