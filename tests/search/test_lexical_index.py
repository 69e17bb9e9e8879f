"""The index is derived data: built when missing, kept up to date by the document, rebuilt when anything is off."""

import hashlib
import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from fruit import DOCUMENTS, FRUIT

from askme.search.documents import Document
from askme.search.lexical_index import open_index

HNSW = ("data_level0", "header", "length", "link_lists")
FILES = ("chroma.sqlite3", "embedding.npz", "manifest.json", *(f"*/{name}.bin" for name in HNSW))


def assert_whole(index, documents=DOCUMENTS):
    """Each document is found by its own name in both languages, and nothing else is there."""
    assert sorted(index.vectors.get()["ids"]) == sorted(document.id for document in documents)
    for document in documents:
        for question in (document.id, FRUIT[document.id]):
            assert index.search(question, 1)[0].id == document.id


def store_of(data_dir):
    return data_dir / "lexical" / (data_dir / "lexical" / "current").read_text(encoding="utf-8").strip()


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def vectors_of(index):
    stored = index.vectors.get(include=["embeddings"])
    return dict(zip(stored["ids"], np.asarray(stored["embeddings"]).tolist(), strict=True))


def logged(caplog, level):
    return [record for record in caplog.records if record.name.startswith("askme") and record.levelno >= level]


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


# Kept up to date


def test_a_missing_index_is_built(data_dir):
    index = open_index(DOCUMENTS, data_dir)
    assert index.written == index.size == len(DOCUMENTS)
    assert_whole(index)


def test_opening_it_again_writes_nothing(data_dir):
    open_index(DOCUMENTS, data_dir)
    before = store_of(data_dir), contents(store_of(data_dir))
    again = open_index(DOCUMENTS, data_dir)
    assert again.written == 0
    assert_whole(again)
    assert (store_of(data_dir), contents(store_of(data_dir))) == before


def test_a_rebuild_on_demand_writes_everything(data_dir):
    open_index(DOCUMENTS, data_dir)
    before = store_of(data_dir)
    assert open_index(DOCUMENTS, data_dir, rebuild=True).written == len(DOCUMENTS)
    assert store_of(data_dir) != before
    assert not before.exists()


def test_a_changed_document_alone_is_written(data_dir):
    before = vectors_of(open_index(DOCUMENTS, data_dir))
    changed = [Document("apple", "bullet", "An apple, sour and red\n苹果又酸又红"), *DOCUMENTS[1:]]
    index = open_index(changed, data_dir)
    assert index.written == 1
    assert_whole(index, changed)
    assert index.search("sour", 1)[0].id == "apple"
    after = vectors_of(index)
    assert [id_ for id_ in before if after[id_] != before[id_]] == ["apple"]
    assert open_index(changed, data_dir).written == 0


def test_a_new_document_alone_is_written(data_dir):
    open_index(DOCUMENTS[:-1], data_dir)
    index = open_index(DOCUMENTS, data_dir)
    assert index.written == 1
    assert_whole(index)


def test_a_removed_document_is_gone(data_dir):
    open_index(DOCUMENTS, data_dir)
    index = open_index(DOCUMENTS[1:], data_dir)
    assert index.written == 0
    assert_whole(index, DOCUMENTS[1:])
    assert "apple" not in [hit.id for hit in index.search("apple 苹果", 10)]


def test_more_new_documents_than_there_is_room_for_are_found_too(data_dir):
    open_index(DOCUMENTS, data_dir)
    nuts = [Document(f"nut{n}", "bullet", f"walnut{n} shell{n % 7} husk{n % 11}") for n in range(300)]
    index = open_index([*DOCUMENTS, *nuts], data_dir)
    assert len(index.vectors.get()["ids"]) == len(DOCUMENTS) + len(nuts)
    assert index.search("cherry", 1)[0].id == "cherry"
    assert index.search("walnut217", 1)[0].id == "nut217"


def test_a_pointer_to_an_older_store_is_brought_up_to_date(data_dir):
    open_index(DOCUMENTS[:3], data_dir)
    older = shutil.copytree(store_of(data_dir), data_dir.parent / store_of(data_dir).name)
    open_index(DOCUMENTS, data_dir, rebuild=True)
    shutil.move(older, data_dir / "lexical")
    (data_dir / "lexical" / "current").write_text(older.name, encoding="utf-8")
    index = open_index(DOCUMENTS, data_dir)
    assert index.written == len(DOCUMENTS) - 3
    assert_whole(index)


def test_being_asked_does_not_touch_the_sealed_store(data_dir):
    open_index(DOCUMENTS, data_dir)
    before = contents(store_of(data_dir))
    assert_whole(open_index(DOCUMENTS, data_dir))
    assert contents(store_of(data_dir)) == before


# Rebuilt when anything is off


def assert_rebuilt(data_dir, caplog):
    with caplog.at_level(logging.INFO, "askme"):
        index = open_index(DOCUMENTS, data_dir)
    assert index.written == len(DOCUMENTS)
    assert_whole(index)
    assert len(logged(caplog, logging.INFO)) == 1
    assert open_index(DOCUMENTS, data_dir).written == 0


def spoil(path):
    path.write_bytes(b"rubbish" * 99)


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] or b"more than was there")


