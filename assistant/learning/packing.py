"""Training questions packed behind the schema that they share, so that the schema is read once for all of them.

A pack is one sequence: the schema, then question and program after question and program. Each sees the schema and
itself, never the others, at the positions it would have alone; so the model learns just what it would learn one by one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.learning.questions import Example
from assistant.parsing import recalling
from assistant.parsing.language_model import chat_ids
from assistant.parsing.linking import Linker
from assistant.parsing.parser import one_line, prompt, schema_text
from assistant.programs.schema import Schema

QUESTIONS = 12  # in a pack
IGNORED = -100  # a label that the loss leaves out


@dataclass(frozen=True)
class Pack:
    """Token ids of a schema, and of the questions about it, each with those of its program; the `examples` they come from."""

    shared: tuple[int, ...]
    parts: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    examples: tuple[Example, ...] = ()

    @property
    def size(self) -> int:
        return len(self.shared) + sum(len(asked) + len(meant) for asked, meant in self.parts)


def pack(tokenizer: Any, examples: Sequence[Example], *, seed: int) -> list[Pack]:
    """Examples in packs of one schema, in random order; labels and columns are named in another order in each pack."""
    generator = random.Random(seed)
    by_schema: dict[str, list[Example]] = {}
    for example in examples:
        by_schema.setdefault(example.schema.model_dump_json(), []).append(example)
    packs = []
    for chosen in by_schema.values():
        generator.shuffle(chosen)
        for start in range(0, len(chosen), QUESTIONS):
            packs.append(_packed(tokenizer, chosen[start : start + QUESTIONS], generator))
    generator.shuffle(packs)
    return packs


def batched(packs: Sequence[Pack], size: int, *, seed: int) -> list[list[Pack]]:
    """Batches of packs of about one length, so that little is padded, in random order."""
    generator, run = random.Random(seed), 32 * size
    batches = []
    for start in range(0, len(packs), run):
        near = sorted(packs[start : start + run], key=lambda pack: pack.size)
        cut = [near[at : at + size] for at in range(0, len(near), size)]
        generator.shuffle(cut)
        batches += cut
    return batches


def _packed(tokenizer: Any, examples: Sequence[Example], generator: random.Random) -> Pack:
    schema = _reordered(examples[0].schema, generator)
    linker = Linker(schema)
    told = [linker.told(one.question) + recalling.line(one.before) for one in examples]
    whole = [_prompt_ids(tokenizer, schema, one_line(one.question), said) for one, said in zip(examples, told, strict=True)]
    ends = [_prompt_ids(tokenizer, schema, mark) for mark in ("\0", "0")]
    shared = next(place for place, pair in enumerate(zip(*ends, strict=False)) if pair[0] != pair[1])
    shared = min([shared, *(len(ids) - 1 for ids in whole)])
    parts = []
    for ids, example in zip(whole, examples, strict=True):
        if ids[:shared] != whole[0][:shared]:
            raise ValueError("the schema's tokens depend on the question")
        meant = tokenizer(example.program + "\n", add_special_tokens=False)["input_ids"]
        parts.append((tuple(ids[shared:]), tuple(meant)))
    return Pack(tuple(whole[0][:shared]), tuple(parts), tuple(examples))


def _reordered(schema: Schema, generator: random.Random) -> Schema:
    labels, columns = list(schema.labels), list(schema.columns)
    generator.shuffle(labels)
    generator.shuffle(columns)
    return schema.model_copy(update={"labels": tuple(labels), "columns": {name: schema.columns[name] for name in columns}})


def _prompt_ids(tokenizer: Any, schema: Schema, question: str, told: str = "") -> list[int]:
    messages = prompt().format_messages(schema=schema_text(schema), question=question, told=told)
    roles = {"system": "system", "human": "user"}
    return chat_ids(tokenizer, [{"role": roles[message.type], "content": message.content} for message in messages])


def collate(packs: Sequence[Pack], pad: int) -> dict[str, Any]:
    """Tensors of a batch: `ids`, `positions` and `labels` (packs, width), and the `layout` of each pack, the lengths of its
    schema and of its parts."""
    import torch

    width = max(pack.size for pack in packs)
    ids = torch.full((len(packs), width), pad)
    positions = torch.zeros((len(packs), width), dtype=torch.long)
    labels = torch.full((len(packs), width), IGNORED)
    for row, pack in enumerate(packs):
        start = len(pack.shared)
        ids[row, :start] = torch.tensor(pack.shared)
        positions[row, :start] = torch.arange(start)
        for asked, meant in pack.parts:
            end = start + len(asked) + len(meant)
            ids[row, start:end] = torch.tensor(asked + meant)
            positions[row, start:end] = len(pack.shared) + torch.arange(end - start)
            labels[row, start + len(asked) : end] = torch.tensor(meant)
            start = end
    layout = [(len(pack.shared), *(len(asked) + len(meant) for asked, meant in pack.parts)) for pack in packs]
    return {"ids": ids, "positions": positions, "labels": labels, "layout": layout}


def logits_of_programs(model: Any, batch: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a PEFT model that attends in packs says of the programs' tokens, and these: (tokens, vocabulary) and (tokens).

    Logits are made for these alone, which saves a third of the time."""
    inner = model.get_base_model()
    ids, positions, labels = (batch[name].to(inner.device) for name in ("ids", "positions", "labels"))
    hidden = inner.model(input_ids=ids, position_ids=positions, layout=batch["layout"]).last_hidden_state[:, :-1]
    wanted = labels[:, 1:] != IGNORED
    return inner.lm_head(hidden[wanted]).float(), labels[:, 1:][wanted]
