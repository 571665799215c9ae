"""Greedy decoding under a grammar, by llguidance: every token is one that the grammar allows.

Three things make it quick on a CPU. The state of the fixed beginnings of prompts is kept between questions.
Tokens that the grammar leaves no choice about are not computed. And words copied from the prompt, or that usually
come next, are guessed ahead and checked in one pass, which changes nothing in what comes out.

Other texts, for a question that can be read in two ways, are found by turning off where a choice was close.
"""

from __future__ import annotations

import copy
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explainers.errors import AskWhyError

from assistant.parsing.drafting import Drafts

GUESS = 10  # tokens guessed ahead
MATCH = 2  # tokens that must agree before a guess is made; one within quotation marks, where words are copied
OWN = 200  # tokens of a program beside those that it copies from the prompt
LEXER_FUEL = 10_000_000  # long runs of signs to copy from take more than llguidance's default of 200,000
INSTEAD = 3  # tokens kept, beside the likeliest, to turn to for another text
TRIES = 2  # texts written for each other one that is wanted
PLAIN_HEADS = ("llama", "qwen2", "qwen3", "mistral", "smollm3")  # models whose logits are one product with their last states
BEGINNINGS = 6  # fixed beginnings that are kept, one for each schema that was asked about last; some 20 MB each
CHUNK = 512  # tokens of a prompt read at once, between looks at the clock


@dataclass(frozen=True)
class Decoded:
    """The text, and the probability of its choices: the product, among allowed tokens, where there was a choice.

    `others` are texts that the same question could have led to, with theirs, the likeliest first.
    """

    text: str
    confidence: float
    forwards: int
    others: tuple[tuple[str, float], ...] = ()


@dataclass
class _Path:
    """Tokens written after the prompt, their log-probability, and the tokens that could have been taken instead.

    `cache` holds the prompt and perhaps some of the tokens; `turns` are (place, log-probability up to and with the other
    token, other token).
    """

    written: list[int]
    chance: float
    cache: Any
    turns: list[tuple[int, float, int]]


@dataclass
class _Run:
    """What holds for one question: its prompt, the bounds, and how often the model was asked."""

    prompt: list[int]
    limit: int
    deadline: float
    drafts: Drafts | None = None
    forwards: int = 0


