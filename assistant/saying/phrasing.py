"""Answers in the words of a language model, where the settings ask for it: each draft is checked before it is shown.

The model is given the template's answer and puts it in better words. `grounding` sets its draft against that answer and the
result; on any fault, error or after a few seconds the template's answer stands, with a note. A question that no operation
answers is asked of the model with the last answer, and what it says is checked against that in the same way.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.grounding import Facts, Reference, faults
from assistant.manner import LEVELS
from assistant.operations import OPERATIONS
from assistant.reply import Reply
from assistant.results import Result
from assistant.saying import answers
from assistant.saying.wording import wording

log = logging.getLogger(__name__)

SECONDS = 5.0  # for all answers of a turn
PAUSE = 60.0  # seconds for which a server that failed is left alone
LONGEST = 1500  # characters of an answer that is put in other words; a longer one is a list
TOKENS = 400
FAMILIES = {"rows", "quality", "predict", "explain", "change", "relate"}  # the others cite, quote or talk about the conversation
NO_ANSWER = "NO ANSWER"  # what the model is to say where the last answer does not tell

Reason = Literal["late", "error", "fault"]


@dataclass(frozen=True)
class Draft:
    """What the language model made of an answer: `text` is None where the template stands, for that `reason`."""

    text: str | None
    reason: Reason | None = None


class Phrasing:
    """Puts answers in other words with a chat model; `classes` are the names of the classes, `noun` what a row is called in
    English. One for all visitors: it keeps only when the model failed last."""

    def __init__(self, chat: BaseChatModel, classes: Sequence[str], noun: tuple[str, str], seconds: float = SECONDS) -> None:
        self._chat, self._classes, self._noun, self._seconds = chat, tuple(classes), noun, seconds
        self._failed: tuple[float, Reason] | None = None

    def phrased(self, said: Sequence[tuple[Result, Reply]], language: str, level: str) -> list[Reply]:
        """The replies to some results in other words, or as they were with a note."""
        deadline, replies = time.monotonic() + self._seconds, []
        for result, reply in said:
            if not _worth_it(result, reply):
                replies.append(reply)
                continue
            told, quoted = without_texts(reply.text)
            draft = self._draft(told, self._reference(told, (result,), language, level), deadline)
            if draft.text is not None:
                replies.append(replace(reply, text="\n".join(part for part in (draft.text, quoted) if part)))
            else:
                note = answers.message("phrasing", language, reason=draft.reason)
                replies.append(replace(reply, text=f"{reply.text}\n\n{note.text}"))
        return replies

    def follow_up(self, question: str, answered: Sequence[Result], language: str, level: str) -> str | None:
        """What the model says to a question about the last answer, from that alone; None where it cannot, or may not be shown."""
        reference = self._reference("", answered, language, level)
        told = "\n\n".join(reference.more)
        if not answered or not told:
            return None
        draft = self._draft(f"{told}\n\n{question}", reference, time.monotonic() + self._seconds, "follow_up")
        if draft.text is None or NO_ANSWER in draft.text.upper():
            return None
        said = reference.read(draft.text)
        return draft.text if any(sentence.anchors() or sentence.figures for sentence in said) else None

    def draft(self, text: str, result: Result, language: str, level: str) -> Draft:
        """What the model makes of one answer, checked."""
        return self._draft(text, self._reference(text, (result,), language, level), time.monotonic() + self._seconds)

    def _reference(self, text: str, results: Sequence[Result], language: str, level: str) -> Reference:
        levels = [other for other in LEVELS if other != level or not text]
        more = [answers.answer(result, self._noun, language, level=other).text for result in results for other in levels]
        facts = results[0].to_json() if len(results) == 1 else {"results": [result.to_json() for result in results]}
        nouns = tuple(dict.fromkeys(wording(language).noun(self._noun)))
        return Reference(text, Facts(facts, self._classes), language, nouns, tuple(more))

    def _draft(self, told: str, reference: Reference, deadline: float, task: str = "") -> Draft:
        if self._failed is not None and time.monotonic() < self._failed[0] + PAUSE:
            return Draft(None, self._failed[1])
        folder, name = files("prompts") / "phrasing", "_".join(part for part in (task, reference.language) if part)
        messages = [SystemMessage((folder / f"{name}.txt").read_text("utf-8").strip()), HumanMessage(told)]
        said = self._say(messages, deadline)
        if said in ("late", "error"):
            self._failed = (time.monotonic(), said)
            return Draft(None, said)
        self._failed = None
        text = said.strip().removeprefix("```").removesuffix("```").strip()
        if NO_ANSWER in text.upper():
            return Draft(text)
        found = faults(text, reference)
        if found:
            log.info("A draft was not shown: %s", "; ".join(f"{fault.kind}: {fault.text}" for fault in found[:5]))
            return Draft(None, "fault")
        return Draft(text)

    def _say(self, messages: Sequence[SystemMessage | HumanMessage], deadline: float) -> str:
        """What the model says; "late" or "error". A model that does not stop in time is left behind in its thread."""
        heard: list[str] = []
        left = deadline - time.monotonic()
        if left <= 0:
            return "late"

        def ask() -> None:
            try:
                heard.append(str(self._chat.invoke(list(messages), max_tokens=TOKENS, seconds=left).content))
            except Exception:  # whatever a server does, the template's answer is there
                log.info("The language model did not phrase an answer.", exc_info=True)
                heard.append("error" if time.monotonic() < deadline else "late")

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(left)
        return heard[0] if heard else "late"


def _worth_it(result: Result, reply: Reply) -> bool:
    family = OPERATIONS[result.operation].family if result.operation in OPERATIONS else ""
    return family in FAMILIES and not result.asks and len(reply.text) <= LONGEST


def without_texts(text: str) -> tuple[str, str]:
    """An answer without the lines that only quote a text, and those: the model need not see them."""
    lines = text.split("\n")
    quoted = [line for line in lines if line.startswith("“") and line.endswith("”") and line.count("“") == 1]
    return "\n".join(line for line in lines if line not in quoted).strip(), "\n".join(quoted)
