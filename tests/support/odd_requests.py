"""Odd requests, the same in every run, spread over every route; and sending one of them."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from routes import every_path

SEED = 20261123
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUX")
ODD_TEXTS = (
    *(
        "",
        "\x00",
        "\ud800",
        "\u202e",
        "%00%ff",
        "../../etc/passwd",
        "{}",
        "<script>alert(1)</script>",
        "x" * 3_000,
        "é" * 90_000,
    ),
    *("__proto__", "how long was he at TikTok?", "😀" * 500, "\r\nX-Injected: 1", "null", "${jndi:ldap://x}", "'; --"),
)
ODD_VALUES = (
    *ODD_TEXTS,
    *(
        None,
        True,
        -1,
        0,
        1,
        2,
        3,
        10**30,
        1e308,
        float("nan"),
        [],
        {},
        [[]],
        {"": None},
        ["x"] * 500,
        {"a": {"b": [1]}},
    ),
)
OPEN = (
    *("/", "/askme.js", "/healthz", "/mcp", "/config", "/gradio_api/info", "/gradio_api/heartbeat/{session_hash}"),
    *("/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel", "/gradio_api/run/run"),
    *("/gradio_api/call/ask", "/gradio_api/call/ask/{event_id}", "/gradio_api/queue/join", "/mcp"),
)
"""What is let in gets half of the requests."""
BODIES = (
    {"session_hash": "fuzz", "fn_index": 0, "data": ['{"id": 1, "question": "hi"}', None]},
    {"session_hash": "fuzz", "fn_index": 1, "data": ['{"do": "brief", "kind": "md"}', None]},
    {"session_hash": "fuzz", "fn_index": 2, "data": ["hello", ["hi"]], "event_data": None, "trigger_id": 3},
    {"session_hash": "fuzz", "fn_index": 0, "event_id": "abc"},
    {"data": ["hello", []]},
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask_resume", "arguments": {"question": "hi"}},
    },
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
    {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "resume://resume"}},
    {"event_id": "abc"},
    {"component_id": 1, "fn_name": "postprocess", "session_hash": "fuzz", "data": None},
)
HEADERS = (
    *(
        {"Content-Type": kind}
        for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "", "\xff")
    ),
    {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
    *({"Origin": origin} for origin in ("https://evil.example", "null", "http://127.0.0.1", "\xff")),
    {"Cookie": "a=" + "b" * 9_000},
    {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
    {"Accept-Encoding": "br, gzip;q=0, *;q=9e99"},
    {"Accept-Language": "zh;q=nan," * 500},
    {"X-Forwarded-For": "evil, 1.2.3.4", "X-Forwarded-Proto": "javascript", "X-Forwarded-Host": "evil.example"},
    {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"},
    {"Expect": "100-continue"},
    {"Range": "bytes=-1,5-2,0-"},
    {"If-None-Match": "*", "If-Modified-Since": "never"},
    {"mcp-session-id": "x" * 500, "mcp-protocol-version": "1066-10-14"},
    {"X-Gradio-User": "app", "X-Gradio-Server": "http://evil.example", "Authorization": "Bearer hf_abcdefghijkl"},
)


@dataclass(frozen=True)
class Odd:
    """One request of many."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]} {str(self.headers)[:200]} {self.body[:200]!r}"


def odd_requests(count: int) -> Iterator[Odd]:
    chance = random.Random(SEED)
    paths = every_path()
    for number in range(count):
        path = OPEN[number // 2 % len(OPEN)] if number % 2 else paths[number // 2 % len(paths)]
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + quote(chance.choice(ODD_TEXTS).encode("utf-8", "replace")[:400]) + rest.partition("}")[2]
        if chance.random() < 0.3:
            path += "?" + chance.choice(
                ("session_hash=fuzz", "q=" + quote("x" * 9_000), "%ff=%00&&=", "lang=zh&lang=en")
            )
        method = "POST" if chance.random() < 0.5 else chance.choice(METHODS)
        headers = dict(chance.choice(HEADERS))
        body = b"" if method in ("GET", "HEAD") else odd_body(chance)
        if body and chance.random() < 0.6:
            headers["Content-Type"] = "application/json"
        yield Odd(method, path, headers, body)


def odd_body(chance: random.Random) -> bytes:
    made = chance.random()
    if made < 0.15:
        return chance.randbytes(chance.choice((1, 30, 3_000)))
    if made < 0.2:
        return chance.choice(
            (b"[" * 50_000, b'{"a":' * 20_000, b"9" * 50_000, b'"\\ud800"', b"\xff\xfe{\x00}\x00", b"{")
        )
    if made < 0.23:
        return b'{"data": ["' + b"x" * chance.choice((230_000, 1_100_000)) + b'"]}'
    body = json.loads(json.dumps(chance.choice(BODIES)))
    for _ in range(chance.choice((0, 1, 1, 2))):
        holder = chance.choice(
            [each for each in (body, body.get("data"), body.get("params")) if each and isinstance(each, list | dict)]
        )
        places = list(range(len(holder))) if isinstance(holder, list) else list(holder)
        holder[chance.choice(places)] = chance.choice(ODD_VALUES)
    return json.dumps(body).encode()


def sent(address: str, odd: Odd) -> tuple[int, dict[str, str], bytes]:
    """Send a request; return status, headers and the beginning of the body. Streams are left after a moment."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.putrequest(odd.method, odd.path, skip_accept_encoding="Accept-Encoding" in odd.headers)
    for name, value in odd.headers.items():
        connection.putheader(name, value.encode("latin-1"))
    if odd.body:
        connection.putheader("Content-Length", str(len(odd.body)))
    try:
        connection.endheaders(odd.body or None)
        patient = connection.sock
        answer = connection.getresponse()
        read = b""
        if answer.headers.get_content_type() == "text/event-stream":
            patient.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            read = answer.read(20_000)
        return answer.status, dict(answer.headers), read
    finally:
        connection.close()
