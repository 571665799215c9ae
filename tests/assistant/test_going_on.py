"""What a short question means after an explanation, an edit or a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.choosing import Understood
from assistant.conversation import Conversation, Edited, Subject
from assistant.going_on import (
    a_row,
    back_to_start,
    here,
    how_many,
    how_much_of_that,
    of_methods,
    shared_words,
    the_number,
    typed_anew,
)  # fmt: skip
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language

from .strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])


@pytest.mark.parametrize(
    ("question", "last", "meant"),
    [
        ("where do the two methods disagree", "where id = 3 | attribute method=lime", "compare"),
        ("두 방법이 어디서 다른가요", "where id = 3 | attribute method=lime", "compare"),
        ("where do the two methods disagree", "where id = 3 | attribute", "where correct = false | show"),
        ("where do the two methods come from", "where id = 3 | attribute method=lime", "where correct = false | show"),
        ("where do they disagree", "where id = 3 | attribute method=lime", "where correct = false | show"),
        ("아까 설명이랑 얼마나 비슷해요?", "where id = 3 | attribute method=lime", "compare"),
        ("how similar, or the same as the previous one?", "where id = 3 | attribute method=lime", "compare"),
        ("아까 메시지랑 비슷한 거 있어요?", "where id = 3 | attribute method=lime", "where correct = false | show"),
        ("둘이 결과 비슷해?", "where id = 3 | attribute method=lime", "compare"),
    ],
)
def test_where_two_methods_differ_compares_them(question, last, meant):
    before, read = Conversation(program=LANGUAGE.read(last)), LANGUAGE.read("where correct = false | show")
    assert of_methods(question, read, before, OPERATIONS) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        ("which of these can be trusted most", "compare with=method:lime", "show n=1 by=confidence", "attribute method=best"),
        ("둘 중에 뭘 더 믿어야 하죠", "compare with=method:lime", "trust", "attribute method=best"),
        ("so which of the two should I believe", "compare with=method:lime", "attribute", "attribute method=best"),
        ("어느 쪽을 믿어요", "attribute method=lime", "where correct = true | show", "attribute method=best"),
        (
            "do LIME and SHAP agree",
            "predict",
            "compare with=method:kernel_shap",
            "attribute method=lime | compare with=method:kernel_shap",
        ),
        ("is it the same with LIME", "attribute", "compare with=method:lime", "compare with=method:lime"),
        # no explanation before, or no choice between several
        ("which rows do you trust most", "score", "show n=1 by=confidence", "show n=1 by=confidence"),
        ("can I trust it", "attribute method=lime", "trust", "trust"),
        ("which method is the most faithful", "attribute", "attribute method=best", "attribute method=best"),
    ],
)
def test_which_explanations_are_compared_and_which_to_trust(question, last, read, meant):
    before = Conversation(program=LANGUAGE.read(last))
    assert of_methods(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)


def test_a_comparison_of_classes_that_nobody_named_is_one_of_methods():
    before = Conversation(program=LANGUAGE.read("where id = 3 | attribute method=lime"))
    read = LANGUAGE.read("compare with=class:ham")
    assert of_methods("do they agree or not really", read, before, OPERATIONS) == LANGUAGE.read("compare")
    assert of_methods("do they agree with ham", read, before, OPERATIONS) == read


@pytest.mark.parametrize("read", ["where previous | compare", "where id = 3 | compare", "compare"])
def test_two_explanations_of_one_row_are_compared_whatever_they_are_taken_for(read):
    before = Conversation(program=LANGUAGE.read("where id = 3 | attribute method=lime"), focus=Subject("win", 3))
    assert of_methods("do they agree?", LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read("compare")
    other = LANGUAGE.read("where id = 4 | compare")
    assert of_methods("do they agree?", other, before, OPERATIONS) == other
    assert of_methods("and these two?", LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(read)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("걍 첨꺼로 돌려놔", "undo", "reset"),
        ("방금 거 되돌려", "undo", "undo"),
        ("back to the start", "undo | predict", "undo | predict"),
        ("Go back to my original sentence please. What is the smallest change?", "counterfactual", "reset | counterfactual"),
        ("원래대로 돌려놓고 왜 그런지 알려줘", "attribute", "reset | attribute"),
        ("how far is it back to the original", "attribute", "attribute"),
        ("Back to the start. What about 7?", "where id = 7 | predict", "where id = 7 | predict"),
    ],
)
def test_all_edits_are_taken_back(question, read, meant):
    edited = Subject("a free gift", edits=(Edited("a gift", 'edit kind=remove old="free"'),))
    assert back_to_start(question, LANGUAGE.read(read), Conversation(focus=edited), OPERATIONS) == LANGUAGE.read(meant)
    assert back_to_start(question, LANGUAGE.read(read), Conversation(), OPERATIONS) == LANGUAGE.read(read)


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        ("another film 이건요", 'edit kind=remove old="great"', 'where text "another film" | repeat',
         'where text "another film" | predict'),
        ("another film, what about this one", "where id = 3 | counterfactual to=spam", 'where text "another film" | repeat',
         'where text "another film" | predict'),
        ("another film 이건요", "where id = 3 | attribute", 'where text "another film" | repeat',
         'where text "another film" | repeat'),
        ("not bad", "predict", "decline reason=small_talk", 'where text "not bad" | predict'),
        ("고마워", "predict", "decline reason=small_talk", "decline reason=small_talk"),
        ("ok", "predict", "decline reason=small_talk", "decline reason=small_talk"),
    ],
)  # fmt: skip
def test_a_text_that_is_typed_is_classified(question, last, read, meant):
    korean = Understood("이 글은 왜 그래?", LANGUAGE.read("attribute"), Conversation())
    before = Conversation(program=LANGUAGE.read(last), understood=korean)
    assert typed_anew(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)
    if "decline" in read:
        assert typed_anew(question, LANGUAGE.read(read), replace(before, understood=None), OPERATIONS) == LANGUAGE.read(read)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("How many messages did you have to work with?", 'ask question="x"', "count"),
        ("how many of the messages are needed for training", 'ask question="x"', 'ask question="x"'),
        ("how many messages are spam", "where label = spam | count", "where label = spam | count"),
    ],
)
def test_rows_are_counted(question, read, meant):
    assert how_many(question, LANGUAGE.read(read), ("message", "messages"), OPERATIONS) == LANGUAGE.read(meant)


def test_the_row_that_is_talked_of_may_be_named():
    of_row, edited = Subject("win", 3), Subject("win", 3, edits=(Edited("lose", "edit"),))
    named, other = LANGUAGE.read("where id = 3 | similar"), LANGUAGE.read("where id = 4 | similar")
    assert here(named, Conversation(focus=of_row)) == LANGUAGE.read("similar")
    for program, focus in ((other, of_row), (named, edited), (named, Subject("win")), (named, None)):
        assert here(program, Conversation(focus=focus)) == program


def test_of_two_methods_that_were_used_one_after_the_other_both_are_compared():
    focus = Subject("win", 3)
    earlier = Conversation(program=LANGUAGE.read("where id = 3 | attribute method=lime"), focus=focus)
    read = LANGUAGE.read("attribute method=kernel_shap")
    before = Conversation(program=read, focus=focus, understood=Understood("with shap", read, earlier))
    both = LANGUAGE.read("attribute method=lime | compare with=method:kernel_shap")
    assert of_methods("do they agree?", LANGUAGE.read("compare"), before, OPERATIONS) == both
    elsewhere = replace(before, understood=Understood("with shap", read, replace(earlier, focus=Subject("other", 4))))
    assert of_methods("do they agree?", LANGUAGE.read("compare"), elsewhere, OPERATIONS) == LANGUAGE.read("compare")


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("so what's yours for spam?", "where prediction = spam | show", "score metric=precision class=spam"),
        ("이 모델은 얼마나 돼?", "likelihood", "score metric=precision"),
        ("스팸은 얼마예요", "where label = spam | repeat", "score metric=precision class=spam"),
        ("and recall?", "score metric=recall", "score metric=recall"),
        ("show me some spam", "where prediction = spam | show", "where prediction = spam | show"),
    ],
)
def test_what_was_just_explained_is_measured(question, read, meant):
    said = Understood("what is precision", LANGUAGE.read('define term="precision"'), Conversation())
    assert how_much_of_that(question, LANGUAGE.read(read), Conversation(understood=said), OPERATIONS) == LANGUAGE.read(meant)
    assert how_much_of_that(question, LANGUAGE.read(read), Conversation(), OPERATIONS) == LANGUAGE.read(read)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("pay £1.99, call 09061234567 now", 'edit kind=remove old="09061234567"'),
        ("at 10am, or call 555-0134", 'edit kind=remove old="555-0134"'),
        ("on the 14th at 10.20, call 01632 960118", 'edit kind=remove old="01632 960118"'),
        ("call 09061234567 or 09061234568", "edit kind=remove part=number"),
        ("pay 20 now", "edit kind=remove part=number"),
    ],
)
def test_a_number_to_call_is_the_long_one(text, meant):
    read, before = LANGUAGE.read("edit kind=remove part=number"), Conversation(focus=Subject(text))
    assert the_number("without the phone number?", read, before, OPERATIONS) == LANGUAGE.read(meant)
    assert the_number("without the number?", read, before, OPERATIONS) == read


def test_what_is_asked_of_the_original_takes_edits_back():
    edited = Conversation(focus=Subject("a free gift", edits=(Edited("a gift", 'edit kind=remove old="free"'),)))
    read, meant = LANGUAGE.read("counterfactual to=spam"), LANGUAGE.read("reset | counterfactual to=spam")
    assert back_to_start("처음 문장을 스팸으로 바꾸려면", read, edited, OPERATIONS) == meant
    assert back_to_start("처음 문장을 스팸으로 바꾸려면", read, Conversation(focus=Subject("a gift")), OPERATIONS) == read
    compared = LANGUAGE.read("compare with=edit")
    assert back_to_start("compare it with the original text", compared, edited, OPERATIONS) == compared


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        (
            "pick out a sentence that sounds really spammy",
            "attribute class=spam unit=sentence",
            "where prediction = spam | show n=1 by=confidence",
        ),
        ("which sentence sounds spammy", "attribute class=spam unit=sentence", "attribute class=spam unit=sentence"),
        ("pick a sentence that sounds spammy", "attribute class=spam", "attribute class=spam"),
    ],
)
def test_a_row_that_is_called_as_a_part_of_a_text_is(question, read, meant):
    assert a_row(question, LANGUAGE.read(read), ("sentence", "sentences"), OPERATIONS) == LANGUAGE.read(meant)
    message = a_row(question, LANGUAGE.read(read), ("message", "messages"), OPERATIONS)
    assert message == LANGUAGE.read(read)


def test_words_that_two_texts_share_are_those_of_what_was_compared():
    read, last = LANGUAGE.read("keywords"), LANGUAGE.read("compare with=row:501")
    compared = Conversation(program=last, focus=Subject("win", 3))
    meant = LANGUAGE.read("compare with=row:501 by=words")
    assert shared_words("which words do they share", read, compared, OPERATIONS) == meant
    assert shared_words("which words are frequent", read, compared, OPERATIONS) == read
    assert shared_words("which words do they share", read, Conversation(), OPERATIONS) == read


def test_how_many_rows_there_are_where_a_row_is_called_a_sentence():
    read, noun = LANGUAGE.read("statistics of=sentences"), ("sentence", "sentences")
    assert how_many("데이터는 몇 문장이고 긍정은 몇 개예요?", read, noun, OPERATIONS) == LANGUAGE.read("count")
    assert how_many("데이터는 몇 문장이고?", read, ("message", "messages"), OPERATIONS) == read
    assert how_many("글마다 몇 문장이에요?", read, noun, OPERATIONS) == read
