"""The workspace of a model and a file that a visitor brought, and the settings file that makes it again."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from explainers.classifier import Classifier
from explainers.dataset import DataSource, load_dataset
from explainers.errors import AskWhyError

from assistant.bringing import matching
from assistant.bringing.inviting import invitations
from assistant.bringing.preview import label_values
from assistant.dialogue import Assistant
from assistant.keeping import own_folder
from assistant.report.document import as_toml
from assistant.resolver import Resolver
from assistant.settings import DataSettings, ModelSettings, Settings
from assistant.workspace import Report, Workspace, load_model

UNPACKED = 8  # times the size of an upload that it may have unpacked
HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
FILE = "askwhy.toml"


@dataclass(frozen=True)
class Wanted:
    """What a visitor filled in. `model` is as they wrote it, "" for the model of the page; `file` their upload."""

    model: str
    file: Path
    text: str
    label: str | None = None
    id: str | None = None
    noun: tuple[str, str] = ("row", "rows")


@dataclass(frozen=True)
class Checked:
    """A model and a file that go together. `values` are those of the label column, with the classes that they probably mean."""

    wanted: Wanted
    model: ModelSettings
    classifier: Classifier
    values: tuple[str, ...]
    matched: dict[str, str]


def model_of(named: str, page: Workspace, *, local: bool, hub: bool) -> ModelSettings:
    """The settings of a model that a visitor named. `local`: they may name folders of this machine; `hub`: and models to fetch.

    Raises AskWhyError for what they may not name.
    """
    named = named.strip()
    if not named:
        present = page.settings.models[0]
        path = present.path if present.path.startswith("asset:") else str(page.resolver.path(present.path))
        adapter = None if present.adapter is None else str(page.resolver.folder / present.adapter)
        return present.model_copy(update={"path": path, "adapter": adapter})
    there = next(filter(_exists, (page.resolver.folder / named, Path(named))), None)
    if local and there is not None:
        folder = there.expanduser().resolve()
        return ModelSettings(name=folder.name, path=str(folder))
    if not hub:
        raise AskWhyError(
            "Models are fetched only for visitors who gave a password; leave the model empty to use this page's own."
        )
    if not HUB.fullmatch(named) or there is not None:
        say = "a folder that is there, or the name of a model on the hub" if local else "the name of a model on the hub"
        raise AskWhyError(f"'{named[:100]}' is no model that can be loaded from here; give {say}, or leave it empty.")
    return ModelSettings(name=named.rpartition("/")[2], path=named)


def checked(wanted: Wanted, model: ModelSettings, page: Workspace, limit: int, report: Report) -> Checked:
    """Load the model and look at the labels. Raises AskWhyError for what does not fit."""
    report("data", 0.0)
    values = label_values(_source(wanted), limit * UNPACKED)
    if wanted.label is not None:
        matching.check(values, wanted.label)
    report("model", 0.0)
    if model == model_of("", page, local=False, hub=False):
        classifier = page.classifier
    else:
        classifier = load_model(model, page.resolver, page.settings.device)
    return Checked(wanted, model, classifier, values, matching.guessed(values, classifier.labels))


def assistant_of(found: Checked, matched: dict[str, str], page: Assistant, limit: int, report: Report) -> Assistant:
    """Who answers about what a visitor brought: with the page's language model, in a folder of the visitor's own."""
    wanted = found.wanted
    try:
        folder = own_folder("visitors")
        file = folder / f"rows{wanted.file.suffix.lower()}"
        shutil.copyfile(wanted.file, file)
    except OSError as error:
        raise AskWhyError(f"The file could not be kept: {error.strerror}; upload it again.") from error
    data = DataSettings(
        path=file.name, noun=wanted.noun, text=wanted.text, label=wanted.label, id=wanted.id,
        labels={value: name for value, name in matched.items() if value != name},
        max_megabytes=limit * UNPACKED / 1e6,
    )  # fmt: skip
    resolver = Resolver(folder / FILE)
    report("data", 0.0)
    dataset = load_dataset(resolver.data(data), report)
    offered = tuple(invitations(wanted.noun, dataset.table["id"][0].as_py(), labelled=wanted.label is not None))
    # not read from a file, since the environment's variables are for the page's own settings
    settings = Settings.model_construct(
        title=wanted.file.name, models=(found.model,), data=data, device=page.workspace.settings.device,
        examples=offered, language=page.workspace.settings.language, corrections=False,
    )  # fmt: skip
    (folder / FILE).write_text(as_toml(settings), "utf-8")
    dataset.index_words(lambda share: report("words", share))
    workspace = Workspace(settings, found.classifier, dataset, resolver)
    return Assistant(workspace, page.parser.for_schema(workspace.schema))


def settings_file(assistant: Assistant) -> Path:
    """Where the settings of a visitor's workspace stand."""
    return assistant.workspace.resolver.folder / FILE


def _exists(path: Path) -> bool:
    try:
        return path.expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # a name too long, or of nobody's home
        return False


def _source(wanted: Wanted) -> DataSource:
    return DataSource(path=wanted.file, text=wanted.text, label=wanted.label, id=wanted.id)


def renamed(wanted: Wanted, noun: str) -> Wanted:
    """With what a row is called, as "ticket, tickets"; "row, rows" where that makes no sense."""
    parts = [part for part in (" ".join(part.split())[:40] for part in noun.split(",")) if part]
    return replace(wanted, noun=(parts[0], parts[1]) if len(parts) == 2 else wanted.noun)
