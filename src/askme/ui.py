"""The page as Gradio runs it: the events of the conversation, and what they send back. Alone in knowing Gradio.

What a visitor sees is `shell` and `page`, put into the document by `document`; page.js writes a request into a hidden
box here, presses a hidden button, and takes the exchange that comes back to its place.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio.events import api

from askme import brief, web
from askme.bridge import drained
from askme.conversation import HISTORY_TURNS, Exchange, Request, as_mapping, history, whole
from askme.document import Document
from askme.export import as_json
from askme.feedback import Feedback, Rating
from askme.knowledge import load_knowledge
from askme.markup import escaped
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
        return told | ({"model": chain.assistant.state} if chain.assistant else {})

    knowledge = load_knowledge(settings.knowledge_dir)
    origins = allowed_origins(settings.allowed_origins.split(","), knowledge.profile.links.get("homepage", ""))
    folder = web.assets()
    app.router.routes.extend(web.routes(folder))
    gr.mount_gradio_app(
        app,
        build_page(get_chain, knowledge, settings),
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None},
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),  # no web fonts
        favicon_path=str(web.STATIC / "favicon.png"),
        show_error=False,
        ssr_mode=False,
        run_history=False,
        footer_links=[],
        mcp_server=False,
    )
    body = shell(knowledge, settings.max_question_chars, origins, settings.has_model)
    document = Document(title(knowledge.profile), description(knowledge.profile), body, folder)
    app.add_middleware(web.Guard, document=document, origins=origins)
    return app


def build_page(get_chain: Callable[[], Chain], knowledge: Knowledge, settings: Settings) -> gr.Blocks:
    """Return the events behind the page, with its one public endpoint, `ask`."""
    blocks = gr.Blocks(title=title(knowledge.profile), analytics_enabled=False)
    with blocks:
        _Page(get_chain, knowledge, settings).wire()
    blocks.queue(max_size=settings.queue_size, default_concurrency_limit=settings.concurrency, api_open=True)
    return blocks


class _Page:
    """The hidden components, and the handlers of their events. It holds no conversation: sessions come in and go out."""

    def __init__(self, get_chain: Callable[[], Chain], knowledge: Knowledge, settings: Settings) -> None:
        self._get_chain, self._knowledge, self._settings = get_chain, knowledge, settings
        self._feedback = Feedback(settings.data_dir)
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="answer")
        self.session = gr.State(())
        self.request, self.errand = gr.Textbox(elem_id="wire-request"), gr.Textbox(elem_id="wire-errand")
        self.go, self.stop = gr.Button("go", elem_id="wire-go"), gr.Button("stop", elem_id="wire-stop")
        self.run, self.forget = gr.Button("run", elem_id="wire-run"), gr.Button("forget", elem_id="wire-forget")
        self.reply, self.done = (
            gr.Markdown(elem_id=f"wire-{name}", sanitize_html=False, latex_delimiters=[]) for name in ("reply", "done")
        )

    def wire(self) -> None:
        """Connect events with handlers. Nothing gets disabled, so that no failure can leave the page frozen."""
        everything = [self.reply, self.session]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        limits: dict[str, Any] = {"concurrency_id": "questions", "concurrency_limit": self._settings.concurrency}
        # "multiple": an event that the network swallowed must not keep the next one from starting.
        asked = self.go.click(
            self.respond, [self.request, self.session], everything, trigger_mode="multiple", **private, **limits
        )
        asked.failure(self.recover, [self.request, self.session], everything, queue=False, **private)
        self.stop.click(None, cancels=[asked], api_visibility="private")
        self.forget.click(lambda: (), None, self.session, cancels=[asked], queue=False, **private)
        self.run.click(self.tend, [self.errand, self.session], self.done, queue=False, **private)
        api(self.ask, api_name="ask", **limits)

    async def respond(self, raw: str, session: Session) -> AsyncIterator[Update]:
        """Send the question's exchange as it grows; a failure becomes a sentence in it.

        Asynchronous, so that a visitor's stop arrives here at once, wherever the answer is.
        """
        request = self._read(raw)
        if not request.question:
            return
        earlier = request.earlier(session)[-KEPT_EXCHANGES + 1 :]
        exchange = Exchange(request.id, request.question)
        yield self._sent(earlier, exchange)
        stop = threading.Event()
        try:
            async for grown in drained(self._progress(exchange, history(earlier), stop), self._threads):
                yield self._sent(earlier, grown)
                exchange = grown
            yield self._sent(earlier, exchange, over=True)
        finally:
            stop.set()

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
        told = {"id": exchange.id, "state": exchange.state, "over": over or bool(exchange.end), "html": html}
        return {self.reply: _parcel(told), self.session: (*earlier, exchange)}

    def recover(self, raw: str, session: Session) -> Update:
        """End what was under way (stopped, connection lost), or say why nothing began (the queue is full)."""
        request = self._read(raw)
        earlier = request.earlier(session)
        begun = next((exchange for exchange in session if exchange.id == request.id), None)
        if begun is None:
            return self._sent(earlier, Exchange(request.id, request.question).ended("busy"))
        return self._sent(earlier, begun if begun.closed else begun.ended("stopped"), over=True)

    def tend(self, raw: str, session: Session) -> str:
        """Do an errand beside the conversation: note a verdict, or put the conversation on a page."""
        sent = as_mapping(raw)
        told: dict[str, Any] = {"errand": whole(sent.get("errand"))}
        try:
            told |= self._rated(sent, session) if sent.get("do") == "rate" else self._briefed(sent, session)
        except Exception as error:  # noqa: BLE001 (the edge: an errand that fails is said to have failed)
            _log_failure(error)
        return _parcel(told)

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

    def _read(self, raw: str) -> Request:
        return Request.read(raw, self._settings.max_question_chars)


def _parcel(told: dict[str, Any]) -> str:
    """Return what page.js unpacks: JSON in an attribute, on one line, which neither Markdown nor HTML can change."""
    return f'<div data-parcel="{escaped(json.dumps(told))}"></div>'


def _log_failure(error: Exception) -> None:
    # Where it happened, but neither the message nor the question: both may hold what the visitor wrote.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("a question could not be answered: %s\n%s", type(error).__name__, where)
