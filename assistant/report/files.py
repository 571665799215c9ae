"""A report as files: HTML and Markdown for people, JSON for `askwhy replay`."""

from __future__ import annotations

import json
from pathlib import Path

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.manner import manner
from assistant.reply import File
from assistant.report.document import NAME, Report, report_of
from assistant.report.html import html
from assistant.report.markdown import markdown
from assistant.workspace import Workspace

KINDS = {
    "html": html,
    "md": markdown,
    "json": lambda report: json.dumps(report.to_json(), ensure_ascii=False, indent=1),
}


def report_files(report: Report) -> tuple[File, ...]:
    """One file for each kind."""
    return tuple(File(f"{NAME}.{kind}", write(report)) for kind, write in KINDS.items())


def suffix(path: Path) -> str:
    """The kind of report that a file's name asks for. Raises AskWhyError when it asks for none."""
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise AskWhyError(f"A report cannot be written as '{path.name}'; end its name in .html, .md or .json.")
    return kind


def save(conversation: Conversation, workspace: Workspace, path: Path) -> None:
    """Write the report of a conversation to a file, in its language. Raises AskWhyError when nothing was answered, or the disk
    refuses."""
    kind = suffix(path)
    if not conversation.transcript.turns:
        raise AskWhyError("No question was answered, so there is nothing to report.")
    language = manner(conversation, workspace.settings).language
    try:
        path.write_text(KINDS[kind](report_of(conversation.transcript, workspace, conversation.picks, language)), "utf-8")
    except OSError as error:
        raise AskWhyError(f"The report cannot be written to {path}: {error.strerror}.") from error
