"""Texts inside HTML and Markdown: every character that either could read as markup is escaped."""

from __future__ import annotations

import re
import string

_DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SPECIAL = re.compile("[" + re.escape(string.punctuation) + _DIRECTION + "]")


def escaped(text: str) -> str:
    """Text that neither HTML nor Markdown can mistake for markup; direction marks are shown, not obeyed."""

    def entity(match: re.Match[str]) -> str:
        character = match.group()
        return f"&#{ord(character)};" if character in string.punctuation else f"[U+{ord(character):04X}]"

    clean = "".join(character if character.isprintable() or character in "\n" + _DIRECTION else " " for character in text)
    return _SPECIAL.sub(entity, clean).replace("\n", "<br>")


def attribute(text: str) -> str:
    """Text as the value of an attribute, as it is: the browser reads exactly these characters back."""
    return "".join(f"&#{ord(one)};" if one in string.punctuation or not one.isprintable() else one for one in text)
