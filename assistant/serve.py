"""Serving the page."""

from __future__ import annotations

import sys

from explainers.errors import AskWhyError

from assistant.assemble import assistant_for
from assistant.terminal import Progress


def serve(name: str | None, port: int | None = None) -> None:
    """Load a workspace and serve its page until interrupted; the address is printed when it answers.

    Raises AskWhyError when the port is taken.
    """
    progress = Progress()
    assistant = assistant_for(name, progress)
    progress.clear()
    from assistant.api.endpoints import Endpoints
    from assistant.api.gate import gate, is_loopback, launched
    from assistant.web.page import build, launch_options

    server = assistant.workspace.settings.server
    programs = gate(server)
    if not is_loopback(server.host):
        print(f"askwhy: {server.host} is reached from other machines, and the page asks nobody for a password.", file=sys.stderr)
    for said in programs.told:
        print(f"askwhy: {said}", file=sys.stderr)
    page = build(assistant, Endpoints(assistant) if programs.api else None)
    wanted = port or server.port
    try:
        page.launch(
            server_name=server.host, server_port=wanted, quiet=True, prevent_thread_lock=True, inbrowser=False,
            **launch_options(), **launched(server, programs),
        )  # fmt: skip
    except OSError as error:
        raise AskWhyError(f"The port {wanted} is taken; choose another with --port or in the settings under [server].") from error
    print(f"{assistant.workspace.settings.title}: http://{server.host}:{wanted}", flush=True)
    page.block_thread()
