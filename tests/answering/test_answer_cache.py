"""Answers kept for the next who asks the same: found again, never for another question, and never missed when gone."""

import json
import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
from stores import DAMAGES, Clock, file_size_limit, fill, said, script

from askme.answering.answer_cache import FILE, AnswerCache
from askme.answering.cache_store import Bounds, FileShelf, SharedShelf
from askme.answering.conversation import TOKENS, Asked, conversation
from askme.errors import SettingsError, StoreDown
from askme.storage.redis import Remote
from askme.text.token_count import token_count
from askme.types import Answer, Citation, Turn, Withheld

LITE = Answer(
    question="and the impact? I am Jane Doe of Acme",
    standalone_question="What did the Lite model achieve?",
    language="en",
    status="answered",
    text="It cut training cost by 52.73% [1].",
    mode="model",
    citations=(Citation(1, "tiktok.lite.3", "cut training cost by 52.73%", "训练成本下降52.73%", "TikTok"),),
    timings_ms={"retrieve": 3.1, "total": 812.0},
    usage={"prompt_tokens": 900.0, "cost_usd": None},
    retrieved=("tiktok.lite.3", "tiktok.lite.1"),
    withheld=(Withheld("It won a prize.", ("tiktok.lite.3",), ("no",)),),
    key="what the Lite model achieved",
)
QUESTION = LITE.key


def about(question, text="The résumé says so.", **fields):
    """Return an answer to another question."""
    return replace(LITE, key=question, text=text, **fields)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(clock):
    """Open caches in a folder or a Redis, as processes would; all share a clock."""
    caches = []

    def make(where, fingerprint="november", bounds=Bounds()):  # noqa: B008 (it is frozen)
        if isinstance(where, str):
            shelf = SharedShelf(Remote(where, "answers", clock), fingerprint, bounds)
        else:
            shelf = FileShelf.at(where / FILE, fingerprint, bounds, clock)
        caches.append(AnswerCache(shelf))
        return caches[-1]

    yield make
    for cache in caches:
        cache.close()


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.server)])
def place(request, tmp_path):
    """Where answers are kept."""
    return tmp_path if request.param == "file" else request.getfixturevalue("redis_server").url


def test_what_was_answered_is_answered_again(opened, place):
    opened(place).put(LITE)
    kept = opened(place).get(QUESTION)
    bare = {"question": "", "standalone_question": "", "usage": None, "timings_ms": {}, "withheld": ()}
    assert kept == replace(LITE, **bare)


def test_nothing_is_known_at_first(opened, place):
    assert opened(place).get(QUESTION) is None


SAID = "Visitor: TikTok?\nAnswer: It is a shop."


@pytest.mark.parametrize(
    "other",
    [
        Asked("What did the Lite model achieve"),
        Asked("what did the Lite model achieve?"),
        Asked("What did the Lite model achieve?\u0363"),
        Asked("What did the Lite model achieve\uff1f"),
        Asked("What did the Lite model achieve?", SAID),
        Asked("What did the Lite model achieve?", "", "at TikTok?"),
        Asked('["What did the Lite model achieve?", "", ""]'),
        Asked(""),
    ],
    ids=repr,
)
def test_whatever_differs_in_what_is_asked_is_another_question(other):
    """What a key overlooks and a model reads would let a visitor plant an answer for another one."""
    asked = Asked("What did the Lite model achieve?")
    assert other.key != asked.key == Asked(asked.question).key


def test_the_conversation_is_bounded_and_its_oldest_turns_go_first():
    turns = [Turn(f"question {n}?", f"question {n}?", f"answer {n} [1][2]. " * 30) for n in range(9)]
    told = conversation(turns)
    assert token_count(told) <= TOKENS
    assert "question 8?" in told
    assert "question 2?" not in told
    assert "[" not in told
    assert conversation(turns[-1:]) in told
    assert conversation([Turn("x" * 9000, "", "很长" * 9000)]).count("…") == 2


