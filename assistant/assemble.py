"""Putting the parts of a settings file together: fetch, load, and hand over something that answers."""

from __future__ import annotations

import sys
from pathlib import Path

from assistant.dialogue import Assistant
from assistant.language_model import LocalChat, converted
from assistant.operations import OPERATIONS
from assistant.parser import Parser
from assistant.settings import DEMOS, Resolver, Settings, asset_names, load_settings, settings_path
from assistant.terminal import Progress
from assistant.workspace import Report, Workspace


def assistant_for(name: str | None, report: Report) -> Assistant:
    """The assistant of a settings file. Raises AskWhyError for what is missing or wrong."""
    path = settings_path(name)
    fetch(load_settings(path), path)
    workspace = Workspace.load(path, report)
    chat = _chat(workspace.settings, Resolver(path))
    return Assistant(workspace, Parser(OPERATIONS, workspace.schema, chat))


def chat_for(name: str | None) -> LocalChat:
    """Only the language model of a settings file."""
    path = settings_path(name)
    settings = load_settings(path)
    resolver = Resolver(path)
    if settings.language_model.path.startswith("asset:"):
        resolver.assets.fetch(settings.language_model.path.removeprefix("asset:"))
    return _chat(settings, resolver)


def _chat(settings: Settings, resolver: Resolver) -> LocalChat:
    model = settings.language_model
    adapter = None if model.adapter is None else resolver.folder / model.adapter
    return LocalChat.load(resolver.path(model.path), adapter=adapter, device=settings.device)


def fetch(settings: Settings, path: Path, *, repair: bool = False) -> None:
    """Fetch the assets that the settings name, where they are not here yet; nothing else needs a network."""
    assets = Resolver(path).assets
    for name in asset_names(settings):
        assets.fetch(name, repair=repair)


def setup(name: str | None, *, repair: bool = False) -> None:
    """Everything that happens once: assets, the conversion of the language model, predictions of every row."""
    names = [name] if name else sorted(path.parent.name for path in DEMOS.glob("*/askwhy.toml"))
    for one in names:
        path = settings_path(one)
        settings = load_settings(path)
        fetch(settings, path, repair=repair)
    resolver = Resolver(settings_path(names[0]))
    for one in names:
        path = settings_path(one)
        model = load_settings(path).language_model.path
        source = Resolver(path).path(model)
        if str(source).endswith(".gguf"):
            progress = Progress()
            progress("convert", 0.0)
            converted(Path(source))
            progress.clear()
        progress = Progress()
        workspace = Workspace.load(path, progress)
        workspace.probabilities(progress)
        progress.clear()
        print(f"{workspace.settings.title}: ready ({len(workspace.dataset):,} rows).", file=sys.stderr)
    resolver.assets.clean()
