"""Rows and words that are pointed at by their place in a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.conversation import Conversation, Edited, Subject
from assistant.operations.count import CountResult
from assistant.operations.show import ShowResult
from assistant.pointing import listed, pointed
from assistant.results import Selected

ROWS = tuple(Subject(f"text {row}", row) for row in (68, 222, 445))


SHOWN = Conversation(answered=(ShowResult(subjects=ROWS, columns=({},) * 3, rows=16),))


NOUN = ("message", "messages")


POINTED = [
    ("why is the second one spam", "why is message 222 spam"),
    ("Explain the first", "Explain message 68"),
    ("why did you call the second one that?", "why did you call message 222 that?"),
    ("what is the first one about", "what is message 68 about"),
    ("the first one that mentions cash", "the first one that mentions cash"),
    ("and the third?", "and message 445?"),
    ("take the first: which words fooled it", "take message 68: which words fooled it"),
    ("the second, why", "message 222, why"),
    ("첫 번째: 왜", "68번 메시지: 왜"),
    ("what would make the last one ham?", "what would make message 445 ham?"),
    ("the 2nd message, why", "message 222, why"),
    ("only the first one of them", "only message 68"),
    ("compare the first one with 9", "compare message 68 with 9"),
    ("explain the first one with occlusion", "explain message 68 with occlusion"),
    ("compare the first one with the last one", "compare message 68 with message 445"),
    ("첫 번째랑 두 번째 비교해줘", "68번 메시지랑 두 번째 비교해줘"),
    ("첫 번째 거랑 두 번째 거 비교해줘", "68번 메시지랑 222번 메시지 비교해줘"),
    ("두 번째 거는 왜 스팸이야", "222번 메시지는 왜 스팸이야"),
    ("첫번째는?", "68번 메시지는?"),
    ("왜 그렇게 판단했는지 첫 번째 거만 설명해줘", "왜 그렇게 판단했는지 68번 메시지만 설명해줘"),
    ("마지막 메시지 설명해줘", "445번 메시지 설명해줘"),
    ("세 번째 걸 어떻게 바꾸면 햄이 돼?", "445번 메시지 어떻게 바꾸면 햄이 돼?"),
]


LEFT = [
    "why is it spam",
    "remove the second word",
    "drop the first sentence of it",
    "show me the first one of all messages",
    "the first message that contains free",
    "the fourth one",
    'one last one, "see you at eight" is that spam',
    "the first one with the word free",
    "add free at the end",
    "first of all, how good are you",
    "which one comes first?",
    "두 번째 단어를 빼면?",
    "마지막에 free를 붙여줘",
    "열세 번째 거",
    "다시 처음부터",
    "네 번째 거",
    "/where id = 3 | show",
]


@pytest.mark.parametrize(("said", "meant"), POINTED, ids=[said for said, _ in POINTED])
def test_a_row_is_pointed_at_by_its_place(said, meant):
    assert pointed(said, SHOWN, NOUN) == meant


@pytest.mark.parametrize("said", LEFT)
def test_what_points_at_no_row_is_left_as_it_is(said):
    assert pointed(said, SHOWN, NOUN) == said


def test_where_nothing_is_listed_nothing_is_pointed_at():
    typed = Conversation(answered=(ShowResult(subjects=(Subject("a"), Subject("b")), columns=({},) * 2, rows=2),))
    for conversation in (Conversation(), typed):
        assert pointed("why is the first one spam", conversation, NOUN) == "why is the first one spam"
    assert listed(typed) == ()


def test_of_rows_that_were_counted_the_first_that_was_shown_is_meant():
    counted = CountResult(rows=3, total=9, share=1 / 3, labels={}, unlabelled=0, selected=Selected(3, "label = spam", 9))
    after = Conversation(focus=ROWS[0], answered=(counted,))
    assert pointed("why the first one", after, NOUN) == "why message 68"
    assert pointed("why the last one", after, NOUN) == "why the last one"
    again = replace(after, among=ROWS)  # the list was shown before its rows were counted
    assert pointed("세 번째 문장은 왜 틀렸어", again, ("sentence", "sentences")) == "445번 글은 왜 틀렸어"
    edited = Conversation(focus=ROWS[0].edited(Edited("other", "edit")), answered=(counted,))
    assert pointed("why the first one", edited, NOUN) == "why the first one"


def test_a_list_is_pointed_at_while_one_of_its_rows_is_asked_about(talk):
    shown = talk("where label = spam | show n=3")
    second = shown.conversation.among[1].row
    for asked in (f"where id = {second} | attribute", "likelihood", 'edit kind=append new="now"', "score"):
        after = talk("where label = spam | show n=3", asked).conversation
        assert after.among == shown.conversation.among
        assert pointed("and the second one?", after, NOUN) == f"and message {second}?"
    for asked in ('where text "free now" | predict', "where id = 2 | predict", "where label = ham | show n=2"):
        assert talk("where label = spam | show n=3", asked).conversation.among != shown.conversation.among
    other = talk("where label = spam | show n=3", "where label = ham | show n=2").conversation
    assert [row.label for row in other.among] == ["ham", "ham"]


@pytest.mark.parametrize(
    ("word", "said", "meant"),
    [
        ("free", "what if that word was gone", 'what if "free" was gone'),
        ("free", "그 단어 빼면 어떻게 돼?", '"free" 빼면 어떻게 돼?'),
        ("81010", "without that number?", 'without "81010"?'),
        ("free", "without that number?", "without that number?"),
        ("free", "remove the word call", "remove the word call"),
        ("heart", "replace the most important one with 'dull'", "replace \"heart\" with 'dull'"),
        ("heart", "가장 중요한 단어를 빼면?", '"heart"를 빼면?'),
        ("heart", "제일 영향 큰 단어 빼면 어떻게 돼?", '"heart" 빼면 어떻게 돼?'),
        ("heart", "which is the most important one", "which is the most important one"),
        ("", "what if that word was gone", "what if that word was gone"),
        ('say"', "what if that word was gone", "what if that word was gone"),
        ("free,call", "hm the second word on that list, what if you took it out", 'hm "call", what if you took it out'),
        ("free,call,now", "drop the third strongest word", 'drop "now"'),
        ("free,call", "which is the second most important word", "which is the second most important word"),
        ("free,call", "drop the third strongest word", "drop the third strongest word"),
        ("free,call", "drop the second word", "drop the second word"),  # the text's
        ("free,call,now", "그 목록의 두 번째 단어를 빼면?", '"call"를 빼면?'),
        ("free,call,now", "세 번째로 중요한 단어 지워줘", '"now" 지워줘'),
        ("free,call,now,4", "would it flip if I removed those words", 'would it flip if I removed "free" and "call" and "now"'),
        ("free", "그 단어들 빼면", '"free" 빼면'),
        ("free,call", "are those words common", "are those words common"),
    ],
)
def test_that_word_is_the_one_that_was_just_named(word, said, meant):
    assert pointed(said, Conversation(named=tuple(filter(None, word.split(",")))), NOUN) == meant


def test_an_explanation_names_its_strongest_word(talk):
    result = talk("where id = 3 | attribute").results[0]
    strongest = max(result.explained[0].explanation.pieces, key=lambda piece: abs(piece.score))
    assert result.named[0] == strongest.text and len(result.named) > 1
    assert talk("where id = 3 | attribute top=1").results[0].named == (strongest.text,)
    assert talk("where id = 3 | attribute unit=token").results[0].named == ()


def test_a_noun_that_is_also_a_part_of_a_text_is_none_of_a_row():
    assert pointed("drop the second sentence", SHOWN, ("sentence", "sentences")) == "drop the second sentence"
    assert pointed("why the second one", SHOWN, ("sentence", "sentences")) == "why sentence 222"
    assert pointed("두 번째 문장 빼줘", SHOWN, ("sentence", "sentences")) == "두 번째 문장 빼줘"
    assert pointed("두 번째는 왜 그래", SHOWN, ("sentence", "sentences")) == "222번 글는 왜 그래"
    one = Conversation(answered=(ShowResult(subjects=ROWS[:1], columns=({},), rows=1),))
    assert pointed("what does the first sentence do", one, ("sentence", "sentences")) == "what does the first sentence do"


def test_where_several_rows_are_listed_such_a_noun_is_a_row_unless_the_text_is_changed():
    assert pointed("explain the third sentence", SHOWN, ("sentence", "sentences")) == "explain sentence 445"
    assert pointed("세 번째 문장 설명해줘", SHOWN, ("sentence", "sentences")) == "445번 글 설명해줘"
    assert pointed("without the third sentence?", SHOWN, ("sentence", "sentences")) == "without the third sentence?"


def test_that_word_stays_while_the_text_stays_in_focus(talk):
    strongest = talk("where id = 3 | attribute").results[0].named
    after = talk("where id = 3 | attribute", "likelihood")
    assert after.results[0].named == () and after.conversation.named == strongest
    edited = talk("where id = 3 | attribute", f'edit kind=remove old="{strongest[0]}"', "where label = ham | count")
    assert edited.conversation.named == strongest
    assert talk("where id = 3 | attribute", "where id = 2 | likelihood").conversation.named == ()
