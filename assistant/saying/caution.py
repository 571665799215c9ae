"""Brakes on over-reliance: what to beware of in an answer, told when it matters and once in a conversation.

People agree more with a wrong model when it explains itself fluently. So an answer also says how often the model is right
when it is so sure, where it was wrong nearby, and what an explanation does not show. Nothing is computed for that which
takes long: rows are looked at where their predictions or embeddings are at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np

from explainers.attribution import attribute
from explainers.errors import AskWhyError
from explainers.explanation import Explanation

from assistant.context import Context
from assistant.conversation import Subject
from assistant.finding.judged import judged
from assistant.finding.vicinity import known_words, vicinity
from assistant.operations.attribute import AttributeResult
from assistant.operations.counterfactual import CounterfactualResult
from assistant.operations.important import ImportantResult
from assistant.operations.keywords import KeywordsResult
from assistant.operations.likelihood import LikelihoodResult
from assistant.operations.mistakes import MistakesResult
from assistant.operations.predict import PredictResult
from assistant.operations.rationalize import RationalizeResult
from assistant.operations.similar import SimilarResult
from assistant.results import Caution, Prediction, Result, Selected
from assistant.saying.reliability import LEAST, reliability

MOST = 2  # told at once, the most serious first
BANDS = (0.6, 0.8, 0.95)  # how sure the model is about a text; the frequency is told once for each
FARTHEST = 0.02  # a text is unlike the data when so few rows are as far from their nearest one
UNKNOWN = 0.5  # a text is unlike the data when so many of its words do not occur there
FEW_WORDS = 3  # texts of fewer are not judged by their words
SLACK = 0.03  # a confidence that is off by less is not called too sure
OFTEN = 3.0  # the model errs often nearby: so many times as often as on all
STRONGEST = 3  # words that two methods are compared by
LEAST_WORDS = 6  # of a text in which that tells something
SECONDS = 0.1  # that a second method may take


def cautions(result: Result, context: Context) -> tuple[Caution, ...]:
    """What to beware of in a result, the most serious first, without what this conversation was told before."""
    told = set(context.conversation.warned)
    found = []
    for look in LOOKS:
        with suppress(AskWhyError):  # a remark is never the reason why an answer fails
            for caution in look(result, context):
                if caution.key not in told:
                    told.add(caution.key)
                    found.append(caution)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def answered(result: Result) -> Prediction | None:
    """The one answer of the model that a result is about."""
    match result:
        case PredictResult() | LikelihoodResult() if result.rows == 1:
            return result.predictions[0]
        case AttributeResult() if len(result.explained) == 1:
            return result.explained[0].prediction
        case RationalizeResult() | CounterfactualResult():
            return result.prediction
    return None


def _unlike(result: Result, context: Context) -> Iterator[Caution]:
    """A text that was typed or edited and lies far from the data: what was learned there need not hold for it."""
    prediction = answered(result)
    if prediction is None or not (prediction.subject.typed or prediction.subject.edits):
        return
    subject, about = prediction.subject, _called(prediction.subject)
    near = vicinity(context.workspace, subject)
    if near is not None and near.nearer_than <= FARTHEST:
        yield Caution("far", about, {"similarity": near.similarity, "farther_than": 1 - near.nearer_than})
    else:
        known, words = known_words(context.workspace, subject.text)
        if words >= FEW_WORDS and words - known >= UNKNOWN * words:
            yield Caution("unknown_words", about, {"unknown": words - known, "words": words})


def _wrong_nearby(result: Result, context: Context) -> Iterator[Caution]:
    """The model was wrong on several of the rows that it represents most alike, or on one where it seldom is."""
    if isinstance(result, SimilarResult):
        known = [one.prediction.correct for one in result.near if one.prediction.correct is not None]
        wrong, rows, subject = known.count(False), len(known), result.prediction.subject
    else:
        prediction = answered(result)
        near = None if prediction is None or not context.workspace.predicted else vicinity(context.workspace, prediction.subject)
        if near is None or not context.workspace.dataset.labels:
            return
        chosen = Selected(rows=len(near.rows), condition="", total=len(context.workspace.dataset))
        nearest = Context(context.workspace, context.conversation, np.array(near.rows), (), chosen, context.report)
        found = judged(nearest)
        wrong, rows, subject = int(found.wrong.sum()), len(found), prediction.subject
    overall = reliability(context.workspace)
    if rows and overall is not None and wrong / rows >= OFTEN * overall.error and wrong:
        yield Caution("wrong_nearby", _called(subject), {"wrong": wrong, "rows": rows})


def _disagreement(result: Result, context: Context) -> Iterator[Caution]:
    """Another method points at other words: the last answer's, or leaving one word out at a time where that is quick."""
    if not isinstance(result, AttributeResult) or len(result.explained) != 1:
        return
    explained = result.explained[0]
    explanation = explained.explanation
    if len(explanation.pieces) < LEAST_WORDS or explanation.layers or explanation.unit != "word" or explained.best is not None:
        return
    other = _by_last_answer(explanation, context) or _by_leaving_out(explanation, explained.prediction.subject, context)
    if other is None:
        return
    ours, theirs = explanation.top(STRONGEST), other.top(STRONGEST)
    shared = len({piece.start for piece in ours} & {piece.start for piece in theirs})
    if shared < len(ours) / 2:
        facts = {"method": other.method, "strongest": [piece.text for piece in theirs], "shared": shared, "of": len(ours)}
        yield Caution("disagreement", _called(explained.prediction.subject), facts)


