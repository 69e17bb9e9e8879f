"""The widget on the example homepage, in a browser, with a small chat that speaks the frame's side of the protocol."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import launched
from homepages import OWN_NETWORK, homepage_server, serving
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Request, expect

from askme.resume.loader import load_knowledge
from askme.settings import ROOT, Settings

SCRIPT = ROOT / "src" / "askme" / "web" / "static" / "askme.js"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

CHAT = """<!doctype html><meta name="viewport" content="width=device-width"><title>chat</title>
<body style="font: 16px sans-serif; color: #777"><p>The chat.</p><input aria-label="question">
<script>
  const parentOrigin = new URLSearchParams(location.search).get("parent");
  window.got = [];
  window.awake = AWAKE;
  window.say = (type, fields) => parent.postMessage({ askme: 1, type, ...fields }, parentOrigin);
  addEventListener("message", ({ data, source, origin }) => {
    if (source !== parent || origin !== parentOrigin || data.askme !== 1) return;
    window.got.push(data);
    if (data.type === "hello" && window.awake) say("ready");
    const box = document.querySelector("input");
    if (data.type === "draft") box.value = data.text;
    if (data.type === "draft" && data.focus) box.focus();
  });
  addEventListener("keydown", (event) => event.key === "Escape" && say("close"));
