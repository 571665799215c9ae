"""A conversation as a document to keep: what was asked, what was answered, and what it takes to get the same again."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assistant.settings import Settings
from assistant.transcript import Said, Transcript
from assistant.workspace import Workspace

FORMAT = "askwhy report"
VERSION = 1
NAME = "askwhy-report"
PARTS = ("title", "models", "data", "device")  # of the settings: what figures depend on


@dataclass(frozen=True)
class Source:
    """What the figures are of: the model's name, fingerprint and classes, the data's fingerprint and rows, the noun."""

    model: str
    model_fingerprint: str
    labels: tuple[str, ...]
    data_fingerprint: str
    rows: int
    noun: tuple[str, str]


@dataclass(frozen=True)
class Report:
    """`settings_file` is a demo's name or the name of a file, `settings` its contents as TOML, as far as figures depend
    on them; `made` is a time in ISO 8601. `picks` are the ids of rows that were picked by hand. `language` is that of its own
    words; each answer keeps the one it was given in."""

    title: str
    source: Source
    settings_file: str
    settings: str
    program: str
    made: str
    transcript: Transcript
    picks: tuple[tuple[int | str, ...], ...] = ()
    language: str = "en"

    @property
    def turns(self) -> tuple[Said, ...]:
        return self.transcript.turns

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": self.title,
            "source": asdict(self.source),
            "settings_file": self.settings_file,
            "settings": self.settings,
            "program": self.program,
            "made": self.made,
            "forgotten": self.transcript.forgotten,
            "picks": [list(ids) for ids in self.picks],
            "turns": [
                {
                    "question": turn.question,
                    "command": turn.command,
                    "at": turn.at,
                    "seconds": turn.seconds,
                    "text": None if turn.reply is None else turn.reply.text,
                    "results": None if turn.facts is None else turn.results,
                }
                for turn in self.turns
            ],
        }


def report_of(
    transcript: Transcript, workspace: Workspace, picks: tuple[tuple[int | str, ...], ...] = (), language: str = "en"
) -> Report:
    """The report of a conversation about a workspace, as every visitor shares it."""
    settings, model, dataset = workspace.settings, workspace.original.model, workspace.dataset
    return Report(
        title=settings.titled(language),
        source=Source(
            model=model.name,
            model_fingerprint=model.fingerprint,
            labels=workspace.schema.labels,
            data_fingerprint=dataset.fingerprint,
            rows=len(dataset),
            noun=settings.data.noun,
        ),
        settings_file=workspace.resolver.name,
        settings=as_toml(settings),
        program=_program(),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        transcript=transcript,
        picks=picks,
        language=language,
    )


def _program() -> str:
    try:
        return f"AskWhy {version('askwhy-text')}"
    except PackageNotFoundError:  # run from its folder, without having been installed
        return "AskWhy"


def as_toml(settings: Settings) -> str:
    """The settings that figures depend on, as a settings file says them; what is as by default is left out."""
    given = settings.model_dump(mode="json", exclude_defaults=True, include=set(PARTS))
    lines = [f"{_key(name)} = {_value(value)}" for name, value in given.items() if not isinstance(value, dict | list)]
    for model in given.get("models", ()):
        lines += ["", "[[models]]", *(f"{_key(name)} = {_value(value)}" for name, value in model.items())]
    lines += ["", "[data]", *(f"{_key(name)} = {_value(value)}" for name, value in given.get("data", {}).items())]
    return "\n".join(lines).strip() + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(held)}" for name, held in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and not math.isfinite(value):  # the end of a range that has none
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML reads JSON's strings, but for this one


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(str(name))
