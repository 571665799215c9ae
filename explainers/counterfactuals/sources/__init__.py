"""Where candidates come from, one module each: a function from a situation to changes, the most promising first.

What `elsewhere` proposes follows from what was run of the others.
"""

from explainers.counterfactuals.sources import contrast, gradient, infilling, markers, negation, phrases
from explainers.counterfactuals.sources.elsewhere import elsewhere

__all__ = ["SOURCES", "elsewhere"]

SOURCES = {
    "gradient": gradient.propose,
    "infilling": infilling.propose,
    "markers": markers.propose,
    "contrast": contrast.propose,
    "negation": negation.propose,
    "phrases": phrases.propose,
}
