"""Korean in the templates of questions: the form of a particle, native numerals, and hasty spelling.

A particle that follows a slot is written as a pair, `{label}은/는`: which form is right depends on the sound that the
filled words end in.
"""

from __future__ import annotations

import random
import re
import unicodedata

from assistant.learning.questions import spellings

HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
PAIR = re.compile(r"([가-힣]+)/([가-힣]+)")
SLOT_OR_PAIR = re.compile(rf"\{{(?P<slot>\w+)\}}(?P<closed>[\"'”’`»)\]]*)(?P<pair>{PAIR.pattern})?|(?P<alone>{PAIR.pattern})")
# after a consonant, after a vowel; what follows is shared: 으로는/로는, 이었/였어요
FORMS = (
    ("이에요", "예요"), ("이에요", "에요"), ("은", "는"), ("을", "를"), ("과", "와"), ("아", "야"), ("으로", "로"),
    ("이었", "였"), ("이어", "여"), ("이", "가"),
)  # fmt: skip
COPULA = "이"  # of 이라/라, 이랑/랑, 이면/면 and the like, which goes after a vowel
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")  # by code point
DIGITS = ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", "")  # how their Korean names end: 영 일 이 삼 사 오 육 칠 팔 구
LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}  # the letters' names that end in a consonant: 엘 엠 엔 알
SIGNS = "%+&"  # read as 퍼센트, 플러스, 앤드
ENGLISH = (  # how a word that is spelt so mostly ends when Koreans say it
    (r"ng$", "ㅇ"), (r"(ck|ic|ook|[^aeiou][aeiou]k)$", "ㄱ"), (r"(l|[^aeiou]le|[aeiou]le)$", "ㄹ"), (r"(m|[aeiou]me)$", "ㅁ"),
    (r"(n|[aeiou]ne)$", "ㄴ"), (r"[aeiou]p$", "ㅂ"), (r"(^|[^aeiou])[aeiou]t$", "ㅅ"),
)  # fmt: skip


def final_sound(text: str) -> str:
    """The consonant that a text ends in when read in Korean, as a jamo; "" after a vowel.

    Exact for Hangul and digits, a rule of thumb for Latin letters; other scripts count as ending in a vowel.
    """
    text = unicodedata.normalize("NFC", text)
    while text and not (text[-1].isalnum() or text[-1] in SIGNS):
        text = text[:-1]
    last = text[-1:]
    if "가" <= last <= "힣":
        return FINALS[(ord(last) - ord("가")) % len(FINALS)]
    if "ㄱ" <= last <= "ㅎ":
        return "ㄱ"  # as jamo are called: 기역, 니은
    return DIGITS[int(last)] if last in tuple("0123456789") else _latin(text)


def _latin(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    found = re.search(r"[A-Za-z]+$", plain)
    if not found:
        return ""
    word = found[0].lower()
    if len(word) == 1 or (found[0].isupper() and (len(word) < 4 or not re.search("[aeiouy]", word))):  # said by letters
        return LETTERS.get(word[-1], "")
    return next((sound for ending, sound in ENGLISH if re.search(ending, word)), "")


def particle(pair: str, after: str) -> str:
    """The form of a pair such as "을/를" that stands after some words; what is no pair stays as it is.

    Hangul before the pair counts among the words: "들은/는" is "들은".
    """
    found = PAIR.fullmatch(pair)
    left, right = found.groups() if found else ("", "")
    for start in range(len(left)):
        forms = _forms(left[start:], right) or _forms(right, left[start:])
        if forms:
            sound = final_sound(left[:start] or after)
            vowel = not sound or (sound == "ㄹ" and forms[1].startswith("로"))
            return left[:start] + forms[vowel]
    return pair


def _forms(closed: str, opened: str) -> tuple[str, str] | None:
    """The forms after a consonant and after a vowel, where what follows may stand in one of them only."""
    stems = [pair for pair in FORMS if closed.startswith(pair[0]) and opened.startswith(pair[1])]
    if not stems and closed.startswith(COPULA) and len(closed) > 1:
        stems = [(closed, closed.removeprefix(COPULA))] if opened.startswith(closed.removeprefix(COPULA)) else []
        stems += [(COPULA + opened, opened)] if closed.startswith(COPULA + opened) else []
    for left, right in stems:
        rests = {closed.removeprefix(left), opened.removeprefix(right)} - {""}
        if len(rests) <= 1:
            rest = "".join(rests)
            return left + rest, right + rest
    return None


def numeral(template: str, slot: str, number: int) -> str | None:
    """The native numeral for a slot in a template: 세 before a counter, 셋 alone; None where nobody would say it."""
    words = spellings("ko")["numeral"]
    found = re.search(rf"(.?)\{{{slot}\}} ?(?:({'|'.join(words['counters'])})|(.?))", template)
    if not found or number >= len(words["alone"]) or (found[1].isascii() and found[1].isalnum()):
        return None
    if found[2]:
        return words["counting"][number]
    return words["alone"][number] if not found[3] or found[3] in "만.?!," else None


def sloppy(question: str, generator: random.Random) -> str:
    """A template as a hasty person would type it: spaces and signs left out, a laugh at the end; slots stay as they are."""
    if generator.random() < 0.25:
        question = re.sub(r"[?.!,~]+(?=\s|$)", "", question)
    if generator.random() < 0.12:  # a single word needs no quotation marks
        question = re.sub(r"([\"'])(\{word2?\})\1", r"\2", question)
    share = generator.choice((0, 0, 0, 0.3, 0.6, 1))
    question = re.sub(r"(\S) (?=(\S))", lambda match: match[1] if _joins(match, share, generator) else match[0], question)
    if generator.random() < 0.06 and HANGUL.match(question[-1:]):
        question += generator.choice(spellings("ko")["ending"]["names"])
    return question


def _joins(match: re.Match[str], share: float, generator: random.Random) -> bool:
    """Whether a space is left out: where Hangul stands on a side of it, and no unquoted text of the visitor's own does."""
    before, after = match.string[: match.end(1)], match.string[match.end() :]
    own = re.search(r"\{(text|phrase)2?\}$", before) or re.match(r"\{(text|phrase)2?\}", after)
    return bool((HANGUL.match(match[1]) or HANGUL.match(match[2])) and not own and generator.random() < share)
