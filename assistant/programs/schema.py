"""What the parser may know of a dataset and a model: names and types, never rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from explainers.errors import AskWhyError

ColumnType = Literal["number", "date", "text"] | tuple[str, ...]


class Schema(BaseModel):
    """Label names, columns with their types (a tuple is a category's values), the kind of id, and counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...] = ()
    columns: dict[str, ColumnType] = {}
    id: Literal["integer", "string"] = "integer"
    rows: int = 0
    languages: tuple[str, ...] = ("en",)
    kind: Literal["classifier", "generator"] = "classifier"

    @classmethod
    def read(cls, path: Path) -> Schema:
        """A schema from its JSON file. Raises AskWhyError that names the field that is wrong."""
        try:
            return cls.model_validate(json.loads(path.read_text("utf-8-sig")))
        except OSError as error:
            raise AskWhyError(f"The schema file {path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise AskWhyError(f"The schema file {path} is not UTF-8 at byte {error.start}; save it as UTF-8.") from error
        except json.JSONDecodeError as error:
            raise AskWhyError(f"The schema file {path} is not JSON at line {error.lineno}: {error.msg}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the top"
            raise AskWhyError(f"The schema file {path} is wrong at {place}: {first['msg']}.") from error
