"""Running a report's commands again, and telling whether the figures are the same."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explainers.cache import anew
from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.report.document import FORMAT, NAME, VERSION
from assistant.settings import settings_path
from assistant.transcript import MOST_TURNS, plain
from assistant.workspace import Report as Progress

LARGEST = 64_000_000  # bytes of a report file
RELATIVE, ABSOLUTE = 1e-3, 1e-4  # figures closer than this are the same: machines differ in the last digits
ASIDE = ("seconds", "cautions")  # times are never the same; cautions depend on what is at hand on a machine

Kind = Literal["same", "changed", "failed", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class _Turn(_Part):
    command: str
    results: list[dict[str, Any]] | None


class _Source(_Part):
    model: str
    model_fingerprint: str
    data_fingerprint: str


class Recorded(_Part):
    """What a replay needs of a report file."""

    format: Literal["askwhy report"]
    version: int
    source: _Source
    settings_file: str = ""
    forgotten: int = 0
    picks: list[list[int | str]] = Field(default=[], max_length=MOST_TURNS)
    turns: list[_Turn] = Field(min_length=1, max_length=MOST_TURNS)

    def settings(self) -> str | None:
        """The settings to run with when none are named: the demo that the report is of, or the file of that name here.

        Raises AskWhyError when there is no such file here.
        """
        if not self.settings_file:
            return None
        try:
            settings_path(Path(self.settings_file).name)
        except AskWhyError as error:
            raise AskWhyError(f"The report's settings '{self.settings_file}' are not here; name them by --settings.") from error
        return Path(self.settings_file).name


@dataclass(frozen=True)
class Difference:
    """A figure that is not the same: where it stands in the results, what it was, and what it is."""

    place: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Replayed:
    """One command run again. "unknown": it ran, but the report holds no figures of it; "failed": `said` tells why."""

    command: str
    kind: Kind
    differences: tuple[Difference, ...] = field(default=())
    said: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read(path: Path) -> Recorded:
    """The report of a file. Raises AskWhyError when it is none, or of a newer version."""
    try:
        size = path.stat().st_size
        text = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise AskWhyError(f"The report {path} cannot be read: {error.strerror}.") from error
    if size > LARGEST:
        raise AskWhyError(f"{path} is larger than any report: {LARGEST:,} bytes at most.")
    try:
        data = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise AskWhyError(f"{path} is not a report: it is no JSON; give the {NAME}.json that came with it.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise AskWhyError(f"{path} is not a report; give the {NAME}.json that came with the page.")
    if isinstance(data.get("version"), int) and data["version"] > VERSION:
        raise AskWhyError(f"{path} is a report of a newer AskWhy; update this one to replay it.")
    try:
        return Recorded.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise AskWhyError(f"{path} is a damaged report: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def replay(recorded: Recorded, assistant: Assistant, progress: Progress = lambda stage, share: None) -> Iterator[Replayed]:
    """Each command run again, one conversation in all; explanations are computed anew, not taken from where they are kept.

    Raises AskWhyError at once when the model or the data is another one.
    """
    workspace, source = assistant.workspace, recorded.source
    for what, was, now in (
        (f"model '{source.model}'", source.model_fingerprint, workspace.model.fingerprint),
        ("data", source.data_fingerprint, workspace.dataset.fingerprint),
    ):
        if was != now:
            raise AskWhyError(f"The {what} of the report is another one ({was}, here {now}); name its settings by --settings.")
    conversation = Conversation(picks=tuple(map(tuple, recorded.picks)))
    for turn in recorded.turns:
        with anew():
            done = assistant.ask(f"/{turn.command}", conversation, progress)
        conversation = done.conversation
        if done.failed:
            yield Replayed(turn.command, "failed", said=done.reply.text.splitlines()[-1])
        elif turn.results is None:
            yield Replayed(turn.command, "unknown")
        else:
            found = tuple(differences(turn.results, plain([result.to_json() for result in done.results])))
            yield Replayed(turn.command, "changed" if found else "same", found)


def differences(was: Any, now: Any, place: str = "") -> Iterator[Difference]:
    """Where two values of JSON differ, times and cautions aside."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*was, *now]):
            if name not in ASIDE:
                yield from differences(was.get(name), now.get(name), f"{place}.{name}" if place else name)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, (before, after) in enumerate(zip(was, now, strict=True)):
            yield from differences(before, after, f"{place}[{index}]")
    elif not _same(was, now):
        yield Difference(place, was, now)


def _same(was: Any, now: Any) -> bool:
    numbers = [value for value in (was, now) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == 2:
        if all(isinstance(value, int) for value in numbers):
            return was == now
        return math.isclose(was, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(was) is type(now) and was == now
