"""A report's commands run again: the same figures are told from others, and a report from anything else."""

from __future__ import annotations

import copy
import json

import pytest

from explainers.errors import AskWhyError
from explainers.explanation import Explanation

from assistant.conversation import Conversation
from assistant.report.document import report_of
from assistant.report.replay import Difference, differences, read, replay

from ..conftest import commander, frame

COMMANDS = (
    "where id = 3 | attribute", "repeat method=lime", 'edit old="me" new="us"', "undo", "redo", "trust", "where label = spam and words > 4 | count",
    "where previous | show n=3", "more", "score by=sender", "mistakes kind=typical", "keywords", "where id = 10 | counterfactual",
    "important top=3", "where id = 3 | similar n=3", "influence n=2", "interactions", "where sample 7 | predict", "where id = 3 | relabel to=ham",
    "learn", "predict", "reset", "clarify missing=words", "data", "model", "calibration", "confusion", "where id = 3 | predict | attribute top=2",
)  # fmt: skip


@pytest.fixture(scope="module")
def recorded(talk, workspace):
    """A long conversation's report, as it is in its file."""
    conversation = talk(*COMMANDS).conversation
    return json.loads(json.dumps(report_of(conversation.transcript, workspace).to_json()))


def again(data, assistant, tmp_path):
    """What the replay of a report file tells of each command."""
    (tmp_path / "report.json").write_text(json.dumps(data), "utf-8")
    return list(replay(read(tmp_path / "report.json"), assistant))


def test_the_same_commands_give_the_same_figures(recorded, assistant, tmp_path):
    found = again(recorded, assistant, tmp_path)
    assert [item.command for item in found] == list(COMMANDS)
    assert [(item.command, item.differences[:2]) for item in found if item.kind != "same"] == []


def test_explanations_are_computed_and_not_looked_up(recorded, assistant, tmp_path, monkeypatch):
    def looked_up(kept):
        raise RuntimeError(kept)

    monkeypatch.setattr(Explanation, "from_dict", looked_up)
    assert assistant.ask("/where id = 3 | attribute", Conversation()).failed  # it is kept, and found
    (item,) = again({**recorded, "turns": recorded["turns"][:1]}, assistant, tmp_path)
    assert item.kind == "same"


def test_other_figures_are_told_with_their_place(recorded, assistant, tmp_path):
    data = copy.deepcopy(recorded)
    data["turns"] = data["turns"][:1]
    explanation = data["turns"][0]["results"][0]["explained"][0]["explanation"]
    was = explanation["pieces"][0]["score"]
    explanation["pieces"][0]["score"] = was + 0.05
    (item,) = again(data, assistant, tmp_path)
    assert item.kind == "changed"
    (found,) = item.differences
    assert found.place == "[0].explained[0].explanation.pieces[0].score"
    assert (found.was, found.now) == (pytest.approx(was + 0.05), pytest.approx(was, abs=1e-4))


def test_a_command_that_fails_now_is_told_with_why(recorded, assistant, tmp_path):
    data = {**recorded, "turns": [{**recorded["turns"][0], "command": "where id = 99 | attribute"}, recorded["turns"][9]]}
    failed, after = again(data, assistant, tmp_path)
    assert (failed.kind, after.kind) == ("failed", "same")
    assert failed.said.startswith("There is no message 99")


def test_figures_that_were_not_kept_are_not_judged(recorded, assistant, tmp_path):
    data = {**recorded, "turns": [{**recorded["turns"][0], "results": None}, recorded["turns"][1]]}
    assert [item.kind for item in again(data, assistant, tmp_path)] == ["unknown", "same"]


def test_of_another_model_or_other_data_nothing_is_run(recorded, assistant, tmp_path):
    other = commander(tmp_path, frame(12), label="spam", labels={"0": "ham", "1": "spam"})
    with pytest.raises(AskWhyError, match=r"^The model 'tiny filter' of the report is another one \(\w{16}, here \w{16}\); name"):
        again(recorded, other, tmp_path)
    data = {**recorded, "source": {**recorded["source"], "data_fingerprint": "0" * 16}}
    with pytest.raises(AskWhyError, match="^The data of the report is another one"):
        again(data, assistant, tmp_path)


