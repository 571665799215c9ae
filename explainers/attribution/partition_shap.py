"""Owen values over a hierarchy of the text's parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from explainers.attribution import masks
from explainers.attribution.masks import SAMPLES
from explainers.attribution.meter import half
from explainers.attribution.method import Scores, Task
from explainers.classifier import Classifier, Progress
from explainers.masking import MaskedRows, Segments
from explainers.units import Span

# how strongly the text is cut behind a unit: by a new line, the end of a sentence, of a clause
_ENDS = ((".!?。！？…", 2), (",;:)]}，；：、", 1))
MIDDLE = 0.25  # a cut leaves at least this share of the units on each side, or the hierarchy grows too deep


@dataclass(eq=False)
class _Part:
    """Units `first` up to `last`. `contexts` are (contexts, units) masks of what is shown beside it, `without` and `with_`
    the objective when the part is hidden and shown in each. Its Owen value is the mean difference."""

    first: int
    last: int
    contexts: np.ndarray
    without: np.ndarray
    with_: np.ndarray
    pieces: list[_Part] = field(default_factory=list)

    @property
    def value(self) -> float:
        return float((self.with_ - self.without).mean())

    @property
    def cost(self) -> int:
        """Masks that taking it apart adds."""
        return 2 * len(self.contexts) if self.last - self.first > 1 else 0


def partition_shap(
    classifier: Classifier, tasks: Sequence[Task], *, samples: int = SAMPLES, progress: Progress | None = None
) -> list[Scores]:
    """Owen values: Shapley values where parts of the text act together before their units do.

    Owen 1977; Lundberg's PartitionExplainer. The hierarchy is fixed: the text is halved again and again, at the end of a
    line, sentence or clause near the middle if there is one. Level by level each part is taken apart exactly, in every
    context, until `samples` masks are used up; then those of largest value first, and what stays whole shares its
    value equally. There is no randomness. The scores add up to the change from the text with every unit hidden.
    Own code: shap's explainer breaks ties at random, so its result depends on the batch size.
    """
    masks.positive(samples, 2)
    rows = masks.shown_rows(classifier, tasks)
    roots = _roots(classifier, tasks, rows)
    levels = {place: [root] for place, root in enumerate(roots)}
    left = [samples - 2] * len(tasks)
    round_ = 0
    while levels:
        chosen = {}
        for place, parts in levels.items():
            ranked = sorted((part for part in parts if part.cost), key=lambda part: (-abs(part.value), part.first))
            chosen[place] = []
            for part in ranked:
                if part.cost <= left[place]:
                    left[place] -= part.cost
                    chosen[place].append(part)
        _take_apart(classifier, tasks, rows, chosen, half(progress, round_))
        levels = {place: [piece for part in parts for piece in part.pieces] for place, parts in chosen.items() if parts}
        round_ += 1
    if progress:
        progress(1.0)
    return [_scores(task, root, samples - rest) for task, root, rest in zip(tasks, roots, left, strict=True)]


def _roots(classifier: Classifier, tasks: Sequence[Task], rows: MaskedRows) -> list[_Part]:
    counts = [len(task.segments) for task in tasks]
    asked = [rows.ask(task.segments, masks.ends(count)) for task, count in zip(tasks, counts, strict=True)]
    rows.run()
    made = []
    for task, count, logits in zip(tasks, counts, asked, strict=True):
        before, after = task.objective.of(classifier, logits()).double().numpy()
        made.append(_Part(0, count, np.zeros((1, count), dtype=bool), np.array([before]), np.array([after])))
    return made


def _take_apart(
    classifier: Classifier,
    tasks: Sequence[Task],
    rows: MaskedRows,
    chosen: dict[int, list[_Part]],
    progress: Progress | None,
) -> None:
    """Give each chosen part its two pieces; all that this needs of the model is run together."""
    asked = []
    for place, parts in chosen.items():
        for part in parts:
            cut = cut_of(tasks[place].segments, part.first, part.last)
            left, right = part.contexts.copy(), part.contexts.copy()
            left[:, part.first : cut] = True
            right[:, cut : part.last] = True
            asked.append((place, part, cut, left, right, rows.ask(tasks[place].segments, np.vstack([left, right]))))
    rows.run(progress)
    for place, part, cut, left, right, logits in asked:
        alone = tasks[place].objective.of(classifier, logits()).double().numpy()
        with_left, with_right = np.split(alone, 2)
        none, both = part.without, part.with_
        for first, last, other, mine, theirs in (
            (part.first, cut, right, with_left, with_right),
            (cut, part.last, left, with_right, with_left),
        ):
            contexts = np.vstack([part.contexts, other])
            part.pieces.append(_Part(first, last, contexts, np.append(none, theirs), np.append(mine, both)))


def cut_of(segments: Segments, first: int, last: int) -> int:
    """Where units `first` up to `last` are cut in two: behind the strongest end near the middle, else in the middle."""
    middle, margin = (first + last) / 2, max(1, round(MIDDLE * (last - first)))
    places = range(first + margin, last - margin + 1)
    return min(places, key=lambda place: (-_strength(segments, place), abs(place - middle), place))


def _strength(segments: Segments, place: int) -> int:
    before, after = segments.spans[place - 1], segments.spans[place]
    text = segments.encoding.text
    if "\n" in Span(before.end, after.start).of(text):
        return 3
    end = before.of(text)[-1:]
    return next((strength for ends, strength in _ENDS if end and end in ends), 0)


def _scores(task: Task, root: _Part, passes: int) -> Scores:
    scores = np.zeros(len(task.segments))
    whole, parts = 0, [root]
    while parts:
        part = parts.pop()
        parts += part.pieces
        if not part.pieces:
            scores[part.first : part.last] = part.value / (part.last - part.first)
            whole = max(whole, part.last - part.first)
    return Scores(
        tokens=masks.spread(scores, task),
        passes=passes - 1,
        baseline=float(root.without[0]),
        gap=0.0,
        converged=True,
        parameters={"masks": passes, "exact": whole == 1, "largest_part": whole},
    )
