"""The way of a model's text from the loop that reads it to the thread that waits: gathered, but never late or lost."""

import asyncio
import queue
from types import SimpleNamespace

import pytest

from askme.llm import chat_model as models
from askme.llm.chat_model import pump

WORDS = ("He ", "led ", "Lite", ".", " Then", " he", " left")


def handed(words, error=None):
    """Return the texts that were handed over together, and what came last when it was an exception."""

    async def chunks():
        for word in words:
            yield SimpleNamespace(content=word)
        if error:
            raise error

    box = queue.Queue()
    asyncio.run(pump(chunks(), box))
    *lists, last = box.queue
    together = ["".join(chunk.content for chunk in held) for held in lists]
    return [text for text in together if text], last if isinstance(last, Exception) else None


@pytest.fixture
def unhurried(monkeypatch):
    monkeypatch.setattr(models, "GATHERED", 3600)


@pytest.mark.usefixtures("unhurried")
def test_the_end_of_a_sentence_and_what_follows_it_come_at_once():
    assert handed(WORDS) == (["He led Lite.", " Then", " he left"], None)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("end", ["。", "!", "？", "]", "】", ":", "\n"])
def test_ends_are_known(end):
    assert handed(("他负责", end, "然后", "离职")) == ([f"他负责{end}", "然后", "离职"], None)


def test_what_is_held_too_long_is_handed_over(monkeypatch):
    monkeypatch.setattr(models, "GATHERED", -1)
    assert handed(WORDS) == (list(WORDS), None)


@pytest.mark.usefixtures("unhurried")
def test_what_came_before_a_failure_comes_before_it():
    error = ValueError("no JSON")
    assert handed(("He ", "led "), error) == (["He led "], error)
