"""What other programs rely on: the JSON of an answer, batches, streams, and sources word for word (design §7)."""

import json
import re

import pytest

from askme.evaluation import load_pins
from askme.settings import ROOT
from askme.text.numbers import figures, loose_values
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
MARK = re.compile(r"\[(\d+)\]")
CITATION = {"number": int, "id": str, "text": str, "source_text": str, "heading": str}


def assert_is_answer(made):
    assert list(made) == list(FIELDS)
    assert all(isinstance(made[name], kind) for name, kind in FIELDS.items())
    assert made["status"] in {"answered", "not_in_resume", "declined", "greeting"}
    assert made["mode"] in {"extractive", "model"}
    assert {"retrieve", "total"} <= set(made["timings_ms"])
    assert all(isinstance(time, int | float) for time in made["timings_ms"].values())
    assert made["timings_ms"]["total"] >= made["timings_ms"]["retrieve"] > 0
    for citation in made["citations"]:
        assert {name: type(value) for name, value in citation.items()} == CITATION
        assert f"[{citation['number']}]" in made["answer"]


def cited(made):
    return [citation["id"] for citation in made["citations"]]


def batch(askme, *lines):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    ran = askme("ask", "--batch", "-", stdin=text)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_json_has_the_fields_of_the_contract(askme):
    ran = askme("ask", "他在虾皮待了几年", "--json")
    assert len(ran.out.splitlines()) == 1
    made = json.loads(ran.out)
    assert_is_answer(made)
    assert (made["question"], made["language"], made["status"]) == ("他在虾皮待了几年", "zh", "answered")
    assert cited(made) == ["shopee"]
    assert "2 年 6 个月" in made["answer"]


def test_an_earlier_turn_gives_a_follow_up_its_subject(askme):
    made = json.loads(askme("ask", "and when did he leave?", "--turn", "when did he join Shopee?", "--json").out)
    assert made["question"] == "and when did he leave?"
    assert "Shopee" in made["standalone_question"]
    assert cited(made) == ["shopee"]


def test_a_batch_is_answered_in_order_and_bad_lines_do_not_end_it(askme):
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
        {"id": "empty text", "turns": [""]},
        {"id": "last", "turns": ["他在虾皮待了几年"]},
    )
    *good_and_bad, empty, last = made
    good, *bad = good_and_bad
    assert [good["id"], empty["id"], last["id"]] == ["good", "empty text", "last"]
    for answer in (good, empty, last):
        assert_is_answer(answer)
    assert [cited(good), cited(last)] == [["tiktok"], ["shopee"]]
    assert [one["id"] for one in bad] == [None, "lacks turns", "no turns", "no text", "one text", None]
    assert all(list(one) == ["id", "error"] and one["error"] for one in bad)


def test_half_a_character_does_not_end_a_batch(askme):
    """JSON can spell a lone surrogate, which no encoding can write."""
    made = batch(askme, {"id": "half", "turns": ["hello \ud800"]}, {"id": "next", "turns": ["hello"]})
    assert [one["id"] for one in made] == ["half", "next"]
    assert_is_answer(made[1])


def test_a_batch_may_come_from_a_file_with_a_byte_order_mark(askme, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "x", "turns": ["hello"]}\n', encoding="utf-8-sig")
    (line,) = askme("ask", "--batch", str(file)).out.splitlines()
    assert json.loads(line) | {"id": "x", "status": "greeting"} == json.loads(line)


def test_a_stream_shows_the_evidence_first_and_adds_up_to_its_answer(chain):
    first, *sentences, last = chain.stream("what did he do at TikTok?")
    assert (type(first), type(last)) == (Retrieved, Done)
    assert {type(one) for one in sentences} == {Sentence}
    assert "".join(one.text for one in sentences) == last.answer.text
    assert {c.id for one in sentences for c in one.citations} == {c.id for c in last.answer.citations}
    assert first.ids[0] in {c.id for c in last.answer.citations}


def test_citations_are_numbered_in_the_order_in_which_they_are_met(chain):
    answer = chain.ask("what did he do at TikTok?")
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    met = dict.fromkeys(int(number) for number in re.findall(r"\[(\d+)\]", answer.text))
    assert list(met) == [citation.number for citation in answer.citations]


def test_texts_come_in_the_language_of_the_answer_and_sources_in_the_resumes_own(chain):
    english, chinese = (
        chain.ask(question).citations[0] for question in ("when did he join Shopee?", "什么时候进的虾皮")
    )
    assert english.source_text == chinese.source_text == chinese.text
    assert english.text != english.source_text
    assert english.heading != chinese.heading


def test_a_language_that_is_not_spoken_is_answered_in_english(chain):
    answer = chain.ask("Сколько лет он работал в Shopee?")
    assert answer.language == "ru"
    assert re.search("[A-Za-z]{4}", answer.text)
    assert not re.search("[\u4e00-\u9fff]", answer.text)


@pytest.fixture(scope="module")
def answers(chain):
    pins = load_pins([ROOT / "tests" / "pins" / name for name in ("structure.yaml", "bullets.zh.yaml")])
    return [chain.ask(pin.turns[-1]) for pin in pins]


def test_sources_are_the_resume_word_for_word(answers):
    written = (ROOT / "knowledge/resume.zh.md").read_text(encoding="utf-8")
    bare = re.sub(r"\{[^{}]*\}|^#+|^\s*-\s|(?<!\*)\*\*(?!\*)", "", written, flags=re.MULTILINE)
    resume = "".join(bare.split())
    citations = {citation for answer in answers for citation in answer.citations}
    assert len({citation.id for citation in citations}) > 80
    assert [c.id for c in citations if "".join(c.source_text.split()) not in resume] == []


def test_every_figure_of_a_sentence_stands_in_a_bullet_it_cites(answers):
    """All but lengths of time and counts, which are computed: small whole numbers without a unit."""
    loose = []
    for answer in answers:
        cited = {str(c.number): loose_values(f"{c.text}\n{c.source_text}") for c in answer.citations}
        for line in answer.text.splitlines():
            held = {value for number in MARK.findall(line) for value in cited[number]}
            stated = [f for f in figures(MARK.sub("", line)) if f.unit or f.value % 1 or f.value >= 100]
            loose += [(answer.question, figure.text) for figure in stated if figure.value not in held]
    assert loose == []
