"""mistakes, confusion and calibration, worked out by hand and with planted patterns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ..told import facts, say, says, told

TRUTH = ["ham", "ham", "spam", "spam", "ham", "spam", None, "ham"]
SAID = ["ham", "spam", "ham", "spam", "spam", "ham", "ham", "ham"]
SURE = [0.6, 0.95, 0.7, 0.85, 0.8, 0.99, 0.9, 0.75]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    rows = pd.DataFrame({"text": [f"text number {row}" for row in range(8)], "label": TRUTH})
    return told(tmp_path_factory.mktemp("mistakes"), rows, says(SAID, sure=SURE), label="label")


def shown(result) -> list[int]:
    return [item.subject.row for item in result.shown]


def test_the_count(assistant):
    result = facts(assistant, "mistakes kind=count")
    assert (result.rows, result.wrong, result.sure, result.unlabelled) == (7, 4, 2, 1)
    assert sorted(result.pairs) == [("ham", "spam", 2), ("spam", "ham", 2)]
    assert (result.shown, result.rules) == ((), None)
    assert say(assistant, "mistakes kind=count").reply.text == (
        "The model is wrong on 4 of 7 messages (57%); on 2 of these it was more than 90% sure.\n"
        "2 ham called spam and 2 spam called ham.\n1 message without a label is left out."
    )


def test_the_surest_mistakes_come_first(assistant):
    assert shown(facts(assistant, "mistakes")) == [5, 1, 4, 2]
    assert shown(facts(assistant, "mistakes kind=sample n=2")) == [5, 1]
    turn = say(assistant, "mistakes")
    assert turn.reply.blocks[0].rows[0] == ("5", "spam", "ham (99%)", "text number 5")


def test_the_first_one_that_is_shown_is_talked_about_next(assistant):
    turn = say(assistant, "mistakes kind=sample n=1")
    assert [turn.conversation.focus.row] == shown(turn.results[0]) == [5]
    assert say(assistant, "mistakes kind=count").conversation.focus is None


def test_more_of_them_to_the_end_and_past_it(assistant):
    commands, seen = ["mistakes n=3"], []
    for page in ([5, 1, 4], [2], []):
        turn = say(assistant, *commands)
        assert shown(turn.results[0]) == page
        seen.append("Show more" in turn.reply.suggestions)
        commands.append("more")
    assert seen == [True, False, False]
    assert "There are no more of them." in turn.reply.text


def test_more_of_a_count_are_the_rows(assistant):
    assert shown(facts(assistant, "mistakes kind=count n=3", "more")) == [5, 1, 4]
    assert shown(facts(assistant, "mistakes kind=count n=3", "more", "more")) == [2]


def test_of_the_chosen_rows(assistant):
    turn = say(assistant, "where label = ham | mistakes")
    assert (turn.results[0].rows, turn.results[0].wrong) == (4, 2)
    assert turn.reply.text.startswith("The model is wrong on 2 of 4 messages labelled ham (50%)")
    assert say(assistant, "where correct = true | mistakes").reply.text.startswith("The model makes no mistake on the 3 messages")


def test_too_few_mistakes_have_nothing_typical(assistant):
    turn = say(assistant, "mistakes kind=typical")
    assert turn.results[0].rules.rules == ()
    assert "That is too few to say what is typical of them." in turn.reply.text


def planted(folder, errs, rows: int = 400):
    """An assistant whose model errs on rows with the chance that `errs` gives for each, a (rows,) array."""
    generator = np.random.default_rng(3)
    words = np.array(["home", "dinner", "love", "lunch", "train", "movie"])
    marked = generator.random(rows) < 0.25
    frame = pd.DataFrame({
        "text": [
            " ".join([*generator.choice(words, generator.integers(2, 12)), *(["voucher"] if mark else [])]) for mark in marked
        ],
        "label": generator.choice(["ham", "spam"], rows),
        "sender": generator.choice(["bank", "friend", "shop"], rows),
    })  # fmt: skip
    wrong = generator.random(rows) < errs(frame)
    other = {"ham": "spam", "spam": "ham"}
    said = [other[label] if bad else label for label, bad in zip(frame.label, wrong, strict=True)]
    return told(folder, frame, says(said, sure=generator.uniform(0.55, 0.95, rows)), label="label"), frame, wrong


def test_a_word_on_which_the_model_errs_is_found(tmp_path):
    assistant, frame, wrong = planted(tmp_path, lambda frame: np.where(frame.text.str.contains("voucher"), 0.6, 0.05))
    turn = say(assistant, "mistakes kind=typical")
    first = turn.results[0].rules.rules[0]
    assert first.conditions == ("the word “voucher”",)
    inside = frame.text.str.contains("voucher").to_numpy()
    assert first.everywhere == ((inside & wrong).sum(), inside.sum())
    assert first.lift > 2
    assert "It errs most often on messages with the word “voucher”. On the half kept aside for checking" in turn.reply.text
    assert turn.reply.blocks[0].rows[0][0] == "the word “voucher”"


def test_of_very_many_rows_some_are_searched(tmp_path, monkeypatch):
    assistant, _, wrong = planted(tmp_path, lambda frame: np.where(frame.sender == "shop", 0.6, 0.03), rows=900)
    command, told_so = "mistakes kind=typical", "Patterns were looked for in 300 messages of these, drawn at random."
    assert told_so not in say(assistant, command).reply.text
    monkeypatch.setattr("assistant.operations.mistakes.SEARCHED", 300)
    turn = say(assistant, command)
    result = turn.results[0]
    assert (result.rows, result.wrong, result.rules.rows) == (900, wrong.sum(), 300)
    assert result.rules.errors < result.wrong
    assert result.rules.rules[0].conditions == ("sender shop",)
    assert told_so in turn.reply.text


def test_a_column_on_which_the_model_errs_is_found(tmp_path):
    assistant, *_ = planted(tmp_path, lambda frame: np.where(frame.sender == "shop", 0.5, 0.03))
    assert facts(assistant, "mistakes kind=typical").rules.rules[0].conditions == ("sender shop",)


def test_long_texts_on_which_the_model_errs_are_found(tmp_path):
    assistant, *_ = planted(tmp_path, lambda frame: np.where(frame.text.str.count(" ") > 9, 0.6, 0.03))
    rules = facts(assistant, "mistakes kind=typical").rules.rules
    assert rules and rules[0].conditions[0].split()[0] in ("words", "characters")


def test_nothing_is_typical_of_random_mistakes(tmp_path):
    assistant, *_ = planted(tmp_path, lambda frame: np.full(len(frame), 0.15))
    turn = say(assistant, "mistakes kind=typical")
    result = turn.results[0]
    assert result.rules.rules == ()
    assert f"I tried {result.rules.tried:,} conditions" in turn.reply.text
    assert "none that stood out on one half of the rows held up on the other" in turn.reply.text


def test_the_label_and_the_answer_together_are_no_pattern(tmp_path):
    assistant, *_ = planted(tmp_path, lambda frame: np.where(frame.label == "ham", 0.5, 0.02))
    rules = facts(assistant, "mistakes kind=typical").rules.rules
    assert rules
    for rule in rules:
        fields = [condition.split()[0] for condition in rule.conditions]
        assert not {"label", "prediction"} <= set(fields), rule.conditions


def test_more_patterns_come_after_the_first(tmp_path):
    assistant, *_ = planted(tmp_path, lambda frame: np.where((frame.sender == "shop") | (frame.label == "ham"), 0.6, 0.02))
    every = facts(assistant, "mistakes kind=typical n=50").rules.rules
    assert len(every) > 1
    assert facts(assistant, "mistakes kind=typical n=1", "more").rules.rules == every[1:2]
    past = say(assistant, "mistakes kind=typical n=50", "more")
    assert past.results[0].rules.rules == ()
    assert past.reply.text.endswith("There are no more patterns.")


def test_the_split_is_no_pattern(tmp_path):
    rows = pd.DataFrame({"text": ["x"] * 200, "label": ["ham"] * 200})
    assistant = told(tmp_path, rows, label="label", split={"test": 0.5})
    test = np.array(assistant.workspace.dataset.table["split"].to_pylist()) == "test"
    assistant.workspace._probabilities = says(np.where(test, "spam", "ham"))
    result = facts(assistant, "where id >= 0 | mistakes kind=typical")
    assert result.wrong == 100
    assert not any("split" in condition for rule in result.rules.rules for condition in rule.conditions)


def test_confusion_counts_each_pair(assistant):
    turn = say(assistant, "confusion")
    result = turn.results[0]
    assert result.classes == ("ham", "spam")
    assert result.counts == ((2, 2), (2, 1))
    assert sorted(result.pairs) == [("ham", "spam", 2), ("spam", "ham", 2)]
    assert (result.rows, result.wrong, result.unlabelled, result.left_out) == (7, 4, 1, 0)
    assert turn.reply.blocks[0].rows == (("ham", "2", "2"), ("spam", "2", "1"))
    assert (
        "Of 7 messages, 4 are taken for another class: 2 ham messages called spam and 2 spam messages called ham."
        in turn.reply.text
    )


def test_confusion_of_three_classes_names_the_commonest_first(tmp_path):
    labels = ("a", "b", "c")
    pairs = ["aa", "aa", "ab", "ab", "ab", "bc", "ca", "ca", "cc"]
    rows = pd.DataFrame({"text": ["x"] * 9, "label": [pair[0] for pair in pairs]})
    result = facts(told(tmp_path, rows, says([pair[1] for pair in pairs], labels), labels, label="label"), "confusion")
    assert result.counts == ((2, 3, 0), (0, 0, 1), (2, 0, 1))
    assert result.pairs == (("a", "b", 3), ("c", "a", 2), ("b", "c", 1))


def test_confusion_without_a_mistake(assistant):
    turn = say(assistant, "where correct = true | confusion")
    assert turn.reply.text.startswith("The model takes none of the 3 messages for another class.")


def test_calibration_by_hand(assistant):
    result = facts(assistant, "calibration")
    known = [place for place, label in enumerate(TRUTH) if label]
    sure = np.array(SURE)[known]
    right = np.array([TRUTH[place] == SAID[place] for place in known])
    error = 0.0
    for low in np.arange(10) / 10:  # above the lower end, up to the upper one
        inside = (sure > low + 1e-9) & (sure <= low + 0.1 + 1e-9)
        if inside.any():
            error += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    assert result.error == pytest.approx(error)
    assert (result.confidence, result.accuracy) == (pytest.approx(sure.mean()), pytest.approx(right.mean()))
    assert (result.rows, result.unlabelled) == (7, 1)
    assert sum(item.rows for item in result.bins) == 7
    for item in result.bins:
        assert item.low < item.confidence <= item.high
    assert result.worst == pytest.approx(max(abs(item.confidence - item.accuracy) for item in result.bins))


def test_a_model_that_is_right_as_often_as_it_is_sure(tmp_path):
    rows = pd.DataFrame({"text": ["x"] * 100, "label": ["ham"] * 80 + ["spam"] * 20})
    turn = say(told(tmp_path, rows, says(["ham"] * 100, sure=0.8), label="label"), "calibration")
    assert turn.results[0].error == pytest.approx(0)
    assert [(item.low, item.high, item.rows) for item in turn.results[0].bins] == [(0.7, 0.8, 100)]
    assert "it is right about as often as it is sure" in turn.reply.text


@pytest.mark.parametrize(("right", "said"), [(50, "it is too sure of itself"), (100, "it is less sure than it could be")])
def test_which_way_it_is_off(tmp_path, right, said):
    rows = pd.DataFrame({"text": ["x"] * 100, "label": ["ham"] * right + ["spam"] * (100 - right)})
    turn = say(told(tmp_path, rows, says(["ham"] * 100, sure=0.8), label="label"), "calibration")
    assert turn.results[0].error == pytest.approx(abs(0.8 - right / 100))
    assert said in turn.reply.text


def test_certainty_is_in_the_last_bin(tmp_path):
    rows = pd.DataFrame({"text": ["x", "y"], "label": ["ham", "ham"]})
    result = facts(told(tmp_path, rows, says(["ham", "ham"], sure=1.0), label="label"), "calibration")
    assert [(item.low, item.high, item.rows) for item in result.bins] == [(0.9, 1.0, 2)]
    assert result.error == 0


@pytest.mark.parametrize("command", ["mistakes", "mistakes kind=typical", "confusion", "calibration", "score by=words"])
def test_what_needs_labels_says_so(tmp_path, command):
    bare = told(tmp_path, pd.DataFrame({"text": ["a b", "c d"]}))
    turn = say(bare, command)
    assert turn.failed
    assert turn.reply.text == "The data has no labels, so nobody can say how often the model is right."


def test_none_of_the_chosen_rows_has_a_label(assistant):
    for command in ("mistakes", "confusion", "calibration"):
        turn = say(assistant, f"where id = 6 | {command}")
        assert turn.failed
        assert turn.reply.text == "None of these rows has a label, so nobody can say how often the model is right."
        assert say(assistant, f'where text "free" | {command}').failed
