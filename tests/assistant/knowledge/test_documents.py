"""The person's own folder: whatever lies in it, a sentence says what is not read, and the rest is."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import documents, pdf
from assistant.knowledge.documents import cards, read_own


def pdf_file(pages: list[str]) -> bytes:
    """A PDF with a line of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    said, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(said))
        said += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(said)}\n%%EOF\n"
    return (said + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}").encode("latin-1")


def test_markdown_and_text_are_read_with_their_titles(tmp_path):
    (tmp_path / "a.md").write_text("# The guide\n\nLabels were given by two nurses.", "utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.txt").write_bytes("\ufeffMade in Seoul.\r\nTwice.".encode())
    (tmp_path / "c.csv").write_text("not,read", "utf-8")
    reading = read_own([tmp_path])
    assert [document.title for document in reading.documents] == ["The guide", "b.txt"]
    assert reading.documents[1].text == "Made in Seoul.\nTwice."
    assert reading.notices == ()


@pytest.mark.parametrize(("name", "held", "said"), [
    ("a.txt", b"", "a.txt is empty."),
    ("a.md", b"a\0b", "a.md is not a text and is not read."),
    ("a.md", b"\xff\xfe caf\xe9", ""),
])  # fmt: skip
def test_what_is_hardly_a_text(tmp_path, name, held, said):
    (tmp_path / name).write_bytes(held)
    assert "".join(read_own([tmp_path]).notices) == said


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    reading = read_own([tmp_path])
    assert reading.documents == ()
    assert reading.notices == (f"There is no Markdown, text or PDF file in {tmp_path.name}.",)


def test_bounds_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MOST_FILES", 2)
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 30)
    monkeypatch.setattr(documents, "MOST_BYTES", 1000)
    for name, length in (("a.txt", 10), ("b.txt", 100), ("c.txt", 10)):
        (tmp_path / name).write_text("x " * length, "utf-8")
    reading = read_own([tmp_path])
    assert [len(document.text) for document in reading.documents] == [20, 30]
    assert reading.notices == ("Only the first 2 of 3 documents are read.", "Only the first 30 characters of b.txt are read.")
    (tmp_path / "a.txt").write_text("x" * 2000, "utf-8")
    assert "a.txt is larger than 0 MB and is not read." in read_own([tmp_path]).notices


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("a secret", "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert read_own([tmp_path / "own"]).documents == ()


def test_cards_are_read_without_the_settings_before_them(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Card\n\nMade by hand.", "utf-8")
    (card,) = cards([("a model", tmp_path), ("a model", tmp_path)])
    assert card.title == "Card of a model" and card.text.strip() == "# Card\n\nMade by hand."
    assert list(cards([("none", tmp_path / "nowhere")])) == []


def test_a_pdf_is_read_once(tmp_path, monkeypatch):
    pypdf = pytest.importorskip("pypdf")
    (tmp_path / "a.pdf").write_bytes(pdf_file(["The labels were given by two nurses.", "Second page."]))
    (document,) = read_own([tmp_path]).documents
    assert "two nurses" in document.text and "Second page" in document.text
    monkeypatch.setattr(pypdf, "PdfReader", None)
    assert read_own([tmp_path]).documents == (document,)


def test_a_pdf_of_many_pages_is_read_in_part(tmp_path):
    pytest.importorskip("pypdf")
    (tmp_path / "long.pdf").write_bytes(pdf_file([f"This is page {page} of them." for page in range(500)]))
    reading = read_own([tmp_path])
    assert (
        f"page {pdf.MOST_PAGES - 1} of" in reading.documents[0].text
        and f"page {pdf.MOST_PAGES} of" not in reading.documents[0].text
    )
    assert reading.notices == (f"Only the first {pdf.MOST_PAGES} of 500 pages of long.pdf are read.",)
    assert read_own([tmp_path]).notices == reading.notices


@pytest.mark.parametrize("held", [b"", b"%PDF-1.4 broken", b"no pdf at all", pdf_file(["x"])[:200]])
def test_a_broken_pdf_is_a_sentence(tmp_path: Path, held):
    pytest.importorskip("pypdf")
    (tmp_path / "a.pdf").write_bytes(held)
    reading = read_own([tmp_path])
    assert reading.documents == ()
    assert len(reading.notices) == 1 and reading.notices[0].startswith("a.pdf ")


def test_a_pdf_without_text_is_said_to_have_none(tmp_path):
    pytest.importorskip("pypdf")
    (tmp_path / "scan.pdf").write_bytes(pdf_file([""]))
    assert read_own([tmp_path]).notices == ("scan.pdf holds no text, only pictures perhaps, and is not searched.",)
