"""Kept answers in the chain: who gets one, what is kept and what isn't, and the questions to begin with."""

import importlib
import re
import shutil
import threading
import time
from dataclasses import replace
from datetime import date

import pytest
from modelled import KEY, QUESTION, SHOWN, TRUE, heard, kept
from openai_server import Fault, Reply, Vectors
from stores import said

from askme.answering.cache_key import fingerprint
from askme.answering.chain import Chain
from askme.answering.conversation import Asked
from askme.factory import build_assistant, build_finder, build_recall
from askme.settings import ROOT, load_settings
from askme.types import Done, Month, Retrieved, Turn
from askme.web.api import Desk
from askme.web.rate_limit import Gate
from askme.web.recorder import Keeper
from askme.web.warmup import examples, rehearse

OTHER = "Which language did he write the Lite model in?"


@pytest.fixture
def making(server, chain, tmp_path):
    """Make a chain that keeps answers in this test's folder: `making()` with `server` as its model, `making("")`."""
    importlib.import_module("langchain_openai")
    made = []

    def make(url=server.url, **knobs):
        usual = {"openai_api_key": KEY if url else "", "openai_base_url": url, "embedding_model": "none"}
        settings = load_settings(**(usual | {"data_dir": tmp_path / "own", "total_seconds": 9} | knobs))
        finder = chain.retriever.finder
        assistant = build_assistant(settings, finder) if settings.has_model else None
        made.append(kept(Chain(finder, assistant=assistant, recall=build_recall(settings, finder))))
        return made[-1]

    yield make
    for one in made:
        one.close()


def quoting(body):
    """A model that says the nearest plain line in its own words."""
    fixed, asked = (message["content"] for message in body["messages"][:2])
    lines = {cite: text for text, cite in re.findall(r"^- ([^.。]+)[.。]? \[([\w.-]+)\]$", fixed, re.MULTILINE)}
    near = re.search(r"^Nearest lines: (.+)$", asked, re.MULTILINE)
    cite = next((one for one in near[1].split(", ") if one in lines), "profile")
    return Reply(f"ANSWERED\n{lines[cite]} [{cite}].")


def told(answer):
    """What a visitor sees of an answer."""
    return answer.text, answer.mode, answer.status, answer.language, answer.citations, answer.retrieved


# A hit


def test_a_kept_answer_is_the_same_and_asks_no_model(server, making):
    server.replies(Reply(TRUE))
    first = heard(making(), QUESTION)
    calls = len(server.chats)
    again = heard(making(), f"  {QUESTION} ")
    assert (first.text, first.mode, len(server.chats)) == (SHOWN, "model", calls)
    assert told(again) == told(first)
    assert (again.question, again.standalone_question) == (f"  {QUESTION} ", QUESTION)
    assert (first.usage["calls"], again.usage, again.fallback) == (1, None, "")
    assert set(again.timings_ms) == {"retrieve", "total"}


def test_a_kept_answer_comes_as_events_like_any_other(making):
    chain = making("")
    first, again = (list(chain.stream("Which gold medals did he win?")) for _ in range(2))
    assert (type(again[0]), type(again[-1])) == (Retrieved, Done)
    assert len(first[-1].answer.citations) > 3
    assert told(again[-1].answer) == told(first[-1].answer)
    assert "".join(piece.text for piece in again[1:-1]) == first[-1].answer.text
    assert [c for piece in again[1:-1] for c in piece.citations] == [c for p in first[1:-1] for c in p.citations]
    assert chain.suggest(again[-1].answer) == chain.suggest(first[-1].answer)


def test_refusals_are_kept_in_their_language(making):
    chain = making("")
    for question in ("what salary does he expect?", "他期望的薪资是多少？"):
        answer = heard(chain, question)
        assert answer.status == "not_in_resume"
        assert chain.recall.find(Asked(question)).text == answer.text


TURN = Turn("the Lite model at TikTok?", "the Lite model at TikTok?", "It is a small model.", ("tiktok.lite.1",))


