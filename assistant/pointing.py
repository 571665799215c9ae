"""What "the second one" points at: a row of the list that the last answer shows, put in its place before the question is read.

And what "it" points at after the longest message of many was shown: that one, though many were chosen; and "your accuracy" after
mistakes were: at all rows.
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
from assistant.operation import build
from assistant.parsing.covering import QUOTED
from assistant.programs.conditions import And, Compare, Condition, Previous, Typed, leaves
from assistant.programs.program import Program, Registry
from assistant.saying.wording import wording

ID = "\0"  # stands for a row's id
RIGHT_HOW_OFTEN = frozenset(("score", "calibration"))  # operations that say nothing of rows that are all right, or all wrong
JUDGING = RIGHT_HOW_OFTEN | {"confusion", "mistakes"}  # operations on how good the model is


def pointed(question: str, conversation: Conversation, noun: tuple[str, str]) -> str:
    """The question with the id of the row that it points at by its place in the last answer's list, as in "why is message 7
    spam" for "why is the second one spam", and with the word that the text's explanation named for "that word"; as it is where
    it points at nothing. `noun` is what one row and several are called."""
    if question.startswith("/"):
        return question
    question = _with_words(question, [word for word in conversation.named if '"' not in word])
    rows = conversation.among or listed(conversation)
    changing = _says(question, "changing")
    of_list = len(listed(conversation)) > 1 and not changing  # then "explain the third sentence" means a row that is called so
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
    changing = _says(question, "changing")
    for language in ("en", "ko"):
        places = _places(_words(language))

        def word(found: re.Match[str], places: Mapping[str, int] = places) -> str:
            place = places[found["place"].casefold()]
            return f'"{named[place - 1 if place > 0 else place]}"' if abs(place) <= len(named) else found[0]

        for pattern in _words_of_list(language, changing):
            question = pattern.sub(word, question)
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


def the_one(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about the only row that the last answer shows, or the first one of those that it shows sorted, where it asks
    of a text what was read as asked of all the rows that this one was taken from; a question about "them" is about all."""
    rows = listed(conversation)
    last = conversation.answered[-1] if rows else None
    first = getattr(last, "order", None) is not None and not _of_them().search(question)  # "the worst mistake", "what tipped it?"
    one = (len(rows) == 1 or first) and bool(last and last.listed)
    if not one or not isinstance(program.where, Previous) or any(step.scope != "texts" for step in program.steps):
        return program
    return replace(program, where=Compare("id", "=", rows[0].row))


def of_some(program: Program, conversation: Conversation) -> Program:
    """The program without the rows that were chosen last where there were none: what is asked next is not about nothing."""
    last = conversation.answered[-1].selected if conversation.answered else None
    nothing = last is not None and not last.rows and last.where == conversation.selection
    return replace(program, where=None) if nothing and isinstance(program.where, Previous) else program