@pytest.mark.parametrize("status", ["answered", "not_in_resume", "declined"])
def test_refusals_are_kept_too(opened, place, status):
    cache = opened(place)
    cache.put(about("salary?", status=status))
    assert cache.get("salary?").status == status


@pytest.mark.parametrize(
    "fields", [{"status": "greeting"}, {"fallback": "no answer in time"}, {"text": ""}, {"text": "long " * 30_000}]
)
def test_what_is_not_worth_keeping_is_not_kept(opened, place, fields):
    cache = opened(place)
    cache.put(replace(LITE, **fields))
    assert cache.get(QUESTION) is None


def test_the_real_chains_answers_come_back_as_they_were(opened, place, chain):
    cache = opened(place)
    for question in (
        "what did he do at TikTok?",
        "他在虾皮待了几年",
        "what salary does he expect?",
        "¿Qué hizo en TikTok?",
    ):
        answer = chain.ask(question)
        cache.put(answer)
        bare = replace(answer, question="", standalone_question="", timings_ms={}, usage=None)
        assert cache.get(answer.key) == bare


def test_a_thumb_down_evicts_for_everybody(opened, place):
    one, two = opened(place), opened(place)
    one.put(LITE)
    one.put(about("another"))
    two.evict(QUESTION)
    assert one.get(QUESTION) is None
    assert one.get("another") is not None
    one.put(LITE)
    assert two.get(QUESTION) is not None


def test_answers_of_another_fingerprint_are_never_given_and_go(opened, place):
    old = opened(place, "october")
    old.put(LITE)
    new = opened(place, "november")
    assert new.get(QUESTION) is None
    new.put(about("another"))
    assert opened(place, "october").get(QUESTION) is None
    assert new.get("another") is not None


def test_what_was_used_the_longest_ago_goes_first(opened, place):
    cache = opened(place, bounds=Bounds(entries=10))
    for n in range(10):
        cache.put(about(f"question {n}"))
    assert cache.get("question 0") is not None
    for n in range(10, 15):
        cache.put(about(f"question {n}"))
    kept = [n for n in range(15) if cache.get(f"question {n}")]
    assert kept == [0, *range(6, 15)]


def test_bytes_are_bounded_too(opened, place):
    cache = opened(place, bounds=Bounds(bytes=20_000))
    for n in range(40):
        cache.put(about(f"question {n}", text="x" * 2000))
    kept = [n for n in range(40) if cache.get(f"question {n}")]
    assert kept == list(range(40 - len(kept), 40))
    assert 5 <= len(kept) <= 9


def test_an_answer_put_twice_is_kept_once(opened, place):
    cache = opened(place, bounds=Bounds(bytes=20_000))
    cache.put(about("first", text="x" * 2000))
    for n in range(40):
        cache.put(about("again", text=f"{n}" * 2000))
    assert cache.get("again").text == "39" * 2000
    assert cache.get("first") is not None


