"""Explanations of text classifiers: load one, predict, attribute, edit, find counterfactuals. Usable alone.

from explainers import Classifier, attribute
classifier = Classifier.load("path/to/model")
explanation = attribute(classifier, "You have won a prize", "spam")
for piece in explanation.top(3): print(piece.text, piece.score)
"""

from explainers.attention import Attention, attention
from explainers.attribution import METHODS, attribute, attribute_many
from explainers.best import Best, best
from explainers.classifier import Classifier
from explainers.counterfactuals import Counterfactual, Material, Search, common_words, counterfactuals, marker_words
from explainers.dataset import Dataset, DataSource, load_dataset
from explainers.errors import AskWhyError
from explainers.explanation import Explanation, Piece
from explainers.importance import Importance, important_words
from explainers.influence import Influence, influence
from explainers.interactions import Interaction, Interactions, interactions
from explainers.neighbours import Neighbour, nearest, sentence_embeddings
from explainers.predictions import predict_dataset
from explainers.projection import Projection, project
from explainers.trust import Faithfulness, Trust, faithfulness, trust

__all__ = [
    "METHODS",
    "AskWhyError",
    "Attention",
    "Best",
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
    "Search",
    "Trust",
    "attention",
    "attribute",
    "attribute_many",
    "best",
    "common_words",
    "counterfactuals",
    "faithfulness",
    "important_words",
    "influence",
    "interactions",
    "load_dataset",
    "marker_words",
    "nearest",
    "predict_dataset",
    "project",
    "sentence_embeddings",
    "trust",
]
