"""How far explanations can be trusted: what is measured, what is not and why, and the level that follows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from explainers import AskWhyError, attribute, trust
from explainers.attribution.objective import Objective
from explainers.masking import segment
from explainers.trust.agreement import compare_scores, spearman
from explainers.trust.level import RANDOMISED, judge
from explainers.trust.randomised import randomised
from explainers.trust.robustness import infidelity, sensitivity_max

from tests.explainers import architectures
from tests.explainers.test_faithfulness import TEXT, WEIGHTS, scored

OTHERS = ("occlusion", "input_x_gradient")  # quick ones


def judged(classifier, explanation, **options):
    return trust(classifier, explanation.text, explanation, other_methods=OTHERS, **options)


@pytest.fixture
def right(additive):
    additive.weights = WEIGHTS
    return attribute(additive, TEXT, "LABEL_1", method="occlusion")


@pytest.mark.parametrize(
    ("name", "method"),
    [("bert", "saliency"), ("bert", "kernel_shap"), ("gpt2", "integrated_gradients"), ("roberta", "occlusion")],
)
def test_everything_is_measured_or_says_why_not(name, method, request):
    classifier = request.getfixturevalue(name)
    told: list[float] = []
    found = judged(classifier, attribute(classifier, TEXT, method=method), progress=told.append)
    measures = {name: getattr(found, name) for name in ("infidelity", "sensitivity", "randomisation")}
    assert {name for name, value in measures.items() if value is None} == set(found.unmeasured)
    assert set(found.unmeasured.values()) <= {"unsigned", "not_on_embeddings"}
    assert found.level in ("low", "medium", "high")
    assert told[-1] == 1.0 and told == sorted(told)
    assert method not in [agreement.method for agreement in found.agreements]
    assert len(found.agreements) == 2
    assert json.loads(json.dumps(found.to_dict()))["faithfulness"]["gap"] == pytest.approx(found.faithfulness.gap)
    assert replace(judged(classifier, attribute(classifier, TEXT, method=method)), seconds=0.0) == replace(found, seconds=0.0)


def test_rows_for_faithfulness_and_leaving_one_out_are_run_once(bert):
    explanation = attribute(bert, TEXT, method="occlusion")
    found = judged(bert, explanation, rankings=1, fractions=(1 / 9,))
    # the text, 9 rows that leave one out (among them those without the first unit), and one unit alone for 2 rankings
    assert found.passes <= 1 + 9 + 2


def test_the_right_map_is_trusted_more_than_the_wrong_one(additive, right):
    other = replace(right, method="kernel_shap")  # occlusion is what leaving one out does, so that proves nothing
    good = judged(additive, other)
    assert good.leave_one_out.spearman == pytest.approx(1.0)
    assert good.faithfulness.gap > 0
    assert good.reasons[-1].good is not False
    bad = judged(additive, scored(other, [-piece.score for piece in other.pieces]))
    assert bad.level == "low"
    assert {reason.code for reason in bad.reasons if reason.good is False} >= {"random_ranking", "leave_one_out"}
    assert bad.leave_one_out.kendall == pytest.approx(-1.0)


def test_random_scores_are_never_highly_trusted(additive, right):
    generator = np.random.default_rng(3)
    levels = [judged(additive, scored(right, generator.permutation([p.score for p in right.pieces]))).level for _ in range(5)]
    assert "high" not in levels
    assert levels.count("low") >= 3


@pytest.mark.parametrize(("text", "code"), [("free", "too_few_units"), ("free prize", "too_few_units")])
def test_short_texts_cannot_be_tested(bert, text, code):
    found = judged(bert, attribute(bert, text))
    assert found.level == "low"
    assert [reason.code for reason in found.reasons] == [code]
    assert found.leave_one_out.spearman is None
    if text == "free":
        assert found.unmeasured == {"infidelity": "too_few_units", "randomisation": "too_few_units"}


def test_constant_scores_cannot_be_tested(bert):
    found = judged(bert, scored(attribute(bert, TEXT), [0.0] * 9))
    assert (found.level, found.reasons[0].code) == ("low", "constant_scores")
    assert found.unmeasured == {"infidelity": "constant_scores", "randomisation": "constant_scores"}
    assert all(agreement.spearman is None for agreement in found.agreements)


def test_a_contrast_is_judged_as_a_contrast():
    classifier = architectures.build("bert", labels=4)
    explanation = attribute(classifier, TEXT, "LABEL_0", method="occlusion", against="LABEL_3")
    found = judged(classifier, explanation)
    assert found.leave_one_out.spearman == pytest.approx(1.0)


def test_a_map_of_another_text_or_model_is_refused(bert, gpt2):
    explanation = attribute(bert, TEXT, method="occlusion")
    with pytest.raises(AskWhyError, match="another text"):
        trust(bert, "free prize", explanation)
    with pytest.raises(AskWhyError, match="another model"):
        trust(gpt2, TEXT, explanation)
    with pytest.raises(AskWhyError, match="no attribution method 'tarot'"):
        trust(bert, TEXT, explanation, other_methods=("tarot",))


def test_a_model_without_gradients_is_judged_by_the_rest(bert, monkeypatch):
    def refuse(embeddings, encoding):
        raise AskWhyError("Gradients do not reach the input of this model.")

    monkeypatch.setattr(bert, "from_embeddings", refuse)
    found = judged(bert, attribute(bert, TEXT, method="kernel_shap"))
    assert found.unmeasured == {
        "input_x_gradient": "not_explained",
        "infidelity": "not_explained",
        "sensitivity": "not_on_embeddings",
    }
    assert [agreement.method for agreement in found.agreements] == ["occlusion"]
    assert found.randomisation is not None


def test_cancelling_stops_the_work(bert):
    class Cancelled(Exception):
        pass

    def stop(_):
        raise Cancelled

    with pytest.raises(Cancelled):
        judged(bert, attribute(bert, TEXT, method="occlusion"), progress=stop)


def test_a_text_longer_than_the_model_says_so(bert):
    explanation = attribute(bert, " ".join(["love free prize"] * 22), method="occlusion")
    found = judged(bert, explanation)
    reason = next(reason for reason in found.reasons if reason.code == "truncated")
    assert reason.good is False and reason.value < reason.bound == len(explanation.pieces)
    assert found.level != "high"


def test_infidelity_is_nothing_for_a_linear_model_and_its_scores(bert, monkeypatch):
    made = segment(bert, TEXT)
    inputs, baseline = bert.embed(made.encoding)
    direction = torch.randn(inputs.shape, generator=torch.Generator().manual_seed(1))

    def linear(embeddings, encoding):
        value = (embeddings * direction).sum((1, 2))
        return torch.stack([torch.zeros_like(value), value], dim=1)

    monkeypatch.setattr(bert, "from_embeddings", linear)
    tokens = ((inputs - baseline) * direction).sum(-1)[0].numpy()
    scores = np.bincount(made.owners[made.owners >= 0], weights=tokens[made.owners >= 0])
    value, share = infidelity(bert, made, scores, Objective(1), seed=13)
    assert value == pytest.approx(0.0, abs=1e-4 * np.square(scores).sum())
    assert share == pytest.approx(0.0, abs=1e-4)
    assert infidelity(bert, made, 7 * scores, Objective(1), seed=13)[1] == pytest.approx(0.0, abs=1e-4)  # whatever the scale
    worse, share = infidelity(bert, made, scores[::-1], Objective(1), seed=13)
    assert worse > value and 0.05 < share <= 1.0


def test_infidelity_is_its_definition(bert):
    """By Captum, and by hand on the same draws."""
    made = segment(bert, "free prize now")
    scores = np.array([0.5, -1.0, 2.0])
    inputs, baseline = bert.embed(made.encoding)
    generator = torch.Generator().manual_seed(4)
    share = torch.rand((64, 1), generator=generator)
    hidden = (torch.rand((64, 3), generator=generator) <= share).numpy()

    def value(mask):
        gone = torch.tensor([owner >= 0 and mask[owner] for owner in made.owners])
        logits = bert.from_embeddings(torch.where(gone[None, :, None], baseline, inputs), made.encoding)
        return float(bert.as_log_odds(logits, 1).detach())

    falls = value([False] * 3) - np.array([value(mask) for mask in hidden])
    sums = hidden @ scores
    scale = (sums * falls).sum() / (sums**2).sum()
    found = infidelity(bert, made, scores, Objective(1), seed=4)
    assert found[0] == pytest.approx(((scale * sums - falls) ** 2).mean(), rel=1e-3)
    assert found[1] == pytest.approx(((scale * sums - falls) ** 2).mean() / (falls**2).mean(), rel=1e-3)


@pytest.mark.parametrize("method", ["saliency", "grad_l2", "input_x_gradient", "integrated_gradients"])
def test_sensitivity_is_positive_and_seeded(bert, method):
    made = segment(bert, TEXT)
    first = sensitivity_max(bert, made, method, Objective(1), seed=2)
    assert 0 < first < 2
    assert sensitivity_max(bert, made, method, Objective(1), seed=2) == first
    assert sensitivity_max(bert, made, method, Objective(1), seed=3) != first


def test_a_constant_gradient_is_not_sensitive(bert, monkeypatch):
    monkeypatch.setattr(bert, "from_embeddings", lambda embeddings, _: embeddings.sum((1, 2))[:, None] * torch.tensor([0.0, 1.0]))
    assert sensitivity_max(bert, segment(bert, TEXT), "saliency", Objective(1), seed=2) == pytest.approx(0.0, abs=1e-6)


def test_sensitivity_of_a_method_without_gradients_is_refused(bert):
    with pytest.raises(AskWhyError, match="none of them"):
        sensitivity_max(bert, segment(bert, TEXT), "lime", Objective(1), seed=2)


@pytest.mark.parametrize("name", architectures.CONFIGS)
def test_the_shuffled_model_is_another_and_the_model_stays_as_it_was(name):
    classifier = architectures.build(name)
    before = {key: value.clone() for key, value in classifier.model.state_dict().items()}
    made = randomised(classifier, seed=1)
    after = classifier.model.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    changed = [key for key, value in made.model.state_dict().items() if not torch.equal(value, before[key])]
    assert changed and len(changed) < len(before)
    assert all(
        torch.equal(made.model.state_dict()[key].flatten().sort().values, before[key].flatten().sort().values) for key in changed
    )
    assert made.fingerprint != classifier.fingerprint
    assert not np.allclose(made.probabilities([TEXT]), classifier.probabilities([TEXT]), atol=1e-4)
    assert randomised(classifier, seed=1).fingerprint == made.fingerprint != randomised(classifier, seed=2).fingerprint
    embedding = classifier.model.get_input_embeddings().weight
    assert made.model.get_input_embeddings().weight.data_ptr() == embedding.data_ptr()  # what stays is not copied


def test_a_map_that_ignores_the_weights_is_found_out(bert, monkeypatch):
    import explainers.attribution.registry as registry

    method = registry.METHODS["saliency"]

    def positions(classifier, tasks, *, progress=None):
        return [replace(real, tokens=np.arange(len(real.tokens), dtype=float)) for real in method.run(classifier, tasks)]

    monkeypatch.setitem(registry.METHODS, "saliency", replace(method, run=positions))
    found = judged(bert, attribute(bert, TEXT, method="saliency"))
    assert found.randomisation == pytest.approx(1.0)
    assert next(reason for reason in found.reasons if reason.code == "randomisation").good is False


def test_agreement_of_maps():
    same = compare_scores("lime", [3, 2, 1, 0, -1, -2], [30, 20, 10, 0, -10, -20])
    assert (same.spearman, same.kendall, same.overlap, same.k) == (pytest.approx(1), pytest.approx(1), 1.0, 2)
    assert same.expected == pytest.approx(2 / 6)
    opposite = compare_scores("lime", [3, 2, 1, 0, -1, -2], [-3, -2, -1, 0, 1, 2])
    assert (opposite.spearman, opposite.overlap) == (pytest.approx(-1), 0.0)
    sizes = compare_scores("saliency", [3, 2, 1, 0.5], [-3, -2, -1, -0.5], signed=False)
    assert sizes.spearman == pytest.approx(1)
    assert compare_scores("lime", [1, 1, 1], [1, 2, 3]).spearman is None
    assert compare_scores("lime", [1, 2], [1, 2]).kendall is None


@pytest.fixture(scope="module")
def beyond_doubt(bert):
    """An explanation and what was measured of it."""
    explanation = attribute(bert, TEXT, method="input_x_gradient")
    return explanation, judged(bert, explanation)


def level_with(explanation, found, changes):
    """What `judge` says where all is well but for the changes."""
    chance = replace(found.faithfulness.chance, mean=0.0, low=-0.2, high=0.2)
    faithful = replace(found.faithfulness, comprehensiveness=changes.get("score", 0.5), sufficiency=0.0, chance=chance)
    alone = replace(found.leave_one_out, kendall=changes.get("kendall", 0.6))
    others = [replace(found.agreements[0], spearman=changes.get("agreement", 0.8))]
    explanation = replace(explanation, converged=changes.get("converged", True), fit=changes.get("fit"))
    return judge(explanation, faithful, alone, others, changes.get("randomisation", 0.1), changes.get("sensitivity", 0.1))


@pytest.mark.parametrize(
    ("changes", "level", "against"),
    [
        ({}, "high", set()),
        ({"agreement": 0.3}, "high", set()),
        ({"score": 0.1}, "medium", set()),
        ({"kendall": 0.2}, "medium", set()),
        ({"agreement": 0.1}, "medium", {"agreement"}),
        ({"randomisation": RANDOMISED}, "medium", {"randomisation"}),
        ({"sensitivity": 1.2}, "medium", {"sensitivity"}),
        ({"converged": False}, "medium", {"completeness"}),
        ({"fit": 0.3}, "medium", {"fit"}),
        ({"score": -0.1}, "low", {"random_ranking"}),
        ({"score": 0.1, "kendall": 0.0}, "low", {"leave_one_out"}),
        ({"agreement": 0.1, "fit": 0.3, "converged": False}, "low", {"agreement", "fit", "completeness"}),
    ],
)
def test_levels_follow_from_reasons(beyond_doubt, changes, level, against):
    found, reasons = level_with(*beyond_doubt, changes)
    assert found == level
    assert {reason.code for reason in reasons if reason.good is False} == against
    assert [reason.good for reason in reasons][: len(against)] == [False] * len(against)


def test_the_shuffled_model_is_explained_at_the_same_layer(bert):
    explanation = attribute(bert, TEXT, method="layer_integrated_gradients", layer=1)
    other = attribute(randomised(bert, seed=13), TEXT, explanation.target, method="layer_integrated_gradients", layer=1)
    sizes = [np.abs([piece.score for piece in one.pieces]) for one in (explanation, other)]
    assert judged(bert, explanation).randomisation == pytest.approx(spearman(*sizes), abs=1e-9)
