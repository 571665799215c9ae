"""A text word by word: each word a button, shaded by an explanation, with its sign and strength in text too."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from explainers.errors import AskWhyError
from explainers.explanation import Explanation
from explainers.spans import occurrences
from explainers.units import is_word, units

from assistant.showing.drawing import FAINT, LEAST, MARKED, escaped
from assistant.showing.texts import interface
from assistant.web.markup import attribute, filled

MOST = 400  # words that can be clicked; of a longer text the rest is shown as it is
WITHIN = "-'’"  # what holds the parts of one word together


def drawn(text: str, explanation: Explanation | None) -> str:
    """The words of `text`; an explanation of another text shades nothing."""
    scored = explanation is not None and explanation.text == text and explanation.unit == "word"
    pieces = [(piece.start, piece.end, piece.score) for piece in explanation.pieces] if scored else []
    pieces = pieces or [(span.start, span.end, None) for span in units(text, "word")]
    strongest = max([LEAST, *(abs(score) for *_, score in pieces if score is not None)])
    held = {said for start, end, _ in pieces if any(sign in (said := text[start:end].casefold()) for sign in WITHIN)}
    seen: Counter[str] = Counter()
    parts, last, reached = [], 0, False
    for start, end, score in sorted(pieces)[:MOST]:
        if start < last:
            continue
        word = text[start:end]
        parts.append(escaped(text[last:start]))
        if is_word(word):
            key = word.casefold()
            seen[key] += 1
            which = _which(text, word, start) if any(key in one and key != one for one in held) else None
            parts.append(_word(word, which or seen[key], score, strongest, explanation, first=not reached))
            reached = True
        else:
            parts.append(f"<span>{escaped(word)}</span>")
        last = end
    return "".join([*parts, escaped(text[last:])])


def _which(text: str, word: str, start: int) -> int | None:
    """Which occurrence of a word stands at `start`, as an edit counts them: it finds "free" within "free-for-all" too."""
    with suppress(AskWhyError):  # half of a character, which no edit finds
        return next((number for number, span in enumerate(occurrences(text, word), 1) if span.start == start), None)
    return None


def _word(word: str, which: int, score: float | None, strongest: float, explanation: Explanation | None, first: bool) -> str:
    told, style, mark = "", "", ""
    share = 0.0 if score is None else abs(score) / strongest
    if score is not None:
        told = strength(score, share, explanation)
    if share >= FAINT:
        side, sign = ("pos", "+") if score > 0 else ("neg", "−")
        style = f' aw-word aw-{side}" style="--aw:{share:.2f}'
        mark = f"<sup>{score:+.2f}</sup>" if share >= MARKED else f'<sup aria-hidden="true">{sign}</sup>'
    named = f"{word} {told}".strip()
    return (
        f'<button type="button" class="aw-w{style}" data-word="{attribute(word)}" data-which="{which}" '
        f'title="{attribute(told)}" aria-label="{attribute(named)}" aria-haspopup="menu" aria-expanded="false" '
        f'tabindex="{0 if first else -1}">{escaped(word)}{mark}</button>'
    )


def strength(score: float, share: float, explanation: Explanation) -> str:
    """What a score says, in words: "speaks for spam: +0.49, strong"."""
    words = interface()
    size = words["focus"]["strong"] if share >= 0.5 else words["focus"]["some"] if share >= MARKED else words["focus"]["little"]
    if not explanation.signed:
        return filled(words["focus"]["unsigned"], score=f"{abs(score):.2f}", size=size)
    side = words["positive" if score > 0 else "negative"]
    return f"{side} {explanation.target}: {score:+.2f}, {size}"
