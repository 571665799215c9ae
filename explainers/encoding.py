"""A text as token ids with character offsets: whole, cut to what a model reads, or in overlapping windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError


@dataclass(frozen=True)
class Encoding:
    """One text as token ids. `offsets` are character spans; `special` marks tokens that are not of the text.

    `truncated` says that the ids do not hold the whole text.
    """

    text: str
    ids: tuple[int, ...]
    types: tuple[int, ...] | None
    offsets: tuple[tuple[int, int], ...]
    special: tuple[bool, ...]
    truncated: bool


def encode_windows(tokenizer: Any, text: str, size: int, overlap: int | None = None) -> Iterator[Encoding]:
    """Encodings of at most `size` tokens, each with the tokenizer's special tokens, that hold the whole text together;
    each is made when it is asked for.

    Neighbours share at least `overlap` tokens of the text (a quarter of a window by default); the last window is moved
    back so that all are full. The text is cut here, not by the tokenizer, whose truncation is a setting that threads share.
    Raises AskWhyError for an overlap that leaves no room, and for a text without tokens.
    """
    made = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False)
    ids, offsets, types = made["input_ids"], made["offset_mapping"], made.get("token_type_ids")
    special = [bool(mark) for mark in made["special_tokens_mask"]]
    if not ids:
        raise AskWhyError("There are no words in this text that the model can read; give it a text.")
    start = next((place for place, mark in enumerate(special) if not mark), len(ids))
    end = len(ids) - next((place for place, mark in enumerate(reversed(special)) if not mark), 0)
    room = max(1, size - start - (len(ids) - end))
    overlap = room // 4 if overlap is None else overlap
    if not 0 <= overlap < room:
        raise AskWhyError(f"Windows of {room} tokens cannot overlap by {overlap}; choose from 0 to {room - 1}.")

    def window(first: int) -> Encoding:
        last = min(first + room, end)
        places = [*range(start), *range(first, last), *range(end, len(ids))]
        return Encoding(
            text=text,
            ids=tuple(ids[place] for place in places),
            types=None if types is None else tuple(types[place] for place in places),
            offsets=tuple(tuple(offsets[place]) for place in places),
            special=tuple(special[place] for place in places),
            truncated=last - first < end - start,
        )

    for first in range(start, end - room, room - overlap):
        yield window(first)
    yield window(max(end - room, start))
