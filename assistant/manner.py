"""How answers are given: in which language, and at which level."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from assistant.programs.scripts import HANGUL

if TYPE_CHECKING:
    from assistant.conversation import Conversation
    from assistant.settings import Settings

Language = Literal["en", "ko"]
Level = Literal["plain", "expert"]
LEVELS: tuple[Level, ...] = ("plain", "expert")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」|(?<!\w)'[^']*'(?!\w)|‘[^’]*’")  # texts of the data, in whatever language


@dataclass(frozen=True)
class Manner:
    """`level` "plain" is for someone who knows no machine learning; "expert" adds method, target, gap, fidelity, parameters."""

    language: Language = "en"
    level: Level = "plain"


def language_of(question: str) -> Language | None:
    """The language of a question: Korean with any Hangul in it, English with other letters; None where it has neither.

    What stands between quotation marks is somebody's text and does not count; a command has no language.
    """
    if question.lstrip().startswith("/"):
        return None
    said = _QUOTED.sub(" ", question)
    if re.search(f"[{HANGUL}]", said):
        return "ko"
    return "en" if re.search("[A-Za-z]", said) else None


def after_hearing(utterance: str, conversation: Conversation) -> Conversation:
    """The conversation in the language of what was said now; what has none leaves it as it is."""
    return replace(conversation, language=language_of(utterance) or conversation.language)


def manner(conversation: Conversation, settings: Settings) -> Manner:
    """The manner of the next answer: the language that the settings fix, or the last question's; the level asked for last."""
    language = conversation.language or "en"
    return Manner(language if settings.language == "auto" else settings.language, conversation.level or settings.level)
