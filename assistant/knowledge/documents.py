"""The documents that answers are taken from: articles and glossary of prompts/, cards beside models, the person's own files.

A document is text to be quoted, whoever wrote it: nothing in it is ever followed as an instruction.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from assistant.knowledge.glossary import terms
from assistant.knowledge.pdf import pdf_text
from assistant.workspace import Report

KINDS = (".md", ".markdown", ".txt", ".pdf")
MOST_FILES = 500
MOST_BYTES = 20_000_000  # of one file; a larger one is not opened
MOST_CHARACTERS = 1_000_000  # of one file; what is beyond is left out
GLOSSARY = "AskWhy's glossary"
CARDS = ("README.md", "MODEL_CARD.md", "DATA_CARD.md", "model_card.md", "data_card.md")


@dataclass(frozen=True)
class Document:
    """A text with its title and where it comes from. `kind` is "article", "term", "card" or "own"; `terms` are the names of
    the glossary's terms that it is about, or, of a term, its own names; `asked` is
    how people ask for it who do not know its words."""

    title: str
    text: str
    source: str
    kind: str
    terms: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Documents, and a sentence for each file that could not be read, or not all of it."""

    documents: tuple[Document, ...]
    notices: tuple[str, ...] = ()


@lru_cache(maxsize=2)
def articles(language: str = "en") -> tuple[Document, ...]:
    """The articles of a language, by file name."""
    folder = files("prompts") / "knowledge" / language
    named = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".md")), key=lambda entry: entry.name)
    return tuple(_article(entry.read_text("utf-8")) for entry in named)


def _article(text: str) -> Document:
    head, body = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL).groups()
    said = dict(line.split(": ", 1) for line in head.split("\n"))
    names, asked = (tuple(part.strip() for part in said[field].split(";")) for field in ("terms", "asked"))
    return Document(said["title"], body, said["source"], "article", names, asked)


@lru_cache(maxsize=2)
def glossary_documents(language: str = "en") -> tuple[Document, ...]:
    """The glossary's terms, each a document."""
    return tuple(
        Document(term.name, term.text, term.source or GLOSSARY, "term", (term.name, *term.also)) for term in terms(language)
    )


def about(term: str, language: str = "en") -> Document | None:
    """The article about a term: the one that names it first, or else at all."""
    holding = [article for article in articles(language) if term in article.terms]
    return min(holding, key=lambda article: article.terms.index(term), default=None)


def cards(folders: Sequence[tuple[str, Path]]) -> Iterator[Document]:
    """The cards that lie in the folders of models, each folder with the model's name."""
    for name, folder in dict.fromkeys(folders):
        for card in CARDS:
            path = folder / card
            if path.is_file():
                text = _without_head(path.read_text("utf-8", errors="replace")[:MOST_CHARACTERS])
                yield Document(f"Card of {name}", text, f"{folder.name}/{card}", "card")


def _without_head(text: str) -> str:
    """A card without the settings that hubs put before it."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)


def own_files(places: Sequence[Path]) -> list[Path]:
    """The person's files that can be read, by name; links out of the folders are not followed."""
    found = []
    for place in places:
        inside = [place] if place.is_file() else sorted(place.rglob("*"))
        root = place.resolve()
        found += [
            path for path in inside
            if path.suffix.lower() in KINDS and path.is_file() and (path == place or path.resolve().is_relative_to(root))
        ]  # fmt: skip
    return list(dict.fromkeys(found))


def read_own(places: Sequence[Path], report: Report = lambda stage, share: None) -> Reading:
    """The person's own documents. What cannot be read is told in a sentence and left out."""
    paths = own_files(places)
    documents: list[Document] = []
    notices = [f"There is no Markdown, text or PDF file in {place.name}." for place in places if not own_files([place])]
    if len(paths) > MOST_FILES:
        notices.append(f"Only the first {MOST_FILES} of {len(paths):,} documents are read.")
    kept = paths[:MOST_FILES]
    for place, path in enumerate(kept):
        report("documents", place / len(kept))
        text, notice = _read(path, lambda: report("documents", place / len(kept)))  # noqa: B023 (called at once)
        if notice:
            notices.append(notice)
        if text.strip():
            documents.append(Document(_title(path, text), text, f"{path.parent.name}/{path.name}", "own"))
    return Reading(tuple(documents), tuple(notices))


def _read(path: Path, alive) -> tuple[str, str]:
    """The text of a file, and what is to be said of it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return "", f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB and is not read."
        held = path.read_bytes()
    except OSError as error:
        return "", f"{path.name} cannot be read ({error.strerror})."
    if path.suffix.lower() == ".pdf":
        text, notice = pdf_text(held, path.name, hashlib.sha256(held).hexdigest(), alive)
    else:
        text, notice = held.decode("utf-8", errors="replace").removeprefix("\ufeff"), ""
        if "\0" in text:
            return "", f"{path.name} is not a text and is not read."
        notice = "" if text.strip() else f"{path.name} is empty."
    if len(text) > MOST_CHARACTERS:
        text, notice = text[:MOST_CHARACTERS], f"Only the first {MOST_CHARACTERS:,} characters of {path.name} are read."
    return text.replace("\r\n", "\n"), notice


def _title(path: Path, text: str) -> str:
    first = re.match(r"\s*#\s+(.+)", text) if path.suffix.lower() in KINDS[:2] else None
    return first[1].strip()[:120] if first else path.name
