"""Searches on classifiers whose rule is arbitrary but known."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError, Material, counterfactuals
from explainers.counterfactuals import Budget, Contrasts, Lexicon, Negations
from explainers.counterfactuals.beam import ROUNDS
from explainers.counterfactuals.changes import apply, fits

from ..architectures import TEXTS, build
from .votes import SPAM, Prefers, Votes

EDGE = [*SPAM, "a", "the", "call", "not"]
MARKS = Material(markers={"spam": ["free", "prize"], "ham": ["home", "love"]})


@given(
    words=st.lists(st.sampled_from(EDGE), min_size=1, max_size=9),
    n=st.integers(1, 4),
    material=st.sampled_from([
        Material(),
        MARKS,
        dataclasses.replace(MARKS, fluency=Prefers({"prize": 4.0}, ["home", "free"])),
        Material(contrasts=Contrasts(["free the prize", "the love home"], ["spam", "ham"])),
        Material(negations=Negations({"the": ["home"]}, ["love"])),
    ]),
)  # fmt: skip
def test_what_is_found_flips_needs_every_change_and_differs(words, n, material):
    model, text = Votes(SPAM), " ".join(words)
    search = counterfactuals(model, text, n=n, material=material)
    assert search.label == model.answer(text) != search.target
    assert len(search.found) <= n
    for found in search.found:
        assert found.text == apply(text, found.changes)
        assert model.answer(found.text) == found.label == search.target
        assert found.probability == pytest.approx(model.probabilities([found.text])[0, model.index(search.target)])
        assert found.distance == sum(change.words for change in found.changes) >= len(found.changes) >= 1
        assert all(text[change.start : change.end] == change.old for change in found.changes)
        for size in range(1, len(found.changes)):
            for fewer in itertools.combinations(found.changes, size):
                left = apply(text, fewer)
                assert size < len(found.changes) - 1 or not left.strip() or model.answer(left) == search.label
        assert (found.perplexity is None) == (material.fluency is None)
    assert len({found.text for found in search.found}) == len(search.found)
    assert len({tuple(change.span for change in found.changes) for found in search.found}) == len(search.found)
    if search.nearest is not None:
        assert not search.found
        assert search.nearest.label != search.target
    assert counterfactuals(Votes(SPAM), text, n=n, material=material) == search


@pytest.mark.parametrize(("text", "labels", "n"), [(TEXTS[0], 2, 3), (TEXTS[1], 3, 1), (TEXTS[2], 2, 2), (TEXTS[4], 3, 3)])
def test_on_a_real_architecture_what_is_found_holds_alone(text, labels, n):
    model = build("bert", labels=labels)
    search = counterfactuals(model, text, n=n, material=Material(lexicon=Lexicon.of(model)))
    for found in search.found:
        row = model.probabilities([found.text])[0]
        assert model.labels[int(row.argmax())] == found.label == search.target
        assert found.probability == pytest.approx(float(row.max()), abs=1e-6)
    assert search.found or search.nearest is None or search.nearest.text != text


def test_the_fewest_words_are_changed():
    search = counterfactuals(Votes(SPAM), "win a free prize at home", n=3)
    assert [found.distance for found in search.found] == [2, 2, 2]
    assert {found.text for found in search.found} == {"win a at home", "a free at home", "a prize at home"}


def test_what_missed_is_told_as_the_nearest():
    votes = dict.fromkeys((f"spam{number}" for number in range(ROUNDS + 4)), "spam")
    text = " ".join(votes)
    search = counterfactuals(Votes(votes), text)
    assert (search.found, search.constant, search.stopped) == ((), False, None)
    assert search.nearest.label == "spam"
    assert search.nearest.probability == pytest.approx(Votes(votes).probabilities([search.nearest.text])[0, 0])
    assert search.nearest.probability > Votes(votes).probabilities([text])[0, 0]
    assert len(search.nearest.changes) == ROUNDS
    assert search.nearest.text == apply(text, search.nearest.changes)


def test_a_model_that_never_changes_is_told_and_given_up_within_the_budget():
    model = Votes({})
    text = " ".join(f"word{number}" for number in range(80))
    material = Material(markers={"spam": [f"mark{number}" for number in range(90)]})
    search = counterfactuals(model, text, "spam", material=material, budget=Budget(texts=200))
    assert (search.found, search.nearest, search.constant, search.stopped) == ((), None, True, "texts")
    assert search.tries == 200 == len(model.asked) == len(set(model.asked))  # no text is run twice


def test_the_clock_stops_a_search():
    search = counterfactuals(Votes(SPAM), "win a free prize", budget=Budget(seconds=0.0))
    assert (search.tries, search.stopped, search.found) == (1, "seconds", ())


def test_a_text_of_4000_words_is_changed_only_where_the_model_reads():
    model = build("bert")
    text = " ".join(["call now you won love here"] * 700)
    search = counterfactuals(model, text, material=Material(lexicon=Lexicon.of(model)), budget=Budget(texts=120, seconds=None))
    assert search.reads < 500 < len(text)
    assert search.tries <= 120
    told = search.found or (search.nearest,)
    assert all(change.start < search.reads for found in told for change in found.changes)


def test_the_budget_in_words_stops_a_search_of_long_texts_and_is_told():
    text = " ".join(f"word{number}" for number in range(50))
    material = Material(markers={"spam": [f"mark{number}" for number in range(90)]})
    search = counterfactuals(Votes({}), text, "spam", material=material, budget=Budget(words=3000))
    assert (search.tries, search.stopped) == (60, "words")


def test_without_a_clock_and_with_one_the_same_is_found():
    model, text = Votes(SPAM), "win a free prize at home"
    found = [counterfactuals(model, text, n=2, material=MARKS, budget=Budget(seconds=limit)) for limit in (None, 1000.0)]
    assert dataclasses.replace(found[0], budget=found[1].budget) == found[1]


def test_one_word_that_is_enough_ends_the_search():
    model = Votes({"win": "spam"})
    search = counterfactuals(model, "win it all", "ham", material=dataclasses.replace(MARKS, fluency=Prefers({})))
    assert [change.kind for change in search.found[0].changes] == ["delete"]
    assert search.tries == 4  # the text, and it without each of its words
    assert counterfactuals(model, "win it all", "ham", material=MARKS, n=2).tries > 4


def test_the_most_helpful_changes_are_tried_together_at_once():
    votes = dict.fromkeys((f"spam{number}" for number in range(5)), "spam")
    model = Votes(votes)
    search = counterfactuals(model, " ".join(votes) + " and that is all", "ham")
    assert search.found[0].distance == 5
    first = next(place for place, text in enumerate(model.asked) if text.strip() == "and that is all")
    assert first < 20  # before pairs of words were


def test_no_words_are_put_in_twice():
    model = Votes({"a": "ham", "b": "ham", "c": "ham", "free": "spam"})
    search = counterfactuals(model, "a b c and so on", "spam", material=Material(markers={"spam": ["free"]}))
    (found,) = search.found
    assert [change.new for change in found.changes].count("free") <= 1
    assert all(text.split().count("free") <= 1 for text in model.asked)


def test_another_class_is_the_likeliest_one_unless_it_is_named():
    votes = {"a": "x", "b": "y", "c": "z"}
    model = Votes(votes, labels=("x", "y", "z"))
    assert counterfactuals(model, "a a a b c c").target == "z"
    named = counterfactuals(model, "a b", "y")
    assert (named.target, named.found[0].label, named.found[0].text) == ("y", "y", "b")


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("a b", {"to": "x"}, "The model already answers 'x' for this text; ask for another class."),
        ("a b", {"to": "w"}, "The model has no class 'w'; choose from x, y, z."),
        ("a b", {"n": 0}, "At least one counterfactual has to be asked for; set `n` to 1 or more."),
        *[(text, {}, "There are no words in this text to change.") for text in ("", "  ", "?!", "👍")],
    ],
)
def test_impossible_questions_are_one_sentence(text, options, sentence):
    with pytest.raises(AskWhyError) as error:
        counterfactuals(Votes({"a": "x", "b": "y"}, labels=("x", "y", "z")), text, **options)
    assert str(error.value) == sentence


def test_the_text_with_nothing_left_is_never_tried():
    model = Votes({"win": "spam", "prize": "spam"})
    search = counterfactuals(model, "win, prize", "ham")
    assert all(any(map(str.isalnum, text)) for text in model.asked)
    assert search.found == ()
    assert {change.kind for change in search.nearest.changes} == {"delete"}
    alone = Votes({"win": "spam"})
    assert counterfactuals(alone, "win", "ham").nearest is None
    assert alone.asked == ["win"]


def test_progress_goes_up_to_one_and_can_end_the_search():
    told: list[float] = []
    counterfactuals(Votes({}), "a b c d e f g h", "spam", progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 1

    def cancel(share):
        raise InterruptedError

    model = Votes(SPAM)
    with pytest.raises(InterruptedError):
        counterfactuals(model, "win a free prize " * 40, progress=cancel)
    assert len(model.asked) < 100


def test_changes_that_touch_do_not_go_together():
    search = counterfactuals(Votes(SPAM), "win a free prize at home", n=3, material=MARKS)
    for found in search.found:
        for change in found.changes:
            assert fits(change, [other for other in found.changes if other != change])
