"""Collections of any texts by any embedder: refreshed text by text, proven when opened, apart from each other."""

import logging
import os
import shutil
from dataclasses import dataclass

import pytest

from askme.errors import ModelError
from askme.search.chroma import remove, write, written_to
from askme.search.collection import EMBEDDED_AT_ONCE, Embedder, LocalCollection, embedded
from askme.search.dense_index import DenseIndex
from askme.search.snapshot import building, current, publish, verify
from askme.storage.addresses import ServerAddress


@dataclass(frozen=True)
class Note:
    """A text of which the vector is known by hand: one dimension a letter, how often it occurs."""

    id: str
    text: str

    @property
    def hash(self):
        return self.text

    @property
    def notes(self):
        return {"length": str(len(self.text))}


class Letters:
    """Counts letters, and remembers what it was asked for; it fails once it has made `most` vectors."""

    def __init__(self, letters="abc", most=10**9):
        self.asked, self.letters, self.most = [], letters, most
        self.embedder = Embedder(f"letters {letters}", self.embed)

    def embed(self, texts):
        if len(self.asked) + len(texts) > self.most:
            raise ModelError("server", "no more")
        self.asked += texts
        return [[0.1 + text.count(letter) for letter in self.letters] for text in texts]


TEXTS = [Note("1", "aaa"), Note("2", "bbb"), Note("3", "ccc")]


def nearest(opened, vector, k=1):
    return [id_ for id_, _ in opened.nearest([vector], k)[0]]


def test_only_what_is_new_or_changed_is_embedded(tmp_path):
    LocalCollection("one", "texts", TEXTS, Letters().embedder, tmp_path).open()
    later = Letters()
    changed = [TEXTS[0], Note("2", "cab"), Note("4", "aab")]
    opened = LocalCollection("one", "texts", changed, later.embedder, tmp_path).open()
    assert sorted(later.asked) == ["aab", "cab"]
    assert (opened.size, opened.written, opened.dimension) == (3, 2, 3)
    assert nearest(opened, [2, 1, 0]) == ["4"]
    again = Letters()
    assert LocalCollection("one", "texts", changed, again.embedder, tmp_path).open().written == 0
    assert again.asked == []


def test_what_cant_be_embedded_leaves_what_there_was(tmp_path, caplog):
    LocalCollection("one", "texts", TEXTS, Letters().embedder, tmp_path).open()
    many = [Note(str(n), "b" * (n + 3)) for n in range(2 * EMBEDDED_AT_ONCE)]
    broken = Letters(most=EMBEDDED_AT_ONCE)
    opened = LocalCollection("one", "texts", many, broken.embedder, tmp_path).open()
    assert len(broken.asked) == EMBEDDED_AT_ONCE
    assert nearest(opened, [1, 0, 0], 3)[0] == "1"
    assert [record.getMessage() for record in caplog.records] == [
        "the texts goes on with what there was before: no more"
    ]
    assert not [*tmp_path.glob("building-*")]


@pytest.mark.parametrize("swap", [False, True])
def test_a_sealed_collection_that_holds_something_else_is_built_anew(tmp_path, caplog, swap):
    texts = Letters()
    LocalCollection("one", "texts", TEXTS, texts.embedder, tmp_path).open()
    store = current(tmp_path)
    with building(tmp_path, start_from=store) as folder:
        with written_to(folder, "one") as vectors:
            remove(vectors, ["1"])
            if swap:
                write(vectors, embedded(texts.embedder, [Note("other", "aaa")], 0), ["aaa"])
        publish(folder, tmp_path, verify(store))
    texts.asked.clear()
    with caplog.at_level(logging.INFO, "askme"):
        opened = LocalCollection("one", "texts", TEXTS, texts.embedder, tmp_path).open()
    assert texts.asked == ["aaa", "bbb", "ccc"]
    assert nearest(opened, [1, 0, 0]) == ["1"]
    assert len(caplog.records) == 1


def test_two_collections_by_different_embedders_dont_touch_each_other(tmp_path):
    kinds = {"three": Letters(), "two": Letters("xy")}
    opened = {}
    for name, letters in kinds.items():
        opened[name] = DenseIndex(name, name, TEXTS, letters.embedder, tmp_path / name)
        assert opened[name].dimension == 0
        assert opened[name].refresh() == f"3 texts, {len(letters.letters)} dimensions"
    assert opened["three"].nearest([0, 1, 0], 2)[0] == ("2", pytest.approx(0, abs=0.01))
    assert len(opened["two"].nearest([1, 1], 9)) == 3
    assert opened["three"].nearest([1, 1], 9) == []  # of another dimension than what is there


def test_the_same_on_a_server_with_one_of_its_own_while_it_is_away(tmp_path, chroma_server):
    made = DenseIndex("notes", "notes", TEXTS, Letters().embedder, tmp_path, ServerAddress.read(chroma_server.url))
    assert made.refresh() == "3 texts, 3 dimensions, on the server"
    assert made.nearest([0, 0, 1], 1)[0][0] == "3"
    assert os.listdir(tmp_path) == []
    chroma_server.kill()
    assert made.nearest([0, 0, 1], 1) == []
    made.refresh()
    assert made.nearest([0, 0, 1], 1)[0][0] == "3"


def test_a_collection_is_taken_up_by_the_next_process_where_it_was_copied_to(tmp_path):
    LocalCollection("one", "texts", TEXTS, Letters().embedder, tmp_path / "a").open()
    shutil.copytree(tmp_path / "a", tmp_path / "b", ignore=shutil.ignore_patterns("run-*", "*.lock"))
    letters = Letters()
    assert LocalCollection("one", "texts", TEXTS, letters.embedder, tmp_path / "b").open().size == 3
    assert letters.asked == []
