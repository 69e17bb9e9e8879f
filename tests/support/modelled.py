"""The real chain with the scripted server as its language model. conftest hands the fixtures to all tests.

def test_it(server, talking):
    server.replies(Reply(TRUE))
    answer = heard(talking(), QUESTION)
"""

import importlib
import re
import time
from functools import partial

import pytest
from openai_server import OpenAIServer

from askme.answering.chain import Chain
from askme.factory import build_assistant
from askme.settings import load_settings
from askme.types import Done, Sentence

KEY = "sk-test-that-nobody-may-ever-see-zqxw"
QUESTION = "What did the Lite model at TikTok achieve?"
TRUE = "The Lite model cut training PS consumption by 52.73% and online PS consumption by 79.9% [tiktok.lite.3]."
SHOWN = "The Lite model cut training PS consumption by 52.73% and online PS consumption by 79.9%. [1]"
TOTAL, SLACK = 2.9, 30
"""Seconds an answer may take (too few for a second try or a repair), and what a busy machine may add."""
_KEPT = []
"""All chains made: a model has no close(), and what Python collects with connections open is a warning, so an error."""
_MARK = re.compile(r"\[(\d+)\]")
_MARKUP = re.compile(r"<[/!a-z]|!\[|\]\(|\*\*|https?:|&[a-z]+;", re.IGNORECASE)


@pytest.fixture
def server():
    """A server that answers as it is told."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def talking(server, chain, data_dir):
    """Make the chain with `server` as its model, in good health: `talking(total_seconds=9)`."""
    return partial(made_chain, server, chain, data_dir)


def made_chain(server, chain, folder, **knobs):
    """Return a new chain that shares the index of `chain` and has `server` as its model."""
    importlib.import_module("langchain_openai")  # takes a second or two, which the deadline of no answer should pay
    usual = {"openai_api_key": KEY, "openai_base_url": server.url, "data_dir": folder, "embedding_model": "none"}
    usual |= {"budget_day_usd": 0, "budget_month_usd": 0}  # some servers here tell of millions of tokens
    settings = load_settings(**(usual | {"total_seconds": TOTAL, "first_token_seconds": TOTAL} | knobs))
    finder = chain.retriever.finder
    return kept(Chain(finder, assistant=build_assistant(settings, finder)))


def kept(made):
    """Return a chain or model, which is not collected before the end of all tests."""
    _KEPT.append(made)
    return made


def heard(chain, question=QUESTION, *history, within=TOTAL + SLACK):
    """Return the answer, after looking at it as a visitor would: in time, in one piece, without markup, truly cited."""
    began = time.monotonic()
    events = list(chain.stream(question, history))
    took = time.monotonic() - began
    answer = events[-1].answer
    assert isinstance(events[-1], Done)
    assert took < within, f"{took:.1f} s for an answer"
    sentences = [event for event in events if isinstance(event, Sentence)]
    assert "".join(sentence.text for sentence in sentences) == answer.text != ""
    for sentence in sentences:
        assert [int(mark) for mark in _MARK.findall(sentence.text)] == [one.number for one in sentence.citations]
        assert set(sentence.citations) <= set(answer.citations)
    assert not _MARKUP.search(answer.text), answer.text
    assert_truly_cited(chain, answer)
    return answer


def assert_truly_cited(chain, answer):
    """The marks run from [1] on as first mentioned, each for a bullet whose words stand beside the answer."""
    marks = dict.fromkeys(map(int, _MARK.findall(answer.text)))
    assert list(marks) == [citation.number for citation in answer.citations] == list(range(1, len(marks) + 1))
    for citation in answer.citations:
        bullet = chain.knowledge.bullets[citation.id]
        assert citation.source_text == bullet.text.zh
        assert citation.text == bullet.text["zh" if answer.language == "zh" else "en"]


def assert_key_unseen(caplog, *told):
    """No part of the key is in the log at any level, with all that its records carry, or in anything told."""
    logged = [caplog.text, *(repr(record.__dict__) for record in caplog.records), *map(repr, told)]
    assert [text for text in logged if "sk-" in text or KEY[-4:] in text] == []


def cited(answer):
    """Return the ids an answer cites, in order."""
    return [citation.id for citation in answer.citations]
