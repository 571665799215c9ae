"""Decoding under the grammar, by tiny models with random weights: whatever they would say, a program comes out."""

from __future__ import annotations

import re

import pytest
import torch

from explainers.errors import AskWhyError

from assistant import decoding
from assistant.decoding import GrammarDecoder
from assistant.grammar import decoding_grammar
from assistant.operations import OPERATIONS
from assistant.program import MOST_STEPS
from assistant.reader import Language

from . import tiny
from .strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)
TOKENIZER = tiny.byte_tokenizer(["where label = spam | count", "attribute top=5", "predict"])
SYSTEM = TOKENIZER("You are a parser.\n", add_special_tokens=False)["input_ids"]
QUESTION = "how many say call me now! or it is free? where text contains label spam and count attribute edit"
PROMPT = SYSTEM + TOKENIZER(QUESTION, add_special_tokens=False)["input_ids"]
GRAMMAR = decoding_grammar(OPERATIONS, SCHEMA, QUESTION)
SEEDS = range(16)


def decoder(seed: int) -> GrammarDecoder:
    return GrammarDecoder(tiny.causal_lm(len(TOKENIZER), seed), TOKENIZER)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_out_is_a_program(seed):
    decoded = decoder(seed)(PROMPT, GRAMMAR)
    assert decoded.text.endswith("\n")
    assert 0 < decoded.confidence <= 1
    assert decoded.forwards >= 1
    try:
        program = LANGUAGE.read(decoded.text)
    except AskWhyError as error:  # the grammar does not know how large a number may be
        assert re.search(r"takes a whole number from \d+ to \d+", str(error))
    else:
        assert 1 <= len(program.steps) <= MOST_STEPS
        assert LANGUAGE.read(program.to_text(SCHEMA)) == program


@pytest.mark.parametrize("seed", SEEDS)
def test_guessing_ahead_and_keeping_the_beginning_change_nothing(seed, monkeypatch):
    default = decoder(seed)
    plain = default(PROMPT, GRAMMAR)
    first, again = (default(PROMPT, GRAMMAR, fixed=len(SYSTEM)) for _ in range(2))
    monkeypatch.setattr(decoding, "GUESS", 0)
    unguessed = decoder(seed)(PROMPT, GRAMMAR)
    for other in (first, again, unguessed):
        assert other.text == plain.text
        assert other.confidence == pytest.approx(plain.confidence, rel=1e-3)
    assert first.forwards == again.forwards == plain.forwards <= unguessed.forwards


def test_right_guesses_save_passes(monkeypatch):
    guessed = [decoder(seed)(PROMPT, GRAMMAR).forwards for seed in SEEDS]
    monkeypatch.setattr(decoding, "GUESS", 0)
    assert sum(guessed) < sum(decoder(seed)(PROMPT, GRAMMAR).forwards for seed in SEEDS)


def test_another_beginning_is_not_mistaken_for_the_kept_one():
    one = decoder(0)
    other = TOKENIZER("Quite another beginning.\n", add_special_tokens=False)["input_ids"]
    one(PROMPT, GRAMMAR, fixed=len(SYSTEM))
    prompt = other + PROMPT[len(SYSTEM) :]
    assert one(prompt, GRAMMAR, fixed=len(other)).confidence == pytest.approx(decoder(0)(prompt, GRAMMAR).confidence, rel=1e-3)


def test_where_the_grammar_leaves_no_choice_nothing_is_computed():
    decoded = decoder(0)(PROMPT, 'start: "attribute top=5 unit=word\\n"')
    assert decoded.text == "attribute top=5 unit=word\n"
    assert decoded.forwards == 1


def test_confidence_is_that_of_the_choices():
    assert decoder(0)(PROMPT, 'start: "help\\n"').confidence == pytest.approx(1.0)
    chosen = decoder(0)(PROMPT, 'start: ("A" | "B")')
    with torch.no_grad():
        logits = decoder(0).model(torch.tensor([PROMPT])).logits[0, -1]
    chances = logits[TOKENIZER.convert_tokens_to_ids(["A", "B"])].softmax(dim=-1)
    assert chosen.text == "AB"[int(chances.argmax())]
    assert chosen.confidence == pytest.approx(float(chances.max()), rel=1e-3)


@pytest.mark.parametrize("bounds", [{"limit": 0}, {"limit": 1}, {"seconds": 0.0}, {"seconds": -1.0}], ids=str)
def test_what_takes_too_long_is_told(bounds):
    with pytest.raises(AskWhyError, match="took too long to read"):
        decoder(0)(PROMPT, GRAMMAR, **bounds)


def test_a_failed_question_leaves_the_decoder_as_it_was():
    one = decoder(0)
    before = one(PROMPT, GRAMMAR, fixed=len(SYSTEM))
    with pytest.raises(AskWhyError):
        one(PROMPT, GRAMMAR, fixed=len(SYSTEM), limit=1)
    assert one(PROMPT, GRAMMAR, fixed=len(SYSTEM)) == before


def test_a_broken_grammar_is_told():
    with pytest.raises(AskWhyError, match="grammar of programs is broken"):
        decoder(0)(PROMPT, "start: nothing_like_this")


def test_the_guide_fits_the_models_vocabulary():
    """Models pad their vocabulary; the tokens beyond the tokenizer's are never chosen."""
    padded = GrammarDecoder(tiny.causal_lm(len(TOKENIZER) + 64, seed=4), TOKENIZER)
    assert padded(PROMPT, GRAMMAR).text.endswith("\n")
