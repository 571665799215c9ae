"""Into which pieces a prompt can be cut."""

from __future__ import annotations

from explainers.errors import AskWhyError
from explainers.generative import cut

FEWEST = 3  # pieces that a unit of its own accord cuts a prompt into


def units_of(text: str) -> tuple[str, ...]:
    """The units that a prompt can be cut into, the coarsest first; of examples only where it has some."""
    found = []
    for unit in ("example", "line", "sentence", "word"):
        try:
            pieces = len(cut(text, unit))
        except AskWhyError:
            continue
        if pieces > 1:
            found.append(unit)
    return tuple(found)
