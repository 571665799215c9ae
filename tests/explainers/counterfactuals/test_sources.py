"""Each source proposes what it says, and is found out by the model."""

from __future__ import annotations

import pytest

from explainers import Material, counterfactuals
from explainers.counterfactuals import Change, Contrasts, Lexicon, Negations, common_words, frequent_words, marker_words
from explainers.counterfactuals.situation import Situation
from explainers.counterfactuals.sources import SOURCES, contrast, elsewhere, gradient, infilling, markers, negation, phrases
from explainers.units import units

from ..architectures import TEXTS, build
from .votes import SPAM, Prefers, Votes


def situation(text: str, material: Material, model=None, target: int = 1) -> Situation:
    return Situation(model or Votes(SPAM), text, 1 - target, target, tuple(units(text, "word")), material)


def test_without_material_nothing_is_proposed():
    for propose in SOURCES.values():
        assert propose(situation("see you at noon", Material())) == []


def test_markers_are_put_in_at_the_end_and_for_the_word_that_counts_most():
    found = markers.propose(situation("See YOU", Material(markers={"spam": ["free", "you"]})))
    assert found == [
        Change(0, 3, "See", "Free"),
        Change(7, 7, "", "free"),
    ]
    assert {change.source for change in found} == {"markers"}
    assert markers.propose(situation("See YOU", Material(markers={"ham": ["home"]}))) == []


def test_common_words_are_deleted_and_not_replaced():
    material = Material(markers={"spam": ["free"]}, common={"you"})
    replaced = [change.old for change in markers.propose(situation("Hello YOU", material)) if change.kind == "replace"]
    assert replaced == ["Hello"]


def test_contrast_takes_the_words_of_the_most_alike_rows():
    rows = Contrasts(
        ["win a car at noon", "other words here", "see you at noon", "see you later"], ["spam", "spam", "ham", "ham"]
    )
    assert rows.nearest("see you at noon", "spam", 2) == ["win a car at noon"]
    assert rows.nearest("see you at noon", "ham") == ["see you later"]
    assert rows.nearest("see you at noon", "none") == []
    assert rows.rows("see you at noon", "ham") == [3]
    found = contrast.propose(situation("see you at noon", Material(contrasts=rows, common={"a"})))
    assert {change.new for change in found} == {"win", "car"}
    assert {change.source for change in found} == {"contrast"}


def test_phrases_are_runs_of_rows_of_the_target_class():
    rows = Contrasts(["see: win a free, prize", "see you"], ["spam", "ham"])  # a colon within a run stops none
    found = phrases.propose(situation("see you", Material(contrasts=rows, markers={"spam": ["free", "prize"]})))
    assert found[0] == Change(7, 7, "", "free, prize")
    assert {change.start for change in found} == {7}
    assert all(change.new in rows.texts[0] and 2 <= change.words <= 4 for change in found)
    assert phrases.propose(situation("other", Material(contrasts=rows))) == []


def test_phrases_hold_no_telephone_numbers_and_no_addresses():
    rows = Contrasts(["see you, call 09053750005 or www.win.com for 500 (free) minutes"], ["spam"])
    found = {change.new for change in phrases.propose(situation("see you", Material(contrasts=rows)))}
    assert found == {"see you", "see you, call", "you, call", "for 500"}


def test_the_words_that_moved_the_model_most_are_put_elsewhere():
    told = situation("see you", Material())
    end = {Change(7, 7, "", word, "markers"): lead for word, lead in (("free", 1.0), ("prize", -1.0), ("win", 3.0))}
    run, first = Change(7, 7, "", "win a car", "phrases"), Change(0, 3, "see", "Free", "markers")
    found = elsewhere(told, end | {run: 2.0, first: 4.0, Change(0, 3, "see", "odd", "gradient"): 9.0})
    assert [change.new for change in found if change.start == 7] == ["free", "win", "win a car", "prize"]
    assert [change.kind for change in found if change.new == "win a car"] == ["insert"] * 3
    assert {(change.start, change.new) for change in found if change.kind == "replace"} == {
        (start, word) for start in (0, 4) for word in ("free", "win", "prize")
    }  # fmt: skip


def test_the_gradient_anew_speaks_of_the_places_of_the_first_text():
    model = build("bert")
    told = situation("you won here now", Material(lexicon=Lexicon(("love", "home"), (39, 40))), model)
    made = [Change(4, 7, "won", ""), Change(0, 0, "", "call")]
    found = gradient.proposed_again(told, made)
    assert found
    for change in found:
        assert change.old == told.text[change.start : change.end] in ("here", "now")


