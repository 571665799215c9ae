"""The demo of prompts on the embedded language model: an example that contradicts misleads it, and mending that helps."""

from __future__ import annotations

import json

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.settings import DEMOS, settings_path
from assistant.workspace import Workspace

from .told import facts

pytestmark = pytest.mark.real

WRONG, RIGHT = "worth trying", "avoid it"


@pytest.fixture(scope="module")
def demo() -> Assistant:
    workspace = Workspace.load(settings_path("prompts"))
    return Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))


def test_the_three_situations_differ_as_they_say():
    rows = [json.loads(line) for line in (DEMOS / "prompts" / "prompts.jsonl").read_text("utf-8").splitlines()]
    first, mended, principle = (row["prompt"] for row in rows[:3])
    assert mended == first.replace(f"onion soup\nAdvice: {WRONG}", f"onion soup\nAdvice: {RIGHT}")
    assert [line for line in principle.split("\n") if line not in first.split("\n")] == [
        "Principle: never serve what the guest dislikes."
    ]


def test_mending_the_contradicting_example_mends_the_answer_and_undoing_brings_it_back(demo):
    assert facts(demo, "where id = 0 | generate").right is False
    edit = f'edit kind=replace part=line which=7 new="Advice: {RIGHT}"'
    made = facts(demo, "where id = 0 | generate", edit)
    assert (made.before.text, made.after.text) == (WRONG, RIGHT)
    undone = facts(demo, "where id = 0 | generate", edit, "undo")
    assert undone.after.text == WRONG


def test_the_culprit_comes_first_for_the_wrong_advice_by_one_method(demo):
    """By input times gradient; leaving examples out one by one does not single it out, since two others say the same words."""
    made = facts(demo, "where id = 0 | salience unit=example method=input_x_gradient").salience
    (first,) = made.top(1)
    assert "onion soup" in first.text and first.sum > 0


def test_the_small_model_does_not_heed_the_principle(demo):
    assert facts(demo, "where id = 2 | generate").written[0].text == WRONG


def test_every_prompt_gets_an_answer(demo):
    ids = ", ".join(map(str, range(3, len(demo.workspace.dataset))))
    turn = demo.ask(f"/where id in ({ids}) | generate tokens=3", Conversation())
    assert not turn.failed
    assert all(one.text for one in turn.results[0].written)
