"""The benchmark of retrieval: its questions name articles that exist, and the page tells the figures that were measured."""

from __future__ import annotations

import json
from collections import Counter

from assistant.knowledge.documents import articles, glossary_documents
from assistant.knowledge.korean_terms import in_english
from assistant.knowledge.passages import split
from assistant.knowledge.retrieval import SHARE, FusedRetriever
from benchmarks import answers, retrieval


def test_there_are_enough_questions_of_each_kind():
    asked = retrieval.questions()
    counts = Counter(retrieval.group(question) for question in asked)
    assert len(asked) >= 210 and len({question["text"] for question in asked}) == len(asked)
    assert counts["unanswerable"] >= 0.18 * len(asked)
    assert sum(question["language"] == "ko" for question in asked) >= 0.23 * len(asked)
    assert counts["English, other words"] + counts["Korean"] >= len(asked) * 0.45
    assert abs(sum(map(retrieval.first_half, asked)) / len(asked) - 0.5) < 0.1


def test_every_question_names_articles_that_exist():
    passages = [passage for article in articles() for passage in split(article)]
    for question in retrieval.questions():
        if question["answers"] and question["answers"] != ["card"]:
            assert any(map(retrieval.right(question), passages)), question


def test_by_keywords_alone_the_figures_are_about_those_on_the_page():
    known = (*articles(), *glossary_documents())
    passages = tuple(passage for document in known for passage in split(document) if passage.body)
    found = retrieval.ranks(FusedRetriever(passages=passages, read=in_english), retrieval.questions())
    told = retrieval.measured(found)
    assert told["recall"] > 0.8 and told["wrongly"] < 0.2
    assert set(told["by_group"]) == {"English, other words", "English, same words", "Korean"}


def test_the_page_tells_the_figures_and_they_are_of_what_is_in_use():
    results = json.loads(retrieval.RESULTS.read_text("utf-8"))
    assert answers.PAGE.read_text("utf-8") == answers.page()
    assert results["in_use"] == {"share": SHARE, "threshold": retrieval.THRESHOLD}
    assert results["questions"] == len(retrieval.questions())
    fused = results["methods"]["fused"]
    assert fused["recall"] >= 0.95 and fused["abstains"] >= 0.9 and fused["wrongly"] <= 0.05