def test_negation_swaps_and_puts_in_front():
    lists = Negations({"is": ["is not"], "don't": ["do"]}, ["never"])
    found = negation.propose(situation("it Is good, Don’t go", Material(negations=lists)))
    swaps = [(change.old, change.new) for change in found if change.kind == "replace"]
    assert swaps == [("Is", "Is not"), ("Don’t", "Do")]
    assert {change.new for change in found if change.kind == "insert"} == {"never"}


def test_infilling_leaves_words_that_the_lexicon_does_not_have():
    words = Prefers({}, ["free", "zzz", "see"])
    found = infilling.propose(situation("see you", Material(fluency=words, lexicon=Lexicon(("free", "see", "you"), ()))))
    assert {change.new.lower() for change in found if change.kind == "replace"} == {"free", "see"}
    assert all(change.old.lower() != change.new.lower() for change in found)
    assert [change.new for change in infilling.propose(situation("go", Material(fluency=words))) if change.kind == "insert"] == [
        "free", "zzz", "see",
    ]  # fmt: skip


@pytest.mark.parametrize("architecture", ["bert", "xlm-roberta", "gpt2", "gemma3"])
def test_gradient_swaps_move_the_model_where_they_say(architecture):
    """The first-order estimate is compared with a small step towards the swap, at which it is exact."""
    model = build(architecture)
    lexicon = Lexicon(("love", "home", "free"), tuple(model.tokenizer.convert_tokens_to_ids(["love", "home", "free"])))
    told = situation("you won here now", Material(lexicon=lexicon), model)
    proposed = gradient.propose(told)
    assert proposed
    import torch

    encoding = model.encode("you won here now")
    embedding, _ = model.embed(encoding)
    table = model.model.get_input_embeddings()(torch.tensor(lexicon.ids))
    step = 1e-3
    place = next(at for at, (start, end) in enumerate(encoding.offsets) if (start, end) == (4, 7))
    for word in range(3):
        moved = embedding.clone()
        moved[0, place] += step * (table[word] - embedding[0, place])
        with torch.no_grad():
            before, after = (model.from_embeddings(given, encoding)[0] for given in (embedding, moved))
        rise = float((after[1] - after[0]) - (before[1] - before[0])) / step
        assert told.swaps[1, word] == pytest.approx(rise, rel=0.1, abs=0.05)


def test_the_lexicon_has_whole_words_of_one_token():
    model = build("bert")
    made = Lexicon.of(model)
    assert {"free", "you", "home"} <= set(made.words)
    assert not {"ize", "##ize", "[CLS]"} & set(made.words)
    assert all(model.tokenizer.convert_tokens_to_ids(word) == number for word, number in zip(made.words, made.ids, strict=True))
    assert Lexicon.of(model, ["home", "prize", "x", "7", "free"]).words == ("home", "free")
    assert Lexicon.of(model, []).words == ()
    assert len(Lexicon.of(model, size=3).words) == 3


def test_every_source_can_be_the_one_that_finds():
    """Of a text that deletion cannot flip."""
    model = Votes(SPAM)
    given = {
        "markers": Material(markers={"spam": ["free"]}),
        "contrast": Material(contrasts=Contrasts(["noon free"], ["spam"])),
        "negation": Material(negations=Negations({"see": ["win"]}, [])),
        "infilling": Material(fluency=Prefers({}, ["prize"])),
    }
    for source, material in given.items():
        (found,) = counterfactuals(model, "see you at noon", "spam", material=material).found
        assert [change.source for change in found.changes] == [source]
    tiny = build("bert")
    search = counterfactuals(tiny, TEXTS[1], material=Material(lexicon=Lexicon.of(tiny)), n=3)
    assert search.tries > 30


def test_marker_words_are_ranked_and_need_enough_texts():
    texts = ["Free prize 1"] * 9 + ["free call"] * 3 + ["call home"] * 8 + ["rare home"] * 2
    marks = marker_words(texts, ["spam"] * 12 + ["ham"] * 10)
    assert marks["spam"][:2] == ["free", "prize"]
    assert marks["ham"][0] == "home"
    assert not {"1", "rare"} & {*marks["spam"], *marks["ham"]}
    assert marker_words(texts, ["spam"] * 12 + ["ham"] * 10, n=1) == {"spam": ["free"], "ham": ["home"]}
    assert "rare" in marker_words(texts, ["spam"] * 12 + ["ham"] * 10, least=2)["ham"]


def test_common_and_frequent_words_count_texts_not_times():
    texts = ["the the the", "The cat", "a cat", "a the", "10 !"]
    assert common_words(texts, 1) == {"the"}
    assert common_words(texts, 3) == common_words(texts) == {"the", "cat", "a"}
    assert frequent_words(texts) == ["the", "a", "cat"]
    assert frequent_words(texts, 1)[-1] == "10"


def test_rows_without_a_word_are_no_contrasts():
    assert Contrasts(["!!", "?"], ["ham", "spam"]).nearest("see you", "spam") == []
