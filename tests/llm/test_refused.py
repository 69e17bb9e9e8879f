"""What a server refuses of a request is learnt from whatever names it, logged once, and not sent again."""

import logging

import httpx2
import openai
import pytest
from modelled import QUESTION, SHOWN, TRUE, heard
from openai_server import Fault, Reply

from askme.llm.errors import LENGTH, SHORTER, SYSTEM, explained

LITE = "What did the Lite model at TikTok cut?"


def error(message, **more):
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}


def extra(name):
    return {
        "detail": [
            {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted", "input": 1}
        ]
    }


UNRECOGNIZED = "Unrecognized request argument supplied:"
REFUSALS = {
    "OpenAI, by param": (
        400, error("Unknown parameter: 'stream_options'.", param="stream_options"), "stream_options",
    ),
    "by a param within": (400, error("Unknown", param="stream_options.include_usage"), "stream_options"),
    "Azure, by its message": (400, error(f"{UNRECOGNIZED} reasoning_effort"), "reasoning_effort"),
    "Azure, with another status": (404, error(f"{UNRECOGNIZED} stream_options"), "stream_options"),
    "Azure, by a path": (
        400, error("Validation error at #/stream_options: Extra inputs are not permitted"), "stream_options",
    ),
    "Fireworks": (400, error("Extra inputs are not permitted, field: 'stream_options'"), "stream_options"),
    "FastAPI, by loc": (422, extra("stream_options"), "stream_options"),
    "Mistral, by loc": (422, {"object": "error", "message": extra("temperature"), "code": None}, "temperature"),
    "vLLM, by loc in its message": (
        400,
        {"object": "error", "param": None, "code": 400, "type": "BadRequestError", "message":
         "[{'type': 'extra_forbidden', 'loc': ('body', 'reasoning_effort'), 'msg': 'Extra inputs are not permitted', "
         "'input': {'temperature': 0.0, 'stream_options': {}}}]"},
        "reasoning_effort",
    ),
    "Ollama, a model that can't think": (400, error('"llama3.2" does not support thinking'), "reasoning_effort"),
    "Ollama, an effort": (400, error('think value "none" is not supported for this model'), "reasoning_effort"),
    "Groq, an effort": (400, error("`reasoning_effort` must be one of `low`, `medium`, or `high`"), "reasoning_effort"),
    "OpenAI, a temperature": (
        400, error("Unsupported value: 'temperature' does not support 0.", param="temperature"), "temperature",
    ),
    "a plain text": (400, b"unknown field: temperature", "temperature"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_parameter_is_not_sent_again(server, patient, caplog, name):
    status, told, parameter = REFUSALS[name]
    server.replies(lambda body: Fault(status, told=told) if parameter in body else Reply(TRUE))
    chain = patient()
    assert [heard(chain, question).fallback for question in (QUESTION, LITE, QUESTION)] == ["", "", ""]
    assert [parameter in call.body for call in server.chats] == [True, False, False, False]
    logged = [record.getMessage() for record in caplog.records if record.name == "askme.llm.dialect"]
    assert logged == [f"model: the server refuses {parameter}: from now on it is left out"]


def test_several_are_learnt_at_once_or_one_after_the_other(server, patient):
    both = {"detail": [*extra("stream_options")["detail"], *extra("temperature")["detail"]]}

    def picky(body):
        if {"stream_options", "temperature"} & set(body):
            return Fault(422, told=both)
        if LENGTH in body:
            return Fault(422, told=extra(LENGTH))
        return Fault(422, told=extra("reasoning_effort")) if "reasoning_effort" in body else Reply(TRUE)

    server.replies(picky)
    answer = heard(patient())
    assert (answer.text, answer.usage["calls"], answer.usage["cost_usd"]) == (SHOWN, 4, None)
    assert set(server.chats[-1].body) == {"messages", "model", "stream", "max_tokens"}


# The length


def test_the_length_is_given_its_older_name_and_left_out_at_last(server, patient):
    server.replies(lambda body: Fault(422, told=extra(LENGTH)) if LENGTH in body else Reply(TRUE))
    assert heard(patient()).text == SHOWN
    assert [(call.body.get(LENGTH), call.body.get("max_tokens")) for call in server.chats] == [
        (1200, None),
        (None, 1200),
    ]
    known = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."

    def neither(body):
        if "max_tokens" in body:
            return Fault(400, told=error(known, param="max_tokens"))
        return Fault(422, told=extra(LENGTH)) if LENGTH in body else Reply(TRUE)

    server.replies(neither)
    assert heard(patient()).text == SHOWN
    assert not {LENGTH, "max_tokens"} & set(server.chats[-1].body)


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens is too large: 1200. This model supports at most 500 completion tokens.",
        "'max_tokens' or 'max_completion_tokens' is too large: 1200. This model's maximum context length is 2048.",
        "Invalid max_tokens value, the valid range of max_tokens is [1, 500]",
        "`max_tokens` must be less than or equal to `500`",
    ],
)
def test_too_great_a_length_is_halved(server, patient, message):
    server.replies(lambda body: Fault(400, told=error(message)) if body.get(LENGTH, 0) > 500 else Reply(TRUE))
    chain = patient()
    assert [heard(chain).text, heard(chain).text] == [SHOWN, SHOWN]
    assert [call.body[LENGTH] for call in server.chats] == [1200, 600, 300, 300]


def test_a_prompt_that_is_too_long_is_told_as_such(server, patient):
    message = "This model's maximum context length is 2048 tokens. However, your messages resulted in 6500 tokens."
    server.replies(Fault(400, told=error(message, code="context_length_exceeded", param="messages")))
    assert heard(patient()).fallback == "the request is longer than the model can read"


# The system's message


ROLES = {
    "Gemma on vLLM": (400, {"object": "error", "message": "System role not supported", "param": None, "code": 400}),
    "Gemma on llama.cpp": (
        500,
        {"error": {"code": 500, "message": "Jinja Exception: System role not supported at row 1"}},
    ),
    "Gemma at Google": (400, error("Developer instruction is not enabled for models/gemma-3-27b-it")),
    "Mistral's template": (400, error("Conversation roles must alternate user/assistant/user/assistant/...")),
    "OpenAI": (
        400,
        error("Unsupported value: 'messages[0].role' does not support 'system'.", param="messages[0].role"),
    ),
    "pydantic": (
        422,
        {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "unexpected value", "type": "value_error"}]},
    ),
}


