"""What a generative model writes: its answers, each kept, since the likeliest answer to a prompt is the same each time."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.generative import Answer, GenerativeModel, generate, score

if TYPE_CHECKING:
    from assistant.conversation import Subject
    from assistant.settings import ModelSettings

KEPT = 64  # answers, those asked for last
STAGE = "generate"


@dataclass(frozen=True)
class Written:
    """A prompt and the answer to it. `given`: the answer was not written by the model, which only judges it."""

    subject: Subject
    answer: Answer

    @property
    def given(self) -> bool:
        return self.answer.stopped == "given"

    @property
    def text(self) -> str:
        """The answer without the space around it."""
        return self.answer.text.strip()


class Writer:
    """A generative model, how it is asked, and the answers that it gave."""

    def __init__(self, model: GenerativeModel, chat: bool | None = None, stop: str | None = None, tokens: int = 96) -> None:
        self.model, self.chat, self.stop, self.tokens = model, chat, stop, tokens
        self._kept: OrderedDict[tuple[str, int], Answer] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, model: GenerativeModel, settings: ModelSettings) -> Writer:
        return cls(model, settings.chat, settings.stop, settings.tokens)

    def answer(
        self, text: str, tokens: int | None = None, report: Callable[[str, float], None] = lambda stage, share: None
    ) -> Answer:
        """The likeliest answer to a prompt, of so many tokens at most; what `report` raises ends the work.

        Raises AskWhyError for a prompt that is empty, or longer than the model reads.
        """
        most = tokens or self.tokens
        with self._lock:
            known = self._kept.get((text, most))
            if known is not None:
                self._kept.move_to_end((text, most))
                return known
        prompt = self.model.prompt(text, self.chat)
        said = ""

        def told(piece: str) -> None:
            nonlocal said
            said += piece
            report(f"{STAGE}\n{said}", 0.0)

        report(STAGE, 0.0)
        made = generate(self.model, prompt, max_tokens=most, stream=told, cancelled=lambda: self._end(said) is not None)
        end = self._end(made.text)
        if end is not None:
            kept = [token for token in made.tokens if token.start < end]
            kept = [
                dataclasses.replace(token, end=min(token.end, end), text=made.text[token.start : min(token.end, end)])
                for token in kept
            ]
            made = dataclasses.replace(made, text=made.text[:end], tokens=tuple(kept), stopped="end")
        with self._lock:
            self._kept[text, most] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def judged(self, text: str, target: str) -> Answer:
        """How likely the model holds a given answer to a prompt; it begins like those that the model writes.

        Raises AskWhyError for an empty answer, and for one that does not fit behind the prompt.
        """
        prompt = self.model.prompt(text, self.chat)
        apart = bool(target.strip()) and not prompt.chat and not text[-1:].isspace() and not target[:1].isspace()
        return score(self.model, prompt, f" {target}" if apart else target)

    def _end(self, text: str) -> int | None:
        """Where the answer is over: at the first `stop` behind some words; None where there is none."""
        if self.stop is None:
            return None
        place = text.find(self.stop, len(text) - len(text.lstrip()))
        return place if place >= 0 else None


def alike(one: str, other: str) -> bool:
    """Whether two answers say the same, whatever their case, spaces and closing punctuation."""
    plain = [" ".join(text.casefold().split()).strip(" .!\"'") for text in (one, other)]
    return plain[0] == plain[1]


def likelihood(answer: Answer) -> tuple[float, float]:
    """The log-probability of an answer, and its mean per token, in nats."""
    return answer.log_probability, answer.log_probability / max(1, len(answer.tokens))
