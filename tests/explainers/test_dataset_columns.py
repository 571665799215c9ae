"""What `load_dataset` makes of columns, ids, labels and files that are not what they say."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from explainers import AskWhyError, Dataset, DataSource, load_dataset
from explainers.roles import CATEGORIES, RESERVED

ROWS = "n,text,label,when\n7,win a prize,1,2020\n8,see you,0,2021\n9,call now,1,2022\n"


def load(tmp_path: Path, content: str | bytes, name: str = "rows.csv", **options: object) -> Dataset:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_dataset(DataSource(file, **options))


def test_column_types(tmp_path):
    frame = pd.DataFrame(
        {
            "text": [f"text {number}" for number in range(CATEGORIES + 1)],
            "number": range(CATEGORIES + 1),
            "share": [0.5, None] + [1.5] * (CATEGORIES - 1),
            "flag": [True, False, *[True] * (CATEGORIES - 1)],
            "when": pd.date_range("2024-01-01", periods=CATEGORIES + 1),
            "kind": ["b", None, "a", *["b"] * (CATEGORIES - 2)],
            "fifty": [f"c{min(number, CATEGORIES - 1)}" for number in range(CATEGORIES + 1)],
            "note": [f"note {number}" for number in range(CATEGORIES + 1)],
        }
    )
    frame.to_parquet(tmp_path / "rows.parquet")
    columns = load_dataset(DataSource(tmp_path / "rows.parquet")).columns
    assert len(columns.pop("fifty")) == CATEGORIES
    assert columns == {
        "number": "number", "share": "number", "flag": ("false", "true"), "when": "date", "kind": ("a", "b"), "note": "text",
    }  # fmt: skip


def test_dates_in_json_lines(tmp_path):
    made = load(tmp_path, '{"text": "a", "date": "2020-01-01"}\n{"text": "b", "date": "2021-05-01"}\n', "rows.jsonl")
    assert made.columns == {"date": "date"}


def test_roles_leave_the_extra_columns_and_ignored_ones_go(tmp_path):
    made = load(tmp_path, ROWS, id="n", label="label", ignore=["when"])
    assert made.table.column_names == ["id", "text", "label"]
    assert (made.id_kind, made.table["id"].to_pylist()) == ("integer", [7, 8, 9])
    assert load(tmp_path, ROWS, id="when").columns == {"n": "number", "label_": "number"}
    assert load(tmp_path, ",text\n0,a\n1,b\n").table.column_names == ["id", "text"]  # the index that pandas writes


def test_reserved_names_are_kept_under_another(tmp_path):
    extra = [name for name in RESERVED if name != "text"]
    made = load(tmp_path, ",".join(["text", *extra]) + "\n" + ",".join(["hello", *"x" * len(extra)]) + "\n")
    assert set(made.columns) == {f"{name}_" for name in extra}
    assert made.labels == ()
    assert made.split is None


def test_ids_of_strings_stay_strings(tmp_path):
    made = load(tmp_path, "n,text\na1,x\nb2,y\n", id="n")
    assert (made.id_kind, made.table["id"].to_pylist()) == ("string", ["a1", "b2"])
    for content, what in {"n,text\na,x\na,y\n": "a comes twice", "n,text\n1,x\n,y\n": "a row has none"}.items():
        with pytest.raises(AskWhyError, match=f"'n' of rows.csv is not unique: {what}; leave `id` out"):
            load(tmp_path, content, id="n")


def test_the_id_of_a_row_without_text_may_come_twice(tmp_path):
    made = load(tmp_path, "n,text\n1,x\n1,\n2,y\n", id="n")
    assert made.table["id"].to_pylist() == [1, 2]
    assert made.left_out == {"no text": 1}


def test_labels_are_named_in_the_order_they_are_seen(tmp_path):
    made = load(tmp_path, ROWS, label="label", labels={"1": "spam"})
    assert made.labels == ("spam", "0")
    gaps = load(tmp_path, "text,label\na,1\nb,\nc,0\n", label="label", labels={"1": "spam"})
    assert gaps.table["label"].to_pylist() == ["spam", None, "0"]
    assert gaps.labels == ("spam", "0")


def test_near_duplicates_are_counted_and_rows_numbered_after(tmp_path):
    content = "text\nCall 1 now\nsee you\ncall 2 NOW!\nbye\n"
    assert load(tmp_path, content).left_out == {}
    made = load(tmp_path, content, drop_near_duplicates=True)
    assert made.texts == ["Call 1 now", "see you", "bye"]
    assert made.table["id"].to_pylist() == [0, 1, 2]
    assert made.left_out == {"near-duplicate": 1}


def test_a_split_is_a_column_drawn_within_each_label(tmp_path):
    content = "text,label\n" + "".join(f"row {'x' * number},{'rare' if number % 5 == 0 else 'often'}\n" for number in range(50))
    source = {"label": "label", "split": {"test": 0.2, "validation": 0.1}}
    made = load(tmp_path, content, **source)
    frame = made.table.to_pandas()
    assert made.split == "split"
    assert set(made.columns["split"]) == {"train", "test", "validation"}
    assert pd.crosstab(frame["label"], frame["split"])["test"].to_dict() == {"often": 8, "rare": 2}
    again = load(tmp_path, content, **source)
    assert again.table.equals(made.table)
    assert again.fingerprint == made.fingerprint
    assert load(tmp_path, content, seed=14, **source).fingerprint != made.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        ROWS.replace("see you", "see you!"),
        ROWS.replace("8,see", "6,see"),
        ROWS.replace("you,0", "you,1"),
        ROWS.replace("2021", "2024"),
        ROWS.replace("when", "year"),
        "\n".join([ROWS.split("\n")[0], *reversed(ROWS.strip().split("\n")[1:])]),
    ],
)
def test_the_fingerprint_sees_every_change(tmp_path, other):
    first = load(tmp_path, ROWS, "a.csv", id="n", label="label")
    assert load(tmp_path, ROWS, "b.csv", id="n", label="label").fingerprint == first.fingerprint  # not of the name
    assert load(tmp_path, other, id="n", label="label").fingerprint != first.fingerprint


def test_a_compressed_file_is_named_without_its_suffixes(tmp_path):
    made = load(tmp_path, gzip.compress(ROWS.encode()), "my.rows.csv.gz")
    assert made.name == "my"
    assert len(made) == 3


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.jsonl", "rows.parquet", "rows.csv.gz"])
@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", bytes(range(256)) * 4, b"PK\x03\x04\xff\xfe"])
def test_garbage_gets_one_sentence(tmp_path, name, content):
    kind = name.removesuffix(".gz").rpartition(".")[2].upper()
    with pytest.raises(AskWhyError, match=rf"{name} could not be read as {kind}: .*\.$") as error:
        load(tmp_path, content, name)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("role", ["text", "label", "id"])
def test_a_missing_column_names_the_role_and_what_there_is(tmp_path, role):
    source = DataSource(tmp_path / "rows.csv")
    source.path.write_text(ROWS)
    with pytest.raises(AskWhyError, match=f"no column 'whenn' for the {role}; did you mean 'when'"):
        load_dataset(replace(source, **{role: "whenn"}))
    with pytest.raises(AskWhyError, match=f"no column 'zzz' for the {role}; choose from n, text, label, when"):
        load_dataset(replace(source, **{role: "zzz"}))


def test_rows_that_are_all_left_out(tmp_path):
    with pytest.raises(AskWhyError, match="has no rows with a text in the column 'text'"):
        load(tmp_path, "n,text\n1,\n2,\n")
    with pytest.raises(AskWhyError, match="There is no data file"):
        load_dataset(DataSource(tmp_path))
