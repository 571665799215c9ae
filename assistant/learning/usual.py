"""The programs that questions mean most often, with their slots open: `python -m assistant.learning.usual` writes them anew.

What stands there is guessed ahead of the language model (`assistant.parsing.drafting`), so it decides how fast a question is
read and never how.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from assistant.learning.questions import SLOT, split
from assistant.parsing.drafting import OPEN, USUAL

KEPT = 600


def usual_programs() -> list[str]:
    """The programs of the most training questions, the most frequent first."""
    counted: Counter[str] = Counter()
    for family in split()[0]:
        counted[SLOT.sub(OPEN, family.program)] += len(family.questions)
    return [program for program, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:KEPT]]


def main() -> None:
    Path(str(USUAL)).write_text("\n".join(usual_programs()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
