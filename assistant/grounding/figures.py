"""The numbers of a text as people say them: "93%", "about 90 percent", "nine in ten", "over 99.9%", "세 개", "10번 중 9번"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from assistant.grounding.words import END, Lexicon

NUMBER = re.compile(rf"(?<![\w.])(?:(?<![^\s(\[~“\"'])[+−–-])?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?(?=%|{END})")
HEDGED_PERCENT = 2.5  # "about 90%" is said of 88
HEDGED_SHARE = 6.0  # "almost a quarter" is said of 20%
HEDGED = 0.06  # "about 1,200" of 1,234, as a share of it
WHOLES = (2, 3, 4, 5, 10, 20, 100)  # "one in twenty" is a share, "3 out of 883" are two counts
SHARE, MOST_SLACK = 2.5, 20.0  # in percent, how far off a share in words may be
TOP, NOTHING = 100.0, 0.0


@dataclass(frozen=True)
class Figure:
    """A number at characters `start` to `end` of a text. `value` is in percent where it is one; it may be off by `slack`, from
    the digits that were said. `bound` is "over", "under" or "". `spelt` is a number word."""

    value: float
    percent: bool
    slack: float
    start: int
    end: int
    signed: bool = False
    hedged: bool = False
    bound: str = ""
    spelt: bool = False
    loose: bool = False  # a share in words, which stands for a percentage
    part: float | None = None  # of "four out of five", the four: it may be a count of five
    either: bool = False  # "over 40 messages" are more than 40, or they are the 40 that something is told of

    @property
    def whole(self) -> float | None:
        """Of "four out of five", the five."""
        return round(100 * self.part / self.value) if self.part and self.value else None

    @property
    def share(self) -> float:
        return self.value / 100 if self.percent else self.value

    def agrees(self, other: Figure) -> bool:
        """Whether this number, as said, may be said for another one that is right."""
        if self.either:
            return any(replace(self, either=False, bound=bound).agrees(other) for bound in ("", "over"))
        if other.either:
            return any(self.agrees(replace(other, either=False, bound=bound)) for bound in ("", "over"))
        if self.part is not None and not other.percent:
            return self.part == other.value
        if other.part is not None and not self.percent:  # "100 of 100", of which one may say each
            return self.value in (other.part, other.whole)
        value = self._like(other)
        if value is None or (self.signed and not other.signed and value < 0):
            return False
        right = other.value if self.signed else abs(other.value)
        if other.bound and self.bound and other.bound != self.bound:
            return False
        if self.percent and value in (TOP, NOTHING) and right not in (TOP, NOTHING):
            return False  # never rounded to certainty
        if self.bound == "under" and not other.bound and not self.percent and other.slack and value == right:
            return False  # a fact, without slack, may be a limit
        if self.bound and not other.bound and not _close(value, right, self._slack(other)):
            near = abs(value - right) <= (5 if self.percent else 0.1 * abs(right))
            return near and (value <= right if self.bound == "over" else value >= right)
        if other.bound and not self.bound and not self.percent and not other.percent:
            return _close(value, right, 1e-9) and self.hedged
        return _close(value, right, self._slack(other))

    def _like(self, other: Figure) -> float | None:
        """The value on the other's scale; None where one is a percentage and the other no share."""
        if self.percent == other.percent:
            return self.value
        if self.percent and 0 <= abs(other.value) <= 1 and other.slack < 0.5:
            return self.value / 100
        if other.percent and not self.spelt and 0 < abs(self.value) < 1:
            return self.value * 100
        return None

    def _slack(self, other: Figure) -> float:
        slack = self.slack
        if self.percent and not other.percent:
            slack = self.slack / 100
        elif other.percent and not self.percent:
            slack = self.slack * 100
        if self.percent and other.percent:
            # fewer digits is rounding; as many or more must be the same
            slack = self.slack if self.slack > other.slack or self.loose else other.slack * 1e-6
            if self.hedged and self.loose:
                slack = max(slack, min(2 * slack, HEDGED_SHARE))
            if self.hedged and self.value % 5 == 0 and not self.loose:
                slack = max(slack, 5.0 if self.value % 10 == 0 and other.value < 90 else HEDGED_PERCENT)
        elif not self.percent and not other.percent:
            rounded = self.slack > other.slack and (self.hedged or not self.spelt)
            slack = self.slack if rounded else other.slack * 1e-6
            if self.hedged and abs(self.value) >= 20 and self.value % 10 == 0:
                slack = max(slack, HEDGED * abs(other.value))
        return slack