def test_threads_may_use_it_at_once(opened, place):
    cache = opened(place, bounds=Bounds(entries=20))

    def use(n):
        cache.put(about(f"question {n % 30}", text=f"answer {n % 30}"))
        found = cache.get(f"question {(n * 7) % 30}")
        assert found is None or found.text == f"answer {(n * 7) % 30}"
        if n % 10 == 0:
            cache.evict(f"question {n % 30}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(400)))


# The file


def test_no_word_of_a_visitor_is_on_the_disk(opened, tmp_path):
    cache = opened(tmp_path)
    cache.put(LITE)
    cache.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"52.73%" in held
    assert not [word for word in (b"Jane Doe", b"What did the Lite") if word in held]


def tampered(path, body):
    with sqlite3.connect(path) as base:
        base.execute("UPDATE answers SET body = ?", (body,))
    base.close()


@pytest.mark.parametrize(
    "body", [b"{", "{", 10**12, b"[]", b"\xff", b'{"question": 1}', json.dumps({"text": "only"}).encode()]
)
def test_a_broken_answer_is_a_miss_told_once_and_goes(opened, tmp_path, body, caplog):
    cache = opened(tmp_path)
    for n in range(3):
        cache.put(about(f"question {n}"))
    tampered(tmp_path / FILE, body)
    assert [cache.get(f"question {n}") for n in (0, 1, 0)] == [None] * 3
    with sqlite3.connect(tmp_path / FILE) as base:
        assert base.execute("SELECT count(*) FROM answers").fetchone() == (1,)
    base.close()
    assert said(caplog) == ["a kept answer can't be read; it is dropped, and so will be others like it"]
    cache.put(about("question 0"))
    assert cache.get("question 0") is not None


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_damaged_while_running_is_made_anew(opened, tmp_path, damage, clock):
    cache = opened(tmp_path)
    for n in range(20):
        cache.put(about(f"question {n}", text="x" * 2000))
    damage(tmp_path / FILE)
    for n in range(20):
        found = cache.get(f"question {n}")
        assert found is None or found.text == "x" * 2000
    for n in range(3):
        clock.now += 31
        cache.put(about(f"new {n}"))
    cache.close()
    assert opened(tmp_path).get("new 2") is not None


def test_a_file_that_is_no_database_is_set_aside(opened, tmp_path, caplog):
    (tmp_path / FILE).write_bytes(b"rubbish" * 1000)
    cache = opened(tmp_path)
    cache.put(LITE)
    assert cache.get(QUESTION) is not None
    assert [f"{FILE} can't be read" in line for line in said(caplog)] == [True]


def test_a_file_of_another_version_is_set_aside(opened, tmp_path, caplog):
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()
    cache = opened(tmp_path)
    cache.put(LITE)
    assert cache.get(QUESTION) is not None
    assert "version 99, this is 1" in said(caplog)[0]


def test_a_folder_that_cannot_be_written_to_is_a_miss_told_once(opened, unwritable, clock, caplog):
    cache = opened(unwritable.path)
    for _ in range(3):
        cache.put(LITE)
        cache.evict("another")
        assert cache.get(QUESTION) is None
        clock.now += 31
    assert len(said(caplog)) == 1
    unwritable.release()
    cache.put(LITE)
    assert cache.get(QUESTION) is not None


def test_on_a_full_disk_what_is_there_is_still_given(opened, small_disk, clock, caplog):
    cache = opened(small_disk)
    cache.put(LITE)
    filler = fill(small_disk)
    for n in range(50):
        cache.put(about(f"question {n}", text="x" * 4000))
        clock.now += 17
        assert cache.get(QUESTION).text == LITE.text
    assert len(said(caplog)) == 1
    filler.unlink()
    clock.now += 31
    cache.put(about("question 1"))
    assert cache.get("question 1") is not None


def test_a_file_that_may_not_grow_costs_no_answer(opened, tmp_path, clock):
    cache = opened(tmp_path)
    with file_size_limit(1000):
        cache.put(LITE)
        assert cache.get(QUESTION) is None
    clock.now += 31
    cache.put(LITE)
    assert cache.get(QUESTION) is not None


PUT = """
import sys, pathlib
from askme.answering.answer_cache import AnswerCache
from askme.types import Answer
cache = AnswerCache.of("november", pathlib.Path(sys.argv[1]), sys.argv[2])
for n in range(int(sys.argv[4])):
    name = f"{sys.argv[3]} {n}"
    cache.put(Answer("", "", "en", "answered", f"answer {name}", "model", (), {}, key=name))
    print(n, flush=True)
cache.close()
"""


def assert_kept(cache, writer, lines):
    """All that a writer acknowledged is there, and right."""
    for n in lines.split():
        assert cache.get(f"{writer} {n.decode()}").text == f"answer {writer} {n.decode()}"


@pytest.mark.parametrize("url", [False, True])
def test_two_processes_at_once_lose_nothing(tmp_path, redis_server, url):
    url = redis_server.url if url else ""
    processes = {name: script(PUT, tmp_path, url, name, 150) for name in ("ann", "ben")}
    cache = AnswerCache.of("november", tmp_path, url)
    for name, process in processes.items():
        lines = process.communicate(timeout=60)[0]
        assert len(lines.split()) == 150
        assert_kept(cache, name, lines)
    cache.close()


@pytest.mark.process
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(tmp_path):
    """15 writers on one file, a few at a time, each killed at another moment; what they told of is there."""
    dice = random.Random(7)

    def killed(writer, wait):
        with script(PUT, tmp_path, "", writer, 100_000) as process:
            first = process.stdout.readline()
            time.sleep(wait)
            process.kill()
            return first + process.stdout.read()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(killed, range(15), [dice.uniform(0, 0.05) for _ in range(15)]))
    cache = AnswerCache.of("november", tmp_path)
    assert sum(len(lines.split()) for lines in told) < Bounds().entries, "else some had to go"
    for writer, lines in enumerate(told):
        assert_kept(cache, writer, lines)
    cache.close()


