"""The data folder under attack: damaged or deleted while open, full, read-only. Answers go on."""

import os
import shutil
import subprocess
import urllib.request

import pytest
from serving import running_app
from stores import fill, said

from askme.factory import build_chain
from askme.search.documents import Document
from askme.search.lexical_index import open_index
from askme.settings import load_settings

QUESTION, SAID = "how long was he at Blue Whale?", "2 years 11 months"


def truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def spoil(file):
    with file.open("r+b") as opened:
        opened.write(os.urandom(max(file.stat().st_size, 100)))


def unlink(file):
    file.unlink()


@pytest.fixture
def mine(tiny_knowledge, tmp_path):
    """Makes chains over the tiny résumé that share a data folder; kept answers would hide what becomes of the index."""

    def make(data_dir=tmp_path / "data"):
        return build_chain(load_settings(knowledge_dir=tiny_knowledge, data_dir=data_dir), cached=False)

    return make


def folders(data_dir, kind):
    return [path for path in data_dir.glob(f"lexical/{kind}-*") if path.is_dir()]


def asked(chain):
    return SAID in chain.ask(QUESTION).text and "14 hours" in chain.ask("how long does fermentation take?").text


# While the index is open


@pytest.mark.parametrize("kind", ["store", "run"])
@pytest.mark.parametrize("harm", [truncate, spoil, unlink], ids=lambda harm: harm.__name__)
def test_files_damaged_while_it_runs_disturb_no_answer(mine, tmp_path, kind, harm):
    chain = mine()
    for asked_before in (False, True):
        if asked_before:
            assert asked(chain)
        for folder in folders(tmp_path / "data", kind):
            for file in [path for path in folder.rglob("*") if path.is_file()]:
                harm(file)
        assert asked(chain)
    assert asked(mine())


@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin", "embedding.npz", "manifest.json"])
def test_one_file_damaged_while_it_runs_is_rebuilt_by_the_next_start(mine, tmp_path, name):
    chain = mine()
    chain.warm()
    for file in (tmp_path / "data").rglob(name):
        spoil(file)
    assert asked(chain)
    assert asked(mine())


def test_the_folder_deleted_while_it_runs_disturbs_no_answer(mine, tmp_path):
    chain = mine()
    chain.warm()
    shutil.rmtree(tmp_path / "data")
    assert asked(chain)
    assert asked(mine())
    assert len(folders(tmp_path / "data", "store")) == 1


def test_what_broke_while_open_is_told_in_the_log(mine, tmp_path, caplog):
    chain = mine()
    assert asked(chain)
    for file in (tmp_path / "data").rglob("run-*/chroma.sqlite3"):
        spoil(file)
    assert asked(chain)
    assert asked(chain)
    (line,) = said(caplog)
    assert line == "the index can't be asked (InternalError): it is opened anew"


# Nowhere to write


def test_on_a_full_disk_the_index_lives_in_memory(mine, small_disk, caplog):
    fill(small_disk)
    assert asked(mine(small_disk))
    (line,) = said(caplog)
    assert line.startswith(f"{small_disk}/lexical can't be written to: the index is kept in memory")


def test_a_disk_that_gets_full_during_the_build_leaves_nothing_behind(mine, small_disk, caplog):
    assert asked(mine(small_disk))  # an index takes more than the 256 kB there are
    assert said(caplog)[-1].startswith(f"{small_disk}/lexical can't be used (")
    assert [folders(small_disk, kind) for kind in ("building", "store", "run")] == [[], [], []]


def test_in_a_read_only_folder_the_index_lives_in_memory(unwritable, caplog):
    index = open_index([Document("hotel", "bullet", "Made wedding cakes at the Blue Whale")], unwritable.path)
    assert [hit.id for hit in index.search("wedding", 3)] == ["hotel"]
    (line,) = said(caplog)
    assert line.startswith(f"{unwritable.path}/lexical can't be written to: the index is kept in memory")


# The server


def ask_over_http(address):
    from gradio_client import Client  # noqa: PLC0415 (1 s)

    return Client(address, verbose=False).predict("what did he do at TikTok?", api_name="/ask")["status"]


def page(address):
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.status


@pytest.mark.server
def test_the_server_goes_on_while_its_data_folder_is_wrecked_and_starts_again_after_it(tmp_path):
    with running_app(tmp_path, ASKME_CACHE_ANSWERS="0") as address:
        assert ask_over_http(address) == "answered"
        for file in [*tmp_path.rglob("store-*/**/*"), *tmp_path.rglob("run-*/**/*")]:
            if file.is_file():
                spoil(file)
        assert ask_over_http(address) == "answered"
        for folder in [*folders(tmp_path, "store"), *folders(tmp_path, "run")]:
            shutil.rmtree(folder)
        (tmp_path / "lexical" / "current").write_bytes(b"\xff")
        assert ask_over_http(address) == "answered"
        assert page(address) == 200
        assert "Traceback" not in (tmp_path / "app.log").read_text()
    with running_app(tmp_path) as address:
        assert ask_over_http(address) == "answered"


@pytest.mark.server
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_the_server_starts_and_answers_where_nothing_can_be_written(tmp_path, small_disk, how):
    fill(small_disk) if how == "full" else subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with running_app(tmp_path, ASKME_DATA_DIR=str(small_disk)) as address:
        assert ask_over_http(address) == "answered"
        assert page(address) == 200
        told = (tmp_path / "app.log").read_text()
    assert told.count("can't be written to") == 1
    assert "Traceback" not in told
