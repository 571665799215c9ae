"""What the server knows of each visitor beside their conversation: their language, what is being done for them, and the
workspace they brought. One per session, never shared."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from assistant.bringing.own import Checked
from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.manner import Level

GRACE = 3600.0  # seconds that a visitor is known after they left: their connection may only have slept


@dataclass
class Visitor:
    """`own` answers about the model and data that this visitor brought, or is None; `brought` are such that were checked but are
    not talked about yet; `answering` is the language of the last question; `level` is the one chosen on the page, and
    `switched` whether the conversation does not know it yet; `stop`, when set, ends the work that makes them `busy`."""

    name: str
    language: str = "en"
    answering: str = ""
    level: Level | None = None
    switched: bool = False
    own: Assistant | None = None
    brought: Checked | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    busy: bool = False
    left: float | None = None

    @contextmanager
    def working(self) -> Iterator[threading.Event]:
        """Work for this visitor, which ends when what is given is set. Work that was begun before ends: one waits for one."""
        self.stop.set()
        self.stop = mine = threading.Event()
        self.busy = True
        try:
            yield mine
        finally:
            mine.set()
            self.busy = self.stop is not mine and self.busy

    def ready(self, conversation: Conversation) -> Conversation:
        """A conversation in this visitor's language, where it has none yet, and at the level that was switched to since."""
        if self.switched:
            conversation, self.switched = replace(conversation, level=self.level), False
        return conversation if conversation.language else replace(conversation, language=self.language)

    def forget_own(self) -> None:
        """Back to what the page is about."""
        self.own = self.brought = None


class Visitors:
    """The visitors of one page, by the name of their session."""

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._known: dict[str, Visitor] = {}
        self._lock = threading.Lock()

    def of(self, session: str | None) -> Visitor:
        """The visitor of a session, who is here."""
        with self._lock:
            visitor = self._known.setdefault(str(session), Visitor(str(session), self._language))
            visitor.left = None
            now = time.monotonic()
            for gone in [one for one in self._known.values() if one.left is not None and now - one.left > GRACE]:
                del self._known[gone.name]
            return visitor

    def leaves(self, session: str | None) -> None:
        """A visitor closed the page; what runs for them ends."""
        with self._lock:
            visitor = self._known.get(str(session))
        if visitor is not None:
            visitor.stop.set()
            visitor.left = time.monotonic()

    def with_own(self) -> list[Visitor]:
        """Those who brought something; who left first come first."""
        with self._lock:
            found = [one for one in self._known.values() if one.own is not None or one.brought is not None]
        return sorted(found, key=lambda one: one.left if one.left is not None else float("inf"))
