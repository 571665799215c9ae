"""The settings of the language model: the embedded one, another one, or a served one; and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.errors import AskWhyError

from assistant.resolver import asset_names
from assistant.settings import DEMOS, LanguageModelSettings, load_settings

BEFORE = '[[models]]\npath = "here"\n[data]\npath = "rows.csv"\n[language_model]\n'  # the section stands at line 5
SERVED = 'endpoint = "http://127.0.0.1:8000/v1"\nmodel = "m"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "askwhy.toml"


def loaded(file: Path, section: str) -> LanguageModelSettings:
    file.write_text(BEFORE + section, "utf-8")
    return load_settings(file).language_model


def test_the_embedded_model_has_its_adapter():
    assert LanguageModelSettings().adapter == str(DEMOS / "parser")


@pytest.mark.parametrize(
    ("section", "adapter"),
    [
        ('path = "some/model"', None),
        ('path = "some/model"\nadapter = "mine"', "mine"),
        ('adapter = "mine"', "mine"),
        ('adapter = ""', None),
        (SERVED, None),
    ],
)
def test_another_model_has_the_adapter_that_is_named(file, section, adapter):
    assert loaded(file, section).adapter == adapter


def test_a_served_model_needs_no_asset(file):
    loaded(file, SERVED)
    assert asset_names(load_settings(file)) == []
    loaded(file, "")
    assert asset_names(load_settings(file)) == ["llm"]


@pytest.mark.parametrize(
    "endpoint", ["http://localhost:11434/v1", "https://llm.example.org/a/v1/", "http://[::1]:8080/v1", "http://10.0.0.7"]
)
def test_addresses(file, endpoint):
    assert loaded(file, f'endpoint = "{endpoint}"\nmodel = "m"').endpoint == endpoint


WRONG = [
    ('endpoint = "localhost:8000"\nmodel = "m"', 6, "give the address of a server, like http://127.0.0.1:8000/v1"),
    ('endpoint = "ftp://x/v1"\nmodel = "m"', 6, "give the address of a server"),
    ('endpoint = "http://x/v1?a=b"\nmodel = "m"', 6, "give the address of a server"),
    ('endpoint = "http://x y/v1"\nmodel = "m"', 6, "give the address of a server"),
    ('endpoint = "http://127.0.0.1:8000/v1"', 5, "an endpoint needs the name of a model there; add `model`"),
    ('model = "m"', 5, "`model` is for a served model; add its `endpoint`, or give a `path` instead"),
    ('api_key_env = "KEY"', 5, "`api_key_env` is for a served model"),
    (SERVED + "timeout = 0", 8, "greater than 0"),
    (SERVED + 'timeout = "long"', 8, "valid number"),
    ("examples = 51", 6, "less than or equal to 50"),
]


@pytest.mark.parametrize(("section", "line", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_a_mistake_is_told_with_its_line(file, section, line, said):
    with pytest.raises(AskWhyError) as caught:
        loaded(file, section)
    assert str(caught.value).startswith(f"{file}, line {line}: the setting 'language_model")
    assert said in str(caught.value)


def test_a_key_in_the_address_is_not_repeated(file):
    with pytest.raises(
        AskWhyError, match="no key stands in an endpoint; name its environment variable in `api_key_env`"
    ) as caught:
        loaded(file, 'endpoint = "https://me:sk-secret@x/v1"\nmodel = "m"')
    assert "sk-secret" not in str(caught.value)


def test_a_mistyped_setting(file):
    with pytest.raises(AskWhyError, match="there is no setting 'language_model.endpiont'; did you mean 'endpoint'"):
        loaded(file, 'endpiont = "http://x/v1"')
