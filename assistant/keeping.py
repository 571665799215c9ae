"""Putting the files of a reply where a person can take them, in a folder of that person's own, which stays small."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from explainers.assets import cache_folder
from explainers.errors import AskWhyError

from assistant.reply import Block, Files, Reply

KEPT = 3  # replies with files whose files stay; older ones go
DAY = 86_400.0  # seconds


def put(reply: Reply, folder: Callable[[], Path], address: Callable[[Path], str] = str) -> Reply:
    """The reply with its files written to a new folder within `folder()`, which is asked for only if there are any.

    `address` makes of a file's path what leads a person to it. Raises AskWhyError when the disk does not take them.
    """
    if not any(isinstance(block, Files) for block in reply.blocks):
        return reply
    within = None
    try:
        within = folder()
        earlier = sorted((path for path in within.iterdir() if path.is_dir()), key=lambda path: int(path.name))
        for old in earlier[: len(earlier) - KEPT + 1]:
            shutil.rmtree(old, ignore_errors=True)
        mine = within / str(int(earlier[-1].name) + 1 if earlier else 1)
        mine.mkdir(mode=0o700)
        return replace(reply, blocks=tuple(_put(block, mine, address) for block in reply.blocks))
    except OSError as error:
        raise AskWhyError(f"The files cannot be written to {within or error.filename}: {error.strerror}.") from error


def _put(block: Block, folder: Path, address: Callable[[Path], str]) -> Block:
    if not isinstance(block, Files):
        return block
    files = []
    for file in block.files:
        path = folder / Path(file.name).name
        path.write_text(file.text, "utf-8")
        files.append(replace(file, address=address(path)))
    return replace(block, files=tuple(files))


def own_folder(kind: str = "reports") -> Path:
    """A new folder of this person's, beside their other kept things of a kind; those of a day ago and more are removed."""
    root = cache_folder(kind)
    for path in root.iterdir():
        try:
            if path.lstat().st_mtime < time.time() - DAY:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # another process sweeps too
            continue
    return Path(tempfile.mkdtemp(dir=root))
