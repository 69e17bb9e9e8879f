"""The real chain with the scripted server as its language model. conftest hands the fixtures to all tests.

def test_it(server, talking):
    server.replies(Reply(TRUE))
    answer = heard(talking(), QUESTION)
"""

import importlib
import re
import time

import pytest
from openai_server import OpenAIServer

from askme.assemble import build_assistant
from askme.chain import Chain
from askme.settings import load_settings
from askme.types import Done, Sentence

KEY = "sk-test-that-nobody-may-ever-see-9876"
QUESTION = "What did the Lite model at TikTok achieve?"
TRUE = "The Lite model cut training PS consumption by 52.73% and online PS consumption by 79.9% [tiktok.lite.3]."
SHOWN = "The Lite model cut training PS consumption by 52.73% and online PS consumption by 79.9%. [1]"
TOTAL, SLACK = 2.9, 2.5
"""Seconds an answer may take (too few for a second try or a repair), and what a busy machine may add."""
_MARKUP = re.compile(r"<[/!a-z]|!\[|\]\(|\*\*|https?:|&[a-z]+;", re.IGNORECASE)


@pytest.fixture
def server():
    """A server that answers as it is told."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def talking(server, chain, data_dir):
    """Make the chain with `server` as its model, in good health; the index is shared: `talking(total_seconds=9)`."""
    importlib.import_module("langchain_openai")  # takes a second or two, which the deadline of no answer should pay
    usual = {"openai_api_key": KEY, "openai_base_url": server.url, "data_dir": data_dir, "embedding_model": "none"}
    finder = chain.retriever.finder

    def made(**knobs):
        settings = load_settings(**(usual | {"total_seconds": TOTAL, "first_token_seconds": TOTAL} | knobs))
        return Chain(finder, assistant=build_assistant(settings, finder))

    return made


def heard(chain, question=QUESTION, *history, within=TOTAL + SLACK):
    """Return the answer, after looking at it as a visitor would: in time, in one piece, without markup, truly cited."""
    began = time.monotonic()
    events = list(chain.stream(question, history))
    took = time.monotonic() - began
    answer = events[-1].answer
    assert isinstance(events[-1], Done)
    assert took < within, f"{took:.1f} s for an answer"
    assert "".join(event.text for event in events if isinstance(event, Sentence)) == answer.text != ""
    assert not _MARKUP.search(answer.text), answer.text
    assert_truly_cited(chain, answer)
    return answer


def assert_truly_cited(chain, answer):
    """The marks run from [1] on as first mentioned, each for a bullet whose words stand beside the answer."""
    marks = dict.fromkeys(int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text))
    assert list(marks) == [citation.number for citation in answer.citations] == list(range(1, len(marks) + 1))
    for citation in answer.citations:
        bullet = chain.knowledge.bullets[citation.id]
        assert citation.source_text == bullet.text.zh
        assert citation.text == bullet.text["zh" if answer.language == "zh" else "en"]


def cited(answer):
    """Return the ids an answer cites, in order."""
    return [citation.id for citation in answer.citations]
