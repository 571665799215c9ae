"""report: the conversation so far, as files to keep."""

from __future__ import annotations

import json

from assistant.reply import Files

from ..conftest import commander, frame


def test_it_holds_the_conversation_so_far(talk):
    turn = talk("where id = 3 | predict", "attribute", "report")
    (result,) = turn.results
    assert (result.turns, result.bare, result.forgotten) == (2, 0, 0)
    assert turn.reply.text.startswith("Here is our conversation so far, 2 questions with their answers: as a page")
    (block,) = turn.reply.blocks
    assert isinstance(block, Files)
    assert [file.name for file in block.files] == ["askwhy-report.html", "askwhy-report.md", "askwhy-report.json"]
    page, markdown, data = (file.text for file in block.files)
    answer = talk("where id = 3 | predict").reply.text.split(",")[0]
    assert answer in page and answer in markdown
    assert [item["command"] for item in json.loads(data)["turns"]] == ["where id = 3 | predict", "attribute"]


def test_its_facts_are_small_and_name_the_files(talk):
    result = talk("where id = 3 | predict", "report").results[0]
    facts = json.loads(json.dumps(result.to_json()))
    assert facts["files"] == ["askwhy-report.html", "askwhy-report.md", "askwhy-report.json"]
    assert facts["turns"] == 1
    assert len(json.dumps(facts)) < 1000
    assert len(json.dumps(talk("where id = 3 | predict", "report").to_json())) < 3000


def test_before_the_first_question_there_is_none(talk):
    turn = talk("report")
    assert turn.failed
    assert turn.reply.text == "There is nothing to report yet; ask something first, and then for the report of it."


def test_it_changes_nothing(talk):
    before = talk("where label = ham | count", "where id = 3 | predict").conversation
    after = talk("report", conversation=before).conversation
    assert after == before
    assert after.transcript == before.transcript
    assert talk("repeat", conversation=after).results[0].operation == "predict"


def test_reports_of_two_visitors_are_their_own(talk):
    one = talk("where id = 3 | predict", "report").reply.blocks[0].files[2].text
    two = talk("where id = 4 | predict", "report").reply.blocks[0].files[2].text
    assert "id = 3" in one and "id = 4" not in one
    assert "id = 4" in two and "id = 3" not in two


def test_data_without_labels_makes_a_report_too(tmp_path):
    made = commander(tmp_path, frame(6).drop(columns="spam"))
    from assistant.conversation import Conversation

    turn = made.ask("/where id = 0 | predict", Conversation())
    assert not made.ask("/report", turn.conversation).failed
