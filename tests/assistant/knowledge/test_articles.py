"""The articles hold together: length, source, terms, and sections that say what not to believe."""

from __future__ import annotations

import re

from explainers.attribution import METHODS

from assistant.knowledge.documents import about, articles, glossary_documents
from assistant.knowledge.glossary import find_term, terms
from assistant.knowledge.korean_terms import in_english
from assistant.knowledge.library import article_about


def test_there_are_enough_articles_and_each_is_short_with_a_source():
    assert len(articles()) >= 64
    for article in articles():
        assert 120 <= len(article.text.split()) <= 250, article.title
        assert re.search(r"\b(19|20)\d\d\b", article.source), article.title
        assert article.asked, article.title


def test_articles_are_about_terms_of_the_glossary_and_have_titles_of_their_own():
    known = {term.name for term in terms()}
    for article in articles():
        assert set(article.terms) <= known, (article.title, set(article.terms) - known)
    assert len({article.title for article in articles()}) == len(articles())
    assert len(glossary_documents()) == len(terms())


def test_every_attribution_method_has_an_article_of_its_own():
    for method in METHODS:
        term, _ = find_term(method)
        assert term is not None, method
        assert about(term.name) is not None, method


def test_the_article_of_a_term_is_cited_by_section_with_what_to_beware_of():
    cited, beware = article_about("integrated gradients")
    assert [item.number for item in cited] == [1, 2, 3]
    assert {item.title for item in cited} == {"Integrated gradients"}
    assert beware.number == 3 and beware.text in " ".join(cited[2].text.split())
    assert article_about("no such term") == ((), None)


def test_korean_questions_become_the_english_words_that_are_known():
    assert in_english("통합 그래디언트는 믿어도 돼?") == "integrated gradients trust"
    assert in_english("LIME의 적합도는?") == "LIME fit"
    assert in_english("뭐라고요") == ""
    assert in_english("What is LIME?") == "What is LIME?"
