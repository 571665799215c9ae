"""Edits of a text: by words, phrases and parts of it; and the difference between two texts.

from explainers import edits
edits.edit("Call 555 now, call!", "remove", old="call", which="last").after
"""

from __future__ import annotations

import difflib
import itertools
from collections import Counter
from dataclasses import dataclass

from explainers.errors import AskWhyError, closest
from explainers.spans import Found, Reference, find, parts
from explainers.units import Span, units

KINDS = ("replace", "remove", "keep", "insert", "append", "rewrite", "upper", "lower", "title", "swap", "move")
_NEW = ("replace", "insert", "append", "rewrite")  # kinds that put words in
_OLD = ("replace", "remove", "keep", "swap")  # kinds that say what they are about
_GLUE = {"line": "\n", "paragraph": "\n\n", "example": "\n\n"}  # between parts of a kind; a space between others
PAIRS = 1_000_000  # of equal words, in both of two texts, from which on the commonest words begin no match: it would take minutes
_DOING = {"remove": "Removing", "keep": "Keeping only"}


class Unchanged(AskWhyError):
    """An edit that leaves the text as it is."""


class Emptied(AskWhyError):
    """An edit that would leave nothing of the text."""


@dataclass(frozen=True)
class Edit:
    """An edit that was made. `spans` are the characters of `before` that it was about (none: the whole text, or one of
    its ends); `read_as` are the words that were taken, where those that were said do not occur.
    """

    before: str
    after: str
    spans: tuple[Span, ...] = ()
    read_as: str | None = None


def edit(
    text: str,
    kind: str,
    *,
    old: str | None = None,
    part: str | None = None,
    which: int | str | None = None,
    count: int | None = None,
    partner: int | str | None = None,
    new: str | None = None,
    where: str | dict[str, str] | None = None,
    every: bool = False,
) -> Edit:
    """One edit of a text, of one of KINDS.

    `old` are words of the text, `part` a kind of span (`spans.PARTS`), both together the part that holds the words.
    `which` of them is a number from 1, "last" or "all"; `count`, how many from there on. Where it is not said which, all
    occurrences of words are meant, and the only one of a part or of what is inserted at; with `every`, all of a part too.
    `new` are words to put in; `where` they are inserted: "start", "end", "before" or "after" what is pointed at, or
    {"before": words} or {"after": words}; with a part they are such a part of their own, as a line. A swap is of `old` and
    `new`, or of the parts `which` and `partner`. A part is moved to the start or the end of those of its kind, or before or
    after the one that `partner` says.
    What is removed takes one neighbouring space with it; upper, lower and title change the case of all that is meant, of
    the whole text where nothing is named.

    Raises AskWhyError for what does not fit together; Unfound and Ambiguous (`explainers.spans`), Unchanged and Emptied.
    """
    check(kind, old=old, part=part, new=new, where=where)
    reference = Reference(old, part, which, count)
    found = Found(())
    if kind == "swap":
        found, after = _swapped(text, reference, new, partner)
    elif kind == "rewrite":
        after = new
    elif kind == "move":
        found, after = _moved(text, reference, where or "end", partner)
    elif kind == "append" and part == "example" and parts(text, part):
        after = _inserted(text, new, "after", tuple(parts(text, part)[-1:]), part)
    elif kind == "append" or (kind == "insert" and where in (None, "start", "end")):
        glue = _GLUE.get(part, " ")
        after = f"{new}{glue}{text}".strip() if where == "start" and kind == "insert" else f"{text}{glue}{new}".strip()
    elif kind == "insert":
        if isinstance(where, dict):
            ((where, words),) = where.items()
            reference = Reference(words, part, which, count)
        found = find(text, reference, several=every)
        after = _inserted(text, new, where, found.spans, part)
    elif old is None and part is None:
        after = _recased(text, [Span(0, len(text))], kind)
    else:
        found = find(text, reference, several=every or part is None or kind == "keep")
        after = _changed(text, kind, found.spans, part, new)
    if not after.strip():
        raise Emptied(f"{_DOING.get(kind, 'Changing')} {reference.named()} would leave no text; nothing was changed.")
    if after == text:
        raise Unchanged("The edit leaves the text as it is, so there is nothing to compare.")
    return Edit(text, after, found.spans, found.read_as)


