"""Assistants whose model is said to answer what a test chooses, so that what follows from it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from explainers.dataset import DataSource, load_dataset

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.workspace import Workspace

from . import tiny
from .conftest import workspace_of


def told(
    folder: Path,
    rows: pd.DataFrame,
    answers: np.ndarray | None = None,
    labels: Sequence[str] = ("ham", "spam"),
    **source: object,
) -> Assistant:
    """An assistant that takes commands about rows; `answers` are the (rows, classes) probabilities of its model."""
    rows.to_parquet(folder / "rows.parquet")
    dataset = load_dataset(DataSource(folder / "rows.parquet", **source))
    made = Workspace(workspace_of(dataset).settings, tiny.classifier(dataset.texts, labels), dataset)
    if answers is not None:
        made._probabilities = np.asarray(answers, dtype=float)
    return Assistant(made, Parser(OPERATIONS, made.schema, None))


def says(answers: Sequence[str], labels: Sequence[str] = ("ham", "spam"), sure: float | Sequence[float] = 0.8) -> np.ndarray:
    """(rows, classes) probabilities: `sure` of each answer, the remainder shared by the other classes."""
    sure = np.broadcast_to(sure, len(answers))
    made = np.repeat(((1 - sure) / (len(labels) - 1))[:, None], len(labels), axis=1)
    made[np.arange(len(answers)), [list(labels).index(answer) for answer in answers]] = sure
    return made


def say(assistant: Assistant, *commands: str) -> Turn:
    """The last turn of commands said one after the other."""
    conversation = Conversation()
    for command in commands:
        turn = assistant.ask(f"/{command}", conversation)
        conversation = turn.conversation
    return turn


def facts(assistant: Assistant, *commands: str):
    """The result of the last of some commands, which all succeed."""
    turn = say(assistant, *commands)
    assert not turn.failed, turn.reply.text
    return turn.results[-1]