def figures(text: str, lexicon: Lexicon) -> list[Figure]:
    """The numbers of a text in lower case whose quotations are masked, from left to right."""
    found = list(_shares(text, lexicon))
    taken = [(one.start, one.end) for one in found]
    taken += [span for _, span in ranks(text, lexicon)]
    for match in NUMBER.finditer(text):
        if _free(match.span(), taken):
            found.append(_digits(match, text, lexicon))
    for match in lexicon.number_words.finditer(text):
        if _free(match.span(), taken):
            found.append(_scaled(match.end(), _spelt_value(match, lexicon), 0.5, text, lexicon, start=match.start(), spelt=True))
    return sorted((_bounded(one, text, lexicon) for one in found), key=lambda one: one.start)


def ranks(text: str, lexicon: Lexicon) -> list[tuple[int, tuple[int, int]]]:
    """(rank, (start, end)) of "the second", "no. 2", "2위", "두 번째"."""
    found = [(int(match[1] or match[2]), match.span()) for match in lexicon.rank.finditer(text)]
    found += [(rank, match.span()) for form, rank in lexicon.ordinals for match in form.finditer(text)]
    return sorted(found, key=lambda one: one[1])


def value_figures(value: float) -> tuple[Figure, ...]:
    """A fact as the numbers that may be said for it: itself, and as a percentage."""
    exact = Figure(float(value), False, 0.0, 0, 0, signed=True)
    return (exact, replace(exact, value=100 * exact.value, percent=True))


def _digits(match: re.Match[str], text: str, lexicon: Lexicon) -> Figure:
    said = match[0].replace(",", "").replace("−", "-").replace("–", "-")
    mantissa = said.split("e")[0]
    digits = len(mantissa.split(".")[1]) if "." in mantissa else 0
    slack = 0.5 * 10.0**-digits * (10.0 ** int(said.split("e")[1]) if "e" in said else 1)
    return _scaled(match.end(), float(said), slack, text, lexicon, start=match.start(), signed=said[0] in "+-")


def _scaled(end: int, value: float, slack: float, text: str, lexicon: Lexicon, **others: Any) -> Figure:
    """A number with what follows it: "%", or "thousand"."""
    scale = lexicon.scale.match(text[end:])
    if scale:
        times = lexicon.scales[scale[1]]
        return Figure(value * times, False, slack * times, end=end + scale.end(), **others)
    unit = lexicon.percent.match(text[end:])
    return Figure(value, bool(unit), slack, end=end + (unit.end() if unit else 0), **others)


def _spelt_value(match: re.Match[str], lexicon: Lexicon) -> float:
    """The value of "seven", or of "forty-two"."""
    tens, unit, word = match.groups()
    return lexicon.values[word] if word else lexicon.values[tens] + _whole_number(unit, lexicon)


def _shares(text: str, lexicon: Lexicon) -> Iterable[Figure]:
    """ "nine in ten", "9 out of 10", "three quarters", "half" as percentages."""
    for form in (lexicon.ratio, lexicon.fraction):
        for match in form.finditer(text):
            part, whole = (_whole_number(word, lexicon, fraction=form is lexicon.fraction) for word in match.groups())
            if lexicon.language == "ko":
                part, whole = whole, part
            if part is not None and whole in WHOLES and part <= whole:
                slack = 55 / whole if form is lexicon.ratio else SHARE
                yield Figure(
                    100 * part / whole, True, min(slack, MOST_SLACK), match.start(), match.end(), loose=True,
                    part=part if form is lexicon.ratio else None,
                )  # fmt: skip
    for form, value, slack in lexicon.shares:
        for match in form.finditer(text):
            yield Figure(value, True, slack, match.start(), match.end(), loose=True)


def _whole_number(word: str, lexicon: Lexicon, *, fraction: bool = False) -> int | None:
    if word.isdigit():
        return int(word)
    return lexicon.units.get(word, lexicon.values.get(word, lexicon.denominators.get(word) if fraction else None))


def _bounded(figure: Figure, text: str, lexicon: Lexicon) -> Figure:
    before, after = text[max(0, figure.start - 24) : figure.start], text[figure.end : figure.end + 16]
    hedged = figure.hedged or bool(lexicon.hedges.search(before)) or bool(lexicon.hedges_after.match(after))
    told, least = lexicon.over.search(before), lexicon.under.search(before)
    if told and least:  # "no longer than" has "longer than" in it
        told, least = (told, None) if told.start() < least.start() else (None, least)
    either = bool(told) and told[0].strip() == "over" and not figure.percent
    bound = "over" if (told and not either) or lexicon.over_after.match(after) else ""
    if not bound and (least or lexicon.under_after.match(after)) and not lexicon.ranged.search(before):
        bound = "under"
    return replace(figure, hedged=hedged, bound=bound, either=either and not bound)


def _free(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in taken)


def _close(value: float, right: float, slack: float) -> bool:
    return abs(value - right) <= slack + 1e-9 * max(1.0, abs(right))
