"""From what a person says of an answer to its characters: a quotation, the last line, sentence 2, the last number."""

from __future__ import annotations

import regex

from explainers.errors import AskWhyError
from explainers.spans import PARTS, Ambiguous, Reference, Unfound, find
from explainers.units import Span, units

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WHOLE = regex.compile(r"(?:the )?(?:whole|entire|full|complete)?\s*(?:answer|response|output|reply|completion|text)", regex.I)
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
_COUNTED = regex.compile(
    rf"(?:the )?(?:(?P<word>{'|'.join(_ORDINALS)}|last|final|only|\d+(?:st|nd|rd|th)) )?(?P<part>{_PART})"
    r"(?: (?:number )?#?(?P<number>\d+))?",
    regex.I,
)
_BEGINS = regex.compile(
    r"(?:the )?(?P<part>line|sentence|paragraph) (?:that )?(?:starting|beginning|starts|begins) with (?P<words>.+)", regex.I
)
_CALLED = regex.compile(r"(?:the )(?P<words>\S+) (?P<part>line|sentence|paragraph)", regex.I)
_QUOTED = regex.compile(r"""\s*["'“‘«](?P<words>.+)["'”’»]\s*""", regex.S)


def resolve(answer: str, said: str | Reference | Span | None = None) -> Span:
    """The characters of an answer that are meant; the whole answer, without the space around it, where nothing is said.

    Understood are quotations, "last line", "sentence 2", "the third paragraph", "the last number", "line starting with
    Recommendation", "the Recommendation line" and "whole answer"; anything else is looked for as words of the answer.
    Raises AskWhyError for an empty answer, for what does not occur in it, with the nearest that does, and for what
    occurs more than once.
    """
    if not answer.strip():
        raise AskWhyError("The answer is empty, so there is nothing to explain; let the model write one, or give one.")
    if isinstance(said, Span):
        if not 0 <= said.start < said.end <= len(answer) or not said.of(answer).strip():
            raise AskWhyError(f"The answer has {len(answer)} characters and no words from {said.start} to {said.end}.")
        return said
    if isinstance(said, Reference):
        return _found(answer, said)
    if said is None:
        return _trimmed(answer)
    said = said.strip()
    if not said:
        raise AskWhyError("The target is empty; quote words of the answer, or name a part of it, as the last line.")
    if quoted := _QUOTED.fullmatch(said):
        return _found(answer, Reference(quoted["words"]))
    if _WHOLE.fullmatch(said):
        return _trimmed(answer)
    if counted := _COUNTED.fullmatch(said):
        return _found(answer, Reference(part=counted["part"].lower(), which=_which(counted["word"], counted["number"])))
    if begins := _BEGINS.fullmatch(said):
        return _line(answer, begins["part"].lower(), begins["words"].strip("\"'“”‘’ "))
    if (called := _CALLED.fullmatch(said)) and said.casefold() not in answer.casefold():
        return _line(answer, called["part"].lower(), called["words"].strip("\"'“”‘’:"))
    return _found(answer, Reference(said))


def _which(word: str | None, number: str | None) -> int | str | None:
    if number:
        return int(number)
    if word is None or word.lower() == "only":
        return None
    word = word.lower()
    if word in ("last", "final"):
        return "last"
    return _ORDINALS.index(word) + 1 if word in _ORDINALS else int(regex.match(r"\d+", word)[0])


def _line(answer: str, part: str, words: str) -> Span:
    """The line that begins with some words; failing that, the one that holds them."""
    found = [
        span
        for span in units(answer, part)
        if regex.match(rf"[\W_]*{regex.escape(words)}(?![\p{{L}}\p{{N}}])", span.of(answer), regex.I)
    ]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise AskWhyError(f"{len(found)} {part}s of the answer begin with '{words}'; say which, as the last {part}.")
    return _found(answer, Reference(words, part))


def _found(answer: str, reference: Reference) -> Span:
    try:
        spans = find(answer, reference, several=False).spans
    except Unfound as error:
        named = reference.named()
        offer = f"did you mean '{error.nearest}'?" if error.nearest else f"it says: {_short(answer)}"
        missing = (
            f"{named} does not occur in the answer"
            if reference.part is None
            else f"The answer has no such part ({_asked(reference)})"
        )
        raise Unfound(f"{missing}; {offer}", error.nearest) from error
    except Ambiguous as error:
        raise AskWhyError(str(error)) from error
    if not spans:
        raise AskWhyError(f"{reference.named()} does not occur in the answer; it says: {_short(answer)}")
    return Span(spans[0].start, spans[-1].end)


def _asked(reference: Reference) -> str:
    return " ".join(str(part) for part in (reference.part, reference.words, reference.which) if part is not None)


def _trimmed(answer: str) -> Span:
    return Span(len(answer) - len(answer.lstrip()), len(answer.rstrip()))


def _short(answer: str) -> str:
    words = " ".join(answer.split())
    return f"'{words[:60]}{'...' if len(words) > 60 else ''}'."