# Redis


def test_redis_killed_and_started_again_is_used_again(opened, redis_server, clock, caplog):
    cache = opened(redis_server.url)
    cache.put(LITE)
    redis_server.kill()
    for _ in range(3):
        assert cache.get(QUESTION) is None
        cache.put(LITE)
    redis_server.start()
    clock.now += 31
    assert cache.get(QUESTION) is None, "it started empty"
    cache.put(LITE)
    assert cache.get(QUESTION) is not None
    assert [line.split(";")[0] for line in said(caplog)] == [
        "Redis (answers): can't be used (ConnectionError)",
        "Redis (answers): works again",
    ]


def test_an_answer_evicted_while_the_store_is_down_does_not_come_back():
    class DeafShelf(dict):
        """Keeps answers, and forgets none."""

        put = dict.__setitem__

        def drop(self, key):
            raise StoreDown("down", "can't hear")

    cache = AnswerCache(DeafShelf())
    cache.put(LITE)
    cache.evict(QUESTION)
    assert cache.get(QUESTION) is None
    cache.put(replace(LITE, text="better"))
    assert cache.get(QUESTION).text == "better"


def test_a_redis_that_hangs_is_a_miss_after_a_second(opened, redis_server):
    cache = opened(redis_server.url)
    cache.put(LITE)
    redis_server.freeze()
    began = time.monotonic()
    assert [cache.get(QUESTION) for _ in range(20)] == [None] * 20
    assert time.monotonic() - began < 15, "each waits"


@pytest.mark.parametrize("part", ["order", "bodies", "bytes"])
def test_a_redis_that_lost_a_key_begins_anew(opened, redis_server, part):
    cache = opened(redis_server.url, bounds=Bounds(entries=10, bytes=1500))
    with redis.Redis.from_url(redis_server.url) as client:
        for n in range(9):
            cache.put(about(f"question {n}"))
        client.delete(f"askme:answers:november:{part}")
        cache.put(about("new"))
        assert cache.get("new") is not None
        held = client.hvals("askme:answers:november:bodies")
        assert client.zcard("askme:answers:november:order") == len(held) == 1
        assert int(client.get("askme:answers:november:bytes")) == len(held[0])


def test_a_redis_that_counts_wrong_is_put_right(opened, redis_server):
    cache = opened(redis_server.url)
    cache.put(LITE)
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("askme:answers:november:bytes", 10**12)
    for _ in range(2):
        cache.put(LITE)
    assert cache.get(QUESTION) is not None


def test_keys_expire(opened, redis_server):
    opened(redis_server.url).put(LITE)
    with redis.Redis.from_url(redis_server.url) as client:
        lives = {key.decode(): client.ttl(key) for key in client.scan_iter()}
    assert lives.pop("askme:answers") == -1, "the list of fingerprints"
    assert len(lives) == 3
    assert all(life > 31 * 86400 for life in lives.values())


def test_a_wrong_address_is_a_wrong_setting(tmp_path):
    with pytest.raises(SettingsError, match="ASKME_REDIS_URL"):
        AnswerCache.of("november", tmp_path, "nowhere")
