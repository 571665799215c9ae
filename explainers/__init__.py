"""Explanations of text classifiers: load one, predict, attribute, edit, find counterfactuals, attack. Usable alone.

from explainers import Classifier, attribute
classifier = Classifier.load("path/to/model")
explanation = attribute(classifier, "You have won a prize", "spam")
for piece in explanation.top(3): print(piece.text, piece.score)

`edits` and `perturbations` are modules (`edits.edit`, `perturbations.perturbations`); what else is named here is what it says.
"""

from explainers import edits, perturbations
from explainers.adversarial import Adversary, Attack, adversarial
from explainers.attention import Attention, attention
from explainers.attribution import METHODS, attribute, attribute_many
from explainers.augment import Wording, Wordings, augment
from explainers.best import Best, best
from explainers.classifier import Classifier
from explainers.counterfactuals import Budget, Counterfactual, Material, Search, common_words, counterfactuals, marker_words
from explainers.dataset import Dataset, DataSource, load_dataset
from explainers.errors import AskWhyError
from explainers.explanation import Explanation, Piece
from explainers.importance import Importance, important_words
from explainers.influence import Influence, influence
from explainers.interactions import Interaction, Interactions, interactions
from explainers.neighbours import Neighbour, nearest, sentence_embeddings
from explainers.predictions import predict_dataset
from explainers.projection import Projection, plane, project
from explainers.robustness import Robustness, robustness
from explainers.sensitivity import Sensitivity, sensitivity
from explainers.trust import Faithfulness, Trust, faithfulness, trust

__all__ = [
    "METHODS",
    "Adversary",
    "AskWhyError",
    "Attack",
    "Attention",
    "Best",
    "Budget",
    "Classifier",
    "Counterfactual",
    "DataSource",
    "Dataset",
    "Explanation",
    "Faithfulness",
    "Importance",
    "Influence",
    "Interaction",
    "Interactions",
    "Material",
    "Neighbour",
    "Piece",
    "Projection",
    "Robustness",
    "Search",
    "Sensitivity",
    "Trust",
    "Wording",
    "Wordings",
    "adversarial",
    "attention",
    "attribute",
    "attribute_many",
    "augment",
    "best",
    "common_words",
    "counterfactuals",
    "edits",
    "faithfulness",
    "important_words",
    "influence",
    "interactions",
    "load_dataset",
    "marker_words",
    "nearest",
    "perturbations",
    "plane",
    "predict_dataset",
    "project",
    "robustness",
    "sensitivity",
    "sentence_embeddings",
    "trust",
]
