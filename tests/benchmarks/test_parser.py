"""The benchmark of the parser: its dialogues, the parsers without a language model, and a page from kept results."""

from __future__ import annotations

import json
import re
from collections import Counter
from types import SimpleNamespace

import pytest

from assistant.learning.measuring import questions
from assistant.learning.questions import Example, Family, plain
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parse, same
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.programs.suited import suited
from benchmarks import parser as bench
from benchmarks import parser_floor, parser_offered, parser_page
from benchmarks.parser_dialogues import FOLDER, FRESH, FRESH_DIALOGUES, Dialogue, Said, dialogues
from benchmarks.parser_floor import Found, _Trained

SCHEMA = Schema(labels=("ham", "spam"), columns={"sender": ("bank", "friend"), "age": "number"}, rows=9)


def test_the_dialogues_are_as_many_as_they_should_be():
    written = dialogues()
    assert len(written) == 120
    assert sum(dialogue.language == "ko" for dialogue in written) == 30
    assert {len(dialogue.turns) for dialogue in written} <= {4, 5, 6}
    assert len({dialogue.schema.model_dump_json() for dialogue in written}) == 12
    assert {dialogue.schema.id for dialogue in written} == {"integer", "string"}


WRITTEN = [*dialogues(FOLDER), *dialogues(FRESH_DIALOGUES)]


@pytest.mark.parametrize("file", sorted({dialogue.name.split()[0] for dialogue in WRITTEN}))
def test_the_programs_of_dialogues_can_be_read_and_are_different(file):
    mine = [dialogue for dialogue in WRITTEN if dialogue.name.split()[0] == file]
    language = Language(OPERATIONS, mine[0].schema)
    for dialogue in mine:
        for turn in dialogue.turns:
            programs = [language.read(text) for text in turn.programs]
            assert [program.to_text(dialogue.schema) for program in programs] == list(turn.programs)
            assert not any(same(one, other) for place, one in enumerate(programs) for other in programs[:place]), turn


def test_hardly_a_question_is_one_of_training():
    # three words on average, such as "how many": the more ordinary the training questions, the more of them meet by chance
    for folder, most in ((FOLDER, 0.18), (FRESH_DIALOGUES, 0.12), (FRESH, 0.05)):
        said = [turn.question for dialogue in dialogues(folder) for turn in dialogue.turns]
        assert sum(plain(question) in parser_page.trained_wordings() for question in said) < most * len(said)


def test_the_fresh_questions_are_as_many_as_they_should_be():
    fresh = dialogues(FRESH)
    assert {len(one.turns) for one in fresh} == {1}
    assert Counter(one.language for one in fresh) == {"en": 140, "ko": 60}
    assert sum(one.schema.kind == "generator" for one in fresh) == 30
    questions = [one.turns[0].question for one in fresh]
    assert len(set(questions)) == len(questions)
    assert not {one.schema.model_dump_json() for one in fresh} & {one.schema.model_dump_json() for one in dialogues()}
    steps = Counter(step.split()[0] for one in fresh for step in one.turns[0].programs[0].split(" | "))
    assert not [name for name in OPERATIONS if steps[name] < 2]


@pytest.mark.parametrize("file", sorted({one.name.split()[0] for one in dialogues(FRESH)}))
def test_the_programs_of_fresh_questions_can_be_asked_and_are_different(file):
    mine = [one for one in dialogues(FRESH) if one.name.split()[0] == file]
    language = Language(suited(OPERATIONS, mine[0].schema), mine[0].schema)
    for one in mine:
        (turn,) = one.turns
        programs = [language.read(text) for text in turn.programs]
        assert [program.to_text(one.schema) for program in programs] == list(turn.programs)
        assert not any(same(left, right) for place, left in enumerate(programs) for right in programs[:place]), turn


