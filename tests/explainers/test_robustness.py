"""Adversarial texts, other wordings, robustness and sensitivity, on classifiers whose rule is known."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.adversarial import ROUNDS, adversarial
from explainers.augment import augment
from explainers.errors import AskWhyError
from explainers.perturbations import KINDS, changed, perturbations
from explainers.robustness import robustness
from explainers.sensitivity import sensitivity
from explainers.swaps import holds, swaps

from .counterfactuals.votes import SPAM, Votes

TEXTS = ["win a free prize at home", "love you call me", "prize", "home", "free prize win"]


def bag(texts):
    """Sentence embeddings that count letters: alike where the letters are."""
    return (
        np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], dtype=float) + 0.01
    )


def cosine(one: str, other: str) -> float:
    left, right = bag([one, other])
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))


@settings(max_examples=20)
@given(said=st.lists(st.sampled_from([*SPAM, "a", "the", "call"]), min_size=1, max_size=7, unique=True), n=st.integers(1, 3))
def test_an_adversary_flips_is_alike_and_needs_every_edit(said, n):
    model, text = Votes(SPAM), " ".join(said)
    attack = adversarial(model, text, n=n, embed=bag, budget=600)
    assert attack.tries == len(set(model.asked))
    assert attack == adversarial(Votes(SPAM), text, n=n, embed=bag, budget=600)
    assert attack.label == model.answer(text)
    assert len({found.text for found in attack.found}) == len(attack.found) <= n
    assert [len(found.edits) for found in attack.found] == sorted(len(found.edits) for found in attack.found)
    for found in attack.found:
        assert model.answer(found.text) == found.label != attack.label
        assert found.probability == pytest.approx(model.probabilities([found.text])[0, model.index(found.label)])
        assert found.similarity == pytest.approx(cosine(text, found.text))
        assert found.similarity >= attack.least
        assert 1 <= len(found.edits) <= attack.most <= ROUNDS
        for made in found.edits:
            assert made.old in text and made.new in found.text
    if not attack.found and attack.nearest:
        assert model.answer(attack.nearest.text) == attack.label or attack.dissimilar


def test_a_single_misspelt_word_is_found():
    attack = adversarial(Votes({"prize": "spam"}), "a big prize for them all", kinds=["typo"])
    (found,) = attack.found
    assert attack.label == "spam" and found.label == "ham"
    assert [made.old for made in found.edits] == ["prize"]
    assert found.similarity is None and attack.least is None


def test_what_means_something_else_is_no_adversary():
    attack = adversarial(Votes({"prize": "spam"}), "a prize", kinds=["synonym"], synonyms={"prize": ["qqqq"]}, embed=bag)
    assert attack.found == ()
    assert attack.dissimilar == 1


def test_the_attack_stops_at_its_budget_and_when_told():
    text = " ".join(f"word{chr(97 + place % 26)}{chr(97 + place // 26)}" for place in range(500))
    model = Votes({})
    attack = adversarial(model, text, budget=300)
    assert attack.found == ()
    assert attack.tries == len(set(model.asked)) <= 300 + 1

    def stop(share):
        raise KeyboardInterrupt

    class Telling(Votes):
        def probabilities(self, texts, progress=None):
            if progress:
                progress(1.0)
            return super().probabilities(texts)

    with pytest.raises(KeyboardInterrupt):
        adversarial(Telling({}), text, progress=stop)


@pytest.mark.parametrize(("text", "given", "said"), [
    ("?!", {}, "no words in this text"),
    ("call", {"budget": 1}, "at least two texts"),
    ("call", {"kinds": ["typos"]}, "no kind of edit 'typos'"),
])  # fmt: skip
def test_what_cannot_be_attacked_is_told(text, given, said):
    with pytest.raises(AskWhyError, match=said):
        adversarial(Votes(SPAM), text, **given)


def test_other_wordings_keep_the_answer_and_say_where_they_come_from():
    model, text = Votes(SPAM), "It's a free prize. Don't call me."
    made = augment(
        model, text, n=12, embed=bag, synonyms={"free": ["gratis"], "prize": ["award"], "call": ["ring"]},
        paraphrase=lambda said, n: ["It's a free prize! Do not call me now.", said, ""],
    )  # fmt: skip
    found = {wording.text: wording for wording in made.found}
    assert made.label == "spam"
    assert (
        {wording.source for wording in made.found}
        == {"language model", "contractions", "order", "near words"}
        == set(made.sources)
    )
    assert "It is a free prize. Do not call me." in found
    assert "Don't call me. It's a free prize." in found
    for wording in made.found:
        assert model.answer(wording.text) == "spam"
        assert wording.probability == pytest.approx(model.probabilities([wording.text])[0, 1])
        assert wording.similarity == pytest.approx(cosine(text, wording.text))
        assert wording.similarity >= made.least
        assert wording.text.strip() and wording.text != text
    assert made.flipped >= 1  # both words that speak for spam, given way at once
    assert [wording.source for wording in made.found][:3] == ["language model", "contractions", "order"]


def test_a_text_without_other_wordings():
    made = augment(Votes(SPAM), "call")
    assert (made.found, made.tries, made.sources, made.least) == ((), 0, (), None)
    with pytest.raises(AskWhyError, match="no words"):
        augment(Votes(SPAM), "...")


def test_robustness_counts_what_flips():
    model = Votes(SPAM)
    found = robustness(model, TEXTS, synonyms={"prize": ["love"]}, seed=3)
    assert (found.chosen, found.rows) == (5, 5)
    assert [kind.kind for kind in found.kinds] == list(KINDS)
    assert found.tried == sum(kind.tried for kind in found.kinds)
    assert found.flips == sum(kind.flips for kind in found.kinds)
    assert max(kind.flipped for kind in found.kinds) <= found.flipped <= 5
    near = found.kinds[-1]  # every word that has a near one is tried, since the budget is large
    assert (near.rows, near.tried, near.flips, near.flipped) == (3, 3, 2, 2)
    for flip in found.examples:
        assert model.answer(TEXTS[flip.row]) == flip.before[0] != flip.after[0] == model.answer(flip.text)
        assert flip.after[1] == pytest.approx(model.probabilities([flip.text])[0].max())
        assert flip.text in {changed(TEXTS[flip.row], [each]) for each in
                             perturbations(TEXTS[flip.row], [flip.kind], synonyms={"prize": ["love"]})}  # fmt: skip
    assert found == robustness(Votes(SPAM), TEXTS, synonyms={"prize": ["love"]}, seed=3)


def test_one_kind_of_edit_over_many_texts_keeps_to_its_budget():
    texts = [f"prize for caller{place}" for place in range(100)]
    model = Votes(SPAM)
    found = robustness(model, texts, kinds=["deletion"], tries=40)
    assert (found.chosen, found.rows, found.each, found.tried) == (100, 20, 2, 40)
    gone = Counter("prize" not in text for text in model.asked[20:])[True]
    assert (found.flips, found.kinds[0].flips) == (gone, gone)


@pytest.mark.parametrize(("texts", "given", "said"), [
    ([], {}, "no texts to edit"),
    (["?!"], {}, "has a word that such an edit"),
    (["call"], {"tries": 3}, "set `tries` to 12"),
    (["call"], {"kinds": ["typos"]}, "no kind of edit 'typos'"),
])  # fmt: skip
def test_what_cannot_be_measured_is_told(texts, given, said):
    with pytest.raises(AskWhyError, match=said):
        robustness(Votes(SPAM), texts, **given)


SWAPPED = ["Mary met him in Paris at 5", "he said her name is JOHN's", "see you", "her car and her", "철수가 서울에서 3번"]


def swapped(text: str, kind: str) -> dict[str, str]:
    return {swap.group: swap.text for swap in swaps(text, kind, random.Random(0))}


def test_words_give_way_to_their_like():
    names = swapped(SWAPPED[0], "names")
    assert len(names) == 14
    assert all(text.endswith("met him in Paris at 5") and not text.startswith("Mary") for text in names.values())
    assert all(text.startswith("he said her name is ") and text.endswith("'s") and text.split()[-1][:-2].isupper()
               for text in swapped(SWAPPED[1], "names").values())  # fmt: skip
    places = swapped(SWAPPED[0], "places")
    assert "Mary met him in Paris at 5" not in places.values() and len(places) == 8
    assert swapped(SWAPPED[0], "genders") == {"male words to female ones": "Mary met her in Paris at 5"}
    assert swapped(SWAPPED[3], "genders") == {"female words to male ones": "his car and him"}
    numbers = swapped(SWAPPED[0], "numbers")
    assert numbers["ten times as large"].endswith("at 50")
    assert numbers["larger by one"].endswith("at 6")
    assert numbers["other digits, as many"][-1] in "12346789"
    korean = swapped(SWAPPED[4], "names")
    assert all(text.endswith(" 서울에서 3번") and "가 " in text and "철수" not in text for text in korean.values())
    for text in SWAPPED:
        for kind in ("names", "numbers", "places", "genders"):
            assert holds(text, kind) == bool(swapped(text, kind))


def test_sensitivity_tells_flips_by_group():
    model = Votes({"her": "spam", "his": "ham"})
    found = sensitivity(model, SWAPPED, seed=1)
    assert (found.chosen, found.rows) == (5, 5)
    kinds = {kind.kind: kind for kind in found.kinds}
    assert [kind.holding for kind in found.kinds] == [3, 2, 2, 3]
    genders = kinds["genders"]
    assert (genders.rows, genders.flipped, genders.label, genders.gap) == (3, 3, "spam", None)
    assert sum(group.flips for group in genders.groups) == 3
    assert kinds["names"].flipped == 0 and kinds["names"].gap.value == pytest.approx(0)
    for flip in found.examples:
        assert flip.kind == "genders"
        assert model.answer(SWAPPED[flip.row]) == flip.before[0] != flip.after[0] == model.answer(flip.text)
    means = {group.name: group.change for group in genders.groups}
    rows = [model.probabilities([SWAPPED[0], "Mary met her in Paris at 5"])[:, 1],
            model.probabilities([SWAPPED[1], "she said her name is JOHN's"])[:, 1]]  # fmt: skip
    assert means["male words to female ones"] == pytest.approx(np.mean([after - before for before, after in rows]))
    assert found == sensitivity(Votes({"her": "spam", "his": "ham"}), SWAPPED, seed=1)


def test_the_gap_between_groups_is_of_the_same_texts():
    likes = {name.lower(): "spam" for name in ("Fatima", "Aisha", "Layla", "Zainab", "Khadija", "Yasmin", "Noura", "Amina")}
    (kind,) = sensitivity(Votes(likes), ["hi Mary ok", "Tom called", "none"], kinds=["names"]).kinds
    assert (kind.gap.high, kind.gap.rows, kind.label) == ("Arabic, female", 2, "spam")
    assert kind.gap.value == pytest.approx(Votes(likes).probabilities(["fatima"])[0, 1] - Votes(likes).probabilities(["x"])[0, 1])
    assert kind.gap.error == pytest.approx(0, abs=1e-6)
    assert kind.groups[0].name == "Arabic, female" and kind.groups[0].flips == 2


def test_texts_without_such_words_are_no_error():
    (kind,) = sensitivity(Votes(SPAM), ["see you"], kinds=["places"]).kinds
    assert (kind.holding, kind.rows, kind.tried, kind.flipped, kind.groups, kind.gap) == (0, 0, 0, 0, (), None)
    with pytest.raises(AskWhyError, match="choose some rows"):
        sensitivity(Votes(SPAM), [])
    with pytest.raises(AskWhyError, match="no 'nmaes' to swap"):
        sensitivity(Votes(SPAM), ["x"], kinds=["nmaes"])


def test_letters_that_only_look_like_another_case_are_left(bert):
    assert augment(bert, "\u0130t is free, let'\u017f go").text  # neither is "it" nor "let's"


def test_no_kind_of_edit_is_refused(bert):
    with pytest.raises(AskWhyError, match="no kind of edit"):
        robustness(bert, ["free prize"], kinds=())
