"""Results: facts only, frozen, with where they came from. Each operation has its own kind, beside its class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assistant.conversation import Subject
from assistant.programs.conditions import Condition


@dataclass(frozen=True)
class Provenance:
    """What a result was computed from and with. `seconds` is the time the step took."""

    model: str = ""
    data: str = ""
    method: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Selected:
    """The rows that a step was about: how many, the condition (`where`, and in its text form), and how many rows there are.

    `missing` are ids that the condition names and the data lacks, with the first step of a program only, and so is
    `earlier`: the selection that this one narrows. `first_only` where the answer is about the first of several.
    """

    rows: int
    condition: str
    total: int
    where: Condition | None = None
    missing: tuple[int | str, ...] = ()
    earlier: Selected | None = None
    first_only: bool = False


@dataclass(frozen=True)
class Caution:
    """A brake on over-reliance: what `kind` it is, what it is `about` (the same is not said twice), and the `facts` it tells."""

    kind: str
    about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.kind} {self.about}".strip()


@dataclass(frozen=True, kw_only=True)
class Result:
    """What every result says. `selected` is None for steps about one text or about nothing in particular; `cautions` are what
    to beware of, as far as that was at hand. A result that `asks` is a question back: the steps after it wait.
    """

    asks: ClassVar[bool] = False

    operation: str = ""
    selected: Selected | None = None
    provenance: Provenance = Provenance()
    cautions: tuple[Caution, ...] = ()

    @property
    def listed(self) -> tuple[Subject, ...]:
        """The texts that it shows one below the other, which "the second one" points at."""
        return ()

    @property
    def named(self) -> tuple[str, ...]:
        """The words that it says matter, the strongest first, which "that word" means; none where it names none."""
        return ()

    @property
    def nothing(self) -> bool:
        """Whether it says only that there is no answer."""
        return False

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self, dict_factory=_told)


def _told(facts: list[tuple[str, Any]]) -> dict[str, Any]:
    """Facts without the ids of rows that were picked by hand: thousands, which the conversation holds once."""
    return {name: value for name, value in facts if name != "picked_ids"}


@dataclass(frozen=True)
class Prediction:
    """What the model answers for one text: the likeliest class, and its probability. `probabilities` are by class name;
    `correct` is None without a label. `several` are all the labels, as one text, that a model of several gives."""

    subject: Subject
    label: str
    confidence: float
    probabilities: Mapping[str, float]
    correct: bool | None
    truncated: bool = False
    several: str | None = None

    @property
    def said(self) -> str:
        """The whole answer."""
        return self.label if self.several is None else self.several