def test_a_follow_up_is_kept_for_the_same_conversation_only(server, making):
    chain = making()
    server.replies(Reply(TRUE))
    first = heard(chain, "and what did it achieve?", TURN)
    again = heard(chain, "and what did it achieve?", TURN)
    assert (told(again), again.usage, len(server.chats)) == (told(first), None, 1)
    server.replies(Reply("NOT_STATED"))
    for question, turns in (
        ("and what did it achieve?", ()),
        ("and what did it achieve?", (replace(TURN, answer="It stole a small model."),)),
        ("and what did it achieve?", (replace(TURN, cites=("shopee.esmm.1",)),)),
        ("and what did it achieve?", (TURN, TURN)),
        (first.standalone_question, ()),
    ):
        calls = len(server.chats)
        assert heard(chain, question, *turns).status == "not_in_resume"
        assert len(server.chats) == calls + 1


def test_without_a_model_a_follow_up_is_kept_under_its_standalone_question(making):
    chain = making("")
    first = heard(chain, "and what did it achieve?", TURN)
    assert chain.recall.find(Asked("and what did it achieve?")) is None
    assert told(heard(chain, first.standalone_question)) == told(first)


@pytest.mark.parametrize("sign", ["\u0301", "\u0363", "\u0336", "\u2160", "\uff34", "\u0422"])
def test_no_answer_can_be_planted_with_signs_that_the_model_reads(server, making, sign):
    """Combining marks, letters that combine, look-alikes: what the prompt holds is what the key is made of.

    A sign that no language writes is gone before both, so the model is asked the plain question and its answer is that.
    """
    chain, planted = making(), QUESTION.replace("T", f"T{sign}")
    server.replies(Reply(f"He cut everything. {TRUE}"))
    heard(chain, planted)
    was_plain = QUESTION in server.chats[-1].body["messages"][-1]["content"]
    server.replies(Reply("NOT_STATED"))
    assert heard(chain, QUESTION).status == ("answered" if was_plain else "not_in_resume")
    assert was_plain == (sign in "\u0301\u0363\u0336")


# What isn't kept


def test_an_answer_in_place_of_the_models_is_not_kept(server, making):
    chain = making()
    server.replies(Fault(400))
    assert heard(chain, QUESTION).fallback
    server.replies(Reply(TRUE))
    assert heard(chain, QUESTION).text == SHOWN


def test_a_stopped_answer_is_not_kept(server, making):
    chain, stop = making(), threading.Event()
    server.replies(Reply(f"{TRUE} And then", stall_after=len(TRUE) + 4))
    for event in chain.stream(QUESTION, stop=stop):
        if not isinstance(event, Retrieved):
            stop.set()
    assert chain.recall.find(Asked(QUESTION)) is None


def test_an_answer_stopped_before_it_could_be_put_right_is_not_kept(server, making):
    chain, stop = making(total_seconds=30), threading.Event()
    server.replies(Reply(f"He cut it by 99% [tiktok.lite.3]. {TRUE}".rstrip(".")))
    for event in chain.stream(QUESTION, stop=stop):
        if not isinstance(event, Retrieved):
            stop.set()
    assert chain.recall.find(Asked(QUESTION)) is None


def test_an_answer_that_search_by_meaning_could_not_help_is_not_kept(server, making):
    server.replies(Reply(TRUE))
    chain = making(embedding_model="e")
    assert heard(chain, QUESTION).text == SHOWN, "its index isn't there yet"
    assert chain.recall.find(Asked(QUESTION)) is None
    assert chain.assistant.prepare()
    heard(chain, QUESTION)
    assert chain.recall.find(Asked(QUESTION)).text == SHOWN


def test_without_the_model_an_answer_is_taken_but_not_kept(server, making):
    chain = making()
    server.replies(Reply(TRUE))
    assert chain.ask(QUESTION, model=False).mode == "extractive"
    assert (server.chats, chain.recall.find(Asked(QUESTION))) == ([], None)
    heard(chain, QUESTION)
    assert chain.ask(QUESTION, model=False).text == SHOWN


def test_what_is_forgotten_is_answered_anew(server, making):
    chain = making()
    server.replies(Reply(TRUE))
    chain.forget(heard(chain, QUESTION))
    assert heard(chain, QUESTION).text == SHOWN
    assert len(server.chats) == 2


def test_a_folder_that_cannot_be_written_to_is_no_fault(making, unwritable, caplog):
    chain = making("", data_dir=unwritable.path / "data")
    first, again = heard(chain, QUESTION), heard(chain, QUESTION)
    assert told(again) == told(first)
    assert len(said(caplog)) == 1


