"""The conversation as Gradio runs it: its events, its queue, its sessions. Alone in knowing Gradio.

What a visitor sees is `shell` and `page` in a `document` of our own: Gradio's page would reload itself, and lose the
conversation, whenever a connection breaks. wire.js speaks to the events below as Gradio's own page does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio.events import api
from starlette.routing import Route

from askme.errors import Refused, RequestError
from askme.logging_setup import place
from askme.origins import allowed_origins
from askme.resume.loader import load_knowledge
from askme.settings import Settings
from askme.types import Knowledge, Turn
from askme.web import mcp as mcp_server
from askme.web import readiness
from askme.web import static_files as web
from askme.web.actions import Errands
from askme.web.admin import PATH, Insights
from askme.web.api import Desk
from askme.web.async_stream import newest
from askme.web.firewall import Gatekeeper
from askme.web.gradio_routes import PLACE_SECONDS, Turnstile
from askme.web.html.document import Document
from askme.web.html.exchange import exchange_html
from askme.web.html.layout import description, shell, title
from askme.web.html.messages import TEXTS
from askme.web.rate_limit import Gate, visitor_key
from askme.web.recorder import Keeper, journal_of
from askme.web.routes import Door, Life, largest_body
from askme.web.session import Exchange, Request, as_mapping, history
from askme.web.session_restore import whole_conversation

if TYPE_CHECKING:
    from askme.answering.chain import Chain  # brings chromadb and langchain, 2 s: not before the server listens

Session = tuple[Exchange, ...]
Update = dict[Any, Any]
Exchanges = Generator[Exchange, None, None]

KEPT_EXCHANGES = 40
"""Exchanges that a session keeps; older ones are forgotten, so that no visitor's memory grows without end."""
COMPUTING = 4
"""Answers worked on at once without a model: they only compute, and more would get in each other's way."""
KEPT_SESSIONS = 300
"""Sessions that are kept, those of programs among them; the one that was quiet for longest is forgotten first."""
UNANSWERED = "a question could not be answered: %s"
_log = logging.getLogger(__name__)


def build_app(get_chain: Callable[[], Chain], settings: Settings, knowledge: Knowledge | None = None) -> FastAPI:
    """Return the web application: `/healthz`, `/askme.js` and the page at `/`. `get_chain` may block until ready."""
    keeper = Keeper(settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=keeper.open)
    knowledge = knowledge or load_knowledge(settings.knowledge_dir)
    profile = knowledge.profile
    origins = allowed_origins(settings.origins, profile.links.get("homepage", ""))
    events = Events(get_chain, knowledge, settings, keeper)
    body = shell(knowledge, settings, origins, events.numbers)
    document = Document(title(profile), description(profile), body, web.folder(), web.scripts())
    machines = mcp_server.McpServer(events.answer, lambda: get_chain().knowledge)
    turnstile = Turnstile(events.blocks, events.numbers)
    life = app.state.life = Life(lambda: not turnstile.empty)
    health = readiness.route(get_chain, life, lambda: keeper.failing, bool(settings.chroma_url))
    doors = [Door("/healthz"), *web.doors(document), mcp_server.door(settings.queue_size), *turnstile.doors]
    app.router.routes.extend([health, *web.routes(document), Route("/mcp", machines)])
    token = settings.admin_token.get_secret_value()
    if token:
        doors.append(Door(PATH))
        app.router.routes.append(
            Insights(token, keeper.journal or journal_of(settings), knowledge, settings.knowledge_dir).route()
        )
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
    app.add_middleware(Gatekeeper, doors=doors, life=life, largest=largest_body(settings.max_question_chars))
    app.add_middleware(web.Guard, origins=origins, lasting=document.folder)
    return app


