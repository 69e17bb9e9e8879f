"""The page as a visitor meets it, over the real résumé: asking, evidence, going on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browsing import Visit, boxes
from playwright.sync_api import expect

Open = Callable[..., Visit]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


def test_a_conversation_with_its_sources(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    expect(one.ask("what did he do at TikTok?")).to_contain_text("[1]")
    expect(one.last.locator(".evidence")).to_contain_text("减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗")
    expect(one.last.locator(".evidence")).to_contain_text("cut training PS consumption by 52.73%")
    one.settled()
    expect(one.ask("and the impact?")).to_contain_text("[1]")
    expect(one.last.locator(".evidence")).to_contain_text("UV_CTR")
    one.settled()
    expect(one.ask("他在 Shopee 做了多久？")).to_contain_text(re.compile(r"2 年 6 个月.*\[1\]"))
    expect(one.cards.first).to_contain_text("October 2021 - April 2024")
    assert one.hosts == {"127.0.0.1"}
    assert not one.faults


def test_evidence_stands_in_its_place_with_both_languages(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("How much did he cut online PS at TikTok?")
    one.settled()
    place = one.last.locator(".place").first
    expect(place.locator("h4 .t:visible")).to_contain_text(["TikTok - International E-commerce - Algorithm Expert"])
    expect(place.locator(".period .t:visible")).to_have_text("April 2024 – April 2025")
    expect(one.last.locator(".project h5")).to_contain_text("a small model in place of a large one")
    card = one.cards.last
    expect(card.locator(".first")).to_contain_text("79.9%")
    expect(card.locator(".second .line")).to_have_attribute("lang", "zh")
    expect(card.locator('[lang="en"] mark', has_text="79.9%")).to_be_visible()
    expect(card.locator('[lang="zh"] mark', has_text="79.9%")).to_be_visible()


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_a_mark_leads_to_its_card_and_the_card_back(resume_page: str, visit: Open, size: dict[str, int]) -> None:
    one = visit(f"{resume_page}/?__theme=dark", **size)
    one.ask("what did he do at TikTok?")
    one.settled()
    mark = one.last.get_by_role("link", name="[8]")
    mark.click()
    card = one.page.locator("#e1-8")
    expect(card).to_be_in_viewport(ratio=0.9)
    expect(card).to_be_focused()
    expect(card).to_have_attribute("aria-current", "true")
    expect(mark).to_have_attribute("aria-current", "true")
    card.get_by_role("button", name="Back to the answer").click()
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    expect(card).not_to_have_attribute("aria-current", "true")
    assert one.page.url.endswith("?__theme=dark")


def test_numbers_belong_to_their_answer(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("what did he do at TikTok?")
    one.settled()
    before = one.exchanges.first.locator(".evidence").inner_text()
    one.ask("他在 Shopee 做了多久？")
    one.settled()
    assert one.exchanges.first.locator(".evidence").inner_text() == before
    one.exchanges.first.get_by_role("link", name="[1]").click()
    expect(one.page.locator("#e1-1")).to_contain_text("TikTok")


def test_the_evidence_is_beside_the_answer_and_on_a_phone_below(resume_page: str, visit: Open) -> None:
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        one = visit(resume_page, **size)
        one.ask("what did he do at TikTok?")
        one.settled()
        answer, evidence = boxes(one.last, ".answer", ".evidence")
        if size["width"] > 1000:
            assert evidence["left"] >= answer["right"]
        else:
            assert evidence["top"] >= answer["bottom"]
        assert one.page.evaluate("document.documentElement.scrollWidth") == size["width"]
        expect(one.box).to_be_in_viewport(ratio=1)
        expect(one.last.locator("h2")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("lang", "theme", "question"),
    [("zh", "奖项", "他拿过哪些金奖？"), ("en", "Awards", "Which gold medals did he win?")],
)
def test_questions_to_begin_with_are_in_the_pages_language(
    resume_page: str, visit: Open, lang: str, theme: str, question: str
) -> None:
    one = visit(resume_page, lang=lang)
    expect(one.page.locator(".theme h2 .t:visible")).to_have_count(5)
    expect(one.page.get_by_role("heading", name=theme)).to_be_visible()
    one.page.get_by_role("button", name=question).click()
    expect(one.last.locator("h2 .question")).to_have_text(question)
    one.settled()
    expect(one.cards).to_have_count(5)
    expect(one.page.locator("#welcome")).to_be_hidden()


def test_what_to_ask_next_is_asked_with_a_tap(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("他在 Shopee 做了多久？")
    one.settled()
    chips = one.last.locator(".next .chip")
    expect(chips.first).to_be_visible()
    assert 2 <= chips.count() <= 3
    said = chips.first.inner_text()
    assert re.search(r"[一-鿿]", said)
    chips.first.click()
    expect(one.last.locator(".question")).to_have_text(said)
    one.settled()


def test_what_the_resume_does_not_say_looks_like_it_and_says_whom_to_ask(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("what salary does he expect?")
    one.settled("not_in_resume")
    expect(one.last.locator(".verdict .t:visible")).to_have_text("Not in the résumé")
    expect(one.last.locator(".contact a")).to_have_attribute("href", "https://yzq986.github.io")
    one.ask("write me a poem")
    one.settled("declined")
    expect(one.last.locator(".verdict .t:visible")).to_have_text("Not something this page answers")


def test_how_an_answer_was_made_is_told_beside_it(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("他在 Shopee 做了多久？")
    one.settled()
    how = one.last.locator("details.how")
    expect(how.locator("summary .t:visible")).to_have_text("In the résumé’s own words, no model")
    how.locator("summary").click()
    expect(how).to_contain_text("No language model took part")
    one.page.keyboard.press("Escape")
    expect(how).not_to_have_attribute("open", "")


def test_a_new_conversation_begins_anew(resume_page: str, visit: Open) -> None:
    one = visit(resume_page)
    one.ask("what did he do at TikTok?")
    one.settled()
    one.page.get_by_role("button", name="New conversation").click()
    expect(one.page.locator("#welcome")).to_be_visible()
    expect(one.exchanges).to_have_count(0)
    expect(one.box).to_be_focused()
    answer = one.ask("and the impact?")
    one.settled()
    expect(answer).to_contain_text("4.11 billion")  # of another employer: TikTok isn't remembered