def _by_last_answer(explanation: Explanation, context: Context) -> Explanation | None:
    def question(one: Explanation) -> tuple:
        return one.text, one.target, one.unit, one.against, one.model

    for earlier in context.conversation.answered:
        if isinstance(earlier, AttributeResult):
            other = earlier.explained[0].explanation
            if question(other) == question(explanation) and other.method != explanation.method:
                return other
    return None


def _by_leaving_out(explanation: Explanation, subject: Subject, context: Context) -> Explanation | None:
    passes = len(explanation.pieces) + 1
    quick = explanation.passes and explanation.seconds / explanation.passes * passes < SECONDS
    if not quick or explanation.method == "occlusion" or explanation.windows > 1 or explanation.truncated:
        return None
    return attribute(
        context.workspace.classifier, explanation.text, explanation.target, method="occlusion", unit="word",
        against=explanation.against, cache=subject.row is not None and not subject.edits,
    )  # fmt: skip


def _how_often_right(result: Result, context: Context) -> Iterator[Caution]:
    """What a confidence means: how often the model is right when it is about so sure."""
    prediction = answered(result)
    counted = None if prediction is None else reliability(context.workspace)
    if counted is None:
        return
    own = context.workspace.dataset.place(prediction.subject.row) if prediction.subject.row is not None else None
    right, rows = counted.near(prediction.confidence, without=own)
    if rows < LEAST:
        return
    band = sum(prediction.confidence > edge for edge in BANDS)
    noise = 2 * (prediction.confidence * (1 - prediction.confidence) / rows) ** 0.5  # two standard errors
    too_sure = prediction.confidence - right / rows > max(noise, SLACK)
    facts = {"right": right, "rows": rows, "held_out": counted.held_out, "too_sure": too_sure}
    yield Caution("how_often_right", str(band), facts)


def _no_cause(result: Result, context: Context) -> Iterator[Caution]:
    """What goes together with an answer need not be its reason in the world."""
    match result:
        case AttributeResult() | RationalizeResult() | ImportantResult():
            yield Caution("no_cause", facts={"shown": "weights"})
        case KeywordsResult(order="distinctive") if result.words:
            yield Caution("no_cause", facts={"shown": "words"})
        case MistakesResult() if result.rules is not None and result.rules.rules:
            yield Caution("no_cause", facts={"shown": "patterns"})


LOOKS: tuple[Callable[[Result, Context], Iterator[Caution]], ...] = (
    _unlike,
    _wrong_nearby,
    _disagreement,
    _how_often_right,
    _no_cause,
)


def _called(subject: Subject) -> str:
    """A text's short name, so that the same is not said of it twice."""
    if subject.row is not None and not subject.edits:
        return str(subject.row)
    return hashlib.sha256(subject.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
