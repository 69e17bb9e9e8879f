"""The page: lays it out, wires it, and turns the chain's stream into what a visitor sees. Alone in knowing Gradio."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio.events import api

from askme import page
from askme.bridge import drained
from askme.export import as_json
from askme.knowledge import load_knowledge
from askme.page import Exchange
from askme.settings import Settings
from askme.types import Profile, Turn

if TYPE_CHECKING:
    from askme.chain import Chain  # brings chromadb and langchain, 2 s: not before the server listens

Session = tuple[Exchange, ...]
Update = dict[Any, Any]

KEPT_EXCHANGES = 40
"""Exchanges that a session keeps; older ones leave the page, so that no visitor's memory grows without end."""

_log = logging.getLogger(__name__)
_STATIC = Path(__file__).with_name("static")


def build_app(get_chain: Callable[[], Chain], settings: Settings) -> FastAPI:
    """Return the web application: `/healthz` and the page at `/`. `get_chain` may block until the chain is ready."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str | int]:
        chain = get_chain()
        told: dict[str, str | int] = {"status": "ok", "bullets": len(chain.knowledge.bullets), "mode": chain.mode}
        return told | ({"model": chain.assistant.state} if chain.assistant else {})

    blocks = build_page(get_chain, lambda: load_knowledge(settings.knowledge_dir).profile, settings)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None},
        theme=_theme(),
        head=_head(),
        favicon_path=str(_STATIC / "favicon.png"),
        show_error=False,
        ssr_mode=False,
        run_history=False,
        footer_links=[],
        mcp_server=False,
    )
    return app


def build_page(get_chain: Callable[[], Chain], profile_of: Callable[[], Profile], settings: Settings) -> gr.Blocks:
    """Return the page with its one public endpoint, `ask`."""
    profile = profile_of()
    blocks = gr.Blocks(title=f"{profile.name.en} {profile.name.zh} · askme", analytics_enabled=False, fill_width=True)
    with blocks:
        _Page(get_chain, profile, settings).wire()
    blocks.queue(max_size=settings.queue_size, default_concurrency_limit=settings.concurrency, api_open=True)
    return blocks


def _head() -> str:
    style, script = ((_STATIC / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return f'<meta name="color-scheme" content="light dark"><style>{style}</style><script>{script}</script>'


def _theme() -> gr.themes.Base:
    # Fonts of the visitor's machine: a web font would be loaded from another host.
    sans = ["system-ui", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "Menlo", "monospace"])


class _Page:
    """The components, and the handlers of their events. It holds no conversation: sessions come in and go out."""

    def __init__(self, get_chain: Callable[[], Chain], profile: Profile, settings: Settings) -> None:
        self._get_chain = get_chain
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="answer")
        self.session = gr.State(())
        with gr.Row(elem_id="masthead"):
            gr.Markdown(page.masthead(profile))
            self.restart = gr.Button("New chat · 新对话", elem_id="restart", size="sm")
        with gr.Column(elem_id="stage"):
            self._lay_out_stage(profile)

    def _lay_out_stage(self, profile: Profile) -> None:
        self.chat = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            height=None,
            autoscroll=False,  # page.js does it
        )
        with gr.Column(elem_id="welcome") as self.welcome:
            gr.Markdown(page.welcome(profile))
            with gr.Row(elem_id="examples"):
                self.examples = [gr.Button(text) for text in profile.examples]
        self.sources = gr.Markdown(page.panel(()), elem_id="sources", latex_delimiters=[])
        with gr.Row(elem_id="composer"):
            self._lay_out_composer()

    def _lay_out_composer(self) -> None:
        self.box = gr.Textbox(
            elem_id="question",
            label="Your question · 你的问题",
            show_label=False,
            container=False,
            placeholder="Ask in English or 中文",
            max_lines=5,
            max_length=self._settings.max_question_chars,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
        )
        self.send = gr.Button("Send · 发送", elem_id="send", variant="primary")
        self.stop = gr.Button("Stop · 停止", elem_id="stop", visible=False)

    def wire(self) -> None:
        """Connect events with handlers. Nothing gets disabled, so that no failure can leave the page frozen."""
        everything = [self.chat, self.sources, self.session, self.box, self.welcome, self.stop]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        limits: dict[str, Any] = {"concurrency_id": "questions", "concurrency_limit": self._settings.concurrency}
        # One event for all ways to ask: while it runs, a browser doesn't start it again.
        triggers = [self.box.submit, self.send.click, *(button.click for button in self.examples)]
        asked = gr.on(triggers, self.respond, [self.box, self.session], everything, **private, **limits)
        asked.failure(self.recover, [self.box, self.session], everything, queue=False, **private)
        self.stop.click(None, cancels=[asked], api_visibility="private")
        self.restart.click(self.begin, None, everything, cancels=[asked], queue=False, **private)
        api(self.ask, api_name="ask", **limits)

    async def respond(self, question: str, session: Session, event: gr.EventData) -> AsyncIterator[Update]:
        """Show the question, then the answer as it comes; a failure becomes a sentence in the chat.

        Asynchronous, so that a visitor's stop arrives here at once, wherever the answer is.
        """
        asked = Exchange(self._cut(event.target.value if event.target in self.examples else question))
        if not asked.question:
            return
        earlier = session[-KEPT_EXCHANGES + 1 :]
        yield {**self._shown((*earlier, asked)), self.box: "", self.welcome: gr.update(visible=False)}
        stop = threading.Event()
        try:
            async for exchange in drained(self._progress(asked, page.history(earlier), stop), self._threads):
                yield self._shown((*earlier, exchange))
        finally:
            stop.set()

    def _progress(self, exchange: Exchange, history: tuple[Turn, ...], stop: threading.Event) -> Iterator[Exchange]:
        try:
            chain = self._get_chain()
            for event in chain.stream(exchange.question, history, stop):
                exchange = exchange.after(event, chain.knowledge.bullets)
                yield exchange
        except Exception as error:  # noqa: BLE001 (the edge: whatever it was, the visitor can go on)
            _log_failure(error)
        if not exchange.closed:
            yield exchange.close(page.FAILED)

    def _shown(self, session: Session) -> Update:
        running = bool(session) and not session[-1].closed
        return {
            self.chat: page.messages(session),
            self.sources: page.panel(session),
            self.session: session,
            self.stop: gr.update(visible=running),
        }

    def recover(self, question: str, session: Session) -> Update:
        """End what was under way (stopped, connection lost), or say why nothing began (the queue is full)."""
        if session and not session[-1].closed:
            return self._shown((*session[:-1], session[-1].close(page.STOPPED)))
        if not self._cut(question):
            return self._shown(session)
        refused = Exchange(self._cut(question)).close(page.BUSY)
        return {**self._shown((*session, refused)), self.welcome: gr.update(visible=False)}

    def begin(self) -> Update:
        """Start a new conversation."""
        return {**self._shown(()), self.box: "", self.welcome: gr.update(visible=True)}

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
            raise gr.Error(page.FAILED.en, print_exception=False) from None

    def _answered(self, question: str, earlier_turns: list[str]) -> dict[str, Any]:
        chain = self._get_chain()
        history: list[Turn] = []
        for turn in earlier_turns[-page.HISTORY_TURNS :]:
            history.append(chain.ask(self._cut(turn), tuple(history)).turn())
        return as_json(chain.ask(self._cut(question), tuple(history)))

    def _cut(self, question: str) -> str:
        # The browser keeps to max_length, other clients needn't.
        return question.strip()[: self._settings.max_question_chars]


def _log_failure(error: Exception) -> None:
    # Where it happened, but neither the message nor the question: both may hold what the visitor wrote.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("a question could not be answered: %s\n%s", type(error).__name__, where)
