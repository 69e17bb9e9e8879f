"""What the web server sends besides answers: the page's document and files, the widget, security headers. ASGI."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from askme.web.html.document import Document, Visit
from askme.web.routes import Door

STATIC = Path(__file__).with_name("static")
FIRST = "page.js"
WIDGET = "askme.js"
_LASTING = "public, max-age=31536000, immutable"
_OPEN = ("/", f"/{WIDGET}", "/healthz")
"""What a homepage loads: it frames the page, and its widget looks whether the server is there."""
_UNUSED = "accelerometer autoplay camera display-capture geolocation gyroscope microphone midi payment usb".split()
_WIDGET_SECONDS = 600
"""A homepage gets a new widget after so long."""


def folder() -> str:
    """Return where the page's files are: a new address whenever one changes, so that browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"page/{digest.hexdigest()[:12]}"


def scripts() -> tuple[str, ...]:
    """Return the names of the page's scripts, the one that starts first."""
    others = (path.name for path in sorted(STATIC.glob("*.js")) if path.name not in (FIRST, WIDGET))
    return (FIRST, *others)


def routes(document: Document) -> list[BaseRoute]:
    """Return the page, its files, and the homepage's widget."""

    async def page(request: Request) -> Response:
        visit = Visit.of(request.query_params, request.headers.get("accept-language", ""))
        return _compressed(document.html(visit), request.headers.get("accept-encoding", ""))

    return [
        Route("/", page),
        Route(f"/{WIDGET}", _widget, middleware=[Middleware(GZipMiddleware)]),
        Mount(f"/{document.folder}", GZipMiddleware(StaticFiles(directory=STATIC))),
    ]


def doors(document: Document) -> list[Door]:
    """Return the ways in to them."""
    return [Door("/"), Door(f"/{re.escape(WIDGET)}"), Door(rf"/{document.folder}/[a-z0-9_-]+\.[a-z0-9]+")]


async def _widget(_: Request) -> Response:
    path = STATIC / WIDGET
    if not path.is_file():
        return PlainTextResponse("there is no widget here\n", status_code=404)
    headers = {"Cache-Control": f"public, max-age={_WIDGET_SECONDS}"}
    return FileResponse(path, media_type="text/javascript; charset=utf-8", headers=headers)


def _compressed(html: str, encodings: str) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}
    body = html.encode()
    if "gzip" in encodings:
        body, headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
    return Response(body, 200, headers, media_type="text/html; charset=utf-8")


def policy(origins: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy: nothing from other hosts, nothing inline, framed by `origins` only."""
    ancestors = " ".join(("'self'", *origins))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def _owner(path: str) -> str:
    """Return who may load what is at `path` into a page."""
    return "cross-origin" if path in _OPEN else "same-origin"


class Guard:
    """Around the whole application: every response gets its security headers."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...], lasting: str) -> None:
        """Take whose pages may frame ours, and the folder whose files never change."""
        self._app, self._lasting = app, f"/{lasting}/"
        self._headers = {
            "Content-Security-Policy": policy(origins),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)  # a page may have a stricter policy of its own
                headers.setdefault("Cross-Origin-Resource-Policy", _owner(scope["path"]))
                headers.setdefault("Cache-Control", "no-store")
                if message["status"] == 200 and scope["path"].startswith(self._lasting):
                    headers["Cache-Control"] = _LASTING
            await send(message)

        await self._app(scope, receive, sent if scope["type"] == "http" else send)
