"""What visitors said they meant: kept in a bounded file, and read again as examples to learn from."""

from __future__ import annotations

import json
import stat

import pytest

from explainers.errors import AskWhyError

from assistant.learning import corrections
from assistant.learning.corrections import Corrections
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)
COUNT = LANGUAGE.read("where label = spam | count")
SHOW = LANGUAGE.read("show n=3")


def test_a_correction_is_an_example(tmp_path):
    kept = Corrections(tmp_path / "new")
    assert kept.read(OPERATIONS) == []
    assert kept.keep("how much  spam,\nwell", SCHEMA, COUNT)
    assert kept.keep("스팸 몇 개", SCHEMA, COUNT, "where id = 3 | predict")
    first, second = kept.read(OPERATIONS)
    assert (first.question, first.program, first.schema) == ("how much spam, well", "where label = spam | count", SCHEMA)
    assert (first.language, second.language) == ("en", "ko")
    assert {first.source, second.source} == {"corrections"}
    assert (first.before, second.before) == ("", "where id = 3 | predict")


def test_only_this_person_can_read_the_file(tmp_path):
    kept = Corrections(tmp_path)
    kept.keep("how much", SCHEMA, COUNT)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_the_file_is_bounded_and_the_oldest_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(corrections, "MOST", 3)
    kept = Corrections(tmp_path)
    for number in range(5):
        assert kept.keep(f"question {number}", SCHEMA, SHOW)
    assert [example.question for example in kept.read(OPERATIONS)] == ["question 2", "question 3", "question 4"]
    assert [path.name for path in tmp_path.iterdir()] == [corrections.FILE]


def test_what_is_too_long_is_not_kept(tmp_path):
    kept = Corrections(tmp_path)
    assert not kept.keep("x" * corrections.LONGEST, SCHEMA, COUNT)
    assert not kept.path.exists()


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    assert not Corrections(tmp_path / "file").keep("how much", SCHEMA, COUNT)


def test_lines_that_are_no_programs_any_more_are_left_out(tmp_path):
    kept = Corrections(tmp_path)
    kept.keep("how much", SCHEMA, COUNT)
    good = json.loads(kept.path.read_text("utf-8"))
    bad = [
        good | {"program": "shwo"},
        good | {"program": "where label = scam | count"},
        good | {"schema": 3},
        good | {"question": " "},
    ]
    lines = ["no json", "3", "{}", *map(json.dumps, bad)]
    kept.path.write_text("\n".join([*lines, json.dumps(good)]) + "\n", "utf-8")
    assert [example.question for example in kept.read(OPERATIONS)] == ["how much"]


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    kept = Corrections(tmp_path)
    kept.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AskWhyError, match=r"The corrections in .* cannot be read"):
        kept.read(OPERATIONS)
    assert not kept.keep("how much", SCHEMA, COUNT)
