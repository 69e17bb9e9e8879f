"""The example homepage with the real widget on it and the real page in its frame: what a visitor of a homepage sees."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import launched
from homepages import OWN_NETWORK, homepage_server, serving
from playwright.sync_api import Browser, Frame, Locator, Page, Request, expect
from serving import free_port, running_app

from askme.resume.loader import load_knowledge
from askme.settings import Settings
from askme.types import Knowledge

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
QUESTIONS = {
    "zh": "粗排的延迟是多少？",
    "en": "How fast was the pre-ranking model?",
}
ANSWER = "shopee.precascade.3"


@dataclass(frozen=True)
class Places:
    """Where the chat is, the homepage that may frame it, and one that may not."""

    chat: str
    home: str
    stranger: str


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    port = free_port()
    home = f"http://127.0.0.1:{port}"
    data = tmp_path_factory.mktemp("homepage")
    with (
        running_app(data, ASKME_ALLOWED_ORIGINS=home) as chat,
        serving(homepage_server(chat, port)),
        serving(homepage_server(chat)) as stranger,
    ):
        yield Places(chat, home, stranger)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(OWN_NETWORK) as running:
        yield running


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(Settings().knowledge_dir)


class Visitor:
    """Somebody on a homepage. `asked` are the addresses asked of the chat's host, `faults` what went wrong."""

    def __init__(self, browser: Browser, home: str, chat: str, **how: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **how})
        self.page: Page = self.context.new_page()
        self.chat = chat
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        self.page.goto(f"{home}/")
        expect(self.page.locator("main li").first).to_be_visible()
        self.launcher = self.page.locator("askme-chat .launcher")
        self.panel = self.page.locator("askme-chat .panel")
        self.marked = self.page.locator(".askme-cited-bullet")

    def _note(self, request: Request) -> None:
        if request.url.startswith(self.chat):
            self.asked.append(urlsplit(request.url).path)

    def open(self) -> Visitor:
        self.launcher.click()
        return self.ready()

    def ready(self) -> Visitor:
        expect(self.panel).to_have_attribute("data-view", "chat")
        return self

    @property
    def frame(self) -> Frame:
        return self.panel.locator("iframe").element_handle().content_frame()

    @property
    def box(self) -> Locator:
        return self.frame.locator("#question")

    def ask(self, question: str) -> Visitor:
        before = self.frame.locator(".exchange").count()
        self.box.fill(question)
        self.box.press("Enter")
        expect(self.frame.locator(".exchange")).to_have_count(before + 1)
        expect(self.frame.locator(".exchange").last).to_have_attribute("data-state", "answered")
        expect(self.frame.locator("#askme")).not_to_have_attribute("data-busy", "")
        return self

    def tap(self, id_: str) -> None:
        """Tap the mark of the last answer that cites this bullet."""
        exchange = self.frame.locator(".exchange").last
        number = exchange.locator(f'.card[data-id="{id_}"]').get_attribute("data-n")
        exchange.locator(f'a.cite[data-n="{number}"]').first.click()

    def sees(self, text: str) -> None:
        """Whether exactly the element with this text is highlighted, and can be seen as a whole beside the panel."""
        expect(self.marked).to_have_count(1)
        assert plain(self.marked.inner_text()) == plain(text)
        self.page.wait_for_function(
            """() => {
              const text = document.createRange();
              text.selectNodeContents(document.querySelector(".askme-cited-bullet"));
              const line = text.getBoundingClientRect();
              const root = document.querySelector("askme-chat").shadowRoot;
              const panel = root.querySelector(".panel").getBoundingClientRect();
              const head = document.querySelector("nav").getBoundingClientRect().bottom;
              const beside = line.right < panel.left || line.left > panel.right;
              return line.top >= head && line.bottom <= (beside ? innerHeight : panel.top);
            }"""
        )

    def focused(self) -> str:
        return self.page.evaluate(
            "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).className"
        )


def plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


@pytest.fixture
def visit(browser: Browser, places: Places) -> Iterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []

    def made(home: str = places.home, **how: Any) -> Visitor:
        visitors.append(Visitor(browser, home, places.chat, **how))
        return visitors[-1]

    yield made
    for each in visitors:
        each.context.close()


