"""Edits that a question spells out with words of the text in question: "change A to B", "B instead of A", "drop all after A".

Where those words stand in the text, nothing has to be guessed: what a small language model read instead gives way.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.conversation import Conversation
from assistant.operation import Operation, build
from assistant.parsing.checking import asks
from assistant.parsing.covering import QUOTED
from assistant.programs.conditions import Compare, Previous, Typed
from assistant.programs.program import Program, Registry

QUOTES = "\"'“”‘’「」"
LONGEST = 8  # words that take the place of others, where nothing tells where they begin
SIGNS = ".,;:!?…"
NO_EDIT = frozenset(("ask", "decline", "clarify", "repeat"))  # what is read where an edit was not seen


def reworded(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program with the edits that the question spells out, where all of them are about words of the text in focus; as it is
    where it spells out none, or is about rows."""
    focus, first = conversation.focus, program.steps[0]
    if focus is None or question.startswith("/") or not _of_the_text(question, program):
        return program
    anew = bool(focus.edits) and (first.name == "reset" or asks("from_start", question))  # "in the original, change A to B"
    text = focus.original if anew else focus.text
    made = list(_spelt_out(question, text)) or list(_quoted_out(question, text))
    if not made and re.search("[가-힣]", question) and (first.name in (*NO_EDIT, "undo", "reset") or _takes_out(program)):
        old = _taken_out(question, text, _said()["ko"])
        made = [{"kind": "remove", "old": old}] if old and _is_more(old, first, text) else []
    if not made or _is_about(program, made) or (not anew and [one.given() for one in program.steps] == made):
        return program
    edits = tuple(build(registry["edit"], given) for given in made)
    if anew:
        return Program(None, (build(registry["reset"], {}), *edits, *_after_edits(program)))
    if first.name in ("undo", "reset"):  # "put it back, and change A to B"
        return Program(program.where, (first, *edits))
    return Program(None, (*edits, *_after_edits(program)))


def _of_the_text(question: str, program: Program) -> bool:
    """Whether a reading may be about the text in focus: it names no row, or a number that stands within a word only."""
    where = program.where
    if isinstance(where, Compare) and where.field == "id" and where.op == "=":
        return re.search(rf"(?<![\w.,]){re.escape(str(where.value))}(?![\w%])", question) is None
    quoted = {"".join(groups) for groups in QUOTED.findall(question)}
    if isinstance(where, Compare) and (where.field, where.op) == ("text", "contains") and where.value in quoted:
        return [step.name for step in program.steps] == ["edit"]
    return where is None or isinstance(where, Previous) or (isinstance(where, Typed) and where.text not in quoted)


def _is_about(program: Program, made: list[dict[str, Any]]) -> bool:
    """Whether a reading without edits takes the words for something else: classes, or methods."""
    words = {str(given[name]).casefold() for given in made for name in ("old", "new") if name in given}
    given = {str(value).casefold() for step in program.steps if step.name != "edit" for value in step.given().values()}
    return bool(words & given)


def _takes_out(program: Program) -> bool:
    return len(program.steps) == 1 and program.steps[0].given().get("kind") == "remove" and "old" in program.steps[0].given()


def _is_more(old: str, read: Operation, text: str) -> bool:
    """Whether words of the text hold those that were read as taken out, if any were, or those are not in the text."""
    words = str(read.given().get("old", ""))
    return words.casefold() in old.casefold() or _held(words, text) is None


def _after_edits(program: Program) -> tuple[Operation, ...]:
    """The steps that follow the edits of a reading: "... and explain"."""
    last = max((place for place, step in enumerate(program.steps) if step.name == "edit"), default=None)
    return () if last is None else program.steps[last + 1 :]


