"""The owner's commands: journal export, journal purge, insights."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hub_server import Dataset, HubServer
from journalling import answer

from askme.errors import RequestError
from askme.journal.records import read_lines
from askme.journal.time_range import moment
from askme.settings import load_settings
from askme.web.recorder import journal_of

NOW = datetime.now(timezone.utc)


@pytest.fixture
def folder(tmp_path):
    """A data folder with a journal of three questions: ten days old, two days old, now."""
    made = journal_of(load_settings(data_dir=tmp_path / "data"))
    for days, question, status in (
        (10, "what salary?", "not_in_resume"),
        (2, "在 TikTok 做了什么", "answered"),
        (0, "now?", "answered"),
    ):
        made.clock = lambda days=days: NOW - timedelta(days=days)
        made.record(
            answer(question, status=status, cites=() if status == "not_in_resume" else ("tiktok.lite.3",)), "me"
        )
    made.close()
    return tmp_path / "data"


@pytest.fixture
def run(askme, folder):
    return lambda *arguments, **variables: askme(*arguments, **{"ASKME_DATA_DIR": str(folder)} | variables)


def questions(text):
    return [record.question for record in read_lines(text.splitlines())]


def test_the_journal_is_exported_as_json_lines(run, tmp_path):
    assert questions(run("journal", "export").out) == ["what salary?", "在 TikTok 做了什么", "now?"]
    assert questions(run("journal", "export", "-", "--since", "3d").out) == ["在 TikTok 做了什么", "now?"]
    ran = run("journal", "export", str(tmp_path / "all.jsonl"), "--since", (NOW - timedelta(days=5)).date().isoformat())
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"questions written to {tmp_path / 'all.jsonl'}: 2\n"
    assert questions((tmp_path / "all.jsonl").read_text(encoding="utf-8")) == ["在 TikTok 做了什么", "now?"]


def test_what_was_asked_before_a_day_is_wiped_and_then_all(run, folder):
    assert run("journal", "purge", "--before", "5d").out.endswith("journal.sqlite: 1\n")
    assert questions(run("journal", "export").out) == ["在 TikTok 做了什么", "now?"]
    assert run("journal", "purge", "--all").out.endswith("journal.sqlite: 2\n")
    assert run("journal", "export").out == ""
    held = b"".join(path.read_bytes() for path in (folder / "journal").iterdir())
    assert b"salary" not in held


def test_a_purge_reaches_the_dataset(run):
    with HubServer() as hub:
        old, new = (f"{(NOW - timedelta(days=days)).date()}-0123abcd.jsonl" for days in (10, 1))
        hub.datasets["me/journal"] = Dataset(files={old: b"old", new: b"new", "README.md": b"mine"})
        settings = {"HF_ENDPOINT": hub.url, "ASKME_JOURNAL_DATASET": "me/journal"}
        assert "with HF_TOKEN set" in run("journal", "purge", "--before", "5d", **settings).err
        assert set(hub.files("me/journal")) == {old, new, "README.md"}
        assert "dataset me/journal: 1\n" in run("journal", "purge", "--before", "5d", HF_TOKEN="hf_x", **settings).out
        assert set(hub.files("me/journal")) == {new, "README.md"}
        assert "dataset me/journal: 1\n" in run("journal", "purge", "--all", HF_TOKEN="hf_x", **settings).out
        assert set(hub.files("me/journal")) == {"README.md"}
        assert hub.datasets["me/journal"].squashes == 2
        hub.refuse = 401
        ran = run("journal", "purge", "--all", HF_TOKEN="hf_secret", **settings)
    assert ran.code == 1
    assert "me/journal still has its copies" in ran.err
    assert "hf_secret" not in ran.err


def test_insights_are_told_with_a_patch_at_the_end(run, tmp_path):
    ran = run("insights", "--html", str(tmp_path / "page.html"))
    assert ran.code == 0, ran.err
    assert "3 questions by 3 visitors" in ran.out
    assert "tiktok.lite.3" in ran.out
    assert "what salary?" in ran.out
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "2 questions by" in run("insights", "--since", "7d").out


def test_insights_of_exported_files_count_a_question_once(run, tmp_path):
    place = tmp_path / "exported"
    place.mkdir()
    for name, since in (("all", "90d"), ("late", "3d")):
        run("journal", "export", str(place / f"{name}.jsonl"), "--since", since)
    elsewhere = str(tmp_path / "elsewhere")
    told = run("insights", "--from", str(place), ASKME_DATA_DIR=elsewhere).out
    assert "3 questions by" in told
    files = [part for file in sorted(place.iterdir()) for part in ("--from", str(file))]
    assert run("insights", *files, ASKME_DATA_DIR=elsewhere).out == told
    assert "2 questions by" in run("insights", *files, "--since", "3d", ASKME_DATA_DIR=elsewhere).out


@pytest.mark.parametrize("command", [["journal", "export"], ["journal", "purge", "--all"], ["insights"]], ids=" ".join)
def test_without_a_journal_they_say_so_and_make_none(askme, tmp_path, command):
    ran = askme(*command, ASKME_DATA_DIR=str(tmp_path / "none"))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("there is no journal yet")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["journal", "export", "--since", "yesterday"], "“yesterday” is no date"),
        (["journal", "export", "/no/such/folder/x.jsonl"], "/no/such/folder/x.jsonl can't be written"),
        (["journal", "purge"], "--before"),
        (["journal", "purge", "--all", "--before", "7d"], "--before"),
        (["journal", "purge", "--before", "2026-13-01"], "2026-13-01"),
        (["insights", "--since", "0001-01-01T00:00+14:00"], "is no date"),
        (["insights", "--from", "/no/such/file"], "/no/such/file can't be read"),
        (["insights", "--from", "/dev"], "no .jsonl file"),
        (["insights", "--from", __file__], "line 1"),
        (["insights", "--html", "/no/such/folder/x.html"], "/no/such/folder/x.html can't be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_ends_in_one_line_that_names_it(run, arguments, named):
    ran = run(*arguments)
    assert ran.is_one_line_error, ran
    assert ran.code == 2
    assert named in ran.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASKME_ADMIN_TOKEN", "too short"),
        ("ASKME_JOURNAL_DAYS", "-1"),
        ("ASKME_JOURNAL_DATASET", "no owner"),
        ("ASKME_JOURNAL_MINUTES", "0"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(run, variable, value):
    ran = run("insights", **{variable: value})
    assert ran.is_one_line_error, ran
    assert ran.code == 2
    assert ran.err.startswith(f"{variable}: ")
    assert "too short" not in ran.err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7d", "2026-11-16T12:00:00+00:00"),
        ("2 W", "2026-11-09T12:00:00+00:00"),
        ("1m", "2026-10-24T12:00:00+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("2026-11-01T08:30", "2026-11-01T08:30:00+00:00"),
        ("2026-11-01T08:30:00Z", "2026-11-01T08:30:00+00:00"),
        ("2026-11-01T08:30+08:00", "2026-11-01T00:30:00+00:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text, meant):
    assert moment(text, datetime(2026, 11, 23, 12, tzinfo=timezone.utc)).isoformat() == meant


@pytest.mark.parametrize("text", ["", "soon", "7", "-7d", "d", "2026-02-30", "7y"])
def test_what_names_no_time_is_refused(text):
    with pytest.raises(RequestError):
        moment(text, NOW)


def test_what_is_exported_is_json_that_others_can_read(run):
    first = json.loads(run("journal", "export").out.splitlines()[0])
    assert (first["question"], first["status"], first["thumb"]) == ("what salary?", "not_in_resume", "")
    assert "kept" not in first