def test_closed_it_costs_one_script(visit: Callable[..., Visitor], places: Places) -> None:
    one = visit()
    one.page.wait_for_load_state("networkidle")
    assert one.asked == ["/askme.js"]
    request = urllib.request.Request(f"{places.chat}/askme.js", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        sent, coded = reply.read(), reply.headers["Content-Encoding"]
    assert coded == "gzip"
    assert len(sent) <= 12 * 1024
    assert b"askme on a homepage" in gzip.decompress(sent)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_tapped_mark_leads_to_the_very_bullet(
    visit: Callable[..., Visitor], knowledge: Knowledge, language: str, viewport: dict[str, int]
) -> None:
    one = visit(viewport=viewport)
    if language == "en":
        one.page.locator("#language").click()
    one.open().ask(QUESTIONS[language]).tap(ANSWER)
    one.sees(knowledge.bullets[ANSWER].text[language])
    if viewport == PHONE:
        expect(one.panel).to_have_attribute("data-shrunk", "")
    expect(one.frame.locator(".card[aria-current]")).to_be_in_viewport(ratio=0.5)
    expect(one.frame.locator("#full")).to_be_hidden()
    one.frame.locator(".card[aria-current] .back").click()
    expect(one.marked).to_have_count(0)
    assert not one.faults


def test_the_language_switch_is_followed_without_loading_anything_anew(
    visit: Callable[..., Visitor], knowledge: Knowledge
) -> None:
    one = visit().open().ask(QUESTIONS["zh"])
    one.tap(ANSWER)
    one.sees(knowledge.bullets[ANSWER].text.zh)
    loaded = one.asked.count("/")
    one.page.locator("#language").click()
    expect(one.frame.locator("html")).to_have_attribute("lang", "en")
    expect(one.panel.locator(".title")).to_have_text("Ask my résumé")
    expect(one.box).to_have_attribute("placeholder", re.compile("English"))
    one.tap(ANSWER)
    one.sees(knowledge.bullets[ANSWER].text.en)
    one.page.locator("#language").click()
    expect(one.frame.locator("html")).to_have_attribute("lang", "zh")
    one.tap(ANSWER)
    one.sees(knowledge.bullets[ANSWER].text.zh)
    assert one.asked.count("/") == loaded == 1
    assert not one.faults


def test_the_theme_is_followed(visit: Callable[..., Visitor]) -> None:
    one = visit(color_scheme="dark").open()
    dark = ground(one)
    one.page.locator("#theme").click()
    expect(one.frame.locator("html")).to_have_attribute("data-theme", "light")
    assert dark != ground(one)


def ground(one: Visitor) -> str:
    """Return the colour behind the chat: the same in the widget and in the page that it frames."""
    ours = one.panel.evaluate("panel => getComputedStyle(panel).backgroundColor")
    assert one.frame.evaluate("getComputedStyle(document.documentElement).backgroundColor") == ours
    return ours


def test_one_can_type_at_once_and_escape_gives_the_focus_back(visit: Callable[..., Visitor]) -> None:
    one = visit()
    one.launcher.focus()
    one.page.keyboard.press("Enter")
    one.ready()
    expect(one.box).to_be_focused()
    one.page.keyboard.type("k8s?")
    expect(one.box).to_have_value("k8s?")
    one.page.keyboard.press("Escape")
    expect(one.panel).to_be_hidden()
    assert one.focused() == "launcher"
    one.page.keyboard.press("Enter")
    expect(one.panel).to_be_visible()
    expect(one.box).to_be_focused()
    expect(one.box).to_have_value("k8s?")


def test_on_a_phone_it_fills_the_screen_and_the_back_button_closes_it(visit: Callable[..., Visitor]) -> None:
    one = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    address = one.page.url
    one.launcher.tap()
    one.ready().ask(QUESTIONS["zh"])
    box = one.panel.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    one.tap(ANSWER)
    expect(one.panel).to_have_attribute("data-shrunk", "")
    one.page.go_back()
    expect(one.panel).to_be_hidden()
    assert one.page.url == address
    expect(one.marked).to_have_count(0)
    expect(one.launcher).to_be_visible()


def test_what_others_say_is_ignored_on_both_sides(
    visit: Callable[..., Visitor], places: Places, knowledge: Knowledge
) -> None:
    one = visit().open()
    other = "(src) => document.body.append(Object.assign(document.createElement('iframe'), { src, name: 'other' }))"
    one.page.evaluate(other, f"{places.stranger}/style.css")
    stranger = one.page.locator("iframe[name=other]").element_handle().content_frame()
    stranger.wait_for_load_state()
    text = knowledge.bullets[ANSWER].text
    cite = {"askme": 1, "type": "cite", "id": ANSWER, "texts": {"zh": text.zh, "en": text.en}}
    for message in (cite, {"askme": 1, "type": "close"}):
        stranger.evaluate("(message) => parent.postMessage(message, '*')", message)
    asking = {"askme": 1, "type": "ask", "question": "What is his salary?"}
    one.frame.evaluate("(message) => postMessage(message, '*')", asking)  # others can't name a frame in a shadow tree
    one.ask(QUESTIONS["zh"])
    expect(one.frame.locator(".exchange")).to_have_count(1)
    expect(one.marked).to_have_count(0)
    expect(one.panel).to_be_visible()


def test_a_homepage_that_may_not_frame_it_shows_the_card(visit: Callable[..., Visitor], places: Places) -> None:
    one = visit(places.stranger)
    one.page.clock.install()
    with one.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        one.launcher.click()
    one.page.clock.run_for(91_000)
    card = one.panel.locator(".card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("暂时连不上")
    expect(card.get_by_role("link")).to_have_attribute("href", "https://github.com/yzq986")
    assert one.frame.url.startswith("chrome-error:")
