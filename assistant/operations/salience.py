from __future__ import annotations

from typing import Annotated

from pydantic import Field

from explainers.units import UNITS

from assistant.arguments import Choice, Text
from assistant.later import Later
from assistant.operations.attribute import NAMES


class Salience(Later):
    """Which parts of a prompt led a generative model to what it wrote."""

    name = "salience"
    family = "generate"
    scope = "nothing"
    examples = ()

    target: Annotated[str | None, Text()] = Field(None, description="the words of the answer to explain; all of it when absent")
    unit: Annotated[str | None, Choice(UNITS)] = Field(None, description="the pieces to score")
    method: Annotated[str | None, Choice(NAMES)] = Field(None, description="the attribution method")
