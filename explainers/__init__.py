"""Explanations of text classifiers: load one, predict, attribute, edit, find counterfactuals. Usable alone.

from explainers import Classifier, attribute
classifier = Classifier.load("path/to/model")
explanation = attribute(classifier, "You have won a prize", "spam")
for piece in explanation.top(3): print(piece.text, piece.score)
"""

from explainers.attribution import METHODS, attribute, attribute_many
from explainers.classifier import Classifier
from explainers.counterfactuals import Counterfactual, Search, common_words, counterfactuals, marker_words
from explainers.dataset import Dataset, DataSource, load_dataset
from explainers.errors import AskWhyError
from explainers.explanation import Explanation, Piece
from explainers.predictions import predict_dataset

__all__ = [
    "METHODS",
    "AskWhyError",
    "Classifier",
    "Counterfactual",
    "DataSource",
    "Dataset",
    "Explanation",
    "Piece",
    "Search",
    "attribute",
    "attribute_many",
    "common_words",
    "counterfactuals",
    "load_dataset",
    "marker_words",
    "predict_dataset",
]
