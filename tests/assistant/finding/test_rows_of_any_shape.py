"""Rows of data of many shapes: columns of any name, ids of both kinds, labels that are missing, times."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from explainers.dataset import Dataset, DataSource, load_dataset

from assistant.conversation import Conversation
from assistant.finding.rows import Rows
from assistant.programs.conditions import And, Compare

from ..conftest import commander

LABELS = ("ham", "spam")

NAMES = ("position", "Position", "Text", "ID", "Label", "Confidence", "Words", "age", "Age", "column_0", "rows", "select")


@pytest.mark.parametrize("name", NAMES)
def test_a_column_may_be_called_as_anything_else_is(name):
    values = {"id": [0, 1, 2, 3], "text": ["a b", "b c", "c d", "d"], "label": ["ham"] * 4}
    values |= {other: [1, 2, 3, 4] for other in NAMES} | {name: [9, 8, 7, 6]}
    columns = dict.fromkeys(NAMES, "number")
    odd = Rows(Dataset(pa.table(values), ("ham",), columns, "integer", "", "odd"), LABELS, lambda: np.eye(4, 2, dtype=np.float32))
    assert odd.select(Compare(name, ">", 7)).tolist() == [0, 1]
    assert odd.select(And((Compare("id", ">", 1), Compare("words", "=", 2), Compare("label", "=", "ham")))).tolist() == [2]
    assert odd.select(Compare("confidence", "=", 1)).tolist() == [0, 1]
    assert odd.select(Compare("text", "contains", "b")).tolist() == [0, 1]


def test_an_answer_without_a_label_is_neither_right_nor_wrong(tmp_path):
    pd.DataFrame({"text": ["a", "b", "c"], "lab": ["ham", None, "ham"]}).to_parquet(tmp_path / "some.parquet")
    some = Rows(load_dataset(DataSource(tmp_path / "some.parquet", label="lab")), LABELS, lambda: np.eye(3, 2, dtype=np.float32))
    assert some.select(Compare("correct", "=", True)).tolist() == [0, 2]
    assert some.select(Compare("correct", "=", False)).tolist() == []


def test_times_are_compared_in_utc(tmp_path):
    sent = pd.date_range("2024-01-01T00:00+02:00", periods=3, freq="h")
    pd.DataFrame({"text": ["a", "b", "c"], "sent": sent}).to_parquet(tmp_path / "sent.parquet")
    timed = Rows(load_dataset(DataSource(tmp_path / "sent.parquet")), LABELS, lambda: np.eye(3, 2, dtype=np.float32))
    assert timed.select(Compare("sent", ">", "2023-12-31T22:30")).tolist() == [1, 2]
    assert timed.select(Compare("sent", "=", "2024-01-01T01:00+02:00")).tolist() == [1]


IDS = {
    "integer": (["0", "7", "3", "99"], "id in (0, 99)", "id = 0", "id = 99", "id = 5", "from 0 to 99"),
    "string": (["A-0", "0", "x y", "é"], 'id in ("A-0", "é")', 'id = "A-0"', 'id = "é"', 'id = "zz"', "look like A-0"),
}


@pytest.mark.parametrize("kind", IDS)
def test_ids_of_both_kinds_by_commands(tmp_path, kind):
    ids, some, first, last, none, said = IDS[kind]
    rows = pd.DataFrame({"key": ids, "text": ["a b", "b c", "c d", "d e"]})
    assistant = commander(tmp_path, rows, id="key")
    assert assistant.workspace.dataset.id_kind == kind

    def shown(where: str) -> list[str]:
        turn = assistant.ask(f"/where {where} | show", Conversation())
        assert not turn.failed, turn.reply.text
        return [str(subject.row) for subject in turn.results[0].subjects]

    assert shown(some) == [ids[0], ids[3]]
    assert (shown(first), shown(last)) == ([ids[0]], [ids[3]])
    assert shown(f"not {first}") == ids[1:]
    assert len(shown("sample 2")) == 2
    assert shown(f"{first} or {none}") == [ids[0]]
    missing = assistant.ask(f"/where {none} | show", Conversation())
    assert missing.failed and said in missing.reply.text
    ranged = assistant.ask(
        "/where id >= 1 and id <= 50 | show" if kind == "integer" else '/where id >= "A" | show', Conversation()
    )
    if kind == "integer":
        assert [subject.row for subject in ranged.results[0].subjects] == [7, 3]
    else:
        assert ranged.failed and ranged.reply.text.startswith("'id' cannot be compared with '>='; it takes =, !=, in.")
    wrong = assistant.ask('/where id = "7" | show' if kind == "integer" else "/where id = 7 | show", Conversation())
    assert wrong.failed and wrong.reply.text.startswith("'id' is a" if kind == "integer" else "Write '7' like this: \"7\".")
    other = assistant.ask(
        f"/where {first} | compare with=row:{ids[3] if kind == 'integer' else chr(34) + ids[3] + chr(34)}", Conversation()
    )
    assert not other.failed
