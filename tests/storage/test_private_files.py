"""Whoever shares the machine reads nothing of the data folder: neither what is made now nor what was there before."""

import os
import stat

import pytest

from askme.factory import build_chain
from askme.journal.journal import Journal
from askme.llm.spend_store import FileTally, Share
from askme.settings import load_settings
from askme.storage.private_files import private_folder


def open_to_others(folder):
    return sorted(
        str(path.relative_to(folder.parent))
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077 and path.suffix != ".lock"
    )


def used(folder, tiny_knowledge):
    chain = build_chain(load_settings(data_dir=folder, knowledge_dir=tiny_knowledge))
    answer = chain.ask("who made wedding cakes?")
    journal = Journal(folder / "journal" / "journal.sqlite")
    journal.record(answer, "somebody")
    assert journal.flush()
    FileTally.at(folder / "budget.sqlite3").merge([Share("2026-11", "one", 5)])
    return chain, journal


@pytest.fixture(autouse=True)
def _generous_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("before", ["nothing", "open to all"])
def test_everything_in_the_data_folder_is_its_owners_alone(tmp_path, tiny_knowledge, before):
    folder = tmp_path / "data"
    if before == "open to all":
        chain, journal = used(folder, tiny_knowledge)
        journal.close()
        chain.close()
        folder.chmod(0o755)
        (folder / "journal").chmod(0o755)
        for path in (*folder.glob("*.sqlite3*"), *folder.glob("journal/*")):
            path.chmod(0o644)
        (folder / "journal" / "journal.sqlite.broken-2026-01-01").write_text("old")
    chain, journal = used(folder, tiny_knowledge)
    private = [path for path in open_to_others(folder) if "/lexical/" not in path]
    assert private == []
    assert (folder / "journal" / "journal.sqlite-wal").exists()
    journal.close()
    chain.close()


@pytest.mark.parametrize("mode", [0o1777, 0o1755])
def test_a_folder_that_everybody_writes_to_stays_so(tmp_path, mode):
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(mode)
    private_folder(shared)
    private_folder(shared / "a" / "b")
    assert stat.S_IMODE(shared.stat().st_mode) == mode
    assert open_to_others(shared / "a") == []
