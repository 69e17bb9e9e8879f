"""Money for the model: ceilings hold over restarts, processes and months, whatever happens to the file or to Redis."""

import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import redis
from stores import DAMAGES, Clock, file_size_limit, fill, said, script

from askme.errors import SettingsError
from askme.llm.budget import FILE, Budget, Ceilings
from askme.llm.spend_store import FileTally, Share, SharedTally
from askme.storage.redis import Remote

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
TEN = Ceilings(day=10, month=25, assumed=0.5)


class Calendar:
    """Which day it is, as told."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture
def opened(clock, calendar):
    """Open budgets in a folder or a Redis, as processes would: `opened(tmp_path)`; all share clock and calendar."""
    budgets = []

    def make(where, ceilings=TEN):
        told = isinstance(where, str)
        tally = SharedTally(Remote(where, "budget", clock)) if told else FileTally.at(where / FILE, clock)
        budgets.append(Budget(tally, ceilings, calendar, clock))
        return budgets[-1]

    yield make
    for budget in budgets:
        budget.close()


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.server)])
def place(request, tmp_path):
    """Where spending is kept."""
    return tmp_path / "data" if request.param == "file" else request.getfixturevalue("redis_server").url


def spent(budget):
    """What was spent today and this month, as people are told."""
    today, month = (part.split()[0] for part in budget.state().split(", "))
    return float(today.strip("$")), float(month.strip("$"))


def test_a_day_ends_at_its_ceiling_and_a_new_one_begins_at_midnight_utc(opened, place, calendar, clock):
    budget = opened(place)
    for cost in (4, 5.99):
        budget.spend(cost)
        assert budget.available()
    budget.spend(0.01)
    assert not budget.available()
    calendar.now = NOON.replace(hour=23, minute=59, second=59)
    clock.now += 2
    assert not budget.available()
    calendar.now += timedelta(seconds=1)
    clock.now += 2
    assert budget.available()
    assert spent(budget) == (0, 10)


def test_a_month_has_its_own_ceiling(opened, place, calendar, clock):
    budget = opened(place)
    for day in (21, 22, 23):
        calendar.now = NOON.replace(day=day)
        budget.spend(9)
    assert not budget.available()
    calendar.now = NOON.replace(month=12, day=1)
    clock.now += 2
    assert budget.available()


def test_what_was_spent_outlives_the_process(opened, place):
    opened(place).spend(9.5)
    budget = opened(place)
    assert budget.available()
    budget.spend(0.5)
    assert not opened(place).available()


def test_what_others_spend_counts_within_a_second(opened, place, clock):
    one, two = opened(place), opened(place)
    assert one.available()
    two.spend(10)
    clock.now += 0.9
    assert one.available()
    clock.now += 0.2
    assert not one.available()


@pytest.mark.parametrize(
    ("cost", "counts"),
    [(None, 0.5), (float("nan"), 0.5), (float("inf"), 0.5), (0, 0), (-3, 0), (0.0000001, 0.0000001), (1e300, 1e6)],
)
def test_any_cost_counts_as_something_sensible(opened, place, cost, counts):
    opened(place).spend(cost)
    budget = opened(place, Ceilings(day=counts + 1e-8))
    assert budget.available()
    assert not opened(place, Ceilings(day=counts)).available()


def test_millions_of_small_costs_add_up_exactly(opened, place, clock):
    budget = opened(place)
    for _ in range(1000):
        budget.spend(0.0001)
    assert spent(budget) == (0.1, 0.1)


def test_without_ceilings_all_is_open_and_still_counted(opened, place):
    budget = opened(place, Ceilings())
    budget.spend(1000)
    assert budget.available()
    assert budget.state() == "$1000.0000 today, $1000.0000 this month"


def test_the_state_is_for_people(opened, place):
    budget = opened(place)
    budget.spend(1.25)
    assert budget.state() == "$1.2500 of $10.00 today, $1.2500 of $25.00 this month"


class CountingTally:
    """Holds nothing, and counts how often it is looked at."""

    looks = 0

    def merge(self, shares):
        pass

    def read(self, periods):
        self.looks += 1
        return []


def test_asking_whether_there_is_money_looks_once_a_second(clock):
    tally = CountingTally()
    budget = Budget(tally, TEN, clock=clock)
    for _ in range(1000):
        assert budget.available()
        clock.now += 0.003
    assert tally.looks == 3


def test_nobody_waits_for_the_thread_that_looks(clock):
    busy, go_on = threading.Event(), threading.Event()

    class SlowTally(CountingTally):
        def read(self, periods):
            self.looks += 1
            if self.looks > 1:
                busy.set()
                assert go_on.wait(30)
            return []

    budget = Budget(SlowTally(), TEN, clock=clock)
    assert budget.available()
    clock.now += 2
    looking = threading.Thread(target=budget.available)
    looking.start()
    assert busy.wait(10)
    assert budget.available()
    go_on.set()
    looking.join()


def test_all_wait_for_the_first_look(clock):
    """What was spent before the process began isn't known any earlier."""
    busy, go_on = threading.Event(), threading.Event()

    class SlowTally(CountingTally):
        def read(self, periods):
            busy.set()
            assert go_on.wait(30)
            return [Share(period, "ann", 100 * 10**9) for period in periods]

    budget = Budget(SlowTally(), TEN, clock=clock)
    with ThreadPoolExecutor(2) as pool:
        looking = pool.submit(budget.available)
        assert busy.wait(30)
        waiting = pool.submit(budget.available)
        time.sleep(0.05)
        go_on.set()
        assert [looking.result(), waiting.result()] == [False, False]


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1), timedelta(days=-40), timedelta(days=400)])
def test_a_clock_that_jumps_and_comes_back_forgets_nothing(opened, place, calendar, clock, jump):
    budget = opened(place)
    budget.spend(10)
    calendar.now += jump
    clock.now += 2
    budget.spend(1)
    calendar.now -= jump
    clock.now += 2
    assert not budget.available()
    assert not opened(place).available()


