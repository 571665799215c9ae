"""Hidden states in two dimensions, layer by layer."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from explainers import AskWhyError, nearest, project
from explainers.features import layer_states

from tests.explainers.architectures import TEXTS


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
def test_points_are_principal_components(name, request):
    classifier = request.getfixturevalue(name)
    states = layer_states(classifier, TEXTS)
    found = project(classifier, TEXTS, neighbours=2)
    assert [layer.layer for layer in found.layers] == [0, 1, 2]
    for layer in found.layers:
        centred = states[:, layer.layer] - states[:, layer.layer].mean(axis=0)
        _, sizes, axes = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
        points = np.array(layer.points)
        np.testing.assert_allclose(np.abs(points), np.abs(centred @ axes[:2].T), atol=1e-4)
        np.testing.assert_allclose(layer.variance, (sizes**2 / (sizes**2).sum())[:2], atol=1e-5)
        assert [n.row for n in layer.neighbours[3]] == [n.row for n in nearest(3, states[:, layer.layer], 2)]
    assert project(classifier, TEXTS, neighbours=2) == found
    assert json.loads(json.dumps(found.to_dict()))["rows"] == len(TEXTS)


def test_the_states_of_an_encoder_decoder_are_its_encoders(encoder_decoder):
    found = layer_states(encoder_decoder, TEXTS[:2])
    assert found.shape == (2, 3, 16)
    encoding = encoder_decoder.encode(TEXTS[0])
    with torch.no_grad():
        own = encoder_decoder.model.base_model.get_encoder()(input_ids=torch.tensor([encoding.ids])).last_hidden_state
    np.testing.assert_allclose(found[0, -1], own[0].mean(dim=0).numpy(), atol=1e-5)


def test_one_layer(bert):
    found = project(bert, TEXTS, layers=[2], neighbours=1)
    assert found.layers == (project(bert, TEXTS, neighbours=1).layers[2],)


def test_texts_that_are_all_the_same_lie_on_one_point(bert):
    found = project(bert, ["free"] * 4, layers=[1], neighbours=3)
    assert set(found.layers[0].points) == {(0.0, 0.0)}
    assert found.layers[0].variance == (0.0, 0.0)
    assert [each.row for each in found.layers[0].neighbours[1]] == [0, 2, 3]


@pytest.mark.parametrize(
    ("texts", "options", "said"),
    [(TEXTS[:2], {}, "at least 3 texts"), (TEXTS, {"layers": [5]}, "no layer 5"), (TEXTS, {"neighbours": 0}, "At least one")],
)
def test_bad_input_is_refused(bert, texts, options, said):
    with pytest.raises(AskWhyError, match=said):
        project(bert, texts, **options)
