"""Two prompts side by side: their answers, how likely each is on the other side, and which pieces led to it."""

from __future__ import annotations

import html

import pytest

from explainers import generative

from assistant.dialogue import Assistant
from assistant.finding.prompts_beside import paired, shared_unit
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.reply import Columns
from assistant.settings import ModelSettings
from assistant.showing import drawing, terminal
from assistant.web import compared
from assistant.web.seen import Seen
from assistant.workspace import Workspace

from .. import tiny
from ..conftest import FEW_SHOT, PROMPTS
from ..told import facts, say

EDIT = ["where id = 0 | generate", "edit kind=remove part=example which=2"]
SHORTER = "Say what to do.\n\nWord: home\nSay: love\n\nWord: dinner\nSay:"


def sums(salience) -> list[float]:
    return [one.sum for one in salience.segments]


def test_two_prompts_are_answered_and_each_answer_is_judged_behind_the_other(prompts):
    made = facts(prompts, "where id = 1 | compare with=row:2")
    model = prompts.workspace.generator
    texts = [PROMPTS[1][0], PROMPTS[2][0]]
    answers = [generative.generate(model, text, max_tokens=6) for text in texts]
    assert made.kind == "rows" and not made.same
    for side, other, answer in ((made.left, 1, answers[0]), (made.right, 0, answers[1])):
        assert side.written.answer.ids == answer.ids
        assert side.log_probability == pytest.approx(answer.log_probability)
        assert side.per_token == pytest.approx(answer.log_probability / 6)
        assert side.crossed == pytest.approx(generative.score(model, texts[other], answer.text).log_probability, abs=1e-3)
        alone = generative.salience(model, answer.prompt, answer, unit="word", check=False)
        assert sums(side.salience) == pytest.approx(sums(alone), abs=1e-4)
    assert "".join(one.text for one in made.changes if one.kind != "added") == texts[0]
    assert "".join(one.text for one in made.answer_changes if one.kind != "removed") == answers[1].text.strip()
    assert (made.left.wanted, made.right.wanted, made.right.right) == (None, "love", False)


def test_pieces_with_the_same_text_make_pairs(prompts):
    made = facts(prompts, *EDIT, "compare with=edit")
    assert (made.kind, made.unit) == ("edit", "example")
    assert (made.left.written.subject.text, made.right.written.subject.text) == (FEW_SHOT, SHORTER)
    alone = [pair for pair in made.pairs if pair.difference is None]
    assert [(pair.left.text.strip(), pair.right) for pair in alone] == [("Word: prize\nSay: call now", None)]
    assert len(made.pairs) == 4
    for pair in made.moved:
        assert pair.left.text.strip() == pair.right.text.strip()
        assert pair.difference == pytest.approx(pair.right.sum - pair.left.sum)
    sizes = [abs(pair.difference) for pair in made.moved]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0


def test_what_both_lack_makes_no_pair():
    cut = [tuple(generative.Scored(0, 0, text, "text", 1, 1.0, 1.0) for text in side) for side in (("a ", "b"), ("c", "a"))]
    pairs = paired(*cut)
    assert [(pair.left and pair.left.text, pair.right and pair.right.text) for pair in pairs] == [
        (None, "c"), ("a ", "a"), ("b", None),
    ]  # fmt: skip
    assert paired(cut[0] * 500, cut[1] * 500) == ()


def test_the_unit_tells_pieces_of_both_apart():
    assert shared_unit(FEW_SHOT, SHORTER) == "example"
    assert shared_unit(FEW_SHOT, "One. Two. Three.") == "sentence"
    assert shared_unit(FEW_SHOT, "Dinner tonight") == "word"


def test_an_edit_of_no_words_is_no_comparison(prompts):
    turn = say(prompts, "where id = 0 | generate", "compare with=edit")
    assert turn.failed and "has not been edited" in turn.reply.text


def test_one_answer_by_two_methods(prompts):
    same = facts(prompts, "where id = 0 | compare with=method:integrated_gradients")
    assert same.same and same.kind == "methods"
    assert [side.salience.method for side in (same.left, same.right)] == ["occlusion", "integrated_gradients"]
    assert -1 <= same.agreement.spearman <= 1
    turned = facts(prompts, "where id = 0 | compare with=method:occlusion")
    assert turned.left.salience.method == "integrated_gradients"


