"""Search by meaning in the chain: what it adds to an answer, and that an answer never waits or fails for it."""

import pytest
from modelled import SHOWN, TRUE, assert_key_unseen, heard
from openai_server import Fault, OpenAIServer, Reply, Vectors

from askme.answering.outcome import Outcome


@pytest.fixture(scope="module")
def embedding(chain, tmp_path_factory):
    """One server for the tests below, so that the real résumé is embedded once."""
    with OpenAIServer() as running:
        yield running, tmp_path_factory.mktemp("embedded")


@pytest.fixture
def searching(embedding, talking):
    """A fresh chain with its semantic index open, and its server, in good health."""
    server, folder = embedding
    server.replies(Reply(TRUE))
    server.embeddings()
    made = talking(openai_base_url=server.url, embedding_model="e", embedding_seconds=0.5, data_dir=folder)
    made.assistant.prepare()
    return made, server, folder


BY_WORDS, BY_MEANING = "exchange.models.3", "exchange.growth.2"
PERCENT = "by what percent did orders go up this year?"


def test_what_is_nearest_in_meaning_is_told_first(searching, talking):
    chain, server, _ = searching
    assert heard(talking(openai_base_url=server.url), PERCENT).retrieved[0] == BY_WORDS
    assert chain.assistant.nearest(PERCENT, (), Outcome())[0] == BY_MEANING
    assert heard(chain, PERCENT).retrieved[0] == BY_MEANING


def test_only_what_is_asked_about_is_near(searching):
    near = searching[0].assistant.nearest(PERCENT, ("shopee",), Outcome())
    assert near
    assert {identifier.split(".")[0] for identifier in near} == {"shopee"}


FAULTS = {
    "401": (Fault.key_refused(), 1),
    "404": (Fault.no_model("e"), 1),
    "429": (Fault.rate_limited(), 1),
    "429 with Retry-After": (Fault.rate_limited("60"), 1),
    "500": (Fault.server_error(), 2),
    "malformed JSON": (Fault.malformed(), 2),
    "a page of HTML": (Fault.html(), 2),
    "no choices": (Fault.empty_choices(), 2),
    "an error with status 200": (Fault(error_event=""), 2),
    "silence": (Fault(hang=30), 2),
    "no vector": (Vectors(missing=1), 2),
    "another dimension": (Vectors(dimension=7), 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_without_embeddings_words_alone_find_the_answer(searching, talking, caplog, name):
    chain, server, folder = searching
    by_words = heard(talking(openai_base_url=server.url)).retrieved
    before, sent, (fault, asked) = (folder / "semantic" / "current").read_text(), len(server.embedded), FAULTS[name]
    server.embeddings(fault)
    for _ in range(2):
        answer = heard(chain)
        assert (answer.text, answer.mode, answer.retrieved) == (SHOWN, "model", by_words)
    assert len(server.embedded) - sent == asked
    assert (folder / "semantic" / "current").read_text() == before
    assert_key_unseen(caplog, answer)
