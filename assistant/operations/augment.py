from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.arguments import Count
from assistant.later import Later


class Augment(Later):
    """Other wordings of a text, and what the model says to them."""

    name = "augment"
    family = "change"
    scope = "nothing"
    examples = ("Show me 3 paraphrases",)

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many to make")
