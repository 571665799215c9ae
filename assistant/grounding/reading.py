"""What a text says, sentence by sentence: its numbers, quotations, classes, ids, and the directions that it takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.grounding.figures import Figure, figures, ranks
from assistant.grounding.words import END, START, Lexicon

QUOTED = re.compile(
    r"“([^”\n]*)”|„([^“”\n]*)[“”]|«([^»\n]*)»|『([^』\n]*)』|`([^`\n]+)`"
    r"|\"([^\"\n]*)\"|「([^」\n]*)」|‘([^’\n]*)’|(?<!\w)'([^'\n]+)'(?!\w)",
    re.DOTALL,
)
COMMAND = re.compile(r"(?<!\S)/[a-z]+(?: [a-z]+=\S+)*")
BREAK = re.compile(r"(?<=[.!?…])[)\]]?\s+(?!\[\d)|(?<=\[\d\])\s+|\n+|(?<=[.!?…]\x00)\s+")  # "it is so. [1]" is one
NUMBERED = re.compile(r"\s?\((?:no\. \d+|\d+번째)\)$")  # which of the occurrences of a word
MASK = "\x00"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
IDS = r"(?<![A-Za-z])ids?(?:가|는|이)?"  # what ids are called in any data
AND = r"(?:번)?(?:이나|과|와|도|이고|은|는)?(?:,? (?:and|or|및|그리고|또는)|,| &| /)?\s+"
LISTED = re.compile(r"[가-힣]{0,2}(?:\s?\([^()]*\))?\s?(?:[+-][\d.]+)?(?:,? and|,|와|과|이?나| &)?\s?")  # "“a” (+0.5) and “b”"
PLURAL = 4  # letters from which on a class may have a plural
AROUND = 4  # words on either side that tell what a number or a class is about


@dataclass(frozen=True)
class Mention:
    """A quotation, a class or an id at characters `start` to `end` of a sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Pole:
    """A direction word: which axis, and which of its two ends, negations counted."""

    axis: str
    positive: bool
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """`plain` is the sentence in lower case with quotations masked; all places are in it. `clauses` are (start, end), `ranks`
    ordinals with their (start, end)."""

    plain: str
    figures: tuple[Figure, ...]
    quotes: tuple[Mention, ...]
    labels: tuple[Mention, ...]
    ids: tuple[Mention, ...]
    poles: tuple[Pole, ...]
    clauses: tuple[tuple[int, int], ...]
    words: frozenset[str]
    ranks: tuple[tuple[int, tuple[int, int]], ...] = ()

    @property
    def said(self) -> tuple[str, tuple[str, ...]]:
        """The sentence and its quotations, to see whether another one is the same word for word."""
        return " ".join(self.plain.split()), tuple(quote.text for quote in self.quotes)

    def listed(self) -> list[list[Mention]]:
        """The quotations, those that are listed one after the other together."""
        groups: list[list[Mention]] = []
        for one in self.quotes:
            if groups and LISTED.fullmatch(self.plain[groups[-1][-1].end : one.start]):
                groups[-1].append(one)
            else:
                groups.append([one])
        return groups

    def anchors(self) -> list[tuple[str, str]]:
        """What a sentence is about, without its numbers' wording."""
        named = [("quote", one.text) for one in self.quotes]
        named += [("label", one.text) for one in self.labels]
        return named + [("id", one.text) for one in self.ids]

    def clause(self, place: int) -> tuple[int, int]:
        return next((one for one in self.clauses if one[0] <= place < one[1]), (0, len(self.plain)))

    def around(self, start: int, end: int, lexicon: Lexicon) -> frozenset[str]:
        """The stems of the words near a place, within its sentence."""
        ahead, behind = re.split("[,;:(]", self.plain[:start])[-1], re.split("[,;:)]", self.plain[end:])[0]
        before = [stem(word, lexicon) for word in WORD.findall(ahead)][-AROUND:]
        after = [stem(word, lexicon) for word in WORD.findall(behind)][:AROUND]
        named = {stem(one.text.lower(), lexicon) for one in self.labels}
        return frozenset(word for word in before + after if word and word not in named)


def stem(word: str, lexicon: Lexicon) -> str:
    """The beginning of a word, which its forms share; nothing for a word that tells little."""
    if word in lexicon.few:
        return ""
    return word[:2] if lexicon.language == "ko" and re.match("[가-힣]", word) else word[:5]


def read(
    text: str, lexicon: Lexicon, labels: Sequence[str], nouns: Sequence[str],
    rows: Collection[str] = (), pieces: Collection[str] = (), bare: Collection[str] = (),
) -> tuple[Sentence, ...]:  # fmt: skip
    """The sentences of a text; `labels` are the names of classes, `nouns` what a row is called. Of `rows`, an id may also stand
    without a noun where "#" or "번" is by it, one of `bare` anywhere. A class between quotation marks is a class, unless it is
    one of `pieces`, the words that are explained."""
    masked, quotes = _masked(text, {label.casefold() for label in labels} - {piece.casefold() for piece in pieces})
    found, start = [], 0
    for match in [*BREAK.finditer(masked), None]:
        end = match.start() if match else len(masked)
        if masked[start:end].strip(" \n.-•*"):
            inside = [Mention(one.text, one.start - start, one.end - start) for one in quotes if start <= one.start < end]
            found.append(_sentence(masked[start:end], inside, lexicon, labels, nouns, rows, bare))
        start = match.end() if match else end
    return tuple(found)