NONE = [
    (b"", "it is no JSON"),
    (b"\xff\xfe{}", "it is no JSON"),
    (b"[" * 100_000, "it is no JSON"),
    (b"<!doctype html>", "it is no JSON; give the askwhy-report.json"),
    (b"[]", "is not a report; give the askwhy-report.json"),
    (b'{"format": "other"}', "is not a report"),
    (b'{"format": "askwhy report", "version": 99}', "is a report of a newer AskWhy"),
    (b'{"format": "askwhy report", "version": 1}', "is a damaged report: source: Field required"),
    (b'{"format": "askwhy report", "version": 1, "source": 3, "turns": []}', "is a damaged report: source"),
]


@pytest.mark.parametrize(("content", "said"), NONE, ids=[str(content[:40]) for content, _ in NONE])
def test_what_is_no_report_is_told(tmp_path, content, said):
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(AskWhyError, match=said):
        read(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turns": []}, "turns"),
        ({"turns": [{"command": 3, "results": []}]}, "turns.0.command"),
        ({"turns": [{"command": "count", "results": [], "x": 1}] * 501}, "turns"),
    ],
)
def test_a_damaged_report_is_told_where(recorded, tmp_path, change, said):
    (tmp_path / "report.json").write_text(json.dumps({**recorded, **change}), "utf-8")
    with pytest.raises(AskWhyError, match=f"is a damaged report: {said}"):
        read(tmp_path / "report.json")


def test_a_file_that_is_not_there_or_too_large_is_not_read(tmp_path, monkeypatch):
    with pytest.raises(AskWhyError, match=r"none\.json cannot be read: No such file"):
        read(tmp_path / "none.json")
    monkeypatch.setattr("assistant.report.replay.LARGEST", 10)
    (tmp_path / "large.json").write_text("{" * 11)
    with pytest.raises(AskWhyError, match="larger than any report: 10 bytes at most"):
        read(tmp_path / "large.json")


def test_its_settings_are_a_demo_or_a_file_here(recorded, tmp_path, monkeypatch):
    def settings(named):
        (tmp_path / "report.json").write_text(json.dumps({**recorded, "settings_file": named}), "utf-8")
        return read(tmp_path / "report.json").settings()

    monkeypatch.chdir(tmp_path)
    assert settings("sms") == "sms"
    assert settings("") is None
    with pytest.raises(AskWhyError, match=r"^The report's settings 'mine\.toml' are not here; name them by --settings\.$"):
        settings("mine.toml")
    (tmp_path / "mine.toml").write_text("")
    assert settings("mine.toml") == "mine.toml"


ALIKE = [
    (1.0, 1.00009),
    (0.5, 0.5),
    (1000.0, 1000.5),
    (1, 1.0),
    (None, None),
    ("a", "a"),
    ({"seconds": 1}, {"seconds": 2}),
    ([], []),
]
OTHER = [
    (1.0, 1.01),
    (1, 2),
    (True, 1),
    (None, 0),
    ("a", "b"),
    ([1], [1, 2]),
    ({"a": 1}, {}),
    ([1], {"a": 1}),
    (1_000_000, 1_000_001),
]


@pytest.mark.parametrize(("was", "now"), ALIKE, ids=str)
def test_the_last_digits_and_times_do_not_count(was, now):
    assert list(differences(was, now)) == []


@pytest.mark.parametrize(("was", "now"), OTHER, ids=str)
def test_everything_else_counts(was, now):
    assert len(list(differences(was, now))) == 1


def test_a_place_is_told():
    assert list(differences({"a": [{"b": 1}]}, {"a": [{"b": 2}]})) == [Difference("a[0].b", 1, 2)]


def test_a_replay_begins_a_conversation_of_its_own(recorded, assistant, tmp_path):
    data = {**recorded, "turns": [recorded["turns"][3]]}  # undo, of what nobody edited
    (item,) = again(data, assistant, tmp_path)
    assert item.kind == "changed"
    assert assistant.ask("/repeat", Conversation()).failed
