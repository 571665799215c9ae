"""The examples of docs/api.md, each run as a program of its own against the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.real

DOC = Path(__file__).parents[2] / "docs" / "api.md"
BLOCKS = [
    token for token in MarkdownIt().parse(DOC.read_text("utf-8")) if token.type == "fence" and token.info in ("python", "sh")
]
SAID = ("spam", "message 2", "There is no message 999999", "event: complete", "attribute")  # in the output of each


@pytest.mark.parametrize(("block", "said"), zip(BLOCKS, SAID, strict=True), ids=range(len(BLOCKS)))
def test_an_example_runs(block, said, address):
    program = block.content.replace("http://127.0.0.1:7860", address)
    command = [sys.executable, "-W", "ignore", "-c", program] if block.info == "python" else ["sh", "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ | {"PYTHONIOENCODING": "utf-8"})
    assert found.returncode == 0, found.stderr
    assert said in found.stdout and "Traceback" not in found.stdout
    print(found.stdout)
