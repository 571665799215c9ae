"""A draft beside the text that it says in other words: is each number, class, word and id about the same thing still, in the
same direction and order?

For each sentence of the draft, the sentences of the reference that it takes up are found: by what both mention and by their
words. Where it keeps nearly all the words of one, it must mention the same in the same order. Elsewhere three rules hold. What
it mentions is in the reference, beside something else that it says there. A number or a class does not stand where the
reference has another one (told by the words around it, and by prepositions and particles: from, to, of). Each direction word
goes the same way as the reference and the signs of the explanation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from assistant.grounding.check import Fault, known_figure, known_quote
from assistant.grounding.directions import misdirected
from assistant.grounding.facts import Facts
from assistant.grounding.figures import Figure
from assistant.grounding.reading import Mention, Sentence, read, stem
from assistant.grounding.words import Lexicon, lexicon

ALIKE = 0.75  # of the words of a sentence and its counterpart: from here on the one is the other, mended a little
ASTRAY = 0.3  # a share of words by which a sentence is nearer to another one than to that with the same number
LINK = 12  # characters between two numbers that belong together
OTHER = 2  # words around it by which a number fits another one's place better than its own
LONGEST = 1.8  # a draft, as a share of the reference, and so many characters
SPARE = 120


@dataclass(frozen=True)
class Reference:
    """The text that a draft puts in other words, and the facts. `more` are texts that it may draw on as well, and is not
    bound to: the same answer for experts, rows of its tables."""

    text: str
    facts: Facts
    language: str
    nouns: tuple[str, ...]
    more: tuple[str, ...] = ()

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.language)

    def read(self, text: str) -> tuple[Sentence, ...]:
        return read(text, self.lexicon, self.facts.classes, self.nouns)

    @cached_property
    def own(self) -> tuple[Sentence, ...]:
        return self.read(self.text)

    @cached_property
    def all(self) -> tuple[Sentence, ...]:
        return self.own + tuple(sentence for text in self.more for sentence in self.read(text))


def faults(draft: str, reference: Reference) -> tuple[Fault, ...]:
    """What a draft says that the reference and its facts do not; none when it may be shown."""
    sentences = reference.read(draft)
    found = list(_missing(draft, sentences, reference))
    for sentence in sentences:
        taken_up = counterparts(sentence, reference)
        found += _unknown(sentence, reference)
        found += _replaced(sentence, taken_up, reference)
        found += _misplaced(sentence, taken_up, reference)
        found += _reordered(sentence, taken_up)
        found += misdirected(sentence, taken_up, reference.all, reference.facts, reference.lexicon)
    return tuple(dict.fromkeys(found))


def counterparts(sentence: Sentence, reference: Reference) -> list[Sentence]:
    """The sentences of the reference that one of a draft takes up, the nearest first: enough to hold all that it mentions."""
    ranked = sorted(reference.all, key=lambda one: -_nearness(sentence, one, reference))
    taken: list[Sentence] = []
    left = [*sentence.anchors(), *(("number", figure) for figure in sentence.figures)]
    for one in ranked:
        held = [anchor for anchor in left if _holds(one, anchor)]
        if not taken or held:
            taken.append(one)
            left = [anchor for anchor in left if anchor not in held]
        if not left:
            break
    return taken


def alike(first: Sentence, second: Sentence) -> float:
    """The share of words that two sentences have in common (Dice), by their beginnings."""
    total = len(first.words) + len(second.words)
    return 2 * len(first.words & second.words) / total if total else 0.0


def _nearness(sentence: Sentence, one: Sentence, reference: Reference) -> float:
    shared = sum(
        1 / (1 + sum(_holds(other, anchor) for other in reference.all)) for anchor in sentence.anchors() if _holds(one, anchor)
    )
    numbers = sum(0.5 for figure in sentence.figures if _holds(one, ("number", figure)))
    return 2 * alike(sentence, one) + shared + numbers


def _holds(sentence: Sentence, anchor: tuple[str, object]) -> bool:
    kind, what = anchor
    if kind == "number":
        return any(what.agrees(figure) for figure in sentence.figures)
    held = {"quote": sentence.quotes, "label": sentence.labels, "id": sentence.ids}[kind]
    return any(one.text == what or (kind == "quote" and len(what) > 12 and what in one.text) for one in held)


def _unknown(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """What stands nowhere in the reference, or not in the facts."""
    own = reference.all
    for figure in sentence.figures:
        counted = figure.spelt and len(sentence.quotes) == figure.value
        if not (counted or any(_holds(one, ("number", figure)) for one in own)) or (
            not counted and not figure.spelt and not known_figure(figure, reference.facts)
        ):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for quote in sentence.quotes:
        if not any(_holds(one, ("quote", quote.text)) for one in own) or not known_quote(quote.text, reference.facts):
            yield Fault("quote", quote.text)
    for kind, mentions in (("label", sentence.labels), ("id", sentence.ids)):
        for one in mentions:
            if not any(_holds(other, (kind, one.text)) for other in own):
                yield Fault(kind, one.text)


def _replaced(sentence: Sentence, taken_up: Sequence[Sentence], reference: Reference) -> Iterator[Fault]:
    """Where a sentence keeps the words of its counterpart, it mentions the same in the same order."""
    near = [one for one in taken_up if alike(sentence, one) >= ALIKE]
    if not near or len(sentence.words) < 2:
        return
    told = []
    for one in near:
        found = []
        for kind, mine, theirs in (
            ("label", sentence.labels, one.labels), ("quote", sentence.quotes, one.quotes), ("id", sentence.ids, one.ids),
        ):  # fmt: skip
            said, known = [mention.text for mention in mine], [mention.text for mention in theirs]
            if not _within(said, known) and not _within(known, said):  # with more, it is two sentences in one
                found.append(Fault(kind, _shown(mine)))
        if not _figures_within(sentence.figures, one.figures) and not _figures_held(one.figures, sentence.figures):
            found.append(Fault("number", ", ".join(sentence.plain[figure.start : figure.end] for figure in sentence.figures)))
        told.append(found)
    yield from min(told, key=len)


def _within(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one list is the other with some left out."""
    rest = iter(theirs)
    return all(any(one == other for other in rest) for one in mine)


