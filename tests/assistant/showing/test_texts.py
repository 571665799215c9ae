"""The interface's own words."""

from __future__ import annotations

import re

import pytest

from explainers.assets import CACHE_VARIABLE

from assistant.choosing import is_refusal
from assistant.conversation import Conversation
from assistant.showing.texts import LANGUAGES, interface, language, speaking

from ..conftest import workspace_of


def test_every_stage_that_is_told_has_words(assistant, workspace, monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))  # nothing is at hand, so everything is told
    told = {"data", "duplicates", "words", "model", "convert", "documents"}  # while a workspace or its documents load
    told |= {"phrase", "generate", "salience"}  # where a capable language model is configured, and of a generative one
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


def flat(words: dict, path: str = "") -> dict[str, str]:
    """Every word of the interface by its path."""
    found = {}
    for name, value in words.items():
        if isinstance(value, dict):
            found |= flat(value, f"{path}{name}.")
        else:
            listed = value if isinstance(value, list) else [value]
            found |= {f"{path}{name}": " ".join(one["ask"] if isinstance(one, dict) else one for one in listed)}
    return found


@pytest.mark.parametrize("spoken", sorted(set(LANGUAGES) - {"en"}))
def test_every_language_says_the_same_with_the_same_places(spoken):
    english, other = flat(interface()), flat(interface(spoken))
    assert other.keys() == english.keys()
    places = {name: sorted(re.findall(r"\{\w+\}|\[\[\w+\]\]", word)) for name, word in english.items()}
    assert {name: sorted(re.findall(r"\{\w+\}|\[\[\w+\]\]", word)) for name, word in other.items()} == places
    assert all(word.strip() for word in other.values())
    assert {name: word for name, word in other.items() if name.startswith("focus.command.")} == {
        name: word for name, word in english.items() if name.startswith("focus.command.")
    }


def test_korean_is_korean_but_for_the_switch_to_the_other_language():
    words = flat(interface("ko"))
    latin = {name for name, word in words.items() if not re.search("[가-힣]", word)}
    assert latin == {"other_language", "replay.now"} | {name for name in words if name.startswith("focus.command.")}


def test_what_is_drawn_is_in_the_language_that_was_set():
    with speaking("ko"):
        assert (language(), interface()["send"]) == ("ko", "질문")
        with speaking("en"):
            assert interface()["send"] == "Ask"
    assert language() == "en"


def test_a_refusal_is_heard_in_every_language():
    assert all(is_refusal(interface(name)["not_meant"]) for name in LANGUAGES)
