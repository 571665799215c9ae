"""What all tests share: which machine they run on, and what it therefore skips."""

from __future__ import annotations

import shutil

import pytest

from explainers.assets import Assets
from explainers.errors import AskWhyError

import assistant  # noqa: F401  sets the environment before any library reads it
from assistant.settings import DEMOS


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = _missing_assets()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    for item in items:
        if missing and (item.get_closest_marker("real") or item.get_closest_marker("browser")):
            item.add_marker(pytest.mark.skip(reason=f"embedded assets are missing, run `askwhy setup`: {missing}"))
        elif item.get_closest_marker("browser") and not browser:
            item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


def _missing_assets() -> str:
    assets = Assets(DEMOS / "assets.toml")
    try:
        for name in assets.names():
            assets.path(name)
    except AskWhyError as error:
        return str(error)
    return ""
