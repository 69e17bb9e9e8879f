"""The scripted server does to the real openai client what OpenAI's does, and what a broken network does."""

from __future__ import annotations

import http.client
import json
import math
import operator
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import openai
import pytest
from openai.types.chat import ChatCompletionChunk
from openai_server import Fault, OpenAIServer, Reply, Vectors, vector

KEY = "sk-abcdefghijklmnop1234"
TEXT = "He did X [tiktok.lite.3]. 他做了推荐。"
ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "what did he do?"}]}
SOON = 30
"""Seconds; it takes milliseconds, but the machine may be busy."""
WITH_USAGE = {"stream_options": {"include_usage": True}}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def client(server: OpenAIServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.url, api_key=KEY, max_retries=0, timeout=30) as made:
        yield made


def streamed(client: openai.OpenAI, **options: object) -> Iterator[ChatCompletionChunk]:
    with client.chat.completions.create(**ASKED, stream=True, **options) as stream:
        yield from stream


def text_of(chunk: ChatCompletionChunk) -> str:
    return "".join(choice.delta.content or "" for choice in chunk.choices)


def told_before(error: type[Exception], client: openai.OpenAI, **options: object) -> str:
    """Return the text that came before the stream broke with `error`."""
    texts = []
    with pytest.raises(error):
        texts.extend(text_of(chunk) for chunk in streamed(client, **options))
    return "".join(texts)


def test_a_stream_brings_the_role_the_text_the_reason_and_the_usage(server, client):
    server.replies(Reply(TEXT, chunk=5, finish="length", usage=(90, 64, 12)))
    role, *deltas, reason, usage = streamed(client, **WITH_USAGE)
    assert (role.choices[0].delta.role, text_of(role)) == ("assistant", "")
    assert [text_of(delta) for delta in deltas] == [TEXT[at : at + 5] for at in range(0, len(TEXT), 5)]
    assert reason.choices[0].finish_reason == "length"
    assert (usage.choices, usage.usage.prompt_tokens, usage.usage.completion_tokens) == ([], 90, 12)
    assert usage.usage.prompt_tokens_details.cached_tokens == 64


@pytest.mark.parametrize(("usage", "options"), [(None, WITH_USAGE), ((1, 0, 1), {})])
def test_usage_comes_only_if_scripted_and_asked_for(server, client, usage, options):
    server.replies(Reply(TEXT, usage=usage))
    assert {chunk.usage for chunk in streamed(client, **options)} == {None}


def test_without_a_stream_the_answer_comes_whole(server, client):
    server.replies(Reply(TEXT, finish="content_filter", usage=(90, 64, 12)))
    completion = client.chat.completions.create(**ASKED)
    assert (completion.choices[0].message.content, completion.choices[0].finish_reason) == (TEXT, "content_filter")
    assert (completion.usage.total_tokens, completion.usage.prompt_tokens_details.cached_tokens) == (102, 64)


def test_answers_come_in_order_and_the_last_repeats(server, client):
    server.replies(Reply("one"), Fault.server_error(), lambda body: Reply(body["messages"][0]["content"]))
    assert client.chat.completions.create(**ASKED).choices[0].message.content == "one"
    assert told_before(openai.InternalServerError, client) == ""
    assert ["".join(map(text_of, streamed(client))) for _ in range(2)] == ["what did he do?"] * 2
    assert [request.body.get("stream") for request in server.chats] == [None, True, True, True]
    assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_fault_that_passes_is_retried_by_the_client(server, client):
    server.replies(replace(Fault.rate_limited("0.01"), refuse_times=2), Reply("now"))
    patient = client.with_options(max_retries=2)
    assert patient.chat.completions.create(**ASKED).choices[0].message.content == "now"
    assert len(server.chats) == 3


REFUSALS = [
    (Fault.key_refused(), openai.AuthenticationError, "invalid_api_key"),
    (Fault.no_model("gpt-x"), openai.NotFoundError, "model_not_found"),
    (Fault.rate_limited("120"), openai.RateLimitError, "rate_limit_exceeded"),
    (Fault.server_error(), openai.InternalServerError, None),
    (Fault(503, "Overloaded"), openai.InternalServerError, None),
    (Fault(400, "Too long", "context_length_exceeded", "messages"), openai.BadRequestError, "context_length_exceeded"),
]


@pytest.mark.parametrize(("fault", "error", "code"), REFUSALS)
def test_a_refusal_is_the_clients_own_error_at_each_endpoint(server, client, fault, error, code):
    server.replies(fault)
    server.embeddings(fault)
    server.models(fault)
    for call in (
        lambda: list(streamed(client)),
        lambda: client.chat.completions.create(**ASKED),
        lambda: client.embeddings.create(model="e", input="text"),
        lambda: client.models.retrieve("gpt-x"),
        client.models.list,
    ):
        with pytest.raises(error) as raised:
            call()
        assert (raised.value.code, raised.value.param) == (code, fault.param)
        assert raised.value.response.headers.get("retry-after") == fault.retry_after


def test_the_refused_key_is_echoed_masked(server, client):
    server.replies(Fault.key_refused())
    with pytest.raises(openai.AuthenticationError, match=r"provided: sk-ab\*+1234\. You") as raised:
        list(streamed(client))
    assert KEY not in str(raised.value)


def test_nonsense_with_status_200(server, client):
    server.replies(Fault.malformed())
    assert told_before(json.JSONDecodeError, client) == ""
    with pytest.raises(json.JSONDecodeError):
        client.chat.completions.create(**ASKED)
    server.replies(Fault.html())
    assert list(streamed(client)) == []
    assert "<html>" in client.chat.completions.create(**ASKED)
    server.replies(Fault.empty_choices())
    assert [chunk.choices for chunk in streamed(client)] == [[]]
    assert client.chat.completions.create(**ASKED).choices == []


