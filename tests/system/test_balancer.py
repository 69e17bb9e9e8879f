"""The example of a load balancer keeps a visitor with one replica, and sends visitors on when theirs is gone."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socketserver
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from replicas import wait_until
from serving import free_port

from askme.settings import ROOT

pytestmark = pytest.mark.server

EXAMPLE = ROOT / "examples" / "grow" / "nginx.conf"


class Backend(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers every request with its own port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Telling)
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def gone(self) -> None:
        self.shutdown()
        self.server_close()


class _Telling(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def backends() -> Iterator[list[Backend]]:
    pair = [Backend(), Backend()]
    yield pair
    for one in pair:
        one.gone()


@pytest.fixture
def balancer(backends: list[Backend], tmp_path: Path) -> Iterator[str]:
    """The address of nginx with the example's configuration, but for ports and paths."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs nginx (Debian: apt install nginx-light)")
    port, text = free_port(), EXAMPLE.read_text(encoding="utf-8")
    for example, real in zip((7860, 7861, 7862), (port, *(one.server_address[1] for one in backends)), strict=True):
        text = text.replace(f"127.0.0.1:{example}", f"127.0.0.1:{real}")
    made = tmp_path / "nginx.conf"
    made.write_text(text.replace("/tmp/askme-nginx", str(tmp_path / "nginx")), encoding="utf-8")
    process = subprocess.Popen([nginx, "-p", str(tmp_path), "-c", str(made)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: _there(address), "nginx doesn't answer")
    yield address
    process.terminate()
    process.wait()


def _there(address: str) -> bool:
    try:
        return bool(answered_by(address))
    except OSError:
        return False


def answered_by(address: str, session: str = "", path: str = "/", posted: bool = False) -> int:
    headers = {"X-Session": session} if posted and session else {}
    query = f"?session_hash={session}" if session and not posted else ""
    request = urllib.request.Request(f"{address}{path}{query}", b"{}" if posted else None, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return int(response.read())


def test_a_visitor_stays_with_one_replica(balancer: str) -> None:
    homes = {}
    for n in range(40):
        session = f"visitor-{n}"
        join = answered_by(balancer, session, "/gradio_api/queue/join", posted=True)
        data = answered_by(balancer, session, "/gradio_api/queue/data")
        alive = answered_by(balancer, session, f"/gradio_api/heartbeat/{session}")
        assert join == data == alive
        homes[session] = join
    assert len(set(homes.values())) == 2
    assert len({answered_by(balancer) for _ in range(5)}) == 1  # by address


def test_visitors_of_a_replica_that_is_gone_go_to_the_other(balancer: str, backends: list[Backend]) -> None:
    backends[0].gone()
    other = backends[1].server_address[1]
    sessions = [f"visitor-{n}" for n in range(20)]
    assert {answered_by(balancer, session, posted=n % 2 == 0) for n, session in enumerate(sessions)} == {other}
