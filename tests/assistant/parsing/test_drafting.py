"""What usually follows in a program."""

from __future__ import annotations

from assistant.learning.usual import usual_programs
from assistant.parsing.drafting import OPEN, Drafts, usual

from .. import tiny

TOKENIZER = tiny.byte_tokenizer(["where label = spam | count"])
PROGRAMS = (("where id = {} | attribute", 3.0), ('where text contains "{}" | show', 2.0), ("count", 1.0))


def ids(text: str) -> list[int]:
    return TOKENIZER(text, add_special_tokens=False)["input_ids"]


def goes_on(written: str, most: int = 99, programs: tuple[tuple[str, float], ...] = PROGRAMS) -> str:
    return TOKENIZER.decode(Drafts(TOKENIZER, programs).after(ids(written), most))


def test_the_likeliest_program_is_guessed_first_up_to_its_open_place():
    assert goes_on("").startswith("where id") and OPEN not in goes_on("")


def test_what_follows_an_open_place_is_guessed_from_what_filled_it_on():
    assert goes_on("where id = 3 | att").endswith("ribute\n")


def test_a_guess_is_as_long_as_it_may_be():
    assert goes_on("s", 3, (("salience", 1.0),)) == "ali"


def test_nothing_is_guessed_from_nothing():
    assert Drafts(TOKENIZER, ()).after(ids("where"), 5) == []


def test_the_file_holds_the_programs_of_the_training_questions():
    assert list(usual()) == usual_programs(), "run `python -m assistant.learning.usual`"
