"""The text of PDF files, through pypdf; bounded in pages and time, and kept so that a file is read once."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable

from explainers.assets import cache_folder

MOST_PAGES = 200
MOST_SECONDS = 60.0


def pdf_text(held: bytes, name: str, digest: str, alive: Callable[[], None] = lambda: None) -> tuple[str, str]:
    """The text of a PDF and a sentence on what could not be read of it, or "". `alive` is called page by page and may raise
    to stop. `digest` names the content."""
    kept = cache_folder("documents") / f"{digest}.txt"
    if kept.exists():
        notice, _, text = kept.read_text("utf-8").partition("\n")
        return text, notice.format(name=name) if notice else ""
    try:
        import pypdf  # 0.2 s, and only those who have a PDF need it
    except ImportError:
        return "", f"{name} is a PDF, and pypdf is not installed; run `pip install pypdf`."
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(held), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return "", f"{name} is locked with a password and is not read."
        pages, whole = [], len(reader.pages)
    except Exception as error:  # of whatever kind a broken file raises
        return "", f"{name} is broken and cannot be read as a PDF ({type(error).__name__})."
    started = time.monotonic()
    for place in range(min(whole, MOST_PAGES)):
        alive()
        if time.monotonic() - started > MOST_SECONDS:
            break
        try:
            pages.append(reader.pages[place].extract_text())
        except Exception:  # one bad page leaves the others readable
            pages.append("")
    text = "\n\n".join(pages).encode("utf-8", "replace").decode("utf-8")
    notice = ""
    if not text.strip():
        notice = "{name} holds no text, only pictures perhaps, and is not searched."
    elif len(pages) < whole:
        notice = f"Only the first {len(pages)} of {whole:,} pages of {{name}} are read."
    kept.write_text(f"{notice}\n{text}", "utf-8")
    return text, notice.format(name=name)
