"""Whatever the model's server does, the visitor gets an answer, in time, and reads nothing that isn't in the résumé."""

import gc
import importlib
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from modelled import KEY, QUESTION, SHOWN, SLACK, TOTAL, TRUE, assert_key_unseen, cited, heard, kept
from openai_server import Fault, Reply

from askme.factory import build_chain
from askme.settings import load_settings
from askme.types import Sentence

LONG = (
    f"{TRUE} It trains on the in-scenario sample stream [tiktok.lite.2]. It replaced the large model [tiktok.lite.1]."
)
MIDDLE = len(TRUE) + 20
"""Where the second sentence of LONG is half said."""
ONE, NOTHING = True, False
AGAIN, LEFT_ALONE = True, False
SLOW, GARBLED, CUT = "no answer in time", "the server's answer can't be read", "the answer broke off"
# What the server does, whether a sentence of the model is shown, what the answer gives as the reason, and whether the
# server is asked again at the next question.
FAULTS = {
    "the first token comes too late": (Reply(TRUE, first_after=600), NOTHING, SLOW, AGAIN),
    "no headers come": (Fault(hang=600), NOTHING, SLOW, AGAIN),
    "silence in the first sentence": (Reply(LONG, stall_after=20), NOTHING, SLOW, AGAIN),
    "silence in the second sentence": (Reply(LONG, stall_after=MIDDLE), ONE, SLOW, AGAIN),
    "reset before the text": (Reply(LONG, reset_after=0), NOTHING, "server unreachable", LEFT_ALONE),
    "reset in the middle": (Reply(LONG, reset_after=MIDDLE), ONE, "the connection broke off", AGAIN),
    "401": (Fault.key_refused(), NOTHING, "key refused", LEFT_ALONE),
    "403": (Fault(403, "no"), NOTHING, "key refused", LEFT_ALONE),
    "404": (Fault.no_model("gpt-6-luna"), NOTHING, "the server doesn't know the model gpt-6-luna", LEFT_ALONE),
    "429": (Fault.rate_limited(), NOTHING, "too many requests", LEFT_ALONE),
    "429 with Retry-After": (Fault.rate_limited("60"), NOTHING, "too many requests", LEFT_ALONE),
    "429 with nonsense after": (Fault.rate_limited("soon"), NOTHING, "too many requests", LEFT_ALONE),
    "out of quota": (Fault(429, "no", "insufficient_quota"), NOTHING, "out of quota", LEFT_ALONE),
    "400": (Fault(400, "no", "bad", "messages"), NOTHING, "the server refused the request (400)", AGAIN),
    "500": (Fault.server_error(), NOTHING, "server error 500", AGAIN),
    "503 with a date": (Fault(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), NOTHING, "server error 503", AGAIN),
    "malformed JSON": (Fault.malformed(), NOTHING, GARBLED, AGAIN),
    "a page of HTML": (Fault.html(), NOTHING, GARBLED, AGAIN),
    "no choices": (Fault.empty_choices(), NOTHING, CUT, AGAIN),
    "an error first thing in the stream": (Fault(error_event=""), NOTHING, GARBLED, AGAIN),
    "an error later in the stream": (Fault(error_event=LONG[:MIDDLE]), ONE, GARBLED, AGAIN),
    "no finish_reason": (Reply(LONG, end_after=MIDDLE), ONE, CUT, AGAIN),
    "content_filter": (
        Reply(LONG[:MIDDLE], finish="content_filter"), ONE, "the provider's filter stopped the answer", AGAIN,
    ),
    "length": (Reply(LONG[:MIDDLE], finish="length"), ONE, "the answer was cut off at its greatest length", AGAIN),
    "an empty answer": (Reply(""), NOTHING, "the answer is empty", AGAIN),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_visitor_gets_an_answer(server, talking, caplog, name):
    caplog.set_level(logging.DEBUG)
    reply, shown, failure, asked_again = FAULTS[name]
    server.replies(reply)
    patience = 1.5 if failure == SLOW else TOTAL
    chain = talking(first_token_seconds=patience)
    answer = heard(chain, within=patience + SLACK)
    assert (answer.status, answer.mode) == ("answered", "model" if shown else "extractive")
    assert answer.fallback == failure
    assert answer.text.startswith(SHOWN) == shown
    assert "52.73%" in answer.text
    assert "It trains" not in answer.text
    assert "tiktok.lite.3" in cited(answer)
    calls = len(server.chats)
    assert heard(chain, within=patience + SLACK).fallback == failure
    assert (len(server.chats) > calls) == asked_again
    assert_key_unseen(caplog, answer, chain.assistant.state)
    assert QUESTION not in caplog.text


def test_a_good_answer_by_the_chain_as_assembled(server, data_dir):
    importlib.import_module("langchain_openai")
    server.replies(Reply(TRUE))
    chain = kept(
        build_chain(
            load_settings(
                openai_api_key=KEY,
                openai_base_url=server.url,
                data_dir=data_dir,  # which others spend in, too
                embedding_model="none",
                budget_day_usd=0,
                budget_month_usd=0,
            ),
            cached=False,
        )
    )
    answer = heard(chain, within=10)
    assert (answer.text, answer.mode, answer.status, answer.fallback) == (SHOWN, "model", "answered", "")
    assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"


def test_nobody_listens(talking):
    chain = talking(openai_base_url="http://127.0.0.1:9/v1")
    assert heard(chain).fallback == "server unreachable"
    assert chain.mode == "extractive"


def test_a_server_that_drips_for_ever_does_not_hold_the_visitor(server, talking):
    server.replies(Reply("word " * 9999, every=0.02))
    answer = heard(talking(total_seconds=2, first_token_seconds=2), within=2 + SLACK)
    assert (answer.mode, answer.fallback) == ("extractive", SLOW)
    assert server.wait_for(lambda: server.disconnects == 1, SLACK)


def test_a_follow_up_keeps_the_deadline_too(server, talking):
    """Condensing is part of the answer: total_seconds are the seconds for an answer by the model, retries included."""
    server.replies(Reply(TRUE))
    first = heard(talking())
    server.replies(Reply("What " * 9999, every=0.02))
    chain = talking(total_seconds=2, first_token_seconds=2)
    assert heard(chain, "and the impact?", first.turn(), within=2 + SLACK).mode == "extractive"


# Tried again, or left alone


@pytest.mark.parametrize("fault", [Fault.rate_limited("0.4"), Fault.server_error(), Fault.malformed(), Reply("")])
def test_what_passes_quickly_is_tried_once_more(server, talking, fault):
    server.replies(fault, Reply(TRUE))
    answer = heard(talking(total_seconds=9), within=9)
    assert (answer.text, answer.mode, answer.fallback) == (SHOWN, "model", "")
    assert len(server.chats) == 2


def test_a_short_retry_after_is_waited_for(server, talking):
    server.replies(Fault.rate_limited("0.8"), Reply(TRUE))
    assert heard(talking(total_seconds=9), within=9).timings_ms["total"] >= 800


def test_a_long_retry_after_is_not_waited_for_and_nothing_is_asked_meanwhile(server, talking):
    server.replies(Fault.rate_limited("60"), Reply(TRUE))
    chain = talking(total_seconds=9)
    assert [heard(chain).mode for _ in range(3)] == ["extractive"] * 3
    assert len(server.chats) == 1
    assert chain.mode == "extractive"


def test_a_retry_after_that_has_passed_ends_the_pause(server, talking):
    server.replies(Fault.rate_limited("0.5"), Reply(TRUE))
    chain = talking()
    assert heard(chain).mode == "extractive"
    time.sleep(0.6)
    assert heard(chain).mode == "model"


def test_three_failures_in_a_row_are_a_reason_for_a_pause(server, talking):
    server.replies(Fault.server_error())
    chain = talking()
    assert [heard(chain).fallback for _ in range(5)] == ["server error 500"] * 5
    assert len(server.chats) == 3


def test_a_good_answer_between_failures_forgives_them(server, talking, caplog):
    server.replies(Fault.server_error(), Reply(TRUE), *[Fault.server_error()] * 2, Reply(TRUE))
    chain = talking()
    assert [heard(chain).mode for _ in range(5)] == ["extractive", "model", "extractive", "extractive", "model"]
    assert caplog.text.count("works again") == 2


PARAMETER = Fault(400, "Unsupported value", "unsupported_value", "reasoning_effort")


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # its own test follows
@pytest.mark.parametrize("before", [(), (Fault.server_error(),)], ids=["at once", "at the second try"])
def test_a_parameter_the_server_objects_to_is_left_out(server, talking, before):
    server.replies(*before, PARAMETER, Reply(TRUE))
    chain = talking(total_seconds=9)
    assert (heard(chain, within=9).text, heard(chain, within=9).fallback) == (SHOWN, "")
    assert ["reasoning_effort" in call.body for call in server.chats] == [*(True for _ in before), True, False, False]
    gc.collect()  # a connection left open would fail the test: it is warned of, and warnings are errors


# Leaving, and crowds


def test_closing_the_stream_hangs_up_on_the_server(server, talking):
    server.replies(Reply(f"{TRUE} " + "It trains on the in-scenario sample stream [tiktok.lite.2]. " * 999, every=0.02))
    events = talking(total_seconds=90).stream(QUESTION)
    next(event for event in events if isinstance(event, Sentence))
    assert server.disconnects == 0
    events.close()
    assert server.wait_for(lambda: server.disconnects == 1, SLACK)


def stopped_once_asked(server, chain):
    """Ask, set the stop as soon as the server has been asked, and return the seconds from then to the end."""
    stop, since = threading.Event(), []

    def press():
        server.wait_for(lambda: server.chats, 20)
        since.append(time.monotonic())
        stop.set()

    threading.Thread(target=press, daemon=True).start()
    list(chain.stream(QUESTION, stop=stop))
    return time.monotonic() - since[0]


def test_a_stop_while_the_model_is_silent_hangs_up_and_is_nobodys_fault(server, talking):
    server.replies(Reply(TRUE, first_after=600), Reply(TRUE))
    chain = talking(total_seconds=90, first_token_seconds=90)
    assert stopped_once_asked(server, chain) < SLACK
    assert server.wait_for(lambda: server.disconnects == 1, SLACK)
    assert chain.assistant.state == "ready"
    assert heard(chain, within=90).text == SHOWN


def test_a_stop_while_a_second_try_is_waited_for_ends_the_wait(server, talking):
    server.replies(Fault.rate_limited("60"), Reply(TRUE))
    assert stopped_once_asked(server, talking(total_seconds=90)) < SLACK
    assert len(server.chats) == 1


def test_questions_at_once_do_not_mix(server, talking):
    other, its = "What did ESMM bring in ID at Shopee?", "Orders per user rose by 3.35% in ID [shopee.esmm.2]."
    server.replies(
        lambda body: Reply(TRUE if "Lite" in body["messages"][1]["content"].split("<question>")[1] else its, every=0.01)
    )
    chain = talking(total_seconds=90, first_token_seconds=90)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: heard(chain, (QUESTION, other)[n % 2], within=90), range(8)))
    assert [answer.text for answer in answers] == [SHOWN, "Orders per user rose by 3.35% in ID. [1]"] * 4
    assert [cited(answer) for answer in answers] == [["tiktok.lite.3"], ["shopee.esmm.2"]] * 4
    assert {answer.usage["calls"] for answer in answers} == {1}
