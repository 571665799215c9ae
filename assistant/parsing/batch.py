"""Parsing many questions: lines of JSON in, answers out; a line that is wrong is answered with what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from explainers.errors import AskWhyError

from assistant.parsing.parser import Parser
from assistant.programs.conditions import mended


def parse_lines(lines: Sequence[str], parser: Parser, source: str) -> Iterator[dict[str, Any]]:
    """For each line that is not blank: `text, program, confidence, seconds`; `error` when it could not be read.

    Raises AskWhyError, naming the line, when a line is not {"text": question}.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = mended(str(json.loads(line)["text"]))
        except (json.JSONDecodeError, KeyError, TypeError, RecursionError) as error:
            raise AskWhyError(f'Line {number} of {source} is not an object with a "text".') from error
        try:
            parse = parser.parse(text)
            yield {
                "text": text,
                "program": parse.program.to_json(),
                "confidence": round(parse.confidence, 4),
                "seconds": round(parse.seconds, 3),
            }
        except AskWhyError as error:
            yield {"text": text, "program": None, "confidence": 0.0, "seconds": 0.0, "error": str(error)}
