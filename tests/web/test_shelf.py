"""Visitors' files on the page: each in a folder of their own, served by a link, gone when they are not wanted."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from assistant.reply import File, Files, Reply
from assistant.web import shelf
from assistant.web.shelf import Shelf

REPLY = Reply("here", (Files("f", (File("a.html", "mine"),)),))


@pytest.fixture
def kept(monkeypatch, tmp_path):
    monkeypatch.setattr(shelf, "get_upload_folder", lambda: str(tmp_path / "up load"))
    made = Shelf()
    yield made
    made.clear()


def put(kept: Shelf, visitor: str) -> Path:
    address = kept.put(REPLY, visitor).blocks[0].files[0].address
    assert address.startswith("gradio_api/file=/")
    return Path(unquote(address.removeprefix("gradio_api/file=")))


def test_each_visitor_has_a_folder_with_a_name_that_nobody_guesses(kept):
    one, again, two = put(kept, "one"), put(kept, "one"), put(kept, "two")
    assert one.read_text() == two.read_text() == "mine"
    assert one.parents[1] == again.parents[1] != two.parents[1]
    assert re.fullmatch("askwhy-[0-9a-f]{32}", one.parents[1].name)


def test_a_new_conversation_takes_its_files_away_and_no_others(kept):
    one, two = put(kept, "one"), put(kept, "two")
    kept.forget("one")
    assert not one.parents[1].exists()
    assert two.exists()
    assert put(kept, "one") != one


def test_what_visitors_left_goes_after_a_while(kept, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(shelf.time, "monotonic", lambda: now[0])
    one, two = put(kept, "one"), put(kept, "two")
    kept.left("one")
    kept.left("two")
    kept.left("nobody")
    now[0] += shelf.GRACE - 1
    put(kept, "two")  # came back
    assert one.exists()
    now[0] += 2
    put(kept, "three")
    assert not one.exists()
    assert two.exists()


def test_all_goes_in_the_end(kept, tmp_path):
    put(kept, "one"), put(kept, "two")
    kept.clear()
    assert list((tmp_path / "up load").iterdir()) == []