def test_threads_lose_nothing(opened, place):
    budget, other = opened(place), opened(place)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: (budget, other)[n % 2].spend(0.001), range(400)))
    assert spent(opened(place)) == (0.4, 0.4)


SPEND = """
import sys, pathlib
from askme.llm.budget import Budget, Ceilings
budget = Budget.of(Ceilings(), pathlib.Path(sys.argv[1]), sys.argv[2])
for n in range(int(sys.argv[3])):
    budget.spend(0.001)
    print(n, flush=True)
budget.close()
"""


def test_what_is_written_down_late_makes_nothing_smaller(place, clock):
    told = isinstance(place, str)
    tally = SharedTally(Remote(place, "budget", clock)) if told else FileTally.at(place / FILE, clock)
    for nano in (5, 10**15 + 1, 7):
        tally.merge([Share("2026-11", "ann", nano), Share("2026-11", "ben", 3)])
    assert {share.process: share.nano for share in tally.read(["2026-11"])} == {"ann": 10**15 + 1, "ben": 3}
    tally.close()


@pytest.mark.parametrize("url", [False, True])
def test_two_processes_at_once_lose_nothing(tmp_path, redis_server, url):
    url = redis_server.url if url else ""
    processes = [script(SPEND, tmp_path, url, 300) for _ in range(2)]
    assert [len(process.communicate(timeout=60)[0].split()) for process in processes] == [300, 300]
    budget = Budget.of(Ceilings(), tmp_path, url)
    assert spent(budget) == (0.6, 0.6)
    budget.close()


# The file


@pytest.mark.parametrize("rubbish", [b"rubbish" * 1000, b"SQLite format 3\0" + bytes(50), b"SQLite format 3\0" * 999])
def test_a_broken_file_is_set_aside_and_counting_begins_anew(opened, tmp_path, rubbish, caplog):
    (tmp_path / FILE).write_bytes(rubbish)
    budget = opened(tmp_path)
    assert budget.available()
    budget.spend(10)
    assert not opened(tmp_path).available()
    assert len(said(caplog)) == 1
    assert "set aside" in said(caplog)[0]
    assert (tmp_path / f"{FILE}.broken").read_bytes() == rubbish


