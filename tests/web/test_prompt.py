"""The focus pane of a prompt without a browser: shaded pieces, the outlined target, the sizes of pieces."""

from __future__ import annotations

import html
import re

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.web.beside import KINDS
from assistant.web.rows_page import Look
from assistant.web.seen import Seen
from tests.assistant.conftest import FEW_SHOT, prompter


@pytest.fixture(scope="module")
def prompts(tmp_path_factory) -> Assistant:
    return prompter(tmp_path_factory.mktemp("prompts"))


def pane(assistant: Assistant, *commands: str, name: str = "focus", look=None) -> str:
    conversation, seen = Conversation(), Seen()
    for command in commands:
        turn = assistant.ask(f"/{command}", conversation)
        assert not turn.failed, turn.reply.text
        conversation, seen = turn.conversation, seen.after(turn)
    return KINDS[name].drawn(assistant.workspace, conversation, seen, look)


def commands(made: str) -> list[str]:
    return [html.unescape(said) for said in re.findall('data-ask="(.*?)"', made)]


def plain(made: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", re.sub("<sup>.*?</sup>", "", made.replace("<br>", "\n"))))


def test_nothing_is_in_focus_at_first(prompts):
    assert "Nothing is in focus yet" in pane(prompts)


def test_a_prompt_that_was_shown_can_be_answered(prompts):
    made = pane(prompts, "where id = 0 | show")
    assert "/generate" in commands(made) and "/salience" in commands(made)
    assert FEW_SHOT in plain(made)


def test_the_answer_stands_below_and_its_end_is_told(prompts):
    made = pane(prompts, "where id = 0 | generate")
    said = prompts.ask("/where id = 0 | generate", Conversation()).results[0].written[0].text
    assert said in plain(made) and "cut off" in plain(made)
    assert "aw-target" not in made


def test_pieces_are_shaded_and_leave_by_a_click_and_the_target_is_outlined(prompts):
    made = pane(prompts, 'where id = 0 | generate target="call now"', 'salience target="now"')
    assert re.search('<mark class="aw-target">now</mark>', made)
    assert FEW_SHOT in plain(made)
    assert "given, not written" in plain(made)
    assert "/edit kind=remove part=example which=2" in commands(made)
    assert re.search(r'class="aw-w aw-(pos|neg)" style="--aw:\d\.\d\d', made)
    sizes = [command for command in commands(made) if "unit=" in command]
    assert sizes == [f'/salience target="now" unit={unit}' for unit in ("example", "line", "sentence", "word")]
    assert re.search(r'aw-on"[^>]*>by example', made)


def test_a_piece_is_named_by_the_part_that_an_edit_takes_out(prompts):
    made = pane(prompts, "where id = 0 | salience unit=line")
    turn = prompts.ask(
        f"/where id = 0 | {next(one for one in commands(made) if 'which=3' in one).removeprefix('/')}", Conversation()
    )
    assert turn.results[0].after.subject.text == FEW_SHOT.replace("Say: love\n", "")


def test_an_edit_takes_the_shades_away_and_shows_the_chain(prompts):
    made = pane(prompts, "where id = 0 | salience", "edit kind=remove part=example which=2")
    assert "--aw" not in made
    assert {"/undo", "/reset", "/edits", "/salience"} <= set(commands(made))
    assert "edit kind=remove part=example which=2" in plain(made)


def test_hostile_prompts_are_text(prompts):
    made = pane(prompts, 'where text "<img src=x onerror=alert(1)> now" | salience unit=word')
    assert "<img" not in made
    assert "<img src=x onerror=alert(1)> now" in plain(made)


def test_the_rows_of_prompts_have_no_predictions_and_lead_to_answers(prompts):
    made = pane(prompts, name="rows", look=Look())
    assert "/where id = 0 | generate" in commands(made)
    assert "<select" not in made and "model</button>" not in made
    assert "2 prompts" in plain(pane(prompts, name="rows", look=Look(query="dinner")))
