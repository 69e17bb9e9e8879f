"""Search by meaning: an addition that embeds as little as possible and never costs an answer."""

import sys
import time
from dataclasses import replace

import pytest
from dense_search import changed, index, knowledge, texts  # noqa: F401 (two are fixtures)
from openai_server import Fault, Vectors
from tiny import both

from askme.answering.evidence import fuse
from askme.llm.embeddings import TEXTS_PER_CALL
from askme.search.documents import QUESTIONS, pieces
from askme.types import Expansion

LOOKED_UP = []
"""Hosts that anything in this process has looked up, or connected to, since the tests of this file were loaded."""


def note_host(event, args):
    if event == "socket.getaddrinfo":
        LOOKED_UP.append(str(args[0]))


sys.addaudithook(note_host)


# Pieces


def test_a_bullet_is_its_text_in_each_language_with_its_place_and_a_few_questions(knowledge):
    found = [piece.text for piece in pieces(knowledge) if piece.bullet == "bakery.sourdough.1"]
    assert found[0].endswith("：发酵时间从 20 小时降至 14 小时")
    assert found[1].endswith(": Fermentation time cut from 20 hours to 14 hours")
    assert "海燕面包房" in found[0]
    assert "Better sourdough" in found[1]
    help_ = knowledge.bullets["bakery.sourdough.1"].expansion
    assert found[2:] == [*help_.zh[:QUESTIONS], *help_.en[:QUESTIONS]]


def test_pieces_have_ids_of_their_own_and_belong_to_bullets(knowledge):
    made = pieces(knowledge)
    assert len({piece.id for piece in made}) == len(made)
    assert {piece.bullet for piece in made} == set(knowledge.bullets)


# Only what is new or has changed is embedded


def test_all_is_embedded_once(server, index, knowledge):
    index(knowledge).refresh()
    assert sorted(texts(server)) == sorted(piece.text for piece in pieces(knowledge))
    assert max(len(request.body["input"]) for request in server.embedded) <= TEXTS_PER_CALL
    calls = len(server.embedded)
    again = index(knowledge)
    again.refresh()
    assert len(server.embedded) == calls
    assert again.rank("cake 7")[0] == "hotel.7"