def test_an_error_object_ends_a_stream_after_some_text(server, client):
    server.replies(Fault(error_event="He did"))
    assert told_before(openai.APIError, client) == "He did"
    assert client.chat.completions.create(**ASKED).choices is None


def test_a_reset_breaks_the_stream_where_it_should(server, client):
    server.replies(Reply(TEXT, reset_after=10))
    assert told_before(openai.APIConnectionError, client) == TEXT[:10]
    assert server.disconnects == 0


def test_an_early_end_looks_clean_and_has_no_reason(server, client):
    server.replies(Reply(TEXT, end_after=10))
    chunks = list(streamed(client, **WITH_USAGE))
    assert "".join(map(text_of, chunks)) == TEXT[:10]
    assert {chunk.choices[0].finish_reason for chunk in chunks} == {None}


@pytest.mark.parametrize(
    ("answer", "told"), [(Reply(TEXT, stall_after=7), TEXT[:7]), (Reply(TEXT, first_after=9), ""), (Fault(hang=9), "")]
)
def test_silence_outlasts_the_client_and_its_leaving_is_noticed(server, client, answer, told):
    server.replies(answer)
    assert told_before(openai.APITimeoutError, client, timeout=1) == told
    assert server.wait_for(lambda: server.disconnects == 1, seconds=SOON)


@pytest.mark.parametrize("reply", [Reply(TEXT * 99, every=0.01), Reply(TEXT, stall_after=8), Reply(TEXT * 9999)])
def test_a_client_that_hangs_up_is_noticed(server, client, reply):
    server.replies(reply)
    with client.chat.completions.create(**ASKED, stream=True) as stream:
        next(stream), next(stream)
        assert server.disconnects == 0
    assert server.wait_for(lambda: server.disconnects == 1, seconds=SOON)


def test_a_reply_keeps_its_pace(server, client):
    server.replies(Reply("abcdefgh", first_after=0.15, every=0.05))
    begun = time.monotonic()
    times = [time.monotonic() - begun for chunk in streamed(client) if text_of(chunk)]
    assert times[0] >= 0.15
    assert times[1] >= 0.2


def test_leaving_ends_what_stalls_and_leaves_no_thread(client):
    before = set(threading.enumerate())
    with OpenAIServer() as server:
        server.replies(Reply(TEXT, stall_after=4))
        stream = client.with_options(base_url=server.url).chat.completions.create(**ASKED, stream=True)
        assert [text_of(next(stream)), text_of(next(stream))] == ["", TEXT[:4]]
        left = time.monotonic()
    assert time.monotonic() - left < 30
    assert set(threading.enumerate()) == before
    with pytest.raises(openai.APIConnectionError):
        next(stream)
    assert server.disconnects == 0


def test_leaving_raises_what_a_callable_raised(client):
    def refuse(body):
        raise AssertionError(f"unexpected: {body['model']}")

    def serve():
        with OpenAIServer() as server:
            server.replies(refuse)
            assert told_before(openai.APIConnectionError, client.with_options(base_url=server.url)) == ""

    with pytest.raises(AssertionError, match="unexpected: gpt-4o-mini"):
        serve()


def test_a_connection_carries_one_request_after_another(server):
    connection = http.client.HTTPConnection(*server.server_address)
    for stream in (True, False, True):
        connection.request("POST", "/v1/chat/completions", json.dumps(ASKED | {"stream": stream}))
        content = connection.getresponse().read()
        assert content.endswith(b"data: [DONE]\n\n") == stream
    connection.close()
    assert (server.connections, len(server.requests)) == (1, 3)


def test_twenty_streams_at_once(server, client):
    server.replies(Reply(TEXT, every=0.005))
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: "".join(map(text_of, streamed(client))), range(20)))
    assert told == [TEXT] * 20
    assert (server.disconnects, len(server.chats)) == (0, 20)


def embedded(client: openai.OpenAI, texts: list[str], **options: object) -> list[list[float]]:
    return [one.embedding for one in client.embeddings.create(model="e", input=texts, **options).data]


def product(left: list[float], right: list[float]) -> float:
    return sum(map(operator.mul, left, right))


def test_embeddings_are_the_same_in_both_formats(server, client):
    texts = ["Cut the cost of inference", "推荐系统", ""]
    vectors = embedded(client, texts)
    assert vectors == embedded(client, texts, encoding_format="float")
    assert [request.body["encoding_format"] for request in server.embedded] == ["base64", "float"]
    assert [math.hypot(*one) for one in vectors] == pytest.approx([1, 1, 1])
    assert vectors[1] == pytest.approx(vector("推荐系统"))


def test_texts_with_common_words_are_nearer(client):
    cost, inference, system, other = embedded(client, ["cost of INFERENCE", "inference cost", "推荐系统", "推荐模型"])
    assert product(cost, inference) > 0.8
    assert product(system, other) > 0.3 > product(system, cost)


def test_vectors_of_another_size_and_too_few_of_them(server, client):
    assert len(embedded(client, ["a"], dimensions=64)[0]) == 64
    server.embeddings(Vectors(dimension=7), Vectors(missing=1))
    assert len(embedded(client, ["a"], dimensions=64)[0]) == 7
    assert len(embedded(client, ["a", "b"])) == 1


def test_every_model_exists_and_other_paths_do_not(client):
    assert client.models.retrieve("org/any name").id == "org/any name"
    assert [model.object for model in client.models.list()] == ["model"]
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="gpt-x", input="hello")
