"""Serve the example homepage with the chat on it: python examples/serve.py [--port 8000] [--askme http://127.0.0.1:7860]."""

from __future__ import annotations

import argparse
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

ASKME = "http://127.0.0.1:7860"
PLACEHOLDER = "{{ASKME}}"

_HOMEPAGE = Path(__file__).with_name("homepage")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def build_server(port: int, askme: str = ASKME) -> ThreadingHTTPServer:
    """Return a server of the homepage on 127.0.0.1 with the chat at `askme`; port 0 takes a free one."""

    class Homepage(BaseHTTPRequestHandler):
        """Answers with the files of the homepage, which are few and read anew each time."""

        def do_GET(self) -> None:
            """Send one file."""
            name = urlsplit(self.path).path.lstrip("/") or "index.html"
            files = {path.name: path for path in _HOMEPAGE.iterdir()}
            if name not in files:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = files[name].read_text(encoding="utf-8").replace(PLACEHOLDER, askme.rstrip("/")).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"{_TYPES[files[name].suffix]}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing about single requests."""

    return ThreadingHTTPServer(("127.0.0.1", port), Homepage)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the example homepage with the chat on it.")
    parser.add_argument("--port", type=int, default=8000, help="TCP port of the homepage (8000)")
    parser.add_argument("--askme", default=ASKME, help=f"address of the chat ({ASKME})")
    chosen = parser.parse_args()
    try:
        homepage = build_server(chosen.port, chosen.askme)
    except OSError as error:
        sys.exit(f"can't listen on 127.0.0.1:{chosen.port}: {error.strerror}")
    with homepage as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port} with the chat of {chosen.askme}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
