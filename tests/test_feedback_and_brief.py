"""What visitors leave and what they take away: the file of verdicts, the evidence brief."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from askme import feedback
from askme.brief import markdown, printable
from askme.conversation import Exchange
from askme.feedback import FILE, Feedback, Rating
from askme.knowledge import load_knowledge
from askme.settings import ROOT
from askme.types import Answer, Citation, Knowledge, Status

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


def test_a_verdict_is_one_line_of_json(knowledge: Knowledge, tmp_path: Path) -> None:
    box = Feedback(tmp_path / "not" / "there")
    rating = Rating.of(answer(knowledge), {"thumb": "down", "comment": " 不对\n" + "x" * 2000})
    assert rating
    assert box.note(rating)
    assert box.note(rating)
    lines = (tmp_path / "not" / "there" / FILE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    kept = json.loads(lines[0])
    assert set(kept) == {"at", "question", "status", "cited", "thumb", "comment"}
    assert kept["cited"] == ["tiktok.lite.3"]
    assert kept["comment"].startswith("不对\nx")
    assert len(kept["comment"]) == 1000
    assert kept["at"].endswith("+00:00")


@pytest.mark.parametrize("sent", [{}, {"thumb": "sideways"}, {"thumb": 1}, {"thumb": ["up"]}, {"comment": "x"}])
def test_what_is_no_verdict_is_not_kept(knowledge: Knowledge, sent: dict[str, object]) -> None:
    try:
        rating = Rating.of(answer(knowledge), sent)
    except TypeError:
        pytest.fail("an odd verdict must be read without an error")
    assert rating is None


def test_a_comment_of_another_kind_is_no_comment(knowledge: Knowledge) -> None:
    rating = Rating.of(answer(knowledge), {"thumb": "up", "comment": {"a": 1}})
    assert rating
    assert rating.comment == ""


def test_a_verdict_that_cannot_be_written_is_said_to_be_lost(
    knowledge: Knowledge, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    rating = Rating.of(answer(knowledge, "a secret?"), {"thumb": "up"})
    assert rating
    assert not Feedback(tmp_path / "file").note(rating)
    monkeypatch.setattr(feedback, "MOST_BYTES", 300)
    small = Feedback(tmp_path)
    assert [small.note(rating) for _ in range(4)][-1] is False
    assert "secret" not in caplog.text


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
