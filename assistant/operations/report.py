from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.manner import manner
from assistant.operation import Operation
from assistant.reply import File
from assistant.report.document import report_of
from assistant.report.files import report_files
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class ReportResult(Result):
    """How many turns the report tells of, how many of them without their evidence, and how many it has forgotten."""

    turns: int
    bare: int
    forgotten: int
    files: tuple[File, ...]

    def to_json(self) -> dict[str, Any]:
        facts = Result.to_json(dataclasses.replace(self, files=()))
        return facts | {"files": [file.name for file in self.files]}


class Report(Operation):
    """This conversation as files to keep: what was asked and answered, where it comes from, and how to get it again."""

    name = "report"
    family = "talk"
    scope = "nothing"
    repeatable = False
    recorded = False
    says_anew = False
    examples = ("Make a report",)

    def run(self, context: Context) -> ReportResult:
        transcript = context.conversation.transcript
        if not transcript.turns:
            raise AskWhyError("There is nothing to report yet; ask something first, and then for the report of it.")
        language = manner(context.conversation, context.workspace.settings).language
        return ReportResult(
            turns=len(transcript.turns),
            bare=sum(turn.facts is None for turn in transcript.turns),
            forgotten=transcript.forgotten,
            files=report_files(report_of(transcript, context.workspace, context.conversation.picks, language)),
            provenance=context.provenance(),
        )
