"""Endpoints as functions: what they take, what they answer, and what they say to nonsense."""

from __future__ import annotations

import json
import threading

import pytest

from explainers.errors import AskWhyError
from explainers.stopping import go_on

from assistant.api.endpoints import LONGEST, Endpoints, identifier
from assistant.api.limits import Limits
from assistant.api.sessions import Sessions
from assistant.api.told import plain
from assistant.operations import OPERATIONS


def test_every_operation_that_can_be_asked_for_has_an_endpoint_of_its_arguments(endpoints):
    asked = {name for name, operation in OPERATIONS.items() if operation.examples and operation.needs != "generator"}
    assert {name.removesuffix("_operation") for name in endpoints} == asked | {"ask", "run", "describe", "new_session"}
    for name in asked:
        endpoint = endpoints.get(f"{name}_operation") or endpoints[name]
        operation = OPERATIONS[name]
        names = [parameter.name for parameter in endpoint.parameters]
        assert len(names) == len(set(names)), f"an argument of {name} has a name that endpoints use"
        assert {identifier(argument) for argument in operation.arguments()} <= set(names)
        assert ("rows" in names) == (operation.scope != "nothing") and ("text" in names) == (operation.scope == "texts")
        assert operation.about() in endpoint.about and "\n" not in endpoint.about
        assert all(parameter.doc and parameter.schema for parameter in endpoint.parameters)


def test_schemas_say_what_the_data_has(endpoints):
    schemas = {parameter.name: parameter.schema for parameter in endpoints["attribute"].parameters}
    assert schemas["class_"] == {"type": "string", "enum": ["ham", "spam"]}
    assert schemas["top"] == {"type": "integer", "minimum": 1, "maximum": 50}
    assert "lime" in schemas["method"]["enum"]
    assert [parameter.name for parameter in endpoints["relabel"].parameters if parameter.required] == ["to"]


def test_an_operation_answers_with_words_facts_and_chips(endpoints):
    found = endpoints["predict"].call(text="free prize now")
    assert found["understood"] == 'where text "free prize now" | predict'
    (result,) = found["results"]
    assert sum(result["predictions"][0]["probabilities"].values()) == pytest.approx(1)
    assert result["predictions"][0]["label"] in found["answer"]
    assert found["chips"] and json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_program_is_run_from_its_text_and_from_its_json(endpoints):
    text = "where label = spam | count"
    one = endpoints["run"].call(program=f"/{text}")
    others = [endpoints["run"].call(program=given(one["program"])) for given in (lambda program: program, json.dumps)]
    for other in (one, *others):
        assert other["understood"] == text and other["program"] == one["program"]
        assert other["results"][0]["selected"]["rows"] == 14
    assert endpoints["count"].call(rows="label = spam")["answer"] == one["answer"]


def test_calls_stand_alone_without_a_session_and_sessions_know_nothing_of_each_other(endpoints):
    first, second = (endpoints["new_session"].call()["session"] for _ in range(2))
    endpoints["predict"].call(rows="id = 3", session=first)
    assert endpoints["predict"].call(session=first)["results"][0]["predictions"][0]["subject"]["row"] == 3
    for stranger in ({"session": second}, {}):
        assert endpoints["predict"].call(**stranger)["results"][0]["operation"] == "clarify"
    edited = endpoints["edit"].call(kind="append", new="win", session=first)
    assert edited["results"][0]["operation"] == "edit"
    assert len(endpoints["edits"].call(session=first)["results"]) == 1
    with pytest.raises(AskWhyError):
        endpoints["edit"].call(kind="remove", old="nowhere to be found", session=first)
    assert "as edited" in endpoints["predict"].call(session=first)["answer"]


def test_describe_tells_the_operations_and_the_schema_of_programs(endpoints):
    found = endpoints["describe"].call()
    assert found["data"]["labels"] == ["ham", "spam"] and found["data"]["rows"] == 40
    assert {operation["name"] for operation in found["operations"]} >= {"predict", "attribute"}
    assert found["program"]["required"] == ["where", "steps"]


