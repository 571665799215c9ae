"""A turn in a thread of its own, so that the page can show what is being done and stop it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Cancelled, Turn


def turns(assistant: Assistant, utterance: str, conversation: Conversation) -> Iterator[Turn | tuple[str, float]]:
    """The growing turn, and between its states what is being done as (stage, share done).

    Closing this generator cancels the work at its next report.
    """
    found: queue.SimpleQueue[Turn | tuple[str, float] | None] = queue.SimpleQueue()
    cancelled = threading.Event()

    def report(stage: str, share: float) -> None:
        if cancelled.is_set():
            raise Cancelled
        found.put((stage, share))

    def work() -> None:
        try:
            for turn in assistant.stream(utterance, conversation, report):
                found.put(turn)
        except Cancelled:
            pass
        finally:
            found.put(None)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (item := found.get()) is not None:
            yield item
    finally:
        cancelled.set()
