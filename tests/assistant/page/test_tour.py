"""The guided tour: ten questions for each demo that are understood, one click each."""

from __future__ import annotations

import html
import re

import pytest

from assistant.assemble import parser_for
from assistant.bringing.inviting import invitations
from assistant.operations import OPERATIONS
from assistant.parsing.parser import answers_nothing, same
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.saying.korean import HANGUL
from assistant.settings import DEMOS, load_settings
from assistant.showing.texts import LANGUAGES, speaking
from assistant.touring import TourStep
from assistant.web.pane import offered
from assistant.web.tour import Look, drawn
from assistant.workspace import Workspace

TOURED = ("sms", "movies")
STEPS = tuple(
    TourStep(ask=f"Question <{number}>?", command="/score" if number == 2 else None, note=f"note {number}")
    for number in (1, 2, 3)
)


def settings(demo):
    return load_settings(DEMOS / demo / "askwhy.toml")


@pytest.mark.parametrize("demo", TOURED)
def test_each_demo_is_shown_by_ten_questions_with_a_line_for_the_presenter(demo):
    tour = settings(demo).tour
    assert len(tour) == len({step.ask for step in tour}) == 10
    assert all(20 < len(step.said(language).note) < 200 for step in tour for language in LANGUAGES)
    assert all(step.said("ko") is not step for step in tour)


LABELS = {"sms": ("ham", "spam"), "movies": ("negative", "positive"), "prompts": ()}


@pytest.mark.parametrize("demo", LABELS)
def test_each_command_of_tour_and_examples_is_one(demo):
    kind = settings(demo).models[0].kind
    schema = Schema(labels=LABELS[demo], columns={}, id="integer", rows=100, kind=kind)
    reads = Language(OPERATIONS, schema)
    for step in (*settings(demo).tour, *settings(demo).examples):
        for words in (step, step.ko):
            if words.command:
                program = reads.read(words.command[1:])
                assert program.steps and program.check(schema) is None


@pytest.mark.parametrize("demo", LABELS)
def test_the_examples_of_each_demo_are_korean_on_a_korean_page(demo):
    examples = settings(demo).examples
    assert len(examples) >= 5
    for one in examples:
        said = offered(one.said("ko"))
        assert HANGUL.search(said["display_text"]) and said["text"].startswith(said["display_text"] + "\n/")
        assert offered(one.said("en")) == {"text": one.ask, "display_text": one.ask}


def test_what_a_visitor_brought_has_examples_in_both_languages():
    made = invitations(("ticket", "tickets"), 0, labelled=True)
    assert [one.ask for one in made][1] == "Show me 5 tickets you got wrong"
    assert all(HANGUL.search(one.said("ko").ask) and one.said("ko").command for one in made)


@pytest.mark.real
@pytest.mark.parametrize("demo", TOURED)
def test_each_question_is_understood(demo):
    workspace = Workspace.load(DEMOS / demo / "askwhy.toml")
    parser = parser_for(demo, workspace.schema)
    for step in workspace.settings.tour:
        parse = parser.parse(step.runs)
        assert parse.second is None and not answers_nothing(parse.program), step.runs
        meant = step.said("ko").runs  # the Korean steps are commands
        assert same(parse.program, parser.language.read(meant.removeprefix("/"))), step.runs


def buttons(made):
    return [html.unescape(re.sub("<.*?>", "", one)).strip() for one in re.findall(r"<button.*?</button>", made)]


def test_without_a_tour_there_is_nothing():
    assert drawn((), "Demo", Look()) == ""


def test_it_begins_with_one_button():
    assert buttons(drawn(STEPS, "Demo", Look())) == ["Guided tour"]


def test_the_next_question_is_asked_by_the_same_click_that_goes_on():
    made = drawn(STEPS, "Demo", Look(1))
    assert buttons(made) == ["1", "2", "3", "×", "‹ Back", "Ask again", "Next: Question <2>?\u00a0›"]
    assert "note 1" in made and 'aria-current="step"' in made
    (following,) = re.findall(r'<button[^>]*aw-next"[^>]*>', made)
    assert 'data-ask="/score"' in html.unescape(following)
    assert 'data-said="Question <2>?"' in html.unescape(following)
    assert '{"place": 2}' in html.unescape(following)


def test_the_end_is_told_and_korean_speaks_korean():
    assert "That was the tour" in html.unescape(drawn(STEPS, "Demo", Look(3)))
    with speaking("ko"):
        assert buttons(drawn(STEPS, "Demo", Look())) == ["둘러보기"]


@pytest.mark.parametrize(("told", "place"), [
    ({"place": 2}, 2), ({"place": 0}, 0), ({"place": None}, None), ({"place": 9}, 1), ({"place": -1}, 1), ({"place": "2"}, 1),
    ({"place": True}, 1), ({}, 1),
])  # fmt: skip
def test_what_a_browser_tells_is_checked(told, place):
    assert Look(1).changed(told, 3).place == place
