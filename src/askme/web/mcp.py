"""The Model Context Protocol at /mcp: one tool that asks the résumé, one resource that is it. No sessions are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from askme.types import Bullet, Knowledge
from askme.web.routes import ASKING, Asked, Door, Room, Told, TurnedAway, as_object

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP
    from starlette.types import Receive, Scope, Send

Ask = Callable[[str, list[str], str], dict[str, Any]]
LARGEST_REQUEST = 1_000_000
"""Bytes."""
_HOW = (
    "Answers questions about one candidate from his résumé. Every sentence rests on résumé bullets, which come with "
    "the answer. What the résumé does not say, the answer says it does not say."
)


class McpServer:
    """An ASGI application. Each request is answered by itself; the library is imported by the first one."""

    def __init__(self, ask: Ask, get_knowledge: Callable[[], Knowledge]) -> None:
        """`ask` takes a question, the earlier turns and the caller's address, and returns an answer as JSON.

        Both may block. What `ask` raises is told to the caller.
        """
        self._ask, self._get_knowledge = ask, get_knowledge
        self._made: FastMCP[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        refusal = _refusal(scope)
        if refusal:
            await JSONResponse({"error": refusal.phrase}, refusal.value, {"Allow": "POST"})(scope, receive, send)
            return
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 (0.8 s)

        server = await asyncio.to_thread(self._server)
        manager = StreamableHTTPSessionManager(app=server._mcp_server, stateless=True, json_response=True)  # noqa: SLF001
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _server(self) -> FastMCP[Any]:
        if self._made is None:
            from mcp.server.fastmcp import FastMCP  # noqa: PLC0415 (0.8 s, of every start)

            server = FastMCP("askme", instructions=_HOW, log_level="WARNING")
            server.add_tool(self._tool(server), name="ask_resume", description=_HOW)
            server.resource("resume://resume", name="resume", mime_type="text/markdown")(self._resume)
            self._made = server
        return self._made

    def _tool(self, server: FastMCP[Any]) -> Callable[..., Any]:
        async def ask_resume(question: str, earlier_turns: list[str] | None = None) -> dict[str, Any]:
            """Answer `question`; `earlier_turns` are the questions before it, the oldest first."""
            request = server.get_context().request_context.request
            address = request.client.host if request and request.client else ""
            return await asyncio.to_thread(self._ask, question, earlier_turns or [], address)

        return ask_resume

    async def _resume(self) -> str:
        """The résumé in both languages, with the ids that answers cite."""
        return as_markdown(await asyncio.to_thread(self._get_knowledge))


def door(most: int) -> Door:
    """Return the way in, for at most so many requests at once."""
    return Door("/mcp", ASKING, _message, Room(most), asks=True)


def _message(asked: Asked) -> Told:
    """Return a request that is a message of the protocol; to others its library answers with its own insides."""
    said = as_object(asked.body)
    if said.get("jsonrpc") != "2.0" or not isinstance(said.get("method"), str):
        raise TurnedAway(400, "Send one JSON-RPC 2.0 request.")
    return Told(body=asked.body)


def _refusal(scope: Scope) -> HTTPStatus | None:
    """Return why a request isn't taken: there is no stream to GET and no session to DELETE."""
    if scope["method"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    size = dict(scope["headers"]).get(b"content-length", b"")
    if not size.isdigit():
        return HTTPStatus.LENGTH_REQUIRED
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(size) > LARGEST_REQUEST else None


def as_markdown(knowledge: Knowledge) -> str:
    """Return the résumé as Markdown: each bullet with its id, and below it its English rendering."""
    lines: list[str] = []
    for section, title in knowledge.sections.items():
        lines += [f"# {title.zh} · {title.en}", ""]
        inside = [bullet for bullet in knowledge.bullets.values() if bullet.section == section]
        lines += [line for bullet in inside for line in _lines(bullet)] + [""]
    return "\n".join(lines)


def _lines(bullet: Bullet) -> list[str]:
    zh, en = (text.replace("\n", " · ") for text in (bullet.text.zh, bullet.text.en))
    if bullet.is_heading:
        mark = "###" if bullet.kind == "project" else "##"
        return ["", f"{mark} {zh} [{bullet.id}]", f"{en}", ""]
    return [f"- {zh} [{bullet.id}]", *([f"  {en}"] if en != zh else [])]