def _spelt_out(question: str, text: str) -> Iterator[dict[str, Any]]:
    """The arguments of each edit that a question spells out."""
    english, korean = _said()["en"], _said()["ko"]
    korean_question = re.search("[가-힣]", question) is not None
    side = _one_side_korean(question, text, korean) if korean_question else _one_side(question, text, english)
    if side is not None:
        yield {"kind": "remove", "old": side}
        return
    pairs = list(_pairs_korean(question, text, korean) if korean_question else _pairs(question, text, english))
    yield from ({"kind": "replace", "old": old, "new": new} for old, new in pairs if _is_said(old, new))


def _quoted_out(question: str, text: str) -> Iterator[dict[str, Any]]:
    """The arguments of the edits that take out several quoted words of the text, as "those words" are written for a parser."""
    words = ["".join(groups) for groups in re.findall(r"\"([^\"]+)\"", question)]
    said = re.sub(r"\"[^\"]*\"", "", question)
    drops = any(re.search(_said()[language]["dropping"], said, re.IGNORECASE) for language in ("en", "ko"))
    kept = any(re.search(_said()[language]["keeping"], said, re.IGNORECASE) for language in ("en", "ko"))
    if len(words) > 1 and drops and not kept and all(_held(word, text) for word in words):
        yield from ({"kind": "remove", "old": word} for word in words)


def _is_said(old: str, new: str) -> bool:
    """Whether words that take the place of others are words, and not "something else"."""
    return bool(new) and old.casefold() != new.casefold() and not asks("anything_else", new)


