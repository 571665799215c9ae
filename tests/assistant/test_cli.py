"""The command: exit code 0, or 2 with one sentence on standard error."""

from __future__ import annotations

import json
import re
from pathlib import Path

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
    """The exit code."""
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path):
    (tmp_path / "schema.json").write_text(SCHEMA, "utf-8")
    (tmp_path / "questions.jsonl").write_text('{"text": "/where label = spam | count"}\n{"text": "why?"}\n', "utf-8")
    (tmp_path / "bad.json").write_text('{"labels": 3}', "utf-8")
    (tmp_path / "bad.jsonl").write_text('{"text": "/help"}\nnope\n', "utf-8")
    (tmp_path / "latin.jsonl").write_bytes("é".encode("latin-1"))
    (tmp_path / "latin.json").write_bytes('{"labels": ["é"]}'.encode("latin-1"))
    return tmp_path


WRONG = [
    (["nope"], "invalid choice: 'nope'"),
    (["ask"], "QUESTION"),
    (["ask", "/help", "--report", "{}/r.pdf"], "end its name in .html, .md or .json"),
    (["ask", "/shwo", "--report", "{}/r.md"], "No question was answered, so there is nothing to report"),
    (["replay"], "REPORT.json"),
    (["replay", "{}/none.json"], "none.json cannot be read"),
    (["replay", "{}/schema.json"], "schema.json is not a report"),
    *[
        (["serve", "--port", port], f"'{port}' is not a port, which is a whole number from 1 to 65535")
        for port in ("high", "0", "99999", "-1")
    ],
    (["train", "everything"], "invalid choice: 'everything'"),
    (["--what"], "--what"),
    (["train", "classifier", "--settings", "nope"], "There is no settings file 'nope'"),
    (["train", "parser", "--misread"], "name the folder of one with --start"),
    (["setup", "--settings", "nope"], "There is no settings file 'nope'"),
    (["parse", "--schema", "{}/none.json", "--input", "{}/questions.jsonl"], "none.json cannot be read"),
    (["parse", "--schema", "{}/bad.json", "--input", "{}/questions.jsonl"], "bad.json is wrong at labels"),
    (["parse", "--schema", "{}/latin.json", "--input", "{}/questions.jsonl"], "latin.json is not UTF-8 at byte 13"),
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


ODD = [
    (
        '{"text": "/where text \\"a\u2028b\\" | show"}\n',
        '/where text "a\u2028b" | show',
        "a\u2028b",
    ),  # a line break of Unicode within a line
    ('{"text": "/where text \\"a\x85b\\" | show"}', '/where text "a\x85b" | show', "a\x85b"),
    ('\ufeff{"text": "/where text \\"a\\" | show"}\r\n\r\n', '/where text "a" | show', "a"),  # as some editors save
    ('{"text": "/where text \\"a\\ud800b\\" | show"}\n', '/where text "a\ufffdb" | show', "a\ufffdb"),  # half of a pair
    (r'{"text": "/where text \"a\\ud800b\" | show"}', r'/where text "a\ud800b" | show', "a\ufffdb"),
]


@pytest.mark.parametrize(("lines", "text", "meant"), ODD, ids=[ascii(meant) for *_, meant in ODD])
def test_parse_takes_lines_of_any_characters(files, capsysbinary, lines, text, meant):
    (files / "odd.jsonl").write_bytes(lines.encode())
    assert run("parse", "--schema", files / "schema.json", "--input", files / "odd.jsonl") == 0
    answer = json.loads(capsysbinary.readouterr().out.decode())
    assert answer["text"] == text
    assert answer["program"]["where"] == {"text": meant}


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


def test_a_report_is_written_and_replayed(tmp_path, capsys):
    file = tmp_path / "r.json"
    assert run("ask", "/where id = 3 | predict", "/attribute", "/shwo", "--report", file) == 0
    capsys.readouterr()
    assert run("replay", file) == 0
    assert [line.split()[1:3] for line in capsys.readouterr().out.splitlines()] == [["same", "/where"], ["same", "/attribute"]]
    data = json.loads(file.read_text("utf-8"))
    data["turns"][0]["results"][0]["predictions"][0]["confidence"] = 0.123
    file.write_text(json.dumps(data), "utf-8")
    assert run("replay", file) == 2
    said = capsys.readouterr()
    assert said.err == "askwhy: 1 of 2 answers have other figures than the report.\n"
    assert re.search(
        r"  1  changed +/where id = 3 \| predict\n +\[0\]\.predictions\[0\]\.confidence: 0\.123 is now 0\.\d", said.out
    )
    assert run("replay", file, "--json") == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["command"], line["kind"]) for line in lines] == [("where id = 3 | predict", "changed"), ("attribute", "same")]
    assert lines[0]["differences"][0]["was"] == 0.123


def test_a_report_in_a_conversation_is_a_path(capsys):
    assert run("ask", "/where id = 3 | predict", "/report") == 0
    paths = [Path(line.split()[0]) for line in capsys.readouterr().out.splitlines() if "askwhy-report." in line]
    assert [path.suffix for path in paths] == [".html", ".md", ".json"]
    assert all(path.is_file() for path in paths)
    assert run("ask", "/where id = 3 | predict", "/report", "--json") == 0
    files = json.loads(capsys.readouterr().out.splitlines()[1])["reply"]["blocks"][0]["files"]
    assert [set(file) for file in files] == [{"name", "bytes", "address"}] * 3
    assert all(Path(file["address"]).stat().st_size == file["bytes"] for file in files)


def test_stopping_it_is_no_fault(monkeypatch, capsys):
    def interrupt(name, report):
        raise KeyboardInterrupt

    monkeypatch.setattr(assemble, "assistant_for", interrupt)
    assert run("ask", "why?") == 2
    assert capsys.readouterr().err == "askwhy: stopped.\n"


def test_help_tells_every_command(capsys):
    with pytest.raises(SystemExit, match="0"):
        run("--help")
    said = capsys.readouterr().out
    assert all(command in said for command in ("serve", "ask", "replay", "parse", "operations", "setup", "train"))
