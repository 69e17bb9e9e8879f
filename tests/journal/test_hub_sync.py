"""The journal kept in a private dataset, against a server on loopback that speaks the hub's HTTP API."""

from __future__ import annotations

import logging
import subprocess
import sys
import time

import pytest
from hub_server import Dataset, HubServer
from journalling import ADDRESS, NOON, Clock, answer
from surroundings import clean_environment

from askme.journal.hub_sync import export_days, keep_in_dataset
from askme.journal.journal import Journal
from askme.journal.records import read_lines
from askme.settings import ROOT

TOKEN = "hf_thatNobodyMayEverSee"
NAME = "me/journal"


@pytest.fixture
def hub():
    with HubServer() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def start(hub, clock, tmp_path):
    """Begin with an empty disk, as a Space does, and keep the journal in the dataset."""
    begun = []

    def starting(folder="first", minutes=60.0, before=lambda journal: None):
        journal = Journal(tmp_path / folder / "journal.sqlite", keep_days=30, clock=clock)
        before(journal)
        keeping = keep_in_dataset(journal, NAME, TOKEN, minutes, hub.url)
        begun.append((journal, keeping))
        return journal, keeping

    yield starting
    for journal, keeping in begun:
        keeping.stop()
        journal.close()


def asked(question):
    return lambda journal: journal.record(answer(question), ADDRESS)


def questions(hub):
    lines = [line for text in hub.files(NAME).values() for line in text.splitlines()]
    return sorted(record.question for record in read_lines(lines))


def has(hub, *expected):
    return lambda: NAME in hub.datasets and questions(hub) == sorted(expected)


def until(met, seconds=30):
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.01)
    assert met()


def test_a_private_dataset_is_made_and_gets_the_days_as_json_lines(hub, start):
    journal, keeping = start(before=asked("what did he do?"))
    hub.wait_for(has(hub, "what did he do?"))
    assert hub.datasets[NAME].private
    assert hub.tokens == {f"Bearer {TOKEN}"}
    (name,) = hub.files(NAME)
    assert name == f"2026-11-23-{journal.own()[0]}.jsonl"
    assert not any(word in str(hub.files(NAME)) for word in (ADDRESS, TOKEN, "SQLite"))
    assert keeping.problem == ""


def test_what_comes_later_follows_at_its_time_and_the_rest_at_the_end(hub, start):
    journal, keeping = start(minutes=0.003, before=asked("first"))
    hub.wait_for(has(hub, "first"))
    journal.record(answer("second"), ADDRESS)
    hub.wait_for(has(hub, "first", "second"))
    keeping.stop()
    commits = hub.datasets[NAME].commits
    assert commits == 2
    journal.record(answer("third"), ADDRESS)
    time.sleep(0.4)
    assert hub.datasets[NAME].commits == commits


def test_the_last_notes_are_committed_when_it_stops(hub, start):
    journal, keeping = start(before=asked("first"))
    hub.wait_for(has(hub, "first"))
    journal.record(answer("last"), ADDRESS)
    keeping.stop()
    assert questions(hub) == ["first", "last"]


def test_a_start_with_an_empty_disk_takes_back_what_was_kept(hub, start, clock):
    first, keeping = start(before=asked("first"))
    hub.wait_for(has(hub, "first"))
    keeping.stop()
    clock.advance(hours=1)
    second, _ = start("second", before=asked("second"))
    until(lambda: [event.question for event in second.events()] == ["first", "second"])
    hub.wait_for(has(hub, "first", "second"))
    assert len(hub.files(NAME)) == 2
    assert second.events()[0] == first.events()[0]


def test_days_past_retention_are_deleted_with_their_history(hub, start, clock):
    old = f"{(NOON.date().replace(month=10)).isoformat()}-0a1b2c3d.jsonl"
    hub.datasets[NAME] = Dataset(files={old: b"{}\n", "README.md": b"mine", "2026-10-01-notes.jsonl": b"mine"})
    journal, _ = start(before=asked("today"))
    until(lambda: hub.datasets[NAME].squashes == 1)
    assert sorted(hub.files(NAME)) == ["2026-10-01-notes.jsonl", f"2026-11-23-{journal.own()[0]}.jsonl", "README.md"]
    assert len(journal.events()) == 1


