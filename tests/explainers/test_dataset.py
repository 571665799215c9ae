"""Reading rows of any file, and making them fit for training."""

from __future__ import annotations

import pandas as pd
import pytest

from explainers import AskWhyError, DataSource, load_dataset
from explainers.prepare import assign_splits, drop_near_duplicates

FRAME = pd.DataFrame(
    {"body": ["free prize", "see you", None, "call now"], "kind": [1, 0, 1, 1], "age": [3.5, 4, 5, 6], "from": list("abca")}
)


@pytest.fixture(params=["csv", "tsv", "jsonl", "parquet", "csv.gz"])
def path(request, tmp_path):
    file = tmp_path / f"rows.{request.param}"
    if request.param == "parquet":
        FRAME.to_parquet(file)
    elif request.param == "jsonl":
        FRAME.to_json(file, orient="records", lines=True)
    else:
        FRAME.to_csv(file, index=False, sep="\t" if request.param == "tsv" else ",")
    return file


def test_every_format_reads_the_same(path):
    dataset = load_dataset(DataSource(path, text="body", label="kind", labels={"0": "ham", "1": "spam"}))
    assert dataset.texts == ["free prize", "see you", "call now"]
    assert dataset.table["label"].to_pylist() == ["spam", "ham", "spam"]
    assert dataset.labels == ("spam", "ham")
    assert dataset.table["id"].to_pylist() == [0, 1, 2]
    assert dict(dataset.columns) == {"age": "number", "from": ("a", "b")}
    assert dict(dataset.left_out) == {"no text": 1}


def csv(tmp_path, content, **options):
    file = tmp_path / "rows.csv"
    file.write_text(content, "utf-8")
    return load_dataset(DataSource(file, **options))


def test_ids_of_strings_and_numbers(tmp_path):
    assert csv(tmp_path, "n,text\nA-1,hello\nB-2,bye\n", id="n").id_kind == "string"
    numbered = csv(tmp_path, "n,text\n0,hello\n7,bye\n", id="n")
    assert numbered.id_kind == "integer"
    assert numbered.table["id"].to_pylist() == [0, 7]


def test_columns_that_share_a_reserved_name_are_kept_under_another(tmp_path):
    dataset = csv(tmp_path, "text,body,prediction\nx,hello,1\ny,bye,2\n", text="body")
    assert set(dataset.columns) == {"text_", "prediction_"}
    assert dataset.texts == ["hello", "bye"]


def test_ranges_make_labels_and_leave_the_rest_out(tmp_path):
    dataset = csv(tmp_path, "text,r\na,-2\nb,0\nc,1.5\n", label="r", ranges={"negative": (-4, -0.5), "positive": (0.5, 4)})
    assert dataset.table["label"].to_pylist() == ["negative", "positive"]
    assert dict(dataset.left_out) == {"label in no range": 1}


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n", {}, "has no column 'text' for the text"),
        ("texts,b\n1,2\n", {}, "did you mean 'texts'"),
        ("text,label\nx,y\n", {"label": "lable"}, "did you mean 'label'"),
        ("text,n\nx,1\ny,1\n", {"id": "n"}, "not unique: 1 comes twice"),
        ("text\n", {}, "has no rows"),
        ("text,r\nx,high\n", {"label": "r", "ranges": {"up": (0, 1)}}, "none"),
        ("", {}, "could not be read as CSV"),
    ],
)
def test_wrong_files_get_a_sentence(tmp_path, text, options, said):
    with pytest.raises(AskWhyError, match=said):
        csv(tmp_path, text, **options)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl"])
def test_a_file_that_is_not_what_it_says(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x00\x01not this\xff")
    with pytest.raises(AskWhyError, match="could not be read as"):
        load_dataset(DataSource(tmp_path / name))


def test_missing_and_unknown_files(tmp_path):
    with pytest.raises(AskWhyError, match="There is no data file"):
        load_dataset(DataSource(tmp_path / "absent.csv"))
    (tmp_path / "rows.docx").write_text("x")
    with pytest.raises(AskWhyError, match="not a CSV"):
        load_dataset(DataSource(tmp_path / "rows.docx"))


def test_the_fingerprint_follows_the_rows(tmp_path):
    first = csv(tmp_path, "text\na\nb\n")
    assert first.fingerprint == csv(tmp_path, "text\na\nb\n").fingerprint
    assert first.fingerprint != csv(tmp_path, "text\na\nc\n").fingerprint


def test_near_duplicates_go_and_the_first_stays():
    texts = [
        "Call 0800 123 now!",
        "call 0900-555 NOW",
        "Win a prize, text WIN to 80086 before the end of this very long day",
        "Win a prize, text WIN to 70086 before the end of this very long day please",
        "Something else entirely",
        "!!!",
        "???",
    ]
    assert drop_near_duplicates(texts) == [0, 2, 4, 5, 6]


def test_splits_are_fixed_and_stratified():
    labels = ["a"] * 100 + ["b"] * 20
    splits = assign_splits(labels, 120, {"test": 0.2, "validation": 0.1}, 13)
    assert splits == assign_splits(labels, 120, {"test": 0.2, "validation": 0.1}, 13)
    assert splits != assign_splits(labels, 120, {"test": 0.2, "validation": 0.1}, 14)
    assert (splits[:100].count("test"), splits[100:].count("test")) == (20, 4)
    with pytest.raises(AskWhyError, match="leave no rows"):
        assign_splits(labels, 120, {"test": 0.9, "validation": 0.2}, 13)