def check(
    kind: str, *, old: str | None = None, part: str | None = None, new: str | None = None, where: str | dict | None = None
) -> None:
    """Raise AskWhyError where an edit of a kind lacks something, whatever the text."""
    if kind not in KINDS:
        raise AskWhyError(f"There is no edit '{kind}'; {closest(kind, KINDS)}")
    if kind == "swap" and part is None and not (_given(old) and _given(new)):
        raise AskWhyError("To swap, say which two words or which two sentences should change places.")
    if kind == "move" and part is None:
        raise AskWhyError("To move, say which sentence, line, paragraph or example should go where.")
    if kind == "move" and where not in (None, "start", "end", "before", "after"):
        raise AskWhyError("A part is moved to the start or the end, or before or after another; say which.")
    if kind in _OLD and part is None and not _given(old):
        raise AskWhyError(f"To {kind}, say which words to {'keep' if kind == 'keep' else 'look for'}.")
    if kind in _NEW and not _given(new):
        raise AskWhyError(f"To {kind}, say which words to put in.")
    sided = isinstance(where, dict) and len(where) == 1 and next(iter(where)) in ("before", "after")
    if kind == "insert" and not sided and where not in (None, "start", "end", "before", "after"):
        raise AskWhyError(f"'{where}' is no place in a text; choose start, end, or before or after some of its words.")
    if kind == "insert" and where in ("before", "after") and part is None and not _given(old):
        raise AskWhyError(f"To insert something {where} words, say which words.")


def _given(words: str | None) -> bool:
    return bool((words or "").strip())


def _changed(text: str, kind: str, spans: tuple[Span, ...], part: str | None, new: str | None) -> str:
    if kind == "replace":
        return substitute(text, dict.fromkeys(spans, new))
    if kind == "keep":
        return _kept(text, spans, part)
    if kind == "remove":
        whole = [_with_break(text, span, part) if part in _GLUE else span for span in spans]
        if part != "paragraph":
            return substitute(text, dict.fromkeys(whole, ""))
        made = text
        for span in reversed(whole):
            made = made[: span.start] + made[span.end :]
        return made if text[spans[-1].end :].strip() else made.rstrip()
    return _recased(text, spans, kind)


def _kept(text: str, spans: tuple[Span, ...], part: str | None) -> str:
    """Only the spans, with what stood between them where that was white space."""
    between = _GLUE.get(part, " ")
    pieces = [spans[0].of(text)]
    for earlier, later in itertools.pairwise(spans):
        gap = text[earlier.end : later.start]
        pieces += [between if gap.strip() or not gap else gap, later.of(text)]
    return "".join(pieces)


def _with_break(text: str, span: Span, part: str) -> Span:
    """A line with the break after it, or before it where it is the last one; a paragraph with all the breaks; an example
    with all the space after it."""
    if part == "paragraph":
        behind, head = text[span.end :], text[: span.start]
        space = behind[: len(behind) - len(behind.lstrip())]
        if behind.strip():  # the next one keeps its indentation
            return Span(span.start, span.end + space.rfind("\n") + 1)
        return Span(len(head.rstrip()), span.end)
    if part == "example":
        behind = text[span.end :]
        if behind.strip():
            return Span(span.start, span.end + len(behind) - len(behind.lstrip()))
        return Span(len(text[: span.start].rstrip()), len(text))
    if text[span.end : span.end + 1] == "\n":
        return Span(span.start, span.end + 1)
    return Span(span.start - 1, span.end) if text[: span.start].endswith("\n") else span


def _recased(text: str, spans: list[Span] | tuple[Span, ...], kind: str) -> str:
    change = {"upper": str.upper, "lower": str.lower, "title": _titled}[kind]
    return substitute(text, {span: change(span.of(text)) for span in spans})


def _titled(text: str) -> str:
    """A capital at the beginning of each word; the letter after an apostrophe begins none."""
    words = [(span, span.of(text)) for span in units(text, "word")]
    return substitute(text, {span: word[:1].upper() + word[1:].lower() for span, word in words})


def _inserted(text: str, new: str, side: str, spans: tuple[Span, ...], part: str | None) -> str:
    glue = _GLUE.get(part, " ")
    if side == "before":
        return substitute(text, {Span(span.start, span.start): f"{new}{glue}" for span in spans})
    return substitute(text, {Span(span.end, span.end): f"{glue}{new}" for span in spans})


