"""The page in a homepage's frame: who may frame it, what the two say, what is ignored; the response headers."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from browsing import boxes
from pages import CITED, Scripted, scripted_page
from playwright.sync_api import Browser, Frame, Page, expect

from askme.settings import ROOT

HOME = "<!doctype html><title>home</title><main id=home></main><script src=home.js></script>"
SCRIPT = """
window.heard = [];
addEventListener("message", (event) => event.data?.askme && heard.push({...event.data, from: event.origin}));
window.show = (address) => {
    const frame = Object.assign(document.createElement("iframe"), {src: address, width: 380, height: 600});
    home.replaceChildren(frame);
};
window.say = (message) => home.firstChild.contentWindow.postMessage(message, "*");
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def homepage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("home")
    (folder / "index.html").write_text(HOME)
    (folder / "home.js").write_text(SCRIPT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def framed(homepage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    with scripted_page(tmp_path_factory.mktemp("framed"), allowed_origins=homepage) as page:
        yield page


def embedded(browser_page: Page, home: str, address: str) -> Frame:
    browser_page.goto(home)
    source = f"{address}/?embed=1&lang=en&__theme=light&parent={quote(home, safe='')}"
    browser_page.evaluate("address => show(address)", source)
    browser_page.wait_for_function("heard.some((message) => message.type === 'ready')")
    frame = browser_page.frames[-1]
    expect(frame.locator("#question")).to_be_visible()
    return frame


def heard(page: Page, kind: str) -> list[dict]:
    return page.evaluate("kind => heard.filter((message) => message.type === kind)", kind)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def test_the_homepage_asks_and_hears_what_is_cited(page: Page, framed: Scripted, homepage: str) -> None:
    frame = embedded(page, homepage, framed.address)
    assert heard(page, "ready")[0] == {"askme": 1, "type": "ready", "from": framed.address}
    page.evaluate("say({askme: 1, type: 'ask', question: 'What then?'})")
    expect(frame.locator(".exchange")).to_have_attribute("data-state", "answered")
    frame.locator("a.cite").click()
    page.wait_for_function("heard.some((message) => message.type === 'cite')")
    cited = heard(page, "cite")[0]
    assert cited["id"] == CITED
    assert cited["texts"]["zh"].startswith("US 地区获得商城人均")
    assert cited["texts"]["en"].startswith("Significant lift in the US")
    frame.locator(".back:visible").click()
    page.wait_for_function("heard.some((message) => message.type === 'uncite')")
    frame.locator("#question").press_sequentially("hm")
    page.wait_for_function("heard.some((message) => message.type === 'typed' && message.text === 'hm')")
    frame.locator("#question").press("Escape")
    page.wait_for_function("heard.some((message) => message.type === 'close')")


def test_the_homepage_sets_language_theme_and_draft(page: Page, framed: Scripted, homepage: str) -> None:
    frame = embedded(page, homepage, framed.address)
    for message in (
        "{askme: 1, type: 'hello'}",
        "{askme: 1, type: 'language', language: 'zh'}",
        "{askme: 1, type: 'theme', theme: 'dark'}",
        "{askme: 1, type: 'draft', text: '他在'}",
    ):
        page.evaluate(f"say({message})")
    expect(frame.locator("html")).to_have_attribute("lang", "zh")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    expect(frame.locator("#question")).to_have_value("他在")
    page.wait_for_function("heard.filter((message) => message.type === 'ready').length === 2")


def test_what_is_odd_or_too_long_is_ignored(page: Page, framed: Scripted, homepage: str) -> None:
    frame = embedded(page, homepage, framed.address)
    page.evaluate(
        """() => {
            const odd = [null, 5, "ask", [], {}, {askme: 2, type: "ask", question: "a"}, {askme: 1},
                {askme: 1, type: "constructor"},
                {askme: 1, type: "ask", question: 7}, {askme: 1, type: "ask", question: {toString: "x"}},
                {askme: 1, type: "ask", question: "y".repeat(100000)},
                {askme: 1, type: "draft", text: "y".repeat(1000000)},
                {askme: 1, type: "language", language: "<b>"}, {askme: 1, type: "theme", theme: "javascript:alert(1)"},
                {askme: 1, type: "__proto__"}, {askme: 1, type: "toString"}];
            for (let i = 0; i < 20; i++) odd.forEach(say);
        }"""
    )
    page.evaluate("say({askme: 1, type: 'ask', question: 'Still there?'})")
    expect(frame.locator(".exchange")).to_have_count(1)
    expect(frame.locator(".question").first).to_have_text("Still there?")
    expect(frame.locator(".exchange")).to_have_attribute("data-state", "answered")
    expect(frame.locator("html")).to_have_attribute("lang", "en")


def test_others_in_the_window_and_undeclared_parents_are_not_heard(page: Page, framed: Scripted, homepage: str) -> None:
    frame = embedded(page, homepage, framed.address)
    frame.evaluate("postMessage({askme: 1, type: 'ask', question: 'from itself'}, '*')")
    page.evaluate("say({askme: 1, type: 'draft', text: 'done'})")
    expect(frame.locator("#question")).to_have_value("done")
    expect(frame.locator(".exchange")).to_have_count(0)
    page.evaluate("heard.length = 0")
    page.evaluate("address => show(address)", f"{framed.address}/?embed=1&parent=https://attacker.example")
    other = page.frame_locator("iframe")
    expect(other.locator("#question")).to_be_visible()
    page.evaluate("say({askme: 1, type: 'ask', question: 'hello'})")
    page.wait_for_timeout(300)
    expect(other.locator(".exchange")).to_have_count(0)
    assert page.evaluate("heard.length") == 0


def test_a_page_that_is_not_allowed_cannot_frame_it(page: Page, scripted: Scripted, homepage: str) -> None:
    page.goto(homepage)
    with page.expect_event("framenavigated", lambda frame: frame != page.main_frame) as navigated:
        page.evaluate("address => show(address)", f"{scripted.address}/?embed=1&parent={quote(homepage, safe='')}")
    assert navigated.value.url.startswith("chrome-error:")


def test_the_compact_layout_has_a_slim_bar_and_the_evidence_below(framed: Scripted, page: Page, homepage: str) -> None:
    frame = embedded(page, homepage, framed.address)
    assert frame.locator("#bar").bounding_box()["height"] <= 48
    expect(frame.locator(".hero h1")).to_be_hidden()
    frame.locator("#question").fill("What then?")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".next .chip")).to_be_visible()
    answer, evidence = boxes(frame.locator(".exchange"), ".answer", ".evidence")
    assert evidence["top"] >= answer["bottom"]
    assert frame.evaluate("document.documentElement.scrollWidth") <= 380


def fetched(address: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(address, timeout=20) as reply:
            return reply.status, dict(reply.headers), reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), ""


def test_every_response_has_its_security_headers(scripted: Scripted) -> None:
    for path in ("/", "/healthz", "/config", "/nothing", "/askme.js"):
        _, headers, _ = fetched(scripted.address + path)
        rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
        assert rules["frame-ancestors"] == ("'self' https://huggingface.co https://*.hf.space https://yzq986.github.io")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_the_pages_files_may_be_kept_and_the_page_itself_not(scripted: Scripted) -> None:
    _, headers, html = fetched(scripted.address)
    assert headers["cache-control"] == "no-cache"
    assert "<script>" not in html
    assert 'src="http' not in html
    name = html.partition('type="module" src="')[2].partition('"')[0]
    status, headers, _ = fetched(f"{scripted.address}/{name}")
    assert status == 200
    assert "immutable" in headers["cache-control"]


def test_the_widget_is_served_when_it_is_there(scripted: Scripted) -> None:
    there = (ROOT / "src/askme/web/static/askme.js").exists()
    status, headers, _ = fetched(f"{scripted.address}/askme.js")
    assert status == (200 if there else 404)
    assert not there or headers["content-type"].startswith("text/javascript")