@pytest.mark.parametrize(
    ("question", "template", "program"),
    [
        ("why is 12 spam?", "where id = {id} | attribute class={label}", "where id = 12 | attribute class=spam"),
        ('how many say "call me" and are ham', 'where label = {label} and text contains "{phrase}" | count', 'where label = ham and text contains "call me" | count'),
        ("those from a friend over 30", "where {cat} = {val} | show", "where sender = friend | show"),
        ("surer than 80% and age over 30", "where {num} > {value} and confidence > {conf} | show", "where age > 30 and confidence > 0.8 | show"),
        ("below 80%", "where confidence < {conf} | show", "where confidence < 0.8 | show"),
        ("with SHAP", "repeat method={method}", "repeat method=kernel_shap"),
        ("show me five", "show n={n}", "show n=5"),
        ("why?", "where id = {id} | attribute", None),
    ],
)  # fmt: skip
def test_slots_are_filled_from_the_question(question, template, program):
    assert Found(question, SCHEMA).fill(template) == program


def test_floors_choose_among_training_programs(monkeypatch):
    families = [
        Family("where label = {label} | count", ("how many {label} {nouns} are there", "count the {label} ones"), "a"),
        Family("where id = {id} | predict", ("predict number {id}", "predict the {noun} {id}"), "b"),
        Family("where id = {id} | show | count", ("say all about {id}", "tell all about {id}"), "c"),
    ]
    trained = _Trained(families)
    monkeypatch.setattr(parser_floor, "_trained", lambda: trained)
    language = Language(OPERATIONS, SCHEMA)
    for floor in (parser_floor.linear(), parser_floor.nearest()):
        assert floor.parse("predict number 7", language).program.to_text(SCHEMA) == "where id = 7 | predict"
        assert floor.parse("how many spam messages are there", language).program.to_text(SCHEMA) == "where label = spam | count"
        with pytest.raises(parser_floor.AskWhyError, match="No program fits"):
            floor.parse("what", language)


def test_a_turn_is_asked_after_the_turns_before_it():
    said = (
        Said("show spam", ("where label = spam | show",)),
        Said("how many", ("where previous | count",)),
        Said("why is 7 spam", ("where id = 7 | attribute class=spam",)),
        Said("and with lime", ("repeat method=lime",)),
        Said("undo", ("undo",)),
    )
    dialogue = Dialogue("one 1", SCHEMA, said)
    assert [example.before for example, _ in dialogue.examples()] == [
        "",
        "where label = spam | show",
        "where label = spam | count",
        "where id = 7 | attribute class=spam",
        "where id = 7 | attribute method=lime class=spam",
    ]
    got = (
        "where label = spam | show n=3",
        "where label = spam | count",
        "attribute class=spam",
        "attribute class=spam method=lime",
        None,
    )
    assert dialogue.done(got) == [False, True, False, True, False]


@pytest.fixture
def asked():
    return [(example, ()) for example in questions("test", most=4)]


