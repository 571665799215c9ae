"""Texts that a visitor typed before, by what is said of them: "my wheat sentence", "아까 내가 쓴 plot 그 문장"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from assistant.conversation import Conversation, Subject

MOST = 20  # typed texts that are remembered


def with_earlier(question: str, conversation: Conversation) -> str:
    """The question with the quoted text that it points at, one that was typed before and is not in focus: by a word of it, or as
    the one before; as it is where it points at none, or the word stands in several."""
    if question.startswith("/") or not conversation.typed:
        return question
    focus = conversation.focus
    others = [text for text in conversation.typed if focus is None or text != focus.original]
    for language in ("en", "ko"):
        for pattern in _patterns()[language].values():
            found = re.search(pattern, question)
            text = _meant(found, others, conversation) if found else None
            if found and text is not None:
                return f'{question[: found.start()]}"{text}"{question[found.end() :]}'
    return question


def _meant(found: re.Match[str], others: list[str], conversation: Conversation) -> str | None:
    """The text that holds the word that was said, or the one before; None where that is the one in focus, or not told."""
    word = found.groupdict().get("word")
    if not word:
        return others[-1] if others else None
    focus = conversation.focus
    if focus is not None and _holds(focus.text, word):
        return None
    holding = [text for text in others if _holds(text, word) and '"' not in text]
    return holding[0] if len(holding) == 1 else None


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def remembered(conversation: Conversation, focus: Subject | None) -> Conversation:
    """The conversation with a text that was typed among those it remembers, the newest last."""
    if focus is None or not focus.typed or focus.original in conversation.typed[-1:]:
        return conversation
    kept = tuple(text for text in conversation.typed if text != focus.original)
    return replace(conversation, typed=(*kept, focus.original)[-MOST:])


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("prompts") / "parser" / "earlier.toml").read_text("utf-8"))
