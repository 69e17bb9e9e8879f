"""What visitors take away: the evidence brief."""

from __future__ import annotations

from datetime import date

import pytest

from askme.resume.loader import load_knowledge
from askme.settings import ROOT
from askme.types import Answer, Citation, Knowledge, Status
from askme.web.html.brief import markdown, printable
from askme.web.session import Exchange

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


def answer(
    knowledge: Knowledge, question: str = "What?", text: str = "Cut 79.9% [1]", status: Status = "answered"
) -> Answer:
    bullet = knowledge.bullets["tiktok.lite.3"]
    cited = (Citation(1, bullet.id, bullet.text.en, bullet.text.zh, "TikTok"),)
    return Answer(question, question, "en", status, text, "extractive", cited, {})


def exchange(found: Answer) -> Exchange:
    return Exchange(1, found.question, found.text, found.citations, answer=found)


def test_a_brief_holds_questions_answers_and_sources(knowledge: Knowledge) -> None:
    session = [
        exchange(answer(knowledge)),
        exchange(answer(knowledge, "Salary?", "Not stated.", "not_in_resume")),
        exchange(answer(knowledge, "Hello", "Hi", "greeting")),
        Exchange(4, "stopped?").ended("stopped"),
    ]
    text = markdown(session, knowledge, "en", TODAY)
    assert text.startswith("# 叶子卿 Zachery Ye · Evidence brief\n")
    assert "## What?\n\nCut 79.9% [1]" in text
    assert (
        "**TikTok - International E-commerce - Algorithm Expert (April 2024 – April 2025)**\n\n> [1] With GMV" in text
    )
    assert "> Ranking sub-scenario: a small model in place of a large one" in text
    assert "减少 52.73% 训练 PS 消耗" in text
    assert "*Not in the résumé*" in text
    assert "Hello" not in text
    assert "stopped?" not in text
    assert "2026-11-23" in text
    html = printable(session, knowledge, "zh", TODAY)
    assert html.startswith('<!doctype html><html lang="zh">')
    assert "证据摘要" in html
    assert "<b>[1]</b>" in html
    assert 'class="cite"' not in html


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", "# [x](javascript:alert(1)) **b** `c` | <b>"])
def test_a_brief_holds_what_was_typed_as_text(knowledge: Knowledge, attack: str) -> None:
    session = [exchange(answer(knowledge, attack, f"{attack}\n- {attack}"))]
    assert "<script" not in printable(session, knowledge, "en", TODAY)
    text = markdown(session, knowledge, "en", TODAY)
    assert "<script" not in text.replace(r"\<", "")
    assert "[x](" not in text.replace(r"\[x\]", "")


def test_a_brief_of_nothing_is_a_page_all_the_same(knowledge: Knowledge) -> None:
    assert markdown([], knowledge, "zh", TODAY).startswith("# ")
    assert "</html>" in printable([], knowledge, "en", TODAY)
