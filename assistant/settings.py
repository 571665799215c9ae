"""The settings file: which models, which data, which language model. `askwhy.toml`, read by pydantic-settings."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from explainers.dataset import MEGABYTES
from explainers.errors import AskWhyError, closest
from explainers.prompted import check_prompt

from assistant.manner import Level
from assistant.touring import Example, TourStep

DEMOS = Path(__file__).parent / "demos"
DEFAULT_DEMO = "sms"
ENCODER = "encoder"  # the asset that makes embeddings of documents
EMBEDDED = "asset:llm"  # the language model that comes along
FOREIGN = {  # what is no setting of a kind of model
    "generator": ("adapter", "labels", "prompt", "verbalizers"),
    "language model with a prompt": ("adapter", "stop", "tokens"),
    "trained classifier": ("verbalizers", "chat", "stop", "tokens"),
}
VARIABLES = "ASKWHY_"  # what the names of environment variables begin with


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Section):
    """A classifier or a generator: `path` is a folder, a hub name, or "asset:NAME"; `adapter` a peft folder merged into a
    trained classifier.

    With a `prompt` the classifier is a language model that is asked, and the prompt has {text} where the text stands: see
    `explainers.prompted`, also for `verbalizers`. A generator is a causal language model that is asked for answers: up to the
    words `stop`, and of so many `tokens` at most. Both are asked within the `chat` template, by default if there is one.
    """

    name: str = "the model"
    path: str
    kind: Literal["classifier", "generator"] = "classifier"
    adapter: str | None = None
    labels: tuple[str, ...] = ()
    prompt: str | None = None
    verbalizers: dict[str, str] = {}
    chat: bool | None = None
    stop: str | None = Field(None, min_length=1)
    tokens: int = Field(96, ge=1, le=4096)

    @model_validator(mode="after")
    def _of_its_kind(self) -> ModelSettings:
        asked = self.prompt is not None
        of = "generator" if self.kind == "generator" else "language model with a prompt" if asked else "trained classifier"
        wrong = next((name for name in FOREIGN[of] if name in self.model_fields_set), None)
        if wrong is not None:
            raise PydanticCustomError("kind", f"`{wrong}` is not for a {of}; leave it out, or mend `kind` and `prompt`")
        if asked:
            try:
                check_prompt(self.prompt, self.labels, self.verbalizers)
            except AskWhyError as error:
                raise PydanticCustomError("prompted", "{said}", {"said": str(error).rstrip(".")}) from error
        return self


class DataSettings(_Section):
    """The rows: `path` is a CSV, JSONL or Parquet file, or "asset:NAME". See `explainers.DataSource`."""

    path: str
    noun: tuple[str, str] = ("row", "rows")
    text: str = "text"
    label: str | None = None
    id: str | None = None
    labels: dict[str, str] = {}
    ranges: dict[str, tuple[float, float]] = {}
    label_separator: str | None = Field(None, min_length=1)
    drop_near_duplicates: bool = False
    split: dict[Literal["test", "validation"], float] = {}
    seed: int = 13
    ignore: tuple[str, ...] = ()
    max_megabytes: float = Field(MEGABYTES, gt=0)


class LanguageModelSettings(_Section):
    """The language model that reads questions; by default the embedded one with its trained adapter.

    `path` is a causal language model: a folder, a hub name, a GGUF file or "asset:NAME"; `adapter` is a folder trained for it
    by `askwhy train parser`. Or `model` is served at `endpoint` by an OpenAI-compatible server, which may want the key in the
    environment variable `api_key_env`; a question is given up after `timeout` seconds. A model without an adapter is shown so
    many `examples` before each question. With `phrasing` it also puts answers in its own words, which are checked.
    """

    path: str = EMBEDDED
    endpoint: str | None = None
    adapter: Annotated[str | None, BeforeValidator(lambda given: given or None)] = Field(
        default_factory=lambda given: (
            str(DEMOS / "parser") if given.get("path") == EMBEDDED and not given.get("endpoint") else None
        )
    )
    model: str | None = None
    api_key_env: str | None = None
    timeout: float = Field(60.0, gt=0, le=3600)
    examples: int = Field(12, ge=0, le=50)
    phrasing: bool = False

    @field_validator("endpoint")
    @classmethod
    def _is_an_address(cls, given: str | None) -> str | None:
        if given is not None and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", given):
            raise PydanticCustomError("endpoint", "give the address of a server, like http://127.0.0.1:8000/v1")
        return given

    @model_validator(mode="after")
    def _served_or_local(self) -> LanguageModelSettings:
        if self.endpoint is not None and not self.model:
            raise PydanticCustomError("served", "an endpoint needs the name of a model there; add `model`")
        if self.endpoint is not None and "@" in self.endpoint:
            raise PydanticCustomError("served", "no key stands in an endpoint; name its environment variable in `api_key_env`")
        alone = next((name for name in ("model", "api_key_env") if getattr(self, name) is not None), None)
        if self.endpoint is None and alone:
            raise PydanticCustomError("served", f"`{alone}` is for a served model; add its `endpoint`, or give a `path` instead")
        if self.phrasing and self.endpoint is None and self.path == EMBEDDED:
            raise PydanticCustomError(
                "phrasing", "the embedded model is too small to phrase answers; name a larger `path`, or an `endpoint`"
            )
        if self.phrasing and self.endpoint is None and self.adapter:
            raise PydanticCustomError("phrasing", "a model with an `adapter` only reads questions; leave one of the two out")
        return self


class ServerSettings(_Section):
    """Where the page is served. Who visits it is asked for the name and the password that stand in the environment variables
    `user_env` and `password_env`, where these are set. A file that a visitor brings has at most `upload_megabytes`. `api` and
    `mcp` let programs ask, as far as that is safe (see `assistant.api.gate`); each of their questions is given up after
    `timeout` seconds."""

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)
    user_env: str = "ASKWHY_USER"
    password_env: str = "ASKWHY_PASSWORD"
    upload_megabytes: float = Field(50, gt=0, le=2000)
    api: bool = True
    mcp: bool = True
    timeout: float = Field(300.0, gt=0, le=86_400)


class TrainingSettings(_Section):
    """How `askwhy train classifier` trains. See `explainers.training.TrainingPlan`."""

    epochs: int = Field(4, ge=1)
    learning_rate: float = Field(5e-4, gt=0)
    batch_size: int = Field(32, ge=1)
    rank: int = Field(16, ge=1)
    tokens: int = Field(128, ge=8)
    seed: int = 13


class Settings(BaseSettings):
    """Everything a workspace is made from. Environment variables override the file: ASKWHY_SERVER__PORT=8000."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=VARIABLES, env_nested_delimiter="__")

    title: str = "AskWhy"
    title_ko: str = ""  # on a Korean page; else `title`
    models: tuple[ModelSettings, ...] = Field(min_length=1)
    data: DataSettings
    documents: tuple[str, ...] = ()
    language_model: LanguageModelSettings = LanguageModelSettings()
    corrections: bool | str = True  # kept in the cache folder, or in a named one, or not
    device: str = "auto"
    server: ServerSettings = ServerSettings()
    training: TrainingSettings = TrainingSettings()
    examples: tuple[Example, ...] = ()
    tour: tuple[TourStep, ...] = Field((), max_length=30)
    language: Literal["auto", "en", "ko"] = "auto"  # of answers; "auto" is the question's own
    level: Level = "plain"  # of answers; a visitor may ask for the other

    def titled(self, language: str) -> str:
        """What the page is called in a language."""
        return (self.title_ko if language == "ko" else "") or self.title

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, env_settings, **_: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, TomlConfigSettingsSource(settings_cls), init_settings


