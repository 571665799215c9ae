"""Questions that a settings file offers in the page's languages: examples, and the guided tour."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class TourWords(BaseModel):
    """A question, and a line for whoever presents its answer. `command` is what runs in place of what the language model would
    make of the question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=1, max_length=2000)
    command: str | None = Field(None, pattern="^/")
    note: str = ""

    @property
    def runs(self) -> str:
        return self.command or self.ask


class TourStep(TourWords):
    """The same in English, and in Korean where `ko` has it."""

    ko: TourWords | None = None

    def said(self, language: str) -> TourWords:
        return self.ko if language == "ko" and self.ko is not None else self


# a question that stands alone is one in English, or in the only language of who wrote the file
Example = Annotated[TourStep, BeforeValidator(lambda given: {"ask": given} if isinstance(given, str) else given)]