@pytest.mark.parametrize("by", ["prediction", "length", "score"])
def test_what_is_not_asked_for_is_not_computed(prompts, by):
    made = facts(prompts, f"where id in (0, 1) | compare by={by}")
    assert made.left.salience is None and made.pairs == ()


def test_the_first_of_two_is_in_focus_next(prompts):
    turn = say(prompts, "where id in (1, 2) | compare", "salience")
    assert turn.results[0].written.subject.row == 1
    turn = say(prompts, *EDIT, "compare with=edit", "salience")
    assert turn.results[0].written.subject.text == SHORTER


@pytest.fixture(scope="module")
def pair(tmp_path_factory, prompts) -> Assistant:
    """The prompts with a second generator of other weights, and with a classifier."""
    folder = tmp_path_factory.mktemp("other")
    other = tiny.generator([prompt for prompt, _ in PROMPTS], seed=5)
    other.model.save_pretrained(folder)
    other.tokenizer.save_pretrained(folder)
    second = ModelSettings(path=str(folder), name="Second writer", kind="generator", tokens=4)
    models = (*prompts.workspace.settings.models, second, ModelSettings(path="x", name="Filter"))
    settings = prompts.workspace.settings.model_copy(update={"models": models, "device": "cpu"})
    made = Workspace(settings, prompts.workspace.generator, prompts.workspace.dataset)
    return Assistant(made, Parser(OPERATIONS, made.schema, None))


def test_two_models_answer_one_prompt(pair):
    turn = say(pair, 'where id = 0 | compare with=model:"second"')
    made, other = turn.results[0], pair.workspace.other_writer("Second writer")
    assert made.kind == "model" and (made.left.model, made.right.model) == ("tiny writer", "Second writer")
    assert made.right.written.answer.ids == generative.generate(other.model, FEW_SHOT, max_tokens=4).ids
    said = made.left.written.answer.text
    assert made.left.crossed == pytest.approx(generative.score(other.model, FEW_SHOT, said).log_probability, abs=1e-3)
    assert "“Second writer” answers" in turn.reply.text
    assert pair.workspace.other_writer("second") is other


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ('where id = 0 | compare with=model:"none"', "no other model 'none'"),
        ('where id = 0 | compare with=model:"filter"', "'Filter' is a classifier and tiny writer a generator"),
        ('where id in (0, 1) | compare with=model:"second"', "Two models are compared on one prompt, and 2 are chosen"),
        ("where id = 0 | compare with=method:lime", "does not explain a generative model"),
        ("where id in (0, 1) | compare with=previous", "name two prompts"),
        ("where id in (0, 1, 2) | compare", "Two texts can be compared, and 3 rows"),
        ("where id = 0 | compare with=row:0", "the same text"),
        ("where id = 0 | compare with=row:99", "no prompt 99"),
    ],
)
def test_what_cannot_be_compared_is_said(pair, command, said):
    turn = say(pair, command) if "previous" not in command else say(pair, "where id = 2 | show", command)
    assert turn.failed and said in turn.reply.text


def test_one_model_alone_says_how_to_add_another(prompts):
    turn = say(prompts, 'where id = 0 | compare with=model:"x"')
    assert "add another under [[models]]" in turn.reply.text


def test_the_pane_shows_it_side_by_side_and_offers_what_runs(pair):
    turn = say(pair, *EDIT, "compare with=edit")
    drawn = compared.drawn(pair.workspace, turn.conversation, Seen().after(turn))
    assert drawn.count('<div class="aw-names">') == 2 and "aw-prompts" in drawn
    offered = [html.unescape(part.split('"')[0]) for part in drawn.split('data-ask="')[1:]]
    named = '/compare with=model:"Second writer"'
    assert offered == ["/compare", "/compare with=method:integrated_gradients", named]
    for command in offered:
        assert not pair.ask(command, turn.conversation).failed


HOSTILE = "<script>alert(1)</script> **b** [x](javascript:y)\n{{ 7 * 7 }} {% x %} \x1b[2J"


def test_hostile_prompts_stay_text(prompts):
    text = HOSTILE.replace("\n", "\\n").replace("\x1b", "\\u001b")
    turn = say(prompts, f'where text "{text}" | generate', "compare with=row:2")
    assert not turn.failed, turn.reply.text
    assert any(isinstance(block, Columns) for block in turn.reply.blocks)
    page = drawing.reply(turn.reply)
    assert "<script" not in page and "&#60;script&#62;" in page and "49" not in turn.reply.text
    assert "\x1b" not in terminal.draw(turn.reply)
