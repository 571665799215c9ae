"""Questions that a visitor is offered about what they brought."""

from __future__ import annotations

from assistant.programs.conditions import quote
from assistant.saying.wording import wording
from assistant.showing.texts import LANGUAGES, interface
from assistant.touring import TourStep, TourWords


def invitations(noun: tuple[str, str], first: int | str, *, labelled: bool) -> list[TourStep]:
    """Questions in the page's languages about rows that are called `noun`, the first of which has the id `first`. Without
    labels nothing is right or wrong, and nobody is invited to ask about that."""
    said = {}
    for name in LANGUAGES:
        one, many = wording(name).noun(noun)
        places = {"noun": one, "nouns": many, "id": str(first), "row": quote(first) if isinstance(first, str) else str(first)}
        said[name] = [
            TourWords(
                ask=asked["ask"].format_map(places), command=asked["command"].format_map(places) if "command" in asked else None
            )
            for asked in interface(name)["own"]["examples"]
            if labelled or not asked.get("labelled")
        ]
    return [TourStep(ask=en.ask, command=en.command, ko=ko) for en, ko in zip(said["en"], said["ko"], strict=True)]
