"""Rows chosen by DuckDB are those that a plain reading of the condition chooses."""

from __future__ import annotations

import math
import operator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.dataset import Dataset, DataSource, load_dataset
from explainers.errors import AskWhyError

from assistant.finding.rows import Rows
from assistant.finding.searching import rows_saying, word_pattern
from assistant.programs.conditions import FIELDS, And, Compare, Condition, Not, Or, Previous, Sample, Typed, operators
from assistant.programs.schema import Schema

LABELS = ("ham", "spam")
COUNT = 60  # more than make a category, so that `note` is free text
TEXTS = (
    "Free call now!", "free-entry, CALL me", "freedom calls.", "it's free? (yes)", "무료쿠폰을 받는 무료 쿠폰 call",
    "免费call 이것도", "50% off\nnow; no_call now", "x",
)  # fmt: skip
OPERATORS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    rows = np.arange(COUNT)
    frame = pd.DataFrame({
        "text": [f"{TEXTS[row % len(TEXTS)]}{' Really? Yes.' * (row % 3)}" for row in rows],
        "spam": ["spam" if row % 3 == 0 else "ham" for row in rows],
        "sender": [(None, "bank", "a b", "it's")[row % 4] for row in rows],
        "age": [None if row % 5 == 0 else float(row % 11) for row in rows],
        "note": [f"call {row} 'x' \"y\"" for row in rows],
        "where": [bool(row % 2) for row in rows],
        "sent": pd.date_range("2024-01-01", periods=COUNT),
    })  # fmt: skip
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    frame.to_parquet(path)
    return load_dataset(DataSource(Path(path), label="spam"))


