"""Loading: a saved model comes back the same, and what cannot be used is refused in one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import peft
import pytest
import torch
import transformers

from explainers import AskWhyError, Classifier
from explainers.device import choose_device

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS


@pytest.fixture
def folder(tmp_path, bert):
    bert.model.save_pretrained(tmp_path / "model")
    bert.tokenizer.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def adapted(folder, tmp_path):
    """A base without a head, an adapter with one for three classes, and the model they make."""
    torch.manual_seed(1)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3, ignore_mismatched_sizes=True)
    config = peft.LoraConfig(task_type="SEQ_CLS", r=2, target_modules="all-linear", init_lora_weights=False)
    made = peft.get_peft_model(model, config).eval()
    made.save_pretrained(tmp_path / "adapter")
    (tmp_path / "adapter" / "labels.json").write_text(json.dumps(["a", "b", "c"]))
    transformers.AutoModel.from_pretrained(folder).save_pretrained(tmp_path / "base")
    transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "base")
    return made


def refused(source: object, said: str, **options: object) -> None:
    with pytest.raises(AskWhyError, match=said) as error:
        Classifier.load(source, **{"device": "cpu", **options})
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 420


def test_a_saved_model_is_the_same_model(folder, bert):
    loaded = Classifier.load(folder, device="cpu", name="mine")
    assert (loaded.name, loaded.labels, loaded.fingerprint) == ("mine", ("LABEL_0", "LABEL_1"), bert.fingerprint)
    np.testing.assert_allclose(loaded.probabilities(TEXTS), bert.probabilities(TEXTS), atol=1e-6)
    named = Classifier.load(str(folder), device="cpu", labels=["ham", "spam"])
    assert named.labels == ("ham", "spam")
    assert [named.index("ham"), named.index("spam")] == [0, 1]
    assert named.fingerprint != loaded.fingerprint


def test_half_precision_weights_are_computed_with_in_full(folder):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    assert Classifier.load(folder, device="cpu").model.dtype == torch.float32


def test_an_adapter_is_merged_and_names_the_classes(adapted, tmp_path):
    loaded = Classifier.load(tmp_path / "base", adapter=tmp_path / "adapter", device="cpu")
    assert loaded.labels == ("a", "b", "c")
    with torch.no_grad():
        plain = torch.softmax(adapted(**loaded.tokenizer(TEXTS[0], return_tensors="pt")).logits, -1).numpy()
    np.testing.assert_allclose(loaded.probabilities([TEXTS[0]]), plain, atol=1e-5)
    over = Classifier.load(tmp_path / "model", adapter=tmp_path / "adapter", labels=["x", "y", "z"], device="cpu")
    assert over.labels == ("x", "y", "z")  # the adapter's head takes the place of one for two classes
    np.testing.assert_allclose(over.probabilities([TEXTS[0]]), plain, atol=1e-5)


def test_models_that_cannot_be_used_get_a_sentence(folder, tmp_path, bert):
    refused(tmp_path / "absent", r"no model folder .*absent; give a folder")
    refused(folder, "has 2 classes, but 3 label names", labels=["a", "b", "c"])
    refused(folder, "Two classes of .* are called 'a'; give each its own name", labels=["a", "a"])
    with pytest.raises(AskWhyError, match="fast tokenizer is needed"):
        Classifier(bert.model, transformers.ByT5Tokenizer(), name="slow")
    with pytest.raises(AskWhyError, match="no class 'LABEL_00'; did you mean 'LABEL_0'"):
        bert.index("LABEL_00")
    with pytest.raises(AskWhyError, match="no class 'x'; choose from LABEL_0, LABEL_1"):
        bert.index("x")


def test_a_model_without_a_trained_head_is_refused(folder, bert, adapted, tmp_path):
    transformers.BertForMaskedLM(bert.model.config).save_pretrained(tmp_path / "language")
    bert.tokenizer.save_pretrained(tmp_path / "language")
    refused(tmp_path / "language", r"is no trained classifier: it has no weights for bert\.pooler.* and 3 more; name one")
    refused(tmp_path / "base", r"has no weights for classifier\.bias and 1 more")
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {str(index): f"class {index}" for index in range(5)}
    (folder / "config.json").write_text(json.dumps(config))
    refused(folder, "could not be loaded: .*sizes")


def test_a_folder_without_a_tokenizer_is_refused(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()
    refused(folder, "has no tokenizer; save the tokenizer into it")
    refused(str(folder), "has no tokenizer")


def test_pickled_weights_and_broken_files_are_refused(folder, bert):
    weights = (folder / "model.safetensors").read_bytes()
    for broken in (b"garbage" * 100, weights[: len(weights) // 2], b""):
        (folder / "model.safetensors").write_bytes(broken)
        refused(folder, "could not be loaded")
    (folder / "model.safetensors").unlink()
    torch.save(bert.model.state_dict(), folder / "pytorch_model.bin")
    refused(folder, "could not be loaded.*safetensors")
    (folder / "model.safetensors").write_bytes(weights)
    for name in ("config.json", "tokenizer.json"):
        kept = (folder / name).read_bytes()
        (folder / name).write_text("{")
        refused(folder, "could not be loaded")
        (folder / name).write_bytes(kept)
    assert Classifier.load(folder, device="cpu").fingerprint == bert.fingerprint


def test_adapters_that_cannot_be_used_get_a_sentence(adapted, tmp_path, monkeypatch):
    monkeypatch.setattr("peft.PeftModel.from_pretrained", lambda *args, **options: pytest.fail("the adapter was looked for"))
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    refused(base, "There is no adapter in .*absent", adapter=tmp_path / "absent", labels=["a", "b", "c"])
    refused(base, "There is no adapter in some/name", adapter="some/name", labels=["a", "b", "c"])
    (adapter / "labels.json").unlink()
    refused(base, r"no labels\.json; name its classes in the setting `labels`", adapter=adapter)
    for content, said in {
        "{": "is not JSON",
        '{"a": 1}': "is not a list of two",
        '["a", 1]': "is not a list",
        '["a"]': "is not a list",
    }.items():
        (adapter / "labels.json").write_text(content)
        refused(base, rf"labels\.json {said}", adapter=adapter)
    weights = adapter / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    refused(base, "adapter's weights .* could not be read", adapter=adapter, labels=["a", "b", "c"])
    weights.rename(adapter / "adapter_model.bin")
    refused(base, r"it needs adapter_config\.json and adapter_model\.safetensors", adapter=adapter, labels=["a", "b", "c"])


def test_an_adapter_of_another_shape_is_refused(adapted, tmp_path):
    refused(tmp_path / "base", "The adapter .* does not fit the model: ", adapter=tmp_path / "adapter", labels=["a", "b"])


def test_damaged_weights_are_told_when_they_answer():
    classifier = architectures.build("bert")
    with torch.no_grad():
        classifier.model.classifier.bias[0] = float("nan")
    with pytest.raises(AskWhyError, match="bert answers with what is not a number; its weights are damaged"):
        classifier.probabilities(["free"])


def test_a_tokenizer_of_another_model_is_told(bert):
    classifier = architectures.build("bert")
    classifier.tokenizer.add_tokens(["newword"])
    assert classifier.probabilities(["free"]).shape == (1, 2)
    with pytest.raises(AskWhyError, match="tokenizer of bert knows tokens that the model does not"):
        classifier.probabilities(["free newword"])


def test_the_fingerprint_follows_all_that_an_answer_follows_from(bert, folder: Path):
    def changed(**options: object) -> str:
        return architectures.build("bert", **options).fingerprint

    assert changed() == bert.fingerprint
    others = [changed(problem_type="multi_label_classification"), changed(max_position_embeddings=50)]
    short = architectures.build("bert")
    short.tokenizer.model_max_length = 20
    cased = architectures.build("bert")
    cased.tokenizer.backend_tokenizer.normalizer = None
    deep = architectures.build("bert")
    deep.model.register_buffer("scale", torch.tensor(2.0))  # without a dimension
    others += [model.fingerprint for model in (short, cased, deep)]
    assert len({bert.fingerprint, *others}) == 6
    used = architectures.build("bert")
    used.tokenizer("free", truncation=True, max_length=7, padding="max_length")  # its last call is not what it is
    assert used.fingerprint == bert.fingerprint
    copy = shutil.copytree(folder, folder.parent / "copy")
    assert Classifier.load(copy, device="cpu").fingerprint == bert.fingerprint


def test_devices():
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_device_that_is_not_here(monkeypatch, folder):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("cuda", "cuda:0", "cuda:7", "cpu:1"):
        with pytest.raises(AskWhyError, match=f"device '{name}' is not on this machine"):
            choose_device(name)
    for name in ("gpu", "CUDA", "cuda:x", "", "xpu"):
        with pytest.raises(AskWhyError, match=f"There is no device '{name}'; choose from auto, cpu"):
            choose_device(name)
    refused(folder, "There is no device 'gpu'", device="gpu")
