"""The model's budget in the product: what is counted, and what happens when it is used up, also after a restart."""

import importlib
import json
import logging
import threading
from pathlib import Path

import pytest
from modelled import KEY, QUESTION, SHOWN, TRUE, heard, kept
from openai_server import Fault, Reply, Vectors
from playwright.sync_api import expect
from serving import ready, running_app
from stores import said

from askme.answering.chain import Chain
from askme.answering.conversation import Asked
from askme.factory import build_assistant, build_recall
from askme.settings import load_settings
from askme.types import SPENT, Retrieved, Sentence
from askme.web.html.messages import TEXTS
from askme.web.rate_limit import Gate

PRICES = {"gpt-6-luna": (1000.0, 0.0, 0.0), "e": (1000.0, 0.0, 0.0)}
"""A tenth of a cent for a token of the prompt that isn't cached; the server tells of 176 of those, and 6,024 cached."""
ONE = 0.176


@pytest.fixture
def paying(server, chain, tmp_path):
    """Make a chain with a budget in this test's folder: `paying(budget_day_usd=0.1)`."""
    importlib.import_module("langchain_openai")
    made = []

    def make(**knobs):
        usual = {"openai_api_key": KEY, "openai_base_url": server.url, "embedding_model": "none", "prices": PRICES}
        settings = load_settings(**(usual | {"data_dir": tmp_path / "own", "total_seconds": 9} | knobs))
        finder = chain.retriever.finder
        recall = build_recall(settings, finder)
        made.append(kept(Chain(finder, assistant=build_assistant(settings, finder), recall=recall)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def spent(chain):
    """Dollars of this day, as they are told."""
    return float(chain.assistant.purse.state.split()[0].lstrip("$"))


# What is counted


def test_an_answer_is_paid_for_once_and_a_kept_one_is_free(server, paying):
    server.replies(Reply(TRUE))
    chain = paying()
    for _ in range(2):
        assert heard(chain, QUESTION).text == SHOWN
    assert spent(chain) == ONE
    chain.ask("hello")
    assert spent(chain) == ONE


def test_a_repair_is_paid_for(server, paying):
    chain = paying(total_seconds=20)
    server.replies(Reply(f"{TRUE} He cut it by 99% [tiktok.lite.3]."), Reply(TRUE))
    answer = heard(chain, QUESTION, within=60)
    assert answer.usage["calls"] == 2
    assert spent(chain) == pytest.approx(2 * ONE)
    assert answer.usage["cost_usd"] == pytest.approx(2 * ONE)


@pytest.mark.parametrize("how", ["stop", "gone"])
def test_a_stopped_answer_is_paid_for_at_a_guess(server, paying, how):
    server.replies(Reply(f"{TRUE} And then", stall_after=len(TRUE) + 4))
    chain, stop = paying(assumed_usd=0.5), threading.Event()
    for event in chain.stream(QUESTION, stop=stop):
        if isinstance(event, Sentence) and how == "gone":
            break
        if not isinstance(event, Retrieved):
            stop.set()
    del event
    assert spent(chain) == 0.5


def test_a_failed_call_of_unknown_cost_is_paid_for_at_a_guess(server, paying):
    server.replies(Fault(400))
    chain = paying(assumed_usd=0.25)
    assert heard(chain, QUESTION).fallback
    assert spent(chain) == 0.25


def test_embedding_is_paid_for_at_a_guess_of_its_tokens(server, paying):
    chain = paying(embedding_model="e", budget_day_usd=0, budget_month_usd=0)
    assert chain.assistant.prepare()
    built = spent(chain)
    characters = sum(len(text) for request in server.requests for text in request.body.get("input", ()))
    assert 0.25 * characters / 1000 < built < 2 * characters / 1000
    server.replies(Reply(TRUE))
    heard(chain, QUESTION)
    assert spent(chain) == pytest.approx(built + ONE + len(QUESTION) / 2.5 / 1000, abs=0.0002)


def test_a_failing_embedding_is_free(server, paying):
    server.embeddings(Fault(503), Vectors())
    chain = paying(embedding_model="e")
    assert not chain.assistant.prepare()
    assert spent(chain) == 0


# Used up


def test_when_it_is_used_up_answers_go_on_without_the_model(server, paying, caplog):
    caplog.set_level(logging.WARNING)
    server.replies(Reply(TRUE))
    heard(paying(budget_day_usd=0.1), QUESTION)
    again, calls = paying(budget_day_usd=0.1), len(server.chats)  # as after a restart: nothing but the folder is left
    assert (again.mode, again.assistant.state) == ("extractive", SPENT)
    for question in ("Which language did he write the Lite model in?", "how fast was the pre-ranking?"):
        answer = heard(again, question)
        assert (answer.mode, answer.fallback, answer.usage) == ("extractive", SPENT, None)
        assert again.recall.find(Asked(question)) is None
    assert heard(again, QUESTION).text == SHOWN, "what is kept is free"
    assert heard(again, "hello").fallback == "", "no model was needed"
    assert len(server.chats) == calls
    assert [text for text in said(caplog) if SPENT in text] == [
        f"{SPENT} ($0.1760 of $0.10 today, $0.1760 of $10.00 this month); answers go on without it"
    ]


def test_the_month_has_a_budget_of_its_own(server, paying):
    server.replies(Reply(TRUE))
    chain = paying(budget_day_usd=0, budget_month_usd=0.1)
    heard(chain, QUESTION)
    assert chain.assistant.state == SPENT
    assert paying(budget_day_usd=0, budget_month_usd=0).assistant.state == "ready"


def test_the_page_and_its_health_say_so_after_a_restart(server, tmp_path, visit):
    server.replies(Reply(TRUE))
    own = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "ASKME_EMBEDDING_MODEL": "none"}
    own |= {"ASKME_PRICES": json.dumps(PRICES), "ASKME_BUDGET_DAY_USD": "0.1", "ASKME_PER_MINUTE": "0"}
    with running_app(tmp_path, **own) as address:
        _spend_all(address)
    calls = len(server.chats)
    with running_app(tmp_path, **own) as address:
        one = visit(address)
        answer = one.ask("Which language did he write the Lite model in?")
        expect(answer).to_contain_text(TEXTS["spent"].en)
        one.settled()
        one.page.locator("#switch").click()
        expect(answer).to_contain_text(TEXTS["spent"].zh)
        assert _health(address) == {"status": "ok", "bullets": 106, "mode": "extractive", "model": SPENT}
    assert len(server.chats) == calls


def _health(address):
    return ready(address)


def _spend_all(address):
    """Wait until the questions to begin with have used up the budget."""
    done = threading.Event()
    for _ in range(600):
        if _health(address)["model"] == SPENT:
            return
        done.wait(0.1)
    raise AssertionError("the budget isn't used up")


# The command line


def test_the_command_line_pays_and_stops_paying(server, askme, tmp_path):
    server.replies(Reply(TRUE))
    own = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "ASKME_EMBEDDING_MODEL": "none"}
    own |= {"ASKME_PRICES": json.dumps(PRICES), "ASKME_BUDGET_DAY_USD": "0.1", "ASKME_DATA_DIR": str(tmp_path)}
    first = askme("ask", QUESTION, "--verbose", **own)
    assert SHOWN in first.out
    assert "budget: $0.1760 of $0.10 today" in first.out
    calls = len(server.chats)
    assert SPENT in askme("ask", "Which language did he write the Lite model in?", "--verbose", **own).out
    live = askme("eval", "--live", **own)
    assert live.code == 1
    assert f"nothing was asked: {SPENT} ($0.1760 of $0.10 today" in live.err
    assert "raise ASKME_BUDGET_DAY_USD" in live.err
    assert len(server.chats) == calls


