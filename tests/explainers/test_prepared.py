"""Datasets are prepared once, and found again by the file's content and all that the settings say of it."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from explainers import DataSource, load_dataset
from explainers import dataset as module
from explainers.assets import CACHE_VARIABLE
from explainers.texts import Texts

ROWS = "text,kind,n\nfree prize,1,3\nFREE prize!,1,4\nsee you,0,5\n,0,6\ncall me,0,7\n"


@pytest.fixture
def source(tmp_path, monkeypatch) -> DataSource:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    (tmp_path / "rows.csv").write_text(ROWS)
    labels = {"0": "ham", "1": "spam"}
    return DataSource(tmp_path / "rows.csv", label="kind", labels=labels, drop_near_duplicates=True, split={"test": 0.5})


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The files that were read, in turn."""
    names, own = [], module.read_table

    def noted(path, *rest):
        names.append(path.name)
        return own(path, *rest)

    monkeypatch.setattr(module, "read_table", noted)
    return names


def test_the_second_time_nothing_is_read(source, read):
    first, again = load_dataset(source), load_dataset(source)
    assert read == ["rows.csv"]
    assert again.table.equals(first.table)
    assert replace(again, table=None) == replace(first, table=None)
    assert dict(again.left_out) == {"no text": 1, "near-duplicate": 1}
    assert (again.labels, again.columns) == (("spam", "ham"), {"n": "number", "split": ("test", "train")})


def test_rows_are_mapped_not_held(source):
    before = pa.total_allocated_bytes()
    made = load_dataset(source)
    assert pa.total_allocated_bytes() == before
    assert made.texts == ["free prize", "see you", "call me"]


CHANGES = [
    {"labels": {"0": "no", "1": "yes"}}, {"drop_near_duplicates": False}, {"split": {"test": 0.3}}, {"seed": 14}, {"label": None},
    {"ignore": ("n",)}, {"id": "n"}, {"text": "kind", "label": "text"}, {"ranges": {"low": (0, 0), "high": (1, 1)}},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_other_settings_are_another_dataset(source, read, change):
    load_dataset(source)
    load_dataset(replace(source, **change))
    assert read == ["rows.csv"] * 2


def test_the_order_of_ranges_matters(source, read):
    ranges = {"low": (0, 1), "high": (1, 2)}
    made = [load_dataset(replace(source, labels={}, ranges=dict(some))) for some in (ranges.items(), reversed(ranges.items()))]
    assert [set(one.labels) for one in made] == [{"low", "high"}, {"low"}]


def test_other_content_is_another_dataset_and_another_name_is_not(source, read, tmp_path):
    load_dataset(source)
    copy = tmp_path / "copy.csv"
    copy.write_text(ROWS)
    assert load_dataset(replace(source, path=copy)).name == "copy"
    assert read == ["rows.csv"]
    copy.write_text(ROWS + "bye,0,8\n")
    assert len(load_dataset(replace(source, path=copy))) == 4
    assert read == ["rows.csv", "copy.csv"]


@pytest.mark.parametrize("name", ["rows.arrow", "facts.json"])
def test_what_is_damaged_is_made_anew(source, read, tmp_path, name):
    first = load_dataset(source)
    (file,) = (tmp_path / "cache" / "datasets").rglob(name)
    file.unlink()  # its old content stays mapped
    file.write_bytes(b"{}")
    assert load_dataset(source).table.equals(first.table)
    load_dataset(source)
    assert read == ["rows.csv"] * 2


def test_a_full_disk_is_no_error(source, monkeypatch):
    monkeypatch.setattr(pa, "OSFile", lambda *given: (_ for _ in ()).throw(OSError("no space left")))
    assert load_dataset(source).texts == ["free prize", "see you", "call me"]


def test_few_are_kept(source, tmp_path):
    for seed in range(12):
        load_dataset(replace(source, seed=seed))
    assert len(list((tmp_path / "cache" / "datasets").iterdir())) == 8


def test_texts_are_a_sequence():
    texts = Texts(pa.chunked_array([["a", "b"], [], ["c", "d", "e"]]))
    assert (len(texts), texts[0], texts[-1], texts[2]) == (5, "a", "e", "c")
    assert (texts[1:3], texts[:-1], texts[::2], texts[::-1], texts[7:]) == (
        ["b", "c"],
        list("abcd"),
        list("ace"),
        list("edcba"),
        [],
    )
    assert list(texts) == list("abcde") == texts and texts != list("abcd")
    assert "c" in texts and texts.index("d") == 3
    assert texts.at([4, 0]) == ["e", "a"]
    with pytest.raises(IndexError):
        texts[5]
    assert (
        texts.fingerprint
        == Texts(pa.chunked_array([list("abcde")])).fingerprint
        != Texts(pa.chunked_array([["abcde"]])).fingerprint
    )
