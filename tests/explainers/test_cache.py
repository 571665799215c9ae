"""Results are computed once, found by all they follow from, whole or not at all, and never too many."""

from __future__ import annotations

import json
import os

import pytest

from explainers import cache
from explainers.cache import anew, cached, forget


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "_written", 0)
    forget()
    yield tmp_path / "explanations"
    forget()


class Counting:
    def __init__(self, result):
        self.result, self.times = result, 0

    def __call__(self):
        self.times += 1
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_result_is_computed_once_in_memory_and_on_disk(folder):
    compute = Counting({"scores": [0.1, -2.5e-17], "text": "무료 \x00 👍 \ud800"})
    for _ in range(3):
        assert cached(["model", "text", {"b": 1, "a": 2}], compute) == compute.result
        assert cached(["model", "text", {"a": 2, "b": 1}], compute) == compute.result
    forget()
    assert cached(["model", "text", {"a": 2, "b": 1}], compute) == compute.result
    assert compute.times == 1
    assert len(files(folder)) == 1


def test_every_part_of_the_key_counts():
    parts = [
        ["m", "t", 1],
        ["m", "t", 2],
        ["m", "u", 1],
        ["n", "t", 1],
        ["m", "t", "1"],
        ["m", "t"],
        ["mt", "", 1],
        ["m", "t", None],
    ]
    for number, key in enumerate(parts):
        assert cached(key, Counting(number)) == number
    forget()
    for number, key in enumerate(parts):
        assert cached(key, Counting("again")) == number


def test_results_travel_as_they_are_told_to():
    key = ["tuple"]
    first = cached(key, lambda: (1, 2), encode=list, decode=tuple)
    again = cached(key, lambda: (3, 4), encode=list, decode=tuple)
    forget()
    assert first == again == cached(key, lambda: (3, 4), encode=list, decode=tuple) == (1, 2)


def test_what_is_cancelled_or_fails_leaves_nothing(folder):
    with pytest.raises(KeyboardInterrupt):
        cached(["k"], Counting(KeyboardInterrupt()))
    with pytest.raises(TypeError):
        cached(["k"], Counting(object()))  # JSON cannot hold it
    assert files(folder) == []
    assert cached(["k"], Counting(1)) == 1


def test_a_full_disk_and_an_interrupted_write_leave_no_half_file(folder, monkeypatch):
    def fails(self, target):
        raise error

    monkeypatch.setattr(cache.Path, "replace", fails)
    error = OSError(28, "No space left on device")
    assert cached(["full"], Counting(1)) == 1
    error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        cached(["cancelled"], Counting(1))
    assert files(folder) == []


@pytest.mark.parametrize("content", ["", "{", "[1", "\x00", '{"other": 1}'])
def test_a_damaged_file_is_computed_anew(folder, content):
    def read():
        return cached(["k"], compute, encode=lambda value: {"value": value}, decode=lambda kept: kept["value"])

    compute = Counting(5)
    assert read() == 5
    (file,) = files(folder)
    file.write_text(content)
    forget()
    assert read() == 5
    assert compute.times == 2
    assert json.loads(file.read_text()) == {"value": 5}


def test_the_oldest_go_when_there_are_too_many(folder, monkeypatch):
    monkeypatch.setattr(cache, "ON_DISK", 1000)
    monkeypatch.setattr(cache, "_SWEEP_EVERY", 2)
    monkeypatch.setattr(cache, "IN_MEMORY", 3)
    for number in range(21):
        cached([number], Counting("x" * 98))  # 100 bytes with its quotes
        (newest,) = [path for path in files(folder) if path.stat().st_mtime > 10_000]
        os.utime(newest, (number, number))
    kept = files(folder)
    assert len(kept) == 10
    assert min(path.stat().st_mtime for path in kept) == 11
    assert len(cache._memory) == 3
    compute = Counting("new")
    assert cached([20], compute) == "x" * 98
    assert cached([0], compute) == "new"
    assert compute.times == 1


def test_what_is_kept_can_be_set_aside(folder):
    compute = Counting(1)
    for _ in range(2):
        cached("a", compute)
    with anew():
        cached("a", compute)
        forget()
        cached("a", compute)
    assert compute.times == 3
    compute.result = 2
    with anew():
        assert cached("a", compute) == 2
    assert cached("a", compute) == 2  # what was computed anew is what is kept
    forget()
    assert cached("a", compute) == 2
    assert compute.times == 4
