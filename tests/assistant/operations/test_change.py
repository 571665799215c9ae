"""edit, undo and reset: edits add up, and are taken back one by one or all at once."""

from __future__ import annotations

import pytest

from explainers.edits import difference

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
    turn = talk(START, *['edit kind=append new="a"'] * (LONGEST_CHAIN + 2))
    assert turn.results[0].edits == LONGEST_CHAIN
    assert turn.conversation.focus.text == TEXT + " a" * (LONGEST_CHAIN + 2)
    assert talk("reset", conversation=turn.conversation).conversation.focus.text == TEXT