@pytest.mark.parametrize("name", ROLES)
def test_instructions_go_into_the_visitors_message_where_no_system_may_speak(server, patient, caplog, name):
    status, told = ROLES[name]

    def picky(body):
        return Fault(status, told=told) if body["messages"][0]["role"] != "user" else Reply(TRUE)

    server.replies(picky)
    chain = patient()
    assert [heard(chain).text, heard(chain).text] == [SHOWN, SHOWN]
    refused, *taken = (call.body["messages"] for call in server.chats)
    assert [message["role"] for message in refused] == ["system", "user"]
    for messages in taken:
        assert [message["role"] for message in messages] == ["user"]
        assert refused[0]["content"] in messages[0]["content"]
        assert messages[0]["content"].endswith(refused[1]["content"])
    assert caplog.text.count("the server refuses a message of the system") == 1


def test_a_name_of_openais_changes_nothing_of_what_is_sent(server, patient):
    server.replies(Reply(TRUE))
    for name in ("o1-mini", "gpt-6-luna", "qwen3"):
        heard(patient(chat_model=name))
    first, *others = ({**call.body, "model": ""} for call in server.chats)
    assert all(other == first for other in others)


# What isn't learnt


@pytest.mark.parametrize(
    "fault",
    [
        Fault(400, "no", "bad", "messages"),
        Fault(400, told=error("Bad request")),
        Fault(401, told=error("temperature is not the reason")),
        Fault(429, told=error("reasoning tokens per minute")),
        Fault(503, told=error("max_tokens, temperature, stream_options")),
        Fault(422, told=b""),
    ],
)
def test_nothing_is_left_out_that_nobody_has_named(server, patient, caplog, fault):
    server.replies(fault, Reply(TRUE))
    chain = patient()
    heard(chain)
    assert "the server refuses" not in caplog.text
    assert set(server.chats[-1].body) == set(server.chats[0].body)


def test_what_is_refused_for_good_does_not_go_on_for_ever(server, patient):
    server.replies(Fault(400, told=error("temperature, stream_options, reasoning_effort, max_tokens, the system role")))
    assert heard(patient(), within=60).fallback == "the server refused the request (400)"
    assert len(server.chats) < 6


def test_the_log_repeats_nothing_of_the_server(server, patient, caplog):
    caplog.set_level(logging.DEBUG)
    server.replies(Fault(400, told=error("temperature: zqxw-secret")), Reply(TRUE))
    heard(patient())
    assert "zqxw-secret" not in caplog.text


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ("max_tokens is too large: 9", (SHORTER,)),
        ("Extra inputs are not permitted: max_tokens", (LENGTH,)),
        ("the system role isn't supported", (SYSTEM,)),
        ("nothing of the kind", ()),
    ],
)
def test_what_a_message_names(told, refused):
    response = httpx2.Response(400, request=httpx2.Request("POST", "http://127.0.0.1/v1"))
    failure = openai.BadRequestError(told, response=response, body={"message": told})
    assert explained(failure, "m").refused == refused