class Events:
    """What the page can ask for. It holds no conversation: sessions come in and go out.

    `numbers` are what wire.js calls the events by.
    """

    def __init__(
        self, get_chain: Callable[[], Chain], knowledge: Knowledge, settings: Settings, keeper: Keeper
    ) -> None:
        """Build the events, with one public endpoint, `ask`."""
        self._get_chain, self._knowledge, self._settings = get_chain, knowledge, settings
        self._keeper, self._gate = keeper, Gate(settings)
        self._errands = Errands(get_chain, knowledge, self._gate, keeper)
        self._desk = Desk(get_chain, self._gate, keeper, settings.max_question_chars)
        threads = settings.concurrency if settings.has_model else COMPUTING
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self.numbers: dict[str, int] = {}
        self.blocks = gr.Blocks(title=title(knowledge.profile), analytics_enabled=False)
        self.blocks.state_session_capacity = KEPT_SESSIONS
        with self.blocks:
            self._connect()
        self.blocks.queue(
            status_update_rate=PLACE_SECONDS,
            max_size=settings.queue_size,
            default_concurrency_limit=settings.concurrency,
            api_open=False,
        )

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

    async def respond(self, raw: str, session: Session, request: gr.Request) -> AsyncIterator[Update]:
        """Send the question's exchange as it grows; a failure becomes a sentence in it.

        Asynchronous, so that a visitor's stop arrives here at once, wherever the answer is.
        """
        wanted = Request.read(raw, self._settings.max_question_chars)
        if not wanted.question:
            return
        earlier = wanted.earlier(session)[-KEPT_EXCHANGES + 1 :]
        if wanted.too_long:
            yield self._sent(earlier, Exchange(wanted.id, wanted.question).ended("long"), over=True)
            return
        visitor = _visitor(request)
        refusal = await asyncio.get_running_loop().run_in_executor(self._threads, self._gate.question, visitor)
        if refusal:
            yield self._sent(earlier, Exchange(wanted.id, wanted.question).ended("limit", refusal.text), over=True)
            return
        exchange = Exchange(wanted.id, wanted.question, record=self._keeper.ticket(wanted.keep))
        earlier = await whole_conversation(wanted, earlier, self._get_chain, self._threads)
        stop = threading.Event()
        try:
            progress = self._progress(exchange, history(earlier), stop)
            async with aclosing(newest(progress, self._threads)) as states:
                async for exchange, over in states:
                    yield self._sent(earlier, exchange, over)
        finally:
            stop.set()
            self._keeper.note(exchange, visitor)

    def _progress(self, exchange: Exchange, turns: tuple[Turn, ...], stop: threading.Event) -> Exchanges:
        """Yield the exchange after each event; when it is answered, once more with what to ask next."""
        try:
            chain = self._get_chain()
            for event in chain.stream(exchange.question, turns, stop):
                exchange = exchange.after(event)
                yield exchange
            if exchange.answer:
                yield replace(exchange, suggestions=chain.suggest(exchange.answer))  # late: never waited for
        except Exception as error:  # noqa: BLE001 (the edge: whatever it was, the visitor can go on)
            _log.error(UNANSWERED, place(error))
        if not exchange.closed:
            yield exchange.ended("failed")

    def _sent(self, earlier: Session, exchange: Exchange, over: bool) -> Update:
        html = exchange_html(exchange, self._knowledge)
        told = {"id": exchange.id, "state": exchange.state, "over": over, "html": html}
        return {self.told: json.dumps(told), self.session: (*earlier, exchange)}

    def tend(self, raw: str, session: Session, request: gr.Request) -> Update:
        """Do an errand beside the conversation, or forget the conversation."""
        sent = as_mapping(raw)
        if sent.get("do") == "forget":
            return {self.told: json.dumps({"ok": True}), self.session: ()}
        return {self.told: json.dumps(self._errands.done(sent, session, _visitor(request)))}

    def ask(
        self, question: str, earlier_turns: list[str] | None = None, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """Answer a question about the résumé with citations.

        Args:
            question: the question, in English or Chinese.
            earlier_turns: the questions before it in the same conversation, the oldest first.
            request: who asks; it is filled in by the server.

        Returns:
            The answer with its citations, status and language.
        """
        try:
            return self._answered(question, earlier_turns, _visitor(request))
        except Refused as error:
            raise gr.Error(str(error), print_exception=False) from None

    def answer(self, question: str, earlier_turns: list[str], address: str) -> dict[str, Any]:
        """Answer a program that has no session."""
        return self._answered(question, earlier_turns, visitor_key("", address))

    def _answered(self, question: str, earlier_turns: list[str] | None, visitor: str) -> dict[str, Any]:
        """Return an answer as JSON; whatever is wrong is one sentence for the caller, in Refused."""
        try:
            return self._desk.answer(question, earlier_turns, visitor)
        except RequestError as error:
            raise Refused(str(error)) from None
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 (the edge: callers get one sentence, the log gets the place)
            _log.error(UNANSWERED, place(error))
            raise Refused(TEXTS["failed"].en) from None


def _visitor(request: gr.Request | None) -> str:
    """Return what a visitor is counted under: the session that the browser made up, at the address it came from."""
    client = request.client if request else None
    return visitor_key((request.session_hash if request else "") or "", client.host if client else "")
