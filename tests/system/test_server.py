"""The web server from outside: its health, its one public endpoint, and twenty callers at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from serving import app, awaited_page, free_port, ready, running_app
from surroundings import clean_environment

from askme.settings import ROOT

pytestmark = pytest.mark.server

FIELDS = (
    *("id", "question", "standalone_question", "language", "status"),
    *("answer", "mode", "citations", "timings_ms", "usage"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False)


def test_healthz_tells_bullets_and_mode(served: str) -> None:
    health = ready(served)
    assert health == {"status": "ok", "bullets": health["bullets"], "mode": "extractive"}
    assert health["bullets"] > 90


def test_ask_is_the_only_public_endpoint(client: Client) -> None:
    api = client.view_api(return_format="dict")
    assert list(api["named_endpoints"]) == ["/ask"]
    assert not api["unnamed_endpoints"]


def test_ask_answers_in_the_shape_of_the_contract(client: Client) -> None:
    answer = client.predict("what did he do at TikTok?", api_name="/ask")
    assert tuple(answer) == FIELDS
    assert (answer["status"], answer["language"]) == ("answered", "en")
    assert "[1]" in answer["answer"]
    assert set(answer["citations"][0]) == {"number", "id", "text", "source_text", "heading"}


def test_ask_understands_a_follow_up(client: Client) -> None:
    answer = client.predict("and the impact?", ["what did he do at TikTok?"], api_name="/ask")
    assert answer["citations"]
    assert all(citation["id"].startswith("tiktok") for citation in answer["citations"])


@pytest.mark.parametrize(
    ("question", "earlier", "told"),
    [
        ("x" * 2_001, [], "may have 2,000 characters, this one has 2,001"),
        ("and then?", ["y" * 30_000], "may have 2,000 characters, this one has 30,000"),
        ("and then?", 5, "a list of texts"),
        ("and then?", [5], "a list of texts"),
        (["x"], [], "must be a text"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence_not_a_traceback(
    client: Client, question: object, earlier: object, told: str
) -> None:
    with pytest.raises(AppError, match=told):
        client.predict(question, earlier, api_name="/ask")


def test_twenty_questions_at_once_all_get_answers(served: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        clients = list(pool.map(lambda _: Client(served, verbose=False), range(20)))
        jobs = [client.submit("拿过哪些金奖？", api_name="/ask") for client in clients]
    answers = [job.result(timeout=60) for job in jobs]
    assert {answer["status"] for answer in answers} == {"answered"}


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"ASKME_KNOWLEDGE_DIR": str(ROOT / "none")}, "no such folder; set ASKME_KNOWLEDGE_DIR"),
        ({"GRADIO_SERVER_PORT": "eighty"}, "GRADIO_SERVER_PORT: "),
    ],
)
def test_what_keeps_it_from_starting_is_told_in_one_line(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    log = tmp_path / "app.log"
    process = app(log, **{"GRADIO_SERVER_PORT": str(free_port()), "ASKME_DATA_DIR": str(tmp_path), **environment})
    assert process.wait(timeout=60) == 1
    assert told in log.read_text()
    assert len(log.read_text().strip().splitlines()) == 1


def test_the_command_that_serves_logs_each_answer(tmp_path: Path) -> None:
    """Only a command that prints an answer leaves it out of the log."""
    log, port = tmp_path / "serve.log", free_port()
    own = {"PYTHONPATH": str(ROOT / "src"), "ASKME_DATA_DIR": str(tmp_path), "ASKME_LOG_QUESTIONS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from askme.cli import main; main()", "serve", "--port", str(port)],
            env=clean_environment() | own,
            stderr=output,
        )
    try:
        awaited_page(f"http://127.0.0.1:{port}", process, log)
        Client(f"http://127.0.0.1:{port}", verbose=False).predict("k8s?", api_name="/ask")
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert "answered: answered, extractive" in log.read_text()
    assert "k8s?" in log.read_text()


def test_the_page_stands_before_chroma_and_langchain_are_imported() -> None:
    program = (
        "import sys; from askme.web.server import ChainLater; from askme.settings import Settings; "
        "from askme.web.gradio_app import build_app; build_app(ChainLater(Settings()), Settings()); "
        "sys.exit(str([name for name in ('chromadb', 'langchain_core', 'langchain_chroma') if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment() | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr.strip() == "[]"
