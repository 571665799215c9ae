"""Files of a reply: written where one person finds them, few at a time, and nowhere else."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from explainers.errors import AskWhyError

from assistant import keeping
from assistant.keeping import KEPT, own_folder, put
from assistant.reply import File, Files, Reply, Table

REPLY = Reply("here", (Table("t", ("a",), ()), Files("f", (File("a.html", "<p>é</p>"), File("../b.md", "b")))))


def test_files_are_written_and_their_address_told(tmp_path):
    made = put(REPLY, lambda: tmp_path)
    assert made.blocks[0] == REPLY.blocks[0]
    assert [Path(file.address) for file in made.blocks[1].files] == [tmp_path / "1" / "a.html", tmp_path / "1" / "b.md"]
    assert (tmp_path / "1" / "a.html").read_text("utf-8") == "<p>é</p>"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1"]  # nothing beside or above
    assert stat.S_IMODE((tmp_path / "1").stat().st_mode) == 0o700


def test_an_address_may_be_a_link(tmp_path):
    made = put(REPLY, lambda: tmp_path, lambda path: f"file={path.name}")
    assert [file.address for file in made.blocks[1].files] == ["file=a.html", "file=b.md"]
    assert made.to_json()["blocks"][1]["files"][0] == {"name": "a.html", "bytes": 9, "address": "file=a.html"}


def test_a_reply_without_files_asks_for_no_folder():
    def never() -> Path:
        raise AssertionError

    assert put(Reply("x", REPLY.blocks[:1]), never) == Reply("x", REPLY.blocks[:1])


def test_only_the_newest_stay(tmp_path):
    for _ in range(KEPT + 8):  # past 9, where names and numbers sort differently
        put(REPLY, lambda: tmp_path)
    assert sorted(int(path.name) for path in tmp_path.iterdir()) == [9, 10, 11]


def test_a_disk_that_refuses_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AskWhyError, match="The files cannot be written to"):
        put(REPLY, lambda: tmp_path / "file")


def test_a_disk_without_room_for_a_folder_is_told():
    def full():
        raise OSError(28, "No space left on device", "/tmp/x")

    with pytest.raises(AskWhyError, match="The files cannot be written to /tmp/x: No space left on device"):
        put(REPLY, full)


def test_folders_of_a_day_ago_go(monkeypatch, tmp_path):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path))
    old, new = own_folder(), own_folder()
    put(REPLY, lambda: old)
    past = time.time() - keeping.DAY - 60
    os.utime(old, (past, past))
    made = own_folder()
    assert not old.exists()
    assert new.exists() and made.exists()
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
