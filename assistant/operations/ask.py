from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.arguments import Text
from assistant.later import Later


class Ask(Later):
    """A question about the background, answered from the documents."""

    name = "ask"
    family = "about"
    scope = "nothing"
    examples = ("Who collected the data?",)

    question: Annotated[str, Text()] = Field(description="the question, as it was asked")
