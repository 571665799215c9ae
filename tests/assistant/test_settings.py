"""The settings file: what it says, and how a mistake in it is told: the file, the line, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.errors import AskWhyError

from assistant.resolver import Resolver, asset_names
from assistant.settings import DEMOS, load_settings, settings_path

GOOD = """\
title = "Tiny"  # line 1
examples = ["Why?"]

[[models]]
name = "first"
path = "here"

[[models]]
path = "asset:there"
labels = ["a", "b"]

[data]
path = "rows.csv"
noun = ["message", "messages"]
label = "spam"
split = { test = 0.2, validation = 0.1 }

[server]
host = "127.0.0.1"
port = 8000

[training]
epochs = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "askwhy.toml"
    path.write_text(GOOD, "utf-8")
    return path


def broken(file: Path, old: str, new: str) -> str:
    """The complaint about the settings with one thing changed."""
    assert GOOD.count(old) == 1
    file.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(AskWhyError) as caught:
        load_settings(file)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_is_read(file):
    settings = load_settings(file)
    assert settings.title == settings.titled("ko") == "Tiny"
    assert [model.path for model in settings.models] == ["here", "asset:there"]
    assert settings.models[0].name == "first"
    assert settings.models[1].labels == ("a", "b")
    assert settings.data.noun == ("message", "messages")
    assert settings.data.split == {"test": 0.2, "validation": 0.1}
    assert (settings.server.port, settings.training.epochs, settings.training.batch_size) == (8000, 3, 32)
    assert asset_names(settings) == ["llm", "there"]


UNKNOWN = [
    ('title = "Tiny"', 'titel = "Tiny"', 1, "titel", "title"),
    ('name = "first"', 'nme = "first"', 5, "models.nme", "name"),
    ('labels = ["a", "b"]', 'adaptr = "x"', 10, "models.adaptr", "adapter"),
    ('label = "spam"', 'lable = "spam"', 15, "data.lable", "label"),
    ("port = 8000", "prot = 8000", 20, "server.prot", "port"),
    ("epochs = 3", "epoch = 3", 23, "training.epoch", "epochs"),
    ("[training]", "[trainig]", 22, "trainig", "training"),
    ("[server]", "[servers]", 18, "servers", "server"),
    ("[data]", "[dta]", 12, "dta", "data"),
]


@pytest.mark.parametrize(("old", "new", "line", "name", "meant"), UNKNOWN, ids=[case[3] for case in UNKNOWN])
def test_an_unknown_setting(file, old, new, line, name, meant):
    assert broken(file, old, new) == f"{file}, line {line}: there is no setting '{name}'; did you mean '{meant}'?"


WRONG = [
    ('title = "Tiny"', "title = 5", 1, "title", "(it is 5)"),
    ('examples = ["Why?"]', 'examples = "Why?"', 2, "examples", "(it is 'Why?')"),
    ('examples = ["Why?"]', "examples = [3]", 2, "examples", "(it is 3)"),
    ('path = "here"', "path = 5", 6, "models.path", "(it is 5)"),
    ('path = "asset:there"', "path = 5", 9, "models.path", "(it is 5)"),
    ('path = "rows.csv"', "path = 5", 13, "data.path", "(it is 5)"),
    ('noun = ["message", "messages"]', 'noun = "message"', 14, "data.noun", "(it is 'message')"),
    ("port = 8000", 'port = "high"', 20, "server.port", "(it is 'high')"),
    ("port = 8000", "port = 70000", 20, "server.port", "less than or equal to 65535"),
    ('host = "127.0.0.1"', "host = 3", 19, "server.host", "(it is 3)"),
    ('noun = ["message", "messages"]', 'noun = ["message"]', 14, "data.noun", "(it is ['message'])"),
    ("split = { test = 0.2, validation = 0.1 }", "split = { tset = 0.2 }", 16, "data.split", "is wrong at 'tset'"),
    ('label = "spam"', 'labels = { "0" = 3 }', 15, "data.labels", "is wrong at '0' (it is 3)"),
    ('label = "spam"', "ranges = { low = [1] }", 15, "data.ranges", "is wrong at 'low' (it is [1])"),
    ("epochs = 3", "epochs = 0", 23, "training.epochs", "greater than or equal to 1"),
    ("epochs = 3", "epochs = 1.5", 23, "training.epochs", "(it is 1.5)"),
]


@pytest.mark.parametrize(("old", "new", "line", "name", "said"), WRONG, ids=[case[1] for case in WRONG])
def test_a_wrong_value(file, old, new, line, name, said):
    complaint = broken(file, old, new)
    assert complaint.startswith(f"{file}, line {line}: the setting '{name}' is wrong")
    assert said in complaint


ASKED = [
    ('prompt = "Is it {text}?"\nadapter = "x"', "`adapter` is not for a language model with a prompt"),
    ("chat = true", "`chat` is not for a trained classifier"),
    ('prompt = "Is it?"', "The prompt has {text} 0 times"),
    ('prompt = "Is it {text}?"\nverbalizers = { c = "see" }', "no such label; choose from a, b"),
]


@pytest.mark.parametrize(("added", "said"), ASKED)
def test_a_model_that_is_asked_needs_what_it_is_asked_with(file, added, said):
    complaint = broken(file, 'labels = ["a", "b"]', f'labels = ["a", "b"]\n{added}')
    assert complaint.startswith(f"{file}, line 8: the setting 'models' is wrong")
    assert said in complaint


