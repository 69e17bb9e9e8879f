"""What surrounds the page on its way out: security headers, our part of the document, files, caching. ASGI."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from askme.document import Document, Visit, script_hashes

STATIC = Path(__file__).with_name("static")
_LASTING = "public, max-age=31536000, immutable"
_WIDGET_SECONDS = 600
"""A homepage gets a new widget after so long."""


def assets() -> str:
    """Return the folder of the page's files as the page names it: a new one whenever a file changes."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"page/{digest.hexdigest()[:12]}"


def routes(folder: str) -> list[BaseRoute]:
    """Return what is served beside the page: its files, and the homepage's widget."""

    async def widget(_: object) -> Response:
        path = STATIC / "askme.js"
        if not path.is_file():
            return PlainTextResponse("there is no widget here\n", status_code=404)
        headers = {
            "Cache-Control": f"public, max-age={_WIDGET_SECONDS}",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return FileResponse(path, media_type="text/javascript; charset=utf-8", headers=headers)

    return [Route("/askme.js", widget), Mount(f"/{folder}", StaticFiles(directory=STATIC))]


def policy(origins: tuple[str, ...], hashes: tuple[str, ...] = ()) -> str:
    """Return the Content-Security-Policy: nothing from other hosts, no script but files and those with a hash.

    Gradio sets styles from scripts, hence 'unsafe-inline' for styles alone.
    """
    rules = {
        "default-src": ("'self'",),
        "script-src": ("'self'", *hashes),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:"),
        "font-src": ("'self'", "data:"),
        "object-src": ("'none'",),
        "frame-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'", *origins),
    }
    return "; ".join(f"{rule} {' '.join(sources)}" for rule, sources in rules.items())


class Guard:
    """Around the whole application: every response gets its headers, the page's document our part."""

    def __init__(self, app: ASGIApp, document: Document, origins: tuple[str, ...]) -> None:
        """Take what is put into the document, and whose pages may frame it."""
        self._app, self._document, self._origins = app, document, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = self._guarded(scope["path"], send)
        if scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            await self._page(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _guarded(self, path: str, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), path, message["status"])
            await send(message)

        return sent

    def _add_headers(self, headers: MutableHeaders, path: str, status: int) -> None:
        headers.setdefault("Content-Security-Policy", policy(self._origins))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        if status == 200 and path.startswith(("/assets/", f"/{self._document.assets}/")):
            headers["Cache-Control"] = _LASTING

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fetch Gradio's index page, uncompressed, and send it with ours in it."""
        asked = Headers(scope=scope)
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        parts: list[bytes] = []
        status = 500

        async def kept(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app({**scope, "method": "GET", "headers": plain}, receive, kept)
        visit = Visit.of(QueryParams(scope["query_string"]), asked.get("accept-language", ""))
        html = self._document.within(b"".join(parts).decode("utf-8"), visit)
        await self._response(html, status, asked.get("accept-encoding", ""))(scope, receive, send)

    def _response(self, html: str, status: int, encodings: str) -> Response:
        headers = {
            "Content-Security-Policy": policy(self._origins, script_hashes(html)),
            "Cache-Control": "no-store" if status != 200 else "no-cache",
            "Vary": "Accept-Encoding, Accept-Language",
        }
        body = html.encode()
        if "gzip" in encodings:
            body, headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
        return Response(body, status, headers, media_type="text/html; charset=utf-8")
