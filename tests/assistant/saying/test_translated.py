"""What code says in English, in Korean: the table fits the code, and what it lacks is told to be English."""

from __future__ import annotations

import dataclasses
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.conversation import Conversation
from assistant.operations import OPERATIONS
from assistant.saying import answers
from assistant.saying.korean import HANGUL
from assistant.saying.translated import _operations, _table, in_words, translated

ROOT = Path(__file__).parents[3]
HELD = [(files("prompts") / "answers" / "ko" / "sentences.toml").read_text("utf-8")]


def literals() -> str:
    """The strings of the code, those that stand on several lines as one, and the groups of words that are swapped."""
    held = [path.read_text("utf-8") for room in ("assistant", "explainers") for path in (ROOT / room).rglob("*.py")]
    held += [path.read_text("utf-8") for path in (ROOT / "prompts" / "swaps").glob("*.toml")]
    return re.sub(r"""["']\s*\n\s*f?["']""", "", "\n".join(held))


def entries() -> list[tuple[str, str]]:
    return [pair for part in tomllib.loads(HELD[0]).values() for pair in part.items()]


def test_every_sentence_of_the_table_is_one_of_the_code():
    code = literals().replace('\\"', '"')
    stale = []
    for english, _ in entries():
        parts = [literal for literal, *_ in string.Formatter().parse(english) if len(literal.strip(" .,;:'")) > 3]
        if any(literal not in code for literal in parts):
            stale.append(english)
    assert stale == []


@pytest.mark.parametrize(("english", "korean"), entries(), ids=[english[:60] for english, _ in entries()])
def test_each_finds_its_korean(english, korean):
    places = {name for _, name, _, _ in string.Formatter().parse(english) if name}
    used = {name for _, name, _, _ in string.Formatter().parse(korean) if name}
    assert used <= places and HANGUL.search(korean)
    said = translated(english.format_map(dict.fromkeys(places, "there are none.")), "ko")
    assert said and HANGUL.search(said)


BAD = [
    "where id = 9999 | show", "where id in (998, 999) | show", "repeat", "more", "redo", "compare", "shwo", "show m=3", "show n=99999",
    "where confidence ~ 3 | show", "where words > many | show", "where sender = bnak | show", "where mood = 1 | show", "where (id = 3 | show",
    "where id = 3) | show", "attribute method=limes", "where id = 3 | likelihood class=junk", 'where text "" | predict', "define",
    "where id = 3 | counterfactual to=ham", 'where text "!!" | attribute', "where id = 3 | compare with=row:3", "ask", "report",
    "show | where id = 3", "where label = spam and label = ham | show", "where age = old | show", "score by=mood",
    "where id = 3 | attention layer=9", "where label = ham | edit kind=replace", "where previous | count", "learn",
]  # fmt: skip


@pytest.mark.parametrize("command", BAD)
def test_what_is_wrong_is_said_in_korean(assistant, command):
    turn = assistant.ask(f"/{command}", dataclasses.replace(Conversation(), language="ko"))
    assert HANGUL.search(turn.reply.text)
    if turn.failed:
        assert "영어로만" not in turn.reply.text, turn.reply.text


def test_what_the_table_lacks_is_told_to_be_english():
    assert (
        answers.error("The moon is full.", "ko").text
        == "문제가 있어요. 무엇인지는 영어로만 말씀드릴 수 있어요: The moon is full."
    )
    assert answers.error("The moon is full.").text == "The moon is full."
    assert answers.error("x" * 5000, "ko").text.endswith("x" * 5000)


def test_particles_and_places_fit():
    assert translated("takes no 'spam'; did you mean 'ham'?", "ko") == "'spam'은 안 돼요. 'ham' 말씀인가요?"
    assert in_words("the word “free {n}”", "ko") == "단어 “free {n}”"
    assert in_words("words 3 to 5", "ko") == "단어 수 3 ~ 5"
    assert in_words("sender bank", "ko") == "sender bank"
    assert in_words("English, female", "ko") == "영어권 여자 이름" and in_words("English, female", "en") == "English, female"


def test_the_help_is_in_korean(assistant):
    asked = {name for name, operation in OPERATIONS.items() if operation.examples}
    assert set(_operations("ko")) == asked and _operations("en") == {} and _table("en") == ()
    turn = assistant.ask("/help", dataclasses.replace(Conversation(), language="ko"))
    rows = [row for block in turn.reply.blocks for row in block.rows]
    assert {row[2].removeprefix("/") for row in rows} == {name for name in asked if OPERATIONS[name].needs != "generator"}
    assert all(HANGUL.search(row[0]) and HANGUL.search(row[1]) and "{" not in row[0] for row in rows)


def test_a_passage_in_english_is_told_to_be(assistant):
    asking = dataclasses.replace(Conversation(), language="ko")
    for command in ('ask question="Are attention weights explanations?"', 'define term="recall"'):
        assert "인용한 글은 영어라서 원문 그대로 옮겼어요." in assistant.ask(f"/{command}", asking).reply.text
