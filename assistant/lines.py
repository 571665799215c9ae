"""A file of lines that only this person reads, and that stays small: what visitors leave behind for later."""

from __future__ import annotations

import logging
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lines:
    """The lines of one file, which is made when the first is added."""

    path: Path
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, line: str, most: int) -> bool:
        """Add a line and keep the newest `most`; False where the disk does not take it, which is no reason to fail."""
        try:
            with self._lock:
                lines = [*self.read(), line]
                if len(lines) > most:
                    self._replace(lines[-most:])
                else:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    with self.path.open("a", encoding="utf-8") as file:
                        file.write(line + "\n")
                self.path.chmod(0o600)
        except (OSError, UnicodeError):
            log.warning("A line could not be kept in %s.", self.path)
            return False
        return True

    def read(self) -> list[str]:
        """The lines, oldest first. Raises OSError and UnicodeError."""
        return self.path.read_text("utf-8").splitlines() if self.path.exists() else []

    def _replace(self, lines: list[str]) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        Path(file.name).replace(self.path)
