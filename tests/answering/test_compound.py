"""Two questions in one text: what counts as two, and that both are answered, each from its own bullets."""

import pytest

from askme.answering.compound import parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How long was he at Google and what did he build there?", 2),
        ("他的 GPA 是多少 另外 ICPC 有没有拿过 gold", 2),
        ("Who does he work for now? What did he do before?", 2),
        ("What did he do at TikTok? How long? Why? And where?", 0),
        ("What did he do at TikTok and Shopee?", 0),
        ("does he hold a patent? or work on one?", 0),
        ("他做过推荐和搜索吗？", 0),
        ("Really?? He did?", 0),
        ("", 0),
    ],
)
def test_what_counts_as_two_questions(text, found):
    assert len(parts(text)) == found


def test_both_are_answered_and_there_is_understood(chain):
    answer = chain.ask("How long was he at Google and what did he build there?")
    cites = [citation.id for citation in answer.citations]
    assert "7 months" in answer.text
    assert cites[0] == "google"
    assert "google.revenue.1" in cites
    assert answer.text.count("[1]") >= 1


def test_what_is_said_and_what_is_not_stand_side_by_side(chain):
    answer = chain.ask("Does he know Rust? And does he know Python?")
    assert answer.status == "answered"
    assert "doesn't mention Rust" in answer.text
    assert [citation.id for citation in answer.citations] == ["skills.2"]


def test_nothing_is_told_twice(chain):
    answer = chain.ask("他在 Shopee 做了什么？效果怎么样？")
    lines = [line.split(" [")[0] for line in answer.text.splitlines()]
    assert len(lines) == len(set(lines)) > 3


def test_two_silences_are_both_told(chain):
    answer = chain.ask("What's his salary and where does he live?")
    assert answer.status == "not_in_resume"
    assert "salary" in answer.text
    assert "city" in answer.text


def test_a_part_that_is_none_leaves_the_question_whole(chain):
    answer = chain.ask("Is he the boss type? Has he been in charge of folks?")
    assert "exchange.growth.1" in [citation.id for citation in answer.citations]
