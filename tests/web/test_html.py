"""The HTML that the page is made of, and what it reads from browsers: escaped, marked, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from askme.origins import allowed_origins, origin_of
from askme.resume.loader import load_knowledge
from askme.settings import ROOT
from askme.types import Answer, Citation, Knowledge, Sentence
from askme.web.html.document import Visit
from askme.web.html.exchange import NOTICES, exchange_html
from askme.web.html.highlight import Sought, marked
from askme.web.html.markup import linked, prose
from askme.web.html.messages import TEXTS
from askme.web.session import Exchange, Request, as_mapping, history


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


def cited(knowledge: Knowledge, *ids: str) -> tuple[Citation, ...]:
    return tuple(
        Citation(number, id_, knowledge.bullets[id_].text.en, knowledge.bullets[id_].text.zh, "")
        for number, id_ in enumerate(ids, 1)
    )


def answered(knowledge: Knowledge, text: str, *ids: str, **more: object) -> Exchange:
    found = Answer("q?", "q?", "en", "answered", text, "extractive", cited(knowledge, *ids), {})
    return Exchange(3, "q?", text, found.citations, answer=replace(found, **more))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class Balanced(HTMLParser):
    """Fails on an element that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open += [] if tag in ("br", "input", "meta", "link") else [tag]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assert_balanced(html: str) -> None:
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '" onload="alert(1)', "</h2><img src=x onerror=alert(1)>"]
)
def test_an_exchange_holds_nothing_that_was_typed_as_markup(knowledge: Knowledge, attack: str) -> None:
    made = answered(knowledge, f"{attack} [1]\n- {attack}", "tiktok.lite.3")
    html = exchange_html(replace(made, question=attack, suggestions=(attack,)), knowledge)
    assert "<script" not in html
    assert "<img" not in html
    assert ' onload="' not in html
    assert_balanced(html)


def test_an_answers_marks_lead_to_its_own_cards() -> None:
    assert prose("A lift. [2]", 4) == '<p>A lift.\u00a0<a class="cite" href="#e4-2" data-n="2">[2]</a></p>'
    assert prose("One:\n- a [1]\n- b [2][3]\n\nTwo", 1).count("<li>") == 2


def test_only_web_addresses_become_links() -> None:
    assert '<a href="https://a.example/b"' in linked("see [b](https://a.example/b)")
    assert "<a" not in linked("[b](javascript:alert(1)) [c](data:text/html,x)")
    assert linked("a<b") == "a&lt;b"


def test_figures_told_and_words_asked_for_are_marked() -> None:
    sought = Sought.of("How much PS did he cut?", "Cut 79.9% [1]", worded=False)
    assert marked("cut online PS by 79.9%, in 2024 <b>", sought) == (
        "<mark>cut</mark> online <mark>PS</mark> by <mark>79.9%</mark>, in 2024 &lt;b&gt;"
    )
    assert marked("减少 79.9% 线上 PS", sought) == "减少 <mark>79.9%</mark> 线上 <mark>PS</mark>"
    assert "<mark>交易额</mark>" in marked("日均交易额 1.26 亿", Sought.of("他带来多少交易额？", "", worded=False))


def test_equal_figures_are_marked_however_they_are_written() -> None:
    sought = Sought.of("", "4.11 billion USD", worded=False)
    assert marked("增量 41.1 亿 USD", sought) == "增量 <mark>41.1 亿</mark> USD"


def test_evidence_is_grouped_by_position_and_project(knowledge: Knowledge) -> None:
    html = exchange_html(answered(knowledge, "x [1][2][3]", "tiktok.lite.3", "shopee.esmm.2", "tiktok.1"), knowledge)
    places = re.findall(r'class="(?:place|project)" data-key="([^"]+)"', html)
    assert places == ["tiktok", "tiktok.lite", "shopee", "shopee.esmm"]
    assert "April 2024 – April 2025" in html
    assert "2024 年 4 月" in html
    assert_balanced(html)


def test_while_an_answer_is_made_what_was_found_is_shown_without_numbers(knowledge: Knowledge) -> None:
    looking = Exchange(1, "q?", retrieved=("tiktok.lite.3", "shopee.esmm.2"))
    assert exchange_html(looking, knowledge).count("card maybe") == 2
    one = looking.after(Sentence("A. [1]", cited(knowledge, "shopee.esmm.2")))
    html = exchange_html(one, knowledge)
    assert html.count("card maybe") == 1
    assert 'id="e1-1"' in html
    assert "card maybe" not in exchange_html(one.ended("stopped"), knowledge)


@pytest.mark.parametrize(
    ("mode", "fallback", "told"),
    [
        ("model", "", "by_model"),
        ("model", "slow", "broke_off"),
        ("extractive", "", "without_model"),
        ("extractive", "down", "fell_back"),
    ],
)
def test_it_is_told_who_worded_an_answer(knowledge: Knowledge, mode: str, fallback: str, told: str) -> None:
    html = exchange_html(answered(knowledge, "x [1]", "tiktok.1", mode=mode, fallback=fallback), knowledge)
    assert TEXTS[told].zh in html
    assert f'data-mode="{mode}"' in html


@pytest.mark.parametrize("why", ["stopped", "failed", "busy", "limit"])
def test_every_end_is_told_and_keeps_the_question(knowledge: Knowledge, why: str) -> None:
    html = exchange_html(Exchange(1, "kept?").ended(why), knowledge)  # type: ignore[arg-type]
    assert f'data-state="{why}"' in html
    assert "kept?" in html
    assert words(TEXTS[why].en) in words(html).replace("&#x27;", "'")
    assert 'data-do="retry"' in html
    assert why in NOTICES


def test_every_text_stands_in_both_languages() -> None:
    assert all(text.zh and text.en and text.zh != text.en for text in TEXTS.values())
    assert all(re.findall(r"\{\w+\}", t.zh) == re.findall(r"\{\w+\}", t.en) for t in TEXTS.values())


@pytest.mark.parametrize(
    "raw", ["", "x", "[1]", "null", '{"question": 5}', '{"id": -1, "question": null}', "[" * 10**5, None, 7]
)
def test_odd_requests_are_empty_ones(raw: object) -> None:
    assert Request.read(raw, 100) == Request()  # type: ignore[arg-type]
    assert as_mapping(raw).get("do") is None


def test_a_request_is_cut_and_looks_back_on_its_own_conversation_only(knowledge: Knowledge) -> None:
    request = Request.read('{"id": 7, "question": "  ' + "x" * 500 + '", "since": 3, "before": 5}', 100)
    assert request == Request(7, "x" * 100, 3, 5, too_long=True)
    session = tuple(replace(answered(knowledge, "a"), id=number) for number in range(1, 8))
    assert [exchange.id for exchange in request.earlier(session)] == [3, 4]
    assert len(history(session)) == 6


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("zh", "en", "zh"),
        ("zh-TW", "", "zh"),
        ("fr", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr,en;q=0.5,zh;q=0.7", "zh"),
        ("", "en-US,zh;q=0.9", "en"),
        ("", "de", "en"),
        ("", "zh;q=x,,;;q=,en;q=", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(query: str, header: str, language: str) -> None:
    assert Visit.of({"lang": query, "__theme": "x", "embed": "2"}, header) == Visit(language, "", False)  # type: ignore[arg-type]


def test_who_may_frame_the_page() -> None:
    assert allowed_origins((), "https://Me.github.io/cv/")[-1] == "https://me.github.io"
    assert allowed_origins(("https://a.example",), "https://me.github.io") == ("https://a.example",)
    assert origin_of("javascript:alert(1)") == origin_of("not an address") == ""
