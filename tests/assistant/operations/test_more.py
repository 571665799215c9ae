"""more: the next part of what was shown, to the end and past it."""

from __future__ import annotations

import pytest


def rows_of(turn) -> list[int]:
    return [subject.row for subject in turn.results[0].subjects]


def test_show_goes_on_to_the_end_and_past_it(talk):
    commands, seen = ["where label = spam | show n=6"], []
    for said in ("here are the first 6.", "here are 7 to 12.", "here are 13 to 14."):
        turn = talk(*commands)
        assert turn.reply.text == f"There are 14 messages labelled spam; {said}"
        seen += rows_of(turn)
        commands.append("more")
    assert seen == rows_of(talk("where label = spam | show n=14"))
    for _ in range(2):
        turn = talk(*commands)
        assert rows_of(turn) == []
        assert turn.reply.text == "There are no more messages labelled spam."
        assert turn.reply.blocks == ()
        commands.append("more")


def test_of_one_row_there_is_no_more(talk):
    assert talk("where id = 3 | show", "more").reply.text == "There are no more messages with id 3."


def test_the_last_answer_is_gone_on_with(talk):
    turn = talk("show n=3", "where label = spam | keywords n=2", "more")
    assert (turn.results[0].operation, turn.results[0].start) == ("keywords", 2)


def test_a_new_question_begins_anew(talk):
    assert rows_of(talk("show n=3", "more", "show n=3")) == [0, 1, 2]
    assert rows_of(talk("show n=3", "more", "where label = spam | show n=3", "more")) == [9, 12, 15]


def test_repeat_begins_anew_and_more_goes_on_from_there(talk):
    assert rows_of(talk("show n=3", "repeat n=4")) == [0, 1, 2, 3]
    assert rows_of(talk("show n=3", "repeat n=4", "more")) == [4, 5, 6, 7]


def test_what_was_not_asked_again_does_not_lose_the_place(talk):
    assert rows_of(talk("show n=3", "more", 'define term="recall"', "more")) == [6, 7, 8]


def test_only_the_steps_that_have_more_are_run_again(talk):
    turn = talk("where label = spam | count | show n=3", "more")
    assert [result.operation for result in turn.results] == ["show"]
    assert rows_of(turn) == [9, 12, 15]


def test_similar_rows_go_on_without_a_gap_or_a_repetition(talk):
    def near(*commands):
        return [item.prediction.subject.row for item in talk(*commands).results[0].near]

    every = near("where id = 3 | similar n=9")
    assert near("where id = 3 | similar n=3", "more") == every[3:6]
    assert near("where id = 3 | similar n=3", "more", "more") == every[6:9]
    assert sorted(near("where id = 3 | similar n=39")) == [row for row in range(40) if row != 3]
    past = talk("where id = 3 | similar n=39", "more")
    assert past.results[0].near == ()
    assert past.reply.text == "There are no further messages."


def test_important_words_go_on(talk):
    every = talk("important top=50").results[0]
    first, second = talk("important top=2").results[0], talk("important top=2", "more").results[0]
    assert first.top + second.top == every.top[:4]
    assert first.bottom + second.bottom == every.bottom[:4]
    assert every.total == max(len(every.top), len(every.bottom)) > 4
    past = talk("important top=50", "more")
    assert past.reply.text.startswith("There are no more words.")


@pytest.mark.parametrize("commands", [[], ["help"], ["count"], ["where id = 3 | predict"]], ids=str)
def test_nothing_to_show_more_of(talk, commands):
    before = talk(*commands).conversation if commands else None
    turn = talk("more", conversation=before)
    assert turn.failed
    assert turn.reply.text == "There is nothing to show more of; ask for rows, words or mistakes first."
    assert before is None or turn.conversation == before
