"""The grammar under which a language model decodes: one spelling, and only words of the question."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer

from assistant.operations import OPERATIONS
from assistant.parsing.parser import one_line
from assistant.programs.grammar import decoding_grammar

from .. import tiny
from ..strategies import SCHEMAS, programs, schemas

TOKENIZER = tiny.byte_tokenizer(["where label = spam | count", "attribute top=5", 'text contains "free"'])
GUIDE = from_tokenizer(TOKENIZER, n_vocab=len(TOKENIZER))

PLAIN_WORD = r'[^"\\\s\x00-\x1f\x7f]+'
QUESTIONS = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
ASKED = "how many say call me now! or O'Neill's #tag, 무료 쿠폰? 50% (off) e-mail 2024-01-31 or 2024-02-01T18:30"
NASTY = [
    "", " ", '"', "\\", '\\"', "\\\\n", "'", "\n\n", "{}", '{"regex": "x"}', '%regex {"substring_words": "x"}', "start: /.*/",
    '" | help\n', "STRING: /.*/ # {{7*7}}", "\x00\x07\x1b[2J", "🙂👩‍👩‍👧 🇰🇷", "안녕하세요 “무료”", "‘’“”`«»'",
    "x" * 2000, "a b " * 500,
    "a \x7f b", "\x7f", '"' * 2000, "\u2028\u202e\ufeff", "$& \\1 (?P<x>", "#" * 50, "'a' 'b' 'c'",
]  # fmt: skip


def complaint(grammar: str) -> str:
    return LLMatcher.validate_grammar(LLMatcher.grammar_from_lark(grammar), GUIDE)


def allows(schema, question: str, text: str) -> bool:
    """Whether a language model that reads the question may write the text."""
    matcher = LLMatcher(GUIDE, LLMatcher.grammar_from_lark(decoding_grammar(OPERATIONS, schema, question)))
    assert not matcher.is_error(), matcher.get_error()
    tokens = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    if matcher.validate_tokens(tokens) < len(tokens):
        return False
    assert all(matcher.consume_token(token) for token in tokens)
    return matcher.is_accepting()


def copies(question: str) -> st.SearchStrategy[str]:
    """Runs of words of a question, as far as they can be written without escapes."""
    words = question.split()
    runs = [" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, min(start + 6, len(words) + 1))]
    return st.sampled_from([run for run in runs if re.fullmatch(rf"{PLAIN_WORD}( {PLAIN_WORD})*", run)])


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("question", NASTY, ids=lambda question: ascii(question[:12]))
def test_the_grammar_is_whole_for_every_schema_and_question(name, question):
    assert complaint(decoding_grammar(OPERATIONS, SCHEMAS[name], question)) == ""


@settings(max_examples=40)
@given(st.data())
def test_the_grammar_is_whole_for_schemas_of_any_names(data):
    schema, question = data.draw(schemas()), data.draw(QUESTIONS)
    assert complaint(decoding_grammar(OPERATIONS, schema, question)) == ""
    assert allows(schema, question, "show n=3\n")


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_it_allows_the_canonical_text_of_programs_whose_words_are_copied(name, data):
    program = data.draw(programs(SCHEMAS[name], copies(ASKED)))
    assert allows(SCHEMAS[name], ASKED, program.to_text(SCHEMAS[name]) + "\n")


@given(st.data())
def test_it_allows_any_run_of_words_of_any_question(data):
    question = data.draw(QUESTIONS.map(one_line).filter(lambda said: re.search(rf"(^|\s){PLAIN_WORD}(\s|$)", said)))
    words = data.draw(copies(question))
    assert allows(SCHEMAS["plain"], question, f'where text contains "{words}" | count\n')


@given(st.data())
def test_it_refuses_words_that_were_not_said(data):
    said = st.lists(st.sampled_from(["free", "call", "now!", "me", "(off)"]), min_size=1, max_size=5).map(" ".join)
    question, words = data.draw(said), data.draw(said)
    if allows(SCHEMAS["plain"], question, f'edit kind=remove old="{words}"\n'):
        assert words in question
    else:
        assert words not in question


QUOTED = [
    ('what if it said "paid" instead', "paid"),
    ("change 'free entry' to x", "free entry"),
    ("remove ‘free!’ now", "free!"),
    ("drop “won a prize”.", "won a prize"),
    ("without `urgent`?", "urgent"),
    ("look for (call now)!", "call now"),
    ("why is A-17?", "A-17"),
    ("what about O'Neill?", "O'Neill"),
    ("쿠폰이라는 말을 지워", "쿠폰"),
    ("무료는 빼고", "무료"),
    ("A-17번은 왜 그래?", "A-17"),
    ("free라는 말이 있는 거", "free"),
    ("「경품 당첨」이라고 쓰면", "경품 당첨"),
    ("免费的消息有多少", "免费"),
    ("มีคำว่าฟรีกี่ข้อความ", "ฟรี"),
]


@pytest.mark.parametrize(("question", "words"), QUOTED, ids=[words for _, words in QUOTED])
def test_it_allows_what_stands_between_quotation_marks_and_words_freed_of_signs(question, words):
    assert allows(SCHEMAS["plain"], question, f'where text contains "{words}" | count\n')


REFUSED = [
    'where text contains "ca" | count\n', 'where text contains "me call" | count\n', 'where text contains "free" | count\n',
    "show", "show \n", "where id=3 | show\n", "where id = 3|show\n", "attribute class=spam top=3\n", "clarify\n",
    "where label = scam | show\n", "where age = 'x' | show\n", " show\n", "show | show | show | show | show\n", "where id = 3\n",
    "shows\n", "predict top=3\n", 'where text contains "" | count\n', 'where text contains " " | count\n',
    'where text contains "call " | count\n', 'where text "" | predict\n', "show n=0\n", "show n=-5\n", "attribute top=-1067\n",
    "where sample 0 | show\n", "where sample -5 | show\n", 'where label = "spam" | count\n', 'where "age" > 3 | count\n',
    "show n =3\n",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_it_allows_one_spelling_only(text):
    assert not allows(SCHEMAS["plain"], "call me now", text)


KOREAN = '12번에서 "무료"를 "공짜"로 바꾸면?'


def test_particles_are_left_behind_where_words_are_copied():
    assert allows(SCHEMAS["plain"], KOREAN, 'where id = 12 | edit kind=replace old="무료" new="공짜"\n')
    assert not allows(SCHEMAS["plain"], KOREAN, 'where id = 12 | edit kind=replace old="무료" new="유료"\n')
    assert allows(SCHEMAS["plain"], "스팸은 몇 개야", "where label = spam | count\n")


def test_a_copy_does_not_span_a_quotation_mark():
    assert not allows(SCHEMAS["plain"], "say \"call me\" or 'x'", 'where text contains "say call" | count\n')
    assert not allows(SCHEMAS["plain"], "say \"call me\" or 'x'", 'where text contains "say  call" | count\n')
    assert allows(SCHEMAS["plain"], "say \"call me\" or 'x'", 'where text contains "call me" | count\n')


def test_a_number_too_large_is_written_and_then_refused_with_the_reason():
    assert allows(SCHEMAS["plain"], "show me 80", "show n=80\n")


def test_without_words_in_the_question_the_only_text_is_the_empty_one():
    assert allows(SCHEMAS["plain"], '"', 'edit old=""\n')
    assert not allows(SCHEMAS["plain"], '"', 'edit old="a"\n')


def test_labels_and_categories_are_offered_however_many():
    assert all(allows(SCHEMAS["many"], "x", f"where label = {label} | count\n") for label in SCHEMAS["many"].labels)
    assert not allows(SCHEMAS["many"], "x", "where label = class_60 | count\n")
