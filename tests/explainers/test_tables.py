"""Files as they are met: what is written is what is read, and what cannot be read is told in one sentence."""

from __future__ import annotations

import bz2
import datetime
import gzip
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from explainers import AskWhyError, Dataset, DataSource, load_dataset
from explainers.columns import distinct_names


def load(tmp_path, content, name="rows.csv", **options) -> Dataset:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_dataset(DataSource(file, **options))


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def values(dataset: Dataset, column: str) -> list:
    return dataset.table[column].to_pylist()


def test_strings_of_json_lines_stay_strings(tmp_path):
    made = load(
        tmp_path, lines({"text": "001", "zip": "00501", "n": "5"}, {"text": "2", "zip": "10001", "n": "6"}), "rows.jsonl", id="n"
    )
    assert (made.texts, values(made, "zip"), values(made, "id")) == (["001", "2"], ["00501", "10001"], ["5", "6"])
    assert (made.id_kind, made.columns) == ("string", {"zip": ("00501", "10001")})


def test_numbers_with_gaps_are_whole_numbers(tmp_path):
    made = load(tmp_path, "text,n,x\n5,1,2\n6,,2.5\n,9,9\n7,3,\n")
    assert made.texts == ["5", "6", "7"]
    assert (values(made, "n"), values(made, "x")) == ([1, None, 3], [2.0, 2.5, None])
    assert made.columns == {"n": "number", "x": "number"}
    made = load(tmp_path, lines({"text": 5, "n": 1}, {"text": 6, "n": None}, {"text": None}), "rows.jsonl")
    assert (made.texts, values(made, "n")) == (["5", "6"], [1, None])
    pd.DataFrame({"text": [5, None, 7], "n": [1.0, 2.0, None]}).to_parquet(tmp_path / "rows.parquet")
    assert load_dataset(DataSource(tmp_path / "rows.parquet")).texts == ["5", "7"]


def test_only_the_empty_cell_is_missing(tmp_path):
    words = ["None", "NA", "null", "nan", "N/A", "NULL", "-", "inf"]
    made = load(tmp_path, "text,kind\n" + "".join(f"{word},{word}\n" for word in words) + 'x,\n"",y\n')
    assert made.texts == [*words, "x"]
    assert values(made, "kind") == [*words, None]
    assert dict(made.left_out) == {"no text": 1}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("text,n\na,1\n  ,2\n\t,3\n,4\n\u3000,5\n", "rows.csv"),
        (lines(*({"text": text, "n": n} for n, text in enumerate(["a", "  ", "\n", "", None, " "]))), "rows.jsonl"),
    ],
)
def test_blank_texts_are_no_texts(tmp_path, content, name):
    made = load(tmp_path, content, name)
    assert made.texts == ["a"]
    assert made.left_out["no text"] == len(content.strip().split("\n")) - (2 if name == "rows.csv" else 1)


def test_codes_of_digits_stay_what_they_are(tmp_path):
    made = load(
        tmp_path, f"text,zip,account,phone,long\na,00501,1234567890123456789012345678,+4420,{'9' * 22}\nb,10001,1,+1,{'8' * 22}\n"
    )
    assert values(made, "zip") == ["00501", "10001"]
    assert values(made, "account") == ["1234567890123456789012345678", "1"]
    assert values(made, "phone") == ["+4420", "+1"]
    assert values(made, "long") == ["9" * 22, "8" * 22]
    assert load(tmp_path, "n,text\n001,a\n002,b\n", id="n").table["id"].to_pylist() == ["001", "002"]


def test_numbers_of_every_form(tmp_path):
    made = load(tmp_path, "text,n\na,1\nb,-2.5\nc, 3\nd,.5\ne,1e3\nf,0\n")
    assert values(made, "n") == [1.0, -2.5, 3.0, 0.5, 1000.0, 0.0]


def test_truth_values_with_gaps(tmp_path):
    made = load(tmp_path, "text,ok\na,True\nb,\nc,false\n")
    assert (values(made, "ok"), made.columns) == ([True, None, False], {"ok": ("false", "true")})
    made = load(tmp_path, lines({"text": "a", "ok": True}, {"text": "b"}), "rows.jsonl")
    assert (values(made, "ok"), made.columns) == ([True, None], {"ok": ("false", "true")})