def _pairs(question: str, text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is replaced and by what: "change A to B and C to D", "B instead of A"."""
    for found in re.finditer(rf"{words['arrow']}\s*(?P<new>\S+)", question):
        old = _last(question[: found.start()], text)
        if old:
            yield old, _bare(found["new"])
    for found in re.finditer(rf"\b{words['instead']}\s+{words['called']}", question, re.IGNORECASE):
        old = _longest(question[found.end() :], text)
        before = re.split(rf"(?<!\w){words['using']}(?!\w)\s*", question[: found.start()], flags=re.IGNORECASE)[-1]
        quoted = [
            one
            for one in QUOTED.finditer(question)
            if not question[one.end() : found.start()].strip() and one.end() <= found.start()
        ]
        before = "".join(quoted[0].groups(default="")) if quoted else before
        if old and before.strip() and len(before.split()) <= LONGEST:
            yield old, _bare(before)
    for found in re.finditer(rf"\b{words['changing']}\s+{words['called']}", question, re.IGNORECASE):
        rest = question[found.end() :]
        turns = list(re.finditer(rf"\s+{words['by']}\s+{words['called']}", rest, re.IGNORECASE))[:LONGEST]
        pairs = ((_held(rest[: turn.start()], text), turn.end()) for turn in reversed(turns))
        old, end = next(((old, end) for old, end in pairs if old), (None, 0))  # "change YES to confirm to YES please"
        if old:
            yield old, _put_in(rest[end:], words)


def _put_in(rest: str, words: Mapping[str, str]) -> str:
    """What takes the place of words, at the beginning of the `rest` of a question: as far as it is quoted, if it is."""
    quoted = re.match(rf"\s*[{QUOTES}](?P<new>[^{QUOTES}]+)[{QUOTES}](?!\w)", rest)
    return quoted["new"] if quoted else _bare(re.split(words["ends"], rest, flags=re.IGNORECASE)[0])


def _pairs_korean(question: str, text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The same in Korean: "A를 B로, C를 D로 바꾸면", "A 대신 B로"."""
    if not re.search(words["changing"], question):
        return
    start = 0
    for found in re.finditer(rf"{words['to']}(?=[\s,])|{words['arrow']}\s*(?P<new>\S+)", question):
        said = question[start : found.start()]
        if found["new"]:
            old = _last(said, text)
            pair = (old, found["new"]) if old else None
        else:
            pair = _split(said, text, words)
        if pair:
            yield pair[0], _bare(pair[1])
            start = found.end()


def _split(said: str, text: str, words: Mapping[str, str]) -> tuple[str, str] | None:
    """Words of the text and what takes their place, of "A를 B" or "A 대신 B"; the text tells where A begins."""
    pairs = re.finditer(rf"{words['object']}\s+|\s?{words['instead']}(?:에)?\s+", said)
    found = ((_last(said[: pair.start()], text), said[pair.end() :]) for pair in pairs)
    return next(((old, new) for old, new in found if old and new.strip()), None)


def _one_side(question: str, text: str, words: Mapping[str, str]) -> str | None:
    """The words of the text on one side of others, which a question takes out: "drop everything after A"."""
    for side in ("after", "before"):
        found = re.search(
            rf"\b{words['everything']}\s+(?:that (?:is|comes)\s+)?{words[side]}\s+{words['called']}", question, re.IGNORECASE
        )
        anchor = _longest(question[found.end() :], text) if found else None
        if anchor is None:
            continue
        drops = re.search(words["dropping"], question, re.IGNORECASE) is not None
        keeps = not drops and re.search(words["keeping"], question, re.IGNORECASE) is not None
        if drops or keeps:
            return _beside(text, anchor, after=(side == "after") == drops, with_it=keeps)
    return None


def _taken_out(question: str, text: str, words: Mapping[str, str]) -> str | None:
    """The words of the text that a question takes out: "A 빼면"."""
    found = re.search(rf"(?:{words['object']}|{words['too']})?\s?{words['dropping']}", question)
    return _last(question[: found.start()], text) if found else None


def _one_side_korean(question: str, text: str, words: Mapping[str, str]) -> str | None:
    for side in ("after", "before"):
        for found in re.finditer(rf"(?P<anchor>\S+)\s?{words[side]}(?=$|[에의를을는은만부쪽로\s])", question):
            anchor = _held(found["anchor"], text)
            rest = question[found.end() :]
            drops = re.search(words["dropping"], rest) is not None
            if anchor and (drops or re.search(words["keeping"], rest)):
                return _beside(text, anchor, after=(side == "after") == drops, with_it=not drops)
    return None


def _beside(text: str, anchor: str, *, after: bool, with_it: bool) -> str | None:
    """What stands after some words of a text, or before them, perhaps `with_it`; None where that is nothing or all."""
    start = text.casefold().index(anchor.casefold())
    end = start + len(anchor)
    side = text[start if with_it else end :] if after else text[: end if with_it else start]
    side = side.strip().strip(SIGNS).strip()
    return side if side and side != text.strip() else None


def _held(words: str, text: str) -> str | None:
    """Words as the text spells them; None where it does not hold them, whole. A sign may be called by its name."""
    bare = _bare(words)
    sign = _said()["signs"].get(bare.casefold())
    if sign is not None:
        return sign if sign in text else None
    if not bare:
        return None
    edges = (r"(?<!\w)" if bare[0].isalnum() else "", r"(?!\w)" if bare[-1].isalnum() else "")
    found = re.search(rf"{edges[0]}{re.escape(bare)}{edges[1]}", text, re.IGNORECASE)
    return found[0] if found else None


def _longest(rest: str, text: str) -> str | None:
    """The longest beginning of `rest` that the text holds."""
    ends = [found.end() for found in re.finditer(r"\S+", rest)][:LONGEST]
    return next((held for end in reversed(ends) if (held := _held(rest[:end], text))), None)


def _last(said: str, text: str) -> str | None:
    """The longest end of `said` that the text holds."""
    starts = [found.start() for found in re.finditer(r"\S+", said)][-LONGEST:]
    return next((held for start in starts if (held := _held(said[start:], text))), None)


def _bare(words: str) -> str:
    return words.strip().strip(f"{QUOTES}{SIGNS}").strip()


@lru_cache(maxsize=1)
def _said() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("prompts") / "parser" / "rewording.toml").read_text("utf-8"))
