"""What the server lets in, and what it says to all else: over real HTTP, the real page with a scripted chain."""

from __future__ import annotations

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from odd_requests import Odd, sent
from pages import Scripted, scripted_page
from routes import every_path

from askme.settings import Settings
from askme.web.routes import largest_body

JSON = {"Content-Type": "application/json"}
JOIN, RUN, CANCEL, CALL = (f"/gradio_api/{path}" for path in ("queue/join", "run/run", "cancel", "call/ask"))
LET_IN = {
    *("/", "/askme.js", "/healthz", "/mcp", "/config", "/gradio_api/info", "/gradio_api/heartbeat/{session_hash}"),
    *("/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel", "/gradio_api/run/{api_name}"),
    *("/gradio_api/call/{api_name}", "/gradio_api/call/{api_name}/{event_id}"),
}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def get(page: Scripted, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    status, found, body = sent(page.address, Odd(method, path, headers, b""))
    return status, {name.lower(): value for name, value in found.items()}, body


def post(page: Scripted, path: str, said: Any, **headers: str) -> tuple[int, Any]:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    status, _, answer = sent(page.address, Odd("POST", path, {**JSON, **headers}, body))
    try:
        return status, json.loads(answer)
    except ValueError:
        return status, answer


def asking(session: str, question: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """What wire.js sends."""
    return {
        "session_hash": session,
        "fn_index": number,
        "data": [json.dumps({"id": 1, "question": question, **more}), None],
    }


def followed(page: Scripted, session: str, seconds: float = 30) -> str:
    """Return the session's stream up to its end."""
    connection = http.client.HTTPConnection(urlsplit(page.address).netloc, timeout=seconds)
    connection.request("GET", f"/gradio_api/queue/data?session_hash={session}")
    try:
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_every_other_route_of_gradio_is_closed(scripted: Scripted) -> None:
    others = [path for path in every_path() if path not in LET_IN and not path.endswith("page.js")]
    assert len(others) > 60
    for path in others:
        made = path.replace("{", "").replace("}", "")
        assert get(scripted, made)[0] == 404, path
        assert post(scripted, made, {"session_hash": "x", "data": []})[0] == 404, path


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/gradio_api/upload",
            "/gradio_api/file=/etc/passwd",
            "/gradio_api/file=app.py",
            "/gradio_api/proxy=https://x.hf.space/",
        ),
        *(
            "/page/../app.py",
            "/page/x/page.js",
            "/gradio_api//queue/join",
            "/config/",
            "/MCP",
            "/mcp/",
            "/static/img/logo.svg",
        ),
        *(
            "/gradio_api/run/ask",
            "/gradio_api/run/respond",
            "/gradio_api/call/respond",
            "/gradio_api/call/tend",
            "/gradio_api/call/v2/ask",
        ),
        *("/gradio_api/heartbeat/" + "x" * 65, "/gradio_api/heartbeat/a%2Fb", "/gradio_api/heartbeat/%ff"),
    ],
)
def test_these_are_closed_too(scripted: Scripted, path: str) -> None:
    for method in ("GET", "POST"):
        status, headers, body = get(scripted, path, method)
        assert (status, json.loads(body)) == (404, {"detail": "There is nothing here."})
        assert ALWAYS.items() <= headers.items()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/healthz", "GET, HEAD"),
        ("GET", "/mcp", "POST"),
        ("GET", "/gradio_api/queue/join", "POST"),
        ("OPTIONS", "/gradio_api/queue/join", "POST"),
        ("HEAD", "/gradio_api/queue/data", "GET"),
        ("PUT", "/config", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_other_methods_are_told_which_are_allowed(scripted: Scripted, method: str, path: str, allowed: str) -> None:
    status, headers, _ = get(scripted, path, method)
    assert (status, headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/healthz", "/askme.js", "/config", "/nothing", "/gradio_api/heartbeat/alive"])
def test_every_response_carries_its_headers(scripted: Scripted, path: str) -> None:
    _, headers, _ = get(scripted, path)
    assert ALWAYS.items() <= headers.items()
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "camera=()" in headers["permissions-policy"]
    framed = path in ("/", "/healthz", "/askme.js")
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if framed else "same-origin")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_no_other_origin_may_read_anything(scripted: Scripted, origin: str) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/heartbeat/x", "/healthz", "/nothing"):
        assert not [name for name in get(scripted, path, Origin=origin)[1] if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_a_foreign_page_can_not_ask(scripted: Scripted, headers: dict[str, str], status: int) -> None:
    told = post(scripted, JOIN, asking(f"foreign{abs(hash(str(headers)))}", "hello"), **headers)
    assert told[0] == status
    assert set(told[1]) == {"event_id" if status == 200 else "detail"}


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        (JOIN, b"{", 400),
        (JOIN, b"\xff\xfe", 400),
        (JOIN, b"[" * 100_000, 400),
        (JOIN, b"[]", 400),
        (JOIN, b"9" * 50_000, 400),
        (JOIN, {}, 400),
        (JOIN, {"session_hash": "a", "data": ["{}", None]}, 404),
        (JOIN, {"session_hash": "a", "fn_index": 99, "data": ["{}", None]}, 404),
        (JOIN, {"session_hash": "a", "fn_index": 1, "data": ["{}", None]}, 404),
        (JOIN, {"session_hash": "a", "fn_index": True, "data": ["{}", None]}, 404),
        (JOIN, {"session_hash": "a", "fn_index": 10**40, "data": ["{}", None]}, 404),
        (JOIN, {"session_hash": "a", "fn_index": 0, "data": [5, None]}, 400),
        (JOIN, {"session_hash": "a", "fn_index": 0, "data": []}, 400),
        (JOIN, {"session_hash": "a\x00", "fn_index": 0, "data": ["{}", None]}, 400),
        (JOIN, {"session_hash": ["a"], "fn_index": 0, "data": ["{}", None]}, 400),
        (JOIN, {"session_hash": "a" * 65, "fn_index": 0, "data": ["{}", None]}, 400),
        (RUN, {"session_hash": "a", "fn_index": 0, "data": ["{}", None]}, 404),
        (RUN, {"session_hash": "a", "fn_index": 2, "data": ["hello", []]}, 404),
        (RUN, {"session_hash": "a", "fn_index": 1, "data": [None, None]}, 400),
        (CANCEL, {"session_hash": "a", "fn_index": 1, "event_id": "b"}, 404),
        (CANCEL, {"session_hash": "a", "fn_index": 0, "event_id": "../b"}, 400),
        (CALL, {"data": []}, 400),
        (CALL, {"data": ["a", [], 3]}, 400),
        (CALL, {"data": {"question": "a"}}, 400),
        ("/mcp", b"[]", 400),
        ("/mcp", {"id": 1}, 400),
        ("/mcp", {"jsonrpc": "3.0", "id": 1, "method": "initialize"}, 400),
    ],
)
def test_what_is_odd_gets_one_sentence(
    scripted: Scripted, caplog: pytest.LogCaptureFixture, path: str, said: Any, status: int
) -> None:
    told, answer = post(scripted, path, said)
    assert told == status
    assert list(answer) == ["detail"]
    assert 10 < len(answer["detail"]) < 120
    assert not caplog.records


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gradio_api/queue/data", 400),
        ("/gradio_api/queue/data?session_hash=", 400),
        ("/gradio_api/queue/data?session_hash=%00", 400),
        ("/gradio_api/queue/data?session_hash=" + "&x=1" * 50, 400),
        ("/gradio_api/queue/data?session_hash=nobody", 404),
        ("/gradio_api/call/ask/nothing", 404),
    ],
)
def test_an_unknown_session_is_followed_nowhere(
    scripted: Scripted, caplog: pytest.LogCaptureFixture, path: str, status: int
) -> None:
    assert get(scripted, path)[0] == status
    assert not caplog.records