def test_rubbish_in_the_file_counts_as_nothing(opened, tmp_path, clock):
    budget = opened(tmp_path)
    budget.spend(1)
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("INSERT INTO shares VALUES ('2026-11-23', 'someone', 'rubbish')")
    base.close()
    clock.now += 2
    assert budget.available()
    assert spent(budget) == (1, 1)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_damaged_while_running_costs_nothing(opened, tmp_path, damage, clock):
    budget = opened(tmp_path)
    budget.spend(4)
    damage(tmp_path / FILE)
    budget.spend(3)
    clock.now += 40
    budget.spend(2)
    assert spent(budget) == (9, 9)
    budget.close()
    again = opened(tmp_path)
    again.spend(0.5)
    assert spent(again) == (9.5, 9.5)


def test_a_file_that_another_process_has_set_aside_is_left_to_it(opened, tmp_path, clock, caplog):
    one, two = opened(tmp_path), opened(tmp_path)
    one.spend(1)
    two.spend(1)
    for path in (tmp_path / FILE, tmp_path / f"{FILE}-wal"):
        path.write_bytes(b"rubbish" * 2000)
    one.close()
    one.spend(1)
    two.spend(1)
    clock.now += 2
    assert spent(one) == (4, 4)
    two.close()
    assert spent(opened(tmp_path)) == (4, 4)
    assert len([line for line in said(caplog) if "set aside" in line]) == 1


def test_a_folder_that_cannot_be_written_to_costs_no_answer(opened, unwritable, clock, caplog):
    budget = opened(unwritable.path / "data")
    assert budget.available()
    budget.spend(4)
    budget.spend(4)
    assert spent(budget) == (8, 8)
    assert "not kept: " in budget.state()
    assert len(said(caplog)) == 1
    unwritable.release()
    clock.now += 31
    budget.spend(1)
    assert spent(opened(unwritable.path / "data")) == (9, 9)
    assert budget.state().endswith("this month")


def test_a_full_disk_costs_no_answer(opened, small_disk, clock, caplog):
    budget = opened(small_disk)
    budget.spend(1)
    filler = fill(small_disk)
    for _ in range(200):
        budget.spend(0.01)
        clock.now += 1
    assert spent(budget) == (3, 3)
    filler.unlink()
    clock.now += 31
    budget.spend(1)
    assert spent(opened(small_disk)) == (4, 4)
    assert {line.split(" (")[0].split(";")[0] for line in said(caplog)} <= {
        f"{FILE}: can't be used",
        f"{FILE}: works again",
    }


def test_a_file_that_may_not_grow_costs_no_answer(opened, tmp_path, clock):
    budget = opened(tmp_path)
    with file_size_limit(1000):
        budget.spend(1)
        assert "not kept: " in budget.state()
    clock.now += 31
    budget.spend(1)
    assert spent(opened(tmp_path)) == (2, 2)


def test_a_file_that_another_program_holds_costs_a_moment(opened, tmp_path, clock):
    budget = opened(tmp_path)
    budget.spend(1)
    with sqlite3.connect(tmp_path / FILE, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        budget.spend(1)
        assert spent(budget) == (2, 2)
        other.execute("ROLLBACK")
    other.close()
    clock.now += 31
    assert budget.available()
    assert spent(opened(tmp_path)) == (2, 2)


def killed_after(wait, folder, begun):
    """Kill -9 a writer `wait` seconds after it started, or began to write; return how much it acknowledged."""
    with script(SPEND, folder, "", 100_000) as process:
        first = process.stdout.readline() if begun else b""
        time.sleep(wait)
        process.kill()
        return len(first.split()) + len(process.stdout.read().split())


@pytest.mark.process
def test_nothing_acknowledged_is_lost_when_one_of_several_writers_is_killed(tmp_path):
    """35 writers on one file, a few at a time."""
    dice = random.Random(5)
    with ThreadPoolExecutor(4) as pool:
        waits = [dice.uniform(0, 0.1) for _ in range(35)]
        acknowledged = sum(pool.map(lambda wait: killed_after(wait, tmp_path, begun=True), waits))
    assert acknowledged >= 35
    assert_kept(tmp_path, acknowledged, writers=35)


@pytest.mark.process
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed_as_it_makes_the_file(tmp_path):
    dice = random.Random(6)
    waits = {tmp_path / f"folder {n}": dice.uniform(0.05, 0.35) for n in range(15)}
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda folder: killed_after(waits[folder], folder, begun=False), waits))
    for folder, acknowledged in zip(waits, found, strict=True):
        assert_kept(folder, acknowledged, writers=1)


