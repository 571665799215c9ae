from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.arguments import Label
from assistant.later import Later


class Relabel(Later):
    """Say what the right class of a text is, for this conversation."""

    name = "relabel"
    family = "change"
    scope = "nothing"
    examples = ("This should be ham",)

    to: Annotated[str, Label()] = Field(description="the class that is right")
