"""The conversation as Gradio runs it: its events, its queue, its sessions. Alone in knowing Gradio.

What a visitor sees is `shell` and `page` in a `document` of our own: Gradio's page would reload itself, and lose the
conversation, whenever a connection breaks. wire.js speaks to the events below as Gradio's own page does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio.events import api
from starlette.routing import Route

from askme import brief, web
from askme.bridge import drained
from askme.catching_up import caught_up, missing
from askme.conversation import HISTORY_TURNS, Exchange, Request, as_mapping, history, whole
from askme.document import Document
from askme.export import as_json
from askme.feedback import Feedback, Rating
from askme.knowledge import load_knowledge
from askme.mcp_server import McpServer
from askme.origins import allowed_origins
from askme.page import exchange_html
from askme.settings import Settings
from askme.shell import description, shell, title
from askme.texts import TEXTS
from askme.types import Knowledge, Turn

if TYPE_CHECKING:
    from askme.chain import Chain  # brings chromadb and langchain, 2 s: not before the server listens

Session = tuple[Exchange, ...]
Update = dict[Any, Any]

KEPT_EXCHANGES = 40
"""Exchanges that a session keeps; older ones are forgotten, so that no visitor's memory grows without end."""

_log = logging.getLogger(__name__)


def build_app(get_chain: Callable[[], Chain], settings: Settings) -> FastAPI:
    """Return the web application: `/healthz`, `/askme.js` and the page at `/`. `get_chain` may block until ready."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str | int]:
        chain = get_chain()
        told: dict[str, str | int] = {"status": "ok", "bullets": len(chain.knowledge.bullets), "mode": chain.mode}
        told |= {"index": chain.index} if settings.chroma_url else {}
        return told | ({"model": chain.assistant.state} if chain.assistant else {})

    knowledge = load_knowledge(settings.knowledge_dir)
    profile = knowledge.profile
    origins = allowed_origins(settings.origins, profile.links.get("homepage", ""))
    events = Events(get_chain, knowledge, settings)
    body = shell(knowledge, settings.max_question_chars, origins, settings.has_model, events.numbers)
    document = Document(title(profile), description(profile), body, web.folder(), web.scripts())
    machines = McpServer(events.ask, lambda: get_chain().knowledge)
    app.router.routes.extend([*web.routes(document), Route("/mcp", machines)])
    gr.mount_gradio_app(
        app,
        events.blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None},
        show_error=False,
        ssr_mode=False,
        run_history=False,
        mcp_server=False,
    )
    app.add_middleware(web.Guard, origins=origins, lasting=document.folder)
    return app


class Events:
    """What the page can ask for. It holds no conversation: sessions come in and go out.

    `numbers` are what wire.js calls the events by.
    """

    def __init__(self, get_chain: Callable[[], Chain], knowledge: Knowledge, settings: Settings) -> None:
        """Build the events, with one public endpoint, `ask`."""
        self._get_chain, self._knowledge, self._settings = get_chain, knowledge, settings
        self._feedback = Feedback(settings.data_dir)
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="answer")
        self.numbers: dict[str, int] = {}
        self.blocks = gr.Blocks(title=title(knowledge.profile), analytics_enabled=False)
        with self.blocks:
            self._connect()
        self.blocks.queue(max_size=settings.queue_size, default_concurrency_limit=settings.concurrency, api_open=True)

    def _connect(self) -> None:
        self.session, self.told = gr.State(()), gr.Textbox()
        asked, errand = gr.Textbox(), gr.Textbox()
        private: dict[str, Any] = {"api_visibility": "private"}
        limits: dict[str, Any] = {"concurrency_id": "questions", "concurrency_limit": self._settings.concurrency}
        both = [self.told, self.session]
        events = {
            "ask": asked.submit(self.respond, [asked, self.session], both, **private, **limits),
            "run": errand.submit(self.tend, [errand, self.session], both, queue=False, **private),
        }
        self.numbers = {name: event["id"] for name, event in events.items()}
        api(self.ask, api_name="ask", **limits)

    async def respond(self, raw: str, session: Session) -> AsyncIterator[Update]:
        """Send the question's exchange as it grows; a failure becomes a sentence in it.

        Asynchronous, so that a visitor's stop arrives here at once, wherever the answer is.
        """
        request = Request.read(raw, self._settings.max_question_chars)
        if not request.question:
            return
        earlier = request.earlier(session)[-KEPT_EXCHANGES + 1 :]
        exchange = Exchange(request.id, request.question)
        yield self._sent(earlier, exchange)
        if missing(request, earlier):
            catching = asyncio.get_running_loop().run_in_executor(self._threads, self._caught_up, request, earlier)
            earlier = await catching
        stop = threading.Event()
        try:
            async for grown in drained(self._progress(exchange, history(earlier), stop), self._threads):
                yield self._sent(earlier, grown)
                exchange = grown
            yield self._sent(earlier, exchange, over=True)
        finally:
            stop.set()

    def _caught_up(self, request: Request, known: Session) -> Session:
        """Return the exchanges before a request, those that another process answered told again; or those known."""
        try:
            return caught_up(request, known, partial(self._get_chain().ask, model=False))
        except Exception as error:  # noqa: BLE001 (the edge: the question is answered all the same)
            _log_failure(error)
            return known

    def _progress(self, exchange: Exchange, turns: tuple[Turn, ...], stop: threading.Event) -> Iterator[Exchange]:
        """Yield the exchange after each event; when it is answered, once more with what to ask next."""
        try:
            chain = self._get_chain()
            for event in chain.stream(exchange.question, turns, stop):
                exchange = exchange.after(event)
                yield exchange
            if exchange.answer:
                yield replace(exchange, suggestions=chain.suggest(exchange.answer))  # late: never waited for
        except Exception as error:  # noqa: BLE001 (the edge: whatever it was, the visitor can go on)
            _log_failure(error)
        if not exchange.closed:
            yield exchange.ended("failed")

    def _sent(self, earlier: Session, exchange: Exchange, over: bool = False) -> Update:
        html = exchange_html(exchange, self._knowledge)
        told = {"id": exchange.id, "state": exchange.state, "over": over, "html": html}
        return {self.told: json.dumps(told), self.session: (*earlier, exchange)}

    def tend(self, raw: str, session: Session) -> Update:
        """Do an errand beside the conversation: note a verdict, put the conversation on a page, or forget it."""
        sent = as_mapping(raw)
        if sent.get("do") == "forget":
            return {self.told: json.dumps({"ok": True}), self.session: ()}
        told: dict[str, Any] = {"ok": False}
        try:
            told = self._rated(sent, session) if sent.get("do") == "rate" else self._briefed(sent, session)
        except Exception as error:  # noqa: BLE001 (the edge: an errand that fails is said to have failed)
            _log_failure(error)
        return {self.told: json.dumps(told)}

    def _rated(self, sent: dict[str, Any], session: Session) -> dict[str, Any]:
        rated = next((e.answer for e in session if e.id == whole(sent.get("id")) and e.answer), None)
        rating = Rating.of(rated, sent) if rated else None
        return {"ok": bool(rating and self._feedback.note(rating))}

    def _briefed(self, sent: dict[str, Any], session: Session) -> dict[str, Any]:
        made, kind = (brief.markdown, "md") if sent.get("kind") == "md" else (brief.printable, "html")
        told = Request(since=whole(sent.get("since")), before=10**9).earlier(session)
        text = made(told, self._knowledge, "zh" if sent.get("language") == "zh" else "en", date.today())
        name = "-".join(self._knowledge.profile.name.en.lower().split())
        return {"ok": True, "text": text, "name": f"{name}-brief.{kind}"}

    def ask(self, question: str, earlier_turns: list[str] | None = None) -> dict[str, Any]:
        """Answer a question about the résumé with citations.

        Args:
            question: the question, in English or Chinese.
            earlier_turns: the questions before it in the same conversation, the oldest first.

        Returns:
            The answer with its citations, status and language.
        """
        try:
            return self._answered(question, earlier_turns or [])
        except Exception as error:  # noqa: BLE001 (the edge: callers get one sentence, the log gets the place)
            _log_failure(error)
            raise gr.Error(TEXTS["failed"].en, print_exception=False) from None

    def _answered(self, question: str, earlier_turns: list[str]) -> dict[str, Any]:
        chain, most = self._get_chain(), self._settings.max_question_chars
        turns: list[Turn] = []
        for turn in earlier_turns[-HISTORY_TURNS:]:
            turns.append(chain.ask(turn.strip()[:most], tuple(turns)).turn())
        return as_json(chain.ask(question.strip()[:most], tuple(turns)))


def _log_failure(error: Exception) -> None:
    # Where it happened, but neither the message nor the question: both may hold what the visitor wrote.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("a question could not be answered: %s\n%s", type(error).__name__, where)
