"""A visitor's own workspace: made of what they named and nothing else, kept as settings that make it again."""

from __future__ import annotations

import stat

import pytest

from explainers.errors import AskWhyError

from assistant.bringing import own
from assistant.bringing.own import Wanted, assistant_of, checked, model_of, renamed, settings_file
from assistant.conversation import Conversation
from assistant.settings import load_settings
from assistant.workspace import Workspace

from .. import tiny
from ..conftest import frame

LIMIT = 1_000_000


def quiet(stage, share):
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model of this visitor's, and their rows."""
    path = tmp_path_factory.mktemp("mine")
    made = tiny.classifier(frame()["text"].tolist(), labels=("good", "bad"), seed=5)
    made.model.config.id2label = {0: "good", 1: "bad"}
    made.model.save_pretrained(path / "model")
    made.tokenizer.save_pretrained(path / "model")
    frame().rename(columns={"text": "body"}).to_csv(path / "mine.csv", index=False)
    return path


def wanted(folder, **more):
    return Wanted("", folder / "mine.csv", "body", "spam", **more)


def test_a_model_and_a_file_become_a_workspace_with_its_settings(folder, assistant):
    model = model_of(str(folder / "model"), assistant.workspace, local=True, hub=False)
    found = checked(renamed(wanted(folder), " ticket,  tickets"), model, assistant.workspace, LIMIT, quiet)
    assert found.matched == {"0": "good", "1": "bad"}
    told = []
    mine = assistant_of(found, found.matched, assistant, LIMIT, lambda stage, share: told.append(stage))
    assert mine.workspace.schema.labels == ("good", "bad")
    assert mine.workspace.settings.data.noun == ("ticket", "tickets")
    assert mine.workspace.settings.examples[2].command == "/where id = 0 | attribute"
    assert "data" in told
    turn = mine.ask("/where label = bad | count", Conversation())
    assert "14 tickets" in turn.reply.text
    assert not assistant.ask("/where label = spam | count", Conversation()).failed  # the page's own is what it was
    file = settings_file(mine)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    again = Workspace.load(file)
    assert load_settings(file).data == mine.workspace.settings.data
    assert again.dataset.fingerprint == mine.workspace.dataset.fingerprint
    assert again.classifier.fingerprint == mine.workspace.classifier.fingerprint


def test_without_a_model_it_is_the_one_of_the_page(folder, assistant):
    model = model_of(" ", assistant.workspace, local=False, hub=False)
    found = checked(wanted(folder), model, assistant.workspace, LIMIT, quiet)
    assert found.classifier is assistant.workspace.classifier
    assert found.matched == {"0": "ham", "1": "spam"}


def test_the_environment_is_for_the_page_and_not_for_visitors(folder, assistant, monkeypatch):
    monkeypatch.setenv("ASKWHY_DATA__PATH", "/etc/passwd")
    found = checked(wanted(folder), model_of("", assistant.workspace, local=False, hub=False), assistant.workspace, LIMIT, quiet)
    assert len(assistant_of(found, found.matched, assistant, LIMIT, quiet).workspace.dataset) == 40


@pytest.mark.parametrize(
    "named",
    [
        "/etc",
        "..",
        "~/x",
        "a/b/c",
        "C:\\models",
        "tests",
        "tests/assistant",
        "a b",
        "x" * 400,
        "-x",
        "asset:llm",
        "~nobody/x",
        "a\0b",
    ],
)
@pytest.mark.parametrize(
    ("hub", "said"),
    [
        (True, "is no model that can be loaded from here; give the name of a model on the hub, or leave it empty"),
        (False, "only for visitors who gave a password; leave the model empty"),
    ],
)
def test_strangers_name_no_folder_of_this_machine(named, hub, said, assistant, monkeypatch, pytestconfig):
    monkeypatch.chdir(pytestconfig.rootpath)
    with pytest.raises(AskWhyError, match=said):
        model_of(named, assistant.workspace, local=False, hub=hub)


def test_a_folder_is_found_from_where_the_page_was_started(folder, assistant, monkeypatch):
    monkeypatch.chdir(folder)
    for named in ("model", "./model", str(folder / "model")):
        assert model_of(named, assistant.workspace, local=True, hub=True).path == str((folder / "model").resolve())


def test_a_disk_that_takes_nothing_is_told(folder, assistant, monkeypatch):
    found = checked(wanted(folder), model_of("", assistant.workspace, local=False, hub=False), assistant.workspace, LIMIT, quiet)

    def full(kind):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own, "own_folder", full)
    with pytest.raises(AskWhyError, match="could not be kept: No space left on device; upload it again"):
        assistant_of(found, found.matched, assistant, LIMIT, quiet)


def test_models_are_fetched_only_for_those_who_are_known(assistant):
    assert model_of("some/model", assistant.workspace, local=False, hub=True).path == "some/model"
    with pytest.raises(AskWhyError, match="gave a password"):
        model_of("some/model", assistant.workspace, local=False, hub=False)


def test_a_folder_without_a_model_is_told(folder, assistant):
    model = model_of(str(folder), assistant.workspace, local=True, hub=True)
    with pytest.raises(AskWhyError):
        checked(wanted(folder), model, assistant.workspace, LIMIT, quiet)


def test_a_column_that_is_no_label_is_told(folder, assistant):
    model = model_of("", assistant.workspace, local=False, hub=False)
    with pytest.raises(AskWhyError, match="has no column 'nothing'"):
        checked(Wanted("", folder / "mine.csv", "body", "nothing"), model, assistant.workspace, LIMIT, quiet)


@pytest.mark.parametrize(
    ("noun", "expected"),
    [("mail, mails", ("mail", "mails")), ("", ("row", "rows")), ("a", ("row", "rows")), ("a,b,c", ("row", "rows"))],
)
def test_what_a_row_is_called(folder, noun, expected):
    assert renamed(wanted(folder), noun).noun == expected
