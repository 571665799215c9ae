"""edit, undo, redo, reset and edits: edits add up, are taken back and made again. On many rows an edit is a what-if."""

from __future__ import annotations

import pytest

from explainers.attribution import attribute
from explainers.edits import difference
from explainers.shifts import shifts

from assistant.conversation import LONGEST_CHAIN

TEXT = "Call me now, call!"
START = f'where text "{TEXT}" | predict'

EDITS = [
    ('edit kind=replace old="call" new="ring"', "ring me now, ring!"),
    ('edit old="me" new="us all"', "Call us all now, call!"),
    ('edit kind=remove old="now"', "Call me, call!"),
    ('edit old="me"', "Call now, call!"),
    ('edit kind=append new="Bye"', "Call me now, call! Bye"),
    ('edit new="Bye"', "Call me now, call! Bye"),
    ('edit kind=insert new="Hey" where=start', "Hey Call me now, call!"),
    ('edit kind=insert new="right" where=before:"now"', "Call me right now, call!"),
    ('edit kind=insert new="please" where=after:"me"', "Call me please now, call!"),
    ('edit kind=rewrite new="See you at home"', "See you at home"),
    ('edit kind=replace old="call" which=2 new="ring"', "Call me now, ring!"),
    ("edit kind=remove part=word which=last n=2", "Call me,!"),
    ("edit kind=keep part=word which=1 n=2", "Call me"),
    ("edit part=punctuation which=last", "Call me now, call"),
    ('edit kind=insert part=word which=2 new="up" where=before', "Call up me now, call!"),
    ('edit kind=insert which=last new="me" where=after:"call"', "Call me now, call me!"),
    ("edit kind=upper", "CALL ME NOW, CALL!"),
    ("edit kind=lower part=word which=1", "call me now, call!"),
    ('edit kind=title old="me"', "Call Me now, call!"),
    ('edit kind=swap old="me" new="now"', "Call now me, call!"),
    ("edit kind=swap part=word which=1 with=2", "me Call now, call!"),
]


@pytest.mark.parametrize(("command", "text"), EDITS, ids=[command for command, _ in EDITS])
def test_edit(talk, workspace, command, text):
    turn = talk(START, command)
    result = turn.results[0]
    assert (result.before.subject.text, result.after.subject.text) == (TEXT, text)
    before, after = workspace.classifier.probabilities([TEXT, text])
    assert list(result.before.probabilities.values()) == pytest.approx(before.tolist(), abs=1e-5)
    assert list(result.after.probabilities.values()) == pytest.approx(after.tolist(), abs=1e-5)
    assert result.changes == tuple(difference(TEXT, text))
    assert turn.conversation.focus == result.after.subject
    assert turn.conversation.focus.original == TEXT
    moved = "The answer changes from" if result.before.label != result.after.label else "The model still says"
    assert turn.reply.text.startswith(moved)


WRONG = [
    ('edit old="zebra" new="x"', "'zebra' does not occur in the text, so nothing was changed."),
    ('edit kind=insert new="x" where=before:"zebra"', "'zebra' does not occur in the text, so nothing was changed."),
    ("edit kind=remove part=number", "The text has no numbers, so nothing was changed."),
    ("edit kind=remove part=word which=9", "The text has only 4 words, so nothing was changed."),
    ("edit kind=remove part=sentence which=all", "Removing sentences would leave no text; nothing was changed."),
    ("edit kind=swap part=word", "The text has 4 words; say which two to swap, for example the first and the last."),
    ("redo", "There is no edit to make again: none was taken back since the last one."),
    ("repeat which=2", "There is nothing to choose from; name the row by its id, or the words by what they say."),
    ('edit kind=replace old="call"', "To replace, say which words to put in."),
    ('edit kind=replace new="call"', "To replace, say which words to look for."),
    ("edit kind=remove", "To remove, say which words to look for."),
    ("edit", "To insert, say which words to put in."),
    ('edit kind=rewrite new=" "', "To rewrite, say which words to put in."),
    ('edit old="now" new="now"', "The edit leaves the text as it is, so there is nothing to compare."),
    ("undo", "There is no edit to take back: the text is as it was."),
    ("reset", "There is nothing to take back: the text is as it was, and so is the model."),
]


@pytest.mark.parametrize(("command", "said"), WRONG, ids=[command for command, _ in WRONG])
def test_what_cannot_be_edited_is_told(talk, command, said):
    turn = talk(START, command)
    assert turn.failed
    assert turn.reply.text == said


def test_a_text_cannot_be_edited_away(talk):
    turn = talk('where text "hi" | predict', 'edit kind=remove old="hi"')
    assert turn.failed
    assert turn.reply.text == "Removing 'hi' would leave no text; nothing was changed."


