"""The index is derived data: built when missing, kept up to date by the document, rebuilt when anything is off."""

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tiny

from askme.assemble import build_chain
from askme.index import Document, open_index
from askme.settings import load_settings

FRUIT = {
    "apple": "苹果",
    "pear": "梨子",
    "plum": "李子",
    "cherry": "樱桃",
    "lemon": "柠檬",
    "fig": "无花果",
    "grape": "葡萄",
}
DOCUMENTS = [Document(fruit, "bullet", f"A {fruit} from the garden\n果园里的{zh}") for fruit, zh in FRUIT.items()]


def open_(data_dir, documents=DOCUMENTS):
    return open_index(documents, data_dir)


def assert_whole(index, documents=DOCUMENTS):
    """Each document is found by its own name in both languages, and nothing else is there."""
    assert sorted(index.vectors.get()["ids"]) == sorted(document.id for document in documents)
    for document in documents:
        for question in (document.id, FRUIT[document.id]):
            assert index.search(question, 1)[0].id == document.id


def store_of(data_dir):
    return data_dir / (data_dir / "current").read_text(encoding="utf-8").strip()


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def vectors_of(index):
    stored = index.vectors.get(include=["embeddings"])
    return dict(zip(stored["ids"], np.asarray(stored["embeddings"]).tolist(), strict=True))


def own_records(caplog, level):
    return [record for record in caplog.records if record.name.startswith("askme") and record.levelno >= level]


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def test_a_missing_index_is_built(data_dir):
    index = open_(data_dir)
    assert index.written == index.size == len(DOCUMENTS)
    assert_whole(index)


def test_opening_it_again_writes_nothing(data_dir):
    open_(data_dir)
    before = store_of(data_dir), contents(store_of(data_dir))
    again = open_(data_dir)
    assert again.written == 0
    assert_whole(again)
    assert (store_of(data_dir), contents(store_of(data_dir))) == before


def test_a_rebuild_on_demand_writes_everything(data_dir):
    open_(data_dir)
    before = store_of(data_dir)
    assert open_index(DOCUMENTS, data_dir, rebuild=True).written == len(DOCUMENTS)
    assert store_of(data_dir) != before


def test_a_changed_document_alone_is_written(data_dir):
    before = vectors_of(open_(data_dir))
    changed = [Document("apple", "bullet", "An apple, sour and red\n苹果又酸又红"), *DOCUMENTS[1:]]
    index = open_(data_dir, changed)
    assert index.written == 1
    assert_whole(index, changed)
    assert index.search("sour", 1)[0].id == "apple"
    after = vectors_of(index)
    assert [id_ for id_ in before if after[id_] != before[id_]] == ["apple"]
    assert open_(data_dir, changed).written == 0


def test_a_new_document_alone_is_written(data_dir):
    open_(data_dir, DOCUMENTS[:-1])
    index = open_(data_dir)
    assert index.written == 1
    assert_whole(index)


def test_a_removed_document_is_gone(data_dir):
    open_(data_dir)
    index = open_(data_dir, DOCUMENTS[1:])
    assert index.written == 0
    assert_whole(index, DOCUMENTS[1:])
    assert "apple" not in [hit.id for hit in index.search("apple 苹果", 10)]


def test_when_nearly_all_has_changed_it_is_still_right(data_dir):
    open_(data_dir)
    many = [Document(f"nut{n}", "bullet", f"walnut number {n}") for n in range(300)]
    index = open_(data_dir, [*DOCUMENTS, *many])
    assert len(index.vectors.get()["ids"]) == len(DOCUMENTS) + len(many)
    assert index.search("cherry", 1)[0].id == "cherry"
    assert index.search("walnut 217", 1)[0].id == "nut217"


def spoil(path):
    path.write_bytes(b"rubbish" * 99)


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def flip_a_byte(path):
    content = bytearray(path.read_bytes() or b" ")
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


FILES = (
    "chroma.sqlite3",
    "embedding.npz",
    "manifest.json",
    *(f"*/{n}.bin" for n in ("data_level0", "header", "length", "link_lists")),
)


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("damage", [spoil, halve, flip_a_byte, Path.unlink], ids=lambda f: f.__name__)
def test_a_damaged_file_leads_to_a_rebuild(data_dir, caplog, pattern, damage):
    open_(data_dir)
    (file,) = store_of(data_dir).glob(pattern)
    if damage is halve and not file.stat().st_size:
        damage = spoil  # half of an empty file is the same file
    damage(file)
    assert_rebuilt(data_dir, caplog)


def assert_rebuilt(data_dir, caplog):
    with caplog.at_level(logging.INFO, "askme"):
        index = open_(data_dir)
    assert index.written == len(DOCUMENTS)
    assert_whole(index)
    assert len(own_records(caplog, logging.INFO)) == 1
    assert open_(data_dir).written == 0


