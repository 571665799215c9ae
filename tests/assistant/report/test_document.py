"""What a report knows: the source of its figures, the settings that make them, and every turn as JSON."""

from __future__ import annotations

import json
import tomllib

import pytest

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.reply import Highlight, Reply
from assistant.report.document import as_toml, report_of
from assistant.report.files import report_files, save
from assistant.settings import DataSettings, ModelSettings, Settings, load_settings
from assistant.transcript import MOST_CHARACTERS, Said, Transcript

SETTINGS = """
title = "A \\"router\\" \\u007f"
device = "cpu"
documents = ["docs"]

[[models]]
name = "router"
path = "models/router"
labels = ["billing", "sales"]

[[models]]
path = "models/other"

[data]
path = "tickets.csv"
text = "body"
noun = ["ticket", "tickets"]
labels = { "0" = "billing", "a b" = "sales" }
split = { test = 0.2 }
drop_near_duplicates = true

[server]
port = 8000
"""


def test_its_settings_are_a_settings_file_that_makes_the_same_figures(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "askwhy.toml").write_text(SETTINGS, "utf-8")
    settings = load_settings(tmp_path / "askwhy.toml")
    (tmp_path / "again.toml").write_text(as_toml(settings), "utf-8")
    again = load_settings(tmp_path / "again.toml")
    assert (again.title, again.models, again.data, again.device) == (settings.title, settings.models, settings.data, "cpu")
    assert again.server == Settings.model_fields["server"].default  # where it is served makes no figure


def test_it_is_json_with_every_turn(talk, workspace):
    conversation = talk("where id = 3 | predict", "attribute").conversation
    data = json.loads(json.dumps(report_of(conversation.transcript, workspace).to_json(), allow_nan=False))
    assert (data["format"], data["version"], data["title"], data["forgotten"]) == ("askwhy report", 1, "Tiny", 0)
    assert data["source"] == {
        "model": "tiny filter", "model_fingerprint": workspace.classifier.fingerprint, "labels": ["ham", "spam"],
        "data_fingerprint": workspace.dataset.fingerprint, "rows": 40, "noun": ["message", "messages"],
    }  # fmt: skip
    assert [turn["command"] for turn in data["turns"]] == ["where id = 3 | predict", "attribute"]
    assert [turn["results"][0]["operation"] for turn in data["turns"]] == ["predict", "attribute"]
    assert data["turns"][0]["text"].startswith("The model says")


def test_after_learning_it_is_still_of_the_model_that_all_share(talk, workspace):
    conversation = talk("where id = 3 | learn", "predict").conversation
    made = report_of(conversation.transcript, conversation.adapted)
    assert made.source.model_fingerprint == workspace.classifier.fingerprint != conversation.adapted.classifier.fingerprint


def test_the_longest_conversation_makes_files_of_bounded_size(workspace):
    pieces = tuple(("<b>& word ", 0.5) for _ in range(400))
    transcript = Transcript()
    for number in range(400):
        said = Said(
            f"why {number}?" * 20,
            "attribute",
            "2026-01-01T00:00:00+00:00",
            0.1,
            Reply("x<y " * 500, (Highlight("t", "spam", pieces),)),
            "[]",
        )
        transcript = transcript.after(said)
    sizes = {file.name.rpartition(".")[2]: file.size for file in report_files(report_of(transcript, workspace))}
    assert sizes["html"] < 8 * MOST_CHARACTERS
    assert max(sizes["md"], sizes["json"]) < 2 * MOST_CHARACTERS


def test_turns_without_evidence_are_told_of(workspace):
    bare = Said("why?", "attribute", "2026-01-01T00:00:00+00:00", 0.1, None, None)
    for file in report_files(report_of(Transcript((bare,), forgotten=7), workspace)):
        if not file.name.endswith("json"):
            assert "of this answer only its command was kept" in file.text
            assert "7 questions before these ones are left out" in file.text


@pytest.mark.parametrize("kind", ["html", "md", "json"])
def test_it_is_written_by_the_ending_of_the_name(talk, workspace, tmp_path, kind):
    save(talk("where id = 3 | predict").conversation, workspace, tmp_path / f"r.{kind.upper()}")
    assert (
        (tmp_path / f"r.{kind.upper()}")
        .read_text("utf-8")
        .startswith({"html": "<!doctype html>", "md": "# Tiny", "json": "{"}[kind])
    )


def test_it_is_written_in_the_language_of_the_conversation_with_the_rows_that_were_picked(talk, workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "settings", workspace.settings.model_copy(update={"title_ko": "작은 필터"}))
    conversation = talk("where picked 1 | count", conversation=Conversation(picks=((3, 4),), language="ko")).conversation
    save(conversation, workspace, tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text("utf-8")
    assert '<html lang="ko">' in text and "<h1>작은 필터</h1>" in text
    save(conversation, workspace, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["picks"] == [[3, 4]]


def test_a_range_without_an_end_is_said_as_toml_says_it():
    data = DataSettings(path="r.csv", label="stars", ranges={"good": (4, float("inf")), "bad": (float("-inf"), 2)})
    said = as_toml(Settings.model_construct(models=(ModelSettings(path="m"),), data=data))
    assert DataSettings.model_validate(tomllib.loads(said)["data"]) == data


def test_what_cannot_be_written_is_told(talk, workspace, tmp_path):
    conversation = talk("where id = 3 | predict").conversation
    for path, said in (
        (tmp_path / "r.pdf", "end its name in .html, .md or .json"),
        (tmp_path / "none" / "r.md", "cannot be written to"),
    ):
        with pytest.raises(AskWhyError, match=said):
            save(conversation, workspace, path)
    with pytest.raises(AskWhyError, match="nothing to report"):
        save(Conversation(), workspace, tmp_path / "r.md")
