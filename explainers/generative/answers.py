"""Answers: written by the model token by token, or given and judged; and what else could have stood in a place."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor

from explainers.errors import AskWhyError
from explainers.generative.model import GenerativeModel
from explainers.generative.results import Alternative, Alternatives, Answer, AnswerToken
from explainers.generative.tokens import Prompt, continuation, decode
from explainers.units import Span

_DAMAGED = "{} answers with what is not a number; its weights are damaged, so fetch it again."


def generate(
    model: GenerativeModel,
    prompt: Prompt | str,
    *,
    max_tokens: int = 128,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 13,
    stream: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Answer:
    """The model's answer: always the likeliest token, or with a temperature above 0 drawn from the `top_p` likeliest.

    `stream` gets each new piece of text; what it raises ends the work. When `cancelled` says so, the answer ends as it is.
    Log-probabilities are of temperature 1. The context's end ends the answer too.
    Raises AskWhyError for a prompt that leaves no room, settings out of range, and a model whose answer is not a number.
    """
    prompt = model.prompt(prompt) if isinstance(prompt, str) else prompt
    if max_tokens < 1 or temperature < 0 or not 0 < top_p <= 1:
        raise AskWhyError("An answer takes max_tokens of 1 or more, a temperature of 0 or more, and top_p above 0 up to 1.")
    started = time.perf_counter()
    generator = torch.Generator(device=model.device).manual_seed(seed)
    ids: list[int] = []
    facts: list[tuple[float, int]] = []
    said, stopped, cache = "", "length", None
    inputs = model.tensor([prompt.ids])
    with torch.inference_mode():
        for _ in range(min(max_tokens, model.max_tokens - len(prompt.ids))):
            if cancelled is not None and cancelled():
                stopped = "cancelled"
                break
            made = model.run(input_ids=inputs, past_key_values=cache, use_cache=True, keep=1)
            cache = made.past_key_values
            logits = made.logits[0, -1].float()
            if not torch.isfinite(logits.max()):
                raise AskWhyError(_DAMAGED.format(model.name))
            chosen = int(logits.argmax()) if temperature == 0 else _draw((logits - logits.max()) / temperature, top_p, generator)
            if chosen in model.ends:
                stopped = "end"
                break
            ids.append(chosen)
            facts.append(_judged(logits, chosen))
            inputs = model.tensor([[chosen]])
            if stream is not None:
                text, _ = decode_last(model, ids)
                if len(text) > len(said):
                    stream(text[len(said) :])
                    said = text
    text, offsets = decode(model.tokenizer, ids)
    if stream is not None and len(text) > len(said):
        stream(text[len(said) :])
    return Answer(prompt, text, _tokens(text, ids, offsets, facts), stopped, time.perf_counter() - started)


def score(model: GenerativeModel, prompt: Prompt | str, text: str) -> Answer:
    """How likely the model holds a given answer, token by token.

    Raises AskWhyError for an empty answer, and for one that does not fit behind the prompt.
    """
    prompt = model.prompt(prompt) if isinstance(prompt, str) else prompt
    if not text.strip():
        raise AskWhyError("The target is empty; give the answer that is to be judged.")
    started = time.perf_counter()
    ids, offsets = continuation(model.tokenizer, prompt.rendered, text, model.name)
    if not ids:
        raise AskWhyError(f"{model.name} sees no token in this target; write it in words that its tokenizer knows.")
    model.check_room(prompt, len(ids))
    logits = _logits(model, prompt, ids)
    facts = [_judged(row, token) for row, token in zip(logits, ids, strict=True)]
    return Answer(prompt, text, _tokens(text, ids, offsets, facts), "given", time.perf_counter() - started)


def alternatives(model: GenerativeModel, answer: Answer, at: int | Span = 0, count: int = 5) -> Alternatives:
    """The `count` likeliest tokens at a token of an answer, given by its number from 0 or by characters it lies at.

    Raises AskWhyError for a place that the answer does not have.
    """
    if isinstance(at, Span):
        at = next((place for place, token in enumerate(answer.tokens) if token.start < at.end and at.start < token.end), -1)
    if not 0 <= at < len(answer.tokens):
        raise AskWhyError(f"The answer has {len(answer.tokens)} tokens, counted from 0; there is none at this place.")
    logits = _logits(model, answer.prompt, answer.ids[: at + 1])[-1]
    likely = logits.log_softmax(-1).topk(min(max(1, count), len(logits)))
    others = [
        Alternative(int(token), model.tokenizer.decode([int(token)]), float(value.exp()), float(value))
        for value, token in zip(likely.values, likely.indices, strict=True)
    ]
    return Alternatives(at, answer.tokens[at], tuple(others))


def decode_last(model: GenerativeModel, ids: list[int]) -> tuple[str, bool]:
    """The text so far without a character of which only some bytes are there, and whether there is one."""
    text = model.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text.rstrip("\ufffd"), text.endswith("\ufffd")


def _logits(model: GenerativeModel, prompt: Prompt, ids: list[int] | tuple[int, ...]) -> Tensor:
    """(answer, vocabulary) logits at the places that predict an answer's tokens. Raises AskWhyError for what is no number."""
    whole = (*prompt.ids, *ids[:-1])
    keep = torch.arange(len(prompt.ids) - 1, len(whole), device=model.device)
    with torch.inference_mode():
        logits = model.run(input_ids=model.tensor([whole]), keep=keep).logits[0].float()
    if not torch.isfinite(logits).all():
        raise AskWhyError(_DAMAGED.format(model.name))
    return logits


def _judged(logits: Tensor, token: int) -> tuple[float, int]:
    """The log-probability of a token and its rank from 1, from (vocabulary,) logits."""
    return float(logits[token] - logits.logsumexp(-1)), int((logits > logits[token]).sum()) + 1


def _draw(logits: Tensor, top_p: float, generator: torch.Generator) -> int:
    likely = logits.softmax(-1).sort(descending=True)
    before = likely.values.cumsum(-1) - likely.values
    shares = likely.values.where(before < top_p, 0.0)
    return int(likely.indices[torch.multinomial(shares, 1, generator=generator)])


def _tokens(
    text: str, ids: list[int], offsets: tuple[tuple[int, int], ...], facts: list[tuple[float, int]]
) -> tuple[AnswerToken, ...]:
    return tuple(
        AnswerToken(token, text[start:end], start, end, *fact)
        for token, (start, end), fact in zip(ids, offsets, facts, strict=True)
    )
