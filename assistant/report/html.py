"""Drawing a report as one HTML file that needs nothing else: no script, no request, no picture from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from assistant.reply import Reply
from assistant.report.document import Report
from assistant.report.template import render
from assistant.showing import drawing

STYLE = Path(__file__).with_name("report.css")


def html(report: Report) -> str:
    """The whole file. Every text that is put into it is escaped, whatever it is."""
    style = Markup(drawing.STYLE.read_text("utf-8") + STYLE.read_text("utf-8"))
    return render("report.html.jinja", report, {"reply": _reply}, _escaped, style=style)


def _reply(reply: Reply) -> Markup:
    return Markup(drawing.reply(reply, live=False))


def _escaped(value: Any) -> Markup:
    return value if isinstance(value, Markup) else Markup(drawing.escaped(str(value)))