</script>"""


class Chat(ThreadingHTTPServer):
    """The chat's origin. Asleep it serves its page, which stays silent until the test wakes it."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.awake, self.refuses = True, False
        super().__init__(("127.0.0.1", port), ChatPages)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class ChatPages(BaseHTTPRequestHandler):
    server: Chat

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        chat = CHAT.replace("AWAKE", json.dumps(self.server.awake))
        pages = {
            "/": ("text/html", chat),
            "/healthz": ("application/json", "{}"),
            "/askme.js": ("text/javascript", SCRIPT.read_text(encoding="utf-8")),
        }
        kind, text = pages.get(path, ("text/plain", ""))
        self.send_response(200 if path in pages else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        if self.server.refuses:
            self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    with Chat() as server, serving(server):
        yield server


@pytest.fixture(scope="module")
def homepage(chat: Chat) -> Iterator[str]:
    with serving(homepage_server(chat.address)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(OWN_NETWORK) as running:
        yield running


COUNT_MESSAGES = """{
  const heard = Symbol.for("heard");  // no name: a test compares those of the window
  window[heard] = 0;
  addEventListener("message", () => (window[heard] += 1), true);
}"""


HEARD = 'window[Symbol.for("heard")]'
MARK = """(number) => {
  const chat = document.querySelector("askme-chat").shadowRoot.querySelector("iframe").contentWindow;
  chat.postMessage({ askme: 1, type: "mark", number }, "*");
}"""


class Visit:
    """One visitor on the homepage. `line` replaces the attributes of the script line, `extra` is added to the page."""

    def __init__(self, browser: Browser, homepage: str, chat: Chat, viewport: dict[str, int], **how: Any) -> None:
        line, extra = how.pop("line", ""), how.pop("extra", "")
        self.chat = chat
        self.page: Page = browser.new_page(viewport=viewport, **how)
        self.asked_chat: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_message)
        self.page.add_init_script(COUNT_MESSAGES)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if line or extra:
            self._change_page(homepage, line, extra)
        self.homepage = homepage
        self._frame: Frame | None = None
        self._marks = 0

    def _change_page(self, homepage: str, line: str, extra: str) -> None:
        def changed(route: Any) -> None:
            text = route.fetch().text()
            text = re.sub(r"data-contact=\S+", line, text) if line else text
            route.fulfill(body=text.replace("</body>", f"{extra}</body>"), content_type="text/html; charset=utf-8")

        self.page.route(f"{homepage}/", changed)

    def _note_request(self, request: Request) -> None:
        if request.url.startswith(self.chat.address):
            self.asked_chat.append(urlsplit(request.url).path)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def go(self) -> Visit:
        self.page.goto(f"{self.homepage}/")
        self.page.wait_for_selector("main li")
        return self

    @property
    def launcher(self) -> Any:
        return self.page.locator("askme-chat .launcher")

    @property
    def panel(self) -> Any:
        return self.page.locator("askme-chat .panel")

    @property
    def field(self) -> Any:
        return self.panel.locator("textarea")

    @property
    def marked(self) -> Any:
        return self.page.locator(".askme-cited-bullet")

    @property
    def frame(self) -> Frame:
        if self._frame is None or self._frame.is_detached():
            self._frame = self.panel.locator("iframe").element_handle().content_frame()
            self._frame.wait_for_function("Boolean(window.say)")
        return self._frame

    def open(self) -> Visit:
        self.launcher.click()
        return self.wait_ready()

    def wait_ready(self) -> Visit:
        self.page.wait_for_selector("askme-chat .panel[data-view=chat]", timeout=30_000)
        return self

    def got(self, type_: str) -> list[dict[str, Any]]:
        """Return what has been said to the chat, once all of it has arrived: messages keep their order."""
        self._marks += 1
        self.page.evaluate(MARK, self._marks)
        self.frame.wait_for_function("(number) => got.some((message) => message.number === number)", arg=self._marks)
        return [message for message in self.frame.evaluate("got") if message["type"] == type_]

    def say(self, type_: str, **fields: Any) -> None:
        self.post(self.frame, "([type, fields]) => say(type, fields)", [type_, fields])

    def cite(self, id_: str, zh: str, en: str) -> None:
        self.say("cite", id=id_, texts={"zh": zh, "en": en})

    def post(self, frame: Frame, script: str, argument: Any = None) -> None:
        """Run a script that posts one message to the homepage, and wait until that has arrived."""
        before = self.page.evaluate(HEARD)
        frame.evaluate(script, argument)
        self.page.wait_for_function(f"(before) => {HEARD} > before", arg=before)

    def settle(self) -> None:
        """Give messages to the frame the time to arrive."""
        self.page.evaluate("new Promise((done) => setTimeout(done, 50))")

    def focused(self) -> str:
        return self.page.evaluate(FOCUSED)


FOCUSED = """() => {
  const outer = document.activeElement;
  const inner = outer.shadowRoot?.activeElement ?? outer;
  return inner.className || inner.localName;
}"""


@pytest.fixture
def visit(browser: Browser, homepage: str, chat: Chat) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []
    chat.awake, chat.refuses = True, False

    def made(viewport: dict[str, int] | None = None, **how: Any) -> Visit:
        visits.append(Visit(browser, homepage, chat, viewport or DESKTOP, **how))
        return visits[-1].go()

    yield made
    for each in visits:
        each.page.close()


@pytest.fixture(scope="module")
def texts() -> dict[str, tuple[str, str]]:
    """The bullets' ids with their texts, zh and en."""
    bullets = load_knowledge(Settings().knowledge_dir).bullets
    return {bullet.id: (bullet.text.zh, bullet.text.en) for bullet in bullets.values()}


both = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


def test_closed_it_costs_one_small_request(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.page.wait_for_load_state("networkidle")
    expect(one.launcher).to_have_attribute("aria-expanded", "false")
    assert one.asked_chat == ["/askme.js"]
    assert one.panel.count() == 0
    assert len(gzip.compress(SCRIPT.read_bytes())) <= 12 * 1024


def test_it_leaves_no_trace_on_the_page(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    own = "() => Object.getOwnPropertyNames(window).filter((name) => !/^\\d+$/.test(name))"
    one = visit()
    plain = one.page.context.browser.new_page()
    plain.goto(one.homepage.replace("127.0.0.1", "localhost"))
    plain.route("**/askme.js", lambda route: route.abort())
    plain.reload()
    expect(plain.locator("main li").first).to_be_visible()
    one.open().cite("tiktok.lite.3", *texts["tiktok.lite.3"])
    expect(one.marked).to_have_count(1)
    assert set(one.page.evaluate(own)) == set(plain.evaluate(own))
    plain.close()
    assert one.page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    assert one.page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 2
    one.say("uncite")
    expect(one.marked).to_have_count(0)
    assert one.page.locator("main li[class]").count() == 0
    assert not one.errors


def test_hovering_connects_early(visit: Callable[..., Visit]) -> None:
    one = visit()
    expect(one.page.locator("link[rel=preconnect]")).to_have_count(0)
    one.launcher.hover()
    expect(one.page.locator("link[rel=preconnect]")).to_have_attribute("href", one.chat.address)
    assert one.asked_chat == ["/askme.js"]


@both
def test_it_opens_and_closes_and_the_focus_comes_back(visit: Callable[..., Visit], viewport: dict[str, int]) -> None:
    one = visit(viewport)
    one.launcher.focus()
    one.page.keyboard.press("Enter")
    one.wait_ready()
    expect(one.launcher).to_be_hidden()
    expect(one.launcher).to_have_attribute("aria-expanded", "true")
    expect(one.panel).to_have_attribute("role", "dialog")
    assert one.page.evaluate("document.activeElement.localName") == "askme-chat"
    query = parse_qs(urlsplit(one.frame.url).query)
    assert query == {"embed": ["1"], "lang": ["zh"], "__theme": ["light"], "parent": [one.homepage]}
    one.page.keyboard.press("Escape")
    expect(one.panel).to_be_hidden()
    expect(one.launcher).to_be_visible()
    assert one.focused() == "launcher"
    one.page.keyboard.press("Enter")
    expect(one.panel).to_be_visible()
    one.panel.get_by_role("button", name="关闭").click()
    expect(one.panel).to_be_hidden()
    assert one.focused() == "launcher"
    assert one.asked_chat.count("/") == 1
    assert not one.errors


def test_escape_in_the_frame_closes(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    one.frame.locator("input").press("Escape")
    expect(one.panel).to_be_hidden()
    assert one.focused() == "launcher"


@both
def test_it_fits_the_window_and_the_fingers(visit: Callable[..., Visit], viewport: dict[str, int]) -> None:
    one = visit(viewport)
    assert one.launcher.bounding_box()["height"] >= 44
    one.open()
    box = one.panel.bounding_box()
    if viewport == PHONE:
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    else:
        assert (box["width"], box["height"]) == (420, 640)
        assert (box["x"] + box["width"], box["y"] + box["height"]) == (1280 - 24, 800 - 24)
    for target in one.panel.locator(".bar :is(button, a):visible").all():
        assert min(target.bounding_box()["width"], target.bounding_box()["height"]) >= 44
    assert one.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_the_back_button_closes_on_a_phone(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    one = visit(PHONE)
    entries = one.page.evaluate("history.length")
    one.open()
    one.page.go_back()
    expect(one.panel).to_be_hidden()
    assert one.page.url == f"{one.homepage}/"
    one.open().cite("tiktok.lite.3", *texts["tiktok.lite.3"])
    expect(one.marked).to_be_in_viewport()
    one.panel.get_by_role("button", name="关闭").click()
    expect(one.panel).to_be_hidden()
    one.page.wait_for_function("history.state === null && history.scrollRestoration === 'auto'")
    assert one.page.evaluate("scrollY") > 1000
    assert one.page.evaluate("history.length") == entries + 1


def test_on_a_desktop_the_history_stays_alone(visit: Callable[..., Visit]) -> None:
    one = visit()
    entries = one.page.evaluate("history.length")
    one.open()
    assert one.page.evaluate("[history.length, history.state]") == [entries, None]


SHOWN = re.compile(r"(exchange|tiktok|shopee)(\.|$)")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cited_bullet_is_found_on_the_page(
    visit: Callable[..., Visit], texts: dict[str, tuple[str, str]], language: str
) -> None:
    one = visit().open()
    if language == "en":
        one.page.locator("#language").click()
    for id_ in filter(SHOWN.match, texts):
        one.cite(id_, *texts[id_])
        shown = " ".join(one.marked.all_inner_texts())
        assert squeezed(texts[id_][language == "en"]) == squeezed(shown), id_
    assert not one.errors


def squeezed(text: str) -> str:
    return re.sub(r"\W", "", text)


@both
def test_the_bullet_is_seen_and_not_covered(
    visit: Callable[..., Visit], texts: dict[str, tuple[str, str]], viewport: dict[str, int]
) -> None:
    one = visit(viewport, reduced_motion="reduce").open()
    header = one.page.locator("nav").bounding_box()["height"]
    for id_ in ("exchange", "tiktok.lite.3", "sysu.1"):
        one.cite(id_, *texts[id_])
        expect(one.marked).to_have_count(1)
        box, panel = one.marked.bounding_box(), one.panel.bounding_box()
        assert header <= box["y"] <= viewport["height"] - box["height"]
        assert box["y"] + box["height"] <= panel["y"] or one.marked.evaluate(RIGHT_OF_TEXT) < panel["x"]
    if viewport == PHONE:
        assert panel["height"] == pytest.approx(844 * 0.45, abs=2)
        one.panel.locator(".title").click()
        assert one.panel.bounding_box()["height"] == 844


RIGHT_OF_TEXT = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect().right;
}"""


def test_a_citation_is_found_by_its_attribute_first(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    one.page.evaluate("document.querySelectorAll('main li')[7].dataset.askmeBullet = 'some.project.1'")
    text = one.page.locator("main li").nth(2).inner_text()
    one.cite("some.project.1", text, text)
    assert one.marked.inner_text() == one.page.locator("main li").nth(7).inner_text()


def test_nothing_is_marked_unless_it_is_certain(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    add = "(lines) => document.querySelector('main').insertAdjacentHTML('beforeend', `<p>${lines.join('</p><p>')}</p>`)"
    twice = "将召回服务从单机迁移到集群，支持每秒两万次请求"
    one.page.evaluate(add, [twice, twice, "负责海外版推荐系统的上线工作一", "负责海外版推荐系统的上线工作二"])
    before = one.page.evaluate("scrollY")
    near, half = "负责海外版推荐系统的上线工作三", "在 3000 item 输入量下，召回延迟约 9ms，部分区域上线"
    for text in (twice, near, half, "他会弹钢琴，也会拉小提琴，还组过乐队", "", "GMV"):
        one.cite("x", text, text)
        expect(one.marked).to_have_count(0)
    assert one.page.evaluate("scrollY") == before
    assert one.page.evaluate("document.adoptedStyleSheets.length") == 0


def test_a_slightly_different_wording_and_markup_are_no_obstacle(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    line = "◦ 在 <b>3000</b> item 输入量下，粗排的延迟约为 46 ms，全区域获得显著提升（见<a href='#'>论文</a>）"
    one.page.evaluate(f"document.querySelector('main').innerHTML = `<ul><li>别的</li><li>{line}</li></ul>`")
    one.cite("x", "- **在 3000 item 输入量下**，粗排延迟约46ms，全区域获得显著提升（见[论文](https://a.example)）", "-")
    expect(one.marked).to_contain_text("46 ms")


def test_the_lines_of_a_heading_may_stand_apart(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    one = visit().open()
    title, role, period = texts["shopee"][0].split("\n")
    bullets = "".join(f"<li>{zh}</li>" for id_, (zh, _) in texts.items() if id_.startswith("shopee."))
    page = f"<section><h3>{title}</h3><p>{role}</p><p>{period}</p><ul>{bullets}</ul></section>"
    one.page.evaluate("(page) => { document.querySelector('main').innerHTML = page }", page)
    one.cite("shopee", *texts["shopee"])
    expect(one.marked).to_have_text(title)


def test_a_bullet_higher_than_the_room_begins_below_the_header(
    visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]
) -> None:
    one = visit({"width": 390, "height": 440}, reduced_motion="reduce").open()
    one.cite("exchange.1", *texts["exchange.1"])
    assert 60 <= one.marked.bounding_box()["y"] <= 90


def test_hidden_translations_are_not_marked(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    one = visit().open()
    zh, en = texts["shopee.jrc.1"]
    one.page.evaluate(
        "([zh, en]) => { document.querySelector('main').innerHTML ="
        " `<p hidden>${en}</p><p hidden>${zh}</p><details><summary>2022</summary><p>${zh}</p></details>` }",
        [zh, en],
    )
    one.cite("shopee.jrc.1", zh, en)
    expect(one.marked).to_be_visible()
    assert one.marked.inner_text() == zh


def test_the_next_citation_and_uncite_and_time_take_the_mark_away(
    visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]
) -> None:
    one = visit()
    one.page.clock.install()
    one.open()
    for id_ in ("tiktok.lite.1", "tiktok.lite.2"):
        one.frame.evaluate("([i, zh, en]) => say('cite', { id: i, texts: { zh, en } })", [id_, *texts[id_]])
        expect(one.marked).to_have_text(texts[id_][0])
    one.page.clock.run_for(9_000)
    expect(one.marked).to_have_count(0)


def test_only_the_chat_itself_is_listened_to(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    zh, en = texts["tiktok.lite.3"]
    message = {"askme": 1, "type": "cite", "id": "tiktok.lite.3", "texts": {"zh": zh, "en": en}}
    post = "(message) => parent.postMessage(message, '*')"
    one = visit().open()
    one.post(one.page.main_frame, post, message)
    second = "(src) => document.body.append(Object.assign(document.createElement('iframe'), { src, name: 'second' }))"
    one.page.evaluate(second, f"{one.chat.address}/?parent={one.homepage}")
    other = one.page.locator("iframe[name=second]").element_handle().content_frame()
    other.wait_for_function("Boolean(window.say)")
    one.post(other, post, message)
    one.post(other, post, {"askme": 1, "type": "close"})
    astray = one.frame
    astray.goto(f"{one.homepage}/style.css")
    one.post(astray, post, message)
    expect(one.marked).to_have_count(0)
    expect(one.panel).to_be_visible()


def test_messages_of_a_wrong_shape_are_ignored(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    zh, en = texts["tiktok.lite.3"]
    one = visit().open()
    for wrong in (None, zh, {"zh": zh}, {"zh": zh, "en": 1}, {"zh": zh + " " * 2000, "en": en}):
        one.say("cite", id="x", texts=wrong)
    one.say("cite", id=1, texts={"zh": zh, "en": en})
    one.say("typed", text={})
    one.say("constructor")
    for message in ("null", "'close'", "{type: 'close'}", "{askme: 2, type: 'close'}", "{askme: 1, type: ['close']}"):
        one.post(one.frame, f"parent.postMessage({message}, '*')")
    expect(one.marked).to_have_count(0)
    expect(one.panel).to_be_visible()
    assert not one.errors


def test_language_and_theme_follow_the_page(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    one.page.locator("#language").click()
    one.page.locator("#theme").click()
    expect(one.panel.locator(".title")).to_have_text("Ask my résumé")
    expect(one.page.locator("askme-chat")).to_have_attribute("data-theme", "dark")
    assert [one.got("language")[-1], one.got("theme")[-1]] == [
        {"askme": 1, "type": "language", "language": "en"},
        {"askme": 1, "type": "theme", "theme": "dark"},
    ]
    one.page.evaluate("document.dispatchEvent(new CustomEvent('askme:language', { detail: 'zh' }))")
    one.page.evaluate("document.dispatchEvent(new CustomEvent('askme:theme', { detail: 'light' }))")
    one.page.evaluate("document.documentElement.classList.add('scrolled')")
    expect(one.panel.locator(".title")).to_have_text("问问这份简历")
    assert (one.got("language")[-1]["language"], one.got("theme")[-1]["theme"]) == ("zh", "light")


def test_the_system_theme_counts_where_the_page_names_none(visit: Callable[..., Visit]) -> None:
    one = visit(color_scheme="dark")
    expect(one.page.locator("askme-chat")).to_have_attribute("data-theme", "dark")
    one.page.evaluate("delete document.documentElement.dataset.theme")
    one.page.emulate_media(color_scheme="light")
    expect(one.page.locator("askme-chat")).to_have_attribute("data-theme", "light")


@both
def test_asleep_it_says_so_and_keeps_what_is_typed(visit: Callable[..., Visit], viewport: dict[str, int]) -> None:
    one = visit(viewport)
    one.chat.awake = False
    one.launcher.click()
    expect(one.panel.locator(".heading", has_text="正在唤醒…")).to_be_visible()
    one.field.fill("他带过团队吗？")
    one.field.press("Enter")
    expect(one.panel.locator(".bubble")).to_have_text("他带过团队吗？")
    one.page.locator("#language").evaluate("button => button.click()")
    expect(one.panel.locator(".heading", has_text="Waking up…")).to_be_visible()
    one.frame.evaluate("awake = true")
    one.wait_ready()
    assert one.got("ask") == [{"askme": 1, "type": "ask", "question": "他带过团队吗？"}]
    assert [(message["text"], message["focus"]) for message in one.got("draft")] == [("", True)][: viewport == DESKTOP]
    assert not one.errors


def test_a_question_half_written_moves_into_the_chat(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.chat.awake = False
    one.launcher.click()
    assert one.focused() == "textarea"
    one.page.keyboard.type("k8")
    one.frame.evaluate("say('ready')")
    one.page.keyboard.type("s?")
    one.wait_ready()
    one.say("ready")
    assert one.got("draft") == [{"askme": 1, "type": "draft", "text": "k8s?", "focus": True}]
    assert one.focused() == "iframe"
    one.page.keyboard.type(" and")
    assert one.frame.locator("input").input_value() == "k8s? and"


def test_a_chat_that_loads_itself_anew_gets_back_what_was_typed(visit: Callable[..., Visit]) -> None:
    one = visit().open()
    one.say("typed", text="and the imp")
    one.frame.evaluate("{ window.isOld = true; location.reload() }")
    one.frame.wait_for_function("!window.isOld && window.got?.some(({ type }) => type === 'draft')")
    assert one.got("draft")[0]["text"] == "and the imp"
    one.wait_ready()


def test_a_silent_chat_ends_in_the_card_and_is_tried_again(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.page.clock.install()
    one.chat.awake = False
    one.launcher.click()
    one.field.fill("他带过团队吗？")
    one.field.press("Enter")
    one.page.clock.run_for(80_000)
    expect(one.panel.locator(".heading", has_text="正在唤醒…")).to_be_visible()
    one.page.clock.run_for(11_000)
    expect(one.panel.locator(".heading", has_text="暂时连不上")).to_be_visible()
    expect(one.panel.get_by_role("link", name="github.com/yzq986")).to_have_attribute(
        "href", "https://github.com/yzq986"
    )
    expect(one.panel.locator(".heading", has_text="正在唤醒…")).to_be_hidden()
    one.frame.wait_for_function("got.length")  # a page still on its way would come awake and need no second try
    loaded = one.asked_chat.count("/")
    one.chat.awake = True
    one.panel.get_by_role("button", name="再试一次").click()
    one.page.clock.run_for(2_000)
    one.wait_ready()
    assert one.asked_chat.count("/") == loaded + 1
    assert [message["question"] for message in one.got("ask")] == ["他带过团队吗？"]


def test_a_page_that_stays_silent_is_loaded_anew(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.page.clock.install()
    one.chat.awake = False
    one.launcher.click()
    one.frame.wait_for_function("window.got?.length")
    one.chat.awake = True
    one.page.clock.run_for(31_000)
    one.wait_ready()
    assert one.asked_chat.count("/") == 2


def test_a_chat_that_is_down_ends_in_the_card(browser: Browser) -> None:
    with Chat() as chat, serving(chat), serving(homepage_server(chat.address)) as homepage:
        one = Visit(browser, homepage, chat, PHONE).go()
        chat.shutdown()
        chat.server_close()
        one.page.clock.install()
        one.launcher.click()
        card = one.panel.locator(".heading", has_text="暂时连不上")
        for _ in range(20):  # a minute at most: the card after 90 s is another matter
            one.page.clock.run_for(3_000)
            one.page.wait_for_timeout(50)
            if card.is_visible():
                break
        expect(card).to_be_visible()
        assert one.asked_chat.count("/healthz") >= 3
        stops = [one.page.keyboard.press("Tab") or one.focused() for _ in range(5)]
        assert stops == ["tab", "close", "a", "retry", "panel"]
        one.page.go_back()
        expect(one.panel).to_be_hidden()
        one.page.close()


def test_a_frame_that_is_refused_ends_in_the_card(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.page.clock.install()
    one.chat.refuses = True
    one.launcher.click()
    one.page.clock.run_for(91_000)
    expect(one.panel.locator(".heading", has_text="暂时连不上")).to_be_visible()


def test_the_page_can_open_ask_and_close(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.page.evaluate("document.dispatchEvent(new CustomEvent('askme:open', { detail: '他现在在哪工作？' }))")
    one.wait_ready()
    one.page.evaluate("document.dispatchEvent(new CustomEvent('askme:open', { detail: 'k8s?' }))")
    assert [message["question"] for message in one.got("ask")] == ["他现在在哪工作？", "k8s?"]
    one.page.evaluate("document.dispatchEvent(new CustomEvent('askme:close'))")
    expect(one.panel).to_be_hidden()


def test_it_stands_inline_in_a_container_rendered_later(visit: Callable[..., Visit]) -> None:
    later = """<script>setTimeout(() => {
      const place = Object.assign(document.createElement("div"), { id: "chat" });
      place.style.height = "500px";
      document.body.append(place);
    }, 200)</script>"""
    one = visit(line='data-container="#chat"', extra=later)
    expect(one.page.locator("#chat askme-chat .panel")).to_be_visible()
    expect(one.launcher).to_have_count(0)
    assert one.panel.bounding_box()["height"] == 500
    assert one.asked_chat == ["/askme.js"]
    one.field.click()
    one.wait_ready()
    one.page.keyboard.type("k8s?")
    assert one.frame.locator("input").input_value() == "k8s?"
    one.page.keyboard.press("Escape")
    one.settle()
    expect(one.panel).to_be_visible()
    assert not one.errors


def test_options_open_it_on_the_left_in_english_under_a_name(
    visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]
) -> None:
    one = visit(line='data-open data-position="left" data-language="en" data-theme="dark" data-greeting="Ask <me>"')
    one.wait_ready()
    assert one.panel.bounding_box()["x"] == 24
    expect(one.panel.locator(".title")).to_have_text("Ask <me>")
    assert one.page.evaluate("document.activeElement.localName") == "body"
    one.cite("shopee.jrc.1", *texts["shopee.jrc.1"])
    expect(one.marked).to_have_text(texts["shopee.jrc.1"][0])
    one.panel.get_by_role("button", name="Close").click()
    assert one.launcher.bounding_box()["x"] == 24
    query = parse_qs(urlsplit(one.frame.url).query)
    assert (query["lang"], query["__theme"]) == (["en"], ["dark"])


def test_without_motion_nothing_moves(visit: Callable[..., Visit], texts: dict[str, tuple[str, str]]) -> None:
    one = visit(reduced_motion="reduce").open()
    one.frame.evaluate("([zh, en]) => say('cite', { id: 'x', texts: { zh, en } })", [*texts["shopee.jrc.1"]])
    expect(one.marked).to_be_in_viewport(ratio=1)
    assert one.page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_colours_have_contrast(visit: Callable[..., Visit], scheme: str) -> None:
    one = visit(color_scheme=scheme)
    assert contrast(one.launcher) >= 4.5
    one.chat.awake = False
    one.launcher.click()
    for name in (".title", ".heading.note", ".soft.note", ".send", ".close"):
        assert contrast(one.panel.locator(name)) >= 4.5, name


def contrast(locator: Any) -> float:
    """Return WCAG's contrast of an element's text to the nearest background behind it."""
    colours = locator.evaluate(
        """(element) => {
          let behind = element;
          const ground = (e) => getComputedStyle(e).backgroundColor;
          while (/rgba\\(.*, 0\\)/.test(ground(behind))) behind = behind.parentElement;
          const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
          return [getComputedStyle(element).color, ground(behind)].map(channels);
        }"""
    )
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in colour)]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
