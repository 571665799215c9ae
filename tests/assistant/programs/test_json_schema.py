"""The JSON schema of programs: it takes every program, and what it lets through can be read."""

from __future__ import annotations

import json
import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from assistant.operations import OPERATIONS
from assistant.programs.conditions import And, Compare
from assistant.programs.json_schema import program_schema
from assistant.programs.program import Program, from_json

from ..strategies import SCHEMAS, programs

BYTES = LLTokenizer("byte")


@cache
def enforcer(name: str) -> LLMatcher:
    """What makes a server's model keep to the schema."""
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(program_schema(OPERATIONS, SCHEMAS[name])))
    matcher = LLMatcher(BYTES, grammar, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    return matcher


def takes(name: str, data: object) -> bool:
    """Whether what enforces the schema would let an answer through."""
    matcher = enforcer(name).deep_copy()
    written = list(json.dumps(data, ensure_ascii=False).replace("\x7f", "\\u007f").encode())
    return matcher.validate_tokens(written) == len(written) and matcher.consume_tokens(written) and matcher.is_accepting()


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=25)
@given(data=st.data())
def test_every_program_fits(name, data):
    program = data.draw(programs(SCHEMAS[name]))
    assert takes(name, program.to_json())


STEP = {"op": "count"}
SPAM = {"field": "label", "op": "=", "value": "spam"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": [STEP]},
        {"where": None, "steps": []},
        {"where": None, "steps": [STEP] * 5},
        {"where": None, "steps": [{"op": "cuont"}]},
        {"where": None, "steps": [{"op": "count", "of": "x"}]},
        {"where": None, "steps": [{"op": "define"}]},
        {"where": None, "steps": [{"op": "attribute", "class": "egg"}]},
        {"where": SPAM | {"value": "egg"}, "steps": [STEP]},
        {"where": SPAM | {"op": "<"}, "steps": [STEP]},
        {"where": SPAM | {"field": "colour"}, "steps": [STEP]},
        {"where": {"field": "label", "op": "in", "value": []}, "steps": [STEP]},
        {"where": {"field": "age", "op": ">", "value": "10"}, "steps": [STEP]},
        {"where": {"and": []}, "steps": [STEP]},
        {"where": {"previous": False}, "steps": [STEP]},
    ],
)
def test_what_is_no_program_does_not(wrong):
    assert not takes("plain", wrong)
    assert takes("plain", {"where": SPAM, "steps": [STEP]})


@pytest.mark.parametrize("seed", range(8))
def test_what_is_let_through_can_be_read(seed):
    """A walk through the schema, taking any byte that it allows and ends what can be ended, comes to a program."""
    generator, matcher, written = random.Random(seed), enforcer("plain").deep_copy(), bytearray()
    while not matcher.is_stopped() and len(written) < 4000:
        allowed = np.flatnonzero(np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")[:256])
        calm = [byte for byte in allowed if chr(byte) in '"}]' or (chr(byte).isascii() and chr(byte).isalnum())]
        byte = int(generator.choice(calm or list(allowed)))
        assert matcher.consume_token(byte)
        written.append(byte)
        if matcher.is_accepting():
            break
    program = from_json(json.loads(written.decode()), OPERATIONS)
    assert 1 <= len(program.steps) <= 4


def test_nothing_is_asked_of_data_that_has_no_labels():
    text = json.dumps(program_schema(OPERATIONS, SCHEMAS["unlabelled"]))
    assert '"enum": []' not in text
    assert not takes("unlabelled", {"where": SPAM, "steps": [STEP]})


def test_conditions_may_stand_within_conditions():
    one = Compare("label", "=", "spam")
    deep = Program(And((one, And((one, And((one, one)))))), from_json({"where": None, "steps": [STEP]}, OPERATIONS).steps)
    assert takes("plain", deep.to_json())
