"""What a model wrote and the résumé doesn't bear out is told to the owner, with the reason, and to no visitor."""

import json

import pytest
from modelled import KEY, QUESTION, SHOWN, TRUE, heard
from openai_server import Reply

WRONG = "It raised GMV by 12% [tiktok.lite.3]."
ESCAPE = "It runs on \x1b[2J Oracle [tiktok.lite.2]."
TOLD = 'It raised GMV by 12%. [tiktok.lite.3]: "12%" isn\'t in tiktok.lite.3'


@pytest.fixture
def own(server):
    """The settings of a program that asks `server`."""
    server.replies(Reply(f"ANSWERED\n{TRUE} {WRONG} {ESCAPE}"), Reply(WRONG))
    return {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": server.url,
        "ASKME_EMBEDDING_MODEL": "none",
        "ASKME_CACHE_ANSWERS": "0",
        "ASKME_FIRST_TOKEN_SECONDS": "60",
        "ASKME_TOTAL_SECONDS": "120",
    }


def test_an_answer_knows_what_was_withheld_of_it_and_why(server, talking):
    server.replies(Reply(f"ANSWERED\n{TRUE} {WRONG}"))
    answer = heard(talking())
    (one,) = answer.withheld
    assert (one.text, one.cites, one.again) == ("It raised GMV by 12%.", ("tiktok.lite.3",), False)
    assert any("12%" in reason for reason in one.reasons)
    assert answer.text.startswith(SHOWN)


def test_verbose_tells_it_on_the_command_line(askme, own):
    ran = askme("ask", QUESTION, "--verbose", **own)
    lines = [line for line in ran.out.splitlines() if line.startswith("withheld")]
    assert lines[0].startswith(f"withheld: {TOLD}")
    assert "Oracle" in lines[1]
    assert "\x1b" not in ran.out
    assert lines[2].startswith(f"withheld, rewritten: {TOLD}")
    assert SHOWN in ran.out
    assert "GMV by 12%" not in askme("ask", QUESTION, **own).out


def test_a_live_evaluation_tells_the_share_and_each_sentence(askme, own, tmp_path):
    pins = tmp_path / "pins.yaml"
    pin = {"id": "lite", "kind": "fact", "status": "answered", "ask": QUESTION, "cites": ["tiktok.lite.3"]}
    pins.write_text(json.dumps([pin]), encoding="utf-8")
    ran = askme("eval", "--live", str(pins), **own)
    assert ran.code == 0, "it is scored as ever: what was shown is right"
    assert "2 of the model's 3 sentences withheld (66.7%)" in ran.out
    assert f"lite: withheld: {TOLD}" in ran.out