def remove_store(data_dir):
    for path in sorted(store_of(data_dir).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    store_of(data_dir).rmdir()


def change_manifest(**changes):
    def change(data_dir):
        file = store_of(data_dir) / "manifest.json"
        file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes), encoding="utf-8")

    return change


def point_to(content):
    return lambda data_dir: (data_dir / "current").write_bytes(content) and None


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(remove_store, id="store deleted"),
        pytest.param(lambda d: (d / "current").unlink(), id="pointer deleted"),
        pytest.param(point_to(b"store-of-yesterday"), id="pointer to nowhere"),
        pytest.param(point_to(b""), id="empty pointer"),
        pytest.param(point_to(b"\xff\x00rubbish"), id="rubbish pointer"),
        pytest.param(point_to(b".."), id="pointer to elsewhere"),
        pytest.param(change_manifest(format=0), id="older layout"),
        pytest.param(change_manifest(embedding="0-older"), id="older embedding"),
        pytest.param(change_manifest(chroma="0.1"), id="older Chroma"),
        pytest.param(change_manifest(documents=[]), id="documents of the wrong type"),
        pytest.param(change_manifest(surprise=1), id="unknown field"),
        pytest.param(lambda d: (store_of(d) / "manifest.json").write_text("[]"), id="no object"),
        pytest.param(lambda d: (store_of(d) / "stranger.bin").write_bytes(b"x"), id="a file too many"),
    ],
)
def test_a_store_that_is_not_as_it_was_sealed_is_rebuilt(data_dir, caplog, harm):
    open_(data_dir)
    harm(data_dir)
    assert_rebuilt(data_dir, caplog)


def test_leftovers_of_dead_processes_are_cleared(data_dir):
    for name in ("run-999999999-x", "building-x", "store-x"):
        (data_dir / name).mkdir(parents=True)
    open_(data_dir)
    assert not any((data_dir / name).exists() for name in ("run-999999999-x", "building-x", "store-x"))


def test_where_nothing_can_be_written_it_lives_in_memory(tmp_path, caplog):
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    index = open_(file / "data")
    assert_whole(index)
    (warning,) = own_records(caplog, logging.WARNING)
    assert str(file / "data") in warning.getMessage()
    assert_whole(open_(file / "data", DOCUMENTS[:3]), DOCUMENTS[:3])


def test_a_sealed_store_is_not_touched_by_being_asked(data_dir):
    open_(data_dir)
    before = contents(store_of(data_dir))
    assert_whole(open_(data_dir))
    assert contents(store_of(data_dir)) == before


def test_two_processes_may_start_at_once(askme, tiny_knowledge, data_dir):
    places = {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(data_dir)}
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: askme("ask", "how long at Blue Whale?", **places), range(2)))
    assert [(ran.code, "2 years 11 months" in ran.out) for ran in runs] == [(0, True)] * 2, runs
    assert len(list(data_dir.glob("store-*"))) == 1
    assert ", 0 written" in askme("index", **places).out


def test_a_rebuild_elsewhere_does_not_disturb_who_is_answering(askme, tiny_knowledge, data_dir):
    mine = build_chain(load_settings(knowledge_dir=tiny_knowledge, data_dir=data_dir))
    before, store = mine.ask("who made wedding cakes?"), store_of(data_dir)
    places = {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(data_dir)}
    assert askme("index", "--rebuild", **places).code == 0
    assert store_of(data_dir) != store
    after = mine.ask("who made wedding cakes?")
    assert [c.id for c in after.citations] == [c.id for c in before.citations] == ["hotel.1"]


def test_the_knowledge_folder_is_only_read(askme, tiny_knowledge, data_dir):
    before = contents(tiny_knowledge)
    places = {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(data_dir)}
    for arguments in (["check"], ["index", "--rebuild"], ["ask", "sourdough?"]):
        assert askme(*arguments, **places).code == 0
    assert contents(tiny_knowledge) == before
    assert {path.parent for path in tiny_knowledge.rglob("*")} == {tiny_knowledge, tiny_knowledge / "expansions"}


def test_the_tiny_resume_is_answered_from(tiny_knowledge, data_dir):
    chain = build_chain(load_settings(knowledge_dir=tiny_knowledge, data_dir=data_dir))
    assert set(chain.knowledge.bullets) == set(tiny.IDS)
    for question, cited in {
        "how much did sales go up?": "bakery.sourdough.2",
        "发酵要多久": "bakery.sourdough.1",
    }.items():
        assert [citation.id for citation in chain.ask(question).citations] == [cited]
    assert chain.ask("what salary does he expect?").status == "not_in_resume"
