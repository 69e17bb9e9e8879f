"""A collection that couldn't be made is made later, when it is asked for again."""

from dense_search import index, knowledge  # noqa: F401 (fixtures)
from openai_server import Fault, Vectors

from askme.search import dense_index


def test_what_could_not_be_made_is_tried_again_later(server, index, knowledge, monkeypatch):
    server.embeddings(Fault.server_error())
    made = index(knowledge)
    assert not made.refresh()
    before = len(server.embedded)
    server.embeddings()
    assert made.rank("cake 7") == ()
    assert len(server.embedded) == before
    server.embeddings(Fault.server_error(), Vectors())
    monkeypatch.setattr(dense_index, "AGAIN_SECONDS", 0)
    assert not made.refresh()
    assert made.rank("cake 7") == ()
    assert server.wait_for(lambda: made.rank("cake 7"))
