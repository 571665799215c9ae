"""The thread behind an answer: it tells how far it is, and stops when nobody listens any more."""

from __future__ import annotations

import threading

from assistant.conversation import Conversation
from assistant.dialogue import Turn
from assistant.reply import Reply
from assistant.web.stream import turns


class Slow:
    """An assistant that reports a thousand times, and knows whether it was stopped."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.reports = 0

    def stream(self, utterance, conversation, report):
        try:
            for step in range(1000):
                report("attribution", step / 1000)
                self.reports += 1
                self.ended.wait(0.002)
            yield Turn(utterance, None, "", 1.0, (), Reply("done"), conversation, {})
        finally:
            self.ended.set()


def test_progress_then_the_turn():
    assistant = Slow()
    assistant.ended.wait = lambda seconds: None
    items = list(turns(assistant, "why?", Conversation()))
    assert items[0] == ("attribution", 0.0)
    assert isinstance(items[-1], Turn)
    assert items[-1].reply.text == "done"


def test_closing_stops_the_work():
    assistant = Slow()
    growing = turns(assistant, "why?", Conversation())
    next(growing)
    growing.close()
    assert assistant.ended.wait(5)
    assert assistant.reports < 1000