def test_a_live_evaluation_ends_when_the_budget_does(server, askme, tmp_path):
    server.replies(Reply(TRUE))
    pins = tmp_path / "pins.yaml"
    pin = {"kind": "fact", "status": "answered", "ask": QUESTION, "cites": ["tiktok.lite.3"]}
    pins.write_text(json.dumps([{"id": f"p{n}"} | pin for n in range(4)]), encoding="utf-8")
    own = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "ASKME_EMBEDDING_MODEL": "none"}
    own |= {"ASKME_PRICES": json.dumps(PRICES), "ASKME_BUDGET_DAY_USD": "0.3", "ASKME_DATA_DIR": str(tmp_path)}
    live = askme("eval", "--live", str(pins), **own)
    assert live.code == 1
    assert "2 of 2 last turns worded by the model" in live.out, "none from the answers that are kept"
    assert f"2 of 4 not asked: {SPENT}" in live.err


# Redis


def test_redis_stopped_in_the_middle_is_logged_once_and_answers_go_on(server, paying, redis_server, caplog, tmp_path):
    server.replies(Reply(TRUE))
    shared = {"redis_url": redis_server.url, "data_dir": tmp_path / "none"}
    gate = Gate(load_settings(**shared))
    chain, other = paying(**shared), paying(**shared)
    assert gate.question("ann") is None
    assert heard(chain, QUESTION).text == SHOWN
    assert other.recall.find(Asked(QUESTION)).text == SHOWN
    assert spent(other) == ONE
    redis_server.freeze()
    assert gate.question("ann") is None
    assert heard(chain, QUESTION).text == SHOWN
    assert len(server.chats) == 2
    assert len([text for text in said(caplog) if "Redis" in text]) == 1
    assert not Path(tmp_path / "none").exists()
    gate.close()