CHANGES = {
    "a text": lambda known: changed(known, "hotel.7", text=both("蛋糕 7", "cream tart")),
    "a question more": lambda known: changed(known, "hotel.7", expansion=Expansion(en=("any tarts?",))),
    "a bullet less": lambda known: replace(known, bullets={k: v for k, v in known.bullets.items() if k != "hotel.7"}),
    "a new name of an employer": lambda known: changed(known, "hotel", text=both("白鲸酒店", "White Whale Hotel")),
    "nothing": lambda known: known,
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_changed_is_embedded(server, index, knowledge, change):
    index(knowledge).refresh()
    calls, before = len(server.embedded), {(piece.id, piece.text) for piece in pieces(knowledge)}
    after = CHANGES[change](knowledge)
    made = index(after)
    made.refresh()
    assert sorted(texts(server, calls)) == sorted(p.text for p in pieces(after) if (p.id, p.text) not in before)
    assert set(made.rank("cake 7 tart")) <= set(after.bullets)


def test_another_model_or_server_means_all_anew(server, index, knowledge):
    index(knowledge).refresh()
    for other in ({"embedding_model": "other"}, {"openai_base_url": server.url.replace("127.0.0.1", "localhost")}):
        calls = len(server.embedded)
        index(knowledge, **other).refresh()
        assert len(texts(server, calls)) == len(pieces(knowledge))


def test_a_damaged_store_is_made_anew(server, index, knowledge, tmp_path):
    index(knowledge).refresh()
    calls, folder = len(server.embedded), tmp_path / "data" / "semantic"
    (folder / (folder / "current").read_text() / "chroma.sqlite3").write_bytes(b"rubbish")
    made = index(knowledge)
    made.refresh()
    assert len(texts(server, calls)) == len(pieces(knowledge))
    assert made.rank("cake 7")[0] == "hotel.7"


def test_where_nothing_can_be_written_it_is_kept_in_memory(server, index, knowledge, tmp_path):
    (tmp_path / "file").write_text("no folder")
    made = index(knowledge, data_dir=tmp_path / "file")
    made.refresh()
    assert made.rank("cake 7")[0] == "hotel.7"
    assert (tmp_path / "file").read_text() == "no folder"


def test_only_the_server_is_asked(server, index, knowledge):
    LOOKED_UP.clear()
    made = index(knowledge)
    made.refresh()
    assert made.rank("cake 7")[0] == "hotel.7"
    assert {request.path for request in server.requests} == {"/v1/embeddings"}
    assert set(LOOKED_UP) <= {"127.0.0.1"}


# What fails halfway leaves what was there


HALFWAY = {
    "500": Fault.server_error(),
    "401": Fault.key_refused(),
    "malformed JSON": Fault.malformed(),
    "too few vectors": Vectors(missing=1),
    "another dimension": Vectors(dimension=7),
}


def renewed(bullet):
    """Return a bullet with more than three texts, all of them new: too many for one call when all bullets have them."""
    questions = tuple(f"{bullet.id} {number}" for number in range(QUESTIONS))
    return replace(bullet, text=both(f"新{bullet.id}", f"new {bullet.id}"), expansion=Expansion(en=questions))


@pytest.mark.parametrize("name", HALFWAY)
def test_a_refresh_that_fails_halfway_keeps_the_old_store(server, index, knowledge, tmp_path, name):
    index(knowledge).refresh()
    before, calls = (tmp_path / "data" / "semantic" / "current").read_text(), len(server.embedded)
    server.embeddings(Vectors(), HALFWAY[name])
    index(replace(knowledge, bullets={id_: renewed(bullet) for id_, bullet in knowledge.bullets.items()})).refresh()
    assert len(server.embedded) == calls + 2
    assert (tmp_path / "data" / "semantic" / "current").read_text() == before
    assert not [*(tmp_path / "data" / "semantic").glob("building-*")]
    server.embeddings()
    again = index(knowledge)
    again.refresh()
    assert len(server.embedded) == calls + 2
    assert again.rank("cake 7")[0] == "hotel.7"


def test_after_a_failed_refresh_the_old_store_is_asked(server, index, knowledge):
    index(knowledge).refresh()
    server.embeddings(Fault.server_error(), Vectors())
    made = index(changed(knowledge, "hotel.7", text=both("塔", "tart")))
    made.refresh()
    assert made.rank("cake 8")[0] == "hotel.8"


def test_a_first_build_that_fails_leaves_nothing_and_the_next_one_builds(server, index, knowledge, tmp_path):
    server.embeddings(Fault.server_error())
    made = index(knowledge)
    made.refresh()
    assert made.rank("cake 7") == ()
    assert not [*(tmp_path / "data" / "semantic").glob("*-*")]
    server.embeddings()
    made.refresh()
    assert made.rank("cake 7")[0] == "hotel.7"


# Fusion


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        ([], ()),
        ([["a", "b"]], ("a", "b")),
        ([["a", "b"], ["b", "a"]], ("a", "b")),  # both 1/61 + 1/62: the one found first
        ([["a", "b", "c"], ["c"]], ("c", "a", "b")),  # c: 1/63 + 1/61 > 1/61
        ([["a", "b"], ["c", "b"]], ("b", "a", "c")),  # b: 2/62 > 1/61
        ([["a"], []], ("a",)),
    ],
)
def test_fusion(rankings, fused):
    assert fuse(rankings) == fused


def test_fusion_with_another_k():
    assert fuse([["a", "b"], ["c", "b"]], k=0) == ("a", "b", "c")  # 1/1, 1/2 + 1/2, 1/1: the one found first


def test_a_collection_that_is_damaged_while_open_is_opened_anew(index, knowledge, server, tmp_path):
    made = index(knowledge)
    assert made.refresh()
    calls = len(server.embedded)
    for file in (tmp_path / "data").rglob("run-*/chroma.sqlite3"):
        file.write_bytes(b"rubbish" * 1000)
    assert made.rank("wedding cakes") == ()  # for now words alone answer
    deadline = time.monotonic() + 30
    while not made.rank("wedding cakes"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert all(len(request.body["input"]) == 1 for request in server.embedded[calls:])  # questions, no bullet again
