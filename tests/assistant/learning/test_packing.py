"""Packed training examples: what a pack holds, and that the model learns the same from it as from one by one."""

from __future__ import annotations

import types
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from assistant.learning import packing
from assistant.learning.attending import attend_in_packs
from assistant.learning.packing import IGNORED, QUESTIONS, Pack, batched, collate, logits_of_programs, pack
from assistant.learning.questions import Example
from assistant.learning.training import _learn
from assistant.parsing.linking import Linker

from .. import tiny
from ..parsing.test_language_model import TEMPLATE
from ..strategies import SCHEMAS

ASKED = [
    ("how many?", "count"), ("why is 3 spam?", "where id = 3 | attribute"), ("show me 5", "show n=5"),
    ("무료?", 'where text contains "무료" | count'), ("hi", "help"),
]  # fmt: skip


def examples(*schemas: str, times: int = 1) -> list[Example]:
    return [Example(SCHEMAS[name], asked, meant, "test") for name in schemas for asked, meant in ASKED * times]


@pytest.fixture(scope="module")
def tokenizer():
    made = tiny.byte_tokenizer(["where label = spam | count", "how many messages are there?"])
    made.chat_template = TEMPLATE
    return made


@pytest.fixture(scope="module")
def schema() -> str:
    return next(name for name, schema in SCHEMAS.items() if len(schema.labels) > 1 and len(schema.columns) > 1)


def programs(tokenizer, some: Pack) -> list[str]:
    return [tokenizer.decode(meant) for _, meant in some.parts]


def test_a_pack_spells_the_prompt_and_the_program_of_each_example(tokenizer, schema):
    (made,) = pack(tokenizer, examples(schema), seed=1)
    shared = tokenizer.decode(made.shared)
    assert shared.startswith("<system>") and shared.endswith("<user>")
    assert all(label in shared for label in SCHEMAS[schema].labels)
    said = {(tokenizer.decode(asked), tokenizer.decode(meant)) for asked, meant in made.parts}
    told = Linker(SCHEMAS[schema]).told
    assert said == {(f"{asked}{told(asked)}\n<assistant>", f"{meant}\n") for asked, meant in ASKED}
    assert made.size == len(made.shared) + sum(len(asked) + len(meant) for asked, meant in made.parts)


