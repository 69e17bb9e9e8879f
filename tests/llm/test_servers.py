"""Servers as they are, each as the one it is scripted after: what a visitor sees, what is sent, what the log says."""

import pytest
from langchain_core.messages import HumanMessage
from modelled import KEY, SHOWN, TRUE, heard, kept
from openai_server import Fault, Reply

from askme.errors import ModelError
from askme.llm.chat_model import ChatModel, Deadline
from askme.llm.dialect import ROOM
from askme.settings import load_settings
from askme.storage.circuit_breaker import Health

NEAR = "The small model trains on the in-scenario sample stream [tiktok.lite.2]."
OTHER = "What does the Lite model at TikTok train on?"


def sent(server, name):
    """Return what each request said under a name, None where it said nothing."""
    return [call.body.get(name) for call in server.chats]


def lengths(server):
    return [call.body.get("max_completion_tokens") or call.body.get("max_tokens") for call in server.chats]


def lines(caplog, text):
    return [record.getMessage() for record in caplog.records if text in record.getMessage()]


# Thoughts


@pytest.mark.parametrize(
    "text",
    [
        f"Okay. {NEAR} Wait.\n</think>\n\n{TRUE}",
        f"{NEAR} Wait.\n</think>\n\n{TRUE}",
        f"<|channel|>analysis<|message|>{NEAR}<|end|><|start|>assistant<|channel|>final<|message|>{TRUE}<|return|>",
        f"<thinking>{NEAR}</thinking>{TRUE}",
        f"[THINK]{NEAR}[/THINK]{TRUE}",
        f"<think>Hm.</think>{NEAR}\n<think>{NEAR}</think>\n{TRUE}",
        f"{TRUE}<|im_end|>",
    ],
)
def test_a_visitor_sees_no_thought_and_no_token(server, patient, text):
    server.replies(Reply(text))
    answer = heard(patient())
    assert (answer.text, answer.mode, answer.fallback) == (SHOWN, "model", "")


def test_a_thought_that_broke_off_is_not_shown(server, patient):
    server.replies(Reply(f"Okay. {NEAR} Wait.\n</think>\n\n{TRUE}", end_after=len(NEAR) + 10))
    answer = heard(patient())
    assert (answer.mode, "small model trains" in answer.text) == ("extractive", False)


def test_in_parts(server, patient):
    server.replies(Reply(TRUE, in_parts=True))
    assert heard(patient()).text == SHOWN


def test_a_thought_as_a_part(server, patient):
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": NEAR}]}, {"type": "text", "text": TRUE}]
    whole = {"choices": [{"index": 0, "message": {"role": "assistant", "content": parts}, "finish_reason": "stop"}]}
    server.replies(Fault(200, told=whole))
    assert heard(patient()).text == SHOWN


def test_a_server_that_does_not_stream(server, patient):
    server.replies(Reply(TRUE, as_one=True))
    answer = heard(patient())
    assert (answer.text, answer.fallback, answer.usage["prompt_tokens"]) == (SHOWN, "", 6200)


# Models that think


def thinker(tokens, where="reasoning"):
    """Answer as a model that thinks for so many tokens (each "hm ") and then says TRUE, if there are tokens left."""

    def answer(body):
        most = body.get("max_completion_tokens") or body["max_tokens"]
        if most < tokens + 40:
            return Reply("", thinking="hm " * most, thinking_in=where, finish="length", usage=(1200, 0, most))
        return Reply(TRUE, thinking="hm " * tokens, thinking_in=where, usage=(1200, 0, tokens + 40))

    return answer


@pytest.mark.parametrize("where", ["reasoning", "reasoning_content", "tag"])
def test_a_model_that_thinks_gets_room_at_once_and_from_then_on(server, patient, caplog, where):
    server.replies(thinker(3000, where))
    chain = patient(chat_model="qwen3")
    assert heard(chain, within=60).text == SHOWN
    assert heard(chain, OTHER, within=60).mode == "model"
    assert lengths(server) == [1200, 1200 * ROOM, 1200 * ROOM]
    assert len(lines(caplog, "it thinks before it answers")) == 1


def test_the_log_says_that_the_tokens_went_into_thoughts(server, patient, caplog):
    server.replies(thinker(10**6))
    chain = patient(chat_model="gpt-oss", max_tokens=100)
    answer = heard(chain, within=60)
    assert answer.mode == "extractive"
    told = "the model's thoughts took all of its 600 tokens; raise ASKME_MAX_TOKENS or lower ASKME_REASONING_EFFORT"
    assert answer.fallback == told
    assert lines(caplog, told) == [f"model: {told}; answers go on without it"]


def test_the_length_is_a_setting(server, patient):
    server.replies(Reply(TRUE))
    heard(patient(max_tokens=333))
    assert lengths(server) == [333]


