"""What a visitor waits for: the page and the closed widget in a real browser, beside Gradio's own chat page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from askme.evaluation import load_pins
from benchmarks.bare import ECHO
from benchmarks.browser import Site, chromium, site
from benchmarks.measure import ROOT, folder, percentile
from benchmarks.report import Row, Table
from benchmarks.served import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOADS, QUESTIONS = 5, 24
PATIENCE_MS = 60_000
SETTLE_MS = 1000
"""What was asked for before the page could be used has come after this time."""


@dataclass(frozen=True)
class Chat:
    """A page to ask, by CSS selectors: its box when it can be used, its button, and the texts of its answers."""

    box: str
    send: str
    answers: str


OURS = Chat("#question[placeholder]:not([placeholder=''])", "#send", ".exchange .prose")
GRADIOS = Chat("textarea[data-testid=textbox]", ".submit-button", "[data-testid=bot] .prose")

# Fills the box as a visitor would, clicks, and measures until one more answer shows a text.
_ASK = """async ([chat, question, patience]) => {
  const box = document.querySelector(chat.box);
  const shown = () => [...document.querySelectorAll(chat.answers)].filter((each) => each.textContent.trim()).length;
  const paint = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await paint();
  const before = shown();
  const start = performance.now();
  const answered = new Promise((done, failed) => {
    const watch = new MutationObserver(() => shown() > before && (watch.disconnect(), done()));
    setTimeout(() => failed(new Error(`no answer to ${question}`)), patience);
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  document.querySelector(chat.send).click();
  await answered;
  return performance.now() - start;
}"""


@dataclass(frozen=True)
class Load:
    """What one visit with an empty cache took."""

    seconds: float
    requests: int
    kilobytes: float


def run() -> Table:
    """Measure; both pages are ready before anything is timed, and each visit begins with an empty cache."""
    questions = _questions()
    with folder() as base, chromium() as browser, site(base / "data") as where:
        program = base / "echo.py"
        program.write_text(ECHO, encoding="utf-8")
        with served(program, base / "data") as bare:
            bare.seconds_to_200("/")
            ours = [_load(browser, where.chat, OURS) for _ in range(LOADS)]
            theirs = [_load(browser, bare.url, GRADIOS) for _ in range(LOADS)]
            asked = _ask(browser, where.chat, OURS, questions)
            echoed = _ask(browser, bare.url, GRADIOS, questions)
        closed = _closed(browser, where)
    return Table("the page in a browser", _rows(ours, theirs, asked, echoed, closed), _NOTES)


_NOTES = (
    f"baseline: gr.ChatInterface repeating what it is told; {LOADS} visits each, {QUESTIONS} questions each",
    "kB as sent, compressed, with headers; asked for until one can type; the widget beside a frame of the baseline",
)


def _rows(
    ours: Sequence[Load], theirs: Sequence[Load], asked: Sequence[float], echoed: Sequence[float], closed: Load
) -> list[Row]:
    mine, bare = ours[0], theirs[0]
    return [
        Row("requests until one can type", mine.requests, "", bare.requests, aim_ratio=0.5),
        Row("kB until one can type", mine.kilobytes, "kB", bare.kilobytes, aim_ratio=0.25),
        _times("time until one can type, p50", [load.seconds for load in ours], [load.seconds for load in theirs], 0.5),
        _times("click to first sentence, p50", asked, echoed, 0.5),
        _times("click to first sentence, p95", asked, echoed, 0.95),
        Row("requests of the closed widget", closed.requests, "", bare.requests, exactly=1),
        Row("kB of the closed widget", closed.kilobytes, "kB", bare.kilobytes, aim=13),
    ]


def _times(what: str, ours: Sequence[float], theirs: Sequence[float], share: float) -> Row:
    ends = (min(ours), max(ours))
    return Row(what, percentile(ours, share), "ms", percentile(theirs, share), spread=ends)


def _questions() -> list[str]:
    pins = [pin.turns[0] for pin in load_pins([ROOT / "tests" / "pins"]) if len(pin.turns) == 1]
    return pins[:: max(1, len(pins) // QUESTIONS)][:QUESTIONS]


def _load(browser: Browser, address: str, chat: Chat) -> Load:
    context = browser.new_context()
    page = context.new_page()
    wire = _Wire(context.new_cdp_session(page), "")
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(chat.box).wait_for(timeout=PATIENCE_MS)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(SETTLE_MS)
    load = wire.total(seconds, time.monotonic() - SETTLE_MS / 1000)
    context.close()
    return load


def _ask(browser: Browser, address: str, chat: Chat, questions: Sequence[str]) -> list[float]:
    """Return the seconds from the click to the first words of each answer, in one conversation."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.locator(chat.box).wait_for()
    took = []
    for question in questions:
        took.append(page.evaluate(_ASK, [vars(chat), question, PATIENCE_MS]) / 1000)
        page.wait_for_timeout(SETTLE_MS)
    page.close()
    return took


def _closed(browser: Browser, where: Site) -> Load:
    """Return what the widget asks of the chat's host before it is opened."""
    context = browser.new_context()
    page = context.new_page()
    wire = _Wire(context.new_cdp_session(page), where.chat)
    page.goto(where.homepage)
    page.locator("askme-chat .launcher").wait_for()
    page.wait_for_timeout(SETTLE_MS)
    load = wire.total(0.0, time.monotonic())
    context.close()
    return load


class _Wire:
    """Counts what a page asks of an address ("" for all), and the bytes that come back."""

    def __init__(self, session: Any, address: str) -> None:
        self._asked: dict[str, float] = {}
        self._bytes: dict[str, int] = {}
        self._address = address
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._note)
        session.on("Network.loadingFinished", self._count)

    def _note(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith(self._address or "http"):
            self._asked[event["requestId"]] = time.monotonic()

    def _count(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = event["encodedDataLength"]

    def total(self, seconds: float, until: float) -> Load:
        """Return what was asked for until then."""
        asked = [request for request, at in self._asked.items() if at <= until]
        return Load(seconds, len(asked), sum(self._bytes.get(request, 0) for request in asked) / 1000)
