"""The example homepage, served for the tests that see the widget on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from scripts import loaded

OWN_NETWORK = "--disable-features=LocalNetworkAccessChecks"  # a page changed on its way counts as one from outside


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def homepage_server(askme: str, port: int = 0) -> ThreadingHTTPServer:
    return loaded("examples/serve.py").build_server(port, askme)
