"""Models named by the hub's names: fetched from a hub on this machine, in a process of their own, as a user's would be."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import torch

from .architectures import TEXTS, build
from .hub import hub

ASK = """
import json, sys
from explainers.classifier import Classifier
from explainers.errors import AskWhyError
said = {}
for name in sys.argv[1:]:
    try:
        said[name] = Classifier.load(name).probabilities(json.load(sys.stdin)).tolist()
    except AskWhyError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What three names give: a model, one whose weights are a pickle, and none."""
    folder = tmp_path_factory.mktemp("hub")
    classifier = build("bert")
    for name in ("whole", "pickled"):
        classifier.tokenizer.save_pretrained(folder / name)
        classifier.model.save_pretrained(folder / name)
    (folder / "pickled" / "model.safetensors").unlink()
    torch.save(classifier.model.state_dict(), folder / "pickled" / "pytorch_model.bin")
    with hub({"some/whole": folder / "whole", "some/pickled": folder / "pickled"}) as address:
        there = os.environ | {"HF_ENDPOINT": address, "HF_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "0"}
        done = subprocess.run(
            [sys.executable, "-c", ASK, "some/whole", "some/pickled", "some/missing"], env=there, input=json.dumps(TEXTS),
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), classifier


def test_a_model_from_the_hub_answers_as_it_does_here(said):
    told, classifier = said
    torch.testing.assert_close(torch.tensor(told["some/whole"]), torch.tensor(classifier.probabilities(TEXTS).tolist()))


@pytest.mark.parametrize(
    ("name", "why"), [("some/pickled", "it has no safetensors weights"), ("some/missing", "not a valid model identifier")]
)
def test_what_is_not_safetensors_or_not_there_is_told_in_a_sentence(said, name, why):
    told = said[0][name]
    assert told.startswith(f"The model '{name}' could not be loaded: ") and why in told and "\n" not in told
