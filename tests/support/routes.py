"""Every path that the served application knows, Gradio's own included, found in the application itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from askme.settings import Settings


def every_path() -> list[str]:
    """Return the paths, with what varies in braces; the folder of the page's files has one of them."""
    from askme.web.gradio_app import build_app  # noqa: PLC0415 (2 s, which tests without a page shouldn't pay)

    app = build_app(lambda: None, Settings())  # type: ignore[arg-type,return-value]
    found = {path.replace("{path:path}", "{path}") for path in _paths(app.routes)}
    return sorted(found | {"/nothing", "/insights", "//", "/page/x/../../etc/passwd"})


def _paths(routes: Iterable[Any], before: str = "") -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        path = before + getattr(route, "path", "")
        if hasattr(inner, "routes"):
            yield from _paths(inner.routes, path if hasattr(route, "path") else before)
        elif path.startswith("/page/"):
            yield f"{path}/page.js"
        else:
            yield path or "/"
