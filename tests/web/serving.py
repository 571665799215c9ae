"""Pages that are served in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.web.page import build, launch_options
from assistant.workspace import Workspace


@contextmanager
def served(page: gr.Blocks, **options: Any) -> Iterator[str]:
    """The address of a page on a free port, as long as it is needed."""
    options = launch_options() | options
    _, url, _ = page.launch(server_name="127.0.0.1", server_port=None, quiet=True, prevent_thread_lock=True, **options)
    yield url.rstrip("/")
    page.close()


def commands_only(settings: Path) -> gr.Blocks:
    """The page of a settings file without a language model: questions are commands."""
    workspace = Workspace.load(settings)
    return build(Assistant(workspace, Parser(OPERATIONS, workspace.schema, None)))
