"""The addresses of servers: Chroma's with what lets one in, whether one is of Redis, whether one is this machine."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

FORM = "use http://host:8000, or https://token@host/?tenant=…&database=…"
_PORTS = {"http": 8000, "https": 443}


@dataclass(frozen=True)
class ServerAddress:
    """The parts of an address. `headers` hold secrets, and neither they nor the host are ever shown."""

    secure: bool
    host: str = field(repr=False)
    port: int
    tenant: str
    database: str
    headers: dict[str, str] = field(repr=False)

    @classmethod
    def read(cls, url: str) -> ServerAddress:
        """Return the parts of http(s)://[token@ or user:password@]host[:port][/?tenant=…&database=…].

        A token is sent as Chroma Cloud wants it and as proxies do: X-Chroma-Token, and Authorization: Bearer.

        Raises:
            ValueError: it isn't of that form; repeats nothing of it.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
        except ValueError:
            raise ValueError(FORM) from None
        plain = parts.path in ("", "/") and not parts.fragment and set(asked) <= {"tenant", "database"}
        if parts.scheme not in _PORTS or not host or not plain or not url.isascii():
            raise ValueError(FORM)
        tenant, database = asked.get("tenant", ["default_tenant"])[0], asked.get("database", ["default_database"])[0]
        headers = _headers(unquote(parts.username or ""), unquote(parts.password or ""))
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise ValueError(FORM)
        return cls(parts.scheme == "https", host, port or _PORTS[parts.scheme], tenant, database, headers)


def _headers(name: str, password: str) -> dict[str, str]:
    if password:
        return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {name}", "X-Chroma-Token": name} if name else {}


def names_redis(address: str) -> bool:
    """Whether it is an address of a Redis server; repeats nothing of it, for it may hold a password."""
    try:
        parts = urlsplit(address)
        there = parts.hostname or "", parts.port
    except ValueError:
        return False
    return bool(parts.path) if parts.scheme == "unix" else parts.scheme in ("redis", "rediss") and bool(there[0])


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine; what can't be read is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
