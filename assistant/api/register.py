"""The endpoints on Gradio's server: over HTTP under their names, and as MCP tools."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant.api.endpoints import Endpoint, Endpoints


class Refused(gr.Error):
    """What is wrong, as one sentence for the program."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, print_exception=False)

    def __str__(self) -> str:
        return self.message


def add(page: gr.Blocks, endpoints: Endpoints) -> None:
    """Add the endpoints to a page that is being built. They keep no state of Gradio's, and so none of another visitor."""
    for endpoint in endpoints.all():
        # out of Gradio's queue, whose MCP tools call the server over HTTP without the caller's password; the limits are ours
        made = gr.api(function(endpoint), api_name=endpoint.name, api_description=endpoint.about, queue=False)
        for component, parameter in zip(page.fns[made["id"]].inputs, endpoint.parameters, strict=True):
            component._api_info = _readable(parameter.schema)  # Gradio derives schemas from type hints, which say less


def function(endpoint: Endpoint) -> Callable[..., Any]:
    """The endpoint as a function whose name, signature and docstring Gradio can read."""

    def called(request: gr.Request, *given: Any) -> Any:
        names = [parameter.name for parameter in endpoint.parameters]
        try:
            found = endpoint.call(**dict(zip(names, given, strict=True)))
        except AskWhyError as error:
            raise Refused(str(error)) from None
        # a tool answers with text, and Gradio would write an object as Python does
        return json.dumps(found, ensure_ascii=False) if "/mcp" in request.url.path else found

    plain, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    taken = [inspect.Parameter("request", plain, annotation=gr.Request)]
    for parameter in endpoint.parameters:
        default = empty if parameter.required else None
        taken.append(inspect.Parameter(parameter.name, plain, default=default, annotation=Any))
    called.__name__ = called.__qualname__ = endpoint.name
    called.__signature__ = inspect.Signature(taken, return_annotation=Any)
    called.__annotations__ = {one.name: one.annotation for one in taken} | {"return": Any}
    told = "\n".join(f"    {parameter.name}: {parameter.doc}" for parameter in endpoint.parameters)
    called.__doc__ = f"{endpoint.about}\n\nArgs:\n{told}\n"
    return called


def _readable(schema: Any) -> Any:
    """A schema without what Gradio's clients cannot read: that an object has no other properties, which calls check anyway."""
    if isinstance(schema, Mapping):
        return {name: _readable(value) for name, value in schema.items() if name != "additionalProperties"}
    return [_readable(value) for value in schema] if isinstance(schema, list | tuple) else schema