class GrammarDecoder:
    """A causal language model with its tokenizer, decoding under Lark grammars in llguidance's dialect; `quick` works out no
    logits but those of allowed tokens, where the model's head lets it."""

    def __init__(self, model: Any, tokenizer: Any, *, quick: bool = True) -> None:
        from llguidance.hf import from_tokenizer

        self.model = model
        self.tokenizer = tokenizer
        self._guide = from_tokenizer(tokenizer, n_vocab=max(model.config.get_text_config().vocab_size, len(tokenizer)))
        self._beginnings: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._drafts: tuple[Sequence[tuple[str, float]], Drafts | None] = ((), None)
        self._end = tokenizer("\n", add_special_tokens=False)["input_ids"]
        self._tokens = model.get_output_embeddings().weight.shape[0]
        # the weights that make logits, where these are made of nothing else
        plain = quick and model.config.model_type in PLAIN_HEADS
        self._head = model.get_output_embeddings().weight if plain else None

    def __call__(
        self,
        prompt: Sequence[int],
        grammar: str,
        *,
        fixed: int = 0,
        limit: int | None = None,
        seconds: float = 30.0,
        others: int = 0,
        close: float = 0.0,
        expected: Sequence[tuple[str, float]] = (),
    ) -> Decoded:
        """The most likely text at each step under `grammar`, after a prompt of token ids.

        The first `fixed` tokens are the same from question to question, so their state is kept. At most `others` other
        texts are looked for, each at least `close` times as likely; where the first leaves them no room, that costs nothing.
        `expected` are texts that may come out, with open places (see `drafting`), and how likely they are; they only save time.
        Raises AskWhyError when the grammar is not finished after `limit` tokens (by default as many as a program takes
        that copies the whole question) or `seconds`.
        """
        matcher = self.matcher(grammar)
        untouched = matcher.deep_copy() if others else None
        deadline = time.monotonic() + seconds
        run = _Run(list(prompt), OWN + len(prompt) - fixed if limit is None else limit, deadline, self._drafted(expected))
        cache, done = self._start(prompt[:fixed], deadline)
        pending = self._read(list(prompt[done:]), cache, deadline)
        path = _Path([], 0.0, cache, [])
        self._walk(path, pending, matcher, run)
        found = self._others(path, untouched, run, others, path.chance + math.log(max(close, 1e-9))) if others else ()
        return Decoded(self._text(path), math.exp(path.chance), run.forwards, found)

    def _walk(self, path: _Path, pending: list[int], matcher: Any, run: _Run, floor: float = -math.inf) -> None:
        """Write on until the grammar is finished, or the path is less likely than `floor`; `pending` is not in the cache yet."""
        while not matcher.is_stopped() and path.chance >= floor:
            _in_time(run.deadline, len(path.written) < run.limit)
            guess = self._guess(run, path.written, matcher)
            states = self._forward(pending + guess, path.cache, keep=len(guess) + 1)
            run.forwards += 1
            accepted = 0
            pending = []
            for step in range(len(guess) + 1):
                (token, chance), *instead = self._choose(states[step], matcher)
                path.turns += [(len(path.written), path.chance + other, sign) for sign, other in instead]
                path.chance += chance
                self._take(matcher, token)
                path.written.append(token)
                if matcher.is_stopped():
                    break
                if step < len(guess) and token == guess[step]:
                    accepted += 1
                    continue
                pending = [token]
                break
            if len(guess) > accepted:
                path.cache.crop(accepted - len(guess))  # a negative length takes that many tokens away
            pending += self._forced(path, matcher)

    def _forced(self, path: _Path, matcher: Any) -> list[int]:
        """Write the tokens that the grammar leaves no choice about."""
        tokens = [] if matcher.is_stopped() else matcher.compute_ff_tokens()
        for token in tokens:
            self._take(matcher, token)
        path.written += tokens
        return tokens

    def _others(self, first: _Path, untouched: Any, run: _Run, most: int, floor: float) -> tuple[tuple[str, float], ...]:
        """Other texts than the first that are likelier than `floor`: where another token was likeliest, it is taken, and
        written on from there. No text beyond a turn is likelier than the turn, so the best one is tried first."""
        found: dict[str, float] = {}
        turns = [(-chance, place, token, first) for place, chance, token in first.turns]
        for _ in range(TRIES * most):
            turns = [turn for turn in turns if -turn[0] >= floor]
            if not turns or (len(found) >= most and sorted(found.values())[-most] >= -min(turns, key=lambda turn: turn[0])[0]):
                break
            best = min(turns, key=lambda turn: turn[0])
            turns.remove(best)
            chance, place, token, parent = -best[0], *best[1:]
            path = _Path([*parent.written[:place], token], chance, copy.deepcopy(parent.cache), [])
            matcher = untouched.deep_copy()
            try:
                for taken in path.written:
                    self._take(matcher, taken)
                held = min(path.cache.get_seq_length(), len(run.prompt) + place)
                if path.cache.get_seq_length() > held:
                    path.cache.crop(held - path.cache.get_seq_length())
                self._forced(path, matcher)
                self._walk(path, (run.prompt + path.written)[held:], matcher, run, floor)
            except AskWhyError:  # this way leads nowhere, or time is up; the first text stands
                continue
            turns += [(-other, where, sign, path) for where, other, sign in path.turns]
            text = self._text(path)
            if path.chance >= floor and text != self._text(first):
                found[text] = max(path.chance, found.get(text, -math.inf))
        likeliest = sorted(found.items(), key=lambda item: -item[1])[:most]
        return tuple((text, math.exp(chance)) for text, chance in likeliest)

    def _text(self, path: _Path) -> str:
        return self.tokenizer.decode(path.written, skip_special_tokens=True)

    def matcher(self, grammar: str) -> Any:
        """What tells which tokens may come next. Raises AskWhyError for a broken grammar."""
        from llguidance import LLMatcher, LLParserLimits

        limits = LLParserLimits(step_lexer_fuel=LEXER_FUEL)
        matcher = LLMatcher(self._guide, LLMatcher.grammar_from_lark(grammar), log_level=0, limits=limits)
        if matcher.is_error():
            raise AskWhyError(f"The grammar of programs is broken: {matcher.get_error()}")
        return matcher

    def _start(self, fixed: Sequence[int], deadline: float) -> tuple[Any, int]:
        """A cache that holds the fixed beginning, and how many tokens that is."""
        from transformers import DynamicCache

        # without the model's config, since layers that forget what is beyond a window could not be taken back either
        if not fixed:
            return DynamicCache(), 0
        known = tuple(fixed)
        if known not in self._beginnings:
            cache = DynamicCache()
            self._forward(self._read(list(fixed), cache, deadline), cache, keep=1)
            self._beginnings[known] = cache
            if len(self._beginnings) > BEGINNINGS:
                self._beginnings.popitem(last=False)
        self._beginnings.move_to_end(known)
        return copy.deepcopy(self._beginnings[known]), len(fixed)

    def _read(self, tokens: list[int], cache: Any, deadline: float) -> list[int]:
        """Read all but the last chunk of many tokens into the cache; returns that chunk."""
        while len(tokens) > CHUNK:
            _in_time(deadline)
            self._forward(tokens[:CHUNK], cache, keep=1)
            tokens = tokens[CHUNK:]
        return tokens

    def _forward(self, tokens: Sequence[int], cache: Any, keep: int) -> torch.Tensor:
        """What the model makes of the last `keep` tokens, for `_logits`; the cache grows by all of them."""
        with torch.inference_mode():
            ids = torch.tensor([list(tokens)], device=self.model.device)
            given = {"input_ids": ids, "past_key_values": cache, "use_cache": True}
            if self._head is None:
                return self.model(**given, logits_to_keep=keep).logits[0]
            return self.model.get_decoder()(**given).last_hidden_state[0, -keep:]

    def _logits(self, state: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """(allowed,) logits of the allowed tokens: the others, of which there are many more, are not worked out."""
        if self._head is None:
            return state[allowed].float()
        with torch.inference_mode():
            return (self._head[allowed] @ state).float()

    def _choose(self, state: torch.Tensor, matcher: Any) -> list[tuple[int, float]]:
        """The likeliest allowed tokens, best first, and their log-probabilities among the allowed ones."""
        packed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.flatnonzero(np.unpackbits(packed, bitorder="little")[: self._tokens])
        if not len(allowed):
            raise AskWhyError("The grammar allows no further word; say the question in another way.")
        chances = torch.log_softmax(self._logits(state, torch.from_numpy(allowed).to(state.device)), dim=-1)
        best = chances.topk(min(1 + INSTEAD, len(allowed)))
        return [(int(allowed[place]), chance) for place, chance in zip(best.indices.tolist(), best.values.tolist(), strict=True)]

    def _take(self, matcher: Any, token: int) -> None:
        if not matcher.consume_token(token):
            raise AskWhyError(
                "The question holds a run of signs that is too long to read; shorten it, "
                'or give the text with the command /where text "..." | predict.'
            )

    def _drafted(self, expected: Sequence[tuple[str, float]]) -> Drafts | None:
        if self._drafts[0] != expected:
            self._drafts = (expected, Drafts(self.tokenizer, expected) if expected else None)
        return self._drafts[1]

    def _guess(self, run: _Run, written: list[int], matcher: Any) -> list[int]:
        """What followed the last tokens when they stood in the prompt or the program before, or else what often follows them,
        as far as the grammar allows it; or else the end."""
        context = run.prompt + written
        copied = self.tokenizer.decode(written).count('"') % 2  # an odd number: a quotation is open
        for same in (MATCH, 1) if copied else (MATCH,):
            ahead = _followed(context, same)
            ahead = ahead[: matcher.validate_tokens(ahead)]
            if ahead:
                return ahead
        ahead = run.drafts.after(written, GUESS) if run.drafts else []
        return ahead[: matcher.validate_tokens(ahead)] or self._end[: matcher.validate_tokens(self._end)]


def _followed(context: list[int], same: int) -> list[int]:
    """Up to `GUESS` tokens that followed the last `same` ones where these stood before."""
    tail = context[-same:]
    starts = range(len(context) - same - 1, -1, -1)
    start = next((start for start in starts if context[start : start + same] == tail), None)
    return [] if start is None else context[start + same : start + same + GUESS]


def _in_time(deadline: float, short: bool = True) -> None:
    if not short or time.monotonic() > deadline:
        raise AskWhyError("The question took too long to read; say it in fewer words.")
