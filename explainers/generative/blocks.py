"""Finding the examples of a few-shot prompt: instruction, examples, and the case that is to be answered."""

from __future__ import annotations

from collections import Counter

import regex

from explainers.errors import AskWhyError
from explainers.units import units

_KEY = regex.compile(r"^[ \t]*(?:#+[ \t]*|\*\*)?(\p{L}[\p{L}\p{N} _\-/#]{0,40}?)[ \t]*(?:\*\*)?[:：]", regex.MULTILINE)
_ARROW = regex.compile(r"^[^\S\n]*+\S[^\n]*?(?:->|=>|→)[^\n]*$", regex.MULTILINE)
_RULE = regex.compile(r"^[ \t]*(?:#{2,}|-{3,}|={3,}|\*{3,})[^\n]*$", regex.MULTILINE)
Start = tuple[int, str]  # a character, and the role of what begins there


def blocks(text: str) -> list[Start]:
    """Where the blocks of a few-shot prompt begin, and what they are: instruction, example, query, or text behind them.

    Examples are told by what they repeat: keys that begin lines (Q: and A:), arrows within lines (great -> good), or
    rules between them (###). The last block is the query where something is left open in it.
    Raises AskWhyError for a prompt without such blocks.
    """
    found = _by_keys(text) or _by_arrows(text) or _by_rules(text)
    if not found:
        raise AskWhyError(
            "No examples can be told apart in this prompt, for no key, as 'Input:', no arrow and no rule occurs twice; choose "
            "paragraph, line or a pattern."
        )
    begins = found[0][0]
    return ([(0, "instruction")] if text[:begins].strip() else []) + found


def _by_keys(text: str) -> list[Start]:
    keys = [(match.start(), _name(match[1]), match.end()) for match in _KEY.finditer(text)]
    counts = Counter(name for _, name, _ in keys)
    repeated = [key for key in keys if counts[key[1]] > 1]
    if not repeated:
        return []
    # the key that opens a block is the first that occurs as often as the most frequent but for an open last block
    most = max(counts.values())
    opening = next(name for _, name, _ in repeated if counts[name] >= max(2, most - 1))
    starts = [start for start, name, _ in repeated if name == opening]
    ends = [*starts[1:], len(text)]
    made: list[Start] = [(start, "example") for start in starts]
    first = [name for start, name, _ in repeated if start < ends[0]]
    last = [(name, end) for start, name, end in repeated if start >= starts[-1]]
    tail = _tail(text, starts[-1], [end for _, end in last])
    closing = len(text) if tail is None else tail
    open_key = not text[last[-1][1] : closing].strip()
    if open_key or len(last) < len(first):
        made[-1] = (starts[-1], "query")
    if tail is not None:
        made.append((tail, "text"))
    return made


def _tail(text: str, start: int, keys: list[int]) -> int | None:
    """Where a paragraph behind the last block begins that has no key of the blocks."""
    behind = [paragraph for paragraph in units(text, "paragraph") if paragraph.start > max(keys)]
    return behind[0].start if behind and behind[0].start > start else None


def _by_arrows(text: str) -> list[Start]:
    lines = [match.span() for match in _ARROW.finditer(text)]
    if len(lines) < 2:
        return []
    made: list[Start] = [(start, "example") for start, _ in lines]
    line = text[lines[-1][0] : lines[-1][1]]
    behind = text[lines[-1][1] :]
    if not regex.split(r"->|=>|→", line)[-1].strip():
        made[-1] = (lines[-1][0], "query")
    if behind.strip():
        made.append((lines[-1][1] + len(behind) - len(behind.lstrip()), "text"))
    return made


def _by_rules(text: str) -> list[Start]:
    rules = [match.span() for match in _RULE.finditer(text)]
    if len(rules) < 2:
        return []
    return [(start, "example") for start, _ in rules]


def _name(key: str) -> str:
    """A key without its number: Example 1 and Example 2 are the same."""
    return regex.sub(r"[#\d\s]+$", "", key.strip()).casefold()
