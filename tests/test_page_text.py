"""The Markdown and HTML that the page is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from askme.page import STOPPED, Exchange, Source, literal, messages, panel, prose


def test_plain_words_stay_readable_to_a_screen_reader() -> None:
    asked = "How did he cut costs by 50%? (AWS, C++) — 他做了什么？"
    assert literal(asked) == asked


@pytest.mark.parametrize(
    "markup", ["<b>", "**a**", "a_b_c", "`x`", "[a](b)", "$x$", "# a", "- a", "1. a", "http://a.b", "&lt;"]
)
def test_markup_is_spelled_with_character_references(markup: str) -> None:
    assert "&#" in literal(markup)


def test_an_answer_holds_no_html_and_no_image_and_its_marks_lead_to_sources() -> None:
    assert prose("<b>x</b> ![y](z) [2]", 4) == r"&lt;b>x&lt;/b> !&#91;y](z) [\[2\]](#source-4-2)"


def test_the_panel_escapes_what_it_quotes() -> None:
    source = panel([Exchange("<script>", text="x", closed=True).close(STOPPED), Exchange("next")])
    assert "<script>" not in source


def test_the_panel_keeps_earlier_sources_folded_under_their_question() -> None:
    source = Source(1, "TikTok › Distillation", "Lift of 1.4957%", "提升 1.4957%")
    asked = Exchange("what did he do?", text="A lift. [1]", sources=(source,), closed=True)
    shown = panel([asked, replace(asked, question="and then?")])
    assert (
        shown.index('id="source-1-1"')
        < shown.index("<details><summary>what did he do?")
        < shown.index('id="source-0-1"')
    )
    assert "提升 1.4957%" in shown


def test_a_question_waits_for_its_answer_with_an_ellipsis() -> None:
    assert [message["content"] for message in messages([Exchange("well?")])] == ["well?", "…"]
