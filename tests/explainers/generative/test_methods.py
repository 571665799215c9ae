"""Every method on every architecture against what it is by definition, computed the plain way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from explainers.errors import AskWhyError
from explainers.generative import METHODS, Answer, GenerativeModel, head_attention, layer_salience, prefix, salience, score
from explainers.generative.likelihood import Row, log_likelihoods, values
from explainers.generative.objective import Branch
from explainers.generative.salience import prepare

from tests.explainers.generative.conftest import PROMPT, TARGET


def plain(model: GenerativeModel, context, branch_ids, first: int, last: int) -> float:
    """The log-probability of a span by one whole pass over one row."""
    with torch.no_grad():
        logits = model.model(torch.tensor([[*context, *branch_ids]])).logits[0].log_softmax(-1)
    return sum(float(logits[len(context) + place - 1, branch_ids[place]]) for place in range(first, last))


def gradients(model: GenerativeModel, prompt, ids, first: int, last: int):
    """Embeddings of the prompt and the gradient of the span's log-probability, by plain autograd."""
    states = model.model.get_input_embeddings()(torch.tensor([[*prompt.ids, *ids]])).detach().requires_grad_()
    logits = model.model(inputs_embeds=states).logits[0].log_softmax(-1)
    sum(logits[len(prompt.ids) + place - 1, ids[place]] for place in range(first, last)).backward()
    return states.detach()[0, : len(prompt.ids)], states.grad[0, : len(prompt.ids)]


def test_batches_that_share_a_beginning_are_the_rows_one_by_one(model: GenerativeModel, answer: Answer) -> None:
    ids = model.prompt(" ".join([PROMPT] * 4), chat=False).ids
    contexts = [ids, *(ids[:place] + ids[place + 2 :] for place in range(1, len(ids) - 1, 3))]
    branch = Branch(answer.ids, 1, 3)
    model.work.reset()
    found = log_likelihoods(model, [Row(context, branch) for context in contexts])
    expected = [plain(model, context, answer.ids, 1, 3) for context in contexts]
    assert found.tolist() == pytest.approx(expected, abs=2e-5)
    assert np.ptp(expected) > 0.01
    assert model.work.tokens < sum(len(context) + 2 for context in contexts)  # the beginning was run once


def test_gradient_methods_are_plain_autograd(model: GenerativeModel, answer: Answer) -> None:
    task, _ = prepare(model, answer, "home free", None, "word", None)
    (branch,) = task.objective.branches
    states, gradient = gradients(model, answer.prompt, answer.ids, branch.first, branch.last)
    for method, expected in (("grad_l2", gradient.norm(dim=-1)), ("input_x_gradient", (gradient * states).sum(-1))):
        found = salience(model, answer.prompt, answer, "home free", method=method, unit="token", check=False)
        assert [one.sum for one in found.tokens] == pytest.approx(expected.tolist(), rel=1e-3, abs=1e-5)
        assert found.value == pytest.approx(plain(model, answer.prompt.ids, answer.ids, branch.first, branch.last), abs=1e-5)


def test_integrated_gradients_with_fixed_steps_are_captums(model: GenerativeModel, answer: Answer) -> None:
    from captum.attr import LayerIntegratedGradients, LLMGradientAttribution, TextTokenInput

    embeddings = model.model.get_input_embeddings()
    theirs = LLMGradientAttribution(LayerIntegratedGradients(model.model, embeddings), model.tokenizer).attribute(
        TextTokenInput(PROMPT, model.tokenizer), target=torch.tensor(answer.ids), n_steps=12
    )
    padding = model.tokenizer.convert_ids_to_tokens(0)
    ours = salience(
        model, answer.prompt, answer, TARGET.strip(), method="integrated_gradients", unit="token", steps=12, baseline=padding,
        check=False,
    )  # fmt: skip
    assert [one.sum for one in ours.tokens] == pytest.approx(theirs.seq_attr.tolist(), rel=1e-3, abs=2e-4)


