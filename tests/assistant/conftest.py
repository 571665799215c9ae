"""A small workspace of random weights and made-up messages, an assistant that takes commands, and quick hypothesis."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from explainers.assets import CACHE_VARIABLE
from explainers.dataset import Dataset, DataSource, load_dataset

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.settings import DataSettings, ModelSettings, Settings
from assistant.workspace import Workspace

from . import tiny
from .real_server import real_server  # noqa: F401  a fixture

settings.register_profile(
    "assistant", max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("assistant")

MARKERS = {"spam": ("free", "win", "prize", "call"), "ham": ("home", "dinner", "love", "tonight")}
OTHERS = ("you", "the", "a", "now", "see", "at", "for", "me", "it's", "we")


def frame(rows: int = 40) -> pd.DataFrame:
    """Made-up messages: every third is spam; `sender` is a category, `age` a number."""
    generator = random.Random(1)
    labels = ["spam" if row % 3 == 0 else "ham" for row in range(rows)]
    words = [[generator.choice(MARKERS[label] + OTHERS) for _ in range(generator.randint(3, 9))] for label in labels]
    texts = [" ".join(said) + generator.choice((".", "!", "?", " ok? Yes.")) for said in words]
    return pd.DataFrame({
        "text": texts,
        "spam": [int(label == "spam") for label in labels],
        "sender": [generator.choice(("bank", "friend", "a b")) for _ in labels],
        "age": [generator.randint(18, 80) for _ in labels],
    })  # fmt: skip


def workspace_of(dataset: Dataset, **data: object) -> Workspace:
    """A workspace of a dataset, with a tiny model made from its texts."""
    made = Settings.model_construct(
        title="Tiny",
        models=(ModelSettings(path="tiny"),),
        data=DataSettings(path="rows.csv", noun=("message", "messages"), **data),
    )
    return Workspace(made, tiny.classifier(dataset.texts), dataset)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """No test but the real ones touches the person's own cache."""
    if not request.node.get_closest_marker("real"):
        monkeypatch.setenv(CACHE_VARIABLE, str(cache))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Workspace:
    """40 labelled messages with integer ids, a split, and predictions at hand."""
    path = tmp_path_factory.mktemp("data") / "rows.csv"
    frame().to_csv(path, index=False)
    labels = {"0": "ham", "1": "spam"}
    made = workspace_of(load_dataset(DataSource(path, label="spam", labels=labels, split={"test": 0.3, "validation": 0.1})))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(cache))
        made.probabilities()
    return made


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """12 messages whose ids are strings, without labels."""
    path = tmp_path_factory.mktemp("named") / "rows.csv"
    frame(12).drop(columns="spam").assign(key=[f"A-{row}" for row in range(12)]).to_csv(path, index=False)
    return workspace_of(load_dataset(DataSource(path, id="key")))


def commander(path: Path, rows: pd.DataFrame, **source: object) -> Assistant:
    """An assistant that understands commands only, about rows written to a new folder."""
    rows.to_csv(path / "rows.csv", index=False)
    made = workspace_of(load_dataset(DataSource(path / "rows.csv", **source)))
    return Assistant(made, Parser(OPERATIONS, made.schema, None))


@pytest.fixture(scope="session")
def assistant(workspace: Workspace) -> Assistant:
    """An assistant that understands commands only."""
    return Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))


FEW_SHOT = "Say what to do.\n\nWord: home\nSay: love\n\nWord: prize\nSay: call now\n\nWord: dinner\nSay:"
PROMPTS = [  # (prompt, target)
    (FEW_SHOT, "love"),
    ("Call me now. The prize is at home. Who calls?", None),
    ("Dinner tonight", "love"),
]


def prompter(path: Path, **model: object) -> Assistant:
    """An assistant that understands commands only, about a tiny generative model and a few prompts, ids from 0."""
    pd.DataFrame(PROMPTS, columns=["prompt", "target"]).to_json(path / "prompts.jsonl", orient="records", lines=True)
    made = Settings.model_construct(
        title="Prompts",
        models=(ModelSettings(path="tiny", kind="generator", tokens=6, **model),),
        data=DataSettings(path="prompts.jsonl", noun=("prompt", "prompts"), text="prompt"),
    )
    dataset = load_dataset(DataSource(path / "prompts.jsonl", text="prompt"))
    workspace = Workspace(made, tiny.generator([prompt for prompt, _ in PROMPTS], chat=bool(model.get("chat"))), dataset)
    return Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return prompter(tmp_path_factory.mktemp("prompts"))


@pytest.fixture(scope="session")
def talk(assistant: Assistant) -> Callable[..., Turn]:
    """Says commands one after the other, from a conversation on; the last turn. Only the last one may fail."""

    def said(*commands: str, conversation: Conversation | None = None) -> Turn:
        conversation = conversation or Conversation()
        for place, command in enumerate(commands, 1):
            turn = assistant.ask(f"/{command}", conversation)
            assert place == len(commands) or not turn.failed, turn.reply.text
            conversation = turn.conversation
        return turn

    return said
