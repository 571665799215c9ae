"""Which families of questions a trained parser does not read rightly yet, by one question of each.

A run that goes on from a trained adapter learns most from these: of what is read well already little is left to learn
(Jiang et al. 2019, "Accelerating deep learning by focusing on the biggest losers"). One forward pass takes a third of the time
of a step, so that looking at all families costs what a few hundred steps do.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any

from assistant.learning.filling import fill
from assistant.learning.packing import Pack, collate, logits_of_programs, pack
from assistant.learning.preceding import Preceding
from assistant.learning.questions import Family, World


def misread(model: Any, tokenizer: Any, families: list[Family], worlds: list[World], *, seed: int) -> set[Family]:
    """Those of the families of which one question, filled at random, would not get its program: where a token of it is not
    the likeliest one after those before it. The model attends in packs."""
    import torch

    generator, before = random.Random(seed), Preceding(families)
    of: dict[int, Family] = {}  # by the identity of an example, which is in one pack
    asked = []
    for family in families:
        one = replace(family, questions=(generator.choice(family.questions),))
        drawn = fill([one], worlds, rounds=1, seed=generator.randrange(2**32), noise=True, preceding=before)
        for example in drawn:
            asked.append(example)
            of[id(example)] = family
    packs = pack(tokenizer, asked, seed=seed)
    workers = 1 if model.device.type == "cuda" else os.cpu_count() or 1
    threads, training = torch.get_num_threads(), model.training
    torch.set_num_threads(max(1, threads // workers))
    model.eval()
    with ThreadPoolExecutor(workers) as pool:
        read = list(pool.map(lambda one: _read_rightly(model, tokenizer, one), packs))
    model.train(training)
    torch.set_num_threads(threads)
    seen = [example for one in packs for example in one.examples]
    return {of[id(example)] for example, rightly in zip(seen, chain.from_iterable(read), strict=True) if not rightly}


def _read_rightly(model: Any, tokenizer: Any, one: Pack) -> list[bool]:
    """For each question of a pack, whether each token of its program is the likeliest after those before it."""
    import torch

    with torch.no_grad():  # it holds for its own thread only
        logits, wanted = logits_of_programs(model, collate([one], tokenizer.pad_token_id))
    right = logits.argmax(-1) == wanted
    return [bool(part.all()) for part in right.split([len(meant) for _, meant in one.parts])]
