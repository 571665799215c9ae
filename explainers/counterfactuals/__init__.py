"""Counterfactual texts: the smallest changes of a text that make the model's answer another.

from explainers import Classifier, counterfactuals
search = counterfactuals(classifier, "My invoice is wrong", "sales", n=3)
for found in search.found: print(found.text, found.probability, found.changes)

The search deletes, replaces and inserts words. What to put in comes from several sources, those of them for which there is
`Material`: see `explainers.counterfactuals.sources`. It uses no randomness: the same call finds the same.
"""

from explainers.counterfactuals.contrasts import Contrasts
from explainers.counterfactuals.facts import Budget, Change, Counterfactual, Search
from explainers.counterfactuals.lexicon import Lexicon
from explainers.counterfactuals.material import Fluency, Material, Negations
from explainers.counterfactuals.search import counterfactuals
from explainers.counterfactuals.vocabulary import common_words, frequent_words, marker_words

__all__ = [
    "Budget",
    "Change",
    "Contrasts",
    "Counterfactual",
    "Fluency",
    "Lexicon",
    "Material",
    "Negations",
    "Search",
    "common_words",
    "counterfactuals",
    "frequent_words",
    "marker_words",
]