def test_columns_of_mixed_types_become_strings(tmp_path):
    made = load(
        tmp_path, lines({"text": "a", "m": 1, "o": [1, "é"]}, {"text": "b", "m": "x", "o": {"k": 2}}, {"text": "c"}), "rows.jsonl"
    )
    assert values(made, "m") == ["1", "x", None]
    assert values(made, "o") == ['[1, "é"]', '{"k": 2}', None]
    made = load(tmp_path, lines({"text": ["a", "b"], "m": True}, {"text": 2.5, "m": 1}), "rows.jsonl")
    assert (made.texts, values(made, "m")) == (['["a", "b"]', "2.5"], ["True", "1"])


def test_a_column_without_a_value_is_a_text(tmp_path):
    made = load(tmp_path, "text,empty\na,\nb,\n")
    assert made.columns == {"empty": "text"}
    assert made.table.schema.field("empty").type == pa.string()


def test_types_of_parquet(tmp_path):
    table = pa.table(
        {
            "text": ["a", "b"],
            "price": [Decimal("1.50"), None],
            "day": [datetime.date(2024, 5, 1), None],
            "at": pa.array([datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.UTC)] * 2),
            "bytes": [b"x", b"y"],
            "7": pa.array([1, 2], pa.int8()),
        }
    )
    parquet.write_table(table, tmp_path / "rows.parquet")
    made = load_dataset(DataSource(tmp_path / "rows.parquet"))
    assert made.columns == {"price": "number", "day": "date", "at": "date", "bytes": ("b'x'", "b'y'"), "7": "number"}
    assert values(made, "price") == [1.5, None]


def test_dates_are_dates_when_all_are(tmp_path):
    made = load(
        tmp_path, "text,d,t,bad,mixed\na,2020-01-31,2020-01-31T10:00:00Z,2020-02-31,2020-01-01\nb,,2021-01-31 09:30,,soon\n"
    )
    assert made.columns == {"d": "date", "t": "date", "bad": ("2020-02-31",), "mixed": ("2020-01-01", "soon")}
    assert [str(value) for value in values(made, "t")] == ["2020-01-31 10:00:00", "2021-01-31 09:30:00"]


@pytest.mark.parametrize("row", [1, 2])
def test_commas_without_quotes_are_told_with_their_line(tmp_path, row):
    rows = ["a,1", "b,2"]
    rows.insert(row - 1, "Hello, world,3")
    with pytest.raises(
        AskWhyError, match=f"could not be read as CSV: line {row + 1} has 3 cells, but there are 2 columns; put quotes"
    ):
        load(tmp_path, "text,n\n" + "\n".join(rows) + "\n")


def test_every_row_with_one_cell_more_is_no_shift(tmp_path):
    with pytest.raises(AskWhyError, match="line 2 has 3 cells"):
        load(tmp_path, "text,n\nHello, world,3\nBye, world,4\n")


def test_quotes_and_lines_within_cells(tmp_path):
    made = load(tmp_path, 'text,n\r\n"Hello, ""you""\nthere",1\r\n5" screen,2\r\n\r\nshort\r\n')
    assert made.texts == ['Hello, "you"\nthere', '5" screen', "short"]
    assert values(made, "n") == [1, 2, None]
    with pytest.raises(AskWhyError, match="a quote is opened and never closed"):
        load(tmp_path, 'text,n\na,1\n"b,2\nc,3\n')


def test_a_long_text_is_read(tmp_path):
    assert len(load(tmp_path, "text\n" + "a" * 300_000 + "\n").texts[0]) == 300_000


def test_encodings(tmp_path):
    assert load(tmp_path, "text\nnaïve\n".encode("utf-8-sig")).texts == ["naïve"]
    assert load(tmp_path, "text\nnaïve\n".encode("utf-16")).texts == ["naïve"]
    with pytest.raises(AskWhyError, match="could not be read as CSV: .*UTF-8"):
        load(tmp_path, "text\nnaïve\n".encode("latin-1"))
    with pytest.raises(AskWhyError, match="it holds zero bytes, so it is no text file"):
        load(tmp_path, "text\na\x00b\n")
    assert load(tmp_path, '{"text": "half \\ud83d of one"}\n', "rows.jsonl").texts == ["half \ufffd of one"]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "zst"])
