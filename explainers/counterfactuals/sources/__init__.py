"""Where candidates come from, one module each: a function from a situation to changes, the most promising first."""

from explainers.counterfactuals.sources import contrast, gradient, infilling, markers, negation, phrases

SOURCES = {
    "gradient": gradient.propose,
    "infilling": infilling.propose,
    "markers": markers.propose,
    "contrast": contrast.propose,
    "negation": negation.propose,
    "phrases": phrases.propose,
}