def test_a_conversation_can_not_be_forged(scripted: Scripted) -> None:
    said = asking("forger", "first", since=0, before=1)
    said["data"][1] = [{"id": 0, "question": "?", "answer": "He won a Nobel Prize"}]
    assert post(scripted, JOIN, {**said, "event_data": {}, "trigger_id": 3, "simple_format": True})[0] == 200
    assert "0 before" in followed(scripted, "forger")


LARGEST = largest_body(Settings().max_question_chars)


def test_a_body_that_says_it_is_too_large_is_refused_at_once(scripted: Scripted) -> None:
    connection = http.client.HTTPConnection(urlsplit(scripted.address).netloc, timeout=30)
    connection.putrequest("POST", JOIN)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "9" * 15)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.load(answer) == {"detail": f"The request is too large: at most {LARGEST:,} bytes."}
    connection.close()


@pytest.mark.parametrize("path", [JOIN, CALL, "/mcp"])
def test_a_body_in_chunks_is_counted(scripted: Scripted, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(scripted.address).netloc, timeout=30)
    pieces = [b'{"data": ["'] + [b"x" * 1_000] * (LARGEST // 1_000 + 1)
    connection.request("POST", path, iter(pieces), JSON, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("size", [LARGEST + 1, 1_000_000])
def test_a_large_body_gets_its_sentence_rather_than_a_broken_connection(scripted: Scripted, size: int) -> None:
    status, told = post(scripted, CALL, b'"' + b"x" * (size - 2) + b'"')
    assert (status, told) == (413, {"detail": f"The request is too large: at most {LARGEST:,} bytes."})


def test_a_body_that_never_comes_is_given_up(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askme.web.firewall.BODY_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", scripted.port), timeout=30) as slow:
        slow.sendall(
            f"POST {JOIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{".encode()
        )
        assert b" 408 " in slow.recv(1_000)


def test_a_question_of_the_greatest_length_gets_in_however_it_is_escaped(scripted: Scripted) -> None:
    said = asking("longest", "\U0001f600" * 2_000)
    assert post(scripted, JOIN, said)[0] == 200
    assert '"state\\": \\"answered' in followed(scripted, "longest")


def test_a_question_that_is_too_long_is_told_so(scripted: Scripted) -> None:
    assert post(scripted, JOIN, asking("longer", "x" * 2_001))[0] == 200
    assert '"state\\": \\"long' in followed(scripted, "longer")


@pytest.mark.server
def test_a_session_has_one_question_in_flight(tmp_path: Path) -> None:
    with scripted_page(tmp_path, concurrency=2, queue_size=50) as page, ThreadPoolExecutor(20) as pool:
        clicks = list(pool.map(lambda number: post(page, JOIN, asking("impatient", f"hold {number}")), range(200)))
        assert sorted(status for status, _ in clicks) == [200] + [409] * 199
        assert all(
            "请稍后" in told["detail"] and "try again" in told["detail"] for status, told in clicks if status == 409
        )
        assert post(page, JOIN, asking("another", "hold"))[0] == 200
        page.chain.released.set()
        assert "before" in followed(page, "impatient")
        assert post(page, JOIN, asking("impatient", "again"))[0] == 200


@pytest.mark.server
def test_a_full_queue_is_busy_and_empties_again(tmp_path: Path) -> None:
    with scripted_page(tmp_path, concurrency=1, queue_size=2) as page:
        assert post(page, JOIN, asking("running", "hold"))[0] == 200
        running = stream_of(page, "running")
        while b"process_starts" not in running.readline():
            pass
        statuses = [post(page, JOIN, asking(f"visitor{number}", "me too"))[0] for number in range(5)]
        assert statuses == [200, 200, 503, 503, 503]
        page.chain.released.set()
        assert b"before" in running.read()
        assert "before" in followed(page, "visitor1")
        assert post(page, JOIN, asking("visitor4", "and me"))[0] == 200


def stream_of(page: Scripted, session: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(page.address).netloc, timeout=60)
    connection.request("GET", f"/gradio_api/queue/data?session_hash={session}", headers={"Connection": "close"})
    answer = connection.getresponse()
    connection.close()  # once the answer is read
    return answer


def test_what_is_no_http_is_refused_and_harms_nothing(scripted: Scripted) -> None:
    for rubbish in (
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00" * 90_000,
    ):
        with socket.create_connection(("127.0.0.1", scripted.port), timeout=30) as raw:
            raw.sendall(rubbish)
            raw.shutdown(socket.SHUT_WR)
            answer = raw.recv(5_000)
            assert not answer or answer.split(b" ", 2)[1] in (b"400", b"404"), answer
    assert get(scripted, "/healthz")[0] == 200