def test_a_file_that_is_no_journal_is_left_out_and_left_there(hub, start, caplog):
    hub.datasets[NAME] = Dataset(files={"2026-11-22-0a1b2c3d.jsonl": b"rubbish\n"})
    _, keeping = start(before=asked("today"))
    until(lambda: len(hub.files(NAME)) == 2)
    assert "2026-11-22-0a1b2c3d.jsonl of the dataset me/journal is left out: line 1" in caplog.text
    assert keeping.problem == ""


def test_nothing_goes_to_a_public_dataset(hub, start):
    hub.datasets[NAME] = Dataset(private=False)
    _, keeping = start(before=asked("secret"))
    until(lambda: keeping.problem)
    assert keeping.problem.endswith("it is public; make it private in its settings on the hub")
    assert hub.datasets[NAME].commits == 0


def test_a_dataset_made_public_later_gets_nothing_more(hub, start):
    journal, keeping = start(before=asked("first"))
    hub.wait_for(has(hub, "first"))
    hub.datasets[NAME].private = False
    journal.record(answer("second"), ADDRESS)
    keeping.stop()
    assert "public" in keeping.problem
    assert questions(hub) == ["first"]


@pytest.mark.parametrize(("status", "hint"), [(401, "the token is refused"), (403, "the token may not write there")])
def test_a_failure_is_told_once_without_the_token_and_start_up_goes_on(hub, start, caplog, status, hint):
    hub.refuse = status
    journal, keeping = start(minutes=0.002, before=asked("first"))
    until(lambda: hub.asked.count("POST /api/repos/create") >= 3)
    assert hint in keeping.problem
    told = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert [line.name for line in told] == ["askme.journal.hub_sync"]
    assert TOKEN not in caplog.text + keeping.problem
    assert journal.flush()
    hub.refuse = 0
    hub.wait_for(has(hub, "first"))
    until(lambda: not keeping.problem)


def test_a_hub_that_fails_for_a_while_gets_everything_afterwards(hub, start, caplog):
    journal, keeping = start(minutes=0.003, before=asked("first"))
    hub.wait_for(has(hub, "first"))
    hub.refuse = 403  # what else it may say, the library repeats for half a minute
    journal.record(answer("second"), ADDRESS)
    until(lambda: keeping.problem)
    hub.refuse = 0
    hub.wait_for(has(hub, "first", "second"))
    until(lambda: not keeping.problem)
    assert TOKEN not in caplog.text


def test_a_hub_that_is_away_neither_stops_the_journal_nor_the_end(start, hub):
    hub.shutdown()
    hub.server_close()
    journal, keeping = start(minutes=60, before=asked("first"))
    until(lambda: keeping.problem)
    began = time.perf_counter()
    keeping.stop()
    assert time.perf_counter() - began < 10, "it waits for the hub"
    assert journal.flush()


def test_unchanged_files_are_not_written_again(start, tmp_path, clock):
    journal = Journal(tmp_path / "journal.sqlite", clock=clock)
    identifier = journal.record(answer("first"), ADDRESS)
    clock.advance(days=1)
    journal.record(answer("second"), ADDRESS)
    export_days(journal, tmp_path / "days")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "days").iterdir()}
    assert len(before) == 2
    journal.rate(identifier, "up")
    export_days(journal, tmp_path / "days")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "days").iterdir()}
    assert [before[path] != after[path] for path in sorted(before)] == [True, False]
    journal.purge("all")
    export_days(journal, tmp_path / "days")
    assert not list((tmp_path / "days").iterdir())
    journal.close()


@pytest.mark.process
def test_a_process_that_ends_commits_its_last_notes_and_needs_the_library_only_then(hub, tmp_path):
    program = f"""
import sys, time
from pathlib import Path
from askme.journal.hub_sync import keep_in_dataset
from askme.journal.journal import Journal
from journalling import answer
assert "huggingface_hub" not in sys.modules
journal = Journal(Path({str(tmp_path)!r}) / "journal.sqlite")
keeping = keep_in_dataset(journal, {NAME!r}, {TOKEN!r}, 60, {hub.url!r})
while keeping._scheduler is None:
    time.sleep(0.01)
journal.record(answer("at the very end"), "x")
"""
    places = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests' / 'support'}"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment() | places,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert questions(hub) == ["at the very end"]
