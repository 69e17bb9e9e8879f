"""An index on Chroma's own server: built once whoever comes, never trusted blindly, never missed while it is away."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from chroma_servers import collection_names
from fruit import DOCUMENTS, FRUIT
from replicas import MOST_SECONDS, wait_until
from stores import said, script

from askme.errors import StoreDown
from askme.search.chroma import ChromaServer, Row
from askme.search.collection import Embedder
from askme.search.documents import Document
from askme.search.lexical_index import COLLECTION as KIND
from askme.search.lexical_index import open_index, open_shared
from askme.search.replicated import KEPT_DAYS, PROVE_EVERY, Keeper, Plan, SharedCollection
from askme.search.server_vectors import ServerVectors, fingerprint
from askme.settings import SettingsError, load_settings
from askme.storage.addresses import ServerAddress


@pytest.fixture
def address(chroma_server):
    return ServerAddress.read(chroma_server.url)


@pytest.fixture
def server(address):
    return ChromaServer(address, 30)


def names(server):
    return collection_names(server, KIND)


def assert_on_server(index):
    wait_until(lambda: index.where() == "server", "the server isn't asked")
    assert_answers(index)
    assert index.where() == "server"


def assert_answers(index):
    for fruit, zh in FRUIT.items():
        assert [index.search(question, 1)[0].id for question in (fruit, zh)] == [fruit, fruit]


def others_say(chroma_server, name, what, body):
    """Do something to a collection as anybody could who reaches the server."""
    base = f"{chroma_server.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    with urllib.request.urlopen(f"{base}/{name}", timeout=MOST_SECONDS) as found:
        id_ = json.load(found)["id"]
    request = urllib.request.Request(
        f"{base}/{id_}/{what}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=MOST_SECONDS) as response:
        return response.read().decode()


# Built once


def test_one_builds_it_and_the_next_finds_it(address, server):
    first, second = open_shared(DOCUMENTS, address), open_shared(DOCUMENTS, address)
    assert (first.written, second.written) == (len(DOCUMENTS), 0)
    assert len(names(server)) == 1
    assert_on_server(first)
    assert_on_server(second)


def test_of_many_at_once_one_builds_it(address, server):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_shared(DOCUMENTS, address), range(8)))
    for index in opened:
        assert_on_server(index)
    assert sum(index.vectors.keeper.written for index in opened) == len(DOCUMENTS)
    assert len(names(server)) == 1


def test_it_finds_the_same_as_an_index_of_ones_own(address, tmp_path):
    shared, own = open_shared(DOCUMENTS, address), open_index(DOCUMENTS, tmp_path)
    for question in (*FRUIT, *FRUIT.values(), "a garden of pears and plums", "nothing of that"):
        hits = [(hit.id, hit.kind, pytest.approx(hit.score, abs=1e-4)) for hit in own.search(question, 6)]
        found = shared.search(question, 6)
        assert sorted((hit.id, hit.kind, hit.score) for hit in found) == sorted(hits, key=lambda hit: hit[0])
    assert shared.where() == "server"


def test_no_text_is_sent_to_the_server(address, server, chroma_server):
    open_shared([Document("secret", "bullet", "a zebra crossing"), *DOCUMENTS], address)
    (one,) = server.collections()
    (row,) = one.read(["secret"])
    assert set(row.notes) == {"kind", "hash"}
    everything = others_say(chroma_server, one.name, "get", {"include": ["documents", "metadatas", "uris"]})
    assert "secret" in everything
    assert "zebra" not in everything


def test_another_release_has_its_own(address, server):
    before = open_shared(DOCUMENTS, address)
    after = open_shared([Document("apple", "bullet", "An apple, sour\n苹果酸"), *DOCUMENTS[1:]], address)
    assert len(names(server)) == 2
    assert_on_server(before)
    assert after.search("sour", 1)[0].id == "apple"


def test_what_is_indexed_decides_the_name():
    changed = [
        [Document("apple", "bullet", "other"), *DOCUMENTS[1:]],
        [Document("apple", "card", DOCUMENTS[0].text), *DOCUMENTS[1:]],
        DOCUMENTS[1:],
        DOCUMENTS,
    ]
    assert len({fingerprint(documents, "m") for documents in changed}) == 4


def test_a_rebuild_on_demand_takes_the_place_of_the_one_before(address, server):
    running = open_shared(DOCUMENTS, address)
    before = names(server)
    assert open_shared(DOCUMENTS, address, rebuild=True).written == len(DOCUMENTS)
    assert len(names(server)) == 1
    assert names(server) != before
    assert_answers(running)
    assert_on_server(running)


# A builder that dies


def plan(fill, problem=lambda _: "", silent=1.0):
    return Plan(KIND, "0" * 32, fill, problem, silent)


def some(collection, _others):
    collection.write([Row("a", (1.0, 0.0), {"hash": "h"})])
    return 1


HALFWAY = """
import sys, time
from askme.storage.addresses import ServerAddress
from askme.search.replicated import Plan, SharedCollection
from askme.search.chroma import ChromaServer, Row
def fill(collection, others):
    collection.write([Row("half", (0.0, 1.0), {"hash": "h"})])
    print("half", flush=True)
    time.sleep(600)
