"""Machines ask over the Model Context Protocol, with its own client over real HTTP."""

import http.client
import threading
import time
from urllib.parse import urlsplit

import pytest
import uvicorn
from mcp_client import talk
from serving import free_port
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from askme.answering.json_output import as_json
from askme.web.mcp import LARGEST_REQUEST, McpServer

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def address(chain):
    def ask(question, earlier, address):
        assert address == "127.0.0.1"
        history = []
        for turn in earlier:
            history.append(chain.ask(turn, history).turn())
        return as_json(chain.ask(question, history))

    server = McpServer(ask, lambda: chain.knowledge)
    app = Starlette(routes=[Route("/mcp", server), Mount("/mcp", server)])
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/mcp"
    running.should_exit = True
    thread.join()


def test_there_is_one_tool_and_one_resource(address):
    async def look(client):
        return await client.list_tools(), await client.list_resources()

    tools, resources = talk(address, look)
    assert [tool.name for tool in tools.tools] == ["ask_resume"]
    assert set(tools.tools[0].inputSchema["properties"]) == {"question", "earlier_turns"}
    assert [str(resource.uri) for resource in resources.resources] == ["resume://resume"]


def test_a_question_gets_its_answer_with_citations(address):
    asked = {"question": "and the impact?", "earlier_turns": ["what did he do at TikTok?"]}
    result = talk(address, lambda client: client.call_tool("ask_resume", asked))
    answer = result.structuredContent
    assert not result.isError
    assert answer["status"] == "answered"
    assert any(citation["id"].startswith("tiktok.") for citation in answer["citations"])


def test_the_resource_is_the_resume_in_both_languages(address):
    read = talk(address, lambda client: client.read_resource("resume://resume"))
    text = read.contents[0].text
    assert "减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗 [tiktok.lite.3]" in text
    assert "cut training PS consumption by 52.73%" in text


def test_a_wrong_argument_is_an_error_that_says_so(address):
    result = talk(address, lambda client: client.call_tool("ask_resume", {"earlier_turns": ["x"]}))
    assert result.isError
    assert "question" in result.content[0].text
    assert "Traceback" not in result.content[0].text


@pytest.mark.parametrize(
    ("method", "length", "body", "status"),
    [
        ("GET", None, b"", 405),
        ("POST", LARGEST_REQUEST + 1, b"", 413),
        ("POST", None, b"", 411),
        ("POST", 1, b"{", 400),
    ],
)
def test_other_requests_are_refused(address, method, length, body, status):
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.putrequest(method, "/mcp")
    connection.putheader("Accept", "application/json, text/event-stream")
    connection.putheader("Content-Type", "application/json")
    if length is not None:
        connection.putheader("Content-Length", str(length))
    connection.endheaders(body)
    assert connection.getresponse().status == status
    connection.close()
