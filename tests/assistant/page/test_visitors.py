"""What the server knows of visitors: each their own, and forgotten a while after they left."""

from __future__ import annotations

from assistant.conversation import Conversation
from assistant.web import visitors
from assistant.web.visitors import GRACE, Visitors


def test_each_session_is_a_visitor():
    known = Visitors("ko")
    assert known.of("a") is known.of("a") is not known.of("b")
    assert known.of("a").language == "ko"


def test_who_left_is_forgotten_after_a_while_and_their_work_ends(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(visitors.time, "monotonic", lambda: now[0])
    known = Visitors()
    first = known.of("a")
    with first.working() as cancelled:
        known.leaves("a")
        assert cancelled.is_set()
    known.leaves("nobody")
    now[0] += GRACE - 1
    known.of("b")
    assert known.of("a") is first  # came back
    known.leaves("a")
    now[0] += GRACE + 1
    known.of("b")
    assert known.of("a") is not first


def test_new_work_ends_what_was_begun_before():
    one = Visitors().of("a")
    with one.working() as first:
        assert one.busy and not first.is_set()
        with one.working() as second:
            assert first.is_set() and not second.is_set()
    assert second.is_set() and not one.busy


def test_a_conversation_takes_the_language_and_once_the_level():
    one = Visitors("ko").of("a")
    one.level, one.switched = "expert", True
    assert one.ready(Conversation(language="en")) == Conversation(language="en", level="expert")
    assert one.ready(Conversation(level="plain")) == Conversation(language="ko", level="plain")


def test_those_who_left_make_room_first():
    known = Visitors()
    for name in "abc":
        known.of(name).own = object()
    known.leaves("b")
    known.of("d")
    assert next(iter(known.with_own())).name == "b"
    known.of("b").forget_own()
    assert {one.name for one in known.with_own()} == {"a", "c"}
