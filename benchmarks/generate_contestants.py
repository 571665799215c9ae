"""Who explains a span of a generated answer: this engine, Captum, inseq, and LIT's formulas written anew for the comparison.

Every contestant gets the same weights, prompt tokens, answer tokens and number of steps, and returns one score for each
token of the prompt, or for each of its segments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from captum.attr import (
    FeatureAblation,
    LayerGradientXActivation,
    LayerIntegratedGradients,
    LLMAttribution,
    LLMGradientAttribution,
    TextTemplateInput,
    TextTokenInput,
)

from explainers.generative import Answer, GenerativeModel, cut, salience

Scores = Sequence[float]


@dataclass(frozen=True)
class Case:
    """A prompt without a template, the model's answer to it, cut to a span that is explained as a whole."""

    name: str
    answer: Answer
    unit: str

    @property
    def target(self) -> torch.Tensor:
        return torch.tensor(self.answer.ids)


Run = Callable[[GenerativeModel, Case, int], Scores]


def ours(method: str, **options: object) -> Run:
    def run(model: GenerativeModel, case: Case, steps: int) -> Scores:
        fixed = {"steps": steps, "baseline": model.tokenizer.convert_ids_to_tokens(0)} if options.get("fixed") else {}
        given = {name: value for name, value in options.items() if name != "fixed"} | fixed
        if options and "fixed" not in options:
            given["baseline"] = model.tokenizer.convert_ids_to_tokens(0)
        unit = case.unit if method == "occlusion" else "token"
        made = salience(model, case.answer.prompt, case.answer, method=method, unit=unit, check=False, **given)
        return [one.sum for one in (made.tokens or made.segments)]

    return run


def captum_gradients(kind: type, **options: object) -> Run:
    def run(model: GenerativeModel, case: Case, steps: int) -> Scores:
        given = {"n_steps": steps} | options if kind is LayerIntegratedGradients else options
        method = kind(model.model, model.model.get_input_embeddings())
        made = LLMGradientAttribution(method, model.tokenizer).attribute(
            TextTokenInput(case.answer.prompt.text, model.tokenizer), target=case.target, **given
        )
        return made.seq_attr.tolist()

    return run


def captum_ablation(**options: object) -> Run:
    def run(model: GenerativeModel, case: Case, steps: int) -> Scores:
        values = [segment.text for segment in cut(case.answer.prompt.text, case.unit)]
        template = TextTemplateInput("{}" * len(values), values)
        made = LLMAttribution(FeatureAblation(model.model), model.tokenizer).attribute(template, target=case.target, **options)
        return made.seq_attr.tolist()

    return run


def lit(model: GenerativeModel, case: Case, steps: int) -> Scores:
    """Grad . Input as LIT's prompt_debugging/transformers_lms.py states it: of the loss, over prompt and target together."""
    ids = torch.tensor([[*case.answer.prompt.ids, *case.answer.ids]])
    states = model.embed(ids).requires_grad_()
    logits = model.model(inputs_embeds=states).logits
    mask = torch.zeros(ids.shape)
    mask[:, len(case.answer.prompt.ids) :] = 1
    losses = torch.nn.functional.cross_entropy(logits[0], ids.roll(-1, 1)[0], reduction="none") * mask.roll(-1, 1)[0]
    (gradient,) = torch.autograd.grad(losses.sum(), states)
    return (gradient * states).sum(-1)[0, : len(case.answer.prompt.ids)].tolist()


def inseq(method: str) -> Run:
    """Raises ImportError where inseq is not installed."""

    def run(model: GenerativeModel, case: Case, steps: int) -> Scores:
        import inseq as library

        wrapped = library.load_model(model.model, method, tokenizer=model.tokenizer)
        text = case.answer.prompt.text
        given = {"n_steps": steps} if method == "integrated_gradients" else {}
        made = wrapped.attribute(
            text, text + case.answer.text, attributed_fn="probability", logprob=True, show_progress=False, **given
        )
        scores = made.sequence_attributions[0].target_attributions
        scores = scores.sum(-1) if scores.dim() == 3 else scores
        size = len(case.answer.prompt.ids)
        return scores[:size].nan_to_num().sum(1).tolist()

    return run


CONTESTANTS: dict[str, dict[str, Run]] = {
    "integrated_gradients": {
        "AskWhy, the same steps": ours("integrated_gradients", fixed=True),
        "AskWhy, adaptive": ours("integrated_gradients", tolerance=0.05),
        "captum, default": captum_gradients(LayerIntegratedGradients),
        "captum, batches of 4": captum_gradients(LayerIntegratedGradients, internal_batch_size=4),
        "inseq": inseq("integrated_gradients"),
    },
    "input_x_gradient": {
        "AskWhy": ours("input_x_gradient"),
        "captum": captum_gradients(LayerGradientXActivation),
        "LIT's formula": lit,
        "inseq": inseq("input_x_gradient"),
    },
    "occlusion": {
        "AskWhy": ours("occlusion"),
        "captum, default": captum_ablation(),
        "captum, whole sequences": captum_ablation(forward_in_tokens=False),
    },
}
