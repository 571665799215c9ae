"""Folders of files that belong together, on disk: each is there whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

KEPT = 8  # folders of a kind; the ones used longest ago are dropped


def write_folder(folder: Path, fill: Callable[[Path], None]) -> bool:
    """Let `fill` write the files of a folder, and say whether that worked; a full disk is no error.

    A folder of that name that was there before is replaced. Of its neighbours, those used longest ago are dropped.
    """
    part = Path(tempfile.mkdtemp(dir=folder.parent, suffix=".part"))
    try:
        fill(part)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except OSError:  # also where another process was first
        return False
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sweep(folder.parent)
    return True


def used(folder: Path) -> None:
    """Note that a folder was used now."""
    try:
        folder.touch()
    except OSError:  # a cache that may only be read
        return


def _sweep(root: Path) -> None:
    found = []
    for folder in root.iterdir():
        try:
            found.append((folder.stat().st_mtime, folder))
        except OSError:  # another process sweeps too
            continue
    whole = [folder for _, folder in sorted(found, reverse=True) if folder.suffix != ".part"]
    for folder in whole[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