def test_edits_add_up_and_are_taken_back_one_by_one(talk):
    edits = ['edit old="me" new="us"', 'edit kind=remove old="now"', 'edit kind=append new="Bye"']
    texts = [TEXT, "Call us now, call!", "Call us, call!", "Call us, call! Bye"]
    assert [talk(START, *edits[:count]).conversation.focus.text for count in range(4)] == texts
    for back in range(1, 4):
        turn = talk(START, *edits, *["undo"] * back)
        assert turn.conversation.focus.text == texts[3 - back]
        assert turn.results[0].edits == len(turn.conversation.focus.edits) == 3 - back
        assert turn.results[0].before.subject.text == texts[4 - back]
    assert talk(START, *edits, *["undo"] * 4).failed


def test_reset_takes_all_edits_back(talk):
    turn = talk(START, 'edit old="me" new="us"', 'edit kind=append new="Bye"', "reset")
    assert turn.conversation.focus.text == TEXT
    assert turn.conversation.focus.edits == ()
    assert turn.reply.text.startswith("Everything is as it was at first: the text and the model.")
    assert talk("undo", conversation=turn.conversation).failed


def test_undo_says_how_many_edits_stand(talk):
    edits = ['edit old="me" new="us"', 'edit kind=append new="Bye"', 'edit kind=append new="Bye"']
    assert "2 edits stand." in talk(START, *edits, "undo").reply.text
    assert "1 edit stands." in talk(START, *edits, "undo", "undo").reply.text
    assert "All edits are taken back" in talk(START, *edits, "undo", "undo", "undo").reply.text


def test_naming_the_row_again_takes_it_afresh(talk):
    edited = ["where id = 3 | predict", 'edit old="me" new="us"']
    again = talk(*edited, "where id = 3 | predict")
    assert again.conversation.focus.edits == ()
    assert again.results[0].predictions[0].correct is not None


def test_naming_the_row_again_to_go_on_editing_keeps_its_edits(talk):
    edited = ["where id = 3 | predict", 'edit old="me" new="us"']
    twice = talk(*edited, 'where id = 3 | edit kind=append new="Bye"')
    assert twice.results[0].edits == 2
    assert talk(*edited, "where id = 3 | undo").results[0].edits == 0
    assert talk(*edited, "where id = 3 | compare with=edit").results[0].kind == "edit"


def test_another_row_starts_without_edits(talk):
    turn = talk("where id = 3 | predict", 'edit old="me" new="us"', 'where id = 4 | edit kind=append new="Bye"')
    assert turn.results[0].edits == 1
    assert turn.conversation.focus.row == 4


def test_a_long_chain_of_edits_is_bounded(talk):
    edits = ['edit kind=append new="a"'] * LONGEST_CHAIN
    turn = talk(START, *edits)
    assert turn.results[0].edits == LONGEST_CHAIN
    more = talk(edits[0], conversation=turn.conversation)
    assert more.reply.text == f"{LONGEST_CHAIN} edits of this text stand already; take some back, or reset, and go on."
    assert talk(f"undo n={LONGEST_CHAIN}", conversation=turn.conversation).conversation.focus.text == TEXT
    assert talk("reset", conversation=turn.conversation).conversation.focus.text == TEXT


@pytest.mark.parametrize("back", ["undo", "reset"])
def test_where_there_is_nothing_to_take_back_what_follows_is_done_all_the_same(talk, back):
    turn = talk(START, f'{back} | edit old="me" new="us"')
    assert [result.operation for result in turn.results] == ["edit"]
    assert turn.conversation.focus.text == TEXT.replace("me", "us")
    assert talk(START, f'edit old="me" new="us" | {back}', back).failed
    assert talk(START, f'edit old="zzz" new="us" | {back}').failed


def test_several_edits_are_taken_back_and_made_again(talk):
    edits = ['edit old="me" new="us"', 'edit kind=remove old="now"', 'edit kind=append new="Bye"']
    back = talk(START, *edits, "undo n=2")
    assert back.conversation.focus.text == "Call us now, call!"
    assert (back.results[0].edits, back.results[0].undone) == (1, 2)
    assert back.reply.text.startswith("The last 2 edits are taken back; 1 edit stands.")
    assert "Redo" in back.reply.suggestions
    once = talk("redo", conversation=back.conversation)
    assert once.conversation.focus.text == "Call us, call!"
    assert once.reply.text.startswith("The edit is made again; 2 edits stand.")
    assert talk("redo n=9", conversation=back.conversation).conversation.focus.text == "Call us, call! Bye"
    assert talk("redo", "redo", "redo", conversation=back.conversation).failed
    other = talk('edit old="us" new="them"', conversation=back.conversation)
    assert talk("redo", conversation=other.conversation).failed  # a new edit leaves nothing to make again
    reset = talk("reset", conversation=once.conversation)
    assert reset.conversation.focus.text == TEXT
    assert talk("redo n=3", conversation=reset.conversation).conversation.focus.text == "Call us, call! Bye"


