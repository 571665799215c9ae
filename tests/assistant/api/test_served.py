"""The endpoints over a real connection: Gradio's own client, an MCP client, and plain HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.api.endpoints import Endpoints
from assistant.api.gate import Guard, gate
from assistant.settings import ServerSettings


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


def talked(address: str, talk: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """What an MCP client finds in one session."""

    async def connected() -> Any:
        opened = streamablehttp_client(f"{address}/gradio_api/mcp/")
        async with opened as (reads, writes, _), ClientSession(reads, writes) as session:
            await session.initialize()
            return await talk(session)

    return asyncio.run(connected())


def test_a_client_asks_runs_and_calls_an_operation(client):
    asked = client.predict(question='/where text "free prize" | predict', api_name="/ask")
    run = client.predict(program=asked["program"], api_name="/run")
    called = client.predict(text="free prize", api_name="/predict")
    assert asked["answer"] == run["answer"] == called["answer"] and called["chips"]
    explained = client.predict(text="free prize", class_="spam", top=1, api_name="/attribute")
    assert explained["results"][0]["explained"][0]["explanation"]["target"] == "spam"


def test_a_client_gets_sentences_for_what_is_wrong(client):
    for name, given, said in (
        ("/ask", {"question": "/nonsense"}, "nonsense"),
        ("/run", {"program": {"steps": [{"op": "nope"}]}}, "no operation"),
        ("/attribute", {"text": "free", "top": "many"}, "'top' of 'attribute' is wrong"),
        ("/predict", {"text": "x" * 20_000}, "at most 20,000"),
        ("/predict", {"session": "someone else's"}, "no such session"),
    ):
        with pytest.raises(AppError) as caught:
            client.predict(**given, api_name=name)
        assert said in str(caught.value) and "Traceback" not in str(caught.value)


def test_sessions_are_kept_apart(client, address):
    mine, theirs = (client.predict(api_name="/new_session")["session"] for _ in range(2))
    client.predict(rows="id = 2", session=mine, api_name="/predict")
    assert client.predict(session=mine, api_name="/predict")["results"][0]["predictions"][0]["subject"]["row"] == 2
    other = Client(address, verbose=False, analytics_enabled=False)
    assert other.predict(session=theirs, api_name="/predict")["results"][0]["operation"] == "clarify"
    assert client.predict(api_name="/predict")["results"][0]["operation"] == "clarify"


def test_a_program_without_a_library_asks_by_http(address):
    event = httpx.post(f"{address}/gradio_api/call/v2/predict", json={"text": "free"}).json()["event_id"]
    told = httpx.get(f"{address}/gradio_api/call/predict/{event}").text
    assert told.startswith("event: complete")
    assert json.loads(told.split("data: ", 1)[1])[0]["understood"] == 'where text "free" | predict'


def test_only_endpoints_are_public(client, assistant):
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {f"/{endpoint.name}" for endpoint in Endpoints(assistant).all()}


def test_tools_are_listed_with_schemas_and_answer(address):
    async def talk(session: ClientSession) -> None:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert {"ask", "run", "describe", "new_session", "predict", "attribute", "compare"} <= set(tools)
        schema = tools["attribute"].inputSchema
        assert schema["properties"]["class_"]["enum"] == ["ham", "spam"]
        assert schema["properties"]["top"]["maximum"] == 50 and "how many words" in schema["properties"]["top"]["description"]
        assert tools["define"].inputSchema["required"] == ["term"]
        predicted = await session.call_tool("predict", {"text": "free prize"})
        assert json.loads(predicted.content[0].text)["results"][0]["operation"] == "predict"
        explained = await session.call_tool("attribute", {"text": "free prize", "method": "occlusion", "top": 2})
        assert json.loads(explained.content[0].text)["results"][0]["provenance"]["method"] == "occlusion"
        opened = json.loads((await session.call_tool("new_session", {})).content[0].text)["session"]
        for question, row in (("/where id = 4 | predict", 4), ("/predict", 4)):
            told = await session.call_tool("ask", {"question": question, "session": opened})
            assert json.loads(told.content[0].text)["results"][0]["predictions"][0]["subject"]["row"] == row

    talked(address, talk)


def test_tools_say_what_is_wrong_in_a_sentence(address):
    async def talk(session: ClientSession) -> None:
        for name, given, said in (
            ("ask", {"question": "/nonsense"}, "nonsense"),
            ("attribute", {"text": "free", "top": 0}, "minimum"),
            ("attribute", {"text": "free", "method": "pickle.loads"}, "is not one of"),
            ("predict", {"rows": "id = 99999"}, "There is no message 99999"),
            ("predict", {"text": "y" * 30_000}, "at most 20,000"),
            ("predict", {}, None),
            ("nothing_like_it", {}, "Unknown tool"),
        ):
            told = await session.call_tool(name, given)
            text = told.content[0].text
            assert told.isError == (said is not None), text
            assert (said or "") in text and "Traceback" not in text and 'File "' not in text

    talked(address, talk)


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200),
    ({"Origin": "http://localhost:9"}, 200),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Host": "evil.example:7860"}, 403),
    ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ({"Host": "[::1", "Origin": "http://["}, 403),
])  # fmt: skip
def test_no_page_of_another_site_reaches_the_tools(address, headers, status):
    begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}  # fmt: skip
    accepts = {"Accept": "application/json, text/event-stream"}
    found = httpx.post(f"{address}/gradio_api/mcp/", json=begin, headers=accepts | headers)
    assert found.status_code == status, found.text


@pytest.mark.parametrize(("given", "status"), [
    (None, 401),
    ("Basic " + base64.b64encode(b"ann:right").decode(), 200),
    ("basic " + base64.b64encode(b"ann:right").decode(), 200),
    ("Basic " + base64.b64encode(b"ann:wrong").decode(), 401),
    ("Basic " + base64.b64encode(b"ann").decode(), 401),
    ("Basic ???", 401),
    ("Basic \xff", 401),
    ("Bearer right", 401),
])  # fmt: skip
def test_the_tools_want_the_password_of_the_page(given, status):
    async def fine(request):
        return PlainTextResponse("fine")

    guard = Middleware(Guard, host="0.0.0.0", account=("ann", "right"))
    served = TestClient(Starlette(routes=[Route("/gradio_api/mcp/", fine), Route("/other", fine)], middleware=[guard]))
    headers = [] if given is None else [(b"authorization", given.encode("latin-1"))]
    found = served.get("/gradio_api/mcp/", headers=headers)
    assert found.status_code == status
    assert (found.headers.get("www-authenticate") is not None) == (status == 401)
    assert served.get("/other").status_code == 200


@pytest.mark.parametrize(("settings", "account", "api", "told"), [
    ({}, None, True, 0),
    ({"api": False}, None, False, 0),
    ({"host": "0.0.0.0"}, None, False, 1),
    ({"host": "0.0.0.0"}, ("ann", "right"), True, 0),
    ({"host": "::1"}, None, True, 0),
])  # fmt: skip
def test_programs_reach_what_only_this_machine_reaches_or_a_password_guards(settings, account, api, told):
    found = gate(ServerSettings(**settings), account)
    assert (found.api, found.mcp, len(found.told)) == (api, api, told)


def test_tools_can_be_left_out_and_need_their_package(monkeypatch):
    assert gate(ServerSettings(mcp=False)).api and not gate(ServerSettings(mcp=False)).mcp
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert gate(ServerSettings()).told == () and not gate(ServerSettings()).mcp
    assert "askwhy-text[mcp]" in gate(ServerSettings(mcp=True)).told[0]
