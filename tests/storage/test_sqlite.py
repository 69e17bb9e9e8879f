"""A small file for several: what is written is kept once and wholly, and a broken file stops nobody."""

import sqlite3
import sys
import threading
import time

import pytest
from stores import Clock, said, script

from askme.errors import StoreDown
from askme.storage.sqlite import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n INTEGER)"


def added(number):
    return lambda base: base.execute("INSERT INTO numbers VALUES (?)", (number,))


def numbers(base):
    return [n for (n,) in base.execute("SELECT n FROM numbers ORDER BY n")]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "numbers.sqlite3"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(path, clock):
    """Open the file, as one more process would."""
    databases = []

    def make(schema=SCHEMA, version=1):
        databases.append(Database(path, schema, version, clock))
        return databases[-1]

    yield make
    for database in databases:
        database.close()


def test_nothing_is_opened_before_it_is_used(opened, path):
    opened()
    assert not path.parent.exists()


def test_a_write_that_fails_leaves_nothing(opened):
    database = opened()

    def half(base):
        base.execute("INSERT INTO numbers VALUES (1)")
        base.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StoreDown, match="no such table: nowhere"):
        database.write(half)
    assert opened().read(numbers) == []


def test_an_error_of_the_callers_own_is_the_callers(opened):
    database = opened()

    def wrong(base):
        base.execute("INSERT INTO numbers VALUES (1)")
        raise KeyError("mine")

    with pytest.raises(KeyError):
        database.write(wrong)
    database.write(added(2))
    assert database.read(numbers) == [2]


def test_a_file_taken_away_during_a_write_has_it_all_the_same(opened, path):
    database, taken = opened(), []

    def write(base):
        added(7)(base)
        if not taken:
            taken.append(path.unlink())

    database.write(write)
    assert opened().read(numbers) == [7]


def test_after_a_failure_it_is_left_alone_for_half_a_minute(opened, path, clock, caplog):
    database = opened()
    database.write(added(1))
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        for _ in range(10):
            with pytest.raises(StoreDown, match="database is locked"):
                database.write(added(2))
        assert time.monotonic() - began < 15, "each waits"
        other.execute("ROLLBACK")
    other.close()
    with pytest.raises(StoreDown):
        database.write(added(2))
    clock.now += 31
    database.write(added(3))
    assert database.read(numbers) == [1, 3]
    assert said(caplog) == [
        "numbers.sqlite3: can't be used (database is locked); answers go on without it",
        "numbers.sqlite3: works again",
    ]


def test_who_finds_the_file_broken_after_another_set_it_aside_takes_the_new_one(opened, path, caplog):
    """The second finds its page gone while the first makes the file anew."""
    one, two = opened(), opened()
    one.write(added(1))
    tries = []

    def late(base):
        tries.append(base)
        if len(tries) == 1:
            two.close()
            path.write_bytes(b"rubbish" * 1000)
            (path.parent / f"{path.name}-wal").unlink()
            opened().write(added(2))
            raise sqlite3.DatabaseError("database disk image is malformed")
        added(3)(base)

    two.read(numbers)
    one.write(late)
    assert one.read(numbers) == [2, 3]
    assert len([line for line in said(caplog) if "set aside" in line]) == 1


def test_what_the_log_of_changes_still_holds_is_saved(opened, path):
    one = opened()
    one.write(added(1))
    path.write_bytes(b"rubbish" * 1000)
    two = opened()
    two.write(added(2))
    assert one.read(numbers) == two.read(numbers) == [1, 2]


def test_a_broken_file_is_set_aside_with_its_log_while_others_have_it_open(opened, path, caplog):
    one, two = opened(), opened()
    one.write(added(1))
    two.write(added(2))
    for ending in ("", "-wal"):
        path.with_name(path.name + ending).write_bytes(b"rubbish" * 2000)
    three = opened()
    three.write(added(3))
    assert three.read(numbers) == [3]
    one.write(added(4))
    two.write(added(5))
    assert three.read(numbers) == opened().read(numbers) == [3, 4, 5]
    aside = {file.name.removeprefix(path.name) for file in path.parent.iterdir()}
    assert {".broken", ".broken-wal"} <= aside
    assert len(said(caplog)) == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors don't tell their code: it takes half a minute longer")
def test_a_file_shorter_than_others_remember_is_broken(opened, path):
    one, two = opened(), opened()
    one.write(added(1))
    two.write(added(2))
    for ending in ("", "-wal"):
        path.with_name(path.name + ending).write_bytes(b"rubbish" * 100)
    one.close()
    one.write(added(3))
    assert one.read(numbers) == [3]


def test_reading_then_writing_is_one_step_for_threads_and_processes(opened, path):
    opened().write(added(0))

    def count():
        mine = opened()
        for _ in range(100):
            mine.write(increment)

    def increment(base):
        (n,) = base.execute("SELECT n FROM numbers").fetchone()
        base.execute("UPDATE numbers SET n = ?", (n + 1,))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened().read(numbers) == [400]


START = f"""
import sys, pathlib, time
from askme.storage.sqlite import Database
database = Database(pathlib.Path(sys.argv[1]), {SCHEMA!r}, 1)
time.sleep(max(0, float(sys.argv[3]) - time.time()))
database.write(lambda base: base.execute("INSERT INTO numbers VALUES (?)", (int(sys.argv[2]),)))
database.close()
"""


@pytest.mark.process
@pytest.mark.parametrize("there", [b"", b"rubbish" * 1000])
def test_several_may_start_at_once(opened, path, there):
    if there:
        path.parent.mkdir()
        path.write_bytes(there)
    at = time.time() + 0.5
    processes = [script(START, path, n, at) for n in range(6)]
    assert [process.communicate() and process.wait(timeout=20) for process in processes] == [0] * 6
    assert opened().read(numbers) == [0, 1, 2, 3, 4, 5]
