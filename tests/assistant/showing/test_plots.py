"""Behind each mark of a plot stand just the rows that it counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from explainers.predictions import Predictions

from assistant.conversation import Conversation
from assistant.reply import Bars, Plot, Reply
from assistant.saying import answers
from assistant.showing import drawing, terminal
from assistant.showing.plots import Clicks
from tests.assistant.conftest import commander, frame

SELECTIONS = ["", "where label = spam or age > 40 | ", "where sample 20 | ", "where age > 30 and sample 15 | "]


@pytest.fixture(scope="module")
def partly(tmp_path_factory):
    """Rows of which every fifth has no label, with a class that the model does not know."""
    rows = frame()
    rows["spam"] = rows["spam"].astype(object)
    rows.loc[::5, "spam"] = None
    rows.loc[1, "spam"] = "2"
    labels = {"0": "ham", "1": "spam", "2": "other"}
    return commander(tmp_path_factory.mktemp("partly"), rows, label="spam", labels=labels)


def shown(made, command: str) -> int:
    turn = made.ask(command, Conversation())
    assert not turn.failed, turn.reply.text
    return turn.results[0].rows


def block_of(made, command: str):
    turn = made.ask(f"/{command}", Conversation())
    assert not turn.failed, turn.reply.text
    (block,) = turn.reply.blocks
    return block, turn.results[0]


@pytest.mark.parametrize("which", ["assistant", "partly"])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_cell_of_the_matrix_leads_to_its_rows(request, which, selection):
    made = request.getfixturevalue(which)
    block, result = block_of(made, selection + "confusion")
    assert block.form == "matrix"
    for counts, commands in zip(block.values, block.commands, strict=True):
        for count, command in zip(counts, commands, strict=True):
            if command:
                assert shown(made, command) == count
    assert sum(map(sum, block.values)) == result.rows
    known = [bool(command) for commands in block.commands for command in commands]
    assert sum(known) >= 2


@pytest.mark.parametrize("which", ["assistant", "partly"])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_bin_of_the_calibration_leads_to_its_rows(request, which, selection):
    made = request.getfixturevalue(which)
    block, result = block_of(made, selection + "calibration")
    assert block.form == "calibration"
    assert sum(shown(made, command) for (command,) in block.commands) == result.rows
    for (_, _, rows, *_), (command,) in zip(block.values, block.commands, strict=True):
        assert shown(made, command) == rows


def test_confidences_at_the_edges_of_bins_are_in_the_bin_that_is_clicked(tmp_path):
    made = commander(tmp_path, frame(), label="spam", labels={"0": "ham", "1": "spam"})
    edges = np.resize(np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.55, 0.9999999], dtype=np.float32), 40)
    made.workspace._probabilities = np.stack([edges, 1 - edges], axis=1)
    made.workspace.rows.predictions = Predictions(made.workspace._probabilities, ("ham", "spam"), False)
    block, _ = block_of(made, "calibration")
    assert len(block.values) >= 5
    for (_, _, rows, *_), (command,) in zip(block.values, block.commands, strict=True):
        assert shown(made, command) == rows


def test_scores_lead_to_what_they_are_made_of(assistant):
    block, result = block_of(assistant, "score")
    confusion = block_of(assistant, "confusion")[1]
    assert block.form == "scores"
    assert result.held_out
    for (_, recall_rows), place in zip([(one.label, one.rows) for one in result.classes], range(9), strict=False):
        precision, recall, either = (shown(assistant, command) for command in block.commands[place])
        assert recall == recall_rows
        assert precision == sum(row[place] for row in confusion.counts)
        assert either == precision + recall - confusion.counts[place][place]
        assert all("split = test" in command for command in block.commands[place])


def test_figures_of_chosen_rows_lead_to_these_and_not_to_held_out_ones(assistant):
    block, _ = block_of(assistant, "where age > 30 | score")
    assert block.commands[0][1] == "/where age > 30 and label = ham | show"


@pytest.mark.parametrize(
    "command",
    ["statistics", "where label = spam | statistics of=characters", "statistics of=confidence", "statistics of=age",
     "statistics of=label", "statistics of=prediction", "statistics of=sender", "statistics of=split"],
)  # fmt: skip
def test_a_bar_of_a_distribution_leads_to_its_rows(assistant, command):
    block, _ = block_of(assistant, command)
    assert isinstance(block, Bars)
    assert any(block.commands)
    for count, said in zip(block.counts, block.commands, strict=True):
        assert (shown(assistant, said) if said else 0) == count
    assert bool(block.ticks) == (not command.endswith(("label", "prediction", "sender", "split")))


def test_several_labels_have_no_rows_behind_a_decision(tmp_path):
    rows = frame(12)
    rows["spam"] = ["ham;spam" if row % 2 else "spam" for row in range(12)]
    made = commander(tmp_path, rows, label="spam", label_separator=";")
    block, _ = block_of(made, "calibration")
    assert {command for (command,) in block.commands} == {""}


def test_what_cannot_be_said_is_not_asked(assistant):
    result = block_of(assistant, "confusion")[1]
    clicks = Clicks(assistant.workspace.schema.model_copy(update={"labels": ("ham",)}), "split")
    (block,) = answers.answer(result, ("message", "messages"), clicks=clicks).blocks
    assert all("spam" not in command for commands in block.commands for command in commands)
    (bare,) = answers.answer(result, ("message", "messages")).blocks
    assert {command for commands in bare.commands for command in commands} == {""}


def test_marks_are_buttons_on_the_page_and_still_in_a_report(assistant):
    reply = assistant.ask("/confusion", Conversation()).reply
    live, still = drawing.reply(reply), drawing.reply(reply, live=False)
    assert 'value="&#47;where split &#61; test and label &#61; ham' in live
    assert "<button" not in still and "value=" not in still
    assert still.count("aw-cell") == live.count("aw-cell") == 4


def test_a_plot_is_a_table_where_there_are_no_pictures():
    block = Plot("t", ("label", "a"), (("a", "3"),), "matrix", ((3,),), (("/where label = a | show",),))
    assert "a      3" in terminal.draw(Reply("", (block,)))


@pytest.mark.parametrize("rows", [frame(3), pd.concat([frame(30)] * 2)])
def test_plots_of_few_and_of_repeated_rows(tmp_path, rows):
    made = commander(tmp_path, rows, label="spam", labels={"0": "ham", "1": "spam"})
    for command in ("confusion", "calibration", "score", "statistics"):
        assert drawing.drawn(block_of(made, command)[0])


def test_the_open_end_of_a_long_tail_is_told(tmp_path):
    rows = frame()
    rows.loc[3, "age"] = 9000
    made = commander(tmp_path, rows, label="spam", labels={"0": "ham", "1": "spam"})
    block, _ = block_of(made, "statistics of=age")
    assert block.ticks[-1].endswith("+") and not block.ticks[0].endswith("+")
    assert block.counts[-1] == 1 == shown(made, block.commands[-1])
    assert sum(count > 0 for count in block.counts) > 4
