"""The report's templates in prompts/, and what they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from assistant.report.document import NAME, Report
from assistant.saying.wording import figure, shorten, wording


def render(
    name: str, report: Report, filters: Mapping[str, Callable], finalize: Callable[[Any], Any] | None = None, **more: Any
) -> str:
    """The text of a template about a report; what it is given goes through `finalize`, if there is one."""
    folders = [resources.files("prompts") / room / report.language for room in ("report", "answers")]
    words = wording(report.language)

    def source(wanted: str) -> str:
        return next(folder / wanted for folder in folders if (folder / wanted).is_file()).read_text("utf-8")

    environment = SandboxedEnvironment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=finalize is not None,
        finalize=finalize,
    )
    environment.filters |= {**words.filters(expert=False), **filters}
    environment.globals |= {"plural": words.plural}
    given = {
        "report": report,
        "name": NAME,
        "noun": words.noun(report.source.noun),
        "origins": [_origins(turn.results, report) for turn in report.turns],
    }
    return environment.get_template(name).render(given | more)


def _origins(results: list[dict[str, Any]], report: Report) -> list[dict[str, Any]]:
    """Where the figures of each result come from; `learned` is the fingerprint of a model other than the report's."""
    found = []
    for result in results:
        told = result["provenance"]
        found.append({
            "operation": result["operation"],
            "method": told["method"],
            "parameters": ", ".join(
                f"{name.replace('_', ' ')} {_said(held)}" for name, held in told["parameters"].items() if name != "seed"
            ),
            "seed": told["seed"],
            "seconds": told["seconds"],
            "learned": told["model"] if told["model"] not in ("", report.source.model_fingerprint) else "",
            "rows": "" if result.get("selected") is None else result["selected"]["condition"],
        })  # fmt: skip
    return found


def _said(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return shorten(", ".join(map(str, value)) if isinstance(value, list | Mapping) else str(value), 80)
    return figure(value)