def test_the_chain_of_edits(talk, workspace):
    turn = talk(START, 'edit old="me" new="us"', "edit kind=upper", 'edit kind=append new="Bye"', "undo", "edits")
    result = turn.results[0]
    texts = [TEXT, "Call us now, call!", "CALL US NOW, CALL!"]
    assert [result.first.subject.text, *(answer.subject.text for _, answer in result.chain)] == texts
    assert [step for step, _ in result.chain] == ['edit old="me" new="us"', "edit kind=upper"]
    assert result.undone == ('edit kind=append new="Bye"',)
    for answer, meant in zip(
        [result.first, *(p for _, p in result.chain)], workspace.classifier.probabilities(texts), strict=True
    ):
        assert list(answer.probabilities.values()) == pytest.approx(meant.tolist(), abs=1e-5)
    assert [row[1] for row in turn.reply.blocks[0].rows] == ["", '/edit old="me" new="us"', "/edit kind=upper"]
    assert "1 edit was taken back and can be made again." in turn.reply.text
    assert talk(START, "edits").reply.text == "Your text has no edits: it is as it was."


def test_each_visitor_has_their_own_edits(talk):
    mine, yours = talk(START, 'edit old="me" new="us"'), talk(START, 'edit kind=append new="Bye"')
    assert talk("undo", conversation=mine.conversation).conversation.focus.text == TEXT
    assert yours.conversation.focus.text == f"{TEXT} Bye"


def test_an_edit_says_what_it_was_about(talk):
    turn = talk(START, 'edit kind=replace old="CALL" new="ring"')
    assert [(spot.start, spot.end, spot.text) for spot in turn.results[0].spots] == [(0, 4, "Call"), (13, 17, "call")]
    assert "That is replacing “CALL” by “ring”: “Call” and “call”." in turn.reply.text
    told = talk("detail level=expert", conversation=turn.conversation).reply.text
    assert "“Call” (characters 1 to 4) and “call” (characters 14 to 17)." in told
    inside = talk('where text "unhappy me" | edit kind=remove old="hap"')
    assert "That is removing “hap”: “hap” within “unhappy”." in inside.reply.text
    slip = talk('where text "they receive it" | edit kind=remove old="recieve"')
    assert "“receive” was taken." in slip.reply.text


def test_an_edit_says_which_words_moved(talk, workspace):
    result = talk(START, 'edit old="me" new="home tonight"').results[0]
    target = result.after.label
    maps = [attribute(workspace.classifier, text, target) for text in (TEXT, "Call home tonight now, call!")]
    for found, meant in zip(result.shifts, shifts(*maps), strict=True):
        assert found.text == meant.text
        assert (found.before is None, found.after is None) == (meant.before is None, meant.after is None)
        assert found.change == pytest.approx(meant.change, abs=1e-4)
    assert result.provenance.method == "integrated_gradients"


def test_a_text_beyond_what_the_model_reads_is_not_explained(talk):
    turn = talk(f'where text "{"call me " * 60}" | edit kind=append new="free"')
    assert turn.results[0].shifts == ()
    assert "a change further on makes no difference" in turn.reply.text
    assert turn.results[0].before.probabilities == turn.results[0].after.probabilities


WHICH = 'where text "Call 1 or 2 or 3" | edit kind=remove part=number'


def test_an_edit_that_may_mean_several_places_asks_which(talk):
    turn = talk(f"{WHICH} | predict")
    (result,) = turn.results  # nothing is predicted of a text that is not yet edited
    assert [spot.text for spot in result.spots] == ["1", "2", "3"]
    assert turn.reply.text == "There are 3 numbers in the text, and nothing was changed yet. Which one do you mean?"
    assert turn.reply.suggestions == ("The first", "The second", "The last", "All of them")
    assert turn.conversation.focus.edits == ()
    for which, text in [("1", "Call or 2 or 3"), ("2", "Call 1 or or 3"), ("last", "Call 1 or 2 or"), ("all", "Call or or")]:
        answered = talk(f"repeat which={which}", conversation=turn.conversation)
        assert answered.conversation.focus.text == text
        assert [result.operation for result in answered.results] == ["edit", "predict"]


def test_only_what_was_asked_waits_for_the_answer(talk):
    turn = talk('where text "a 1 2" | edit old="a" new="b" | edit kind=remove part=number')
    assert [type(result).__name__ for result in turn.results] == ["EditResult", "WhichResult"]
    answered = talk("repeat which=last", conversation=turn.conversation)
    assert [edit.text for edit in answered.conversation.focus.edits] == ["b 1 2", "b 1"]


def test_a_misspelt_word_is_offered_as_it_is_spelt(talk):
    turn = talk('where text "win a prize" | edit kind=replace old="prise" new="book"')
    assert not turn.failed
    assert turn.reply.text == "“prise” does not occur in the text, so nothing was changed. Did you mean “prize”?"
    assert turn.reply.suggestions == ("Replace “prize” by “book”",)
    before = talk('where text "win a prize" | edit kind=insert new="big" where=before:"prise"')
    assert before.reply.suggestions == ("Put “big” before “prize”",)
