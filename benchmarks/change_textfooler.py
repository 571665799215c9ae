"""Whether TextAttack's TextFooler can be run here, told as a fact: it wants an environment of its own, and word vectors and a
sentence encoder from the internet.

`make bench-change` tries to install it into .venv-textfooler and writes what pip said beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HOME = Path(os.environ.get("ASKWHY_TEXTFOOLER", Path(__file__).parent.parent / ".venv-textfooler"))
LIMIT = 300  # seconds in which its recipe is to be made
WIDE = 300  # characters of an error that are told


def tried() -> str:
    """What came of it, in one line; "" where it can be run."""
    python = HOME / "bin" / "python"
    if not python.exists():
        return "it was not installed: there is no .venv-textfooler"
    try:
        run = subprocess.run(
            [python, "-W", "ignore", Path(__file__).resolve()], capture_output=True, text=True, timeout=LIMIT, cwd=HOME
        )
    except subprocess.TimeoutExpired:
        return f"its recipe was not made within {LIMIT} seconds"
    last = run.stdout.strip().splitlines()[-1:] or run.stderr.strip().splitlines()[-1:] or ["no word was said"]
    refused = "; it asked for files from the internet and did not get them" * ("urlopen error" in run.stdout + run.stderr)
    try:
        fact = json.loads(last[0])["fact"]
    except (ValueError, TypeError, KeyError):
        fact = last[0][:WIDE]
    return fact + refused


def _make() -> str:
    """In its own environment: make the recipe, whatever model it shall attack."""
    try:
        import textattack
    except Exception as error:
        return f"it does not import: {_said(error)}"
    try:
        import torch
        from textattack.attack_recipes import TextFoolerJin2019
        from textattack.models.wrappers import ModelWrapper

        class Nothing(ModelWrapper):
            model = torch.nn.Identity()

            def __call__(self, texts):
                return torch.tensor([[0.5, 0.5]] * len(texts))

        TextFoolerJin2019.build(Nothing())
    except Exception as error:
        return f"textattack {textattack.__version__} is installed, but its recipe cannot be made: {_said(error)}"
    return ""


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:WIDE]


if __name__ == "__main__":
    print(json.dumps({"fact": _make()}), file=sys.stdout)
