"""The command: exit code 0, or 2 with one sentence on standard error."""

from __future__ import annotations

import json
import re

import pytest

from assistant import assemble, cli
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS

SCHEMA = '{"labels": ["ham", "spam"]}'


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    """No command may load or fetch anything real: the tiny assistant stands for every settings file."""
    monkeypatch.setattr(assemble, "assistant_for", lambda name, report: assistant)
    monkeypatch.setattr(assemble, "chat_for", lambda name: None)


def run(*arguments: object) -> int:
    """The exit code, as the shell sees it."""
    try:
        return cli.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return stop.code


@pytest.fixture
def files(tmp_path):
    (tmp_path / "schema.json").write_text(SCHEMA, "utf-8")
    (tmp_path / "questions.jsonl").write_text('{"text": "/where label = spam | count"}\n{"text": "why?"}\n', "utf-8")
    (tmp_path / "bad.json").write_text('{"labels": 3}', "utf-8")
    (tmp_path / "bad.jsonl").write_text('{"text": "/help"}\nnope\n', "utf-8")
    (tmp_path / "latin.jsonl").write_bytes("é".encode("latin-1"))
    return tmp_path


WRONG = [
    (["nope"], "invalid choice: 'nope'"),
    (["ask"], "QUESTION"),
    (["serve", "--port", "high"], "invalid int value: 'high'"),
    (["train", "everything"], "invalid choice: 'everything'"),
    (["--what"], "--what"),
    (["train", "classifier", "--settings", "nope"], "There is no settings file 'nope'"),
    (["setup", "--settings", "nope"], "There is no settings file 'nope'"),
    (["parse", "--schema", "{}/none.json", "--input", "{}/questions.jsonl"], "none.json cannot be read"),
    (["parse", "--schema", "{}/bad.json", "--input", "{}/questions.jsonl"], "bad.json is wrong at labels"),
    (["parse", "--schema", "{}/questions.jsonl", "--input", "{}/questions.jsonl"], "is not JSON at line 2"),
    (["parse", "--schema", "{}/schema.json", "--input", "{}/none.jsonl"], "none.jsonl cannot be read"),
    (["parse", "--schema", "{}/schema.json", "--input", "{}/latin.jsonl"], "latin.jsonl cannot be read"),
    (["parse", "--schema", "{}/schema.json", "--input", "{}/bad.jsonl"], "Line 2 of bad.jsonl is not an object"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, said, files, capsys):
    assert run(*[argument.replace("{}", str(files)) for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("askwhy: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_missing_settings_for_the_page_and_a_conversation(monkeypatch, capsys):
    monkeypatch.undo()
    for arguments in (["ask", "why?", "--settings", "nope"], ["serve", "--settings", "nope"], ["--settings", "nope"]):
        assert run(*arguments) == 2
        assert re.fullmatch(r"askwhy: There is no settings file 'nope'; .*\n", capsys.readouterr().err)


def test_parse_prints_one_line_for_each_question(files, capsys):
    assert run("parse", "--schema", files / "schema.json", "--input", files / "questions.jsonl") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["text"] for answer in answers] == ["/where label = spam | count", "why?"]
    assert answers[0]["program"]["steps"] == [{"op": "count"}]
    assert "No language model" in answers[1]["error"]


def test_operations_as_json(capsys):
    assert run("operations", "--json") == 0
    assert [item["name"] for item in json.loads(capsys.readouterr().out)] == list(OPERATIONS)


def test_operations_as_text(capsys):
    assert run("operations") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(OPERATIONS)
    assert all(OPERATIONS[line.split()[0]].about() in line for line in lines)


def test_ask_holds_one_conversation(capsys):
    assert run("ask", "/where id = 3 | predict", "/predict", "/shwo") == 0
    said = capsys.readouterr().out
    assert said.count("> /") == 3
    assert "[where id = 3 | predict]" in said
    assert said.count("for message 3, with a probability of") == 2
    assert "did you mean 'show'?" in said


def test_ask_as_json(capsys):
    assert run("ask", "/where id = 3 | predict", "/attribute", "--json") == 0
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [turn["results"][0]["operation"] for turn in turns] == ["predict", "attribute"]
    assert turns[1]["results"][0]["explained"][0]["prediction"]["subject"]["row"] == 3


def test_stopping_it_is_no_fault(monkeypatch, capsys):
    def interrupt(name, report):
        raise KeyboardInterrupt

    monkeypatch.setattr(assemble, "assistant_for", interrupt)
    assert run("ask", "why?") == 2
    assert capsys.readouterr().err == "askwhy: stopped.\n"


def test_help_tells_every_command(capsys):
    assert run("--help") == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("serve", "ask", "parse", "operations", "setup", "train"))