def test_each_example_is_in_one_pack_of_its_schema(tokenizer):
    names = list(SCHEMAS)[:3]
    some = examples(*names, times=6)
    packs = pack(tokenizer, some, seed=1)
    assert max(len(made.parts) for made in packs) == QUESTIONS
    assert sorted(text for made in packs for text in programs(tokenizer, made)) == sorted(f"{e.program}\n" for e in some)
    assert len(packs) == sum(-(-len(ASKED) * 6 // QUESTIONS) for _ in names)


def test_packs_depend_on_the_seed_alone(tokenizer, schema):
    some = examples(schema, times=6)
    assert pack(tokenizer, some, seed=1) == pack(tokenizer, some, seed=1)
    assert pack(tokenizer, some, seed=1) != pack(tokenizer, some, seed=2)


def test_labels_and_columns_are_named_in_varying_order_but_stay_the_same(tokenizer, schema):
    seen = {tokenizer.decode(made.shared) for seed in range(6) for made in pack(tokenizer, examples(schema), seed=seed)}
    assert len(seen) > 1
    assert len({"".join(sorted(text)) for text in seen}) == 1


def test_batches_hold_every_pack_once(tokenizer):
    packs = pack(tokenizer, examples(*list(SCHEMAS)[:4], times=4), seed=1)
    batches = batched(packs, 3, seed=1)
    assert sorted(made.size for batch in batches for made in batch) == sorted(made.size for made in packs)
    assert [len(batch) for batch in batches].count(3) >= len(batches) - 1
    assert batched(packs, 3, seed=1) == batches


PACKS = [
    Pack((5, 6, 7), (((8, 9), (10, 11)), ((12,), (13, 14, 15)))),
    Pack((5, 6), (((8,), (9,)),)),
]


def test_positions_go_on_from_the_schema_in_each_part():
    batch = collate(PACKS, pad=0)
    assert batch["ids"].tolist() == [[5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [5, 6, 8, 9] + [0] * 7]
    assert batch["positions"][0].tolist() == [0, 1, 2, 3, 4, 5, 6, 3, 4, 5, 6]
    assert batch["positions"][1][:4].tolist() == [0, 1, 2, 3]


def test_the_loss_is_on_the_programs_alone():
    labels = collate(PACKS, pad=0)["labels"].tolist()
    assert labels[0] == [IGNORED] * 5 + [10, 11] + [IGNORED] + [13, 14, 15]
    assert labels[1] == [IGNORED] * 3 + [9] + [IGNORED] * 7


def test_the_layout_says_how_long_the_schema_and_the_parts_are():
    assert collate(PACKS, pad=0)["layout"] == [(3, 4, 4), (2, 2)]


@pytest.fixture(scope="module")
def plain_model(tokenizer):
    return tiny.causal_lm(len(tokenizer), seed=4)


@pytest.fixture(scope="module")
def model(tokenizer):
    made = tiny.causal_lm(len(tokenizer), seed=4)
    attend_in_packs(made)
    return made


def one_by_one(model, packs: list[Pack]) -> torch.Tensor:
    """The summed loss over all program tokens, each example read by itself after its schema."""
    losses = []
    for made in packs:
        for asked, meant in made.parts:
            ids = torch.tensor([made.shared + asked + meant])
            logits = model(input_ids=ids).logits[0, -len(meant) - 1 : -1]
            losses.append(torch.nn.functional.cross_entropy(logits, torch.tensor(meant), reduction="none"))
    return torch.cat(losses).sum()


def loss_of(model, batch) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(*logits_of_programs(model, batch), reduction="sum")


def test_the_gradient_of_packs_is_that_of_their_examples_one_by_one(tokenizer):
    packs = sorted(pack(tokenizer, examples(*list(SCHEMAS)[:3]), seed=1), key=lambda made: made.size)[:3]
    one, other = (tiny.causal_lm(len(tokenizer), seed=4) for _ in range(2))
    one_by_one(one, packs).backward()
    attend_in_packs(other)
    wrapped = types.SimpleNamespace(get_base_model=lambda: other)
    loss_of(wrapped, collate(packs, tokenizer.pad_token_id)).backward()
    for (name, alone), packed in zip(one.named_parameters(), other.parameters(), strict=True):
        assert torch.allclose(alone.grad, packed.grad, rtol=1e-3, atol=1e-5), name


@pytest.mark.parametrize("count", [1, 3])
def test_the_loss_of_packs_is_that_of_their_examples_one_by_one(model, plain_model, tokenizer, count):
    packs = sorted(pack(tokenizer, examples(*list(SCHEMAS)[:3]), seed=1), key=lambda made: made.size)[:count]
    wrapped = types.SimpleNamespace(get_base_model=lambda: model)
    with torch.inference_mode():
        packed = loss_of(wrapped, collate(packs, tokenizer.pad_token_id))
        assert float(packed) == pytest.approx(float(one_by_one(plain_model, packs)), rel=1e-4)


def test_parts_learnt_in_threads_give_the_gradient_of_the_whole(tokenizer):
    packs = sorted(pack(tokenizer, examples(*list(SCHEMAS)[:3]), seed=1), key=lambda made: made.size)[:3]
    found = []
    for parts in ([packs], [[packs[0]], packs[1:]]):
        model = tiny.causal_lm(len(tokenizer), seed=4)
        attend_in_packs(model)
        wrapped = types.SimpleNamespace(get_base_model=lambda model=model: model, parameters=model.parameters)
        with ThreadPoolExecutor(2) as pool:
            loss = _learn(wrapped, [collate(part, tokenizer.pad_token_id) for part in parts], pool)
        found.append((loss, [parameter.grad for parameter in model.parameters()]))
    (loss, whole), (same, shared) = found
    assert same == pytest.approx(loss, rel=1e-4)
    for one, other in zip(whole, shared, strict=True):
        assert torch.nn.functional.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.9999


def test_a_part_does_not_depend_on_its_neighbours(model, tokenizer, schema):
    (made,) = pack(tokenizer, examples(schema), seed=1)
    first, other = made.parts[0], made.parts[1]
    wrapped = types.SimpleNamespace(get_base_model=lambda: model)
    with torch.inference_mode():
        alone, behind = (
            loss_of(wrapped, _only_last(collate([Pack(made.shared, parts)], 0), len(first[1])))
            for parts in ((first,), (other, first))
        )
    assert float(alone) == pytest.approx(float(behind), abs=1e-4)


def _only_last(batch: dict, count: int) -> dict:
    batch["labels"][:, :-count] = IGNORED
    return batch


def test_questions_are_read_on_one_line(tokenizer, schema):
    (made,) = pack(tokenizer, [Example(SCHEMAS[schema], "how\n many \t?", "count", "test")], seed=1)
    assert tokenizer.decode(made.parts[0][0]) == "how many ?\n<assistant>"


def test_a_tokenizer_that_joins_the_question_to_what_stands_before_it_is_refused(tokenizer, schema, monkeypatch):
    real = packing._prompt_ids
    monkeypatch.setattr(
        packing, "_prompt_ids", lambda made, known, question, told="": real(made, known, question, told)[len(question) % 2 :]
    )
    with pytest.raises(ValueError, match="depend on the question"):
        pack(tokenizer, examples(schema), seed=1)