def _figures_within(mine: Sequence[Figure], theirs: Sequence[Figure]) -> bool:
    rest = iter(theirs)
    return all(any(one.agrees(other) for other in rest) for one in mine)


def _figures_held(theirs: Sequence[Figure], mine: Sequence[Figure]) -> bool:
    rest = iter(mine)
    return all(any(one.agrees(other) for one in rest) for other in theirs)


def _misplaced(sentence: Sentence, taken_up: Sequence[Sentence], reference: Reference) -> Iterator[Fault]:
    """Numbers and classes that stand where the reference has others."""
    for figure in sentence.figures:
        same = [(one, other) for one in reference.all for other in one.figures if figure.agrees(other)]
        others = [(one, other) for one in taken_up for other in one.figures if not figure.agrees(other)]
        others = [(one, other) for one, other in others if other.percent == figure.percent]
        if same and _elsewhere(sentence, figure, same, others, reference):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for label in sentence.labels:
        same = [(one, other) for one in reference.all for other in one.labels if label.text == other.text]
        others = [(one, other) for one in reference.own for other in one.labels if label.text != other.text]
        if same and _elsewhere(sentence, label, same, others, reference):
            yield Fault("label", label.text)
    yield from _unbound(sentence, reference)
    yield from _astray(sentence, reference)
    yield from _unpaired(sentence, reference)


