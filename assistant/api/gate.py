"""Who may ask as a program: on this machine whoever can; from other machines only who gives a name and a password."""

from __future__ import annotations

import base64
import hmac
import importlib.util
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access import host_of, is_loopback
from assistant.settings import ServerSettings

Account = tuple[str, str]  # a name and a password
PATH = "/gradio_api/mcp"


@dataclass(frozen=True)
class Gate:
    """What is open to programs, and what the person who starts the server is told of it."""

    api: bool
    mcp: bool
    told: tuple[str, ...] = ()


def gate(server: ServerSettings, account: Account | None = None) -> Gate:
    """The settings as far as they are safe: a page that anyone on a network may open is one thing, an engine that anyone's
    programs may keep busy another."""
    if not server.api:
        return Gate(False, False)
    if not is_loopback(server.host) and account is None:
        return Gate(False, False, (f"programs cannot ask here: {server.host} is reached without a password.",))
    there = importlib.util.find_spec("mcp") is not None
    missing = server.mcp and not there and "mcp" in server.model_fields_set
    told = ("there are no MCP tools: they need `pip install 'askwhy-text[mcp]'`.",) if missing else ()
    return Gate(True, server.mcp and there, told)


class Guard:
    """Stands before the MCP tools, which Gradio serves to everybody: whoever comes from a page of another site is turned away,
    and who has not the name and the password that the page asks for."""

    def __init__(self, app: ASGIApp, *, host: str, account: Account | None = None) -> None:
        self._app, self._loopback, self._account = app, is_loopback(host), account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or PATH not in scope["path"]:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._from_here(headers):
            answer = PlainTextResponse("This address answers programs, not pages of other sites.", 403)
        elif not self._known(headers):
            wanted = {"WWW-Authenticate": 'Basic realm="AskWhy", charset="UTF-8"'}
            answer = PlainTextResponse("Give the name and the password of the page, as Basic authentication.", 401, wanted)
        else:
            await self._app(scope, receive, send)
            return
        await answer(scope, receive, send)

    def _from_here(self, headers: Headers) -> bool:
        """Whether no other site's page asks, be it under a name of its own that leads to this machine."""
        host = host_of(f"//{headers.get('host', '')}")
        if self._loopback and not is_loopback(host):
            return False
        origin = headers.get("origin")
        return origin is None or host_of(origin) == host or (self._loopback and is_loopback(host_of(origin)))

    def _known(self, headers: Headers) -> bool:
        """Whether the name and the password of the page are given, where it has them."""
        told = "\0".join(_basic(headers)).encode()
        return self._account is None or hmac.compare_digest(told, "\0".join(self._account).encode())


def launched(server: ServerSettings, found: Gate, account: Account | None = None) -> dict[str, Any]:
    """What Gradio's `launch` needs for it."""
    from starlette.middleware import Middleware

    guards = [Middleware(Guard, host=server.host, account=account)] if found.mcp else []
    return {"mcp_server": found.mcp, "app_kwargs": {"middleware": guards}}


def _basic(headers: Headers) -> tuple[str, str]:
    """The name and the password of a request, empty where it has none."""
    kind, _, told = headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(told.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:  # no base64, or no UTF-8 in it
        return "", ""
    return name, password
