"""The journal: what it keeps and what it must not, over days, crashes, full disks and damage."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from journalling import ADDRESS, NOON, Clock, answer, written
from stores import file_size_limit, said
from surroundings import clean_environment

from askme.errors import JournalError, RequestError
from askme.journal.database import SCHEMA, STEPS
from askme.journal.journal import Journal
from askme.journal.records import as_line, from_line, read_lines
from askme.settings import ROOT

SECRET = "does his wife know Zanzibar"
PROGRAM = (sys.executable, str(ROOT / "tests" / "support" / "journalling.py"))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "journal.sqlite"


@pytest.fixture
def journal(path, clock):
    made = Journal(path, keep_days=30, clock=clock)
    yield made
    made.close()


def run(*arguments):
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        env=clean_environment() | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def exported(journal):
    file = io.StringIO()
    journal.export(None, file)
    return file.getvalue()


def rows(path, query):
    base = sqlite3.connect(path)
    try:
        return base.execute(query).fetchall()
    finally:
        base.close()


def test_an_answer_is_kept_whole(journal):
    usage = {"prompt_tokens": 900.0, "cached_tokens": 0.0, "completion_tokens": 40.0, "cost_usd": None}
    given = answer("他在 TikTok 做了什么", language="zh", mode="model", usage=usage, fallback="too slow")
    identifier = journal.record(given, ADDRESS)
    (event,) = journal.events()
    assert (event.id, event.at) == (identifier, NOON)
    assert (event.question, event.standalone_question) == (given.question, given.standalone_question)
    assert (event.language, event.status, event.mode, event.fallback) == ("zh", "answered", "model", "too slow")
    assert (event.cites, event.retrieved) == (("tiktok.lite.3",), ("tiktok.lite.3", "tiktok.lite.1"))
    assert (event.timings_ms, event.usage) == (given.timings_ms, usage)
    assert len(event.visitor) == 16
    assert (event.thumb, event.comment) == ("", "")


def test_the_last_rating_counts(journal):
    first, second = journal.record(answer(), ADDRESS), journal.record(answer(), ADDRESS)
    journal.rate(first, "down", "too\nshort\x00")
    journal.rate(second, "up")
    journal.rate(second, "")
    journal.rate("nobody knows", "up")
    assert [(e.thumb, e.comment) for e in journal.events()] == [("down", "too short"), ("", "")]
    with pytest.raises(RequestError):
        journal.rate(first, "sideways")


def test_events_and_export_begin_where_they_are_told_to(journal, clock):
    journal.record(answer("first"), ADDRESS)
    clock.advance(hours=1)
    journal.record(answer("second, 第二"), ADDRESS)
    assert [event.question for event in journal.events(clock.now)] == ["second, 第二"]
    assert tuple(read_lines(exported(journal).splitlines())) == journal.events()


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"id": 1}'])
def test_a_line_that_is_none_is_named(line):
    with pytest.raises(JournalError, match="line 1: no line of a journal"):
        list(read_lines([line]))


def test_a_record_without_a_zone_is_refused(journal):
    journal.record(answer(), ADDRESS)
    line = as_line(journal.events()[0]).replace("+00:00", "")
    with pytest.raises(JournalError, match="zone"):
        from_line(line)


# What must not be kept


def test_a_visitor_is_the_same_all_day_and_another_the_next(journal, clock):
    for visitor in (ADDRESS, ADDRESS, "203.0.113.78"):
        journal.record(answer(), visitor)
    journal.flush()
    clock.advance(days=1)
    journal.record(answer(), ADDRESS)
    one, again, other, tomorrow = (event.visitor for event in journal.events())
    assert one == again
    assert len({one, other, tomorrow}) == 3


def test_the_salt_is_shared_within_the_day_and_wiped_after_it(journal, path, clock):
    journal.record(answer(), ADDRESS)
    second = Journal(path, clock=clock)
    second.record(answer(), ADDRESS)
    second.close()
    assert len({event.visitor for event in journal.events()}) == 1
    ((day, salt),) = rows(path, "SELECT day, salt FROM salts")
    assert day == "2026-11-23"
    clock.advance(days=1)
    journal.record(answer(), ADDRESS)
    journal.close()
    assert [day for (day,) in rows(path, "SELECT day FROM salts")] == ["2026-11-24"]
    assert salt not in written(path)


def test_no_address_is_written(journal, path):
    journal.record(answer(), ADDRESS)
    journal.flush()
    assert ADDRESS not in exported(journal)
    journal.close()
    assert ADDRESS.encode() not in written(path)


def test_what_is_past_retention_is_wiped_at_start_and_daily(journal, path, clock):
    journal.record(answer(SECRET), ADDRESS)
    journal.flush()
    clock.advance(days=30)
    journal.record(answer("on the last day"), ADDRESS)
    assert len(journal.events()) == 2
    clock.advance(days=1)
    journal.record(answer("the day after"), ADDRESS)
    journal.flush()
    assert [event.question for event in journal.events()] == ["on the last day", "the day after"]
    journal.close()
    assert b"Zanzibar" not in written(path)
    clock.advance(days=100)
    later = Journal(path, keep_days=30, clock=clock)
    later.start()
    later.flush()
    later.close()
    assert later.events() == ()


def test_purging_leaves_no_trace(journal, path, clock):
    journal.record(answer(SECRET), ADDRESS)
    clock.advance(hours=2)
    journal.record(answer("later"), ADDRESS)
    journal.flush()
    path.with_name(f"{path.name}.broken-2026-11-01").write_text(SECRET)
    assert journal.purge(clock.now) == 1
    assert [event.question for event in journal.events()] == ["later"]
    assert journal.purge("all") == 1
    assert journal.events() == ()
    journal.close()
    assert b"Zanzibar" not in written(path)
    assert b"later" not in written(path)


def test_reading_makes_no_file(journal, path):
    assert journal.events() == ()
    assert journal.purge("all") == 0
    assert not path.parent.exists()


# Time


@pytest.mark.parametrize("days", [1, -1, 2, -2])
def test_a_clock_that_jumps_loses_nothing(journal, path, clock, days):
    for jump in (0, days, -days, days):
        clock.advance(days=jump)
        journal.record(answer(), ADDRESS)
        assert journal.flush()
    assert len(journal.events()) == 4
    clock.advance(days=3)
    journal.record(answer(), ADDRESS)
    assert journal.flush()
    assert len(rows(path, "SELECT day FROM salts")) == 1


# Crashes and damage


@pytest.mark.process
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(path):
    told = run("kill", path, 50)
    assert told["acknowledged"] > 50
    assert (told["lost"], told["works"], told["aside"]) == ([], True, [])


def damage_header(path):
    with path.open("r+b") as file:
        file.write(b"rubbish" * 1000)


def damage_middle(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def damage_length(path):
    os.truncate(path, 5000)


@pytest.mark.parametrize("damage", [damage_header, damage_middle, damage_length])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(journal, path, caplog, damage):
    for _ in range(20):
        journal.record(answer("x" * 500), ADDRESS)
    journal.close()
    damage(path)
    with pytest.raises(JournalError):
        exported(journal)
    identifier = journal.record(answer(), ADDRESS)
    assert journal.flush()
    assert identifier in {event.id for event in journal.events()}
    assert path.with_name("journal.sqlite.broken-2026-11-23").exists()
    assert "set aside as journal.sqlite.broken-2026-11-23" in caplog.text


def test_a_second_damaged_file_of_a_day_does_not_replace_the_first(journal, path):
    for _ in range(2):
        journal.record(answer(), ADDRESS)
        journal.close()
        damage_header(path)
    journal.record(answer(), ADDRESS)
    assert journal.flush()
    assert len(list(path.parent.glob("*.broken-2026-11-23*"))) == 2


def test_damaged_files_go_when_they_are_past_retention(journal, path, clock):
    old = path.with_name("journal.sqlite.broken-2026-10-01")
    old.parent.mkdir()
    old.write_text("rubbish")
    journal.record(answer(), ADDRESS)
    assert journal.flush()
    assert not old.exists()


@pytest.mark.parametrize("harm", [Path.unlink, damage_length, lambda path: path.write_bytes(b"")])
def test_a_file_that_is_removed_or_cut_while_open_is_noticed(journal, path, harm):
    for _ in range(20):
        journal.record(answer("x" * 500), ADDRESS)
    journal.flush()
    harm(path)
    identifier = journal.record(answer(), ADDRESS)
    assert journal.flush()
    journal.close()
    assert identifier in {event.id for event in journal.events()}
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def fill_up(journal):
    """Record long answers until for twelve of them in a row nothing more could be written; return how many it took."""
    asked = failures = 0
    while failures < 12:
        journal.record(answer("x" * 1500), ADDRESS)
        asked += 1
        failures = 0 if journal.flush() else failures + 1
        assert asked < 500
    return asked


def test_on_a_full_disk_answers_go_on_and_what_is_missing_is_told(small_disk, clock):
    journal = Journal(small_disk / "journal.sqlite", clock=clock, limit=5)
    asked = fill_up(journal)
    kept = len(journal.events())
    assert 0 < kept < asked
    lost = asked - kept - 5
    assert (
        journal.problem == f"the journal can't be written (database or disk is full): 5 notes wait, {lost} lost so far"
    )
    journal.close()


def test_when_the_disk_has_room_again_what_waited_is_kept(path, clock, caplog):
    journal = Journal(path, clock=clock, limit=5)
    with file_size_limit(200_000):
        asked = fill_up(journal)
        assert "(disk I/O error): 5 notes wait" in journal.problem
    assert journal.flush()
    lost = asked - len(journal.events())
    assert lost >= 7
    assert journal.problem == f"the journal couldn't always be written: {lost} lost so far"
    assert said(caplog)[-1] == f"the journal is written again; {lost} notes are lost so far"
    journal.close()


def test_in_a_read_only_folder_answers_go_on(unwritable, clock):
    journal = Journal(unwritable.path / "journal.sqlite", clock=clock)
    journal.record(answer(), ADDRESS)
    assert not journal.flush()
    assert "unable to open database file" in journal.problem
    unwritable.release()
    assert journal.flush()
    assert journal.problem == ""
    assert len(journal.events()) == 1
    journal.close()


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path, clock, caplog):
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "journal.sqlite", clock=clock, limit=3)
    for _ in range(5):
        journal.record(answer(), ADDRESS)
        assert not journal.flush()
    assert journal.problem == "the journal can't be written (file exists): 3 notes wait, 2 lost so far"
    assert len(said(caplog)) == 1
    assert ADDRESS not in caplog.text
    (tmp_path / "file").unlink()
    assert journal.flush()
    assert journal.problem == "the journal couldn't always be written: 2 lost so far"
    assert len(journal.events()) == 3
    assert all(event.visitor for event in journal.events())
    journal.close()


# Versions and processes


def older(path):
    path.parent.mkdir(parents=True)
    base = sqlite3.connect(path)
    for statement in STEPS[0]:
        base.execute(statement)
    base.execute(
        "INSERT INTO records VALUES ('a1', '2026-11-20T10:00:00.000000Z', 'en', 'answered', 'extractive', 'q', 'q', "
        "'[\"tiktok\"]', '[]', '', '{\"total\": 5.0}', 'null', 'ab', 'up', 'good')"
    )
    base.execute("PRAGMA user_version = 1")
    base.commit()
    base.close()


def test_an_older_file_is_brought_up_to_date(journal, path):
    older(path)
    journal.record(answer(), ADDRESS)
    assert journal.flush()
    first, _ = journal.events()
    assert (first.id, first.cites, first.thumb, first.comment) == ("a1", ("tiktok",), "up", "good")
    assert rows(path, "PRAGMA user_version") == [(SCHEMA,)]


def test_a_newer_file_is_refused_and_left_alone(journal, path):
    older(path)
    rows(path, f"PRAGMA user_version = {SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=f"has schema {SCHEMA + 1}, this askme knows {SCHEMA}: update askme"):
        journal.events()
    journal.record(answer(), ADDRESS)
    assert not journal.flush()
    assert "update askme" in journal.problem
    journal.close()
    assert path.read_bytes() == before


@pytest.mark.process
def test_two_processes_write_to_one_file(path):
    with subprocess.Popen(
        [*PROGRAM, "write", str(path), "200"],
        env=clean_environment() | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.DEVNULL,
    ) as other:
        told = run("write", path, 200)
    assert other.returncode == 0
    assert told["problem"] == ""
    assert len(Journal(path).events()) == 400
    assert len({event.visitor for event in Journal(path).events()}) == 1


def test_many_threads_note_at_once(journal):
    threads = [
        threading.Thread(target=lambda: [journal.record(answer(), ADDRESS) for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.flush()
    assert len({event.id for event in journal.events()}) == 400


@pytest.mark.process
def test_what_is_noted_is_kept_when_the_process_ends(path):
    program = (
        "import sys; from pathlib import Path; from askme.journal.journal import Journal; "
        "from journalling import answer; "
        "Journal(Path(sys.argv[1])).record(answer(), 'x')"
    )
    places = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests' / 'support'}"}
    subprocess.run([sys.executable, "-c", program, str(path)], env=clean_environment() | places, timeout=60, check=True)
    assert len(Journal(path).events()) == 1


def test_the_records_of_another_journal_are_taken_in(journal, path, clock, tmp_path):
    other = Journal(tmp_path / "other.sqlite", clock=clock)
    elsewhere = other.record(answer("asked elsewhere"), ADDRESS)
    mine = journal.record(answer("asked here"), ADDRESS)
    taken = other.events()
    other.close()
    journal.take_in(taken, "elsewhere")
    journal.take_in(taken, "elsewhere again")
    assert {event.id for event in journal.events()} == {mine, elsewhere}
    assert [event.id for event in journal.own()[1]] == [mine]
    journal.rate(elsewhere, "down")
    assert {event.id for event in journal.own()[1]} == {mine, elsewhere}


def test_what_is_past_retention_is_not_taken_in(journal, clock):
    journal.record(answer(), ADDRESS)
    old = journal.events()
    journal.purge("all")
    clock.advance(days=31)
    journal.take_in(old, "elsewhere")
    assert journal.events() == ()