def test_what_was_answered_is_not_asked_again(tmp_path, asked):
    calls = []

    def make():
        def read(question, language, before=""):
            calls.append(question)
            return Parse(question, language.read("help"), 0.5, 0.01, 0.5)

        return read

    first = list(bench.Contestant("one", make, "v1").answers(asked[:2], tmp_path))
    with (tmp_path / "one.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"key": "cut o')
    (tmp_path / "one.jsonl").write_text((tmp_path / "one.jsonl").read_text("utf-8") + "\n", "utf-8")
    again = list(bench.Contestant("one", make, "v1").answers(asked, tmp_path))
    assert again[:2] == first
    assert len(calls) == 4
    list(bench.Contestant("one", make, "v2").answers(asked[:1], tmp_path))
    assert len(calls) == 5


class Helpful:
    """A parser that reads everything as `help`, and then offers what it is told to."""

    def __init__(self, *others: str) -> None:
        self.others = others

    def __call__(self, question, language, before=""):
        return Parse(question, language.read("help"), 0.5, 0.01, 0.5)

    def parser(self, schema):
        language = Language(OPERATIONS, schema)

        def readings(question, before, *, most, without, family=None):
            found = [one for one in map(language.read, self.others) if family is None or one.steps[-1].family == family]
            return tuple(one for one in found if one not in without)[:most]

        return SimpleNamespace(language=language, readings=readings)


@pytest.mark.parametrize(
    ("others", "found", "topic"),
    [
        (("count", "undo"), 1, 0),
        (("labels", "data", "model", "undo"), 0, 1),  # the first of those that change a text
        (("labels", "data", "model", "reset", "redo", "edits", "undo"), 0, 0),
        ((), 0, 0),
    ],
)
def test_a_right_reading_is_looked_for_among_those_offered_and_those_of_its_topic(tmp_path, others, found, topic):
    told = {"help": "help", "back one": "undo", "what have you": "help"}
    asked = [(Example(SCHEMA, question, program, "", "en"), ()) for question, program in told.items()]
    one = bench.Contestant("one", lambda: Helpful(*others), "v1")
    counts = parser_offered.offered(
        lambda example: one.read().parser(example.schema), [(asked, list(one.answers(asked, tmp_path)))]
    )
    below = {"below": 0, "below_misread": 0, "below_right": 0}
    assert counts.told() == {"asked": 3, "misread": 1, "offered": found, "topic": topic} | below


def test_what_is_offered_below_an_answer_is_counted(tmp_path):
    class Doubtful(Helpful):
        def __call__(self, question, language, before=""):
            others = () if question == "help" else tuple(map(language.read, ("count", "undo", "data")))
            return Parse(question, language.read("help"), 0.5, 0.01, 0.5, others=others)

    told = {"help": "help", "back one": "undo", "what have you": "help", "what data": "data"}
    asked = [(Example(SCHEMA, question, program, "", "en"), ()) for question, program in told.items()]
    one = bench.Contestant("one", lambda: Doubtful("labels"), "v1")
    counts = parser_offered.offered(
        lambda example: one.read().parser(example.schema), [(asked, list(one.answers(asked, tmp_path)))]
    )
    # the third of three is not shown
    assert counts.told() == {
        "asked": 4, "misread": 2, "offered": 1, "topic": 0, "below": 3, "below_misread": 2, "below_right": 1
    }  # fmt: skip


def test_the_page_is_written_from_what_is_kept(tmp_path, asked, monkeypatch):
    def fake(settings):
        return {name: bench.Contestant(name, Helpful, name) for name in (*parser_page.NAMES, "plain")}

    monkeypatch.setattr(bench, "contestants", fake)
    page, results = tmp_path / "parser.md", tmp_path / "parser.json"
    options = [
        "--questions",
        "6",
        "--dialogues",
        "2",
        "--fresh",
        "2",
        "--page",
        str(page),
        "--results",
        str(results),
        "--kept",
        str(tmp_path / "kept"),
    ]
    monkeypatch.setattr(bench.argparse._sys, "argv", ["bench", *options])
    bench.main()
    kept = json.loads(results.read_text("utf-8"))
    assert set(kept) == set(parser_page.NAMES)
    text = page.read_text("utf-8")
    assert all(f"| {name} |" in text for name in parser_page.NAMES.values())
    assert re.search(r"\| exact, English \| at least 95 % \| .* \| \*\*missed\*\* \|", text)
    assert "| invalid programs | 0 | 0 | met |" in text
    assert "are understood at once or with one click" in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table
    assert "by somebody who had seen neither" in text[text.index("## Fresh questions") : text.index("## Dialogues")]
    assert all(found["fresh"]["questions"] == 2 for found in kept.values())
    asked = kept["askwhy"]["run"]["asked"]
    parser_page.write(
        {name: {part: found[part] for part in found if part != "fresh"} for name, found in kept.items()}, page, asked
    )
    assert "## Fresh questions" not in page.read_text("utf-8")
    slow, quick = ({"read": 0.3 / by, "write": 0.06 / by, "check": 0.08 / by} for by in (1, 2))
    beside = {"ratios": dict.fromkeys(slow, 2.0), "tokens": {"read": 60, "check": 7}, "passes": 6}
    beside |= {"seconds": {"PyTorch": slow, "llama.cpp": quick}, "run": bench.circumstances(0.0)}
    parser_page.write(kept | {"llama": beside}, page, asked)
    assert "weights of four bits, takes 0.50 of the time" in page.read_text("utf-8")
    parser_page.write({"nearest": kept["nearest"]}, page, asked)
    assert "## Doubt" not in page.read_text("utf-8")
    parser_page.write({}, page, asked)
    assert "Nothing is measured yet" in page.read_text("utf-8")
