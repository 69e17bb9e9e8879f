"""Several processes on one data folder, and a knowledge folder that nobody writes to."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from askme.factory import build_chain
from askme.settings import load_settings


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def places(tiny_knowledge, tmp_path):
    """The environment of processes that share the tiny résumé and an empty data folder."""
    return {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def mine(tiny_knowledge, tmp_path):
    """A chain of this process in the same places."""
    made = build_chain(load_settings(knowledge_dir=tiny_knowledge, data_dir=tmp_path / "data"))
    yield made
    made.close()


def test_two_may_start_at_once(askme, places, tmp_path):
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: askme("ask", "how long at Blue Whale?", **places), range(2)))
    assert [(ran.code, "2 years 11 months" in ran.out) for ran in runs] == [(0, True)] * 2, runs
    assert len(list((tmp_path / "data" / "lexical").glob("store-*"))) == 1
    assert ", 0 written" in askme("index", **places).out


def test_a_rebuild_elsewhere_does_not_disturb_who_is_answering(askme, places, mine, tmp_path):
    question, pointer = "who made wedding cakes?", tmp_path / "data" / "lexical" / "current"
    before, store = mine.ask(question), pointer.read_text(encoding="utf-8")
    assert askme("index", "--rebuild", **places).code == 0
    assert pointer.read_text(encoding="utf-8") != store
    after = mine.ask(question)
    assert [c.id for c in after.citations] == [c.id for c in before.citations] == ["hotel.1"]


def test_nothing_is_left_behind_but_the_store_and_kept_answers(askme, places, tmp_path):
    assert askme("ask", "sourdough?", **places).code == 0
    left = {
        path.name.split("-")[0] for path in [*(tmp_path / "data").iterdir(), *(tmp_path / "data" / "lexical").iterdir()]
    }
    assert left == {"answers.sqlite3", "answers.sqlite3.lock", "lexical", "current", "index.lock", "store"}


def test_the_knowledge_folder_is_only_read(askme, places, tiny_knowledge):
    before, folders = contents(tiny_knowledge), set(tiny_knowledge.rglob("*/"))
    for arguments in (["check"], ["index", "--rebuild"], ["ask", "sourdough?"]):
        assert askme(*arguments, **places).code == 0
    assert contents(tiny_knowledge) == before
    assert set(tiny_knowledge.rglob("*/")) == folders


@pytest.mark.parametrize(
    ("question", "said", "cites"),
    [
        ("how much did sales go up?", "35%", "bakery.sourdough.2"),
        ("发酵要多少小时", "14 小时", "bakery.sourdough.1"),
        ("how long was he at Blue Whale?", "2 years 11 months", "hotel"),
        ("在海燕之前在哪工作", "蓝鲸酒店", "hotel"),
    ],
)
def test_another_candidates_resume_is_answered_from(mine, question, said, cites):
    answer = mine.ask(question)
    assert answer.status == "answered"
    assert said in answer.text
    assert cites in {citation.id for citation in answer.citations}


def test_what_another_candidates_resume_does_not_say_is_said_so(mine):
    assert mine.ask("what salary does he expect?").text.startswith("The résumé doesn't state a salary.")
