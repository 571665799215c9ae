from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.arguments import Count
from assistant.later import Later


class Adversarial(Later):
    """Small changes that keep the meaning but change the answer."""

    name = "adversarial"
    family = "change"
    scope = "nothing"
    examples = ("Can you be fooled?", "Find 3 adversarial examples")

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many to find")
