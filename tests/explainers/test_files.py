"""A file that is not what its name says, or is too large, is refused in one sentence, and before it is read."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from explainers import AskWhyError, DataSource, load_dataset
from explainers import tables as module
from explainers.files import HEAD

CSV = "text,n\nhello,1\nbye,2\n"


def parquet() -> bytes:
    file = io.BytesIO()
    pd.DataFrame({"text": ["hello", "bye"] * 500}).to_parquet(file)
    return file.getvalue()


def written(tmp_path, name: str, content: bytes | str) -> DataSource:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return DataSource(tmp_path / name)


def refused(source: DataSource) -> str:
    with pytest.raises(AskWhyError) as error:
        load_dataset(source)
    said = str(error.value)
    assert said.startswith(source.path.name) and said.endswith(".") and "\n" not in said
    return said


WRONG = [
    ("rows.parquet", CSV, "it is no Parquet file but text, such as CSV, by its content; give it the right name"),
    ("rows.parquet", b"PK\x03\x04\x00\x00", "it is no Parquet file but a ZIP archive"),
    ("rows.parquet", b"\x00\x01\xff", "it is no Parquet file by its content"),
    ("rows.parquet", b"", "it is no Parquet file by its content"),
    ("rows.parquet", b"PAR1", "its end is missing; copy or write the file again"),
    ("rows.parquet", parquet()[:-9], "its end is missing"),
    ("rows.csv", parquet(), "it is no text file but Parquet by its content; give it the right name, or save it as CSV"),
    ("rows.jsonl", parquet(), "it is no text file but Parquet"),
    (
        "rows.tsv",
        b"PK\x03\x04 and so on",
        "it is no text file but a ZIP archive, as Excel and OpenDocument write by its content",
    ),
    ("rows.csv", gzip.compress(CSV.encode()), "it is no text file but gzip-compressed by its content"),
    ("rows.csv.gz", CSV, "it is not gzip-compressed, as its name says"),
    ("rows.csv.gz", gzip.compress(parquet()), "it is no text file but Parquet"),
    ("rows.parquet.gz", gzip.compress(CSV.encode()), "it is no Parquet file but text"),
    ("rows.csv.bz2", gzip.compress(CSV.encode()), "it is not bz2-compressed"),
    ("rows.csv", CSV.encode("utf-16-le"), "it is UTF-16 without a mark at its beginning; save it as UTF-8"),
    ("rows.jsonl", '{"text": "naïve"}\n'.encode("utf-16-be"), "it is UTF-16 without a mark"),
    ("rows.csv", b"text\n" + bytes(range(256)), "it holds zero bytes, so it is no text file"),
    ("rows.csv", "text\n" + "x\n" * HEAD + "a\x00b\n", "it holds zero bytes"),
    ("rows.csv", '{"text": "a"}\n{"text": "b"}\n', "it is JSONL by its content; give it a name that ends in .jsonl"),
    ("rows.jsonl", CSV, "line 1 is not JSON"),
    ("rows.csv", CSV.encode("utf-16")[:-1], "could not be read as CSV: it is neither UTF-8 nor UTF-16"),
    ("rows.csv", "text\n안녕\n".encode("cp949"), "it is neither UTF-8 nor UTF-16 with a mark at its beginning; save it as UTF-8"),
]


@pytest.mark.parametrize(("name", "content", "said"), WRONG, ids=[f"{name}-{said[:25]}" for name, _, said in WRONG])
def test_a_file_that_is_not_what_it_says(tmp_path, name, content, said):
    assert said in refused(written(tmp_path, name, content))


def test_what_looks_odd_and_is_right(tmp_path):
    assert load_dataset(written(tmp_path, "rows.csv", CSV.encode("utf-16"))).texts == ["hello", "bye"]
    assert load_dataset(written(tmp_path, "rows.jsonl", '{"text": "안녕"}\n'.encode("utf-16"))).texts == ["안녕"]
    assert load_dataset(written(tmp_path, "rows.csv", 'text\n"{""a"": 1}"\n')).texts == ['{"a": 1}']
    assert len(load_dataset(written(tmp_path, "rows.parquet.gz", gzip.compress(parquet())))) == 1000
    assert load_dataset(written(tmp_path, "rows.csv", "text\n" + "é" * HEAD + "\n")).texts == ["é" * HEAD]


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet", "rows.csv.gz", "rows.parquet.bz2"])
def test_a_file_over_the_limit_is_not_opened(tmp_path, monkeypatch, name):
    source = DataSource(written(tmp_path, name, b"x" * 3_000_000).path, max_megabytes=2)
    monkeypatch.setattr("pathlib.Path.open", None)
    said = refused(source)
    assert said == (
        f"{name} is too large: it has 3 MB, more than the limit of 2 MB; give fewer rows, or raise `max_megabytes` in the [data] "
        "section."
    )


@pytest.mark.parametrize(
    ("name", "pack"), [("rows.csv.gz", gzip.compress), ("rows.csv.bz2", bz2.compress), ("rows.parquet.gz", gzip.compress)]
)
def test_a_small_file_that_unpacks_to_much_is_not_read_on(tmp_path, name, pack):
    source = DataSource(written(tmp_path, name, pack(b"text\n" + b"xxxxxxxxx\n" * 400_000)).path, max_megabytes=3)
    assert source.path.stat().st_size < 100_000
    assert "unpacks to more than the limit of 3 MB; give fewer rows" in refused(source)


def test_parquet_that_unpacks_to_much_is_not_read(tmp_path, monkeypatch):
    pd.DataFrame({"text": ["x" * 1000] * 5000}).to_parquet(tmp_path / "rows.parquet", use_dictionary=False)
    assert (tmp_path / "rows.parquet").stat().st_size < 1_000_000
    monkeypatch.setattr("pyarrow.parquet.ParquetFile.read", None)
    assert "unpacks to 5 MB, more than the limit of 1 MB" in refused(DataSource(tmp_path / "rows.parquet", max_megabytes=1))


def test_what_is_within_the_limit_is_read(tmp_path):
    content = "text\n" + "xxxxxxxxx\n" * 80_000
    assert len(load_dataset(DataSource(written(tmp_path, "rows.csv", content).path, max_megabytes=1))) == 80_000


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.csv.gz"])
def test_the_share_that_is_read_is_told(tmp_path, name):
    texts = [str(number) for number in np.random.default_rng(0).integers(0, 10**12, 60_000)]
    content = "".join(f'{{"text": "{text}"}}\n' for text in texts) if "json" in name else "text\n" + "\n".join(texts)
    source = written(tmp_path, name, gzip.compress(content.encode()) if name.endswith("gz") else content)
    told = []
    load_dataset(source, lambda stage, share: told.append((stage, share)))
    shares = [share for stage, share in told if stage == "data"]
    assert shares == sorted(shares) and 0 < shares[0] < shares[-1] <= 1


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_the_size_of_the_parts_is_of_no_matter(tmp_path, monkeypatch, name, batch):
    monkeypatch.setattr(module, "BATCH", batch)
    rows = pd.DataFrame({
        "text": ["a", "b", "c", "d", "e"],
        "number": pd.array([1, None, 3, 4, 5], "Int64"),
        "mixed": ["x", None, "y", "1", "2"],
        "day": ["2024-01-01", None, "2024-01-02", "2024-01-03", "2024-01-04"],
    })  # fmt: skip
    if name == "rows.csv":
        rows.to_csv(tmp_path / name, index=False)
    else:
        lines = ['{"text": "a", "number": 1, "mixed": "x", "day": "2024-01-01"}', '{"text": "b"}']
        lines += [
            f'{{"text": "{t}", "number": {n}, "mixed": {m}, "day": "2024-01-0{n - 1}"}}'
            for t, n, m in zip("cde", (3, 4, 5), ('"y"', 1, 2), strict=True)
        ]
        (tmp_path / name).write_text("\n".join(lines))
    made = load_dataset(DataSource(tmp_path / name))
    assert made.columns == {"number": "number", "mixed": ("1", "2", "x", "y"), "day": "date"}
    assert made.table["number"].to_pylist() == [1, None, 3, 4, 5]
    assert made.table["mixed"].to_pylist() == ["x", None, "y", "1", "2"]
    assert made.table.schema.field("number").type == pa.int64()


def test_a_parquet_file_that_says_one_string_in_every_row_is_not_unpacked(tmp_path):
    pd.DataFrame({"text": ["x" * 100_000] * 1000}).to_parquet(tmp_path / "rows.parquet")
    assert (tmp_path / "rows.parquet").stat().st_size < 10_000
    assert "unpacks to 100 MB, more than the limit of 1 MB" in refused(DataSource(tmp_path / "rows.parquet", max_megabytes=1))
    pd.DataFrame({"text": ["x"] * 3000, "other": [None] * 3000}).to_parquet(tmp_path / "rows.parquet")
    assert "unpacks to 6,000 bytes" in refused(DataSource(tmp_path / "rows.parquet", max_megabytes=0.005))


def test_lists_within_lists_end_in_a_sentence(tmp_path):
    deep = "[" * 100_000
    assert "no column 'text'" in refused(written(tmp_path, "rows.csv", f"{deep}\nhello\n"))
    assert "line 1 holds lists or objects" in refused(written(tmp_path, "rows.jsonl", f"{deep}\n"))
    source = written(tmp_path, "rows.csv", f"text,label\nhello,{deep}\n")
    assert load_dataset(dataclasses.replace(source, label="label")).labels == (deep,)
