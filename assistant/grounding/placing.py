"""Whether what a draft mentions stands where it stands in the reference, and in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.grounding.check import Fault
from assistant.grounding.counterparts import Reference, alike, holds
from assistant.grounding.directions import SPEAKS, affirmed, stanced
from assistant.grounding.figures import Figure
from assistant.grounding.reading import Mention, Sentence
from assistant.grounding.words import Lexicon

ASTRAY = 0.3  # a share of words by which a sentence is nearer to another one than to that with the same number
LINK = 12  # characters between two numbers that belong together
OTHER = 2  # words around it by which a number fits another one's place better than its own
BESIDE = 6  # characters between a number and what it goes with, in front of it: "98% for message 3"
BESIDE_RANK = re.compile(r"\s?(?:(?!and\b|이고|이며)\w+ ?){0,3}")  # between an ordinal and the word that it ranks
FURTHER = 24  # the same where a comma parts it from what is before
COMMA = 10  # characters that a comma between counts for

TARGET = re.compile(r"\s(?:the |it |being )?")
TARGET_KO = re.compile(r"[가-힣]{0,2} ?[가-힣]{0,3} ?")

Placed = list[tuple[Sentence, Mention | Figure]]


def misplaced(
    sentence: Sentence, taken_up: Sequence[Sentence], reference: Reference, draft: Sequence[Sentence]
) -> Iterator[Fault]:
    """Numbers, classes and words that stand where the reference has others. `draft` is the whole that the sentence is of."""
    for figure in sentence.figures:
        same: Placed = [(one, other) for one in reference.all for other in one.figures if figure.agrees(other)]
        others: Placed = [(one, other) for one in taken_up for other in one.figures if not figure.agrees(other)]
        others = [(one, other) for one, other in others if other.percent == figure.percent and not _said(other, sentence, figure)]
        if same and _elsewhere(sentence, figure, same, others, reference):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for label in sentence.labels:
        if affirmed(sentence, label, reference) or _has_its_chance(sentence, label, reference):
            continue
        same = [(one, other) for one in reference.all for other in one.labels if label.text == other.text]
        others = [(one, other) for one in reference.own for other in one.labels if label.text != other.text]
        if same and _elsewhere(sentence, label, same, others, reference):
            yield Fault("label", label.text)
    yield from _unbound(sentence, reference)
    yield from _astray(sentence, reference, draft)
    yield from _more_than_all(sentence, reference)
    yield from _misranked(sentence, reference)
    yield from _unpaired(sentence, reference)
    yield from _reordered(sentence, taken_up, reference.lexicon)


def counted(figure: Figure, sentence: Sentence, reference: Reference) -> bool:
    """Whether a number word counts what the reference names: its rows, classes or words, or those of the sentence."""
    return figure.spelt and not figure.percent and figure.value in reference.counts | {len(sentence.quotes)}


def _said(other: Figure, sentence: Sentence, figure: Figure) -> bool:
    """Whether a sentence has a number of the reference beside the one in question, which then does not stand in its place."""
    return any(one is not figure and one.agrees(other) for one in sentence.figures)


def bound(sentence: Sentence, mention: Mention | Figure, kind: str) -> str | None:
    """What a number or a class goes with: what is named right after it ("98% for message 3"), else the nearest before it, with
    no other such number and no other clause between."""
    start, end = sentence.clause(mention.start)
    alike = sentence.figures if isinstance(mention, Figure) else sentence.labels
    others = [one for one in alike if one is not mention]
    left = max([start, *(one.end for one in others if one.end <= mention.start)])
    right = min([end, *(one.start for one in others if one.start >= mention.end)])
    named = getattr(sentence, kind)
    if not any(start <= one.start < end for one in named):
        left = max([0, *(one.end for one in others if one.end <= mention.start)])
    before = [one for one in named if left <= one.start and one.end <= mention.start]
    after = [one for one in named if one.start >= mention.end and one.end <= right]
    after = [one for one in after if not re.search("[,;)]", sentence.plain[mention.end : one.start])]
    if not before or not after:
        return before[-1].text if before else after[0].text if after else None
    behind, ahead = mention.start - before[-1].end, after[0].start - mention.end
    if "," in sentence.plain[before[-1].end : mention.start]:
        behind += COMMA
        ahead = min(ahead, BESIDE) if ahead <= FURTHER else ahead
    return after[0].text if ahead <= BESIDE and ahead <= behind else before[-1].text


def _unbound(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """Numbers that go with another class, word or row than in the reference."""
    for figure in sentence.figures:
        if reference.lexicon.of_them.match(sentence.plain[figure.end :]):
            continue  # of what was named before
        same = [(one, other) for one in reference.all for other in one.figures if figure.agrees(other)]
        exact = [(one, other) for one, other in same if other.slack == figure.slack] or same
        for kind in ("labels", "quotes", "ids"):
            mine = bound(sentence, figure, kind)
            if mine is None:
                continue
            if kind == "labels" and any(figure.agrees(chance) for chance in reference.facts.chances.get(mine, ())):
                continue
            theirs = {bound(one, other, kind) for one, other in exact}
            beside = {mention.text for one, _ in exact for mention in getattr(one, kind)}
            strict = kind != "quotes" or figure.signed or mine not in beside
            if (None not in theirs and mine not in theirs and strict) or (
                kind == "ids" and theirs == {None} and mine not in beside and _in_its_place(sentence, figure, mine, reference)
            ):
                yield Fault("number", sentence.plain[figure.start : figure.end])
    answers = stanced(sentence, reference.lexicon)
    for label in sentence.labels:
        if label in answers or affirmed(sentence, label, reference):
            continue  # whose word it is, or how likely, says more than where it stands
        if _of_a_word(sentence, label, reference.lexicon) or _has_its_chance(sentence, label, reference):
            continue
        row = bound(sentence, label, "ids")
        theirs = {other.text for one in reference.all for other in one.labels if bound(one, other, "ids") == row}
        if row is not None and label.text.lower() in reference.facts.of_rows.get(row, ()):
            continue
        if row is not None and theirs and label.text not in theirs:
            yield Fault("label", label.text)


def _has_its_chance(sentence: Sentence, label: Mention, reference: Reference) -> bool:
    """Whether a class comes with a probability that only it has."""
    after = next((one for one in sentence.figures if one.start >= label.end), None)
    before = next((one for one in reversed(sentence.figures) if one.end <= label.start), None)
    for figure, between in (
        (after, sentence.plain[label.end : after.start] if after else ""),
        (before, sentence.plain[before.end : label.start] if before else ""),
    ):
        if figure is not None and not re.search("[,;:)]", between):
            chances = reference.facts.chances.items()
            return {name for name, some in chances if any(figure.agrees(one) for one in some)} == {label.text.lower()}
    return False


def _of_a_word(sentence: Sentence, label: Mention, words: Lexicon) -> bool:
    """Whether a class is what a word speaks for, and not a row's."""
    plain, poles = sentence.plain, [pole for pole in sentence.poles if pole.axis == SPEAKS]
    if words.language == "ko":
        return any(TARGET_KO.fullmatch(plain[label.end : pole.start]) for pole in poles if pole.start >= label.end)
    return any(TARGET.fullmatch(plain[pole.end : label.start]) for pole in poles if pole.end <= label.start)


