"""The page as a visitor meets it, in a browser."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
import uvicorn
from browsing import Visit
from playwright.sync_api import expect
from serving import free_port, running_app

from askme.knowledge import load_knowledge
from askme.page import BUSY, FAILED, STOPPED
from askme.settings import Settings
from askme.types import Answer, Citation, Done, Event, Knowledge, Retrieved, Sentence, Turn
from askme.ui import build_app


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("served")) as address:
        yield address


def test_a_conversation_with_its_sources(served: str, visit: Callable[..., Visit]) -> None:
    one = visit(served)
    expect(one.ask("what did he do at TikTok?")).to_contain_text("[1]")
    expect(one.sources).to_contain_text("减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗")
    expect(one.sources).to_contain_text("cut training PS consumption by 52.73%")
    expect(one.ask("and the impact?")).to_contain_text("[1]")
    expect(one.sources.locator("ol").first).to_contain_text("UV_CTR")
    expect(one.ask("他在 Shopee 做了多久？")).to_contain_text(re.compile(r"2 年 6 个月.*\[1\]"))
    expect(one.sources.locator("li").first).to_contain_text("October 2021 - April 2024")
    assert one.hosts == {"127.0.0.1"}


def test_an_example_asks_and_a_new_chat_begins_anew(served: str, visit: Callable[..., Visit]) -> None:
    one = visit(served)
    one.page.get_by_role("button", name="拿过哪些金奖？").click()
    expect(one.answers.last).to_contain_text("[1]")
    expect(one.page.locator("#welcome")).to_be_hidden()
    one.page.get_by_role("button", name="New chat").click()
    expect(one.page.locator("#welcome")).to_be_visible()
    expect(one.answers).to_have_count(0)
    expect(one.sources.locator("li")).to_have_count(0)


def test_a_mark_leads_to_its_line_and_the_conversation_stays(served: str, visit: Callable[..., Visit]) -> None:
    one = visit(f"{served}/?__theme=dark")
    answer = one.ask("what did he do at TikTok?")
    answer.get_by_role("link", name="[3]").click()
    expect(one.page.locator("#source-0-3")).to_be_in_viewport()
    expect(answer).to_contain_text("TikTok")


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        "![x](http://attacker.example/x.png) [a](javascript:alert(1)) $\\frac{1}{2}$",
        "<form action=http://attacker.example><input></form><style>*{display:none}</style>",
    ],
)
def test_markup_in_a_question_is_shown_as_typed(served: str, visit: Callable[..., Visit], attack: str) -> None:
    one = visit(served)
    expect(one.ask(attack)).not_to_contain_text("…")
    expect(one.page.locator("#chat .user-row").last).to_have_text(attack)
    expect(one.page.locator("#chat .message-content :is(img, form, style, .katex)")).to_have_count(0)
    expect(one.ask("他在 Shopee 做了多久？")).to_contain_text("[1]")
    assert not one.dialogs
    assert one.hosts == {"127.0.0.1"}


def test_the_sources_stand_beside_the_answer_and_on_a_phone_below(served: str, visit: Callable[..., Visit]) -> None:
    for width, height in ((1280, 800), (390, 844)):
        one = visit(served, width=width, height=height)
        expect(one.ask("what did he do at TikTok?")).to_contain_text("[1]")
        chat, sources = one.page.locator("#chat").bounding_box(), one.sources.bounding_box()
        if width > 1000:
            assert sources["x"] >= chat["x"] + chat["width"]
        else:
            assert sources["y"] >= chat["y"] + chat["height"]
            assert one.page.evaluate("document.documentElement.scrollWidth") == width
        expect(one.box).to_be_in_viewport(ratio=1)


def test_fingers_and_ios_find_what_they_need(served: str, visit: Callable[..., Visit]) -> None:
    one = visit(served, width=390, height=844)
    assert float(one.box.evaluate("e => getComputedStyle(e).fontSize").removesuffix("px")) >= 16
    for button in [*one.page.get_by_role("button").all(), one.box]:
        assert button.bounding_box()["height"] >= 44


class ScriptedChain:
    """Answers with the number of earlier turns, piece by piece; on "slowly" there is time to press Stop.

    Fails at once on "boom", after the first words on "late"; waits on "hold" until it is released.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.released = threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = (), stop: object = None) -> Iterator[Event]:
        if "boom" in question:
            raise RuntimeError(question)
        bullet = self.knowledge.bullets["tiktok.distillation.3"]
        cited = (Citation(1, bullet.id, bullet.text.en, bullet.text.zh, "TikTok"),)
        yield Retrieved(question, (bullet.id,))
        if "hold" in question:
            self.released.wait(60)
        pieces = ("Well, ", "there were ", f"{len(history)} before [1]")
        for piece in pieces:
            time.sleep(4 if "slowly" in question else 0.3)
            if "late" in question and piece != pieces[0]:
                raise RuntimeError(question)
            yield Sentence(piece, cited if piece == pieces[-1] else ())
        yield Done(Answer(question, question, "en", "answered", "".join(pieces), "extractive", cited, {}))


@pytest.fixture(scope="module")
def script() -> ScriptedChain:
    return ScriptedChain(load_knowledge(Settings().knowledge_dir))


@pytest.fixture(scope="module")
def scripted(script: ScriptedChain) -> Iterator[str]:
    """The address of the page over the scripted chain, answering one question at a time while one waits."""
    settings = Settings(concurrency=1, queue_size=1)
    port = free_port()
    app = build_app(lambda: script, settings)  # type: ignore[arg-type,return-value]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.mark.parametrize(("question", "sentence"), [("boom secret", FAILED.en), ("late 晚 secret", FAILED.zh)])
def test_a_failure_ends_in_a_sentence_and_the_page_goes_on(
    scripted: str, visit: Callable[..., Visit], caplog: pytest.LogCaptureFixture, question: str, sentence: str
) -> None:
    one = visit(scripted)
    expect(one.ask(question)).to_contain_text(sentence)
    expect(one.ask("again")).to_contain_text("before [1]")
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_conversation_is_remembered_and_shared_with_nobody(scripted: str, visit: Callable[..., Visit]) -> None:
    one, other = visit(scripted), visit(scripted)
    expect(one.ask("first")).to_contain_text("0 before [1]")
    expect(one.ask("second")).to_contain_text("1 before [1]")
    expect(other.ask("first")).to_contain_text("0 before [1]")


def test_evidence_shows_before_the_answer_and_stop_ends_it(scripted: str, visit: Callable[..., Visit]) -> None:
    one = visit(scripted)
    answer = one.ask("slowly")
    expect(one.sources.locator(".looking")).to_contain_text("mall GMV per user")
    one.page.get_by_role("button", name="Stop").click()
    expect(answer).to_contain_text(STOPPED.en)
    expect(one.page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(one.ask("again")).to_contain_text("before [1]")


def test_a_full_queue_says_so_and_keeps_the_question(
    scripted: str, script: ScriptedChain, visit: Callable[..., Visit]
) -> None:
    running, waiting, refused = (visit(scripted) for _ in range(3))
    expect(running.ask("hold")).to_contain_text("…")
    with waiting.page.expect_response("**/queue/join*"):
        waiting.ask("me too")
    expect(refused.ask("and me")).to_contain_text(BUSY.en)
    expect(refused.box).to_have_value("and me")
    script.released.set()
    expect(waiting.answers.last).to_contain_text("before [1]")
    refused.box.press("Enter")
    expect(refused.answers.nth(1)).to_contain_text("before [1]")