@pytest.mark.parametrize(("name", "given", "said"), [
    ("ask", {"question": ""}, "empty"),
    ("ask", {"question": 7}, "no text"),
    ("ask", {"question": "why is it so?"}, "No language model"),
    ("ask", {"question": "/nonsense"}, "nonsense"),
    ("ask", {"question": "/predict", "session": "guessed"}, "no such session"),
    ("ask", {"question": "/predict", "session": {"a": 1}}, "no such session"),
    ("ask", {"question": "/" + "x" * LONGEST}, "at most 20,000"),
    ("run", {"program": {"steps": []}}, "1 to 4 steps"),
    ("run", {"program": ["predict"]}, "A program is"),
    ("run", {"program": None}, "A program is"),
    ("run", {"program": "{not json"}, "not JSON at character 2"),
    ("run", {"program": {"where": {"field": "id", "op": "=", "value": 1}, "steps": [{"op": "__class__"}]}}, "no operation"),
    ("run", {"program": {"where": None, "steps": [{"op": "decline"}]}}, "does nothing"),
    ("run", {"program": "where id = 99999 | predict"}, "There is no message 99999"),
    ("predict", {"rows": "id = 1", "text": "both"}, "one of the two"),
    ("predict", {"rows": 1}, "by a condition"),
    ("predict", {"rows": "label = spam | learn"}, "without an operation"),
    ("predict", {"rows": "label = eggs"}, "eggs"),
    ("predict", {"text": ""}, "empty"),
    ("predict", {"text": ["a"]}, "no text"),
    ("attribute", {"text": "free", "top": "5; DROP TABLE"}, "'top' of 'attribute'"),
    ("attribute", {"text": "free", "top": 10**30}, "from 1 to 50"),
    ("attribute", {"text": "free", "method": "__import__"}, "takes no '__import__'"),
    ("attribute", {"text": "free", "class_": 3}, "'class' of 'attribute'"),
    ("compare", {"text": "free", "with_": {"row": [1]}}, "takes row:ID"),
])  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(endpoints, name, given, said):
    with pytest.raises(AskWhyError) as caught:
        endpoints[name].call(**given)
    assert said in str(caught.value) and "Traceback" not in str(caught.value)


def test_a_number_of_thousands_of_digits_is_told(endpoints):
    with pytest.raises(AskWhyError, match="a number that is too long to read"):
        endpoints["run"].call(program='{"where": null, "steps": [{"op": "show", "n": ' + "9" * 5000 + "}]}")


def test_deep_nesting_is_refused(endpoints):
    program = {"previous": True}
    for _ in range(5000):
        program = {"not": program}
    with pytest.raises(AskWhyError, match="deep"):
        endpoints["run"].call(program={"where": program, "steps": [{"op": "count"}]})


def test_hostile_text_is_only_text(endpoints):
    hostile = '<script>alert(1)</script> " | learn \\ \u202e {{7*7}}'
    found = endpoints["predict"].call(text=hostile)
    assert found["results"][0]["predictions"][0]["subject"]["original"] == hostile
    assert len(found["program"]["steps"]) == 1


@pytest.mark.parametrize("step", [lambda report: report("predictions", 0.0), lambda report: go_on()], ids=["tells", "silent"])
def test_what_takes_too_long_is_given_up_and_its_place_is_free_when_it_stopped(step):
    limits, stopped = Limits(0.2, at_once=1, waiting=0), threading.Event()

    def endless(report):
        try:
            while True:
                step(report)
                threading.Event().wait(0.01)
        finally:
            stopped.set()

    with pytest.raises(AskWhyError, match=r"longer than 0\.2 seconds"):
        limits.run(endless)
    assert stopped.wait(5)
    assert limits.run(lambda report: 7) == 7


def test_too_much_at_once_is_turned_away():
    limits, began, over = Limits(30, at_once=1, waiting=0), threading.Event(), threading.Event()

    def slow(report):
        began.set()
        over.wait(10)

    running = threading.Thread(target=limits.run, args=(slow,))
    running.start()
    assert began.wait(5)
    with pytest.raises(AskWhyError, match="Too many"):
        limits.run(lambda report: None)
    over.set()
    running.join(5)


def test_sessions_are_bounded_and_forgotten():
    sessions = Sessions(most=2)
    names = [sessions.new() for _ in range(3)]
    assert len(set(names)) == 3
    with pytest.raises(AskWhyError, match="no such session"), sessions.open(names[0]):
        pass
    with sessions.open(names[2]):
        pass
    idle = Sessions(idle=-1.0)
    with pytest.raises(AskWhyError, match="no such session"), idle.open(idle.new()):
        pass


def test_a_session_answers_one_question_at_a_time():
    sessions = Sessions(patience=0.01)
    name = sessions.new()
    with sessions.open(name), pytest.raises(AskWhyError, match="busy"), sessions.open(name):
        pass
    with sessions.open(name):
        pass


def test_what_json_lacks_is_left_out():
    assert plain({1: float("nan"), "path": "/etc/passwd", "x": (1, {2})}) == {"1": None, "path_": "/etc/passwd", "x": [1, [2]]}


def test_many_labels_are_not_listed(assistant, monkeypatch):
    schema = assistant.workspace.schema.model_copy(update={"labels": tuple(f"label {place}" for place in range(500))})
    monkeypatch.setattr(assistant.workspace, "schema", schema)
    found = {endpoint.name: endpoint for endpoint in Endpoints(assistant).all()}["likelihood"]
    assert next(one.schema for one in found.parameters if one.name == "class_") == {"type": "string"}
