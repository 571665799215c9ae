"""Which families a model does not read rightly: those where a token of a program is not the likeliest."""

from __future__ import annotations

import pytest
import torch

from assistant.learning import misread as module
from assistant.learning.misread import misread
from assistant.learning.packing import IGNORED
from assistant.learning.questions import families, worlds

from .. import tiny
from ..parsing.test_language_model import TEMPLATE


class Knowing:
    """Says the tokens that stand in the batch, but for those of programs that begin with a token it does not know."""

    def __init__(self, unknown: int):
        self.device, self.training, self._unknown = torch.device("cpu"), True, unknown

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode

    def says(self, batch) -> tuple[torch.Tensor, torch.Tensor]:
        assert not self.training
        labels = batch["labels"][0]
        wanted = labels[labels != IGNORED]
        logits = torch.nn.functional.one_hot(wanted, int(wanted.max()) + 2).float()
        starts = [i for i, label in enumerate(labels) if label != IGNORED and labels[i - 1] == IGNORED]
        places = [int((labels[:start] != IGNORED).sum()) for start in starts]
        for place in places:
            if wanted[place] == self._unknown:
                logits[place] = torch.roll(logits[place], 1)
        return logits, wanted


@pytest.fixture
def tokenizer():
    made = tiny.byte_tokenizer(["where label = spam | count", "how many messages are there?"])
    made.chat_template = TEMPLATE
    return made


def test_a_family_is_misread_where_its_program_is_not_the_likeliest(monkeypatch, tokenizer):
    some = families()[::150]
    firsts = [tokenizer(family.program, add_special_tokens=False)["input_ids"][0] for family in some]
    unknown = max(set(firsts), key=firsts.count)
    model = Knowing(unknown)
    monkeypatch.setattr(module, "logits_of_programs", Knowing.says)
    found = misread(model, tokenizer, some, worlds()[:6], seed=3)
    assert found == {family for family, first in zip(some, firsts, strict=True) if first == unknown}
    assert 0 < len(found) < len(some) and model.training
