"""Training the parser: a run that goes on from a trained adapter starts with its weights."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from explainers.errors import AskWhyError

from assistant.learning import training
from assistant.learning.questions import families, worlds
from assistant.learning.train import _going_on, _known
from assistant.learning.training import ParserPlan, _average_with, _go_on_from, training_examples

CONFIG = LlamaConfig(
    vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1
)


def adapted(rank: int = 4, seed: int = 0):
    torch.manual_seed(seed)
    model = get_peft_model(LlamaForCausalLM(CONFIG), LoraConfig(task_type="CAUSAL_LM", r=rank, target_modules="all-linear"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    return model


def lora(model) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters() if "lora_" in name}


def test_a_new_adapter_takes_the_weights_of_a_trained_one(tmp_path):
    trained, fresh = adapted(seed=1), adapted(seed=2)
    trained.save_pretrained(tmp_path)
    _go_on_from(fresh, tmp_path)
    wanted = lora(trained)
    assert lora(fresh).keys() == wanted.keys()
    assert all(torch.equal(value, wanted[name]) for name, value in lora(fresh).items())


def test_what_is_learnt_is_averaged_with_what_was_known(tmp_path):
    before, after = adapted(seed=1), adapted(seed=2)
    before.save_pretrained(tmp_path)
    known, learnt = lora(before), lora(after)
    _average_with(after, tmp_path, 0.25)
    for name, value in lora(after).items():
        assert torch.allclose(value, 0.25 * known[name] + 0.75 * learnt[name])


def test_an_adapter_that_does_not_fit_is_refused_in_a_sentence(tmp_path):
    adapted(rank=8).save_pretrained(tmp_path)
    with pytest.raises(AskWhyError, match=r"does not fit"):
        _go_on_from(adapted(rank=4), tmp_path)


def test_the_plan_goes_on_with_other_fillings_and_smaller_steps(tmp_path):
    plan = ParserPlan()
    record = {"plan": {"seed": 13, "steps": 1700}, "note": "Once."}
    (tmp_path / "training.json").write_text(json.dumps(record), "utf-8")
    later, note = _going_on(plan, tmp_path)
    assert later.seed == 14 and later.learning_rate < plan.learning_rate and later.steps == plan.steps
    assert note == "Once. Trained on from an adapter of at most 1700 steps."


def test_a_folder_without_a_trained_parser_is_refused(tmp_path):
    with pytest.raises(AskWhyError, match="no trained parser"):
        _going_on(ParserPlan(), tmp_path)


def test_question_files_in_focus_are_learnt_whole_and_others_in_part(monkeypatch):
    some = [family for family in families() if family.source in ("follow_more", "ko_turns", "talk", "edits")]
    monkeypatch.setattr(training, "split", lambda: (some, [], worlds()[:12], []))
    plan = ParserPlan(composed=(5, 5))
    whole, part = training_examples(plan), training_examples(replace(plan, focus=("follow_more", "ko_turns"), replay=0.1))
    for source in ("follow_more", "ko_turns"):
        assert sum(one.source == source for one in part) == sum(one.source == source for one in whole) > 0
    others = [sum(one.source not in ("follow_more", "ko_turns") for one in some) for some in (whole, part)]
    assert 0.07 * others[0] < others[1] < 0.13 * others[0]


def test_families_that_are_misread_are_learnt_in_a_share_of_their_own(monkeypatch):
    some = [family for family in families() if family.source in ("follow_more", "talk", "edits")]
    monkeypatch.setattr(training, "split", lambda: (some, [], worlds()[:12], []))
    plan = ParserPlan(composed=(0, 0), replay=0.05, missed=0.8, focus=("talk",))
    unknown = {family for family in some if family.source == "edits"}
    whole = Counter(one.source for one in training_examples(ParserPlan(composed=(0, 0))))
    part = Counter(one.source for one in training_examples(plan, (), unknown))
    assert part["talk"] == whole["talk"]
    assert 0.7 * whole["edits"] < part["edits"] < 0.9 * whole["edits"]
    assert part["follow_more"] < 0.15 * whole["follow_more"]


def test_a_question_file_that_is_not_there_is_told():
    assert _known(["follow_more.txt", "ko_turns"]) == ("follow_more", "ko_turns")
    with pytest.raises(AskWhyError, match="no question file 'follow_mor'; did you mean 'follow_more'"):
        _known(["follow_mor"])
