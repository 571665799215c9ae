"""The newest comparison beside the chat, and what to compare the focus with."""

from __future__ import annotations

import html
import re

from assistant.conversation import Conversation
from assistant.web import compared
from assistant.web.seen import Seen


def commands(drawn: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'data-ask="(.*?)"', drawn)]


def test_without_a_comparison_it_says_how_to_make_one(workspace):
    drawn = compared.drawn(workspace, Conversation(), Seen())
    assert "Nothing was compared yet" in drawn and commands(drawn) == []


def test_it_shows_the_last_comparison_and_offers_others(talk, workspace):
    turn = talk("where id = 3 | compare with=method:lime")
    drawn = compared.drawn(workspace, turn.conversation, Seen().after(turn))
    assert "LIME" in html.unescape(drawn) and drawn.count("aw-pair") > 3
    assert commands(drawn) == ["/compare with=method:occlusion"]


def test_every_command_that_is_offered_runs(talk, workspace):
    turn = talk('where id = 3 | edit kind=append new="win"', "compare")
    offered = commands(compared.drawn(workspace, turn.conversation, Seen().after(turn)))
    assert offered[0] == "/compare" and len(offered) == 2
    for command in offered:
        assert not talk(command.removeprefix("/"), conversation=turn.conversation).failed
    asked = talk("attribute method=occlusion", conversation=turn.conversation).conversation
    assert commands(compared.drawn(workspace, asked, Seen()))[-1] == "/compare with=method:integrated_gradients"
