"""Labels that are named by other words: which one is meant, and when a reading keeps its own."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.assemble import vectors_of
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.linking import Linker
from assistant.parsing.naming import Naming
from assistant.parsing.opinion import Opinion
from assistant.parsing.parser import Parser
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.resolver import Resolver
from assistant.settings import load_settings, settings_path

from .test_parser import Canned

SCHEMA = Schema(labels=("Animal Welfare", "Housing", "Transport"), columns={"town": ("Lyon", "Rome")}, rows=9)
READ = Language(OPERATIONS, SCHEMA).read
MEANS = {"pets": 0, "cats": 0, "animal": 0, "rents": 1, "housing": 1, "buses": 2, "transport": 2}
COMMON = frozenset(["how", "many", "are", "of", "you", "why", "is", "it", "and", "not", "as", "or", "in", "to", "say", "your"])


def vectors(words: Sequence[str]) -> np.ndarray:
    """An axis for each label, and others for what means none of them."""
    made = np.zeros((len(words), 100), np.float32)
    for row, said in enumerate(words):
        for word in said.lower().split():
            made[row, MEANS.get(word, 3 + zlib.crc32(word.encode()) % 97)] += 1
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def rarity(word: str) -> float:
    return 1.0 if word in COMMON else 9.0


@pytest.fixture
def naming() -> Naming:
    return Naming(OPERATIONS, SCHEMA, Linker(SCHEMA), vectors, rarity)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("how many are pets", "where label = Housing | count", 'where label = "Animal Welfare" | count'),
        ("rents not as housing", "where label = Transport and not prediction = Housing | show", None),  # housing is spelt
        ("buses you call housing", "where label = Transport and prediction = Housing | show", None),
        ("pets you call housing", "where label = Transport and prediction = Housing | show",
         'where label = "Animal Welfare" and prediction = Housing | show'),
        ("buses or housing", "where label in (Housing, \"Animal Welfare\") | count", "where label in (Housing, Transport) | count"),
        ("why is it not cats", "attribute class=Housing", 'attribute class="Animal Welfare"'),
        ("why cats and not housing", "attribute class=Transport against=Housing",
         'attribute class="Animal Welfare" against=Housing'),
        ("4 and your average buses", "where id = 4 | compare with=class:Housing", "where id = 4 | compare with=class:Transport"),
        ('how many say "pets"', 'where label = Housing and text contains "pets" | count', None),  # quoted words are a text's
        ("is it about pets to you: cats for sale", 'where text "cats for sale" | likelihood class=Housing',
         'where text "cats for sale" | likelihood class="Animal Welfare"'),
        ("how many in it", "where label = Housing | count", None),  # nothing in it could name a label
        ("how many transprot", "where label = Transport | count", None),  # misspelt is spelt
    ],
)  # fmt: skip
def test_the_nearest_label_is_meant(naming, question, read, meant):
    assert naming.mended(question, "", READ(read)) == READ(read if meant is None else meant)


def test_what_was_said_before_spells_labels_too(naming):
    read = READ("where label = Housing | count")
    assert naming.mended("how many pets", "where label = Housing | show", read) == read
    assert naming.mended("how many pets", "where label = Transport | show", read) != read


def test_two_guesses_are_left_alone(naming):
    read = READ("where label = Housing and prediction = Transport | count")
    assert naming.mended("pets", "", read) == read


def test_common_words_name_no_label(naming):
    read = READ("where label = Housing | count")
    common = Naming(OPERATIONS, SCHEMA, Linker(SCHEMA), vectors, lambda word: 1.0)
    assert naming.mended("pets", "", read) != common.mended("pets", "", read) == read


@given(some.text(max_size=60), some.sampled_from(["count", "where label = Housing | count", 'where text "a b" | predict']))
def test_whatever_is_asked_stays_a_program(question, read):
    made = Naming(OPERATIONS, SCHEMA, Linker(SCHEMA), vectors, rarity).mended(question, "", READ(read))
    made.check(SCHEMA)
    assert [step.name for step in made.steps] == [step.name for step in READ(read).steps]


def test_the_parser_asks_it():
    class Knowing(Canned):
        opinion: object = None
        vectors: object = None

    class Rare:
        rarity_of = staticmethod(rarity)

        def chances(self, question, before, names, asked):
            return [1.0] * len(asked)

        def weighed(self, question, before, names, readings):
            return readings

    for encoder, label in ((vectors, "Animal Welfare"), (None, "Housing")):
        chat = Knowing(
            said="where label = Housing | count\n", confidence=0.9, others=(), asked=[], opinion=Rare(), vectors=encoder
        )
        parser = Parser(OPERATIONS, SCHEMA, chat, Doubt(close=0.2))
        assert parser.parse("how many pets").program == READ(f'where label = "{label}" | count')


@pytest.mark.real
def test_the_embedded_encoder_knows_other_words():
    path = settings_path(None)
    resolver = Resolver(path)
    opinion, encoder = Opinion.read(resolver.folder / load_settings(path).language_model.adapter), vectors_of(resolver)
    named = Naming(OPERATIONS, SCHEMA, Linker(SCHEMA), encoder, opinion.rarity_of)
    for word, label in (("pets", "Animal Welfare"), ("apartments", "Housing")):
        assert named.mended(f"how many {word} do you get wrong", "", READ("where label = Transport | count")) == READ(
            f'where label = "{label}" | count'
        )
