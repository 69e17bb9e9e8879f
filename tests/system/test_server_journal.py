"""The journal of the app as a process: programs that ask, a kill, a folder that can't be written to, the hub."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client
from hub_server import HubServer
from journalling import answer
from kept_records import SECONDS, everything, kept, named, the
from mcp_client import talk
from serving import app, awaited_page, free_port, running_app

from askme.journal.records import Record, read_lines
from askme.settings import load_settings
from askme.web.recorder import journal_of

pytestmark = pytest.mark.server

TOKEN, DATASET = "hf_not_to_be_seen", "me/journal"


def over_mcp(address: str, question: str) -> None:
    asked = {"question": question, "earlier_turns": ["他在哪工作？"]}
    assert not talk(f"{address}/mcp", lambda client: client.call_tool("ask_resume", asked)).isError


def ask(address: str, question: str, *earlier: str) -> None:
    Client(address, verbose=False).predict(question, list(earlier), api_name="/ask")


def test_what_programs_ask_is_kept_the_last_question_only(tmp_path: Path) -> None:
    with running_app(tmp_path) as address:
        ask(address, "and the impact?", "what did he do at TikTok?")
        over_mcp(address, "做了多久？")
        first, second = the("and the impact?", tmp_path), the("做了多久？", tmp_path)
        assert first.standalone_question != first.question
        assert all(cite.startswith("tiktok") for cite in first.cites)
        assert len({first.visitor, second.visitor}) == 2
        assert len(first.visitor) == len(second.visitor) == 16
        ask(address, "the last one")  # it may still wait when the server is told to end
    assert [record.question for record in kept(tmp_path)] == ["and the impact?", "做了多久？", "the last one"]
    assert b"127.0.0.1" not in everything(tmp_path / "journal")
    assert {path.name for path in (tmp_path / "journal").iterdir()} == {"journal.sqlite"}


def test_what_was_committed_survives_the_kill_of_a_server(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "app.log"
    places = {"GRADIO_SERVER_PORT": str(port), "ASKME_DATA_DIR": str(tmp_path)}
    process = app(log, **places)
    try:
        awaited_page(f"http://127.0.0.1:{port}", process, log)
        for question in ("what did he do at TikTok?", "他在 Shopee 做了多久？"):
            ask(f"http://127.0.0.1:{port}", question)
        before = kept(tmp_path, lambda records: len(records) == 2)
        assert len(before) == 2
    finally:
        process.kill()
        process.wait()
    assert kept(tmp_path) == before
    again = journal_of(load_settings(data_dir=tmp_path))
    again.record(answer("and now?"), "somebody")
    assert again.flush()
    again.close()
    assert kept(tmp_path, named("and now?"))[:2] == before


def test_a_folder_that_cannot_be_written_to_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way")
    with running_app(tmp_path) as address:
        ask(address, "a question of mine")
        ask(address, "and another")
        log = (tmp_path / "app.log").read_text()
    assert log.count("the journal can't be written") == 1
    assert "Traceback" not in log
    assert "of mine" not in log


def in_dataset(hub: HubServer) -> list[Record]:
    files = hub.files(DATASET) if DATASET in hub.datasets else {}
    return [record for text in files.values() for record in read_lines(text.splitlines())]


def test_a_space_finds_its_journal_again_after_its_disk_is_gone(tmp_path: Path) -> None:
    with HubServer() as hub:
        settings = {
            "HF_TOKEN": TOKEN,
            "HF_ENDPOINT": hub.url,
            "ASKME_JOURNAL_DATASET": DATASET,
            "ASKME_JOURNAL_MINUTES": "0.02",
        }
        for number, question in enumerate(("before the restart", "after the restart")):
            (tmp_path / str(number)).mkdir()
            with running_app(tmp_path / str(number), **settings) as address:
                ask(address, question)
                with urllib.request.urlopen(address, timeout=SECONDS) as page:
                    assert "private dataset at Hugging Face" in page.read().decode()
                deadline = time.monotonic() + SECONDS
                while not named(question)(in_dataset(hub)) and time.monotonic() < deadline:
                    time.sleep(0.1)
            assert TOKEN not in (tmp_path / str(number) / "app.log").read_text()
        assert {record.question for record in in_dataset(hub)} == {"before the restart", "after the restart"}
    questions = [record.question for record in kept(tmp_path / "1")]
    assert questions == ["before the restart", "after the restart"]


@pytest.mark.parametrize("missing", ["HF_TOKEN", "the hub"])
def test_without_a_token_or_a_hub_the_page_starts_and_the_log_says_so_once(tmp_path: Path, missing: str) -> None:
    settings = {"ASKME_JOURNAL_DATASET": DATASET, "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    settings |= {} if missing == "HF_TOKEN" else {"HF_TOKEN": TOKEN}
    with running_app(tmp_path, **settings) as address:
        ask(address, "is anybody there?")
        the("is anybody there?", tmp_path)
        said = "HF_TOKEN isn't" if missing == "HF_TOKEN" else "can't be kept in the dataset"
        log, deadline = tmp_path / "app.log", time.monotonic() + SECONDS
        while said not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert log.read_text().count(said) == 1
    assert TOKEN not in log.read_text()
