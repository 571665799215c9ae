"""How often small edits of one word flip the answer, over many texts, by kind of edit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.perturbations import KINDS, Perturbation, Synonyms, changed, of_word
from explainers.spans import parts

TRIES = 1200  # edited texts run through the model, over all rows and kinds
EACH = (2, 24)  # words of a text edited in a kind: the fewest that are worth it, and the most


@dataclass(frozen=True)
class Flip:
    """An edit that flips a text: which one, the words before and after, and the (class, probability) for both texts."""

    row: int
    kind: str
    old: str
    new: str
    text: str
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True)
class KindOfEdit:
    """What edits of a kind do. `tried` edited texts, of `rows` that have words for it; `flips` of the texts get another
    answer, and `flipped` of the rows by at least one of theirs. `change` is the mean change of the probability of the
    answer given before."""

    kind: str
    rows: int
    tried: int
    flipped: int
    flips: int
    change: float


@dataclass(frozen=True)
class Robustness:
    """One-word edits of `rows` texts, drawn at random of `chosen` ones, by kind; over all kinds `tried` edited texts, `flips`
    of them with another answer, and `flipped` rows that any flips. `each` is how many words of a text were edited at most
    in a kind. `examples` are flips, the surest new answers first, of different rows where there are any.
    """

    chosen: int
    rows: int
    each: int
    tried: int
    flips: int
    flipped: int
    kinds: tuple[KindOfEdit, ...]
    examples: tuple[Flip, ...]
    seed: int


def robustness(
    classifier: Classifier,
    texts: Sequence[str],
    *,
    kinds: Sequence[str] = KINDS,
    synonyms: Synonyms | None = None,
    tries: int = TRIES,
    examples: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Robustness:
    """Edit words of each text, drawn at random, one at a time, and run what comes out.

    At most about `tries` edited texts are run: of many texts some are drawn at random, each still with a few words. A kind
    that no text has words for (near words without `synonyms`, say) has no rows. Raises AskWhyError for no texts, no kinds, a
    `tries` too small for one text, an unknown kind, and texts without any word.
    """
    if not texts:
        raise AskWhyError("There are no texts to edit; choose some rows.")
    if not kinds:
        raise AskWhyError("There is no kind of edit to try; name one or more.")
    least, most = EACH
    if tries < least * len(kinds):
        raise AskWhyError(f"A budget of {tries} tries is too small; set `tries` to {least * len(kinds)} or more.")
    generator = random.Random(seed)
    places = list(range(len(texts)))
    if len(places) * least * len(kinds) > tries:
        places = sorted(generator.sample(places, tries // (least * len(kinds))))
    each = min(most, max(least, tries // (len(places) * len(kinds))))
    made = [(place, one) for place in places for one in _drawn(texts[place], kinds, each, generator, synonyms)]
    if not made:
        raise AskWhyError("None of these texts has a word that such an edit could change.")
    edited = [changed(texts[place], [one]) for place, one in made]
    answers = classifier.probabilities([*(texts[place] for place in places), *edited], progress=progress)
    before = dict(zip(places, answers, strict=False))
    flips, changes = [], []
    for (place, _), after in zip(made, answers[len(places) :], strict=True):
        was = int(before[place].argmax())
        flips.append(int(after.argmax()) != was)
        changes.append(float(after[was] - before[place][was]))
    return Robustness(
        chosen=len(texts),
        rows=len(places),
        each=each,
        tried=len(made),
        flips=sum(flips),
        flipped=len({place for (place, _), flip in zip(made, flips, strict=True) if flip}),
        kinds=tuple(_told(kind, made, flips, changes) for kind in kinds),
        examples=tuple(_examples(classifier, texts, made, flips, before, answers[len(places) :], examples)),
        seed=seed,
    )


def _drawn(text: str, kinds: Sequence[str], each: int, generator: random.Random, synonyms: Synonyms | None) -> list[Perturbation]:
    """For each kind, one edit of each of some words."""
    words, found = parts(text, "word"), []
    for kind in kinds:
        options = [made[0] for word in words if (made := of_word(text, word, kind, generator, synonyms))]
        found += generator.sample(options, min(each, len(options)))
    return found


def _told(kind: str, made: Sequence[tuple[int, Perturbation]], flips: Sequence[bool], changes: Sequence[float]) -> KindOfEdit:
    mine = [at for at, (_, one) in enumerate(made) if one.kind == kind]
    return KindOfEdit(
        kind=kind,
        rows=len({made[at][0] for at in mine}),
        tried=len(mine),
        flipped=len({made[at][0] for at in mine if flips[at]}),
        flips=sum(flips[at] for at in mine),
        change=float(np.mean([changes[at] for at in mine])) if mine else 0.0,
    )


def _examples(
    classifier: Classifier,
    texts: Sequence[str],
    made: Sequence[tuple[int, Perturbation]],
    flips: Sequence[bool],
    before: dict[int, np.ndarray],
    answers: np.ndarray,
    most: int,
) -> list[Flip]:
    """Flips with the surest new answers, one of each row before a second one."""
    order = sorted((at for at, flip in enumerate(flips) if flip), key=lambda at: -answers[at].max())
    rows = [made[at][0] for at in order]
    order = [at for _, at in sorted(enumerate(order), key=lambda pair: rows[: pair[0]].count(rows[pair[0]]))][:most]
    found = []
    for at in order:
        place, one = made[at]
        was, now = int(before[place].argmax()), int(answers[at].argmax())
        old, new = one.words(texts[place])
        found.append(
            Flip(
                place, one.kind, old, new, changed(texts[place], [one]),
                (classifier.labels[was], float(before[place][was])), (classifier.labels[now], float(answers[at][now])),
            )
        )  # fmt: skip
    return found
