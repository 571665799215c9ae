"""Answers made of sentences of passages, each with the passage that it stands in. Nothing is written, only chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.knowledge.cited import Answer, Cited, Quoted
from assistant.knowledge.keywords import Keywords
from assistant.knowledge.passages import Passage, sentences
from assistant.knowledge.retrieval import SHARE, Found, first, sureness

THRESHOLD = 0.34  # sureness from which there is an answer; see docs/answers.md
KEYWORD_THRESHOLD = 0.15  # the same where only keywords are at hand
PASSAGES = 3  # cited at most
NEAR = 0.88  # share of the best passage's score from which another one is cited too
MOST = 4  # sentences of an answer
LONGEST = 400  # characters of a sentence that is quoted; a longer one is cut
TITLES = 3  # named when there is no answer


def quoted_answer(question: str, ranked: Sequence[Found], embeddings: Embeddings | None) -> Answer:
    """The sentences nearest to a question: at least one of each passage that fits nearly as well as the best, in order.

    So of two documents that contradict each other both are quoted. `question` is in the language of the passages.
    """
    threshold = THRESHOLD if embeddings is not None else KEYWORD_THRESHOLD
    sure = sureness(ranked)
    if sure < threshold:
        return Answer(near=tuple(found.passage.document.title for found in first(ranked, TITLES)), score=sure)
    fitting = [found.passage for found in first(ranked, PASSAGES) if found.score >= NEAR * ranked[0].score]
    whole = fitting[0].document
    more = [found.passage for found in ranked[:PASSAGES] if found.passage.document == whole]
    chosen = [*sorted(more, key=lambda passage: passage.start), *fitting[1:]]
    held = [(passage, said) for passage in chosen for said in sentences(passage.body)]
    fits = _fits(question, [f"{passage.document.title}: {said}" for passage, said in held], embeddings)
    kept: set[int] = set()
    for passage in fitting:
        own = [place for place, (whose, _) in enumerate(held) if whose is passage]
        kept |= {max(own, key=lambda place: fits[place])} if own else set()
    for place in np.argsort(-fits):
        if len(kept) < MOST and held[place][0].document is whole:
            kept.add(int(place))
    quoted = [passage for passage in chosen if any(held[place][0] is passage for place in kept)]
    numbers = {passage: number for number, passage in enumerate(quoted, 1)}
    return Answer(
        sentences=tuple(Quoted(_short(held[place][1]), numbers[held[place][0]]) for place in sorted(kept)),
        cited=tuple(cite(passage, number) for passage, number in numbers.items()),
        score=sure,
    )


def cite(passage: Passage, number: int) -> Cited:
    document = passage.document
    return Cited(number, document.title, passage.section, passage.shown, document.source, document.kind)


def _fits(question: str, texts: Sequence[str], embeddings: Embeddings | None) -> np.ndarray:
    """(texts,) how near each is to the question."""
    keywords = Keywords(texts).scores(question)
    if embeddings is None:
        return keywords
    vectors = np.array(embeddings.embed_documents([question, *texts]))
    return SHARE * (vectors[1:] @ vectors[0]) + (1 - SHARE) * keywords


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
