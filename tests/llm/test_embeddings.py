"""Nothing that an embeddings server sends is believed: what is no vector of the text leaves search by meaning off."""

import math

import pytest
from modelled import KEY, QUESTION, SHOWN, TRUE, heard, kept
from openai_server import Fault, Reply, Vectors

from askme.errors import ModelError
from askme.llm.embeddings import TEXTS_PER_CALL, Embedder
from askme.settings import load_settings


@pytest.fixture
def embedder(server):
    """An embedder that asks `server`, and remembers in `paid` for which texts."""
    paid = []
    settings = load_settings(openai_api_key=KEY, openai_base_url=server.url, embedding_model="e")
    made = kept(Embedder(settings, paid.extend))
    made.paid = paid
    return made


def row(data, **fields):
    return [*data[:-1], data[-1] | fields]


def swapped(data):
    return [data[1], data[0], *data[2:]]


CHANGES = {
    "null": lambda data: row(data, embedding=None),
    "a null within": lambda data: row(data, embedding=[0.1, None]),
    "NaN": lambda data: row(data, embedding=[math.nan, 1.0]),
    "infinity": lambda data: row(data, embedding=[math.inf, 1.0]),
    "numbers past all measure": lambda data: row(data, embedding=[1e308, 1e308, 1e308]),
    "text": lambda data: row(data, embedding="0.1, 0.2"),
    "texts": lambda data: row(data, embedding=["0.1", "0.2"]),
    "nothing but zeros": lambda data: row(data, embedding=[0.0] * 256),
    "an empty one": lambda data: row(data, embedding=[]),
    "another length": lambda data: row(data, embedding=[1.0]),
    "no embedding": lambda data: [*data[:-1], {"index": len(data) - 1}],
    "one too few": lambda data: data[:-1],
    "one too many": lambda data: [*data, data[-1]],
    "an index twice": lambda data: row(data, index=0),
    "an index too great": lambda data: row(data, index=len(data)),
    "an index that is none": lambda data: row(data, index="last"),
    "no list": lambda data: {"0": data[0]},
    "no rows": lambda data: None,
    "rows that are none": lambda data: [1.0] * len(data),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_no_vector_is_refused(server, embedder, name):
    server.embeddings(Vectors(change=CHANGES[name]))
    with pytest.raises(ModelError) as raised:
        embedder.embed(["a", "b"], 9)
    assert raised.value.kind == "garbled"
    assert embedder.health.problem


@pytest.mark.parametrize("name", ["null", "NaN", "text", "one too few"])
def test_it_costs_a_visitor_nothing_but_the_search_by_meaning(server, patient, tmp_path, name):
    chain = patient(embedding_model="e", data_dir=tmp_path)
    assert chain.assistant.prepare()
    server.replies(Reply(TRUE))
    server.embeddings(Vectors(change=CHANGES[name]))
    answer = heard(chain)
    assert (answer.text, answer.fallback) == (SHOWN, "")
    assert answer.retrieved == heard(patient(), QUESTION).retrieved


def test_vectors_are_put_in_the_order_of_their_texts(server, embedder):
    straight = embedder.embed(["a", "b", "c"], 9)
    server.embeddings(Vectors(change=swapped))
    assert embedder.embed(["a", "b", "c"], 9) == straight


def test_without_indices_they_are_taken_as_they_come(server, embedder):
    straight = embedder.embed(["a", "b"], 9)
    server.embeddings(Vectors(change=lambda data: [{"embedding": one["embedding"]} for one in data]))
    assert embedder.embed(["a", "b"], 9) == straight


TOO_MANY = {
    "TEI": Fault(
        413, told={"message": "batch size 256 > maximum allowed batch size 32", "code": 413, "type": "Validation"}
    ),
    "DashScope": Fault(400, "batch size is invalid, it should not be larger than 10.: input.contents"),
    "SiliconFlow": Fault(413, told={"code": 20042, "message": "input batch size 136 > maximum allowed batch size 64"}),
    "422": Fault(422, told={"detail": "too many"}),
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_a_batch_that_is_refused_is_halved_and_so_are_those_to_come(server, embedder, caplog, name):
    caplog.set_level("INFO")
    server.embeddings(lambda body: TOO_MANY[name] if len(body["input"]) > 40 else Vectors())
    texts = [f"text {number}" for number in range(TEXTS_PER_CALL + 10)]
    vectors = embedder.embed(texts, 9)
    assert [len(call.body["input"]) for call in server.embedded[:5]] == [256, 128, 64, 32, 32]
    assert embedder.paid == texts
    assert vectors[-1] == embedder.embed(texts[-1:], 9)[0]
    assert caplog.text.count("refuses") == 3
    embedder.embed(texts[:64], 9)
    assert [len(call.body["input"]) for call in server.embedded[-2:]] == [32, 32]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(400, "no"), "the server refused the request (400)"),
        (
            Fault(404, told=b"404 page not found"),
            "no embeddings API at this address; without one, set ASKME_EMBEDDING_MODEL",
        ),
        (Fault.no_model("e"), "the server doesn't know the model e"),
        (Fault.html(), "can't be read"),
        (Fault(200, told={"error": {"code": 402, "message": "no credits"}}), "out of quota"),
        (Fault.malformed(), "can't be read"),
    ],
)
def test_a_failure_is_told_in_one_sentence(server, embedder, fault, told):
    server.embeddings(fault)
    with pytest.raises(ModelError, match=r"^[^\n]+$") as raised:
        embedder.embed(["a", "b"], 9)
    assert told in str(raised.value)
    assert embedder.paid == []
