"""The panes beside the conversation: in the page's language throughout, and under headings in their order."""

from __future__ import annotations

import html
import itertools
import re

import pytest

from assistant.conversation import Conversation
from assistant.programs.conditions import quote
from assistant.saying.korean import HANGUL
from assistant.showing.texts import speaking
from assistant.web import charts, focus, prompt
from assistant.web.seen import Seen

ENGLISH = re.compile(r"\b(speaks|gradients|probability|message|model|share|rows|right|words?|label|by|for)\b", re.IGNORECASE)


def seen_by(made: str) -> str:
    """What stands in a pane, without the data's own words, commands and marks."""
    text = re.sub('<div class="aw-home">.*?</div>|<code>.*?</code>|<template.*?</template>', " ", made, flags=re.DOTALL)
    return html.unescape(re.sub("<[^>]*>", " ", text))


def told(assistant, *commands):
    conversation, seen = Conversation(), Seen()
    for command in commands:
        turn = assistant.ask(f"/{command}", conversation)
        assert not turn.failed, turn.reply.text
        conversation, seen = turn.conversation, seen.after(turn)
    return conversation, seen


def test_a_korean_focus_is_korean(assistant):
    conversation, seen = told(assistant, "score", "where id = 3 | attribute")
    with speaking("ko"):
        made = seen_by(focus.drawn(assistant.workspace, conversation, seen))
    assert "통합 그래디언트" in made and not ENGLISH.search(made), ENGLISH.search(made)
    assert "by integrated gradients" in seen_by(focus.drawn(assistant.workspace, conversation, seen))


def test_charts_are_drawn_in_the_language_of_each_page(assistant):
    told(assistant, "score")
    english = seen_by(charts.drawn(assistant.workspace, Conversation()))
    with speaking("ko"):
        korean = seen_by(charts.drawn(assistant.workspace, Conversation()))
    assert HANGUL.search(korean) and not ENGLISH.search(korean), ENGLISH.search(korean)
    assert ENGLISH.search(english) and not HANGUL.search(english)


def test_a_generative_model_has_charts_of_its_rows_and_no_predictions_to_wait_for(prompts):
    made = charts.drawn(prompts.workspace, Conversation())
    assert "prompts" in seen_by(made) and "aw-column" in made
    assert "predict" not in seen_by(made).lower() and "confidence" not in made and "training never saw" not in seen_by(made)


@pytest.mark.parametrize("commands", [[], ["where id = 3 | attribute"], ["where id = 3 | attribute", "trust"]])
def test_no_heading_leaves_a_level_out(assistant, commands):
    levels = [int(level) for level in re.findall(r"<h(\d)", focus.drawn(assistant.workspace, *told(assistant, *commands)))]
    assert levels and levels[0] == 2  # below the title of the page
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_another_size_of_pieces_asks_about_the_same_words(prompts):
    conversation, seen = told(prompts, "where id = 1 | generate")
    said = conversation.written.text.strip().split()[0]
    conversation, seen = told(prompts, "where id = 1 | generate", f"salience target={quote(said)}")
    made = prompt.drawn(prompts.workspace, conversation, seen)
    commands = [html.unescape(one) for one in re.findall('data-ask="(.*?)"', made) if "salience" in one]
    assert commands and all(f"target={quote(said)}" in one for one in commands)
    assert not prompts.ask(commands[0], conversation).failed