def _in_its_place(sentence: Sentence, figure: Figure, row: str, reference: Reference) -> bool:
    """Whether a row has another number of the kind in the reference, which the sentence leaves out."""
    others = [other for one in reference.all for other in one.figures if bound(one, other, "ids") == row]
    others = [other for other in others if other.percent == figure.percent and other.signed == figure.signed]
    return bool(others) and not any(one.agrees(other) for one in sentence.figures for other in others)


def _astray(sentence: Sentence, reference: Reference, draft: Sequence[Sentence]) -> Iterator[Fault]:
    """Numbers and rows that the likeliest counterpart lacks, and that the reference has among quite other words, while one
    that the counterpart has is left out."""
    likely = max(reference.all, key=lambda one: alike(sentence, one), default=None)
    likest = alike(sentence, likely) if likely else 0.0
    said = [figure for other in draft for figure in other.figures]
    for kind, named in (("number", sentence.figures), ("id", sentence.ids)):
        for one in named:
            what = one if isinstance(one, Figure) else one.text
            if isinstance(one, Figure):
                left = [other for other in _figures_of(likely, reference) if other.percent == one.percent and not other.spelt]
                if all(any(figure.agrees(other) for figure in said) for other in left):
                    continue
            own = max((_within(other, sentence) for other in reference.all if holds(other, kind, what)), default=likest)
            if likest - own >= ASTRAY:
                yield Fault(kind, sentence.plain[one.start : one.end])


def _figures_of(one: Sentence, reference: Reference) -> tuple[Figure, ...]:
    """The numbers of a sentence of the reference, and of the next one: "The model says spam. The probability is 98%." """
    place = next(place for place, other in enumerate(reference.all) if other is one)
    return one.figures + tuple(figure for other in reference.all[place + 1 : place + 2] for figure in other.figures)


