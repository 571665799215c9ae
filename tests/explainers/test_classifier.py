"""A classifier answers what its model answers, however it is asked, and says clearly what it cannot take."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import peft
import pytest
import torch
import transformers

from explainers import AskWhyError, Classifier
from explainers import classifier as module
from explainers.device import choose_device

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS
from tests.explainers.conftest import bare_gpt2, byte_roberta

MIXED = (*TEXTS, "free prize " * 12, "call", "you won")


@pytest.fixture
def folder(tmp_path, bert):
    bert.model.save_pretrained(tmp_path / "model")
    bert.tokenizer.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("made", [bare_gpt2, byte_roberta])
def test_published_shapes_of_models_keep_their_answers(made):
    model, tokenizer = made()
    with torch.no_grad():  # before AskWhy has touched the model
        plain = [torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits, -1)[0].numpy() for text in MIXED]
    np.testing.assert_allclose(Classifier(model, tokenizer, name="x").probabilities(MIXED), plain, atol=1e-5)
    assert np.std(plain, axis=0).max() > 0.01


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_batches_order_and_padding_change_nothing(name, request, monkeypatch):
    classifier = request.getfixturevalue(name)
    alone = np.vstack([classifier.probabilities([text]) for text in MIXED])
    np.testing.assert_allclose(classifier.probabilities(MIXED), alone, atol=1e-5)
    order = np.random.default_rng(0).permutation(len(MIXED))
    np.testing.assert_allclose(classifier.probabilities([MIXED[row] for row in order]), alone[order], atol=1e-5)
    monkeypatch.setattr(module, "TOKEN_BUDGET", 30)
    np.testing.assert_allclose(classifier.probabilities(MIXED), alone, atol=1e-5)


def test_batches_stay_within_the_budget_and_hold_every_row_once():
    lengths = [3, 60, 7, 7, 4000, 5000, 1, 900]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    batches = module._batches(order, lengths)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= module.TOKEN_BUDGET for batch in batches)
    assert len(batches) < len(lengths)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_what_is_hidden_can_be_anything(name, request):
    classifier = request.getfixturevalue(name)
    encoding = classifier.encode("you won free now")
    other = replace(encoding, ids=(encoding.ids[0], 5 if encoding.ids[1] != 5 else 6, *encoding.ids[2:]))
    keep = np.ones(len(encoding.ids), dtype=bool)
    keep[1] = False
    hidden = classifier.forward([encoding, other], keep=[keep, keep])
    torch.testing.assert_close(hidden[0], hidden[1], atol=1e-5, rtol=0)
    shown = classifier.forward([encoding, other])
    assert (shown[0] - shown[1]).abs().max() > 1e-3
    assert (shown[0] - hidden[0]).abs().max() > 1e-3


def test_a_hidden_token_keeps_its_place(bert):
    encoding = bert.encode("you won free now")
    keep = np.array([place != 2 for place in range(len(encoding.ids))])
    with torch.no_grad():
        mask = torch.tensor(keep[None].astype(int))
        plain = bert.model(input_ids=torch.tensor([encoding.ids]), attention_mask=mask).logits
    torch.testing.assert_close(bert.forward([encoding], keep=[keep]), plain, atol=1e-5, rtol=0)


def test_a_causal_model_answers_at_the_last_token_that_is_shown(gpt2):
    encoding, start = gpt2.encode("you won free now"), gpt2.encode("you won free")
    keep = np.arange(len(encoding.ids)) < len(start.ids)
    assert encoding.ids[: len(start.ids)] == start.ids
    torch.testing.assert_close(gpt2.forward([encoding], keep=[keep]), gpt2.forward([start]), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_only_a_text_that_is_cut_says_so(name, request):
    classifier = request.getfixturevalue(name)
    assert classifier.max_tokens == 60
    lengths = {}
    for count in range(1, 70):
        encoding = classifier.encode(" ".join(["a"] * count))
        whole = len(classifier.tokenizer(encoding.text)["input_ids"])
        lengths[encoding.truncated] = len(encoding.ids)
        assert encoding.truncated == (whole > 60)
        assert len(encoding.ids) == min(whole, 60)
    assert set(lengths) == {True, False}
    assert np.isfinite(classifier.probabilities(["free prize " * 500])).all()


@pytest.mark.parametrize(("made", "expected"), [(bare_gpt2, 64), (byte_roberta, 64)])
def test_a_tokenizer_without_a_limit_is_held_to_the_positions_of_the_model(made, expected):
    classifier = Classifier(*made(), name="x")
    classifier.tokenizer.model_max_length = 10**30
    assert classifier.max_tokens == expected
    assert np.isfinite(classifier.probabilities(["free " * 100])).all()


def test_progress_ends_at_everything(bert, monkeypatch):
    monkeypatch.setattr(module, "TOKEN_BUDGET", 40)
    told: list[float] = []
    bert.probabilities(MIXED, told.append)
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 1.0
    assert bert.probabilities([]).shape == (0, 2)


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_log_odds_are_the_logit_of_the_probability_and_do_not_saturate(labels):
    classifier = architectures.build("bert", labels)
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    for target in range(labels):
        p = torch.softmax(logits.double(), -1)[:, target]
        torch.testing.assert_close(classifier.as_log_odds(logits, target).double(), torch.logit(p), atol=1e-4, rtol=1e-4)
    sure = torch.zeros((1, labels))
    sure[0, 0] = 80.0
    assert float(classifier.as_log_odds(sure, 0)) == pytest.approx(80 - np.log(labels - 1), abs=1e-4)


def test_log_odds_of_a_multi_label_model():
    classifier = architectures.build("bert", 3, problem_type="multi_label_classification")
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    for target in range(3):
        p = torch.sigmoid(logits.double())[:, target]
        torch.testing.assert_close(classifier.as_log_odds(logits, target).double(), torch.logit(p), atol=1e-4, rtol=1e-4)


def test_a_saved_model_is_the_same_model(folder, bert):
    loaded = Classifier.load(folder, device="cpu", name="mine")
    assert (loaded.name, loaded.labels, loaded.fingerprint) == ("mine", ("LABEL_0", "LABEL_1"), bert.fingerprint)
    np.testing.assert_allclose(loaded.probabilities(MIXED), bert.probabilities(MIXED), atol=1e-6)
    named = Classifier.load(folder, device="cpu", labels=["ham", "spam"])
    assert named.labels == ("ham", "spam")
    assert [named.index("ham"), named.index("spam")] == [0, 1]
    assert named.fingerprint != loaded.fingerprint


def test_an_adapter_is_merged_and_names_the_classes(folder, tmp_path):
    torch.manual_seed(1)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3, ignore_mismatched_sizes=True)
    config = peft.LoraConfig(task_type="SEQ_CLS", r=2, target_modules="all-linear", init_lora_weights=False)
    adapted = peft.get_peft_model(model, config).eval()
    adapted.save_pretrained(tmp_path / "adapter")
    base = transformers.AutoModel.from_pretrained(folder)  # without the head, as a base model comes
    base.save_pretrained(tmp_path / "base")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.save_pretrained(tmp_path / "base")
    with pytest.raises(AskWhyError, match=r"no labels\.json"):
        Classifier.load(tmp_path / "base", adapter=tmp_path / "adapter")
    (tmp_path / "adapter" / "labels.json").write_text(json.dumps(["a", "b", "c"]))
    loaded = Classifier.load(tmp_path / "base", adapter=tmp_path / "adapter", device="cpu")
    assert loaded.labels == ("a", "b", "c")
    with torch.no_grad():
        plain = torch.softmax(adapted(**tokenizer(TEXTS[0], return_tensors="pt")).logits, -1).numpy()
    np.testing.assert_allclose(loaded.probabilities([TEXTS[0]]), plain, atol=1e-5)


def test_models_that_cannot_be_used_get_a_sentence(folder, tmp_path, bert):
    with pytest.raises(AskWhyError, match=r"no model folder .*absent; give a folder"):
        Classifier.load(tmp_path / "absent")
    with pytest.raises(AskWhyError, match="has 2 classes, but 3 label names"):
        Classifier.load(folder, labels=["a", "b", "c"], device="cpu")
    with pytest.raises(AskWhyError, match="fast tokenizer is needed"):
        Classifier(bert.model, transformers.ByT5Tokenizer(), name="slow")
    with pytest.raises(AskWhyError, match="no class 'LABEL_00'; did you mean 'LABEL_0'"):
        bert.index("LABEL_00")
    with pytest.raises(AskWhyError, match="no class 'x'; choose from LABEL_0, LABEL_1"):
        bert.index("x")


def test_pickled_weights_and_broken_configs_are_refused(folder, bert):
    (folder / "model.safetensors").unlink()
    torch.save(bert.model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(AskWhyError, match="could not be loaded.*safetensors"):
        Classifier.load(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(AskWhyError, match="could not be loaded"):
        Classifier.load(folder)


def test_devices():
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_device_that_is_not_here(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(AskWhyError, match="not on this machine"):
        choose_device("cuda:0")