def settings_path(name: str | None) -> Path:
    """The settings file that a name means: a file, a demo's name, or by default ./askwhy.toml, else the first demo.

    Raises AskWhyError when there is no such file.
    """
    if name is None:
        return Path("askwhy.toml") if Path("askwhy.toml").exists() else DEMOS / DEFAULT_DEMO / "askwhy.toml"
    if Path(name).is_file():
        return Path(name)
    if (DEMOS / name / "askwhy.toml").is_file():
        return DEMOS / name / "askwhy.toml"
    demos = sorted(path.parent.name for path in DEMOS.glob("*/askwhy.toml"))
    raise AskWhyError(f"There is no settings file '{name}'; give the path of one, or the name of a demo: {', '.join(demos)}.")


def load_settings(path: Path) -> Settings:
    """The settings of a file. Raises AskWhyError that names the line and what to do."""
    try:
        text = path.read_text("utf-8")
        tomllib.loads(text)
    except OSError as error:
        raise AskWhyError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AskWhyError(f"{path} is not TOML: {error}.") from error

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return FromFile()
    except SettingsError as error:
        section = re.search(r'field "(\w+)"', str(error)).group(1)
        variable = _variable([section])
        raise AskWhyError(f"The environment variable {variable} is not the JSON of a section; unset or mend it.") from error
    except ValidationError as error:
        raise AskWhyError(_complaint(path, text, error)) from error


