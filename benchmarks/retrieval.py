"""How well questions find their passages, and whether what cannot be known is left unanswered: a part of `make bench-answers`.

The questions are written by hand (benchmarks/data/retrieval.toml). One half, by a hash of the text, sets each method's
threshold; the other half is reported.
"""

from __future__ import annotations

import hashlib
import statistics
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.knowledge.documents import articles
from assistant.knowledge.library import Library
from assistant.knowledge.passages import Passage
from assistant.knowledge.quoting import THRESHOLD
from assistant.knowledge.retrieval import SHARE, FusedRetriever, first, sureness
from assistant.resolver import Resolver
from assistant.settings import load_settings, settings_path
from assistant.showing.terminal import Progress

HERE = Path(__file__).parent
QUESTIONS = HERE / "data" / "retrieval.toml"
RESULTS = HERE / "results" / "retrieval.json"
ALLOWED = 0.05  # of the answerable questions that the threshold may leave unanswered
SHARES = tuple(sorted({0.2, 0.4, 0.6, 0.8, SHARE}))
TOP = 3


def questions() -> list[dict]:
    return tomllib.loads(QUESTIONS.read_text("utf-8"))["questions"]


def first_half(question: dict) -> bool:
    return hashlib.sha256(question["text"].encode()).digest()[0] % 2 == 0


def right(question: dict) -> Callable[[Passage], bool]:
    """Whether a passage answers a question: it is of a named article, or of a term that the article is about."""
    folder = HERE.parent / "prompts" / "knowledge" / "en"
    heads = [(folder / f"{name}.md").read_text("utf-8").split("\n")[1] for name in question["answers"] if name != "card"]
    wanted = [article for article in articles() if f"title: {article.title}" in heads]
    titles = {article.title for article in wanted}
    terms = {term for article in wanted for term in article.terms}
    card = "card" in question["answers"]
    return lambda passage: (
        passage.document.title in titles
        or (passage.document.kind == "term" and passage.document.title in terms)
        or (card and passage.document.kind == "card")
    )


def ranks(retriever: FusedRetriever, asked: list[dict]) -> list[dict]:
    """For each question whether a right passage is among the first, the best score, and the seconds."""
    found = []
    for question in asked:
        started = time.perf_counter()
        whole = retriever.rank(question["text"])
        ranked = first(whole, TOP)
        seconds = time.perf_counter() - started
        fits = right(question)
        fused = 0 < retriever.share < 1
        found.append({
            "hit": any(fits(item.passage) for item in ranked),
            "score": sureness(whole) if fused else ranked[0].score,
            "seconds": seconds,
            "half": first_half(question),
            "answerable": bool(question["answers"]),
            "group": group(question),
        })  # fmt: skip
    return found


def group(question: dict) -> str:
    if not question["answers"]:
        return "unanswerable"
    return "Korean" if question["language"] == "ko" else f"English, {question['words']} words"


def recall(found: list[dict]) -> float:
    return float(np.mean([row["hit"] for row in found if row["answerable"]]))


def threshold(found: list[dict]) -> float:
    """The highest score at which no more than the allowed share of the answerable questions goes unanswered."""
    scores = sorted(row["score"] for row in found if row["answerable"])
    return scores[int(ALLOWED * len(scores))]


def measured(found: list[dict]) -> dict:
    """The figures of a method on the second half, with the threshold of the first."""
    chosen, told = [row for row in found if row["half"]], [row for row in found if not row["half"]]
    cut = threshold(chosen)
    answerable = [row for row in told if row["answerable"]]
    unanswerable = [row for row in told if not row["answerable"]]
    groups = sorted({row["group"] for row in answerable})
    return {
        "threshold": round(cut, 3),
        "recall": recall(told),
        "by_group": {name: recall([row for row in told if row["group"] == name]) for name in groups},
        "abstains": float(np.mean([row["score"] < cut for row in unanswerable])),
        "wrongly": float(np.mean([row["score"] < cut for row in answerable])),
        "seconds": statistics.median(row["seconds"] for row in found),
        "counts": {"answerable": len(answerable), "unanswerable": len(unanswerable)}
        | {name: sum(row["group"] == name for row in told) for name in groups},
    }


def measure() -> dict:
    path = settings_path("sms")
    library = Library.of(load_settings(path), Resolver(path))
    progress = Progress()
    whole = library.retriever(progress)
    progress.clear()
    asked = questions()
    by_share = {share: ranks(whole.model_copy(update={"share": share}), asked) for share in (0.0, *SHARES, 1.0)}
    kinds = sorted({group(question) for question in asked})
    told = zip(asked, by_share[SHARE], strict=True)
    return {
        "questions": len(asked),
        "passages": len(whole.passages),
        "by_share": {str(share): recall([row for row in rows if row["half"]]) for share, rows in by_share.items()},
        "in_use": {"share": SHARE, "threshold": THRESHOLD},
        "all": {kind: sum(group(question) == kind for question in asked) for kind in kinds},
        "methods": {
            "fused": measured(by_share[SHARE]),
            "BM25 alone": measured(by_share[0.0]),
            "embeddings alone": measured(by_share[1.0]),
        },
        "misses": [question["text"] for question, row in told if row["answerable"] and not row["hit"]],
    }
