"""Limits as programs meet them, at the endpoint and over MCP: a sentence with the time as the error, never a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp_client import talk
from serving import running_app

pytestmark = pytest.mark.server

LIMITED = re.compile(r"Please ask again in \d+ seconds?\.")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("limited")
    with running_app(folder, ASKME_PER_MINUTE="2") as address:
        yield address, folder / "app.log"


def test_a_program_is_told_when_it_may_ask_again(served: tuple[str, Path]) -> None:
    client, other = Client(served[0], verbose=False), Client(served[0], verbose=False)
    follow_up = ("and the impact?", ["what did he do at TikTok?", "how long?"])
    for _ in range(2):
        assert client.predict(*follow_up, api_name="/ask")["status"] == "answered"
    with pytest.raises(AppError, match=LIMITED):
        client.predict(*follow_up, api_name="/ask")
    with pytest.raises(AppError, match="秒后再问"):
        client.predict("他在哪里工作？", api_name="/ask")
    assert other.predict(*follow_up, api_name="/ask")["status"] == "answered"
    assert "Traceback" not in served[1].read_text()


def test_a_program_over_mcp_is_told_when_it_may_ask_again(served: tuple[str, Path]) -> None:
    asked = {"question": "what did he do at TikTok?"}

    async def thrice(client):
        return [await client.call_tool("ask_resume", asked) for _ in range(3)]

    *answered, refused = talk(f"{served[0]}/mcp", thrice)
    assert [result.isError for result in answered] == [False, False]
    assert refused.isError
    assert LIMITED.search(refused.content[0].text)
    assert "Traceback" not in served[1].read_text() + refused.content[0].text
    calm = talk(f"{served[0]}/mcp", lambda client: client.read_resource("resume://resume"))
    assert calm.contents, "reading the résumé costs nothing"
