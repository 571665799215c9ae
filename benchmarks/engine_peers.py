"""Other libraries, set up so that they explain the same model: the calls their own guides show, and their best settings.

Each is made by a function of a `Rival`, which raises ImportError when the library is not there: `make bench-engine`
installs them beside this project in an environment of their own.
"""

from __future__ import annotations

import copy
import logging
import sys
import warnings
from collections.abc import Callable
from functools import cached_property
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import torch
from torch import Tensor

from explainers import Classifier

# ferret imports these for data sets, colours and one explainer that is not run here
FERRET_STUBS = ("cv2", "pytreebank", "thermostat", "seaborn", "skimage")


class Rival:
    """A classifier as other libraries are given it: the same weights and tokenizer, no text longer than the model."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.model = classifier.model
        self.tokenizer = classifier.tokenizer

    @cached_property
    def as_loaded(self) -> Any:
        """The model as transformers loads it: its weights ask for gradients, which the engine's do not."""
        return copy.deepcopy(self.model).requires_grad_(True)

    @cached_property
    def pipeline(self) -> Any:
        """transformers' pipeline, all classes, one text at a time: its default."""
        from transformers import pipeline

        return pipeline("text-classification", model=self.as_loaded, tokenizer=self.tokenizer, top_k=None, device=-1)

    def by_pipeline(self, texts: Any) -> np.ndarray:
        """(texts, classes) probabilities by the pipeline."""
        order = [self.as_loaded.config.id2label[place] for place in range(len(self.classifier.labels))]
        found = [{one["label"]: one["score"] for one in scores} for scores in self.pipeline([str(text) for text in texts])]
        return np.array([[scores[label] for label in order] for scores in found])

    def by_batches(self, size: int, bf16: bool = False) -> Callable[[Any], np.ndarray]:
        """(texts, classes) probabilities in batches without gradients: the best function one can hand to a library."""

        def probabilities(texts: Any) -> np.ndarray:
            texts, made = [str(text) for text in texts], []
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                for first in range(0, len(texts), size):
                    given = self.tokenizer(texts[first : first + size], padding=True, truncation=True, return_tensors="pt")
                    made.append(self.model(**given).logits.float().softmax(-1))
            return torch.cat(made).numpy()

        return probabilities

    def ids(self, text: str) -> Tensor:
        """(1, tokens) ids of a text."""
        return torch.tensor([self.classifier.encode(text).ids])

    def plain(self, text: str) -> np.ndarray:
        """(tokens,) which tokens are of the text."""
        return ~np.array(self.classifier.encode(text).special)

    def log_odds(self, logits: Tensor, target: str) -> Tensor:
        return self.classifier.as_log_odds(logits, self.classifier.index(target))


def transformers_interpret(rival: Rival, model: Any) -> Any:
    """Its explainer; it would change the text first, and then explain another one."""
    from transformers_interpret import SequenceClassificationExplainer

    explainer = SequenceClassificationExplainer(model, rival.tokenizer)
    explainer._clean_text = lambda text: text
    return explainer


def ferret(rival: Rival) -> Any:
    """The module and its explainers by name: LIME, SHAP, LOO. It insists on packages that play no part here."""
    for name in FERRET_STUBS:
        sys.modules.setdefault(name, MagicMock())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ferret.evaluators.faithfulness_measures import TauLOO_Evaluation
        from ferret.explainers.lime import LIMEExplainer
        from ferret.explainers.shap import SHAPExplainer

    # its evaluator asks a tokenizer for each batch; transformers 5 warns of its lengths
    logging.getLogger("transformers.tokenization_utils_base").setLevel(logging.ERROR)
    kinds = {"lime": LIMEExplainer, "shap": SHAPExplainer, "loo": TauLOO_Evaluation}
    return {name: kind(rival.as_loaded, rival.tokenizer) for name, kind in kinds.items()}