def assert_kept(folder, acknowledged, writers):
    budget = Budget.of(Ceilings(), folder)
    counted = round(spent(budget)[0] * 1000)
    budget.spend(0.001)
    assert acknowledged <= counted <= acknowledged + writers
    assert "not kept" not in budget.state()
    assert not list(folder.glob("*.broken"))
    budget.close()


# Redis


def test_redis_killed_and_started_empty_learns_what_was_spent(opened, redis_server, clock, caplog):
    one, two = opened(redis_server.url), opened(redis_server.url)
    one.spend(4)
    two.spend(4)
    redis_server.kill()
    one.spend(1)
    assert spent(one)[0] in (5, 9), "its own, and the other's when it has heard of it"
    assert "not kept: " in one.state()
    redis_server.start()
    clock.now += 31
    assert one.available()
    assert two.available()
    clock.now += 2
    one.spend(0.5)
    assert spent(one) == spent(opened(redis_server.url)) == (9.5, 9.5)
    assert [line.split(";")[0] for line in said(caplog)] == [
        "Redis (budget): can't be used (ConnectionError)",
        "Redis (budget): works again",
    ]


def test_what_a_dead_replica_spent_is_written_back_by_a_living_one(opened, redis_server, clock):
    opened(redis_server.url).spend(4)
    living = opened(redis_server.url)
    assert living.available()
    redis_server.kill()
    redis_server.start()
    clock.now += 2
    assert living.available()
    assert spent(opened(redis_server.url)) == (4, 4)


def test_what_is_owed_is_written_down_without_further_spending(opened, redis_server, clock):
    one = opened(redis_server.url)
    redis_server.kill()
    one.spend(3)
    redis_server.start()
    clock.now += 31
    assert one.available()
    assert spent(opened(redis_server.url)) == (3, 3)


def test_what_is_owed_for_yesterday_is_written_down_for_yesterday(opened, redis_server, clock, calendar):
    one = opened(redis_server.url)
    redis_server.kill()
    one.spend(3)
    redis_server.start()
    calendar.now += timedelta(days=1)
    clock.now += 31
    one.spend(1)
    other = opened(redis_server.url)
    assert spent(other) == (1, 4)
    calendar.now -= timedelta(days=1)
    clock.now += 2
    assert spent(other) == (3, 4)


def test_keys_are_named_by_day_and_month_and_expire(opened, redis_server):
    opened(redis_server.url).spend(1)
    with redis.Redis.from_url(redis_server.url) as client:
        lives = {key.decode(): client.ttl(key) for key in client.scan_iter()}
    assert set(lives) == {"askme:spent:2026-11-23", "askme:spent:2026-11"}
    assert all(31 * 86400 < life <= 40 * 86400 for life in lives.values())


def test_rubbish_in_redis_counts_as_nothing(opened, redis_server, clock):
    with redis.Redis.from_url(redis_server.url) as client:
        client.hset("askme:spent:2026-11-23", "someone", "rubbish")
    budget = opened(redis_server.url)
    assert budget.available()
    budget.spend(1)
    assert spent(opened(redis_server.url)) == (1, 1)


def test_a_wrong_address_is_a_wrong_setting(tmp_path):
    with pytest.raises(SettingsError, match="ASKME_REDIS_URL"):
        Budget.of(TEN, tmp_path, "nowhere")
