"""The interface's own words."""

from __future__ import annotations

from explainers.assets import CACHE_VARIABLE

from assistant.conversation import Conversation
from assistant.texts import interface

from .conftest import workspace_of


def test_every_stage_that_is_told_has_words(assistant, workspace, monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))  # nothing is at hand, so everything is told
    told = {"data", "duplicates", "words", "model", "convert", "documents"}  # while a workspace or its documents load
    assistant.ask("/where id >= 0 | edit kind=upper", Conversation(), lambda stage, share: told.add(stage))
    for step in ("attribute", "counterfactual", "compare with=row:4", "trust", "similar", "influence", "adversarial", "augment"):
        command = f"/where id = 3 | {step}"
        assistant.ask(command, Conversation(), lambda stage, share: told.add(stage))
    for step in ("robustness", "sensitivity"):
        assistant.ask(f"/where id >= 0 | {step}", Conversation(), lambda stage, share: told.add(stage))
    workspace_of(workspace.dataset).probabilities(lambda stage, share: told.add(stage))
    assert told == set(interface()["stages"])
    assert all(interface()["stages"].values())


def test_words_are_read_once():
    assert interface() is interface()
