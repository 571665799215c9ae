"""Questions in Korean, for documents in English: the terms and words that a table knows, in the order of the question."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

HANGUL = re.compile(r"[가-힣]")


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    read = tomllib.loads((files("prompts") / "knowledge" / "ko" / "terms.toml").read_text("utf-8"))
    english = {korean: name for name, forms in read["terms"].items() for korean in forms}
    longest = sorted(english, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)) + r"|[A-Za-z0-9][A-Za-z0-9_-]*"), english


def in_english(question: str) -> str:
    """The English of what is known of a Korean question; a question without Hangul stays as it is.

    It is a row of words and no sentence: enough to find a passage by, not to be read.
    """
    if not HANGUL.search(question):
        return question
    pattern, english = _table()
    words = [english.get(match[0], match[0]) for match in pattern.finditer(question)]
    return " ".join(dict.fromkeys(words))
