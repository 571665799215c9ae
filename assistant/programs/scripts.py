"""Scripts in which a word does not end at a space: particles stick to it, or every word stands without a space between."""

from __future__ import annotations

import re

HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # Thai, Lao, Burmese, Khmer, kana, Han
UNSPACED = re.compile(f"[{HANGUL}{SPACELESS}]")


def begins_words(character: str) -> bool:
    """Whether a word that begins with this character is set apart from what stands before it."""
    return character.isalnum() and not re.match(f"[{SPACELESS}]", character)


def ends_words(character: str) -> bool:
    """Whether a word that ends with this character is set apart from what stands after it."""
    return character.isalnum() and not UNSPACED.match(character)
