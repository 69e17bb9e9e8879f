"""What other programs rely on: the command line, its JSON, and its errors (design §7)."""

import json
import re

import pytest
import tiny
import yaml

from askme.evaluate import load_pins
from askme.settings import ROOT
from askme.types import Done, Retrieved, Sentence

FIELDS = {
    "id": str,
    "question": str,
    "standalone_question": str,
    "language": str,
    "status": str,
    "answer": str,
    "mode": str,
    "citations": list,
    "timings_ms": dict,
    "usage": dict | None,
}
CITATION = {"number": int, "id": str, "text": str, "source_text": str, "heading": str}
STATUSES = {"answered", "not_in_resume", "declined", "greeting"}


def assert_is_answer(made):
    assert list(made) == list(FIELDS)
    assert all(isinstance(made[name], kind) for name, kind in FIELDS.items())
    assert made["status"] in STATUSES
    assert made["mode"] in {"extractive", "model"}
    assert {"retrieve", "total"} <= set(made["timings_ms"])
    assert all(isinstance(time, int | float) and time >= 0 for time in made["timings_ms"].values())
    for citation in made["citations"]:
        assert {name: type(value) for name, value in citation.items()} == CITATION
        assert f"[{citation['number']}]" in made["answer"]


def batch(askme, *lines):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    ran = askme("ask", "--batch", "-", stdin=text)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_ask_prints_the_answer_and_what_it_rests_on(askme):
    ran = askme("ask", "how long was he at TikTok?")
    assert ran.code == 0
    assert "1 year" in ran.out
    assert "(tiktok)" in ran.out
    assert "国际化电商推荐组成员" in ran.out


def test_json_has_the_fields_of_the_contract(askme):
    ran = askme("ask", "他在虾皮待了几年", "--json")
    assert len(ran.out.splitlines()) == 1
    made = json.loads(ran.out)
    assert_is_answer(made)
    assert (made["question"], made["language"], made["status"]) == ("他在虾皮待了几年", "zh", "answered")
    assert [citation["id"] for citation in made["citations"]] == ["shopee"]
    assert "2 年 6 个月" in made["answer"]


def test_an_earlier_turn_gives_a_follow_up_its_subject(askme):
    ran = askme("ask", "and when did he leave?", "--turn", "when did he join Shopee?", "--json")
    made = json.loads(ran.out)
    assert made["question"] == "and when did he leave?"
    assert "Shopee" in made["standalone_question"]
    assert [citation["id"] for citation in made["citations"]] == ["shopee"]


def test_a_batch_is_answered_in_order_and_survives_bad_lines(askme):
    made = batch(
        askme,
        {"id": "good", "turns": ["when did he join Shopee?", "and TikTok?"]},
        "no JSON at all",
        {"id": "lacks turns"},
        {"id": "no turns", "turns": []},
        {"id": "no text", "turns": ["hello", 7]},
        {"id": "one text", "turns": "hello"},
        ["a", "list"],
        "",
        {"id": "half a character", "turns": ["\ud800 hello"]},
        {"id": "empty text", "turns": [""]},
        {"id": "last", "turns": ["他在虾皮待了几年"]},
    )
    ids = [
        "good",
        None,
        "lacks turns",
        "no turns",
        "no text",
        "one text",
        None,
        "half a character",
        "empty text",
        "last",
    ]
    assert [one["id"] for one in made] == ids
    answers = {one["id"]: one for one in made if "error" not in one}
    assert set(answers) >= {"good", "empty text", "last"}
    for answer in answers.values():
        assert_is_answer(answer)
    assert [citation["id"] for citation in answers["good"]["citations"]] == ["tiktok"]
    errors = [one for one in made if "error" in one]
    assert all(set(one) == {"id", "error"} and one["error"] for one in errors)
    assert {one["id"] for one in errors} >= {None, "lacks turns", "no turns", "no text", "one text"}


def test_a_batch_from_a_file_may_start_with_a_byte_order_mark(askme, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "x", "turns": ["hello"]}\n', encoding="utf-8-sig")
    (made,) = map(json.loads, askme("ask", "--batch", str(file)).out.splitlines())
    assert (made["id"], made.get("status")) == ("x", "greeting")


