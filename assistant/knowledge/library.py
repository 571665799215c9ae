"""Everything that answers can be taken from, for one workspace: read and indexed when first asked, refreshed when it changes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from langchain_core.embeddings import Embeddings

from explainers.errors import AskWhyError

from assistant.knowledge.cited import Answer, Cited, Quoted
from assistant.knowledge.documents import Document, about, articles, cards, glossary_documents, own_files, read_own
from assistant.knowledge.embeddings import Encoder, KeptEmbeddings, encoder_in
from assistant.knowledge.korean_terms import in_english
from assistant.knowledge.passages import sentences, split
from assistant.knowledge.quoting import cite, quoted_answer
from assistant.knowledge.retrieval import FusedRetriever, vector_store
from assistant.resolver import Resolver
from assistant.settings import ENCODER, Settings
from assistant.workspace import Report

MOST_PASSAGES = 5000  # of the person's own documents


class Library:
    """The documents of a workspace. Without the encoder on this machine, only keywords are looked for."""

    def __init__(self, own: Sequence[Path] = (), models: Sequence[tuple[str, Path]] = (), encoder: Path | None = None) -> None:
        self._own, self._models, self._encoder = tuple(own), tuple(models), encoder
        self._lock = threading.Lock()
        self._stamp: object = None
        self._names: frozenset[str] = frozenset()
        self._embeddings: Embeddings | None = None
        self._kept: KeptEmbeddings | None = None
        self._retriever: FusedRetriever | None = None
        self.notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings, resolver: Resolver) -> Library:
        """The library of a settings file."""
        folders = []
        for model in settings.models:
            named = [] if model.path.startswith("asset:") else [resolver.path(model.path)]
            adapter = [] if model.adapter is None else [resolver.folder / model.adapter]
            folders += [(model.name or "the model", Path(place)) for place in (*adapter, *named)]
        speaker = settings.language_model
        if speaker.adapter is not None and speaker.endpoint is None:
            folders.append(("the language model", resolver.folder / speaker.adapter))
        own = [resolver.folder / Path(named).expanduser() for named in settings.documents]
        try:
            encoder = resolver.assets.path(ENCODER)
        except AskWhyError:
            encoder = None
        return cls(own, folders, encoder)

    @cached_property
    def encoder(self) -> Encoder | None:
        """What makes sentence embeddings; None where it is not on this machine."""
        return None if self._encoder is None else encoder_in(self._encoder)

    @property
    def by_keywords_only(self) -> bool:
        return self._encoder is None

    def retriever(self, report: Report = lambda stage, share: None) -> FusedRetriever:
        """The retriever over the documents as they are now; what is new or has changed is read and embedded."""
        with self._lock:
            stamp = self._stamp_now()
            if self._retriever is None or stamp != self._stamp:
                self._retriever = self._built(report)
                self._stamp = stamp
            return self._retriever

    def answer(self, question: str, report: Report = lambda stage, share: None) -> Answer:
        """What the documents say to a question, in sentences of theirs."""
        retriever = self.retriever(report)
        return quoted_answer(in_english(question), retriever.rank(question), self._embeddings)

    def _stamp_now(self) -> object:
        stamps = []
        for path in own_files([place for place in self._own if place.exists()]):
            try:
                found = path.stat()
            except OSError:  # deleted this moment
                continue
            stamps.append((str(path), found.st_mtime_ns, found.st_size))
        return tuple(stamps)

    def _built(self, report: Report) -> FusedRetriever:
        report("documents", 0.0)
        there = [place for place in self._own if place.exists()]
        reading = read_own(there, report)
        names = frozenset(document.source for document in reading.documents)
        gone = sorted(Path(name).name for name in self._names - names)
        notices = [f"There are no documents at {place} any more." for place in self._own if not place.exists()]
        notices += [*reading.notices, *(f"{name} is gone since it was read, and is not cited any more." for name in gone)]
        own = [passage for document in reading.documents for passage in split(document)]
        if len(own) > MOST_PASSAGES:
            own = own[:MOST_PASSAGES]
            notices.append(f"Your documents are long: only the first {MOST_PASSAGES:,} passages of them are searched.")
        known: list[Document] = [*articles(), *glossary_documents(), *cards(self._models)]
        passages = [passage for document in known for passage in split(document)] + own
        passages = tuple(passage for passage in passages if passage.body)
        store = None if self._encoder is None else vector_store(passages, self._embedded(report))
        self.notices, self._names = tuple(notices), names
        return FusedRetriever(passages=passages, store=store, read=in_english)

    def _embedded(self, report: Report) -> Embeddings:
        if self._kept is None:
            self._embeddings, self._kept = self.encoder, KeptEmbeddings(self.encoder, self.encoder.name)
        self._kept.progress = lambda share: report("documents", share)
        return self._kept


def article_about(term: str) -> tuple[tuple[Cited, ...], Quoted | None]:
    """The sections of the article about a term of the glossary, and the sentence that says what to beware of."""
    document = about(term)
    if document is None:
        return (), None
    passages = [passage for passage in split(document) if passage.body]
    last = passages[-1]
    return tuple(cite(passage, number) for number, passage in enumerate(passages, 1)), Quoted(
        sentences(last.body)[0], len(passages)
    )
