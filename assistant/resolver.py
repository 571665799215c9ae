"""Where the things that a settings file names lie: folders, files and assets."""

from __future__ import annotations

from pathlib import Path

from explainers.assets import Assets, cache_folder
from explainers.dataset import DataSource
from explainers.errors import AskWhyError

from assistant.learning.corrections import Corrections
from assistant.settings import DEMOS, DataSettings, Settings


class Resolver:
    """Turns the paths of a settings file into folders and files: assets by name, the rest beside the file."""

    def __init__(self, file: Path) -> None:
        self.folder = file.resolve().parent
        self.name = self.folder.name if self.folder.parent == DEMOS.resolve() else file.name  # as `--settings` takes it
        self.assets = Assets(DEMOS / "assets.toml")

    def path(self, named: str) -> str | Path:
        """A path; a name that is no path here is left as it is: the name of a model on a hub."""
        if named.startswith("asset:"):
            return self.assets.path(named.removeprefix("asset:"))
        beside = self.folder / Path(named).expanduser()
        looks_local = named.startswith((".", "/", "~")) or beside.exists()
        return beside if looks_local else named

    def data(self, settings: DataSettings) -> DataSource:
        path = self.path(settings.path)
        options = settings.model_dump(exclude={"path", "noun"})
        return DataSource(path=path if isinstance(path, Path) else self.folder / path, **options)

    def corrections(self, settings: Settings) -> Corrections | None:
        """Where visitors' corrections are kept; None where they are not."""
        named = settings.corrections
        if isinstance(named, bool):
            return Corrections(cache_folder("corrections")) if named else None
        return Corrections(self.folder / Path(named).expanduser())

    def check_documents(self, settings: Settings) -> None:
        """Raise AskWhyError for a folder of documents that is not there."""
        for named in settings.documents:
            if not (self.folder / Path(named).expanduser()).exists():
                raise AskWhyError(f"There are no documents at {self.folder / named}; mend `documents` in the settings.")


def asset_names(settings: Settings) -> list[str]:
    """The assets that a settings file needs."""
    llm = settings.language_model
    named = [settings.data.path, *([] if llm.endpoint else [llm.path]), *(model.path for model in settings.models)]
    return list(dict.fromkeys(name.removeprefix("asset:") for name in named if name.startswith("asset:")))