@pytest.mark.parametrize(
    ("arguments", "environment", "names"),
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
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_ends_in_one_line_that_names_it(askme, arguments, environment, names):
    ran = askme(*arguments, **environment)
    assert ran.is_one_line_error, ran
    assert names in ran.err


def test_an_empty_value_in_the_environment_counts_as_unset(askme):
    empty = dict.fromkeys(("ASKME_KNOWLEDGE_DIR", "ASKME_LOG_LEVEL", "GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME"), "")
    ran = askme("check", **empty)
    assert ran.code == 0, ran.err
    assert str(ROOT / "knowledge") in ran.out


def test_index_tells_what_it_wrote(askme, tiny_knowledge, tmp_path):
    places = {"ASKME_KNOWLEDGE_DIR": str(tiny_knowledge), "ASKME_DATA_DIR": str(tmp_path / "data")}
    wrote = [askme("index", *options, **places).out for options in ([], [], ["--rebuild"])]
    sizes = [re.findall(r"(\d+) documents, (\d+) written", line)[0] for line in wrote]
    size = sizes[0][0]
    assert int(size) > len(tiny.IDS)
    assert sizes == [(size, size), (size, "0"), (size, size)]


def test_check_lists_every_problem(askme, tiny_knowledge):
    resume = tiny_knowledge / "resume.en.md"
    resume.write_text(
        resume.read_text(encoding="utf-8").replace("35%", "53%").replace("of 12", "of 21"), encoding="utf-8"
    )
    ran = askme("check", ASKME_KNOWLEDGE_DIR=str(tiny_knowledge))
    assert ran.code != 0
    assert all(figure in ran.err for figure in ("35%", "53%", "12", "21"))
    assert "Traceback" not in ran.err


def test_eval_scores_pins(askme, tmp_path):
    right = {"id": "right", "ask": "how long was he at TikTok?", "status": "answered", "cites": ["tiktok"]}
    wrong = {
        "id": "wrong",
        "ask": ["when did he join Shopee?", "and TikTok?"],
        "status": "declined",
        "says": ["banana"],
    }
    file = tmp_path / "pins.yaml"
    file.write_text(yaml.safe_dump([right]), encoding="utf-8")
    alone = askme("eval", str(file))
    assert (alone.code, "100.0%" in alone.out) == (0, True), alone
    file.write_text(yaml.safe_dump([right, wrong]), encoding="utf-8")
    both = askme("eval", str(file))
    assert both.code != 0
    assert "50.0%" in both.out
    assert "wrong: when did he join Shopee? / and TikTok?" in both.out
    assert "right:" not in both.out
    assert both.out.count("banana") == 1


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
def test_a_broken_file_of_pins_is_one_line(askme, tmp_path, broken, complaint):
    file = tmp_path / "pins.yaml"
    file.write_text(broken, encoding="utf-8")
    ran = askme("eval", str(file))
    assert ran.is_one_line_error, ran
    assert "pins.yaml" in ran.err
    assert complaint in ran.err


def test_a_stream_shows_the_evidence_first_and_adds_up_to_its_answer(chain):
    first, *sentences, last = chain.stream("what did he do at TikTok?")
    assert isinstance(first, Retrieved)
    assert isinstance(last, Done)
    assert all(isinstance(one, Sentence) for one in sentences)
    assert "".join(one.text for one in sentences) == last.answer.text
    assert {c.id for one in sentences for c in one.citations} == {c.id for c in last.answer.citations}
    assert first.ids[0] in {c.id for c in last.answer.citations}


def test_source_texts_are_the_resume_word_for_word(chain):
    plain = re.sub(
        r"\{[^{}]*\}|^#+|^\s*-\s|\*\*", "", (ROOT / "knowledge/resume.zh.md").read_text(encoding="utf-8"), flags=re.M
    )
    resume = "".join(plain.split())
    pins = load_pins([ROOT / "tests" / "pins" / "structure.yaml"])
    citations = [citation for pin in pins for citation in chain.ask(pin.turns[-1]).citations]
    assert len({citation.id for citation in citations}) > 40
    assert [c.id for c in citations if "".join(c.source_text.split()) not in resume] == []
