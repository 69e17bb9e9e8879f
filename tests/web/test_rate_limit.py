"""Who may ask: bursts, days, everybody together; in memory, in Redis, and when Redis goes and comes."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from stores import Clock, said

from askme.errors import SettingsError
from askme.web import rate_limit
from askme.web.rate_limit import Quota, visitor_key

ANN, BEN = visitor_key("session-a", "192.0.2.1"), visitor_key("session-b", "192.0.2.1")


def limits(clock, minute=3, day=0, everybody=0, url=""):
    return Quota.of(minute, day, everybody, url, clock)


def admitted(made, visitor, times):
    """How many of so many questions are taken."""
    return sum(made.admit(visitor) is None for _ in range(times))


@pytest.fixture
def clock():
    return Clock()


def test_a_burst_ends_with_a_friendly_sentence_and_a_time(clock):
    made = limits(clock)
    assert admitted(made, ANN, 3) == 3
    clock.now += 20.5
    refusal = made.admit(ANN)
    assert (refusal.limit, refusal.seconds) == ("minute", 40)
    assert refusal.text.en == "That was a lot of questions in a short time. Please ask again in 40 seconds."
    assert refusal.text.zh == "您问得有点快，请 40 秒后再问。"


def test_it_may_be_asked_again_when_it_was_said(clock):
    made = limits(clock)
    admitted(made, ANN, 3)
    wait = made.admit(ANN).seconds
    clock.now += wait - 1
    assert made.admit(ANN).seconds == 1
    clock.now += 1
    assert made.admit(ANN) is None


def test_one_visitor_does_not_use_up_anothers_questions(clock):
    made = limits(clock)
    admitted(made, ANN, 10)
    assert admitted(made, BEN, 10) == 3


@pytest.mark.parametrize(("left", "zh", "en"), [(7200, "2 小时", "2 hours"), (5400, "90 分钟", "90 minutes")])
def test_after_a_days_questions_it_is_said_in_how_many_hours_there_are_more(clock, left, zh, en):
    made = limits(clock, minute=0, day=2)
    admitted(made, ANN, 2)
    clock.now += 24 * 3600 - left
    refusal = made.admit(ANN)
    assert (refusal.limit, refusal.seconds) == ("day", left)
    assert zh in refusal.text.zh
    assert en in refusal.text.en


def test_the_limit_that_lasts_longest_is_told(clock):
    made = limits(clock, minute=3, day=3)
    admitted(made, ANN, 3)
    assert made.admit(ANN).limit == "day"


def test_new_sessions_meet_the_ceiling_for_everybody(clock):
    made = limits(clock, minute=3, day=100, everybody=20)
    visitors = [visitor_key(f"new {n}", "192.0.2.1") for n in range(50)]
    answers = [made.admit(visitor) for visitor in visitors]
    assert answers.count(None) == 20
    assert {answer.limit for answer in answers if answer} == {"all"}


def test_a_refused_question_counts_nowhere(clock):
    made = limits(clock, minute=3, day=5, everybody=6)
    admitted(made, ANN, 50)
    assert admitted(made, BEN, 50) == 3, "Ann's refused questions took from everybody's"
    clock.now += 61
    assert admitted(made, ANN, 50) == 2, "Ann's refused questions took from her day"


def test_zero_is_no_limit(clock):
    assert admitted(limits(clock, minute=0), ANN, 1000) == 1000


@given(st.lists(st.integers(0, 360), min_size=1, max_size=40))
def test_no_sixty_seconds_hold_more_than_the_limit_and_what_is_said_is_true(quarters):
    clock, taken = Clock(), []
    made = limits(clock)
    for quarter in quarters:
        clock.now += quarter / 4
        refusal = made.admit(ANN)
        if refusal:
            clock.now += refusal.seconds
            assert made.admit(ANN) is None
        taken.append(clock.now)
        assert sum(clock.now - at < 60 for at in taken) <= 3


class SlowClock(Clock):
    """Lets other threads go first whenever it is looked at."""

    def __call__(self):
        time.sleep(1e-5)
        return self.now


def test_threads_get_no_more_than_the_limit():
    made = limits(SlowClock(), minute=0, day=50, everybody=70)
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: made.admit(ANN) is None, range(400))) == 50
        assert sum(pool.map(lambda n: made.admit(f"visitor {n % 7}") is None, range(400))) == 20


def test_memory_is_bounded_and_the_ceiling_is_not_forgotten(clock, monkeypatch):
    monkeypatch.setattr(rate_limit, "MOST_KEYS", 10)
    made = limits(clock, minute=1, everybody=31)
    for n in range(30):
        assert made.admit(f"visitor {n}") is None
    assert made.admit("visitor 29").limit == "minute"
    assert made.admit("visitor 0") is None, "it was forgotten, to make room"
    assert made.admit("visitor 1").limit == "all"


@pytest.mark.parametrize("jump", [-86400, 86400])
def test_a_clock_set_wrong_changes_nothing(clock, monkeypatch, jump):
    made, true = limits(clock), time.time
    admitted(made, ANN, 2)
    monkeypatch.setattr(time, "time", lambda: true() + jump)
    assert admitted(made, ANN, 5) == 1
    clock.now += 60
    assert admitted(made, ANN, 5) == 3


def test_a_key_tells_neither_session_nor_address_and_takes_anything():
    keys = {visitor_key(*pair) for pair in [("a", "bc"), ("ab", "c"), ("", "abc"), ("a", "b"), ("\ud800", "é\0")]}
    assert len(keys) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    assert visitor_key("a", "bc") in keys


# Redis


def test_replicas_share_what_they_count(clock, redis_server):
    one, two = (limits(clock, minute=5, everybody=8, url=redis_server.url) for _ in range(2))
    assert [admitted(one, ANN, 3), admitted(two, ANN, 3), admitted(one, ANN, 3)] == [3, 2, 0]
    refusal = two.admit(ANN)
    assert (refusal.limit, 50 <= refusal.seconds <= 60) == ("minute", True)
    assert admitted(two, BEN, 5) == 3
    assert one.admit(BEN).limit == "all"
    one.close()
    two.close()


def test_without_redis_it_counts_in_memory_and_says_so_once(clock, redis_server, caplog):
    made = limits(clock, url=redis_server.url.replace("redis://", "redis://:secret@"))
    redis_server.kill()
    began = time.monotonic()
    assert admitted(made, ANN, 9) == 3
    assert time.monotonic() - began < 5, "a refused connection is no reason to wait"
    clock.now += 29
    assert admitted(made, BEN, 9) == 3
    clock.now += 2
    assert admitted(made, BEN, 9) == 0
    assert said(caplog) == [
        "Redis (limits, budget, kept answers): can't be used (ConnectionError); answers go on without it"
    ]
    assert "secret" not in caplog.text
    made.close()


def test_redis_killed_and_started_again_is_used_again_after_half_a_minute(clock, redis_server, caplog):
    made, other = limits(clock, url=redis_server.url), limits(clock, url=redis_server.url)
    assert admitted(made, ANN, 2) == 2
    redis_server.kill()
    assert admitted(made, ANN, 9) == 3
    redis_server.start()
    clock.now += 15
    assert admitted(made, ANN, 9) == 0, "it is left alone for half a minute"
    clock.now += 16
    assert admitted(made, ANN, 2) == 2
    assert admitted(other, ANN, 9) == 1, "both count in Redis again"
    assert [line.split(";")[0] for line in said(caplog)] == [
        "Redis (limits, budget, kept answers): can't be used (ConnectionError)",
        "Redis (limits, budget, kept answers): works again",
    ]
    made.close()
    other.close()


def test_a_redis_restarted_unnoticed_is_used_at_once(clock, redis_server, caplog):
    made = limits(clock, url=redis_server.url)
    admitted(made, ANN, 2)
    redis_server.kill()
    redis_server.start()
    assert admitted(made, ANN, 9) == 3
    assert said(caplog) == []
    made.close()


def test_a_redis_that_hangs_holds_up_one_question_for_a_second(clock, redis_server):
    made = limits(clock, url=redis_server.url)
    admitted(made, ANN, 1)
    redis_server.freeze()
    began = time.monotonic()
    admitted(made, ANN, 20)
    assert time.monotonic() - began < 15, "each waits"
    made.close()


def test_a_replica_whose_clock_is_a_day_off_still_says_a_time_that_can_be(clock, redis_server, monkeypatch):
    right, true = limits(clock, url=redis_server.url), time.time
    admitted(right, ANN, 3)
    monkeypatch.setattr(time, "time", lambda: true() - 86400)
    wrong = limits(clock, url=redis_server.url)
    assert 1 <= wrong.admit(ANN).seconds <= 60
    right.close()
    wrong.close()


def test_nothing_stays_in_redis_for_ever(clock, redis_server):
    made = limits(clock, minute=3, day=9, everybody=9, url=redis_server.url)
    admitted(made, ANN, 2)
    with redis.Redis.from_url(redis_server.url) as client:
        lives = {key.decode(): client.ttl(key) for key in client.scan_iter()}
    assert len(lives) == 3
    assert all(key.startswith("askme:limits") and 0 < life <= 86400 for key, life in lives.items())
    made.close()


def test_a_wrong_address_is_a_wrong_setting_and_is_not_repeated(clock):
    with pytest.raises(SettingsError, match="ASKME_REDIS_URL") as error:
        limits(clock, url="http://:secret@nowhere")
    assert "secret" not in str(error.value)
