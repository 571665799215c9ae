"""Which of the flips are told."""

from __future__ import annotations

from explainers import Material, counterfactuals
from explainers.counterfactuals import Change
from explainers.counterfactuals.changes import apply, cased, fits

from .votes import SPAM, Prefers, Votes

MARKS = Material(markers={"spam": ["free"], "ham": ["home"]})


def test_deleting_a_word_is_told_before_putting_another_in_its_place():
    class Weak(Votes):
        """Answers "ham" more surely for a replacement than for a deletion."""

        def probabilities(self, texts, progress=None):
            rows = super().probabilities(texts)
            rows[["home" in text for text in texts], 0] += 1
            return rows / rows.sum(axis=1, keepdims=True)

    (found,) = counterfactuals(Weak(SPAM), "win it", "ham", material=MARKS).found
    assert [change.kind for change in found.changes] == ["delete"]


def test_of_as_many_words_the_most_fluent_is_told():
    material = Material(markers={"spam": ["free", "prize", "win"]}, fluency=Prefers({"free": 3.0, "prize": 0.2, "win": 2.0}))
    (found,) = counterfactuals(Votes(SPAM), "see you", "spam", material=material).found
    assert [change.new.lower() for change in found.changes] == ["prize"]
    assert found.perplexity < 1


def test_one_odd_word_is_worse_than_two_fitting_ones():
    model = Votes({"win": "spam", "prize": "spam", "odd": "ham"})
    odd = Material(markers={"ham": ["odd"]}, fluency=Prefers({"odd": 20.0}))
    (found,) = counterfactuals(model, "win a prize and more to go with it now", "ham", material=odd).found
    assert [(change.kind, change.old) for change in found.changes] == [("delete", "win"), ("delete", "prize")]
    assert found.perplexity == 1.0
    plain = Material(markers={"ham": ["odd"]})
    (found,) = counterfactuals(model, "win a prize and more to go with it now", "ham", material=plain).found
    assert found.distance == 1


def test_none_brings_the_same_words_or_touches_the_same_places():
    search = counterfactuals(Votes(SPAM), "see you at noon", "spam", material=Material(markers={"spam": ["free", "win"]}), n=4)
    assert len(search.found) == 2
    assert {found.changes[0].new.lower() for found in search.found} == {"free", "win"}
    assert len({found.changes[0].span for found in search.found}) == 2


def test_applying_keeps_the_spaces_right():
    text = "Hello you, there"
    made = [
        ([Change(0, 5, "Hello", "")], "you, there"),
        ([Change(0, 0, "", "oh"), Change(16, 16, "", "now")], "oh Hello you, there now"),
        ([Change(6, 9, "you", ""), Change(11, 11, "", "up")], "Hello, up there"),
        ([Change(6, 6, "", "all"), Change(11, 16, "there", "here")], "Hello all you, here"),
    ]
    for changes, expected in made:
        assert apply(text, changes) == apply(text, changes[::-1]) == expected


def test_what_fits_together():
    word, next_word, before, end = Change(0, 3, "one", ""), Change(4, 7, "two", "2"), Change(4, 4, "", "x"), Change(7, 7, "", "y")
    assert fits(word, [next_word, end]) and fits(word, [before])
    assert not fits(before, [next_word]) and not fits(end, [next_word]) and not fits(before, [before])
    assert not fits(word, [word])


def test_words_are_counted_once():
    assert Change(0, 2, "is", "is not").words == 2
    assert Change(0, 3, "all", "").words == Change(0, 0, "", "not").words == Change(0, 1, "a", "b").words == 1


def test_the_case_of_the_word_is_kept():
    assert [cased("free", like) for like in ("you", "You", "YOU", "I", "10")] == ["free", "Free", "FREE", "Free", "free"]