def at_large(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about all rows, where it measures how often the model is right on rows that were chosen by just that (of its
    mistakes it has none right), or on those that were chosen before though the question does not point at them."""
    chosen, asked = conversation.selection, {step.name for step in program.steps}
    if chosen is None or not asked <= JUDGING or not isinstance(program.where, Previous):
        return program
    if not _of_those().search(question):
        return replace(program, where=None)
    if not asked <= RIGHT_HOW_OFTEN:
        return program
    by_that = any(isinstance(leaf, Compare) and leaf.field == "correct" for leaf in leaves(chosen))
    return replace(program, where=None) if by_that else program


def in_its_place(question: str, program: Program, conversation: Conversation) -> Program:
    """The program about the rows chosen before but for one thing: of spam that mentions a word, "and ham?" means the ham that
    does, and no row chosen for its label has another as well."""
    parts = _joined(program.where)
    leans = any(isinstance(part, Previous) for part in parts)
    named = [part for part in parts if not isinstance(part, Previous)]
    chosen = _joined(conversation.selection)
    last = conversation.program
    if len(named) != 1 or len(parts) > 2 or last is None or not isinstance(named[0], Compare) or named[0].op != "=":
        return program
    goes_on = _says_first(question, "and") and [one.name for one in last.steps] == [one.name for one in program.steps]
    others = [part for part in chosen if not _rivals(part, named[0])]
    if len(others) + 1 != len(chosen) or not others or not (leans or goes_on):
        return program
    return replace(program, where=And(tuple(named[0] if _rivals(part, named[0]) else part for part in chosen)))


def _rivals(part: Condition, named: Compare) -> bool:
    """Whether no row that one of them chooses is chosen by the other: two values of one field."""
    return isinstance(part, Compare) and (part.field, part.op) == (named.field, "=") and part.value != named.value


def _joined(where: Condition | None) -> tuple[Condition, ...]:
    """The conditions that all hold of the rows that are chosen."""
    if isinstance(where, And):
        return tuple(leaf for part in where.parts for leaf in _joined(part))
    return () if where is None else (where,)


def another_text(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that classifies a quoted text ("vs 'not good at all'"), where that was read as words to change, though the text
    in question does not hold them and the question says nothing of changing."""
    focus, quoted = conversation.focus, ["".join(groups) for groups in QUOTED.findall(question)]
    words = program.steps[0].given().get("old") if [step.name for step in program.steps] == ["edit"] else None
    if focus is None or program.where is not None or quoted != [words] or " " not in words.strip():
        return program
    if words.casefold() in focus.text.casefold() or _says(QUOTED.sub("", question), "changing"):
        return program
    return Program(Typed(words), (build(registry["predict"], {}),))


def the_next(program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that shows the next rows, where as many are asked for as were just shown: nobody wants the same ones again."""
    shown = conversation.answered[-1].listed if conversation.answered else ()
    again = [step.name for step in program.steps] == ["repeat"] and program.steps[0].given() == {"n": len(shown)}
    pages = conversation.program is not None and any(step.pages for step in conversation.program.steps)
    return Program(None, (build(registry["more"], {}),)) if again and pages and program.where is None else program


def in_words(question: str, program: Program, noun: tuple[str, str], registry: Registry) -> Program:
    """The program that measures rows by their words where a row is called a sentence and the question does not count sentences:
    "how long are the sentences" asks how many words they have."""
    called = noun[0].casefold() in _words("en")["sentence"] or wording("ko").noun(noun)[0] in _words("ko")["sentence"]
    if not called or any(said in question.casefold() for language in ("en", "ko") for said in _words(language)["counting"]):
        return program
    steps = []
    for step in program.steps:
        given = step.given()
        measured = {name: "words" for name in ("of", "by") if given.get(name) == "sentences"}
        steps.append(build(registry[step.name], given | measured) if measured else step)
    return replace(program, steps=tuple(steps))


def listed(conversation: Conversation) -> tuple[Subject, ...]:
    """The rows that the last answer shows one below the other; the first of them where rows were only counted since."""
    last, focus = conversation.answered[-1] if conversation.answered else None, conversation.focus
    shown = () if last is None else last.listed
    if last is not None and not shown and last.selected is not None and focus is not None:
        shown = (focus,)
    return tuple(subject for subject in shown if subject.row is not None and not subject.edits)


def still_among(conversation: Conversation) -> tuple[Subject, ...]:
    """The rows that the last list showed, after an answer: its own list, or the one before while it is about a row of that."""
    shown, focus, ids = listed(conversation), conversation.focus, {row.row for row in conversation.among}
    of_that = {row.row for row in shown} <= ids if shown else focus is not None and focus.row in ids
    return conversation.among if of_that and len(shown) <= 1 else shown


def _says_first(question: str, kind: str) -> bool:
    """Whether a question begins with words of a kind."""
    return any(re.match(rf"(?:{_any(_words(language)[kind])})(?!\w)", question, re.IGNORECASE) for language in ("en", "ko"))


def _says(question: str, kind: str) -> bool:
    """Whether a question says one of the words of a kind."""
    return any(word in question.casefold() for language in ("en", "ko") for word in _words(language)[kind])


@lru_cache(maxsize=1)
def _of_those() -> re.Pattern[str]:
    """How rows that were chosen before are pointed at."""
    english, korean = (_any(_words(language)["of_those"]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b|(?<!\S)(?:{korean})|(?<=[가-힣])만(?!\S)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _of_them() -> re.Pattern[str]:
    """How several rows are pointed at."""
    english, korean = (_any(_words(language)["several"]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b|(?:{korean})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _that_word(number: bool, changed: bool) -> re.Pattern[str]:
    """How a word is pointed at, one that is a `number`, and one that is `changed`."""
    kinds = ("that_word", *["that_number"] * number, *["that_changed"] * changed)
    english, korean = (_any(said for kind in kinds for said in _words(language)[kind]) for language in ("en", "ko"))
    return re.compile(rf"\b(?:{english})\b(?!s)|(?<!\S)(?:{korean})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _words_of_list(language: str, changed: bool) -> tuple[re.Pattern[str], ...]:
    """How a word is pointed at by its place among those that were named; where it is `changed`, by how strong it is too."""
    words = _words(language)
    place = f"(?P<place>{_any(_places(words))})"
    word, on_list, strong = (_any(words[name]) for name in ("word", "on_list", "strong"))
    if language == "en":
        forms = [rf"\bthe\s+{place}\s+(?:{word})\s+(?:{on_list})\b", rf"\bthe\s+{place}\s+(?:{strong})\s+(?:{word}|one)\b"]
    else:
        forms = [rf"(?<!\S)(?:{on_list})\s+{place}\s+(?:{word})", rf"(?<!\S){place}\s?(?:{strong})\s+(?:{word}|거|것)"]
    return tuple(re.compile(form, re.IGNORECASE) for form in forms[: 1 + changed])


@lru_cache(maxsize=16)
def _english(noun: str, of_list: bool) -> tuple[re.Pattern[str], Mapping[str, int], str]:
    words = _words("en")
    place, thing = _any(_places(words)), _any(_things(words, noun, of_list))
    more = rf"(?:{_any(words['goes_on'])})\b(?!\s*[?.!]*$)"
    meant = rf"(?:\s+of\s+(?:{_any(words['them'])})\b)?(?!\s+(?:{more}|with\s+(?:{_any(words['having'])})))"
    named = rf"\s+(?:{thing})\b{meant}"
    pattern = rf"\b(?:(?P<the>the|that|this)\s+)?(?P<place>{place})\b(?:{named}|(?(the)(?=\s*[?.!]*$)|(?!)))"
    return re.compile(pattern, re.IGNORECASE), _places(words), f"{noun} {ID}"


@lru_cache(maxsize=16)
def _korean(noun: str, of_list: bool) -> tuple[re.Pattern[str], Mapping[str, int], str]:
    words = _words("ko")
    place, thing, particle = _any(_places(words)), _any(_things(words, noun, of_list)), _any(words["particles"])
    over = r"(?=[\s?.!,]|$)"
    pattern = rf"(?<!\S)(?P<place>{place})(?:\s?(?:{thing})(?=(?:{particle})*{over})|(?=(?:{particle})+{over})|(?=\s*[?.!]*$))"
    return re.compile(pattern), _places(words), f"{ID}번 글" if _is_a_part(noun, words) else f"{ID}번 {noun}"


@lru_cache(maxsize=2)
def _words(language: str) -> Mapping[str, Any]:
    return tomllib.loads((files("prompts") / "parser" / "pointing.toml").read_text("utf-8"))[language]


def _places(words: Mapping[str, Any]) -> dict[str, int]:
    return {said: int(place) for place, some in words["places"].items() for said in some}


def _things(words: Mapping[str, Any], noun: str, of_list: bool) -> list[str]:
    """What a row is called; a noun that is also a part of a text is among them only where a row of a list must be meant."""
    return words["things"] + [noun.casefold()] * (of_list or not _is_a_part(noun, words))


def _is_a_part(noun: str, words: Mapping[str, Any]) -> bool:
    return noun.casefold() in words["parts"]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