def _astray(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """What a sentence mentions that its likeliest counterpart does not, and that the reference says in quite other words."""
    likest = max((alike(sentence, one) for one in reference.all), default=0.0)
    for kind, mentions in (("number", sentence.figures), ("quote", sentence.quotes), ("id", sentence.ids)):
        for one in mentions:
            what = one if kind == "number" else one.text
            own = max((alike(sentence, other) for other in reference.all if _holds(other, (kind, what))), default=likest)
            if likest - own >= ASTRAY:
                yield Fault(kind, sentence.plain[one.start : one.end] if kind == "number" else one.text)


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


def _elsewhere(sentence: Sentence, mention: Mention | Figure, same: list, others: list, reference: Reference) -> bool:
    words = reference.lexicon
    mine = sentence.around(mention.start, mention.end, words)
    fits = max((len(mine & one.around(other.start, other.end, words)) for one, other in same), default=0)
    better = max((len(mine & one.around(other.start, other.end, words)) for one, other in others), default=0)
    if better >= fits + OTHER and better >= 2:
        return True
    stands = _roles(sentence, mention, words)
    known = [_roles(one, other, words) for one, other in same]
    for role in stands:
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


def _unbound(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """Numbers that go with another class, word or row than in the reference."""
    for figure in sentence.figures:
        for kind in ("labels", "quotes", "ids"):
            mine = bound(sentence, figure, kind)
            if mine is None:
                continue
            if kind == "labels" and any(figure.agrees(chance) for chance in reference.facts.chances.get(mine.lower(), ())):
                continue
            same = [(one, other) for one in reference.all for other in one.figures if figure.agrees(other)]
            exact = [(one, other) for one, other in same if other.slack == figure.slack] or same
            theirs = {bound(one, other, kind) for one, other in exact}
            beside = {mention.text for one, _ in exact for mention in getattr(one, kind)}
            if None not in theirs and mine not in theirs and (mine not in beside or kind != "quotes"):
                yield Fault("number", sentence.plain[figure.start : figure.end])


def bound(sentence: Sentence, figure: Figure, kind: str) -> str | None:
    """What a number goes with: the mention right before it, with no other number or clause between, else the one after it."""
    start, end = sentence.clause(figure.start)
    others = [one for one in sentence.figures if one is not figure]
    left = max([start, *(one.end for one in others if one.end <= figure.start)])
    right = min([end, *(one.start for one in others if one.start >= figure.end)])
    mentions = getattr(sentence, kind)
    if not any(start <= one.start < end for one in mentions):
        left = max([0, *(one.end for one in others if one.end <= figure.start)])
    before = [one for one in mentions if left <= one.start and one.end <= figure.start]
    after = [one for one in mentions if one.start >= figure.end and one.end <= right]
    after = [one for one in after if one.start - figure.end <= 6 or "," not in sentence.plain[figure.end : one.start]]
    if after and after[0].start - figure.end <= 2:
        return after[0].text
    if before:
        return before[-1].text
    return after[0].text if after else None


def _reordered(sentence: Sentence, taken_up: Sequence[Sentence]) -> Iterator[Fault]:
    """Words that are listed by rank in the reference, and otherwise in the draft."""
    for one in taken_up:
        ranked = [quote.text for quote in one.quotes]
        listed = [quote for quote in sentence.quotes if quote.text in ranked]
        for first, second in pairwise(listed):
            together = sentence.clause(first.start) == sentence.clause(second.start)
            if together and second.text not in ranked[ranked.index(first.text) + 1 :]:
                yield Fault("order", f"{first.text}, {second.text}")


def _missing(draft: str, sentences: Sequence[Sentence], reference: Reference) -> Iterator[Fault]:
    """What makes a draft no answer at all: nothing said, the main point lost, another language, or far too much."""
    if not sentences:
        yield Fault("missing", "everything")
        return
    first = reference.own[0] if reference.own else None
    if first is not None:
        said = {one.text for sentence in sentences for one in sentence.labels}
        if first.labels and not said & {one.text for one in first.labels}:
            yield Fault("missing", _shown(first.labels))
        told = [figure for sentence in sentences for figure in sentence.figures]
        if first.figures and not told and not any(sentence.ids for sentence in sentences):
            yield Fault("missing", "numbers")
    if len(draft) > LONGEST * len(reference.text) + SPARE:
        yield Fault("missing", "brevity")
    if reference.language == "ko" and not any("가" <= letter <= "힣" for letter in draft):
        yield Fault("missing", "Korean")


def _shown(mentions: Sequence[Mention]) -> str:
    return ", ".join(one.text for one in mentions)


__all__ = ["Reference", "alike", "bound", "counterparts", "faults", "stem"]
