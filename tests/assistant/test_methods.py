"""Methods are found by every name that the glossary gives them."""

from __future__ import annotations

import pytest

from explainers.attribution import METHODS

from assistant.knowledge.glossary import find_term
from assistant.methods import named_methods


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("do LIME and SHAP agree", ("lime", "kernel_shap")),
        ("compare IG with occlusion", ("integrated_gradients", "occlusion")),
        ("gradient-SHAP vs SHAP", ("gradient_shap", "kernel_shap")),
        ("layer integrated gradients", ("layer_integrated_gradients",)),
        ("통합 그래디언트랑 라임 비교", ("integrated_gradients", "lime")),
        ("SHAP이랑 LIME", ("kernel_shap", "lime")),
        ("LIME, then LIME again", ("lime",)),
        ("a sublime big film", ()),
        ("why", ()),
    ],
)
def test_methods_that_are_named(question, named):
    assert named_methods(question) == named


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_found_by_each_of_its_names(method):
    term, _ = find_term(method)
    for name in (method, term.name, *term.also):
        assert named_methods(f"explain it with {name}, please") == (method,)
