"""Units and edits of texts, over any text there may be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError, edits
from explainers.units import assign, count_units, units

TEXT = st.text(max_size=60) | st.sampled_from(
    ["안녕하세요. 무료 상품!", "今日は。元気？", "I can't, e-mail me: 3.5 GB… 👍🏽", "a\n\nb", "naïve café", "हिन्दी में"]
)


@pytest.mark.parametrize("unit", ["word", "sentence", "line", "paragraph"])
@given(text=TEXT)
def test_units_are_in_order_apart_and_hold_every_letter(unit, text):
    spans = units(text, unit)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(span.of(text).strip() for span in spans)
    held = {place for span in spans for place in range(span.start, span.end)}
    assert all(place in held for place, character in enumerate(text) if character.isalnum())


@given(text=TEXT)
def test_characters_go_to_the_word_that_holds_them(text):
    spans = units(text, "word")
    owners = assign(text, [(place, place + 1) for place in range(len(text))], spans)
    for place, owner in enumerate(owners):
        assert owner == -1 or spans[owner].start <= place < spans[owner].end


def test_units_and_counts():
    text = "Don't stop! Call 0800-123, ok?"
    assert [span.of(text) for span in units(text, "word")] == ["Don't", "stop", "!", "Call", "0800-123", ",", "ok", "?"]
    assert count_units(text, "word") == 5
    assert count_units(text, "sentence") == 2
    with pytest.raises(AskWhyError, match="did you mean 'word'"):
        units(text, "words")


@given(old=TEXT, new=TEXT)
def test_a_difference_spells_both_texts(old, new):
    changes = edits.difference(old, new)
    assert "".join(change.text for change in changes if change.kind != "added") == old
    assert "".join(change.text for change in changes if change.kind != "removed") == new
