"""A first look at a file: what its columns probably are, and what is no file of rows."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from explainers.dataset import DataSource
from explainers.errors import AskWhyError

from assistant.bringing.preview import label_values, preview

LIMIT = 1_000_000
ROWS = pd.DataFrame({
    "nr": range(30),
    "words": [f"this is the text of row {row}, rather long" for row in range(30)],
    "team": [("billing", "sales", "sales")[row % 3] for row in range(30)],
    "note": [f"n{row}" for row in range(30)],
})  # fmt: skip


def written(folder, kind, rows=ROWS):
    path = folder / f"rows.{kind}"
    {
        "csv": lambda: rows.to_csv(path, index=False),
        "tsv": lambda: rows.to_csv(path, index=False, sep="\t"),
        "jsonl": lambda: rows.to_json(path, orient="records", lines=True),
        "parquet": lambda: rows.to_parquet(path),
    }[kind]()
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_columns_are_guessed_in_every_kind_of_file(tmp_path, kind):
    found = preview(written(tmp_path, kind), LIMIT)
    assert found.columns == ("nr", "words", "team", "note")
    assert (found.text, found.label, found.id, found.count) == ("words", "team", None, 30)
    assert found.rows[0] == ("0", "this is the text of row 0, rather long", "billing", "n0")
    assert len(found.rows) == 5


def test_names_tell_more_than_values(tmp_path):
    rows = ROWS.assign(text="short", category=[f"c{row % 7}" for row in range(30)], id=range(30))
    found = preview(written(tmp_path, "csv", rows), LIMIT)
    assert (found.text, found.label, found.id) == ("text", "category", "id")


def test_ids_that_come_twice_are_none(tmp_path):
    assert preview(written(tmp_path, "csv", ROWS.assign(id=[1] * 30)), LIMIT).id is None


def test_without_a_column_like_labels_there_is_none(tmp_path):
    assert preview(written(tmp_path, "csv", ROWS[["words", "note"]]), LIMIT).label is None


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.pkl", b"x", "is not a CSV, TSV, JSONL or Parquet file"),
    ("a", b"x", "is not a CSV, TSV, JSONL or Parquet file"),
    ("a.csv", b"", "the file is empty"),
    ("a.csv", b"text\n", "has no rows"),
    ("a.csv", b"text,other\n,\n,\n", "Every column of the file is empty"),
    ("a.jsonl", b"{]", "line 1 is not JSON"),
    ("a.parquet", b"PAR1nothing", "could not be read as PARQUET"),
    ("a.csv.gz", gzip.compress(b"text\na\n"), "is not a CSV, TSV, JSONL or Parquet file"),
    ("a.csv", b"text\n" + b"a" * LIMIT, "limit"),
])  # fmt: skip
def test_what_is_no_file_of_rows_is_told_in_a_sentence(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AskWhyError, match=said):
        preview(tmp_path / name, LIMIT)


def test_the_values_of_the_label_column_the_most_frequent_first(tmp_path):
    path = written(tmp_path, "csv")
    assert label_values(DataSource(path, text="words", label="team"), LIMIT) == ("sales", "billing")
    assert label_values(DataSource(path, text="words"), LIMIT) == ()
    with pytest.raises(AskWhyError, match="has no column 'tem' for the label; did you mean 'team'"):
        label_values(DataSource(path, text="words", label="tem"), LIMIT)


def test_numbers_are_labels_as_they_are_read_later(tmp_path):
    path = written(tmp_path, "csv", ROWS.assign(team=[1.0, 0.0, 1.0] * 10))
    assert label_values(DataSource(path, text="words", label="team"), LIMIT) == ("1", "0")


def test_several_labels_of_a_row_are_values_each(tmp_path):
    path = written(tmp_path, "jsonl", ROWS.assign(team=[["a", "b"], ["a"], []] * 10))
    assert label_values(DataSource(path, text="words", label="team"), LIMIT) == ("a", "b")
