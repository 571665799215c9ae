"""Serving the page."""

from __future__ import annotations

import errno
import socket
import sys

from explainers.errors import AskWhyError

from assistant.access import Access
from assistant.assemble import assistant_for
from assistant.settings import load_settings, settings_path
from assistant.showing.terminal import Progress


def serve(name: str | None, port: int | None = None) -> None:
    """Load a workspace and serve its page until interrupted; the address is printed when it answers.

    Raises AskWhyError when nothing can be served at that host and port, and when only one of name and password is set.
    """
    access = Access.of(load_settings(settings_path(name)).server)  # before what takes long
    progress = Progress()
    assistant = assistant_for(name, progress)
    progress.clear()
    from assistant.api.endpoints import Endpoints
    from assistant.api.gate import gate, launched
    from assistant.web.page import build, launch_options

    server = assistant.workspace.settings.server
    programs = gate(server, access.account)
    if access.open_to_all:
        print(
            f"askwhy: {server.host} is reached from other machines, and the page asks nobody for a password; "
            f"set {server.user_env} and {server.password_env}.",
            file=sys.stderr,
        )
    for said in programs.told:
        print(f"askwhy: {said}", file=sys.stderr)
    page = build(assistant, Endpoints(assistant) if programs.api else None)
    wanted = port or server.port
    host = f"[{server.host}]" if ":" in server.host and not server.host.startswith("[") else server.host  # as addresses have it
    try:
        page.launch(
            server_name=host,
            server_port=wanted,
            quiet=True,
            prevent_thread_lock=True,
            inbrowser=False,
            auth=access.account,
            max_file_size=int(server.upload_megabytes * 1e6),
            **launch_options(),
            **launched(server, programs, access.account),
        )
    except OSError as error:
        raise AskWhyError(_refused(server.host, wanted, error)) from error
    print(f"{assistant.workspace.settings.title}: http://{host}:{wanted}", flush=True)
    page.block_thread()


def _refused(host: str, port: int, error: OSError) -> str:
    """Why nothing could be served there: Gradio takes every reason for a port that is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.bind(address)
    except OSError as found:
        if found.errno == errno.EADDRINUSE:
            return f"The port {port} is taken; choose another with --port or in the settings under [server]."
        error = found
    return f"The page cannot be served at {host}, port {port}: {error.strerror or error}; mend the settings under [server]."
