"""The components of the page whose words follow the visitor's language and workspace, and how these words change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import gradio as gr

from assistant.dialogue import Assistant
from assistant.showing.texts import interface, speaking

Words = dict[str, Any]
Word = Callable[[Words, Assistant], Any]  # of the interface's words and of what is talked about, a property's value
Made = TypeVar("Made")


class Labels:
    """Makes components and remembers which of their properties are words."""

    def __init__(self, assistant: Assistant, language: str) -> None:
        self._assistant, self._language = assistant, language
        self._kept: list[tuple[Any, Mapping[str, Word]]] = []

    def made(self, kind: Callable[..., Made], words: Mapping[str, Word], **options: Any) -> Made:
        """A component with its words in the page's own language, to be said anew for a visitor with another one."""
        with speaking(self._language):
            component = kind(**{name: word(interface(), self._assistant) for name, word in words.items()}, **options)
        self._kept.append((component, words))
        return component

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._kept]

    def said(self, language: str, assistant: Assistant) -> list[Any]:
        """An update for each of the components."""
        with speaking(language):
            return [gr.update(**{name: word(interface(), assistant) for name, word in words.items()}) for _, words in self._kept]


def word(*path: str) -> Word:
    """The word of the interface at a path of keys."""

    def found(words: Words, assistant: Assistant) -> Any:
        for key in path:
            words = words[key]
        return words

    return found
