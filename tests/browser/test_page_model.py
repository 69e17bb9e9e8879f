"""The page when a language model words the answers: streaming, stopping, falling back, and nothing leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import Visit
from openai_server import Fault, OpenAIServer, Reply
from playwright.sync_api import expect
from serving import ready, running_app

from askme.web.html.messages import TEXTS

KEY = "sk-a-key-that-nobody-may-see"
QUESTION = "How much did he cut online PS at TikTok?"
TRUE = "At TikTok he cut online PS consumption by 79.9% [tiktok.lite.3]."


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture(scope="module")
def served(server: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("served")
    own = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "ASKME_FIRST_TOKEN_SECONDS": "4"}
    own["ASKME_CACHE_ANSWERS"] = "0"  # nobody but the visitors here asks the server
    with running_app(folder, **own) as address:
        yield address, folder / "app.log"


def health(address: str) -> dict[str, object]:
    return ready(address)


def test_an_answer_by_the_model_streams_and_is_verified(
    server: OpenAIServer, served: tuple[str, Path], visit: Callable[..., Visit]
) -> None:
    server.replies(Reply(f"{TRUE} He also won a Turing Award [tiktok.lite.3].", every=0.01))
    one = visit(served[0])
    answer = one.ask(QUESTION)
    expect(answer).to_contain_text("79.9%. [1]")
    one.settled()
    expect(one.last.locator("details.how summary")).to_contain_text(TEXTS["by_model"].en)
    expect(answer).not_to_contain_text("Turing")
    expect(one.last.locator(".evidence")).to_contain_text("减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗")
    assert one.hosts == {"127.0.0.1"}
    assert health(served[0])["model"] == "ready"


def test_stop_hangs_up_on_the_server(
    server: OpenAIServer, served: tuple[str, Path], visit: Callable[..., Visit]
) -> None:
    server.replies(Reply(f"{TRUE} And then", stall_after=len(TRUE) + 4))
    before = server.disconnects
    one = visit(served[0])
    answer = one.ask(QUESTION)
    expect(answer).to_contain_text("79.9%")
    one.page.locator("#stop").click()
    assert server.wait_for(lambda: server.disconnects > before, 30)
    expect(answer).to_contain_text("79.9%")
    server.replies(Reply(TRUE))
    expect(one.ask("How much at TikTok for online PS?")).to_contain_text("79.9%. [1]")


def test_without_the_model_the_answer_says_so(
    server: OpenAIServer, served: tuple[str, Path], visit: Callable[..., Visit]
) -> None:
    server.replies(Fault.key_refused())
    one = visit(served[0])
    answer = one.ask(QUESTION)
    expect(answer).to_contain_text("79.9%")
    expect(answer).to_contain_text(TEXTS["fell_back"].en)
    assert health(served[0]) == {"status": "ok", "bullets": 106, "mode": "extractive", "model": "key refused"}
    log = served[1].read_text()
    assert "model: key refused" in log
    assert KEY not in log + one.page.content()
    assert "sk-" not in log