def test_integrated_gradients_add_up_and_know_their_error(model: GenerativeModel, answer: Answer) -> None:
    made = salience(
        model, answer.prompt, answer, "free", method="integrated_gradients", unit="word", tolerance=0.01, most=257, check=False
    )
    assert made.converged
    assert made.total == pytest.approx(made.value - made.baseline, abs=max(0.01 * abs(made.value - made.baseline), 0.02))
    cut_short = salience(model, answer.prompt, answer, "free", method="integrated_gradients", most=9, tolerance=1e-6, check=False)
    assert cut_short.parameters["steps"] == 9
    assert cut_short.converged is False


def test_the_template_before_a_prompt_is_run_once(model: GenerativeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = score(model, model.prompt(PROMPT, chat=True), TARGET)
    found, work = [], []
    for least in (99, 1):
        monkeypatch.setattr(prefix, "LEAST_SHARED", least)
        model.work.reset()
        found.append(salience(model, answer.prompt, answer, "free", method="integrated_gradients", steps=12, check=False))
        work.append(model.work.tokens)
    assert answer.prompt.scaffold.index(False) > 1
    assert work[1] < work[0]
    whole, shared = found
    assert [one.sum for one in shared.tokens] == pytest.approx([one.sum for one in whole.tokens], rel=1e-3, abs=2e-4)
    assert (shared.value, shared.baseline) == pytest.approx((whole.value, whole.baseline), abs=2e-5)
    assert shared.scaffold == whole.scaffold == 0


def test_occlusion_is_the_fall_when_a_segment_is_gone(model: GenerativeModel, answer: Answer) -> None:
    made = salience(model, answer.prompt, answer, "free", method="occlusion", unit="word", check=False)
    task, _ = prepare(model, answer, "free", None, "word", None)
    (branch,) = task.objective.branches
    whole = plain(model, answer.prompt.ids, answer.ids, branch.first, branch.last)
    for place, segment in enumerate(made.segments):
        rest = [token for token, owner in zip(answer.prompt.ids, task.owners, strict=True) if owner != place]
        assert segment.sum == pytest.approx(whole - plain(model, rest, answer.ids, branch.first, branch.last), abs=2e-5)
        assert segment.mean == pytest.approx(segment.sum / segment.tokens)


def test_shapley_values_are_those_of_all_orders(model: GenerativeModel, answer: Answer) -> None:
    task, _ = prepare(model, answer, "free", None, "line", None)
    count = len(task.segments)
    masks = [np.array(mask) for mask in itertools.product((False, True), repeat=count)]
    found = values(model, task.objective, [task.without(~mask) for mask in masks])
    worth = {mask.tobytes(): value for mask, value in zip(masks, found, strict=True)}
    exact = np.zeros(count)
    for order in itertools.permutations(range(count)):
        shown = np.zeros(count, dtype=bool)
        for place in order:
            before, shown[place] = worth[shown.tobytes()], True
            exact[place] += (worth[shown.tobytes()] - before) / math.factorial(count)
    made = salience(model, answer.prompt, answer, "free", method="shapley_sampling", unit="line", samples=4000, check=False)
    assert made.total == pytest.approx(made.value - made.baseline, abs=1e-9)
    for segment, expected in zip(made.segments, exact, strict=True):
        assert segment.sum == pytest.approx(expected, abs=max(0.02, 6 * segment.error))


def test_attention_rollout_multiplies_the_layers(model: GenerativeModel, answer: Answer) -> None:
    before = model.model.config._attn_implementation
    model.model.set_attn_implementation("eager")
    with torch.no_grad():
        weights = model.model(torch.tensor([[*answer.prompt.ids, *answer.ids[:-1]]]), output_attentions=True).attentions
    model.model.set_attn_implementation(before)
    mixed = torch.eye(weights[0].shape[-1], dtype=torch.float64)
    for layer in weights:
        here = layer[0].double().mean(0) + torch.eye(len(mixed))
        mixed = (here / here.sum(-1, keepdim=True)) @ mixed
    expected = mixed[len(answer.prompt.ids) - 1 :].mean(0)[: len(answer.prompt.ids)]
    made = salience(model, answer.prompt, answer, method="attention_rollout", unit="token", check=False)
    assert [one.sum for one in made.tokens] == pytest.approx(expected.tolist(), abs=1e-6)
    assert model.model.config._attn_implementation == before


@pytest.mark.parametrize("method", METHODS)
def test_a_contrast_is_the_difference_of_two_spans(llama: GenerativeModel, method: str) -> None:
    answer = score(llama, llama.prompt(PROMPT, chat=False), TARGET)
    options = {"steps": 9} if method == "integrated_gradients" else {"samples": 64} if method == "shapley_sampling" else {}
    made = salience(llama, answer.prompt, answer, "free", against="now", method=method, check=False, unit="word", **options)
    other = score(llama, answer.prompt, " home now")
    mine = salience(llama, answer.prompt, answer, "free", method=method, check=False, unit="word", **options)
    theirs = salience(llama, answer.prompt, other, "now", method=method, check=False, unit="word", **options)
    assert made.value == pytest.approx(mine.value - theirs.value, abs=1e-5)
    assert made.output == "log_probability_difference"
    if METHODS[method].signed:
        expected = [one.sum - two.sum for one, two in zip(mine.segments, theirs.segments, strict=True)]
        assert [one.sum for one in made.segments] == pytest.approx(expected, abs=1e-4)


def test_positive_is_what_supports(model: GenerativeModel, answer: Answer) -> None:
    """Shrinking a word's embeddings a little lowers the log-probability by what the first-order score says."""
    task, _ = prepare(model, answer, "free", None, "word", None)
    states = model.embed(model.tensor([answer.prompt.ids])).double()
    model.model.double()
    try:
        made = salience(model, answer.prompt, answer, "free", method="input_x_gradient", unit="word", check=False)
        whole = float(task.objective.of_states(model, states).detach())
        falls = []
        for place in range(len(task.segments)):
            factor = torch.tensor(np.where(task.owners == place, 1 - 1e-4, 1.0))[None, :, None]
            falls.append((whole - float(task.objective.of_states(model, states * factor).detach())) / 1e-4)
    finally:
        model.model.float()
    assert np.corrcoef(falls, [one.sum for one in made.segments])[0, 1] > 0.999


def test_layers_are_captums_layer_input_x_gradient(model: GenerativeModel, answer: Answer) -> None:
    from captum.attr import LayerGradientXActivation, LLMGradientAttribution, TextTokenInput

    made = layer_salience(model, answer, TARGET.strip(), unit="token")
    blocks = model.model.transformer.h if hasattr(model.model, "transformer") else model.model.model.layers
    for layer, block in enumerate(blocks):
        theirs = LLMGradientAttribution(LayerGradientXActivation(model.model, block), model.tokenizer).attribute(
            TextTokenInput(PROMPT, model.tokenizer), target=torch.tensor(answer.ids)
        )
        assert list(made.layers[layer]) == pytest.approx(theirs.seq_attr.tolist(), rel=1e-3, abs=1e-4)


def test_heads_share_out_all_their_attention(model: GenerativeModel, answer: Answer) -> None:
    first = salience(model, answer.prompt, answer, "home", unit="token", check=False)
    made = head_attention(model, answer, first.answer[first.start : first.end], unit="word")
    assert (len(made.weights), len(made.weights[0])) == (2, 2)
    token = head_attention(model, answer, first.answer[first.start : first.end], unit="token")
    for by_word, by_token in zip(made.weights, token.weights, strict=True):
        for one, other in zip(by_word, by_token, strict=True):
            assert sum(one) == pytest.approx(sum(other))
            assert 0 < sum(one) <= 1 + 1e-6
    assert made.top(1)[0][3] == max(weight for layer in made.weights for head in layer for weight in head)


def test_leaving_out_is_told_also_where_gradients_fail(llama, monkeypatch):
    def fails(*given):
        raise AskWhyError("The gradients are not numbers.")

    monkeypatch.setattr("explainers.generative.check.input_x_gradient", fails)
    made = salience(llama, PROMPT, score(llama, PROMPT, TARGET), method="occlusion", unit="word")
    assert made.check.agreement is None and len(made.check.removed) == len(made.segments)
