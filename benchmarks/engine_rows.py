"""What a benchmark of the engine measures: rows of figures, kept in one JSON file from run to run."""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

Figure = float | int | str | bool | None
PACKAGES = ("torch", "transformers", "captum", "inseq", "transformers-interpret", "ferret-xai", "shap", "lime", "numpy")


@dataclass(frozen=True)
class Row:
    """One line of a table. `group` is the table within a part; rows of a group have the same figures, in one order."""

    group: str
    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Aim:
    """What was to be reached, what was measured, and whether that reaches it."""

    name: str
    wanted: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Part:
    """All that one part found on one demo, and where and when."""

    name: str
    demo: str
    rows: Sequence[Row]
    aims: Sequence[Aim]
    texts: Mapping[str, Figure]
    run: Mapping[str, Any] = field(default_factory=dict)


def circumstances(load: float) -> dict[str, Any]:
    """Machine, versions, date, command, and the load (runnable processes) before the run."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return {
        "machine": f"{processor()}, {os.cpu_count()} cores, CPU only",
        "python": platform.python_version(),
        "versions": found,
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["python -m benchmarks.engine", *sys.argv[1:]]),
        "load": round(load, 1),
        "threads": torch.get_num_threads(),
    }


def processor() -> str:
    """The processor's name, as the system tells it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text("utf-8").splitlines() if table.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def keep(path: Path, part: Part) -> None:
    """Put a part into the kept results, in the place of what an earlier run found; all else stays."""
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept.setdefault(part.name, {})[part.demo] = asdict(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
        file.write(json.dumps(kept, indent=1, sort_keys=False) + "\n")
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def kept_parts(path: Path) -> dict[str, dict[str, Part]]:
    """The kept results by part and demo."""
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: {demo: _part(entry) for demo, entry in demos.items()} for name, demos in kept.items()}


def _part(entry: dict[str, Any]) -> Part:
    rows, aims = [Row(**row) for row in entry["rows"]], [Aim(**aim) for aim in entry["aims"]]
    return Part(**entry | {"rows": rows, "aims": aims})