plan = Plan("lexical", "0" * 32, fill, lambda _: "", 1.0)
SharedCollection(ChromaServer(ServerAddress.read(sys.argv[1]), 30), plan).find()
"""


def test_when_a_builder_dies_another_takes_over(server, chroma_server):
    builder = script(HALFWAY, chroma_server.url)
    assert builder.stdout.readline() == b"half\n"
    builder.kill()
    builder.communicate()
    heirs = [SharedCollection(server, plan(some)) for _ in range(3)]
    assert [heir.find() for heir in heirs] == [None, None, None]  # it may be alive
    time.sleep(1.1)
    found = [heir.find() for heir in heirs]
    assert [one is not None for one in found] == [True, True, True]
    assert sum(heir.written for heir in heirs) == 1
    assert names(server) == [found[0].name]
    assert found[0].count() == 1
    assert found[0].name.endswith("-1")


def test_a_builder_that_grows_is_waited_for(server):
    writing, written = threading.Event(), threading.Event()

    def slowly(collection, _others):
        for n in range(6):
            collection.write([Row(str(n), (1.0, float(n)), {"hash": "h"})])
            writing.set()
            time.sleep(0.5)
        written.set()
        return 6

    builder = threading.Thread(target=SharedCollection(server, plan(slowly)).find)
    builder.start()
    writing.wait(MOST_SECONDS)
    other = SharedCollection(server, plan(some, silent=MOST_SECONDS))
    while not written.is_set():
        assert other.find() is None
        time.sleep(0.1)
    builder.join()
    assert other.find().count() == 6
    assert other.written == 0


def test_a_builder_that_wakes_up_late_disturbs_nobody(server):
    awake = threading.Event()

    def asleep(collection, _others):
        awake.wait(MOST_SECONDS)
        return some(collection, _others)

    late = SharedCollection(server, plan(asleep))
    with ThreadPoolExecutor() as pool:
        building = pool.submit(late.find)
        wait_until(lambda: names(server), "nothing is being built")
        heir = SharedCollection(server, plan(some))
        assert heir.find() is None
        time.sleep(1.1)
        taken_over = heir.find()
        awake.set()
        with pytest.raises(StoreDown, match="gone"):
            building.result(MOST_SECONDS)
    assert late.find().name == taken_over.name
    assert names(server) == [taken_over.name]


# Away and back


@pytest.mark.parametrize("emptied", [False, True])
def test_while_the_server_is_away_memory_answers(address, chroma_server, caplog, emptied):
    index = open_shared(DOCUMENTS, address)
    assert_on_server(index)
    chroma_server.kill()
    with caplog.at_level(logging.INFO, "askme"):
        for _ in range(5):
            assert_answers(index)
        assert index.where() == "local"
        assert len(said(caplog)) == 1
        if emptied:
            chroma_server.wipe()
        chroma_server.start()
        assert_on_server(index)
    assert "works again" in said(caplog)[-1]
    assert index.vectors.keeper.written == len(DOCUMENTS) * (2 if emptied else 1)


def test_a_server_that_is_down_at_the_start_is_used_when_it_comes(address, chroma_server):
    chroma_server.kill()
    index = open_shared(DOCUMENTS, address)
    assert_answers(index)
    assert (index.where(), index.written) == ("local", 0)
    chroma_server.start()
    assert_on_server(index)


def test_a_server_that_hangs_is_left_alone(address, chroma_server, caplog):
    index = open_shared(DOCUMENTS, address)
    assert_on_server(index)
    chroma_server.freeze()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: assert_answers(index), range(8)))
    assert index.where() == "local"
    assert [message for message in said(caplog) if "no answer in time" in message]
    chroma_server.thaw()
    assert_on_server(index)


# What others do to it


def with_a_row_less(one, chroma_server):
    others_say(chroma_server, one.name, "delete", {"ids": ["plum"]})


def with_a_row_more(one, _):
    one.write([Row("stranger", [0.5] * 128, {"kind": "bullet", "hash": ""})])


def with_another_vector(one, _):
    (row,) = one.read(["plum"])
    one.write([replace(row, vector=list(row.vector)[::-1])])


def with_another_text(one, _):
    (row,) = one.read(["plum"])
    one.write([replace(row, notes={"kind": "bullet", "hash": "0"})])


def with_another_kind(one, _):
    (row,) = one.read(["plum"])
    one.write([replace(row, notes={**row.notes, "kind": "notice"})])


@pytest.mark.parametrize(
    "harm", [with_a_row_less, with_a_row_more, with_another_vector, with_another_text, with_another_kind]
)
def test_what_isnt_as_it_was_built_is_built_anew(address, server, chroma_server, harm):
    running = open_shared(DOCUMENTS, address)
    (one,) = server.collections()
    harm(one, chroma_server)
    fresh = open_shared(DOCUMENTS, address)
    assert fresh.written == len(DOCUMENTS)
    assert_on_server(fresh)
    assert [name for name in names(server) if name != one.name] == names(server)
    assert_answers(running)
    assert_on_server(running)


@pytest.mark.parametrize("harm", [with_a_row_less, with_a_row_more])
def test_a_running_replica_never_shows_what_others_put_there(address, server, chroma_server, harm):
    index = open_shared(DOCUMENTS, address)
    harm(server.collections()[0], chroma_server)
    for question in FRUIT:
        assert {hit.id for hit in index.search(question, len(DOCUMENTS))} == set(FRUIT)
    assert_on_server(index)


def test_what_is_in_use_is_proven_again_and_again(server):
    now, fine = [0.0], [True]
    shared = SharedCollection(server, plan(some, lambda _: "" if fine[0] else "all is other"), lambda: now[0])
    keeper = Keeper(server, shared, "index", lambda: now[0])
    keeper.start(MOST_SECONDS)
    before = keeper.current().name
    now[0], fine[0] = PROVE_EVERY + 1, False
    assert keeper.current().name == before  # nobody waits for it
    wait_until(lambda: keeper.current() is None, "it isn't proven")


def test_two_replicas_that_never_agree_dont_undo_each_others_work_for_ever(server, caplog):
    def made_by(who):
        def fill(collection, _others):
            collection.write([Row(who, (1.0, 0.0), {"hash": who})])
            return 1

        return SharedCollection(server, plan(fill, lambda one: "" if list(one.read([who])) else f"{who} is missing"))

    both, ends = [made_by("a"), made_by("b")], []
    for _ in range(5):
        for one in both:
            try:
                ends.append(one.find() is not None)
            except StoreDown as error:
                ends.append(error.kind)
    assert ends[:4] == [True, True, True, "other"]
    assert sum(one.written for one in both) == 3
    assert ends[4:] == [True, "other"] * 3


def test_other_collections_are_left_alone(address, server):
    strangers = ["my-own", "askme-lexical", "askme-lexical-notes-0", "askme-other-" + "0" * 32 + "-0"]
    for name in strangers:
        server.create(name, {"used": "2000-01-01"})
    open_shared(DOCUMENTS, address)
    assert set(strangers) <= {one.name for one in server.collections()}


def test_what_nobody_used_for_days_is_deleted_by_whoever_builds(address, server):
    used = {n: (date.today() - timedelta(days=n)).isoformat() for n in (KEPT_DAYS, KEPT_DAYS + 1)}
    for n, day in used.items():
        server.create(f"askme-lexical-{n:032d}-0", {"state": "whole", "used": day})
    index = open_shared(DOCUMENTS, address)
    kept = names(server)
    assert f"askme-lexical-{KEPT_DAYS:032d}-0" in kept
    assert len(kept) == 2
    (ours,) = (one for one in server.collections() if str(KEPT_DAYS) not in one.name[-5:])
    ours.note(used="2000-01-01")
    open_shared(DOCUMENTS, address)
    assert {one.notes["used"] for one in server.collections()} == {used[KEPT_DAYS], date.today().isoformat()}
    assert_on_server(index)


# Its address


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "ftp://h", "http://", "http://h:99999", "http://h/path", "http://h/?key=1", "http://t%0a@h", "http://h#x"],
)  # fmt: skip
def test_what_is_no_address_is_told_without_repeating_it(url):
    with pytest.raises(SettingsError, match="ASKME_CHROMA_URL") as told:
        load_settings(chroma_url=url)
    assert url not in str(told.value).replace("http://host:8000", "")


def test_the_parts_of_an_address():
    one = ServerAddress.read("https://ck-1%2F@api.trychroma.com/?tenant=t&database=d")
    assert (one.secure, one.host, one.port, one.tenant, one.database) == (True, "api.trychroma.com", 443, "t", "d")
    assert one.headers == {"Authorization": "Bearer ck-1/", "X-Chroma-Token": "ck-1/"}
    assert ServerAddress.read("http://u:p@h").headers == {"Authorization": "Basic dTpw"}
    assert ServerAddress.read("http://[::1]").port == 8000
    assert "ck-1" not in repr(one) + repr(load_settings(chroma_url="https://ck-1@h"))


def test_a_token_is_sent_and_never_logged(caplog):
    from http.server import BaseHTTPRequestHandler, HTTPServer  # noqa: PLC0415

    seen = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["X-Chroma-Token"], self.headers["Authorization"]))
            self.send_response(401)
            self.end_headers()
            self.wfile.write(f"no entry for {self.headers['X-Chroma-Token']}".encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as refusing:
        threading.Thread(target=refusing.serve_forever, daemon=True).start()
        url = f"http://ck-secret@127.0.0.1:{refusing.server_port}/?tenant=mine&database=cv"
        with caplog.at_level(logging.DEBUG, "askme"):
            index = open_shared(DOCUMENTS, ServerAddress.read(url))
            assert_answers(index)
        refusing.shutdown()
    assert seen[0][0].startswith("/api/v2/tenants/mine/databases/cv/collections")
    assert seen[0][1:] == ("ck-secret", "Bearer ck-secret")
    assert said(caplog)
    assert "ck-secret" not in caplog.text


def test_an_empty_resume_is_no_fault(address):
    assert open_shared([], address).search("anything", 5) == []


def test_vectors_in_memory_rank_by_cosine():
    vectors = [[1.0, 0.0], [0.6, 0.8], [0.0, 0.0]]
    documents = [Document(name, "bullet", name) for name in "abc"]
    embedder = Embedder("m", lambda texts: vectors, cheap=True)
    nowhere = ServerVectors(KIND, "index", documents, embedder, ServerAddress.read("http://127.0.0.1:9"))
    found = nowhere.nearest([[2.0, 0.0]], 3)
    assert found == [[("a", pytest.approx(0)), ("b", pytest.approx(0.4)), ("c", pytest.approx(1))]]
