"""Values of a label column matched with the classes of a model: guessed, shown, corrected."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError

from assistant.bringing.matching import MOST, as_text, check, guessed, read

CLASSES = ("ham", "spam", "not sure")


@pytest.mark.parametrize(("values", "expected"), [
    (("spam", "ham"), ("spam", "ham")),
    (("Spam", "HAM", "not_sure"), ("spam", "ham", "not sure")),
    (("0", "1", "2"), ("ham", "spam", "not sure")),
    (("LABEL_1", "label_0"), ("spam", "ham")),
    (("0", "3"), ("", "")),
    (("good", "ham"), ("", "ham")),
    (("1", "other"), ("", "")),
])  # fmt: skip
def test_guesses(values, expected):
    assert tuple(guessed(values, CLASSES).values()) == expected


@pytest.mark.parametrize(("values", "classes", "expected"), [
    (("C#", "C", "C++"), ("C", "C++", "C#"), ("C#", "C", "C++")),
    (("+", "-"), ("-", "+"), ("+", "-")),
    (("c", "*"), ("C", "C++", "-"), ("", "")),
])  # fmt: skip
def test_names_that_differ_in_signs_only_are_not_taken_for_each_other(values, classes, expected):
    assert tuple(guessed(values, classes).values()) == expected


@pytest.mark.parametrize(("values", "classes"), [
    (("low", "high = good"), ("x = 1", "x >= 2")), (("a  b", "a b"), ("a", "a")), (("a=b", "a"), ("b = c", "c")),
    (("a", "b"), (" two  words ", "b")),
])  # fmt: skip
def test_signs_and_spaces_in_names_are_read_back(values, classes):
    matched = dict(zip(values, classes, strict=True))
    assert read(as_text(matched), values, classes) == matched


def test_what_is_shown_is_read_back():
    values = ("a = b", "two  words", "c:d")
    matched = dict(zip(values, CLASSES, strict=True))
    assert read(as_text(matched), values, CLASSES) == matched


def test_lines_may_be_changed_moved_and_blank():
    assert read("\nbad=spam\n\n good =  ham ", ("good", "bad"), CLASSES) == {"bad": "spam", "good": "ham"}


@pytest.mark.parametrize(("text", "said"), [
    ("good = ham\nbad = spma", "no class 'spma' .for 'bad'.; did you mean 'spam'"),
    ("good = ham\nbda = spam", "names no value of the label column; did you mean 'bad'"),
    ("good = ham\nspam", "names no value"),
    ("good = ham", "The value 'bad' of the label column has no class; write one of ham, spam"),
    ("good = ham\nbad =", "The value 'bad'"),
    ("", "The value 'good'"),
])  # fmt: skip
def test_mistakes_are_told(text, said):
    with pytest.raises(AskWhyError, match=said):
        read(text, ("good", "bad"), CLASSES)


def test_a_column_of_anything_holds_no_labels():
    with pytest.raises(AskWhyError, match="holds no labels"):
        check([str(number) for number in range(MOST + 1)], "note")
    with pytest.raises(AskWhyError, match="is empty"):
        check([], "note")
    check(["a"], "note")
