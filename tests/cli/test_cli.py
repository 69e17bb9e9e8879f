"""The command line as people use it: what it prints, and how it fails."""

import re

import pytest
import tiny

from askme.errors import PinError
from askme.evaluation import load_pins
from askme.settings import ROOT


def test_ask_prints_the_answer_and_what_it_rests_on(askme):
    ran = askme("ask", "how long was he at TikTok?")
    assert ran.code == 0
    assert "1 year" in ran.out
    assert "(tiktok)" in ran.out
    assert "国际化电商推荐组成员" in ran.out


@pytest.mark.parametrize(
    ("arguments", "variables", "named"),
    [
        (["ask", "hello"], {"ASKME_KNOWLEDGE_DIR": "/no/such/folder"}, "/no/such/folder"),
        (["check"], {"ASKME_KNOWLEDGE_DIR": "/no/such/folder"}, "ASKME_KNOWLEDGE_DIR"),
        (["serve"], {"GRADIO_SERVER_PORT": "eighty"}, "GRADIO_SERVER_PORT"),
        (["serve"], {"GRADIO_SERVER_PORT": "70000"}, "GRADIO_SERVER_PORT"),
        (["ask", "hello"], {"ASKME_LOG_LEVEL": "LOUD"}, "ASKME_LOG_LEVEL"),
        (["ask", "--batch", "/no/such/file"], {}, "/no/such/file"),
        (["ask", "--batch", "/"], {}, "/: "),
        (["ask"], {}, "question"),
        (["ask", "--turn", "hello"], {}, "question"),
        (["ask", "hello", "--batch", "-"], {}, "--batch"),
        (["eval", "/no/such/pins.yaml"], {}, "/no/such/pins.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list | dict) else "",
)
def test_a_mistake_ends_in_one_line_that_names_it(askme, arguments, variables, named):
    ran = askme(*arguments, **variables)
    assert ran.is_one_line_error, ran
    assert named in ran.err


def test_an_option_that_makes_no_sense_is_refused_without_a_stack_trace(askme):
    ran = askme("serve", "--port", "70000")
    assert ran.code != 0
    assert "--port" in ran.err
    assert "Traceback" not in ran.err


def test_an_empty_value_in_the_environment_counts_as_unset(askme):
    names = ("ASKME_KNOWLEDGE_DIR", "ASKME_LOG_LEVEL", "GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME")
    ran = askme("check", **dict.fromkeys(names, ""))
    assert ran.code == 0, ran.err
    assert str(ROOT / "knowledge") in ran.out


def test_index_tells_what_it_wrote(askme, tiny_knowledge, tmp_path):
    places = {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(tmp_path / "data")}
    printed = [askme("index", *options, **places).out for options in ([], [], ["--rebuild"])]
    first, again, rebuilt = (re.findall(r"(\d+) documents, (\d+) written", line)[0] for line in printed)
    size = first[0]
    assert int(size) > len(tiny.IDS)
    assert [first, again, rebuilt] == [(size, size), (size, "0"), (size, size)]


def test_check_lists_every_problem(askme, tiny_knowledge):
    changed = tiny.EN.replace("35%", "53%").replace("of 12", "of 21")
    (tiny_knowledge / "resume.en.md").write_text(changed, encoding="utf-8")
    ran = askme("check", ASKME_KNOWLEDGE_DIR=str(tiny_knowledge))
    assert ran.code != 0
    assert all(f"'{figure}'" in ran.err for figure in ("35%", "53%", "12", "21"))
    assert "Traceback" not in ran.err


RIGHT = {"id": "right", "ask": "how long was he at TikTok?", "status": "answered", "cites": ["tiktok"]}
WRONG = {"id": "wrong", "ask": ["when did he join Shopee?", "and TikTok?"], "status": "declined", "says": ["kiwi"]}


def test_eval_succeeds_when_every_pin_is_right(askme, tmp_path):
    tiny.dump(tmp_path / "pins.yaml", [RIGHT])
    ran = askme("eval", str(tmp_path / "pins.yaml"))
    assert ran.code == 0, ran
    assert "100.0%" in ran.out


def test_eval_fails_and_tells_what_is_wrong(askme, tmp_path):
    tiny.dump(tmp_path / "pins.yaml", [RIGHT, WRONG])
    ran = askme("eval", str(tmp_path))
    assert ran.code != 0
    assert "50.0%" in ran.out
    (fault,) = [line for line in ran.out.splitlines() if line.startswith(("right: ", "wrong: "))]
    assert fault.startswith("wrong: when did he join Shopee? / and TikTok?")
    assert "declined" in fault
    assert "kiwi" in fault


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("- ask: [unclosed", "YAML"),
        ("just: a mapping", "list"),
        ("- ask: hello", "status"),
        ("- {ask: hello, status: answered, cite: [tiktok]}", "cite"),
        ("- {ask: hello, status: answered, says: ['(']}", "regular expression"),
        ("- {ask: 7, status: answered}", "ask"),
        ("- {ask: [], status: answered}", "ask"),
        ("- {ask: hello, status: maybe}", "maybe"),
    ],
)
def test_a_broken_file_of_pins_is_told_by_name(tmp_path, broken, complaint):
    (tmp_path / "pins.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(PinError, match=rf"pins\.yaml.*{complaint}"):
        load_pins([tmp_path / "pins.yaml"])


def test_a_broken_file_of_pins_ends_in_one_line(askme, tmp_path):
    (tmp_path / "pins.yaml").write_text("- ask: [unclosed", encoding="utf-8")
    ran = askme("eval", str(tmp_path))
    assert ran.is_one_line_error, ran
    assert "pins.yaml" in ran.err
