"""Search by meaning on Chroma's own server: what is embedded is paid for once, by whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from chroma_servers import collection_names
from dense_search import changed, index, knowledge, texts  # noqa: F401 (two are fixtures)
from replicas import MOST_SECONDS, wait_until
from tiny import both

from askme.errors import ModelError
from askme.search.chroma import SERVER_BATCH, ChromaServer
from askme.search.collection import Embedder
from askme.search.dense_index import COLLECTION as KIND
from askme.search.documents import Piece, pieces
from askme.search.server_vectors import ServerVectors
from askme.storage.addresses import ServerAddress


@pytest.fixture
def replica(index, chroma_server, tmp_path):
    """Make what one replica searches by: `replica(knowledge, 2)` is the second, with a folder of its own."""

    def made(known, number=1, **knobs):
        return index(known, chroma_url=chroma_server.url, data_dir=tmp_path / str(number), **knobs)

    return made


def collections(chroma_server):
    return collection_names(ChromaServer(ServerAddress.read(chroma_server.url), 30), KIND)


def test_replicas_that_start_together_pay_once(server, replica, knowledge, chroma_server, tmp_path):
    started = [replica(knowledge, n) for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda one: one.refresh(), started))
    assert all("on the server" in one for one in told)
    assert sorted(texts(server)) == sorted(piece.text for piece in pieces(knowledge))
    assert [one.rank("cake 7")[0] for one in started] == ["hotel.7"] * 3
    assert len(collections(chroma_server)) == 1
    assert not [*tmp_path.glob("*/semantic/*")]


def test_the_next_release_embeds_only_what_changed(server, replica, knowledge, chroma_server):
    running = replica(knowledge)
    running.refresh()
    calls = len(server.embedded)
    after = changed(knowledge, "hotel.7", text=both("塔", "cream tart"))
    made = replica(after, 2)
    made.refresh()
    assert [text[-10:] for text in texts(server, calls)][1:] == ["cream tart"]
    assert len(texts(server, calls)) == 2
    assert set(made.rank("cake 7")) <= set(after.bullets)
    assert running.rank("cake 7")[0] == "hotel.7"
    assert len(collections(chroma_server)) == 2


def test_another_model_means_all_anew(server, replica, knowledge):
    replica(knowledge).refresh()
    calls = len(server.embedded)
    replica(knowledge, 2, embedding_model="other").refresh()
    assert len(texts(server, calls)) == len(pieces(knowledge))


def test_what_was_embedded_before_a_failure_isnt_paid_for_again(chroma_server):
    many = [Piece(f"b{n}#0", f"b{n}", f"text {n}") for n in range(3 * SERVER_BATCH)]
    paid = []

    def embed(asked):
        if len(paid) == SERVER_BATCH:
            paid.append("")
            raise ModelError("server", "server error 500")
        paid.extend(asked)
        return [[1.0, float(text.split()[1])] for text in asked]

    address, embedder = ServerAddress.read(chroma_server.url), Embedder("m", embed)
    first, second = (ServerVectors(KIND, "texts", many, embedder, address, silent=0.001) for _ in "12")
    first.keeper.start(MOST_SECONDS)
    assert first.keeper.current() is None
    assert not first.keeper.down
    second.keeper.start(MOST_SECONDS)
    assert sorted(filter(None, paid)) == sorted(piece.text for piece in many)
    assert [id_ for id_, _ in second.nearest([[1.0, 0.0]], 1)[0]] == ["b0#0"]
    assert len(collections(chroma_server)) == 1


def test_without_the_server_there_is_a_collection_of_ones_own(server, replica, knowledge, chroma_server):
    one = replica(knowledge)
    one.refresh()
    chroma_server.kill()
    one.rank("cake 7")  # finds out
    wait_until(lambda: one.rank("cake 7")[:1] == ("hotel.7",), "words alone answer")
    chroma_server.start()
    wait_until(
        lambda: one.index.shared.keeper.current() and one.rank("cake 7")[0] == "hotel.7", "the server isn't asked"
    )


def test_a_server_that_is_down_at_the_start_costs_no_search(server, replica, knowledge, chroma_server):
    chroma_server.kill()
    one = replica(knowledge)
    assert one.refresh()
    assert one.rank("cake 7")[0] == "hotel.7"
