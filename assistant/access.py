"""Who reaches the page: only this machine or others too, and whether they are asked for a name and a password."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from explainers.errors import AskWhyError

from assistant.settings import ServerSettings

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")  # headers that say that a request came by another machine


@dataclass(frozen=True)
class Access:
    """`loopback`: only programs of this machine reach the page. `account` is the name and the password that open it."""

    loopback: bool = False
    account: tuple[str, str] | None = None

    @classmethod
    def of(cls, server: ServerSettings, environment: Mapping[str, str] = os.environ) -> Access:
        """As the settings and the environment say. Raises AskWhyError where only one of name and password is given."""
        name, password = environment.get(server.user_env, ""), environment.get(server.password_env, "")
        if bool(name) != bool(password):
            there, missing = (server.user_env, server.password_env) if name else (server.password_env, server.user_env)
            raise AskWhyError(f"{there} is set, but {missing} is not; set both to ask visitors for a password, or neither.")
        return cls(is_loopback(server.host), (name, password) if name else None)

    @property
    def open_to_all(self) -> bool:
        """Whether other machines reach the page without a password."""
        return not self.loopback and self.account is None

    def own_machine(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from this machine, so that its visitor may name folders on it; not where it is asked by a
        name of another one, as a page of another site does, or whoever passes requests on."""
        named = host_of(f"//{headers.get('host', 'localhost')}")
        return self.loopback and is_loopback(named) and not any(name in headers for name in FORWARDED)

    def known(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from somebody who may have models fetched from a hub."""
        return self.account is not None or self.own_machine(headers)


def host_of(address: str) -> str:
    """The host that an address names, "" for none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return host == "localhost"