def flip_a_byte(path):
    content = bytearray(path.read_bytes() or b" ")
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("damage", [spoil, halve, flip_a_byte, Path.unlink], ids=lambda damage: damage.__name__)
def test_a_damaged_file_leads_to_a_rebuild(data_dir, caplog, pattern, damage):
    open_index(DOCUMENTS, data_dir)
    (file,) = store_of(data_dir).glob(pattern)
    damage(file)
    assert_rebuilt(data_dir, caplog)


def point_to(content):
    return lambda data_dir: (data_dir / "lexical" / "current").write_bytes(content)


def manifest(**changes):
    def change(data_dir):
        file = store_of(data_dir) / "manifest.json"
        file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data_dir: shutil.rmtree(store_of(data_dir)), id="store deleted"),
        pytest.param(lambda data_dir: (data_dir / "lexical" / "current").unlink(), id="pointer deleted"),
        pytest.param(point_to(b"store-of-yesterday"), id="pointer to nowhere"),
        pytest.param(point_to(b""), id="pointer empty"),
        pytest.param(point_to(b"\xff\x00"), id="pointer unreadable"),
        pytest.param(point_to(b".."), id="pointer to elsewhere"),
        pytest.param(manifest(format=0), id="older layout"),
        pytest.param(manifest(embedding="0-older"), id="older embedding"),
        pytest.param(manifest(chroma="0.1"), id="older Chroma"),
        pytest.param(manifest(documents=[]), id="manifest with a field of another type"),
        pytest.param(manifest(files=None), id="manifest without hashes"),
        pytest.param(lambda data_dir: (store_of(data_dir) / "manifest.json").write_text("[]"), id="manifest no object"),
        pytest.param(lambda data_dir: (store_of(data_dir) / "stranger").write_bytes(b"x"), id="a file too many"),
    ],
)
def test_a_store_that_is_not_as_it_was_sealed_is_rebuilt(data_dir, caplog, harm):
    open_index(DOCUMENTS, data_dir)
    harm(data_dir)
    assert_rebuilt(data_dir, caplog)


FOREIGN = ("run-experiment1", "store-frontend", "building-plans", "run-x/store-y")


def test_leftovers_of_dead_processes_are_cleared(data_dir):
    open_index(DOCUMENTS, data_dir)
    leftovers = [data_dir / "lexical" / name for name in ("run-x", "building-x", "store-x", "store-of-before")]
    for folder in leftovers:
        shutil.copytree(store_of(data_dir), folder)
    (leftovers[-1] / "made-by-askme").unlink()  # an earlier askme left no mark but a manifest
    (data_dir / "lexical" / "run-killed-at-birth").mkdir()
    leftovers.append(data_dir / "lexical" / "run-killed-at-birth")
    open_index(DOCUMENTS, data_dir)
    assert [folder for folder in leftovers if folder.exists()] == []


@pytest.mark.parametrize("below", ["", "lexical"])
def test_no_start_removes_what_askme_did_not_make(data_dir, tmp_path, below):
    """Not in the data folder, and not in its own folder below it, whatever it is called."""
    for name in FOREIGN:
        (data_dir / below / name).mkdir(parents=True)
        (data_dir / below / name / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "made-by-askme").touch()
    (data_dir / below / "run-link").symlink_to(tmp_path / "elsewhere")
    (data_dir / below / "manifest-run").mkdir()
    (data_dir / below / "store-other").mkdir()
    (data_dir / below / "store-other" / "manifest.json").write_text('{"name": "somebody else\'s"}', encoding="utf-8")
    before = contents(data_dir)
    for rebuild in (False, True, False):
        open_index(DOCUMENTS, data_dir, rebuild)
    assert {path: text for path, text in contents(data_dir).items() if path in before} == before
    assert (tmp_path / "elsewhere" / "made-by-askme").exists()


def test_the_index_of_an_earlier_askme_is_left_where_it_was_with_a_line(data_dir, caplog):
    open_index(DOCUMENTS, data_dir)
    for path in (data_dir / "lexical").iterdir():
        if not path.name.startswith("run-"):
            shutil.move(path, data_dir)
    shutil.rmtree(data_dir / "lexical")
    before = contents(data_dir)
    with caplog.at_level(logging.INFO, "askme"):
        open_index(DOCUMENTS, data_dir)
        open_index(DOCUMENTS, data_dir)
    assert [r.getMessage() for r in caplog.records if "an earlier askme kept its index here" in r.getMessage()] != []
    assert {path: text for path, text in contents(data_dir).items() if path in before} == before


def test_where_nothing_can_be_written_it_lives_in_memory(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    data_dir = tmp_path / "file" / "data"
    assert_whole(open_index(DOCUMENTS, data_dir))
    (warning,) = logged(caplog, logging.WARNING)
    assert str(data_dir) in warning.getMessage()
    assert_whole(open_index(DOCUMENTS[:3], data_dir), DOCUMENTS[:3])


def test_several_questions_are_one_request(tmp_path):
    index = open_index(DOCUMENTS, tmp_path)
    asked = ("apple", "", "lemon and grape")
    assert index.search_all(asked, 3) == [index.search(question, 3) for question in asked]
    assert index.search_all(("",), 3) == [[]]