@pytest.fixture(scope="module")
def probabilities() -> np.ndarray:
    first = np.random.default_rng(0).random(COUNT).round(2)
    return np.stack([first, 1 - first], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def rows(dataset, probabilities) -> Rows:
    return Rows(dataset, LABELS, lambda: probabilities)


def schema_of(dataset: Dataset) -> Schema:
    return Schema(labels=LABELS, columns=dict(dataset.columns), id=dataset.id_kind)


@pytest.fixture(scope="module")
def facts(dataset, probabilities) -> list[dict]:
    """What is known of each row, computed in plain Python."""
    found = dataset.table.to_pylist()
    for row, chances in zip(found, probabilities.tolist(), strict=True):
        words = regex.findall(r"[\p{L}\p{N}_]+(?:['’-][\p{L}\p{N}_]+)*", row["text"])
        row |= {"confidence": max(chances), "prediction": LABELS[chances.index(max(chances))]}
        row |= {"correct": row["prediction"] == row["label"], "characters": len(row["text"]), "words": len(words)}
        row |= {"sentences": len([part for part in regex.split(r"(?<=[.!?])\s+|\n", row["text"]) if regex.search(r"\w", part)])}
        row |= {"where": str(row["where"]).lower(), "sent": str(row["sent"])[:10]}
    return found


def holds(condition: Condition, row: dict) -> bool:
    """The plain reading: what is not known holds nothing."""
    match condition:
        case And(parts):
            return all(holds(part, row) for part in parts)
        case Or(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case Compare(field, op, value):
            known = row[field]
            if known is None or (isinstance(known, float) and math.isnan(known)):
                return False
            if op == "in":
                return known in value
            if op == "contains":
                return contains(known, value)
            return getattr(operator, OPERATORS[op])(known, value)
    raise AssertionError(condition)


def contains(text: str, words: str) -> bool:
    """Words in any case, apart from other words where they begin or end as words do; particles may follow Hangul."""
    text, words = " ".join(text.lower().split()), " ".join(words.lower().split())
    if not words:
        return False
    letter, spaceless = regex.compile(r"[\p{L}\p{N}_]"), regex.compile(r"[\p{Han}\p{Katakana}\p{Hiragana}]")
    for start in (place for place in range(len(text)) if text.startswith(words, place)):
        end = start + len(words)
        free_before = not words[0].isalnum() or spaceless.match(words[0]) or start == 0 or not letter.match(text[start - 1])
        free_after = not words[-1].isalnum() or end == len(text) or not letter.match(text[end])
        free_after = free_after or regex.match(r"\p{Hangul}", words[-1]) or spaceless.match(words[-1])
        if free_before and free_after:
            return True
    return False


SAID = [
    "free",
    "CALL",
    "call now",
    "now",
    "쿠폰",
    "무료",
    "받",
    "费",
    "免费call",
    "it's",
    "50%",
    "%",
    "_",
    "(yes)",
    "off now",
    "me",
    "쿠",
    ".*",
    "'",
    "x",
    "call 3",
    " free",
    "free ",
    " ",
]
WORDS = st.sampled_from(SAID)
VALUES = {
    "id": st.integers(-1, COUNT), "text": WORDS, "note": WORDS | st.integers(0, COUNT).map(lambda row: f"call {row} 'x' \"y\""),
    "label": st.sampled_from(LABELS), "prediction": st.sampled_from(LABELS), "correct": st.booleans(),
    "confidence": st.integers(50, 100).map(lambda share: share / 100) | st.floats(0.5, 1), "characters": st.integers(0, 60),
    "words": st.integers(0, 9), "sentences": st.integers(0, 5), "sender": st.sampled_from(["bank", "a b", "it's"]),
    "age": st.integers(-1, 11) | st.floats(0, 11).map(lambda age: round(age, 1)), "where": st.sampled_from(["true", "false"]),
    "sent": st.dates(pd.Timestamp("2023-12-30").date(), pd.Timestamp("2024-03-05").date()).map(str),
}  # fmt: skip


@st.composite
def comparisons(draw: st.DrawFn, dataset: Dataset) -> Compare:
    field = draw(st.sampled_from(sorted(VALUES)))
    op = draw(st.sampled_from(operators(field, schema_of(dataset))))
    value = tuple(draw(st.lists(VALUES[field], min_size=1, max_size=3))) if op == "in" else draw(VALUES[field])
    return Compare(field, op, value)


@settings(max_examples=250)
@given(data=st.data())
def test_conditions_choose_what_a_plain_reading_chooses(data, dataset, rows, facts):
    def joined(parts: st.SearchStrategy) -> st.SearchStrategy:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return several.map(And) | several.map(Or) | parts.map(Not)

    condition = data.draw(st.recursive(comparisons(dataset), joined, max_leaves=5))
    assert rows.select(condition).tolist() == [place for place, row in enumerate(facts) if holds(condition, row)]


@pytest.mark.parametrize("field", ["text", "note"])
@pytest.mark.parametrize("words", SAID)
def test_words_are_found_as_words(rows, facts, field, words):
    meant = [place for place, row in enumerate(facts) if contains(row[field], words)]
    assert rows.select(Compare(field, "contains", words)).tolist() == meant


def test_every_field_and_column_is_tried(dataset):
    assert set(VALUES) == {*FIELDS, *dataset.columns}


def test_no_condition_chooses_every_row(rows):
    assert rows.select(None).tolist() == list(range(COUNT))


@given(st.integers(1, COUNT + 5), st.sampled_from([None, Compare("label", "=", "ham"), Not(Compare("age", ">", 5))]))
def test_a_sample_is_a_fixed_part_of_the_selection(rows, count, condition):
    whole = rows.select(condition)
    sampled = Sample(count) if condition is None else And((condition, Sample(count)))
    drawn = rows.select(sampled)
    assert len(drawn) == min(count, len(whole))
    assert set(drawn) <= set(whole)
    assert drawn.tolist() == sorted(drawn) == rows.select(sampled).tolist()
    if condition is not None:
        assert rows.select(And((Sample(count), condition))).tolist() == drawn.tolist()


def test_a_sample_is_drawn_at_random(rows):
    assert rows.select(Sample(20)).tolist() != list(range(20))


HOSTILE = [
    "' OR 1=1 --", "'; DROP TABLE rows; --", '"', "\\", "%", "$1", "?", ".*", "(", "[a", "\\E", "(?i)x|.", "a" * 3000, "\x00", "🙂",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value[:12]))
@pytest.mark.parametrize("field", ["text", "note", "sender", "label"])
def test_values_are_never_read_as_sql_or_patterns(rows, facts, field, value):
    op = "contains" if field in ("text", "note") else "="
    meant = [place for place, row in enumerate(facts) if op == "contains" and value in row[field]]
    assert rows.select(Compare(field, op, value)).tolist() == meant
    assert len(rows.select(None)) == len(rows.select(Compare("id", ">=", 0))) == COUNT


def test_a_column_of_any_name_is_only_a_name(tmp_path):
    name = 'a"; DROP TABLE rows; --'
    pd.DataFrame({"text": ["x", "y", "z"], name: [1, 2, 3]}).to_csv(tmp_path / "odd.csv", index=False)
    odd = Rows(load_dataset(DataSource(tmp_path / "odd.csv")), LABELS, lambda: np.eye(3, 2, dtype=np.float32))
    assert odd.select(Compare(name, ">=", 2)).tolist() == [1, 2]


WRONG = [
    (Typed("hi"), "typed text cannot be joined"),
    (And((Compare("id", "=", 1), Typed("hi"))), "typed text cannot be joined"),
    (Or((Compare("id", "=", 1), Sample(3))), "join it with 'and'"),
    (Not(Sample(3)), "join it with 'and'"),
    (Compare("snder", "=", "bank"), "no column 'snder'; did you mean 'sender'?"),
    (Previous(), "no earlier selection"),
    (Not(Previous()), "no earlier selection"),
]


@pytest.mark.parametrize(("condition", "said"), WRONG, ids=str)
def test_what_cannot_be_chosen_is_told(rows, condition, said):
    with pytest.raises(AskWhyError, match=said):
        rows.select(condition)


@pytest.mark.parametrize("field", ["label", "correct"])
def test_data_without_labels_says_so(named, field):
    with pytest.raises(AskWhyError, match="no label column"):
        named.rows.select(Compare(field, "=", True))


def test_a_drawn_sample_can_be_chosen_from(rows):
    drawn = rows.select(Sample(20)).tolist()
    ham = set(rows.select(Compare("label", "=", "ham")).tolist())
    within = And((Sample(20),))
    assert rows.select(within).tolist() == drawn
    assert rows.select(And((within, Compare("label", "=", "ham")))).tolist() == [row for row in drawn if row in ham]
    assert rows.select(Not(within)).tolist() == sorted(set(range(COUNT)) - set(drawn))
    assert set(rows.select(And((within, Sample(5))))) < set(drawn)
    nothing = And((Compare("id", "<", 0), Sample(3)))
    assert rows.select(Or((nothing, Compare("id", "=", 7)))).tolist() == [7]


def test_predictions_are_made_only_when_asked_for(dataset):
    def never() -> np.ndarray:
        raise AssertionError("predicted")

    assert len(Rows(dataset, LABELS, never).select(And((Compare("words", ">", 0), Compare("label", "=", "ham"))))) == 40


WORDY = st.text(st.sampled_from("abkK1_-'’. İiſsKé무%\n"), min_size=1, max_size=6)


@settings(max_examples=150)
@given(st.lists(st.text(st.sampled_from("abkK1_-'’. İiſsKé무%\n"), max_size=12), min_size=1, max_size=6), WORDY)
def test_the_index_of_words_finds_what_reading_every_text_finds(texts, words):
    made = Dataset(pa.table({"id": range(len(texts)), "text": texts}), (), {}, "integer", "", "made")
    pattern = word_pattern(words.strip())
    read = [bool(hit) for hit in pc.match_substring_regex(made.table["text"], pattern).to_pylist()] if words.strip() else []
    assert not read or rows_saying(made, words.strip()).tolist() == read
    chosen = Rows(made, LABELS, lambda: np.eye(len(texts), 2)).select(Compare("text", "contains", words))
    assert chosen.tolist() == [place for place, hit in enumerate(read) if hit]


@pytest.mark.parametrize("words", ["free", "쿠폰", "call"])
def test_words_are_looked_up_and_texts_not_read(dataset, words, monkeypatch):
    meant = rows_saying(dataset, words).tolist()
    read = []
    monkeypatch.setattr("assistant.finding.searching._read", lambda column, likely, pattern: read.append(likely) or likely)
    assert rows_saying(dataset, words).tolist() == meant
    assert not sum(map(sum, read))
