"""Finding what an edit points at: words as people quote them, and parts of a text named by their kind."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import regex

from explainers.errors import AskWhyError, closest
from explainers.units import Span, units

_NUMBER = r"(?:(?<![^\s(\[{])[+\-−])?(?<![\p{L}\p{N}_])\p{N}++(?:[.,:/\-']\p{N}++)*+(?!(?:st|nd|rd|th)\b)"
_CURRENCY = r"dollars?|cents?|bucks|euros?|pounds?|pence|USD|EUR|GBP|KRW|JPY|(?:만\s?|억\s?)?원|円|元"
_MONEY = rf"\p{{Sc}}\s?{_NUMBER}(?:\s?(?:k|m|bn|million|billion)\b)?|{_NUMBER}\s?(?:\p{{Sc}}|(?:{_CURRENCY})(?![A-Za-z]))"
_DOMAIN = r"(?:[\p{L}\p{N}\-]+\.)+(?:com|org|net|info|biz|edu|gov|io|co|ai|app|me|tv|uk|us|eu|de|fr|es|it|nl|in|kr|jp|cn|ru|br)\b"
_URL = rf"(?:https?://|www\.)\S+|(?<![\p{{L}}\p{{N}}@.\-]){_DOMAIN}(?:[/?#]\S*)?"
_EMAIL = r"(?<![\p{L}\p{N}._%+\-])[\p{L}\p{N}._%+\-]+@(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,}"
_PICTURE = r"(?:(?![©®™])\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)"
_EMOTICON = r"(?<!\S)(?:[:;=][\-o'^]?[)(\]\[DPpOo/\\|*3]+|[xX]D+|<3+|\^_*\^)(?![\p{L}\p{N}])|[ㅋㅎㅠㅜ]{2,}"
_LITTLE = regex.compile("[A-Za-z]{1,2}")  # such words stand within too many others to be looked for there
_JOINT = r"['’ʼ\-‐‑]?"  # between letters, where others write an apostrophe or a hyphen

_PATTERNS = {
    "url": regex.compile(_URL, regex.IGNORECASE),
    "email": regex.compile(_EMAIL),
    "mention": regex.compile(r"(?<![\w@.])@\w+"),
    "hashtag": regex.compile(r"(?<![\w#&])#\w*\p{L}\w*"),
    "emoji": regex.compile(rf"(?={_PICTURE})\X|{_EMOTICON}"),
    "money": regex.compile(_MONEY, regex.IGNORECASE),
    "number": regex.compile(_NUMBER),
    "punctuation": regex.compile(r"\p{P}+"),
}
_CUT = ("sentence", "line", "paragraph")
PARTS = ("number", "url", "email", "mention", "hashtag", "emoji", "money", "punctuation", "capitals", "word", *_CUT, "example")

# what a number or a sign may be a piece of, and then is not meant by itself
_WHOLES = {
    "number": ("url", "email", "mention", "hashtag"),
    "punctuation": ("url", "email", "mention", "hashtag", "emoji", "money"),
}
_CALLED = {"url": "link", "email": "e-mail address", "money": "amount of money", "capitals": "word in capitals"}
_SEVERAL = {"e-mail address": "e-mail addresses", "amount of money": "amounts of money", "word in capitals": "words in capitals"}
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Reference:
    """What an edit points at: `words`, a `part` (one of PARTS), or the part that holds the words.

    `which` of them: a number from 1, "last", "all", or None where it was not said; `count` is how many from there on
    (up to the last one, for "last").
    """

    words: str | None = None
    part: str | None = None
    which: int | str | None = None
    count: int | None = None

    def named(self, many: bool = True) -> str:
        """How a sentence calls what is pointed at, with its article where it has one."""
        if self.part is None:
            return f"'{self.words}'"
        one = _CALLED.get(self.part, self.part)
        if self.part == "punctuation":
            return one
        several = _SEVERAL.get(one, f"{one}s")
        return f"{several if many else one}{f' with {self.words!r}' if self.words else ''}"


@dataclass(frozen=True)
class Found:
    """Where a reference points. `read_as` are the words that were taken, where those that were said do not occur."""

    spans: tuple[Span, ...]
    read_as: str | None = None


class Unfound(AskWhyError):
    """What is pointed at is not in the text; `nearest` is what may have been meant, as the text spells it."""

    def __init__(self, sentence: str, nearest: str | None = None) -> None:
        super().__init__(sentence)
        self.nearest = nearest


class Ambiguous(AskWhyError):
    """More than one place is meant, and it was not said which."""

    def __init__(self, reference: Reference, spans: list[Span]) -> None:
        said = [f"the {name}" for name in _ORDINALS[: min(len(spans), 4) - 1]] + ["the last"]
        there = f"{reference.named()} occurs" if reference.part is None else f"There are {reference.named()}"
        places = f"{len(spans)} times" if reference.part is None else f"in {len(spans)} places"
        super().__init__(f"{there} {places}; say which one: {', '.join(said[:-1])} or {said[-1]}.")
        self.spans = tuple(spans)


def find(text: str, reference: Reference, *, several: bool = True) -> Found:
    """Where a reference points in a text.

    Where it was not said which, all places are meant, or with `several` false the only one.
    Raises Unfound, Ambiguous, and AskWhyError for an unknown part or a reference to nothing.
    """
    read_as = None
    if reference.part is not None:
        spans = parts(text, reference.part)
        if reference.words is not None:
            held = _quoted(text, reference.words)
            read_as = held.read_as
            spans = [span for span in spans if any(_within(inner, span) for inner in held.spans)]
        if not spans:
            raise Unfound(f"The text has no {reference.named()}, so nothing was changed.")
    else:
        held = _quoted(text, reference.words or "")
        spans, read_as = list(held.spans), held.read_as
    return Found(tuple(_chosen(spans, reference, several)), read_as)


def _chosen(spans: list[Span], reference: Reference, several: bool) -> list[Span]:
    which, count = reference.which, reference.count or 1
    if which is None and reference.count is not None:
        which = 1
    if which is None and len(spans) > 1 and not several:
        raise Ambiguous(reference, spans)
    if which in (None, "all"):
        return spans
    first = len(spans) - count if which == "last" else which - 1
    if first < 0 or first + count > len(spans):
        many = len(spans) > 1
        if reference.part is None:
            said = f"{reference.named()} occurs only {'once' if not many else f'{len(spans)} times'} in the text"
        else:
            said = f"The text has only {len(spans)} {reference.named(many)}"
        raise Unfound(f"{said}, so nothing was changed.")
    return spans[first : first + count]


def parts(text: str, part: str) -> list[Span]:
    """The parts of a kind in a text, in order and apart from each other. Raises AskWhyError for an unknown kind."""
    if part not in PARTS:
        raise AskWhyError(f"There is no part '{part}' of a text; {closest(part, PARTS)}")
    if part in _CUT:
        return units(text, part)
    if part == "example":
        return _examples(text)
    if part in ("word", "capitals"):
        words = [span for span in units(text, "word") if any(map(str.isalnum, span.of(text)))]
        return words if part == "word" else [span for span in words if _shouted(span.of(text))]
    found = [_trimmed(match, part) for match in _PATTERNS[part].finditer(text)]
    if part == "url":
        emails = parts(text, "email")
        return [span for span in found if not any(_within(span, whole) for whole in emails)]
    if part == "punctuation":  # a sign within a word, as in don't, belongs to the word
        held = {place for word in parts(text, "word") for place in range(word.start, word.end)}
        found = [span for span in found if not held.issuperset(range(span.start, span.end))]
    wholes = [span for name in _WHOLES.get(part, ()) for span in parts(text, name)]
    return [span for span in found if not any(_within(span, whole) for whole in wholes)]


def _examples(text: str) -> list[Span]:
    """The examples of a few-shot prompt, without the space behind them; what they are to be applied to is none."""
    from explainers.generative.blocks import blocks  # that package finds its targets by this module

    try:
        starts = blocks(text)
    except AskWhyError:
        return []
    ends = [start for start, _ in starts[1:]] + [len(text)]
    found = [(start, text[start:end].rstrip()) for (start, role), end in zip(starts, ends, strict=True) if role == "example"]
    return [Span(start, start + len(seen)) for start, seen in found if seen]


def _trimmed(match: regex.Match, part: str) -> Span:
    start, end = match.span()
    if part == "url":  # the full stop of a sentence is no part of its link
        end = start + len(match[0].rstrip(".,;:!?)\"'»”’"))
    return Span(start, end)


def _shouted(word: str) -> bool:
    return sum(map(str.isupper, word)) > 1 and not any(map(str.islower, word))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def occurrences(text: str, words: str) -> list[Span]:
    """Where words occur: as whole words in any case, else as a run of characters (but one letter or two, such as "I"), else
    with other apostrophes, hyphens and spaces, else with a slip of hasty typing, where only one word of the text is so near.

    Raises Unfound when they do not occur, and AskWhyError when they are empty.
    """
    return list(_quoted(text, words).spans)


def _quoted(text: str, words: str) -> Found:
    if not words.strip():
        raise AskWhyError("The edit names no words to look for; say which words of the text it is about.")
    exact = r"\s+".join(regex.escape(word) for word in words.split())
    edge = r"[\p{L}\p{M}\p{N}_]"  # a combining mark belongs to the letter before it
    little = _LITTLE.fullmatch(words.strip()) is not None
    for pattern in (rf"(?<!{edge}){exact}(?!{edge})", rf"{exact}(?!\p{{M}})")[: 1 if little else 2]:
        if found := _matches(text, pattern):
            return Found(tuple(found))
    if found := _matches(text, rf"(?<!{edge}){_loosely(words)}(?!{edge})"):
        return Found(tuple(found), found[0].of(text))
    candidates = _windows(text, len(words.split()))
    slips = {span.of(text).casefold() for span in candidates if _slip(words.casefold(), span.of(text).casefold())}
    if len(slips) == 1:
        spans = tuple(span for span in candidates if span.of(text).casefold() in slips)
        return Found(spans, spans[0].of(text))
    spelled = {span.of(text).casefold(): span.of(text) for span in candidates}
    near = difflib.get_close_matches(words.casefold(), list(spelled), n=1, cutoff=0.7)
    nearest = spelled[near[0]] if near else None
    if nearest is None:
        raise Unfound(f"'{words}' does not occur in the text, so nothing was changed.", None)
    raise Unfound(f"'{words}' does not occur in the text, so nothing was changed; did you mean '{nearest}'?", nearest)


def _matches(text: str, pattern: str) -> list[Span]:
    """Matches in any case that cut no character in two, as people see characters."""
    found = [Span(*match.span()) for match in regex.finditer(pattern, text, flags=regex.IGNORECASE)]
    if not found or text.isascii():
        return found
    edges = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    return [span for span in found if span.start in edges and span.end in edges]


def _loosely(words: str) -> str:
    """A pattern for words whatever their apostrophes, hyphens, quotation marks and spaces."""
    kinds: tuple[tuple[str, str], ...] = (
        ("'’‘ʼ`´", "['’‘ʼ`´]?"),
        ("-‐‑–—", r"[\-‐‑–—\s]?"),
        ('"“”„«»', '["“”„«»]'),
    )
    pieces, before = [], ""
    for letter in " ".join(words.split()):
        known = next((pattern for signs, pattern in kinds if letter in signs), None)
        if letter == " ":
            piece = r"(?:\s+|[\-‐‑])"
        elif known is not None:
            piece = known
        else:
            piece = (_JOINT if before.isalpha() and letter.isalpha() else "") + regex.escape(letter)
        pieces.append(piece)
        before = letter
    return "".join(pieces)


def _windows(text: str, count: int) -> list[Span]:
    """Every run of so many words."""
    words = parts(text, "word")
    return [Span(words[place].start, words[place + count - 1].end) for place in range(len(words) - count + 1)]


def _slip(said: str, word: str) -> bool:
    """Whether two words differ as hasty fingers make them: two neighbours exchanged, or a letter once for twice."""
    if min(len(said), len(word)) < 4 or said == word:
        return False
    if len(said) == len(word):
        off = [place for place, (one, other) in enumerate(zip(said, word, strict=True)) if one != other]
        return len(off) == 2 and off[1] == off[0] + 1 and said[off[0]] == word[off[1]] and said[off[1]] == word[off[0]]
    short, long = sorted((said, word), key=len)
    if len(long) != len(short) + 1:
        return False
    return any(long[:place] + long[place + 1 :] == short and long[place] == long[place - 1] for place in range(1, len(long)))
