"""Drafts of answers, right and wrong: other wordings made by rules, and the same with one error planted."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.grounding.figures import Figure
from assistant.grounding.reading import Mention, Sentence, read
from assistant.grounding.words import lexicon

RULES = Path(__file__).parent / "data" / "paraphrases.toml"
KINDS = ("number", "direction", "label", "order", "id", "token")
SWAPPED = re.compile(r"(“[^”\n]+”(?:\s?\([^()]*\))?)((?:,| and|와|과) ?)(“[^”\n]+”(?:\s?\([^()]*\))?)")
RANKED = {"attribute", "rationalize", "keywords", "important", "compare", "interactions"}  # name words by rank


@dataclass(frozen=True)
class Told:
    """What a draft is about: the names of classes, what a row is called, and words to plant."""

    operation: str
    language: str
    labels: tuple[str, ...]
    nouns: tuple[str, ...]
    words: tuple[str, ...]


def paraphrased(text: str, language: str, generator: random.Random) -> str:
    """The text in other words, and some of its numbers less exactly; as it was where no rule fits."""
    lines = []
    for line in text.split("\n"):
        for form, wordings in _rules()[language]:
            wording = generator.choice(wordings)
            line = form.sub(wording, line, count=1)
        lines.append(line)
    said = "\n".join(line[:1].upper() + line[1:] for line in lines)
    said = re.sub(r"(?<![\w.“”,+-])(\d\d)%(?![^“\n]*”)", lambda match: _spoken(int(match[1]), language, generator), said)
    if generator.random() < 0.3:
        said = said.replace("“", '"').replace("”", '"') if '"' not in said else said
    if generator.random() < 0.3:
        said = " ".join(line for line in said.split("\n") if line)
    return said


def _spoken(percent: int, language: str, generator: random.Random) -> str:
    """A percentage as people say it."""
    ways = {"en": ["{}%", "{} percent", "about {}%"], "ko": ["{}%", "{}퍼센트", "약 {}%"]}[language]
    if percent % 10 == 0 and 10 < percent < 100:
        ways = [*ways, {"en": f"{percent // 10} in ten", "ko": f"10번 중 {percent // 10}번"}[language]]
    return generator.choice(ways).format(percent)


@cache
def _rules() -> dict[str, list[tuple[re.Pattern[str], list[str]]]]:
    told = tomllib.loads(RULES.read_text("utf-8"))
    return {language: [(re.compile(rule["from"]), rule["to"]) for rule in told[language]] for language in ("en", "ko")}


@cache
def _flips(language: str) -> list[tuple[str, str]]:
    return [tuple(pair) for pair in tomllib.loads(RULES.read_text("utf-8"))["flips"][language]]


def corrupted(text: str, kind: str, told: Told, generator: random.Random) -> str | None:
    """The text with one error of a kind; None where it has no place for one."""
    return PLANTS[kind](text, told, generator)


def _number(text: str, told: Told, generator: random.Random) -> str | None:
    """A number by another one: of the same text, or with other digits."""
    places = _places(text, told)
    figures = [(start, end, figure) for start, end, figure in places if isinstance(figure, Figure)]
    numbers = [(start, end, figure) for start, end, figure in figures if not (figure.spelt or figure.loose)]
    if not numbers:
        return None
    start, end, figure = generator.choice(numbers)
    others = [text[a:b] for a, b, other in numbers if other.percent == figure.percent and not _near(other, figure)]
    if others and generator.random() < 0.5:
        return text[:start] + generator.choice(others) + text[end:]
    digits = [place for place in range(start, end) if text[place].isdigit()]
    for _ in range(20):
        place = generator.choice(digits[:2])
        digit = generator.choice([one for one in "123456789" if one != text[place]])
        made = text[:place] + digit + text[place + 1 :]
        mended = [other for a, _, other in _places(made, told) if a == start and isinstance(other, Figure)]
        if mended and not _near(mended[0], figure):
            return made
    return None


def _near(first: Figure, second: Figure) -> bool:
    """Whether one number could be said for the other, by a person who rounds."""
    return first.agrees(second) or second.agrees(first)


def _direction(text: str, told: Told, generator: random.Random) -> str | None:
    """A direction word by its opposite, or a sign by the other one."""
    bare = re.sub(r"“[^”\n]*”", lambda match: "\0" * len(match[0]), text)
    found = [(match.start(), old, new) for old, new in _flips(told.language) for match in re.finditer(re.escape(old), bare)]
    found += [(match.start(), match[0], "-" if match[0] == "+" else "+") for match in re.finditer(r"[+-](?=\d)", bare)]
    if not found:
        return None
    start, old, new = generator.choice(found)
    return text[:start] + new + text[start + len(old) :]


def _label(text: str, told: Told, generator: random.Random) -> str | None:
    named = [(start, end, one.text) for start, end, one in _places(text, told, "labels")]
    if not named:
        return None
    start, end, label = generator.choice(named)
    return text[:start] + generator.choice([other for other in told.labels if other != label]) + text[end:]


def _order(text: str, told: Told, generator: random.Random) -> str | None:
    """Two words of a ranking, or the two ends of a change, the other way round."""
    found = []
    if told.operation in RANKED:
        for match in SWAPPED.finditer(text):
            if match[1].casefold() != match[3].casefold():
                found.append((match.start(), match.end(), match[3] + match[2] + match[1]))
    for form in (
        r"from (\S+?%?) to (\S+?%?)(?=[.,;: ]|\.$|$)",
        r"(?<=\s)(\d[\d.]*%)에서 (\d[\d.]*%)",
        r"(\d[\d,]*) of ([\d,]*\d)\b",
    ):
        for match in re.finditer(form, text):
            if match[1] != match[2]:
                turned = match[0].replace(match[1], "\0", 1)[::-1].replace(match[2][::-1], match[1][::-1], 1)[::-1]
                found.append((match.start(), match.end(), turned.replace("\0", match[2])))
    if not found:
        return None
    start, end, made = generator.choice(found)
    return text[:start] + made + text[end:]


def _id(text: str, told: Told, generator: random.Random) -> str | None:
    named = [(start, end, one.text) for start, end, one in _places(text, told, "ids") if one.text.isdigit()]
    if not named:
        return None
    start, end, identity = generator.choice(named)
    others = sorted({text for *_, text in named} - {identity})
    new = generator.choice([*others, str(int(identity) + generator.choice((1, 10, 100)))])
    return text[:start] + text[start:end].replace(identity, new) + text[end:]


def _token(text: str, told: Told, generator: random.Random) -> str | None:
    """A quoted word by another one, of the text that is explained where there is one."""
    quoted = [match for match in re.finditer(r"“([^”\n]{1,20})”|\"([^\"\n]{1,20})\"", text) if " " not in match[0]]
    if not quoted:
        return None
    match = generator.choice(quoted)
    used = {(one[1] or one[2]).casefold() for one in quoted}
    others = [word for word in told.words if word.casefold() not in used]
    if not others:
        return None
    return f"{text[: match.start() + 1]}{generator.choice(others)}{text[match.end() - 1 :]}"


PLANTS: dict[str, Callable[[str, Told, random.Random], str | None]] = {
    "number": _number, "direction": _direction, "label": _label, "order": _order, "id": _id, "token": _token,
}  # fmt: skip


def _places(text: str, told: Told, kind: str = "figures") -> list[tuple[int, int, Figure | Mention]]:
    """Where the mentions of a kind are in the whole text."""
    found, position = [], 0
    sentences: Sequence[Sentence] = read(text, lexicon(told.language), told.labels, told.nouns)
    masked = re.sub(
        r"“[^”\n]*”|\"[^\"\n]*\"", lambda match: match[0][0] + "\0" * (len(match[0]) - 2) + match[0][-1], text
    ).lower()
    for sentence in sentences:
        at = masked.find(sentence.plain, position)
        if at < 0:
            continue
        position = at
        found += [(at + one.start, at + one.end, one) for one in getattr(sentence, kind)]
    return found
