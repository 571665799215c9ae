"""What is wrong with a model or a file that a visitor brings is said in Korean on a Korean page, whatever raises it."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explainers.errors import AskWhyError
from explainers.files import PACKED, SIGNATURES

from assistant.bringing import matching
from assistant.bringing.preview import preview
from assistant.saying.korean import HANGUL
from assistant.saying.translated import translated
from assistant.showing.texts import speaking
from assistant.web.own import _complaint

ROOT = Path(__file__).parents[3]
MET = [  # where a visitor's form leads
    *[f"assistant/{name}.py" for name in ("web/own", "bringing/own", "bringing/matching", "bringing/preview", "keeping")],
    *[f"explainers/{name}.py" for name in ("tables", "files", "roles", "dataset", "loading", "classifier")],
]
OWNERS = re.compile("adapter|_merged")  # functions about what only the settings name
PLACE = "there are none."  # stands in every place; it is known wherever a sentence has its rest looked up
LIBRARIES = {"", PLACE}  # said by others, or put together from what was said here


def sentences(path: str) -> Iterator[str]:
    """Every sentence that a file raises, each of those that an `if` chooses from."""
    for function in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef) or OWNERS.search(function.name):
            continue
        for call in ast.walk(function):
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id
            if named in ("AskWhyError", "ValueError") and call.args:
                yield from spelled(call.args[0])
            elif named == "too_large":
                for reason in spelled(call.args[1]):
                    yield f"x is too large: it {reason}; give fewer rows, or raise `max_megabytes` in the [data] section."


def spelled(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from spelled(node.body)
        yield from spelled(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else PLACE for part in node.values)
    elif isinstance(node, ast.Constant):
        yield str(node.value)


FOUND = sorted({said for path in MET for said in sentences(path)} - LIBRARIES)


@pytest.mark.parametrize("said", FOUND, ids=[said[:60] for said in FOUND])
def test_each_sentence_has_a_korean_form(said):
    korean = translated(said, "ko")
    assert korean is not None and HANGUL.search(korean)


def test_so_many_sentences_are_found_that_none_is_overlooked():
    assert len(FOUND) > 40
    assert "There is no file yet; upload one." in FOUND and "a quote is opened and never closed" in FOUND


@pytest.mark.parametrize("kind", [*SIGNATURES.values(), *(f"{name}-compressed" for name, _ in PACKED.values())])
def test_each_kind_of_file_that_is_no_table_has_a_korean_name(kind):
    said = translated(f"a b.csv could not be read as CSV: it is no text file but {kind} by its content; give it the right name, "
                      "or save it as CSV.", "ko")  # fmt: skip
    assert said.startswith("a b.csv를 CSV 파일로 읽지 못했어요. 내용을 보면") and not re.search(
        "[a-z]{4,}.*archive|영어로만", said
    )


@pytest.mark.parametrize(("name", "content"), [
    ("rows.csv", "글\n안녕\n".encode("cp949")), ("rows.csv", b"%PDF-1.4 x"), ("rows.txt", b"text"), ("rows.csv", b'text\n"a\n'),
    ("rows.csv", b"text\na,b\n"), ("rows.jsonl", b"[1]\n"), ("rows.csv", b""), ("my rows.csv", b"text\n" + b"a" * 2000),
    ("rows.parquet", b"PAR1 and no more"), ("rows.csv", b"text,label\n"), ("rows.csv.gz", b"text"),
])  # fmt: skip
def test_a_file_that_is_refused_is_refused_in_korean(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AskWhyError) as wrong:
        preview(tmp_path / name, 1000)
    with speaking("ko"):
        said = _complaint(wrong.value)
    assert HANGUL.search(said) and "영어로만" not in said and 'lang="ko"' in said
    assert str(wrong.value) in html.unescape(_complaint(wrong.value)) and 'lang="en"' in _complaint(wrong.value)


def test_a_class_that_is_not_there_is_told_with_the_value_that_named_it():
    with pytest.raises(AskWhyError) as wrong:
        matching.read("0 = hamm", ["0", "1"], ["ham", "spam"])
    assert translated(str(wrong.value), "ko") == "모델에 'hamm' 클래스가 없어요('0'의 짝). 'ham' 말씀인가요?"
