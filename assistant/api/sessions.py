"""Conversations that programs hold: each under a long random name that only its owner knows."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from explainers.errors import AskWhyError

from assistant.conversation import Conversation

MOST = 50  # held at once: each may keep a copy of the model that learned something
IDLE = 3600.0  # seconds after which an unused one is forgotten
PATIENCE = 60.0  # seconds that a question waits for an earlier one of the same session


@dataclass
class Held:
    """One conversation; `lock` lets its questions run one after the other."""

    conversation: Conversation = field(default_factory=Conversation)
    used: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """The conversations by name; when there are too many, the one that was unused for longest goes."""

    def __init__(self, most: int = MOST, idle: float = IDLE, patience: float = PATIENCE) -> None:
        self._most, self._idle, self._patience = most, idle, patience
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()

    def new(self) -> str:
        """The name of a new conversation."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._forget()
            while len(self._held) >= self._most:
                del self._held[min(self._held, key=lambda one: self._held[one].used)]
            self._held[name] = Held()
        return name

    @contextmanager
    def open(self, name: str | None) -> Iterator[Held]:
        """A conversation to go on with, a fresh one where no name is given.

        Raises AskWhyError when there is none of that name, or it is busy for too long.
        """
        if name is None:
            yield Held()
            return
        with self._lock:
            self._forget()
            held = self._held.get(name) if isinstance(name, str) else None
            if held is None:
                raise AskWhyError("There is no such session, or it was unused for too long; start one with new_session.")
            held.used = time.monotonic()
        if not held.lock.acquire(timeout=self._patience):
            raise AskWhyError("This session is still busy with an earlier question; wait for its answer, then ask again.")
        try:
            yield held
        finally:
            held.used = time.monotonic()
            held.lock.release()

    def _forget(self) -> None:
        now = time.monotonic()
        for name in [name for name, held in self._held.items() if now - held.used > self._idle and not held.lock.locked()]:
            del self._held[name]
