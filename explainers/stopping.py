"""Stopping work from outside: whoever starts it says how to learn that it is to stop, and long work asks at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], None]] = ContextVar("check", default=lambda: None)


@contextmanager
def stoppable(check: Callable[[], None]) -> Iterator[None]:
    """Within it, in this thread, `check` is called at every step of long work; whatever it raises stops the work."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def go_on() -> None:
    """To be called before each step of long work."""
    _check.get()()
