"""How plain answers read: Flesch's reading ease, words, and the seconds that their operation took."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from typing import Any

from benchmarks.answers_grounding import Case

QUOTED = re.compile(r"“[^”\n]*”")
SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n+")
FEWEST = 5  # words of an answer whose ease says anything


def flesch(text: str) -> float:
    """Reading ease, 206.835 - 1.015 words per sentence - 84.6 syllables per word (Flesch 1948): 60 to 70 is plain English, the
    most that school-leavers read with ease; higher is easier. Syllables are groups of vowels, without a silent e."""
    words = re.findall(r"[A-Za-z]+(?:'[a-z]+)?", text)
    sentences = max(1, len([part for part in SENTENCE.split(text) if re.search(r"\w", part)]))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * sum(map(syllables, words)) / max(1, len(words))


def syllables(word: str) -> int:
    said = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^lae]e)$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", said)))


def measured(known: list[Case]) -> dict[str, Any]:
    """Medians over answers, by language and level, and of the plain English ones by operation. What is quoted from the data
    does not count."""
    by_manner: dict[tuple[str, str], list[Case]] = defaultdict(list)
    by_operation: dict[str, list[Case]] = defaultdict(list)
    for case in known:
        by_manner[case.said.language, case.said.level].append(case)
        if (case.said.language, case.said.level) == ("en", "plain"):
            by_operation[case.said.operation].append(case)
    return {
        "manners": {
            f"{language}, {level}": {
                "answers": len(some), "words": statistics.median(len(_own(case).split()) for case in some),
                "longest": max(len(_own(case).split()) for case in some), "ease": _ease(some) if language == "en" else None,
            }
            for (language, level), some in sorted(by_manner.items())
        },
        "operations": {
            name: {
                "answers": len(some), "ease": _ease(some), "words": statistics.median(len(_own(case).split()) for case in some),
                "seconds": round(statistics.median(case.said.seconds for case in some), 2),
            }
            for name, some in sorted(by_operation.items())
        },
    }  # fmt: skip


def _own(case: Case) -> str:
    return QUOTED.sub("“”", case.text)


def _ease(some: list[Case]) -> float | None:
    told = [flesch(_own(case)) for case in some if len(_own(case).split()) >= FEWEST]
    return round(statistics.median(told), 1) if told else None
