"""What "the second one" points at: a row of the list that the last answer shows, put in its place before the question is read;
and the words that an explanation named, for "that word" and "those words".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.choosing import Choices
from assistant.conversation import Conversation, Subject
from assistant.programs.conditions import Typed
from assistant.saying.wording import wording

ID = "\0"  # stands for a row's id
NAMED = 3  # words that "those words" means


def pointed(question: str, conversation: Conversation, noun: tuple[str, str]) -> str:
    """The question with the id of the row that it points at by its place in the last answer's list, as in "why is message 7
    spam" for "why is the second one spam", and with the word that the text's explanation named for "that word"; as it is where
    it points at nothing. `noun` is what one row and several are called."""
    if question.startswith("/"):
        return question
    question = _with_words(question, [word for word in conversation.named if '"' not in word])
    rows = conversation.among or listed(conversation)
    changing = says(question, "changing")
    # then "explain the third sentence" means a row that is called so
    of_list = len(rows) > 1 and not changing and _about_rows(conversation)
    for pattern, places, said in (_english(noun[0], of_list), _korean(wording("ko").noun(noun)[0], of_list)):

        def row(found: re.Match[str], places: Mapping[str, int] = places, said: str = said) -> str:
            place = places[" ".join(found["place"].casefold().split())]
            if abs(place) > len(rows) or (place < 0 and len(rows) == 1):
                return found[0]
            return said.replace(ID, str(rows[place - 1 if place > 0 else place].row))

        question = pattern.sub(row, question)
    return question


def _with_words(question: str, named: list[str]) -> str:
    """The question with the words that an explanation named for "that word" and "the second word on that list"."""
    if not named:
        return question
    changing = says(question, "changing")
    for language in ("en", "ko"):
        places = _places(words_of(language))

        def word(found: re.Match[str], places: Mapping[str, int] = places) -> str:
            place = places[found["place"].casefold()]
            return f'"{named[place - 1 if place > 0 else place]}"' if abs(place) <= len(named) else found[0]

        for pattern in _words_of_list(language, changing):
            question = pattern.sub(word, question)
    if changing:
        several = " and ".join(f'"{word}"' for word in named[:NAMED])
        question = _those_words().sub(lambda found: several, question)
    return _that_word(any(map(str.isdigit, named[0])), changing).sub(lambda found: f'"{named[0]}"', question)


def on_offer(choices: Choices | None, conversation: Conversation) -> Conversation:
    """The conversation with the typed text in focus that all the readings on offer are about: "how sure?" leans on it though none
    was chosen. As it is where there is no such text."""
    wheres = [program.where for program in choices.readings] if choices is not None else []
    texts = {where.text if isinstance(where, Typed) else None for where in wheres}
    text = texts.pop() if len(texts) == 1 else None
    if choices is None or text is None:
        return conversation
    return replace(conversation, focus=Subject(text), program=choices.readings[0], page=0)


def listed(conversation: Conversation) -> tuple[Subject, ...]:
    """The rows that the last answer shows one below the other; the first of them where rows were only counted since."""
    last, focus = conversation.answered[-1] if conversation.answered else None, conversation.focus
    shown = () if last is None else last.listed
    if last is not None and not shown and last.selected is not None and focus is not None:
        shown = (focus,)
    return tuple(subject for subject in shown if subject.row is not None and not subject.edits)


def _about_rows(conversation: Conversation) -> bool:
    """Whether the last answer is about rows, such as those of a list or how many these are, and not about one of them."""
    last = conversation.answered[-1] if conversation.answered else None
    return last is not None and (len(last.listed) > 1 or (not last.listed and last.selected is not None))


def still_among(conversation: Conversation) -> tuple[Subject, ...]:
    """The rows that the last list showed, after an answer: its own list, or the one before while it is about a row of that."""
    shown, focus, ids = listed(conversation), conversation.focus, {row.row for row in conversation.among}
    of_that = {row.row for row in shown} <= ids if shown else focus is not None and focus.row in ids
    return conversation.among if of_that and len(shown) <= 1 else shown


def says(question: str, kind: str) -> bool:
    """Whether a question says one of the words of a kind."""
    return any(word in question.casefold() for language in ("en", "ko") for word in words_of(language)[kind])


@lru_cache(maxsize=1)
def _those_words() -> re.Pattern[str]:
    """How the words that were named are pointed at."""
    english, korean = (any_of(words_of(language)["those_words"]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b|(?<!\S)(?:{korean})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _that_word(number: bool, changed: bool) -> re.Pattern[str]:
    """How a word is pointed at, one that is a `number`, and one that is `changed`."""
    kinds = ("that_word", *["that_number"] * number, *["that_changed"] * changed)
    english, korean = (any_of(said for kind in kinds for said in words_of(language)[kind]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b(?!s)|(?<!\S)(?:{korean})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _words_of_list(language: str, changed: bool) -> tuple[re.Pattern[str], ...]:
    """How a word is pointed at by its place among those that were named; where it is `changed`, by how strong it is too."""
    words = words_of(language)
    place = f"(?P<place>{any_of(_places(words))})"
    word, on_list, strong = (any_of(words[name]) for name in ("word", "on_list", "strong"))
    if language == "en":
        forms = [rf"\bthe\s+{place}\s+(?:{word})\s+(?:{on_list})\b", rf"\bthe\s+{place}\s+(?:{strong})\s+(?:{word}|one)\b"]
    else:
        forms = [rf"(?<!\S)(?:{on_list})\s+{place}\s+(?:{word})", rf"(?<!\S){place}\s?(?:{strong})\s+(?:{word}|거|것)"]
    return tuple(re.compile(form, re.IGNORECASE) for form in forms[: 1 + changed])


@lru_cache(maxsize=16)
def _english(noun: str, of_list: bool) -> tuple[re.Pattern[str], Mapping[str, int], str]:
    words = words_of("en")
    place, thing = any_of(_places(words)), any_of(_things(words, noun, of_list))
    more = rf"(?:{any_of(words['goes_on'])})\b(?!\s*[?.!]*$)"
    meant = rf"(?:\s+of\s+(?:{any_of(words['them'])})\b)?(?!\s+(?:{more}|with\s+(?:{any_of(words['having'])})))"
    named = rf"\s+(?:{thing})\b{meant}"
    new = r"(?<!\bone )(?<!\ba )(?<!\banother )"  # "one last one" is none of the list
    pattern = rf"{new}\b(?:(?P<the>the|that|this)\s+)?(?P<place>{place})\b(?:{named}|(?(the)(?=\s*(?:[?.!]*$|[:,]))|(?!)))"
    return re.compile(pattern, re.IGNORECASE), _places(words), f"{noun} {ID}"


@lru_cache(maxsize=16)
def _korean(noun: str, of_list: bool) -> tuple[re.Pattern[str], Mapping[str, int], str]:
    words = words_of("ko")
    place, thing, particle = any_of(_places(words)), any_of(_things(words, noun, of_list)), any_of(words["particles"])
    over = r"(?=[\s?.!,]|$)"
    pattern = (
        rf"(?<!\S)(?P<place>{place})(?:\s?(?:{thing})(?=(?:{particle})*{over})|(?=(?:{particle})+{over})|(?=\s*(?:[?.!]*$|[:,])))"
    )
    return re.compile(pattern), _places(words), f"{ID}번 글" if _is_a_part(noun, words) else f"{ID}번 {noun}"


@lru_cache(maxsize=2)
def words_of(language: str) -> Mapping[str, Any]:
    return tomllib.loads((files("prompts") / "parser" / "pointing.toml").read_text("utf-8"))[language]


def _places(words: Mapping[str, Any]) -> dict[str, int]:
    return {said: int(place) for place, some in words["places"].items() for said in some}


def _things(words: Mapping[str, Any], noun: str, of_list: bool) -> list[str]:
    """What a row is called; a noun that is also a part of a text is among them only where a row of a list must be meant."""
    return words["things"] + [noun.casefold()] * (of_list or not _is_a_part(noun, words))


def _is_a_part(noun: str, words: Mapping[str, Any]) -> bool:
    return noun.casefold() in words["parts"]


def any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