def test_a_model_that_is_asked(file):
    asked = 'labels = ["a", "b"]\nprompt = """\nIs it {text}?\nAnswer:"""\nverbalizers = { a = "yes" }\nchat = false'
    file.write_text(GOOD.replace('labels = ["a", "b"]', asked), "utf-8")
    model = load_settings(file).models[1]
    assert (model.prompt, model.verbalizers, model.chat) == ("Is it {text}?\nAnswer:", {"a": "yes"}, False)


MISSING = [
    ('path = "here"\n', "", 4, "models.path"),
    ('path = "asset:there"\n', "", 8, "models.path"),
    ('path = "rows.csv"\n', "", 12, "data.path"),
]


@pytest.mark.parametrize(("old", "new", "line", "name"), MISSING, ids=[f"line {line}" for _, _, line, _ in MISSING])
def test_a_missing_setting_is_told_at_its_section(file, old, new, line, name):
    assert broken(file, old, new) == f"{file}, line {line}: the setting '{name}' is missing; add it."


def test_a_missing_section(file):
    start, end = GOOD.index("[data]"), GOOD.index("[server]")
    assert broken(file, GOOD[start:end], "") == f"{file}: the setting 'data' is missing; add it."
    assert broken(file, GOOD[GOOD.index("[[models]]") : start], "") == f"{file}: the setting 'models' is missing; add it."


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [('title = "Tiny"', "title = ", 1), ("port = 8000", "port = 8000\nport = 8001", 21), ("[server]", "[server", 18)],
)
def test_what_is_not_toml(file, old, new, line):
    complaint = broken(file, old, new)
    assert complaint.startswith(f"{file} is not TOML: ")
    assert f"line {line}," in complaint


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(AskWhyError, match=r"settings file .*nope.toml cannot be read: No such file"):
        load_settings(tmp_path / "nope.toml")
    with pytest.raises(AskWhyError, match="cannot be read"):
        load_settings(tmp_path)
    (tmp_path / "latin.toml").write_bytes("title = 'é'".encode("latin-1"))
    with pytest.raises(AskWhyError, match="is not TOML"):
        load_settings(tmp_path / "latin.toml")


def test_environment_variables_override_the_file(file, monkeypatch):
    monkeypatch.setenv("ASKWHY_SERVER__PORT", "8123")
    monkeypatch.setenv("ASKWHY_TITLE", "Other")
    settings = load_settings(file)
    assert (settings.server.port, settings.server.host, settings.title) == (8123, "127.0.0.1", "Other")


VARIABLES = [
    (
        "ASKWHY_SERVER__PORT",
        "high",
        "The environment variable ASKWHY_SERVER__PORT: the setting 'server.port' is wrong (it is 'high'): ",
    ),
    (
        "askwhy_server__port",
        "0",
        "The environment variable askwhy_server__port: the setting 'server.port' is wrong (it is '0'): ",
    ),
    (
        "ASKWHY_SERVER__PROT",
        "1",
        "The environment variable ASKWHY_SERVER__PROT: there is no setting 'server.prot'; did you mean 'port'?",
    ),
    ("ASKWHY_SERVER", '{"port": 0}', "The environment variable ASKWHY_SERVER: the setting 'server.port' is wrong (it is 0): "),
    ("ASKWHY_DATA", "foo", "The environment variable ASKWHY_DATA is not the JSON of a section; unset or mend it."),
    ("ASKWHY_MODELS", "foo", "The environment variable ASKWHY_MODELS is not the JSON of a section; unset or mend it."),
]


@pytest.mark.parametrize(("name", "value", "said"), VARIABLES, ids=[f"{name}={value}" for name, value, _ in VARIABLES])
def test_a_wrong_environment_variable_is_told_by_its_name(file, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(AskWhyError) as caught:
        load_settings(file)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("name", [path.parent.name for path in DEMOS.glob("*/askwhy.toml")])
def test_the_demos_load(name):
    settings = load_settings(settings_path(name))
    assert settings.models and settings.examples
    assert set(asset_names(settings)) <= set(Resolver(settings_path(name)).assets.names())


def test_which_file_a_name_means(file, monkeypatch):
    assert settings_path(str(file)) == file
    assert settings_path("sms") == DEMOS / "sms" / "askwhy.toml"
    monkeypatch.chdir(file.parent)
    assert settings_path(None) == Path("askwhy.toml")
    file.unlink()
    assert settings_path(None) == DEMOS / "sms" / "askwhy.toml"
    with pytest.raises(AskWhyError, match=r"no settings file 'smss'; .* the name of a demo: .*sms"):
        settings_path("smss")


def test_paths_are_beside_the_file(file):
    resolver = Resolver(file)
    (file.parent / "model").mkdir()
    assert resolver.path("model") == file.parent / "model"
    assert resolver.path("./later") == file.parent / "later"
    assert resolver.path("/abs/model") == Path("/abs/model")
    assert resolver.path("someone/on-a-hub") == "someone/on-a-hub"
    source = resolver.data(load_settings(file).data)
    assert (source.path, source.label, dict(source.split)) == (
        file.parent / "rows.csv", "spam", {"test": 0.2, "validation": 0.1}
    )  # fmt: skip


def test_documents_that_are_not_there(file):
    file.write_text(GOOD.replace("examples", 'documents = ["notes"]\nexamples'), "utf-8")
    with pytest.raises(AskWhyError, match=r"no documents at .*notes; mend `documents` in the settings"):
        Resolver(file).check_documents(load_settings(file))
    (file.parent / "notes").mkdir()
    Resolver(file).check_documents(load_settings(file))
