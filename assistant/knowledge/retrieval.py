"""Finding passages: embeddings and keywords fused into one score, as a LangChain retriever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Held
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import InMemoryVectorStore, VectorStore
from pydantic import ConfigDict, PrivateAttr

from assistant.knowledge.documents import Document
from assistant.knowledge.keywords import Keywords
from assistant.knowledge.passages import Passage

SHARE = 0.4  # of the similarity in the fused score; the rest is the keywords'
SURE_SHARE = 0.75  # the same in how sure it is that there is an answer at all
NEAREST = 3  # passages whose similarity tells that: what documents can answer is seldom near to one passage only


@dataclass(frozen=True)
class Found:
    """A passage and how well it fits: the cosine of the embeddings, the share of the question's keywords, both fused."""

    passage: Passage
    score: float
    similarity: float
    keywords: float


def vector_store(passages: Sequence[Passage], embeddings: Embeddings) -> VectorStore:
    """Passages, and the questions that lead to them, in memory, each with the `place` of its passage; their vectors come
    from `embeddings`, which keeps them on disk."""
    store = InMemoryVectorStore(embeddings)
    views = [(place, text) for place, passage in enumerate(passages) for text in (passage.searched, *passage.asked)]
    metadatas = [_metadata(passages[place]) | {"place": place} for place, _ in views]
    store.add_texts([text for _, text in views], metadatas=metadatas, ids=[str(number) for number in range(len(views))])
    return store


def _metadata(passage: Passage) -> dict[str, str | int]:
    return {"title": passage.document.title, "section": passage.section, "source": passage.document.source}


def sureness(ranked: Sequence[Found]) -> float:
    """How sure it is that passages answer the question, which their own scores tell less well: from the mean of the greatest
    similarities and the greatest share of keywords; the latter alone where there are no similarities."""
    if not ranked:
        return 0.0
    keywords = max(found.keywords for found in ranked)
    similar = sorted((found.similarity for found in ranked), reverse=True)[:NEAREST]
    return SURE_SHARE * sum(similar) / len(similar) + (1 - SURE_SHARE) * keywords if any(similar) else keywords


def first(ranked: Sequence[Found], count: int) -> list[Found]:
    """The best passages, one of each document, so that a long one does not crowd out the others."""
    best: dict[Document, Found] = {}
    for found in ranked:
        best.setdefault(found.passage.document, found)
        if len(best) == count:
            break
    return list(best.values())


class FusedRetriever(BaseRetriever):
    """The passages nearest to a question. Without a `store` only keywords are looked at."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    passages: tuple[Passage, ...]
    store: VectorStore | None = None
    share: float = SHARE
    k: int = 3
    read: Callable[[str], str] = str  # a question as it is looked for: in the language of the passages
    _keywords: Keywords = PrivateAttr()
    _views: int = PrivateAttr()

    def model_post_init(self, context: object) -> None:
        self._keywords = Keywords([" ".join((passage.searched, *passage.asked)) for passage in self.passages])
        self._views = len(self.passages) + sum(len(passage.asked) for passage in self.passages)

    def rank(self, question: str) -> list[Found]:
        """Every passage, best first."""
        if not self.passages:
            return []
        question = self.read(question)
        keywords = self._keywords.scores(question)
        similar = np.zeros(len(self.passages))
        if self.store is not None:
            for held, score in self.store.similarity_search_with_score(question, k=self._views):
                place = held.metadata["place"]
                similar[place] = max(similar[place], score)
        share = self.share if self.store is not None else 0.0
        fused = share * similar + (1 - share) * keywords
        order = np.argsort(-fused, kind="stable")
        return [Found(self.passages[row], float(fused[row]), float(similar[row]), float(keywords[row])) for row in order]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Held]:
        return [
            Held(page_content=found.passage.text, metadata=_metadata(found.passage) | {"score": found.score})
            for found in first(self.rank(query), self.k)
        ]
