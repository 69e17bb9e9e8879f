"""A real browser, the page, and the example homepage with the widget on it, for what can only be measured there."""

from __future__ import annotations

import importlib.util
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, cast

from benchmarks.crowd import UNLIMITED
from benchmarks.measure import ROOT
from benchmarks.served import HOST, free_port, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
LOCAL = "--disable-features=LocalNetworkAccessChecks"
"""The homepage and the chat have two ports of one machine; on the web the one is no local network of the other."""


@dataclass(frozen=True)
class Site:
    """Where the page is, and the homepage that may frame it."""

    chat: str
    homepage: str


@contextmanager
def site(data_dir: Path) -> Iterator[Site]:
    """Serve the page and the example homepage; the page is ready to answer."""
    port = free_port()
    homepage = f"http://{HOST}:{port}"
    with served(ROOT / "app.py", data_dir, ASKME_ALLOWED_ORIGINS=homepage, **UNLIMITED) as server:
        server.seconds_to_200("/healthz")
        home = _homepage(port, server.url)
        threading.Thread(target=home.serve_forever, daemon=True).start()
        try:
            yield Site(server.url, homepage)
        finally:
            home.shutdown()
            home.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium without a window.

    Raises:
        RuntimeError: there is none on the PATH.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise RuntimeError(f"no Chromium on the PATH (tried {', '.join(PROGRAMS)}); on Debian: apt install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (0.5 s: `--help` and a wrong name needn't wait)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*OPTIONS, LOCAL])
        try:
            yield browser
        finally:
            browser.close()


def _homepage(port: int, chat: str) -> ThreadingHTTPServer:
    spec = importlib.util.spec_from_file_location("serve", ROOT / "examples" / "serve.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("examples/serve.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(ThreadingHTTPServer, module.build_server(port, chat))