def _complaint(path: Path, text: str, error: ValidationError) -> str:
    # a section whose name is misspelt is missing as well: what is there explains more than what is not
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    parts = [str(part) for part in first["loc"]]
    setting = parts[: _depth(parts)]
    within = first["loc"][len(setting) :]
    variable = _variable(setting)
    line = None if variable else _line_of(text, setting)
    place = f"The environment variable {variable}" if variable else f"{path}, line {line}" if line else str(path)
    name = ".".join(part for part in setting if not part.isdigit())
    if not within and first["type"] == "extra_forbidden":
        return f"{place}: there is no setting '{name}'; {closest(setting[-1], _section(setting[:-1]).model_fields)}"
    if not within and first["type"] == "missing":
        return f"{place}: the setting '{name}' is missing; add it."
    at = f" at '{within[0]}'" if within and isinstance(within[0], str) else ""
    said = f" (it is {first['input']!r})" if not isinstance(first["input"], dict) else ""
    return f"{place}: the setting '{name}' is wrong{at}{said}: {first['msg']}."


SECTIONS: dict[str, type[BaseModel]] = {
    "models": ModelSettings,
    "data": DataSettings,
    "language_model": LanguageModelSettings,
    "server": ServerSettings,
    "training": TrainingSettings,
    "tour": TourStep,
}
LISTED = ("models", "tour")  # sections that come several times


def _section(parts: list[str]) -> type[BaseModel]:
    """The settings of the section at `parts`."""
    return next((SECTIONS[part] for part in parts if part in SECTIONS), Settings)


def _depth(parts: list[str]) -> int:
    """How many of the parts of a place name a setting; what follows lies within its value."""
    if parts[0] not in SECTIONS:
        return 1
    return 3 if parts[0] in LISTED and len(parts) > 1 and parts[1].isdigit() else 2


def _variable(setting: list[str]) -> str | None:
    """The environment variable that gives a setting, or the section it is in, if one does."""
    names = [VARIABLES + "__".join(setting[:length]) for length in range(len(setting), 0, -1)]
    given = {variable.upper(): variable for variable in os.environ}
    return next((given[name.upper()] for name in names if name.upper() in given), None)


def _line_of(text: str, parts: list[str]) -> int | None:
    """The line (from 1) where a setting, or failing that its section, stands."""
    key, sections = parts[-1], [part for part in parts[:-1] if not part.isdigit()]
    wanted = int(next((part for part in parts if part.isdigit()), 0))
    current, seen, fallback = "", -1, None
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        if header:
            current = header.group(1)
            seen += current == ".".join(sections)
        inside = current == ".".join(sections) and (not sections or not current or seen in (wanted, -1) or seen == wanted)
        if inside and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
        if header and (current == ".".join(parts) or current == key or inside):
            fallback = fallback or number
        if not current and sections and re.match(rf"\s*{re.escape(sections[0])}\s*=", line):
            fallback = fallback or number
    return fallback