def _more_than_all(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """ "883 of 877": a part that is more than the whole."""
    for first, second in pairwise(sentence.figures):
        form = reference.lexicon.part_of.match(sentence.plain[first.end : second.start])
        whole, part = (first, second) if reference.lexicon.language == "ko" else (second, first)
        if form and not first.percent and not second.percent and part.value > whole.value:
            yield Fault("number", sentence.plain[first.start : second.end])


def _misranked(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """ "the second is “free”" where it is the first."""
    if len({row.text for one in reference.all for row in one.ids}) > 1:
        return  # "the second" is a row
    lists = [[quote.text for quote in one.quotes] for one in reference.all if len(one.quotes) > 1]
    for rank, (start, end) in sentence.ranks:
        after = [one for one in sentence.quotes if one.start >= end and BESIDE_RANK.fullmatch(sentence.plain[end : one.start])]
        before = [one for one in sentence.quotes if one.end <= start and BESIDE_RANK.fullmatch(sentence.plain[one.end : start])]
        named = after[:1] or before[-1:]
        known = [listed for listed in lists if named and named[0].text in listed]
        if known and not any(rank <= len(listed) and listed[rank - 1] == named[0].text for listed in known):
            yield Fault("order", sentence.plain[start:end])


def _within(one: Sentence, sentence: Sentence) -> float:
    """How far a sentence of the reference is alike to one of a draft, or is a part of it."""
    return max(alike(one, sentence), len(one.words & sentence.words) / len(one.words) if one.words else 1.0)


def _unpaired(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """Two numbers with a word between ("3 of 5", "12 to 17") that has other ones on its sides in the reference."""
    known = [pair for one in reference.all for pair in _pairs(one)]
    for first, between, second in _pairs(sentence):
        same = [(one, other) for one, word, other in known if word == between]
        touched = any(first.agrees(one) or second.agrees(other) for one, other in same)
        if touched and not any(first.agrees(one) and second.agrees(other) for one, other in same):
            yield Fault("number", sentence.plain[first.start : second.end])


def _pairs(sentence: Sentence) -> list[tuple[Figure, str, Figure]]:
    found = []
    for first, second in pairwise(sentence.figures):
        between = sentence.plain[first.end : second.start].strip()
        if between and len(between) <= LINK and "," not in between:
            found.append((first, between, second))
    return found


def _elsewhere(sentence: Sentence, mention: Mention | Figure, same: Placed, others: Placed, reference: Reference) -> bool:
    words = reference.lexicon
    mine = sentence.around(mention.start, mention.end, words)
    fits = max((len(mine & one.around(other.start, other.end, words)) for one, other in same), default=0)
    better = max((len(mine & one.around(other.start, other.end, words)) for one, other in others), default=0)
    if better >= fits + OTHER:
        return True
    known = [_roles(one, other, words) for one, other in same]
    for role in _roles(sentence, mention, words):
        opposite = words.roles[role].opposite
        if any(opposite in roles for roles in known) and not any(role in roles for roles in known):
            return True
    return False


def _roles(sentence: Sentence, mention: Mention | Figure, words: Lexicon) -> set[str]:
    before, after = sentence.plain[max(0, mention.start - 24) : mention.start], sentence.plain[mention.end : mention.end + 12]
    return {
        name
        for name, role in words.roles.items()
        if (role.before and role.before.search(before)) or (role.after and role.after.search(after))
    }


def _reordered(sentence: Sentence, taken_up: Sequence[Sentence], words: Lexicon) -> Iterator[Fault]:
    """Words that are listed by rank in the reference, and otherwise in the draft."""
    for one in taken_up:
        ranked = [quote.text for quote in one.quotes]
        for start, end in sentence.clauses:
            named = _as_replaced([quote for quote in sentence.quotes if start <= quote.start < end], sentence, words)
            listed = [quote.text for quote in named if quote.text in ranked]
            rest = iter(ranked)
            skipped = not all(any(word == other for other in rest) for word in dict.fromkeys(listed))
            if skipped or any(ranked.index(first) > _last(ranked, second) for first, second in pairwise(listed)):
                yield Fault("order", ", ".join(listed))


def _as_replaced(named: list[Mention], sentence: Sentence, words: Lexicon) -> list[Mention]:
    """The quotations with what is replaced ahead of what takes its place: "“b” in place of “a”" is "“a” by “b”"."""
    for place, (first, second) in enumerate(pairwise(named)):
        if words.swapped.match(sentence.plain[first.end : second.start]):
            named[place : place + 2] = [second, first]
    return named


def _last(ranked: Sequence[str], word: str) -> int:
    return len(ranked) - 1 - ranked[::-1].index(word)