def test_time_that_went_into_thoughts_is_told(server, patient):
    server.replies(Reply(TRUE, thinking="hm ", first_after=600))
    answer = heard(patient(total_seconds=1.5, first_token_seconds=1))
    assert answer.fallback.startswith("no answer in time, the model was still thinking; raise ASKME_TOTAL_SECONDS")


def test_a_thought_that_can_be_seen_to_come_is_no_silence(server, patient):
    server.replies(Reply(TRUE, thinking="hm " * 40, every=0.6, chunk=200))
    assert heard(patient(first_token_seconds=4), within=60).text == SHOWN


@pytest.mark.parametrize("model", ["qwen3", "gpt-oss:20b", "deepseek-reasoner", "gpt-6-luna"])
def test_the_effort_is_sent_whatever_the_name_is(server, patient, model):
    server.replies(Reply(TRUE))
    heard(patient(chat_model=model, reasoning_effort="low"))
    assert (sent(server, "reasoning_effort"), sent(server, "temperature")) == (["low"], [None])
    assert lengths(server) == [1200 * ROOM]


def test_no_effort_is_sent_where_the_models_own_is_wanted(server, patient):
    server.replies(Reply(TRUE))
    heard(patient(reasoning_effort="default"))
    assert (sent(server, "reasoning_effort"), sent(server, "temperature")) == ([None], [0.0])


# How it ends


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos", "eos_token", "end_turn", "stop_sequence", "COMPLETE"])
def test_a_good_end(server, patient, reason):
    server.replies(Reply(TRUE, finish=reason))
    assert (heard(patient()).text, heard(patient()).fallback) == (SHOWN, "")


BROKEN, FILTERED = "the answer broke off", "the provider's filter stopped the answer"
ENDS = {
    "length": "the answer was cut off at its greatest length",
    "model_length": "the answer was cut off at its greatest length",
    "MAX_TOKENS": "the answer was cut off at its greatest length",
    "content_filter": FILTERED,
    "SAFETY": FILTERED,
    "insufficient_system_resource": BROKEN,
    "network_error": BROKEN,
    "error": BROKEN,
    "abort": BROKEN,
    "tool_calls": BROKEN,
    "something new": BROKEN,
    None: BROKEN,
}


@pytest.mark.parametrize("reason", ENDS)
def test_any_other_end_is_no_whole_answer(server, patient, reason):
    server.replies(Reply(TRUE, finish=reason))
    answer = heard(patient())
    assert (answer.fallback, answer.mode) == (ENDS[reason], "model")


def test_an_end_without_a_text_is_tried_once_more(server, patient):
    server.replies(Reply("", finish="insufficient_system_resource"), Reply(TRUE))
    assert heard(patient(), within=60).text == SHOWN


# Usage


def test_of_several_counts_in_a_call_the_last_one_is_taken(server, patient):
    server.replies(Reply(TRUE, usage=(1500, 0, 40), always_counted=True))
    usage = heard(patient()).usage
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["calls"]) == (1500, 40, 1)


def test_what_broke_off_is_paid_for_as_far_as_it_was_counted(server, patient):
    server.replies(Reply(f"{TRUE} It trains", usage=(1500, 0, 40), always_counted=True, end_after=len(TRUE) + 4))
    usage = heard(patient()).usage
    assert usage["prompt_tokens"] == 1500
    assert usage["completion_tokens"] < 40


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": "many"}, {"prompt_tokens": -1, "completion_tokens": None}, [], "x"]
)
def test_a_count_that_makes_no_sense_counts_as_none(server, patient, usage):
    message = {"role": "assistant", "content": TRUE}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}
    server.replies(Fault(200, told=whole))
    answer = heard(patient())
    assert (answer.text, answer.usage["cost_usd"], answer.usage["prompt_tokens"]) == (SHOWN, None, 0)


# What it costs, and where it is


