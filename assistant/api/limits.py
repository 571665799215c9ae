"""Bounds on the work that programs ask for: how much at once, how much waits, how long each may take."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from explainers.errors import AskWhyError
from explainers.stopping import stoppable

from assistant.dialogue import Cancelled
from assistant.workspace import Report

AT_ONCE = 4  # as many as the page answers at once
WAITING = 28


class Limits:
    """Runs work in threads of its own. Work that is given up keeps its place until it has really stopped."""

    def __init__(self, seconds: float, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self.seconds = seconds
        self._places = threading.Semaphore(at_once)
        self._room = threading.Semaphore(at_once + waiting)

    def run(self, work: Callable[[Report], Any]) -> Any:
        """What `work` returns. It is stopped at its next step once the time is over.

        Raises AskWhyError when too much is asked for at once, or it takes too long, and whatever `work` raises.
        """
        if not self._room.acquire(blocking=False):
            raise AskWhyError("Too many questions are waiting here; try again in a moment.")
        try:
            return self._within(work)
        finally:
            self._room.release()

    def _within(self, work: Callable[[Report], Any]) -> Any:
        ends = time.monotonic() + self.seconds
        if not self._places.acquire(timeout=self.seconds):
            raise AskWhyError(f"Nothing was free for {self.seconds:g} seconds; try again later.")
        late = threading.Event()
        done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def check() -> None:
            if late.is_set():
                raise Cancelled

        def body() -> None:
            try:
                with stoppable(check):
                    done.put((work(lambda stage, share: check()), None))
            except BaseException as error:  # handed to the thread that waits
                done.put((None, error))
            finally:
                self._places.release()

        threading.Thread(target=body, daemon=True).start()
        try:
            found, error = done.get(timeout=max(ends - time.monotonic(), 0.0))
        except queue.Empty:
            late.set()
            raise AskWhyError(
                f"This took longer than {self.seconds:g} seconds and was stopped; ask about fewer rows, or with a quicker method."
            ) from None
        if error is not None:
            raise error
        return found