def fold(text: str) -> str:
    """A quotation to compare: lower case, single spaces, no mark where it was shortened, none of the marks around it."""
    said = NUMBERED.sub("", text.casefold().replace("’", "'").replace("…", " ").strip())
    return " ".join(said.split())


def _masked(text: str, classes: Collection[str]) -> tuple[str, list[Mention]]:
    """The text in lower case with what stands between quotation marks masked, letter by letter, and the quotations."""
    quotes, masked = [], list(text.lower() if len(text.lower()) == len(text) else text)
    for match in QUOTED.finditer(text):
        said = fold(next(group for group in match.groups() if group is not None))
        if said in classes:
            continue
        quotes.append(Mention(said, match.start(), match.end()))
        masked[match.start() + 1 : match.end() - 1] = MASK * (match.end() - match.start() - 2)
    for match in COMMAND.finditer("".join(masked)):
        masked[match.start() : match.end()] = " " * (match.end() - match.start())
    return "".join(masked), quotes


def _sentence(
    plain: str,
    quotes: list[Mention],
    lexicon: Lexicon,
    labels: Sequence[str],
    nouns: Sequence[str],
    rows: Collection[str],
    bare: Collection[str],
) -> Sentence:
    ids = _ids(plain, nouns, rows, bare)
    named = [
        Mention(label, match.start(), match.end())
        for label in labels
        for match in re.finditer(f"{START}{re.escape(label.lower())}{_label_end(label)}", plain)
    ]
    taken = [(one.start, one.end) for one in ids]
    numbers = [one for one in figures(plain, lexicon) if not any(start <= one.start < end for start, end in taken)]
    numbers = [one for one in numbers if not any(name.start <= one.start < name.end for name in named)]
    clauses, start = [], 0
    for match in [*lexicon.clauses.finditer(plain), None]:
        end = match.start() if match else len(plain)
        clauses.append((start, max(end, start) + (len(match[0]) if match else 0)))
        start = clauses[-1][1]
    words = frozenset(stem(word, lexicon) for word in WORD.findall(plain)) - {""}
    return Sentence(
        plain, tuple(numbers), tuple(quotes), tuple(sorted(named, key=lambda one: one.start)), tuple(ids), _poles(plain, lexicon),
        tuple(clauses), words, tuple(ranks(plain, lexicon)),
    )  # fmt: skip


def _label_end(label: str) -> str:
    if not re.search("[A-Za-z0-9_]$", label):
        return ""
    return f"s?{END}" if label.isalpha() and len(label) >= PLURAL else END  # "the negatives"


def _ids(plain: str, nouns: Sequence[str], rows: Collection[str], bare: Collection[str]) -> list[Mention]:
    """ "message 12", "messages 3, 4 and 5", "id 3 or 4", "메시지 12번과 13번"; of known rows also "13번"."""
    called = "|".join(re.escape(noun.lower()) for noun in sorted(nouns, key=len, reverse=True) if noun)
    called = f"(?:{called}|{IDS})" if called else IDS
    number = rf"(?:no\.\s?|#)?(\d+|[a-z]+[-_]\d+){END}(?!개|,\d|\.\d|%|퍼센트|프로| ?per ?cent)(?:번(?!째))?"
    found = {}
    for match in re.finditer(rf"{called}(,?)\s+{number}", plain):
        if match[1] and match[2] not in rows:
            continue
        found[match.start(2)] = Mention(match[2], match.start(), match.end())
        end = match.end()
        while further := re.compile(rf"{AND}(?:{called}\s+)?{number}").match(plain, end):
            if further[1] in rows or not rows:
                found[further.start(1)] = Mention(further[1], further.start(1), further.end())
            end = further.end()
    for match in re.finditer(r"(?<![\w.,#])(?:#(\d+)(?!\w)|(\d+)번(?!째| ?중| ?가운데))", plain):
        said, start = match[1] or match[2], match.start(1 if match[1] else 2)
        if said in rows:
            found.setdefault(start, Mention(said, match.start(), match.end()))
    for match in re.finditer(r"(?<![\w.,#])(\d+)(?![\w%]|[.,]\d| ?percent)", plain):
        if match[1] in bare and not any(one.start <= match.start() < one.end for one in found.values()):
            found[match.start()] = Mention(match[1], match.start(), match.end())
    return [found[start] for start in sorted(found)]


def _poles(plain: str, lexicon: Lexicon) -> tuple[Pole, ...]:
    found = []
    plain = lexicon.neither.sub(lambda match: " " * len(match[0]), plain)  # "for or against" is neither
    for name, axis in lexicon.axes.items():
        taken: list[tuple[int, int]] = []
        for positive, form in ((False, axis.minus), (True, axis.plus)):  # the minus words may hold a plus word
            for match in form.finditer(plain):
                if any(start < match.end() and match.start() < end for start, end in taken):
                    continue
                taken.append(match.span())
                turned = bool(lexicon.negated_before.search(plain[: match.start()]))
                turned ^= bool(lexicon.negated_after.match(plain[match.end() :]))
                found.append(Pole(name, positive ^ turned, match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))
