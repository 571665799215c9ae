"""Results kept by what they follow from: in memory for this process, on disk for the next.

A result is found again by a hash of the model's fingerprint, the text, the method and every parameter, so it never
grows stale; it is only dropped when there are too many.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from explainers.assets import cache_folder

Result = TypeVar("Result")
VERSION = 2
IN_MEMORY = 512  # results
ON_DISK = 200_000_000  # bytes
_SWEEP_EVERY = 64  # results written between two looks at the size on disk

_lock = threading.Lock()
_anew = ContextVar("anew", default=False)
_memory: OrderedDict[str, Any] = OrderedDict()
_written = 0


def cached(
    key_parts: Any,
    compute: Callable[[], Result],
    encode: Callable[[Result], Any] = lambda result: result,
    decode: Callable[[Any], Result] = lambda kept: kept,
) -> Result:
    """What `compute` gives, computed once for equal `key_parts`, a value that JSON can hold.

    `encode` makes the result something that JSON can hold, `decode` makes it the result again. What `compute` raises
    is not kept; nor is a file that cannot be read, which is computed anew.
    """
    words = json.dumps([VERSION, key_parts], sort_keys=True, ensure_ascii=True)
    key = hashlib.sha256(words.encode()).hexdigest()
    with _lock:
        if key in _memory and not _anew.get():
            _memory.move_to_end(key)
            return decode(_memory[key])
    file = cache_folder("explanations", key[:2]) / f"{key}.json"
    try:
        kept = None if _anew.get() else json.loads(file.read_text("utf-8"))
        found = None if kept is None else decode(kept)
    except FileNotFoundError:
        kept = None
    except (ValueError, KeyError, TypeError, OSError):  # of another version of the program, or damaged
        file.unlink(missing_ok=True)
        kept = None
    if kept is None:
        found = compute()
        kept = encode(found)
        _write(file, kept)
    with _lock:
        _memory[key] = kept
        while len(_memory) > IN_MEMORY:
            _memory.popitem(last=False)
    return found


@contextmanager
def anew() -> Iterator[None]:
    """Within it, nothing that was kept is used: everything is computed again, and kept."""
    token = _anew.set(True)
    try:
        yield
    finally:
        _anew.reset(token)


def forget() -> None:
    """Empty the memory; what is on disk stays."""
    with _lock:
        _memory.clear()


def _write(file: Path, kept: Any) -> None:
    """Write all or nothing: a reader, or a run that is cancelled, never meets half a file. A full disk is no error."""
    global _written
    words = json.dumps(kept, ensure_ascii=True)
    part = None
    try:
        with tempfile.NamedTemporaryFile("w", dir=file.parent, suffix=".part", delete=False, encoding="utf-8") as part:
            part.write(words)
        Path(part.name).replace(file)
    except BaseException as error:
        if part is not None:
            Path(part.name).unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        return
    with _lock:
        _written += 1
        due = _written % _SWEEP_EVERY == 1
    if due:
        _sweep(file.parent.parent)


def _sweep(folder: Path) -> None:
    """Drop the oldest results until those that remain are within the limit."""
    files = []
    for path in folder.glob("*/*"):
        try:
            files.append((path.stat().st_mtime, path.stat().st_size, path))
        except FileNotFoundError:  # another process sweeps too
            continue
    size = sum(bytes_ for _, bytes_, _ in files)
    for _, bytes_, path in sorted(files):
        if size <= ON_DISK:
            return
        path.unlink(missing_ok=True)
        size -= bytes_
