"""Passages tile their document, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.knowledge.documents import Document, articles
from assistant.knowledge.passages import LONGEST, WORDS, sentences, split

LINES = st.sampled_from(
    ["# Head", "## Part", "", "One. Two! Three?", "- item", "| a | b |", "무료 문자입니다.", "word " * 90, "#", "# #", "x" * 9000]
)
TEXTS = st.text() | st.lists(LINES | st.text(max_size=40), max_size=12).map("\n".join)


def document(text: str) -> Document:
    return Document("Title", text, "source", "own")


@given(TEXTS)
def test_passages_tile_the_document(text):
    passages = split(document(text))
    assert "".join(passage.text for passage in passages) == text
    assert all(passage.start < passage.end and passage.end - passage.start <= LONGEST for passage in passages)
    assert [passage.start for passage in passages] == [0, *(passage.end for passage in passages)][: len(passages)]


def test_passages_are_short_and_under_their_heading():
    text = "Before.\n\n## One\n\n" + "A sentence of six words here. " * 60 + "\n\n## Two\n\nThe end."
    passages = split(document(text))
    assert [passage.section for passage in passages][:2] == ["", "One"]
    assert passages[-1].section == "Two" and passages[-1].body == "The end."
    assert sum(passage.section == "One" for passage in passages) >= 3
    assert max(len(passage.text.split()) for passage in passages) <= WORDS * 1.25 + 6


def test_a_word_without_end_is_cut():
    assert len(split(document("x" * (3 * LONGEST)))) == 3


def test_sentences_are_found_without_marks_of_lists_and_headings():
    assert sentences("## Head\n\nOne is here. Two is\nthere!\n\n- three\n- **four**\n") == [
        "One is here.",
        "Two is there!",
        "three",
        "four",
    ]


def test_an_article_is_a_passage_for_each_section():
    for article in articles():
        passages = [passage for passage in split(article) if passage.body]
        assert len(passages) >= 2, article.title
        assert all(passage.section for passage in passages)


def test_a_passage_is_shown_with_its_paragraphs_on_one_line_each():
    (passage,) = split(document("One is\nhere.\n\nTwo is\nthere:\n- an item\n1. another\n| a | b |"))
    assert passage.shown == "One is here.\n\nTwo is there:\n- an item\n1. another\n| a | b |"
