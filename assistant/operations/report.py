from __future__ import annotations

from assistant.later import Later


class Report(Later):
    """This conversation as a file to keep."""

    name = "report"
    family = "talk"
    scope = "nothing"
    examples = ("Make a report",)
