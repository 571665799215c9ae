"""Whether direction words go the right way: for and against, up and down, right and wrong, most and least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.grounding.check import Fault
from assistant.grounding.counterparts import Reference
from assistant.grounding.facts import Facts
from assistant.grounding.reading import Mention, Pole, Sentence
from assistant.grounding.words import Lexicon

CLOSE = 3  # signs between a direction and the words that it is said of, as in "반대쪽은 “a”"
SPEAKS, RISES, RIGHT, MOST = "speaks", "rises", "right", "most"


def misdirected(
    sentence: Sentence, taken_up: Sequence[Sentence], whole: Sequence[Sentence], facts: Facts, words: Lexicon
) -> Iterator[Fault]:
    """The direction words of a draft's sentence that go another way than the reference, or than the signs of the scores."""
    for pole in sentence.poles:
        by_sign = _by_sign(sentence, pole, facts) if pole.axis in (SPEAKS, RISES) else None
        if by_sign is None:
            known = {one.positive for other in taken_up for one in other.poles if one.axis == pole.axis}
            if pole.axis == RIGHT and not known:
                known = set(facts.correct)
            if pole.axis != MOST:  # the largest of what, its counterpart tells
                known = known or {one.positive for other in whole for one in other.poles if one.axis == pole.axis}
            wrong = bool(known) and pole.positive not in known
            wrong = wrong or (not known and pole.axis == RISES and _by_numbers(sentence, pole, words) is False)
        else:
            told = {one.positive for other in taken_up for one in other.poles if one.axis == pole.axis}
            wrong = not by_sign and told != {pole.positive}
        if wrong:
            yield Fault("direction", sentence.plain[pole.start : pole.end])
    yield from _misattributed(sentence, whole, facts, words)


def _misattributed(sentence: Sentence, whole: Sequence[Sentence], facts: Facts, words: Lexicon) -> Iterator[Fault]:
    """Classes that the draft has as the model's answer, or as the label in the data, and the reference has not."""
    told = {stance for one in whole for stance in stances(one, words)}
    known = {"answer": facts.answers, "truth": facts.truths, "target": facts.targets}
    for name, label, affirmed in stances(sentence, words):
        same = {other for stance, other, way in told if stance == name and way == affirmed}
        if affirmed:  # of several texts each has its own answer: which one it is told by `placing.bound`
            wrong = bool(same or known[name]) and label not in same | known[name]
        else:
            wrong = label not in same and known[name] == {label}
        if wrong:
            yield Fault("label", label)


def stances(sentence: Sentence, words: Lexicon) -> list[tuple[str, str, bool]]:
    """(whose word it is, the class, whether it is affirmed) for each class that a sentence says to be somebody's word."""
    return [told for one in sentence.labels for told in _stances(sentence, one, words)]


def affirmed(sentence: Sentence, label: Mention, reference: Reference) -> bool:
    """Whether a class is said to be the model's answer, and the facts have no other."""
    if reference.facts.answers != {label.text.lower()}:
        return False
    return any(name == "answer" and so for name, _, so in _stances(sentence, label, reference.lexicon))


def stanced(sentence: Sentence, words: Lexicon) -> list[Mention]:
    """The classes that a sentence says to be somebody's word, or to be what somebody does not say."""
    return [
        one
        for one in sentence.labels
        if any(_stances(sentence, one, words))
        or words.contrast_before.search(sentence.plain[: one.start])
        or words.contrast_after.match(sentence.plain[one.end :])
    ]


def _stances(sentence: Sentence, one: Mention, words: Lexicon) -> Iterator[tuple[str, str, bool]]:
    before, after = sentence.plain[: one.start], sentence.plain[one.end :]
    for name, stance in words.stances.items():
        ahead, behind = stance.before.search(before), stance.after.match(after)
        if ahead or behind:
            denied = bool(ahead and words.negated_before.search(before[: ahead.start()] + " "))
            denied |= bool(ahead and words.negated_after.match(after))
            denied |= bool(behind and words.negated_after.match(after[behind.end() - 1 :]))
            yield name, one.text.lower(), not denied


def _by_sign(sentence: Sentence, pole: Pole, facts: Facts) -> bool | None:
    """Whether a direction word fits the signs of the pieces in its clause; None where there are none, or of both signs."""
    start, end = sentence.clause(pole.start)
    inside = [one for one in sentence.quotes if start <= one.start < end]
    if not inside:  # "Most for spam: ...", or the words were named before
        start, end, inside = 0, len(sentence.plain), list(sentence.quotes)
    between = [one for one in sentence.poles if one.axis == pole.axis and start <= one.start < end]
    if len({one.positive for one in between}) > 1:  # two directions: a word belongs to the one that follows, or leads
        leads = between[0].start < inside[0].start if inside else False
        inside = [one for one in inside if _own(one.start, between, leads) is pole]
    elif len({sign.positive for one in inside for sign in facts.signs.get(one.text, ())}) > 1:
        inside = _nearest(sentence, pole, inside)
    signs = [facts.signs[one.text] for one in inside if one.text in facts.signs]
    if not signs:
        return None
    named = [one.text for one in sentence.labels if start <= one.start < end]
    told = []
    for possible in signs:
        ways = set()
        for sign in possible:
            turned = len(facts.classes) == 2 and named and sign.target.lower() not in {name.lower() for name in named}
            ways.add(sign.positive ^ bool(turned))
        told.append(ways)
    return all(pole.positive in ways for ways in told)


def _nearest(sentence: Sentence, pole: Pole, inside: Sequence[Mention]) -> list[Mention]:
    """The words of a list that a direction stands right in front of, or else behind, or else before."""
    groups = [held for group in sentence.listed() if (held := [one for one in group if one in inside])]
    right_after = [group for group in groups if 0 <= group[0].start - pole.end <= CLOSE]
    if right_after:
        return right_after[0]
    before = [group for group in groups if group[-1].end <= pole.start]
    return before[-1] if before else groups[0] if groups else []


def _own(place: int, poles: Sequence[Pole], leads: bool) -> Pole:
    """The direction of what is named at a place, where directions stand before what they are about, or behind it."""
    behind = [pole for pole in poles if pole.start > place]
    ahead = [pole for pole in poles if pole.start < place]
    return (ahead[-1] if ahead else behind[0]) if leads or not behind else behind[0]


def _by_numbers(sentence: Sentence, pole: Pole, words: Lexicon) -> bool | None:
    """Whether "rises" and "falls" fit the two numbers beside them, from the one to the other."""
    numbers = [one for one in sentence.figures if one.percent]
    if len(numbers) != 2:
        return None
    first, second = numbers
    start = words.roles["start"]
    before = sentence.plain[max(0, second.start - 24) : second.start]
    if start.before and start.before.search(before):
        first, second = second, first
    if words.than.search(sentence.plain[second.end : pole.start]):
        first, second = second, first
    return (second.value > first.value) == pole.positive if first.value != second.value else None
