"""Decoding under the grammar, by tiny models with random weights: whatever they would say, a program comes out."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import torch

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parsing import decoding
from assistant.parsing.decoding import GrammarDecoder
from assistant.parsing.drafting import usual
from assistant.programs.grammar import decoding_grammar
from assistant.programs.program import MOST_STEPS
from assistant.programs.reader import Language

from .. import tiny
from ..strategies import SCHEMAS

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
    drafted = decoder(seed)(PROMPT, GRAMMAR, expected=[(program, 1 / rank) for rank, program in enumerate(usual(), 1)])
    monkeypatch.setattr(decoding, "GUESS", 0)
    unguessed = decoder(seed)(PROMPT, GRAMMAR)
    for other in (first, again, unguessed, drafted):
        assert other.text == plain.text
        assert other.confidence == pytest.approx(plain.confidence, rel=1e-3)
    assert first.forwards == again.forwards == plain.forwards <= unguessed.forwards


def test_the_beginnings_that_were_asked_about_last_are_kept(monkeypatch):
    monkeypatch.setattr(decoding, "BEGINNINGS", 2)
    made, read = decoder(0), []
    monkeypatch.setattr(made, "_read", lambda tokens, cache, deadline: read.append(len(tokens)) or tokens)
    length, shorter, longer = len(SYSTEM), PROMPT[1:], [*SYSTEM, *PROMPT]
    whole = made(shorter, GRAMMAR, fixed=length - 1).text
    for prompt, fixed in ((PROMPT, length), (shorter, length - 1), (longer, 2 * length), (shorter, length - 1), (PROMPT, length)):
        made(prompt, GRAMMAR, fixed=fixed)
    beginnings = [tokens for tokens in read if tokens <= 2 * length]  # what is read after them is longer
    assert beginnings == [length - 1, length, 2 * length, length]
    assert made(shorter, GRAMMAR).text == whole


def test_right_guesses_save_passes(monkeypatch):
    guessed = [decoder(seed)(PROMPT, GRAMMAR).forwards for seed in SEEDS]
    monkeypatch.setattr(decoding, "GUESS", 0)
    assert sum(guessed) < sum(decoder(seed)(PROMPT, GRAMMAR).forwards for seed in SEEDS)


def test_a_text_that_is_as_usual_takes_fewer_passes():
    wanted = decoder(0)(PROMPT, GRAMMAR)
    drafted = decoder(0)(PROMPT, GRAMMAR, expected=((wanted.text.strip(), 1.0),))
    assert drafted.text == wanted.text and drafted.forwards < wanted.forwards


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


def test_a_program_may_be_as_long_as_the_question_that_it_copies():
    grammar = f"start: /[xq]{{{decoding.OWN + 50}}}/"
    with pytest.raises(AskWhyError, match="took too long to read"):
        decoder(0)(SYSTEM, grammar, fixed=len(SYSTEM) - 1)
    assert len(decoder(0)(SYSTEM + [TOKENIZER.convert_tokens_to_ids("x")] * 60, grammar, fixed=len(SYSTEM)).text) == 250


def test_a_long_question_is_read_in_pieces_to_the_same_end(monkeypatch):
    whole = decoder(0)(PROMPT, GRAMMAR)
    monkeypatch.setattr(decoding, "CHUNK", 7)
    for fixed in (0, len(SYSTEM)):
        pieces = decoder(0)(PROMPT, GRAMMAR, fixed=fixed)
        assert pieces.text == whole.text
        assert pieces.confidence == pytest.approx(whole.confidence, rel=1e-3)


def test_the_clock_is_looked_at_while_a_long_question_is_read(monkeypatch):
    monkeypatch.setattr(decoding, "CHUNK", 7)
    one, read = decoder(0), []
    monkeypatch.setattr(one, "_forward", lambda tokens, cache, keep: read.append(len(tokens)))
    clock = iter(range(1000))
    monkeypatch.setattr(decoding, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with pytest.raises(AskWhyError, match="took too long to read"):
        one(PROMPT, GRAMMAR, seconds=3.0)
    assert read == [7, 7, 7]


SIGNS = {"emoji": "🙂" * 300, "one letter": "x" * 2000, "braille": "⣿" * 500, "Thai": "สวัสดีครับ" * 60, "stops": "!" * 2000}


@pytest.mark.parametrize("name", SIGNS)
def test_long_runs_without_spaces_can_be_copied(name):
    run = SIGNS[name]
    made = f'where text "{run}" | predict\n'
    grammar = decoding_grammar(OPERATIONS, SCHEMA, f'is "{run}" spam?')
    matcher = decoder(0).matcher(grammar)
    assert all(matcher.consume_token(token) for token in TOKENIZER(made, add_special_tokens=False)["input_ids"])
    assert matcher.is_accepting()


PICK = 'start: ("A" | "B" | "C") ("x" | "y") "\\n"'


def chances_of(seed: int) -> dict[str, float]:
    """Every text of PICK with its probability, by the bare model."""
    model, found = tiny.causal_lm(len(TOKENIZER), seed), {}

    def shares(text: str, among: str) -> dict[str, float]:
        ids = PROMPT + TOKENIZER(text, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -1]
        return dict(zip(among, logits[TOKENIZER.convert_tokens_to_ids(list(among))].softmax(dim=-1).tolist(), strict=True))

    for first, chance in shares("", "ABC").items():
        for second, share in shares(first, "xy").items():
            found[f"{first}{second}\n"] = chance * share
    return found


@pytest.mark.parametrize("seed", range(6))
def test_other_texts_are_the_likeliest_ones(seed):
    known = chances_of(seed)
    decoded = decoder(seed)(PROMPT, PICK, fixed=len(SYSTEM), others=5)
    assert {decoded.text, *(text for text, _ in decoded.others)} == set(known)
    assert decoded.confidence == pytest.approx(known[decoded.text], rel=1e-3)
    for text, chance in decoded.others:
        assert chance == pytest.approx(known[text], rel=1e-3)
    assert [text for text, _ in decoded.others] == sorted(known.keys() - {decoded.text}, key=lambda text: -known[text])
    assert [text for text, _ in decoder(seed)(PROMPT, PICK, others=1).others] == [decoded.others[0][0]]


@pytest.mark.parametrize("seed", range(6))
def test_other_texts_are_close(seed):
    known = chances_of(seed)
    decoded = decoder(seed)(PROMPT, PICK, others=5, close=0.5)
    wanted = {text for text, chance in known.items() if chance >= 0.5 * known[decoded.text]} - {decoded.text}
    assert {text for text, _ in decoded.others} == wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_looking_for_others_changes_nothing_and_they_are_programs(seed):
    plain, others = decoder(seed)(PROMPT, GRAMMAR), decoder(seed)(PROMPT, GRAMMAR, fixed=len(SYSTEM), others=2, close=0.3)
    assert (others.text, plain.others) == (plain.text, ())
    assert others.confidence == pytest.approx(plain.confidence, rel=1e-3)
    for text, chance in others.others:
        assert text.endswith("\n")
        assert text != plain.text
        assert chance >= 0.3 * others.confidence * 0.999


def test_a_sure_text_is_not_slower_for_others():
    sure = 'start: "attribute top=5 unit=word\\n"'
    assert decoder(0)(PROMPT, sure, others=3).forwards == decoder(0)(PROMPT, sure).forwards
    seed = next(seed for seed in range(40) if max(chances_of(seed).values()) > 0.55)
    assert decoder(seed)(PROMPT, PICK, others=3, close=0.9).forwards == decoder(seed)(PROMPT, PICK).forwards