NO_MONEY = {
    "402": Fault(402, told={"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": None}}),
    "402 in other words": Fault(402, told={"error": {"code": 402, "message": "Add more credits"}}),
    "429 and a code": Fault(429, "no", "insufficient_quota"),
    "429 and a message": Fault(429, "You exceeded your current quota, please check your plan and billing details."),
    "a list": Fault(429, told=[{"error": {"code": 429, "message": "You exceeded your current quota", "status": "X"}}]),
    "403": Fault(403, told={"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}),
    "Chinese": Fault(429, told={"error": {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}}),
}


@pytest.mark.parametrize("name", NO_MONEY)
def test_no_money_is_left_alone_for_minutes(server, patient, name):
    server.replies(NO_MONEY[name], Reply(TRUE))
    chain = patient()
    assert [heard(chain).fallback for _ in range(3)] == ["out of quota"] * 3
    assert len(server.chats) == 1


@pytest.mark.parametrize("kind", ["quota", "key", "unknown", "address", "proxy"])
def test_what_the_next_question_would_meet_again_is_left_alone_for_minutes(kind):
    now = [0.0]
    health = Health("model", lambda: now[0])
    health.failed(ModelError(kind, "no"))
    now[0] = 299.0
    assert not health.available()
    now[0] = 301.0
    assert health.available()


NO_MODEL, NO_ADDRESS = "the server doesn't know the model", "there is no chat API at this address; OPENAI_BASE_URL"
WRONG = {
    "Ollama's router": (Fault(404, told=b"404 page not found"), NO_ADDRESS),
    "FastAPI": (Fault(404, told={"detail": "Not Found"}), NO_ADDRESS),
    "a page": (Fault(404, told=b"<html><h1>404</h1>This model of car was not found</html>"), NO_ADDRESS),
    "nothing": (Fault(404, told=b""), NO_ADDRESS),
    "llama.cpp": (Fault(404, told={"error": {"code": 404, "message": "File Not Found", "type": "x"}}), NO_ADDRESS),
    "OpenAI": (Fault(404, "Invalid URL (POST /v1/foo/chat/completions)"), NO_ADDRESS),
    "Azure's address": (Fault(404, told={"error": {"code": "404", "message": "Resource not found"}}), NO_ADDRESS),
    "a method": (Fault(405, told={"detail": "Method Not Allowed"}), NO_ADDRESS),
    "LM Studio": (Fault(200, told={"error": "Unexpected endpoint or method. (POST /chat/completions)"}), NO_ADDRESS),
    "OpenAI's model": (Fault.no_model("m"), NO_MODEL),
    "Ollama's model": (
        Fault(404, told={"error": {"message": 'model "m" not found, try pulling it first', "type": "api_error"}}),
        NO_MODEL,
    ),
    "vLLM's model": (
        Fault(404, told={"error": {"message": "The model `m` does not exist.", "param": "model", "code": 404}}),
        NO_MODEL,
    ),
    "Azure's model": (
        Fault(404, told={"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist"}}),
        NO_MODEL,
    ),
    "OpenRouter's model": (Fault(400, told={"error": {"code": 400, "message": "m is not a valid model ID"}}), NO_MODEL),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_address_is_told_apart_from_a_wrong_model(server, patient, name):
    fault, told = WRONG[name]
    server.replies(fault)
    chain = patient()
    assert heard(chain).fallback.startswith(told)
    assert chain.assistant.state.startswith(told)
    heard(chain)
    assert len(server.chats) == 1


@pytest.mark.parametrize("after", ["/chat/completions", "/chat/completions/", "/models", "/"])
def test_what_stands_after_the_address_by_mistake_is_left_out(server, patient, after):
    server.replies(Reply(TRUE))
    assert heard(patient(openai_base_url=server.url + after)).text == SHOWN


@pytest.mark.parametrize("after", ["?api-version=2024-10-21", "/chat/completions?api-version=2024-10-21"])
def test_the_query_of_an_address_goes_along(server, patient, after):
    server.replies(Reply(TRUE))
    heard(patient(openai_base_url=server.url + after))
    assert server.requests[0].path == "/v1/chat/completions?api-version=2024-10-21"
    assert server.requests[0].headers["api-key"].startswith("sk-")


# Errors in a stream, and at the start


def test_an_error_in_a_stream_is_judged_by_its_code(server, patient):
    event = {"error": {"code": 402, "message": "Insufficient credits"}, "choices": [{"index": 0, "delta": {}}]}
    server.replies(Fault(200, told=event))
    assert heard(patient()).fallback == "out of quota"


@pytest.fixture
def model(server):
    """Make the model alone, of `server`: `model()`."""
    return lambda: kept(ChatModel(load_settings(openai_api_key=KEY, openai_base_url=server.url)))


def test_the_start_learns_what_is_refused(server, model):
    server.models(Fault(404, told={"detail": "Not Found"}))
    refusing = Fault(400, "Unrecognized request argument supplied: reasoning_effort")
    server.replies(lambda body: refusing if "reasoning_effort" in body else Reply(TRUE))
    made = model()
    made.probe()
    assert (made.health.problem, len(server.chats)) == ("", 2)
    assert list(made.call([HumanMessage("?")], Deadline(9)))
    assert sent(server, "reasoning_effort") == ["none", None, None]
    assert lengths(server) == [16, 16, 1200]


def test_the_start_finds_a_wrong_address(server, model):
    server.models(Fault(404, told={"detail": "Not Found"}))
    server.replies(Fault(404, told={"detail": "Not Found"}))
    made = model()
    made.probe()
    assert made.health.problem.startswith(NO_ADDRESS)


def test_a_page_in_place_of_the_models_is_no_proof(server, model):
    server.models(Fault.html())
    server.replies(Fault(404, told=b"<html>404</html>"))
    made = model()
    made.probe()
    assert made.health.problem.startswith(NO_ADDRESS)
