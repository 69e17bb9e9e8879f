"""A conversation that began elsewhere goes on: what isn't known here is answered again, without the model."""

from __future__ import annotations

import json

import pytest

from askme.web.session import Exchange, Request, Said, history
from askme.web.session_restore import caught_up, missing

FIRST = "what did he do at TikTok?"


def request(**fields):
    sent = {"id": 3, "question": "and the impact?", "since": 1, "before": 3, "said": [[1, FIRST], [2, "hello"]]}
    return Request.read(json.dumps(sent | fields), 100)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([[1, " a "], [2, "b"]], [(1, "a"), (2, "b")]),
        ([[0, "before the conversation"], [3, "the one asked again"], [2, "b"]], [(2, "b")]),
        ([["1", "a"], [1], [1, 2], 7, None, [True, "x"], [1.0, "x"], [[], "x"], [2, "b"]], [(2, "b")]),
        ([[2, "b"], [2, "c"]], [(2, "c")]),
        ([[1, "x" * 300]], [(1, "x" * 100)]),
        ([[n, "old"] for n in (1, 2)] * 9, [(1, "old"), (2, "old")]),
        ({"1": "a"}, []),
        (None, []),
    ],
)
def test_what_the_page_says_of_earlier_questions_is_read_with_care(sent, kept):
    assert [(one.id, one.question) for one in request(said=sent).said] == kept


def test_what_is_known_is_not_asked_again(chain):
    known = (Exchange(1, FIRST, answer=chain.ask(FIRST)), Exchange(2, "hello", answer=chain.ask("hello")))
    assert not missing(request(), known)
    assert missing(request(), known[:1])
    asked = []
    told = caught_up(request(), known[:1], lambda question, turns: asked.append(question) or chain.ask(question, turns))
    assert asked == ["hello"]
    assert told[0] is known[0]


def test_a_follow_up_is_understood_where_its_conversation_is_unknown(chain):
    told = caught_up(request(), (), chain.ask)
    assert [one.id for one in told] == [1, 2]
    answer = chain.ask("and the impact?", history(told[:1]))
    assert {citation.id.split(".")[0] for citation in answer.citations} == {"tiktok"}
    assert answer.standalone_question != "and the impact?"


def test_an_earlier_follow_up_is_told_again_after_the_one_it_belongs_to(chain):
    follows = Request(3, "and then?", 1, 3, said=(Said(1, FIRST), Said(2, "and the impact?")))
    told = caught_up(follows, (), chain.ask)
    assert {citation.id.split(".")[0] for citation in told[1].citations} == {"tiktok"}


def test_a_stopped_exchange_that_is_known_here_keeps_its_place(chain):
    stopped = Exchange(2, "stopped", end="stopped")
    told = caught_up(Request(4, "x", 1, 4, said=(Said(1, FIRST), Said(3, "hello"))), (stopped,), chain.ask)
    assert [one.id for one in told] == [1, 2, 3]
    assert len(history(told)) == 2