def _moved(text: str, reference: Reference, where: str, partner: int | str | None) -> tuple[Found, str]:
    """A part in another place among those of its kind; what stands between them stays where it is."""
    every = find(text, Reference(None, reference.part, "all")).spans
    found = find(text, reference, several=False)
    if len(found.spans) != 1:
        raise AskWhyError(f"One {reference.named(many=False)} is moved at a time; say which.")
    order = list(every)
    order.remove(found.spans[0])
    if where in ("start", "end"):
        place = 0 if where == "start" else len(order)
    else:
        if partner is None:
            raise AskWhyError(f"To move something {where} another {reference.part}, say which one.")
        other = find(text, Reference(None, reference.part, partner)).spans[0]
        if other == found.spans[0]:
            raise Unchanged("A part cannot be moved before or after itself; name another.")
        place = order.index(other) + (where == "after")
    order.insert(place, found.spans[0])
    changes = {slot: span.of(text) for slot, span in zip(every, order, strict=True) if slot != span}
    return found, substitute(text, changes) if changes else text


def _swapped(text: str, reference: Reference, new: str | None, partner: int | str | None) -> tuple[Found, str]:
    if reference.part is None:
        first = find(text, reference)
        second = find(text, Reference(new))
    else:
        every = find(text, Reference(reference.words, reference.part, "all")).spans
        if reference.which is None and partner is None and len(every) > 2:
            raise AskWhyError(
                f"The text has {len(every)} {reference.named()}; say which two to swap, for example the first and the last."
            )
        first = find(text, Reference(reference.words, reference.part, reference.which or 1))
        second = find(text, Reference(reference.words, reference.part, partner or (2 if reference.which != 2 else 1)))
    spans = tuple(sorted((*first.spans, *second.spans), key=lambda span: span.start))
    if any(earlier.end > later.start for earlier, later in itertools.pairwise(spans)):
        raise Unchanged("The two to swap are the same, or the one holds the other; name two that stand apart.")
    one, other = first.spans[0].of(text), second.spans[0].of(text)
    changes = dict.fromkeys(first.spans, other) | dict.fromkeys(second.spans, one)
    return Found(spans, first.read_as or second.read_as), substitute(text, changes)


def substitute(text: str, changes: dict[Span, str]) -> str:
    """The text with spans replaced; an empty replacement takes one neighbouring space with it."""
    pieces, last = [], 0
    for span in sorted(changes, key=lambda span: span.start):
        before = text[last : span.start]
        if not changes[span]:
            after = text[span.end : span.end + 1]
            if before.endswith(" ") and (not after or not (after.isalnum() or after in "([{'\"")):
                before = before[:-1]
            elif not before and not any(pieces) and after.isspace():  # nothing of the text is left before it
                last = span.end + 1
                continue
        pieces += [before, changes[span]]
        last = span.end
    return "".join(pieces) + text[last:]


@dataclass(frozen=True)
class Change:
    """A piece of a difference: `kind` is "same", "removed" or "added"."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Change]:
    """Word by word: the "same" and "removed" pieces spell `old`, the "same" and "added" ones `new`."""
    left, right = _tiles(old), _tiles(new)
    head = _alike(left, right)  # matching takes long where a long text says the same again and again
    tail = _alike(left[head:][::-1], right[head:][::-1])
    same = Change("same", "".join(left[:head])), Change("same", "".join(left[len(left) - tail :]))
    left, right = left[head : len(left) - tail], right[head : len(right) - tail]
    changes = [same[0]] if head else []
    often = Counter(right)
    long = sum(often[tile] for tile in left) > PAIRS
    for tag, i, j, k, m in difflib.SequenceMatcher(a=left, b=right, autojunk=long).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(left[i:j])))
            continue
        if j > i:
            changes.append(Change("removed", "".join(left[i:j])))
        if m > k:
            changes.append(Change("added", "".join(right[k:m])))
    return [*changes, same[1]] if tail else changes


def _alike(left: list[str], right: list[str]) -> int:
    """How many first pieces are the same."""
    return next(
        (place for place, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right))
    )


def _tiles(text: str) -> list[str]:
    tiles, last = [], 0
    for span in units(text, "word"):
        if span.start > last:
            tiles.append(text[last : span.start])
        tiles.append(span.of(text))
        last = span.end
    return [*tiles, text[last:]] if last < len(text) else tiles