@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.jsonl"])
def test_compressed_files_whole_and_damaged(tmp_path, name, suffix):
    generator = np.random.default_rng(0)
    texts = [str(number) for number in generator.integers(0, 10**9, 5000)]
    content = lines(*({"text": text} for text in texts)) if name == "rows.jsonl" else "text\n" + "\n".join(texts) + "\n"
    packed = {
        "gz": lambda: gzip.compress(content.encode()),
        "bz2": lambda: bz2.compress(content.encode()),
        "zst": lambda: bytes(pa.Codec("zstd").compress(content.encode())),
    }[suffix]()
    assert load(tmp_path, packed, f"{name}.{suffix}").texts == texts
    damaged = bytearray(packed)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 50] = bytes(50)
    checked = [bytes(damaged)] if suffix != "zst" else []  # this zstd file has no checksum
    for broken in (packed[: len(packed) // 2], packed[:-3], *checked, b"", b"not packed at all"):
        with pytest.raises(AskWhyError, match=rf"{name}.{suffix} could not be read as [A-Z]+: .*[^.]\.$") as error:
            load(tmp_path, broken, f"{name}.{suffix}")
        assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"text": "a"}\n{"text": \n', "line 2 is not JSON"),
        ('{"text": "a"}\n["b"]\n', "line 2 is not an object in braces"),
        ("\n \n", "the file is empty"),
        ('[{"text": "a"}]', "line 1 is not an object"),
    ],
)
def test_json_lines_that_are_none(tmp_path, content, said):
    with pytest.raises(AskWhyError, match=f"rows.jsonl could not be read as JSONL: {said}"):
        load(tmp_path, content, "rows.jsonl")


def test_names_that_would_clash(tmp_path):
    made = load(tmp_path, "text,label,label_,Words,POSITION,Age,age,age,x\nhello,1,2,3,4,5,6,7,8\n")
    assert {name: values(made, name) for name in made.columns} == {
        "label__": [1], "label_": [2], "Words_": [3], "POSITION_": [4], "Age": [5], "age__": [6], "age_": [7], "x": [8],
    }  # fmt: skip
    made = load(tmp_path, "Text,text,ID,body\na,b,c,d\n", text="text")
    assert (made.texts, set(made.columns)) == (["b"], {"Text_", "ID_", "body"})
    assert len({name.casefold() for name in made.table.column_names}) == len(made.table.column_names)


def test_distinct_names_leave_the_first_as_it_is():
    assert distinct_names(["a", "A", "a_"], key=str.casefold) == ["a", "A__", "a_"]
    assert distinct_names(["a", "a", "b"], reserved=["b"]) == ["a", "a_", "b_"]


@pytest.mark.parametrize(
    ("options", "roles"), [({"label": "text"}, "text and the label"), ({"label": "n", "id": "n"}, "label and the id")]
)
def test_a_column_has_one_role(tmp_path, options, roles):
    with pytest.raises(AskWhyError, match=f"named for both the {roles}; name another for one"):
        load(tmp_path, "text,n\na,1\n", **options)


def test_labels_with_gaps_can_be_split(tmp_path):
    rows = "".join(f"row {number},{['a', '', 'b', '  '][number % 4]}\n" for number in range(40))
    made = load(tmp_path, "text,label\n" + rows, label="label", split={"test": 0.2})
    assert made.labels == ("a", "b")
    assert values(made, "label")[:4] == ["a", None, "b", None]
    groups = made.table.to_pandas().groupby("label", dropna=False)["split"]
    assert groups.apply(lambda splits: (splits == "test").sum()).tolist() == [2, 2, 4]


def test_labels_that_are_numbers_truths_or_lists(tmp_path):
    assert load(tmp_path, "text,label\na,1.0\nb,0.0\nc,\n", label="label", labels={"1": "yes"}).labels == ("yes", "0")
    assert load(tmp_path, "text,label\na,01\nb,1.50\n", label="label").labels == ("01", "1.50")
    assert load(tmp_path, "text,label\na,true\nb,no\n", label="label").labels == ("true", "no")
    assert load(tmp_path, lines({"text": "a", "label": 1}, {"text": "b", "label": [1]}), "rows.jsonl", label="label").labels == (
        "1",
        "[1]",
    )


def test_the_fingerprint_says_nothing_of_the_libraries(tmp_path):
    assert load(tmp_path, "text,n\na,1\nb,2\n").table.schema.metadata is None


def test_a_whole_number_too_large_beside_others(tmp_path):
    huge = "1" + "0" * 400
    (tmp_path / "rows.jsonl").write_text(f'{{"text": "a", "n": 1.5}}\n{{"text": "b", "n": {huge}}}\n')
    assert load_dataset(DataSource(tmp_path / "rows.jsonl")).table["n"].to_pylist() == ["1.5", huge]
