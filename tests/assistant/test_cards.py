"""Model cards are written from what a training run records, with and without what was added by hand."""

from __future__ import annotations

import json
import re

import pytest

from assistant.learning.train import _card
from assistant.settings import DEMOS


@pytest.mark.parametrize("demo", ["sms", "movies"])
def test_a_classifiers_card_is_the_one_of_its_record(demo, tmp_path):
    folder = DEMOS / demo / "model"
    record = json.loads((folder / "training.json").read_text("utf-8"))
    committed = (folder / "README.md").read_text("utf-8")
    (fingerprint,) = re.findall(r"merged in: `(\w+)`", committed)
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    _card(tmp_path, "classifier_card", record=record, labels=labels, fingerprint=fingerprint)
    assert (tmp_path / "README.md").read_text("utf-8") == committed
    record.pop("selection", None)
    _card(tmp_path, "classifier_card", record=record, labels=labels, fingerprint=fingerprint)
    assert f"{record['scores']['accuracy']:.4f}"[:5] in (tmp_path / "README.md").read_text("utf-8")


def test_the_parsers_card_is_the_one_of_its_record(tmp_path):
    folder = DEMOS / "parser"
    record = json.loads((folder / "training.json").read_text("utf-8"))
    _card(tmp_path, "parser_card", record=record)
    assert (tmp_path / "README.md").read_text("utf-8") == (folder / "README.md").read_text("utf-8")
    _card(tmp_path, "parser_card", record={**record, "scores": None})
    assert "exact program" not in (tmp_path / "README.md").read_text("utf-8")


def test_the_parsers_card_tells_languages_and_forms_apart(tmp_path):
    record = json.loads((DEMOS / "parser" / "training.json").read_text("utf-8"))
    record["counts"]["korean"] = 1234
    record["scores"] |= {
        "by_language": {"en": [300, 0.9], "ko": [100, 0.8]},
        "by_form": {"composed": [40, 0.7], "single": [360, 0.91]},
    }
    _card(tmp_path, "parser_card", record=record)
    card = (tmp_path / "README.md").read_text("utf-8")
    for row in ("| English | 300 | 90% |", "| Korean | 100 | 80% |", "| composed | 40 | 70% |", "| single | 360 | 91% |"):
        assert row in card.splitlines()
    assert "(1234 of them Korean)" in card and "English and Korean. Questions" in card.replace("\n", " ")
