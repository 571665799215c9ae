"""Putting the parts of a settings file together: fetch, load, and hand over something that answers."""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel

from explainers.errors import AskWhyError

from assistant.dialogue import Assistant
from assistant.knowledge.embeddings import encoder_in
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.few_shot import FewShotChat
from assistant.parsing.language_model import LocalChat, converted
from assistant.parsing.naming import Vectors
from assistant.parsing.parser import Parser
from assistant.parsing.served import ServedChat, api_key
from assistant.programs.schema import Schema
from assistant.resolver import Resolver, asset_names
from assistant.saying.phrasing import Phrasing
from assistant.settings import DEMOS, ENCODER, Settings, load_settings, settings_path
from assistant.showing.terminal import Progress
from assistant.workspace import Report, Workspace


def assistant_for(name: str | None, report: Report) -> Assistant:
    """The assistant of a settings file. Raises AskWhyError for what is missing or wrong."""
    path = settings_path(name)
    fetch(load_settings(path), path)
    workspace = Workspace.load(path, report)
    resolver = Resolver(path)
    chat = _chat(workspace.settings, resolver)
    parser = Parser(OPERATIONS, workspace.schema, chat, doubt_of(workspace.settings, resolver))
    return Assistant(workspace, parser, resolver.corrections(workspace.settings), _phrasing(workspace, chat))


def parser_for(name: str | None, schema: Schema) -> Parser:
    """Only the parser of a settings file, for a schema."""
    path = settings_path(name)
    return Parser(OPERATIONS, schema, chat_for(name), doubt_of(load_settings(path), Resolver(path)))


def chat_for(name: str | None) -> BaseChatModel:
    """Only the language model of a settings file."""
    path = settings_path(name)
    settings = load_settings(path)
    resolver = Resolver(path)
    model = settings.language_model
    if model.path.startswith("asset:") and not model.endpoint:
        resolver.assets.fetch(model.path.removeprefix("asset:"))
    return _chat(settings, resolver)


def _chat(settings: Settings, resolver: Resolver) -> BaseChatModel:
    model = settings.language_model
    if model.endpoint is not None:
        return ServedChat(
            key=api_key(model.api_key_env), key_name=model.api_key_env, endpoint=model.endpoint, model=model.model,
            timeout=model.timeout, examples=model.examples,
        )  # fmt: skip
    adapter = None if model.adapter is None else resolver.folder / model.adapter
    chat = LocalChat.load(resolver.path(model.path), adapter=adapter, device=settings.device, vectors=vectors_of(resolver))
    return chat if adapter else FewShotChat(chat=chat, examples=model.examples)


def _phrasing(workspace: Workspace, chat: BaseChatModel) -> Phrasing | None:
    """What puts answers in other words, where the settings ask for it."""
    settings = workspace.settings
    return Phrasing(chat, workspace.schema.labels, settings.data.noun) if settings.language_model.phrasing else None


def vectors_of(resolver: Resolver) -> Vectors | None:
    """What embeds words, loaded when the first is to be; None where the sentence encoder is not on this machine."""
    try:
        folder = resolver.assets.path(ENCODER)
    except AskWhyError:
        return None
    return lambda words: encoder_in(folder).vectors(words)


def doubt_of(settings: Settings, resolver: Resolver) -> Doubt:
    """What was fitted for the language model's adapter."""
    model = settings.language_model
    return Doubt() if model.adapter is None or model.endpoint is not None else Doubt.read(resolver.folder / model.adapter)


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
    try:
        resolver.assets.fetch(ENCODER, repair=repair)
    except AskWhyError as error:  # documents are then searched by keywords
        print(f"askwhy: {error}", file=sys.stderr)
    for one in names:
        path = settings_path(one)
        model = load_settings(path).language_model
        source = Resolver(path).path(model.path)
        if str(source).endswith(".gguf") and not model.endpoint:
            progress = Progress()
            progress("convert", 0.0)
            converted(Path(source))
            progress.clear()
        progress = Progress()
        workspace = Workspace.load(path, progress)
        if workspace.schema.kind == "classifier":
            workspace.probabilities(progress)
        workspace.library.retriever(progress)
        progress.clear()
        print(f"{workspace.settings.title}: ready ({len(workspace.dataset):,} rows).", file=sys.stderr)
    resolver.assets.clean()