# Fingerprints


@pytest.mark.parametrize(
    "knob",
    [
        {"chat_model": "gpt-6"},
        {"reasoning_effort": "low"},
        {"embedding_model": "another"},
        {"context_tokens": 5000},
        {"evidence": 5},
        {"openai_base_url": "http://127.0.0.1:9/v1"},
        {"openai_base_url": ""},
    ],
    ids=str,
)
def test_another_setting_is_another_fingerprint(chain, knob):
    usual = {"openai_base_url": "http://127.0.0.1:8/v1"}
    one, other = load_settings(**usual), load_settings(**(usual | knob))
    now = Month.of(2026, 11)
    assert fingerprint(one, chain.knowledge, now) != fingerprint(other, chain.knowledge, now)
    assert fingerprint(one, chain.knowledge, now) == fingerprint(load_settings(**usual), chain.knowledge, now)


def test_another_month_prompt_or_resume_is_another_fingerprint(chain, tiny_knowledge, tmp_path):
    prompts = shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    settings = load_settings(openai_base_url="http://127.0.0.1:8/v1", prompts_dir=prompts)
    tiny = build_finder(load_settings(knowledge_dir=tiny_knowledge), date(2026, 11, 1)).knowledge
    now, later = Month.of(2026, 11), Month.of(2026, 12)
    found = {fingerprint(settings, knowledge, month) for knowledge in (chain.knowledge, tiny) for month in (now, later)}
    with (prompts / "repair.md").open("a", encoding="utf-8") as file:
        file.write("Be brief.\n")
    assert len(found | {fingerprint(settings, chain.knowledge, now)}) == 5


def test_another_fingerprint_misses(server, making):
    server.replies(Reply(TRUE))
    heard(making(), QUESTION)
    calls = len(server.chats)
    heard(making(), QUESTION)
    assert len(server.chats) == calls
    heard(making(context_tokens=5000), QUESTION)
    assert len(server.chats) == calls + 1


# The questions to begin with


def test_examples_are_kept_in_both_languages(making):
    chain = making("")
    assert rehearse(chain, threading.Event()) == len(examples(chain.knowledge)) > 10
    for question in ("他现在在哪里工作？", "Where does he work now?"):
        assert chain.recall.find(Asked(question)).status == "answered"


def test_what_does_not_hold_does_not_end_the_examples(server, making):
    server.replies(Reply("He won a Turing Award [tiktok.lite.3]."), quoting)
    chain = making(total_seconds=2)  # too few seconds for a repair
    assert rehearse(chain, threading.Event()) == len(examples(chain.knowledge)) - 1


def test_examples_end_with_the_first_failure(server, making):
    server.replies(Fault(400))
    chain = making()
    assert rehearse(chain, threading.Event()) < len(examples(chain.knowledge))
    assert len(server.chats) == 1


def test_examples_ask_nothing_twice_and_nothing_when_it_is_over(server, making):
    server.replies(quoting)
    over = threading.Event()
    over.set()
    assert (rehearse(making(), over), server.chats) == (0, [])
    all_of_them = len(examples(making().knowledge))
    assert rehearse(making(), threading.Event()) == all_of_them
    calls = len(server.chats)
    assert calls > 5
    assert rehearse(making(), threading.Event()) == all_of_them
    assert len(server.chats) == calls


def test_examples_wait_for_search_by_meaning(server, making):
    server.replies(quoting)
    server.embeddings(lambda body: time.sleep(2) or Vectors(), Vectors())
    chain = making(embedding_model="e")
    chain.warm()
    rehearse(chain, threading.Event())
    assert [question for question in examples(chain.knowledge) if chain.recall.find(Asked(question)) is None] == []


# Questions of programs


def test_earlier_turns_cost_no_model_call_and_count_as_one_question(server, making):
    chain = making()
    server.replies(Reply(TRUE))
    settings = load_settings(per_minute=1, journal_days=0)
    desk = Desk(lambda: chain, Gate(settings), Keeper(settings), 2000)
    answer = desk.answer("and what did it achieve?", [QUESTION, OTHER, "why?"], "somebody")
    assert (answer["mode"], len(server.chats)) == ("model", 1)
    asked = server.chats[0].body["messages"][1]["content"]
    assert asked.count("Visitor: ") == 3
