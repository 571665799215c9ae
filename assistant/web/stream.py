"""A turn in a thread of its own, so that the page can show what is being done and stop it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from explainers.stopping import stoppable

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Cancelled, Turn
from assistant.workspace import Report

Item = TypeVar("Item")
PAUSE = 0.2  # seconds between two looks at whether it was stopped


def turns(
    assistant: Assistant, utterance: str, conversation: Conversation, cancelled: threading.Event | None = None
) -> Iterator[Turn | tuple[str, float]]:
    """The growing turn, and between its states what is being done as (stage, share done).

    The work ends at its next step when `cancelled` is set, and when this generator is closed.
    """
    return streamed(lambda report: assistant.stream(utterance, conversation, report), cancelled)


def streamed(
    work: Callable[[Report], Iterator[Item]], cancelled: threading.Event | None = None
) -> Iterator[Item | tuple[str, float]]:
    """What `work` yields, and between that what it reports, from a thread of its own. What it raises is raised here."""
    found: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
    stop = cancelled or threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Cancelled

    def report(stage: str, share: float) -> None:
        check()
        found.put(("item", (stage, share)))

    def run() -> None:
        try:
            with stoppable(check):
                for item in work(report):
                    found.put(("item", item))
        except Cancelled:
            pass
        except BaseException as error:
            found.put(("error", error))
        finally:
            found.put(("end", None))

    threading.Thread(target=run, daemon=True).start()
    try:
        while True:
            try:
                kind, told = found.get(timeout=PAUSE)
            except queue.Empty:
                if stop.is_set():  # whoever stops it does not wait for the step that runs
                    return
                continue
            if kind == "end":
                return
            if kind == "error":
                raise told
            if stop.is_set():
                return
            yield told
    finally:
        stop.set()
