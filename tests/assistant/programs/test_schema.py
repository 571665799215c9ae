"""Schema files, and how a mistake in one is told."""

from __future__ import annotations

import json

import pytest

from explainers.errors import AskWhyError

from assistant.programs.schema import Schema

CONTRACT = {
    "labels": ["ham", "spam"], "columns": {"sender": ["bank", "friend"], "age": "number", "sent": "date", "note": "text"},
    "id": "integer", "rows": 4449, "languages": ["en", "ko"], "kind": "classifier",
}  # fmt: skip


def test_the_contract_is_read(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(CONTRACT), "utf-8")
    schema = Schema.read(path)
    assert schema.labels == ("ham", "spam")
    assert schema.columns == {"sender": ("bank", "friend"), "age": "number", "sent": "date", "note": "text"}
    assert json.loads(schema.model_dump_json()) == CONTRACT


WRONG = [
    ("{", "is not JSON at line 1"),
    ('{\n"labels": [1,\n}', "is not JSON at line 3"),
    ("[]", "is wrong at the top"),
    ('{"lables": []}', "is wrong at lables"),
    ('{"labels": "ham"}', "is wrong at labels"),
    ('{"id": "uuid"}', "is wrong at id"),
    ('{"columns": {"age": "numeric"}}', "is wrong at columns.age"),
    ('{"rows": "many"}', "is wrong at rows"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_mistake_is_told_with_its_place(tmp_path, text, said):
    path = tmp_path / "schema.json"
    path.write_text(text, "utf-8")
    with pytest.raises(AskWhyError) as caught:
        Schema.read(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_is_not_utf_8(tmp_path):
    path = tmp_path / "schema.json"
    path.write_bytes('{"labels": ["é"]}'.encode("latin-1"))
    with pytest.raises(AskWhyError, match="is not UTF-8 at byte 13; save it as UTF-8"):
        Schema.read(path)
    path.write_text('{"labels": ["é"]}', "utf-8-sig")
    assert Schema.read(path).labels == ("é",)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(AskWhyError, match="cannot be read: No such file"):
        Schema.read(tmp_path / "schema.json")
