"""A draft beside the text that it says in other words: is each number, class, word and id about the same thing still, in the
same direction and order?

For each sentence of the draft, the sentences of the reference that it takes up are found: by what both mention and by their
words. Where it keeps nearly all the words of one, it must mention the same in the same order. Elsewhere, what it mentions
must be in the reference and in the facts, and stand where it stands there (`placing`); each direction word goes the same way
as the reference and the signs of the explanation (`directions`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.grounding.check import Fault, known_figure, known_quote
from assistant.grounding.counterparts import Reference, alike, counterparts, holds
from assistant.grounding.directions import RIGHT, misdirected, stances
from assistant.grounding.figures import Figure
from assistant.grounding.placing import bound, counted, misplaced
from assistant.grounding.reading import Mention, Sentence

ALIKE = 0.75  # of the words of a sentence and its counterpart: from here on the one is the other, mended a little
LONGEST, SPARE = 1.8, 160  # a draft at most, as a share of the reference, and so many characters
STRANGE, FEWEST = 0.5, 6  # the share of words in a sentence that no answer uses, and how many make it foreign
LIMITS = {"right", "trust", "found"}  # that it is wrong, not to be trusted, or was not found is not left out
MARKUP = re.compile(r"https?:|www\.|\w@\w|</?[a-z]+>|\]\(|```")


def faults(draft: str, reference: Reference) -> tuple[Fault, ...]:
    """What a draft says that the reference and its facts do not; none when it may be shown."""
    sentences = reference.read(draft)
    found = list(_missing(draft, sentences, reference))
    for sentence in sentences:
        if sentence.said in reference.said:  # word for word
            continue
        taken_up = counterparts(sentence, reference)
        found += _unknown(sentence, reference)
        uncounted = tuple(one for one in sentence.figures if not counted(one, sentence, reference))
        sentence = replace(sentence, figures=uncounted)  # a count of what is named stands anywhere
        found += _replaced(sentence, taken_up)
        found += misplaced(sentence, taken_up, reference, sentences)
        found += misdirected(sentence, taken_up, reference.all, reference.facts, reference.lexicon)
        found += _strange(sentence, reference)
    return tuple(dict.fromkeys(found))


def _unknown(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """What stands nowhere in the reference, or not in the facts. A number word may count what the reference names."""
    for figure in sentence.figures:
        said = counted(figure, sentence, reference) or any(holds(one, "number", figure) for one in reference.all)
        if not said and _rest(figure, sentence, reference):
            continue
        if not said or not (figure.spelt or _repeated(figure, reference) or known_figure(figure, reference.facts)):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for quote in sentence.quotes:
        if not any(holds(one, "quote", quote.text) for one in reference.all) or not known_quote(
            quote.text, reference.facts, reference.language
        ):
            yield Fault("quote", quote.text)
    for kind, named in (("label", sentence.labels), ("id", sentence.ids)):
        for one in named:
            if not any(holds(other, kind, one.text) for other in reference.all) and not (
                kind == "label" and any(_rest(figure, sentence, reference, one.text) for figure in sentence.figures)
            ):
                yield Fault(kind, one.text)


def _repeated(figure: Figure, reference: Reference) -> bool:
    """Whether a number is one of the reference's, in whatever form: "22.7 million", "22,700,000"."""
    known = (other for one in reference.all for other in one.figures)
    return any(figure.percent == other.percent and math.isclose(figure.value, other.value) for other in known)


def _rest(figure: Figure, sentence: Sentence, reference: Reference, label: str | None = None) -> bool:
    """Whether a percentage is the probability of the class that it goes with, which is `label` if that is given, though the
    reference leaves it out."""
    name = bound(sentence, figure, "labels") if figure.percent else None
    if name is None or (label is not None and label != name):
        return False
    return any(figure.agrees(chance) for chance in reference.facts.chances.get(name.lower(), ()))


def _replaced(sentence: Sentence, taken_up: Sequence[Sentence]) -> Iterator[Fault]:
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
            if kind == "label" and not _begin_alike(sentence, one):
                said, known = sorted(said), sorted(known)
            if not _within(said, known) and not _within(known, said):  # with more, it is two sentences in one
                found.append(Fault(kind, _shown(mine)))
        if not _same_figures(sentence, one):
            found.append(Fault("number", ", ".join(sentence.plain[figure.start : figure.end] for figure in sentence.figures)))
        told.append(found)
    yield from min(told, key=len)


def _within(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one list is the other with some left out."""
    rest = iter(theirs)
    return all(any(one == other for other in rest) for one in mine)


def _begin_alike(sentence: Sentence, one: Sentence) -> bool:
    return sentence.plain.split()[:2] == one.plain.split()[:2]


def _same_figures(sentence: Sentence, one: Sentence) -> bool:
    """Whether one sentence has the numbers of the other, or more; in order where it begins in the same way."""
    mine, theirs = sentence.figures, one.figures
    if not _begin_alike(sentence, one):
        return all(any(figure.agrees(other) for other in theirs) for figure in mine) or len(mine) > len(theirs)
    rest, others = iter(theirs), iter(mine)
    within = all(any(figure.agrees(other) for other in rest) for figure in mine)
    return within or all(any(figure.agrees(other) for figure in others) for other in theirs)


def _strange(sentence: Sentence, reference: Reference) -> Iterator[Fault]:
    """A sentence of words that no answer is made of; it has no facts to check, and may be about anything."""
    markup = MARKUP.search(sentence.plain)
    if markup:
        yield Fault("words", markup[0])
    unknown = sentence.words - reference.words
    if len(sentence.words) >= FEWEST and len(unknown) > STRANGE * len(sentence.words):
        yield Fault("words", " ".join(sorted(unknown)))


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
    turned = {pole.axis for sentence in sentences for pole in sentence.poles if not pole.positive}
    turned |= {RIGHT for sentence in sentences if _tells_the_label(sentence, reference)}
    for axis in {pole.axis for one in reference.own for pole in one.poles if not pole.positive} & LIMITS:
        if axis not in turned:
            yield Fault("missing", axis)
    if len(draft) > LONGEST * max(len(text) for text in (reference.text, *reference.more)) + SPARE:
        yield Fault("missing", "brevity")
    if _hangul(reference.text) and not _hangul(draft):
        yield Fault("missing", "Korean")


def _tells_the_label(sentence: Sentence, reference: Reference) -> bool:
    """Whether a sentence says that the label in the data is another class than the model's answer."""
    facts = reference.facts
    told = {label for name, label, affirmed in stances(sentence, reference.lexicon) if name == "truth" and affirmed}
    return bool(told & facts.truths - facts.answers)


def _shown(named: Sequence[Mention]) -> str:
    return ", ".join(one.text for one in named)


def _hangul(text: str) -> bool:
    return any("가" <= letter <= "힣" for letter in text)
