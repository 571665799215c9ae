"""Each visitor's files: in a folder of their own that Gradio serves to whoever knows its long random name."""

from __future__ import annotations

import atexit
import secrets
import shutil
import threading
import time
from pathlib import Path
from urllib.parse import quote

from gradio.utils import get_upload_folder

from assistant.keeping import put
from assistant.reply import Reply

GRACE = 3600.0  # seconds that files outlive their visitor, whose connection may only have slept


class Shelf:
    """Files by visitor. What visitors leave behind goes a while after they left, all of it when the process ends."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._left: dict[str, float] = {}
        self._lock = threading.Lock()
        atexit.register(self.clear)

    def put(self, reply: Reply, visitor: str) -> Reply:
        """The reply with links to its files, for a visitor by the name of their session."""
        return put(reply, lambda: self._folder(visitor), _link)

    def left(self, visitor: str) -> None:
        """A visitor closed the page."""
        with self._lock:
            if visitor in self._folders:
                self._left[visitor] = time.monotonic()

    def forget(self, visitor: str) -> None:
        """Remove what a visitor was given."""
        with self._lock:
            folder = self._folders.pop(visitor, None)
            self._left.pop(visitor, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        for visitor in list(self._folders):
            self.forget(visitor)

    def _folder(self, visitor: str) -> Path:
        for gone in [name for name, since in list(self._left.items()) if time.monotonic() - since > GRACE]:
            self.forget(gone)
        with self._lock:
            self._left.pop(visitor, None)
            if visitor not in self._folders:
                # within the folder that Gradio serves as attachments: the browser stores them and runs nothing in them
                made = Path(get_upload_folder()) / f"askwhy-{secrets.token_hex(16)}"
                made.mkdir(parents=True, mode=0o700)
                self._folders[visitor] = made
            return self._folders[visitor]


def _link(path: Path) -> str:
    return f"gradio_api/file={quote(str(path))}"
