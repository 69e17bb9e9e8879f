"""What a journal tells its owner: figures, a page, and drafts of what to add to knowledge/."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import numpy as np
import pytest
import tiny
import yaml

from askme.errors import KnowledgeError
from askme.journal.gaps import find_gaps, joined
from askme.journal.records import Record
from askme.journal.report import as_text, report_of
from askme.journal.statistics import measure, percentile, table
from askme.journal.suggested_edits import advice, draft
from askme.resume.loader import load_knowledge
from askme.resume.validation import check
from askme.settings import ROOT
from askme.web.html.insights import as_page, policy
from askme.web.html.svg_charts import columns, nice, shares

MONDAY = datetime(2026, 11, 16, 9, tzinfo=timezone.utc)
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
SPENT = {"prompt_tokens": 1000.0, "completion_tokens": 50.0, "cost_usd": 0.25}
VOID = {"meta"}
DRAWN = {"rect", "line"}
"""What may close itself within a plot."""


def record(question="how many in the team?", cites=(), days=0, took=10.0, **changed):
    made = {
        "id": f"{question}{days}{took}",
        "at": MONDAY + timedelta(days=days),
        "language": "en",
        "status": "answered",
        "mode": "extractive",
        "question": question,
        "standalone_question": question,
        "cites": tuple(cites),
        "timings_ms": {"total": took},
        "visitor": "v1",
    }
    return Record(**made | changed)


def missed(question, visitor="v1", status="not_in_resume", **changed):
    return record(question, status=status, visitor=visitor, **changed)


@pytest.fixture
def knowledge(tiny_knowledge):
    return load_knowledge(tiny_knowledge)


@pytest.fixture(scope="module")
def real():
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def week():
    """Three days of a small bakery: what the figures below are counted from by hand."""
    return [
        record(cites=["bakery.1"], took=10),
        record(cites=["bakery.1", "bakery"], took=20, visitor="v2", thumb="up"),
        record("做过蛋糕吗", ["hotel.1"], took=30, language="zh"),
        missed("what is his salary", took=40),
        record(cites=["bakery.1"], days=2, took=1000, mode="model", usage=SPENT, thumb="down", comment="and in 2023?"),
        record(took=3000, days=2, mode="model", usage=SPENT | {"cost_usd": None}, cites=["gone.1"], visitor="v3"),
        record("wetter?", days=2, took=5, language="de", status="declined"),
        record("hi", status="greeting", took=7, visitor=""),
    ]


# Figures


def test_the_figures_are_those_counted_by_hand(week, knowledge):
    found = measure(week, knowledge)
    assert [dict(found.days[day]) for day in sorted(found.days)] == [{"en": 4, "zh": 1}, {}, {"en": 2, "other": 1}]
    assert (found.questions, found.visitors) == (8, 4)
    assert found.statuses == {"answered": 5, "not_in_resume": 1, "declined": 1, "greeting": 1}
    assert found.share("answered") == 5 / 8
    assert found.thumbs == {"up": 1, "down": 1}
    assert [(one.id, one.count) for one in found.jobs] == [("bakery", 3), ("hotel", 1)]
    assert [(one.id, one.count) for one in found.bullets] == [("bakery.1", 3), ("bakery", 1), ("hotel.1", 1)]
    assert [one.id for one in found.never] == [id_ for id_ in tiny.IDS if id_ not in ("bakery", "bakery.1", "hotel.1")]
    assert {mode: (one.count, one.p50, one.p95) for mode, one in found.latency.items()} == {
        "extractive": (6, 10, 40),
        "model": (2, 1000, 3000),
    }
    assert (found.spending.answers, found.spending.dollars, found.spending.unknown) == (2, 0.25, 1)
    assert (found.spending.prompt_tokens, found.spending.completion_tokens) == (2000, 100)


def test_the_table_says_them(week, knowledge):
    text = table(measure(week, knowledge))
    for line in (
        "2026-11-16 – 2026-11-18: 8 questions by 4 visitors, each counted once a day",
        "answered 62.5% · not stated 12.5% · declined 12.5% · greetings 12.5%",
        "thumbs up 1, down 1",
        "extractive: 6 answers, p50 10 ms, p95 40 ms",
        "model: 2 answers, p50 1.0 s, p95 3.0 s",
        "$0.2500 and 1 answers of unknown cost for 2 answers with a model, 2,000 tokens in, 100 out",
        "2026-11-16     4     1     0     5  ████████████████████████",
        "2026-11-17     0     0     0     0",
        "    3  bakery.1                 Leads a team of 12",
        "never asked: 6 bullets",
    ):
        assert line in text.splitlines()


def test_an_empty_journal_is_told_as_one(knowledge, tiny_knowledge):
    report = report_of([], knowledge, tiny_knowledge)
    assert as_text(report).startswith("no question yet: 0 questions by 0 visitors")
    assert "Nobody has asked anything yet." in as_page(report)
    assert report.patch == ""


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.95, 4), (0.25, 1), (0.26, 2), (0.0, 1), (1.0, 4)])
def test_percentiles_are_values_that_occurred(share, value):
    assert percentile([4, 1, 3, 2], share) == value
    assert percentile([7], share) == 7


# What visitors didn't get


def gaps(knowledge, *records):
    return [(gap.remedy, gap.topic, [one.text for one in gap.questions]) for gap in find_gaps(records, knowledge)]


def test_what_an_entry_covers_calls_for_a_bullet(knowledge):
    asked = missed("what salary does he expect"), missed("月薪多少", language="zh")
    assert gaps(knowledge, *asked) == [("bullet", "salary", ["what salary does he expect", "月薪多少"])]
    (gap,) = find_gaps(asked, knowledge)
    assert advice(gap, knowledge).startswith("not_stated.yaml says so (salary)")


def test_what_the_resume_does_not_name_calls_for_a_bullet_about_it(real):
    asked = missed("has he used Rust"), missed("会Rust吗", language="zh"), missed("any Rust experience?")
    ((remedy, topic, questions),) = gaps(real, *asked)
    assert (remedy, topic, len(questions)) == ("bullet", "Rust", 3)


def test_a_question_that_a_bullet_nearly_meets_calls_for_search_help_there(knowledge):
    asked = missed("fermentation hours?"), missed("hours of fermentation time", "v2")
    ((remedy, topic, questions),) = gaps(knowledge, *asked)
    assert (remedy, topic, len(questions)) == ("expansion", "bakery.sourdough.1", 2)


def test_a_bullet_of_another_employer_than_the_question_names_is_not_near(knowledge):
    asked = missed("fermentation hours at Blue Whale?")
    ((remedy, topic, _),) = gaps(knowledge, asked)
    assert (remedy, topic) == ("bullet", "hotel")
    assert advice(find_gaps([asked], knowledge)[0], knowledge).startswith("hotel doesn't say it: add a bullet there")


def test_other_questions_are_put_together_by_the_words_they_share(knowledge):
    asked = [
        *(missed("does he play the guitar", visitor) for visitor in "abc"),
        missed("can he play any guitar", "d"),
        missed("does he drink coffee", "a"),
        missed("coffee or tea, what does he drink", "b"),
    ]
    found = gaps(knowledge, *asked)
    assert [(remedy, topic) for remedy, topic, _ in found] == [("entry", "guitar play"), ("entry", "coffee drink")]
    assert found == gaps(knowledge, *reversed(asked))
    first = find_gaps(asked, knowledge)[0]
    assert (first.count, first.visitors) == (4, 4)


def test_a_disliked_answer_calls_for_more_where_it_came_from(knowledge):
    disliked = record("who runs the team", ["bakery.1"], thumb="down")
    assert gaps(knowledge, disliked) == [("bullet", "bakery.1", ["who runs the team"])]
    assert "The answer from bakery.1 was disliked" in advice(find_gaps([disliked], knowledge)[0], knowledge)


def test_what_was_rightly_declined_is_no_gap(real):
    asked = (
        missed("what's the weather tomorrow", status="declined"),
        missed("write me a poem", status="declined"),
        missed("what do the stars in his email address stand for?", status="declined"),
        record("hello", status="greeting", thumb="down"),
    )
    assert gaps(real, *asked) == []


def test_average_linkage_joins_the_nearest_first():
    near = np.array([[1, 0.9, 0.2, 0.1], [0.9, 1, 0.4, 0.1], [0.2, 0.4, 1, 0.2], [0.1, 0.1, 0.2, 1]])
    assert joined(near, 0.95) == [[0], [1], [2], [3]]
    assert joined(near, 0.31) == [[0, 1], [2], [3]]  # the mean of 0.2 and 0.4 is 0.3
    assert joined(near, 0.29) == [[0, 1, 2], [3]]
    assert joined(near, 0.13) == [[0, 1, 2, 3]]  # (0.1 + 0.1 + 0.2) / 3
    assert joined(np.zeros((0, 0)), 0.5) == []


# Drafts


def applied(patch, folder):
    command = ["patch", "-p1", "--quiet", "--fuzz=0"]
    done = subprocess.run(command, input=patch, text=True, cwd=folder.parent, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


ASKED = (
    missed("does he play the guitar", "a"),
    missed("can he play any guitar", "b"),
    missed('他会弹吉他吗: "guitar" # yes', "a", language="zh"),
    missed("fermentation hours?", "a"),
    missed("what salary does he expect", "a"),
)


@pytest.mark.process
def test_the_drafts_are_a_patch_that_check_accepts_once_the_blanks_are_filled(knowledge, tiny_knowledge):
    before = {path: path.read_text() for path in tiny_knowledge.rglob("*.*")}
    patch = draft(find_gaps(ASKED, knowledge), knowledge, tiny_knowledge)
    assert {path: path.read_text() for path in tiny_knowledge.rglob("*.*")} == before
    applied(patch, tiny_knowledge)
    blanks = patch.count("# <- fill in")
    for _ in range(blanks):
        with pytest.raises(KnowledgeError, match=r"not_stated.yaml:\d+: guitar_\w+\.") as complaint:
            load_knowledge(tiny_knowledge)
        fill_in(tiny_knowledge / "not_stated.yaml", int(str(complaint.value).split(":")[1]))
    assert check(tiny_knowledge) == []
    made = load_knowledge(tiny_knowledge)
    assert [notice.id for notice in made.notices][1:] == ["guitar_play", "guitar_yes"]
    assert 'guitar" # yes' in made.notices[2].expansion.zh[0]
    assert made.bullets["bakery.sourdough.1"].expansion.en[5] == "fermentation hours?"


def fill_in(path, line):
    """Fill in the blanks from `line` on, as the comment beside each says; a complaint may name the line above."""
    lines = path.read_text().split("\n")
    blank = next(i for i in range(line - 1, len(lines)) if "# <- fill in" in lines[i])
    lines[blank] = lines[blank].split(" # <-")[0] + (
        ' ["one", "two"]' if "as a list" in lines[blank] else ' "filled in"'
    )
    path.write_text("\n".join(lines))


def test_a_draft_says_above_it_what_was_asked_and_what_would_help(knowledge, tiny_knowledge):
    patch = draft(find_gaps(ASKED, knowledge), knowledge, tiny_knowledge)
    assert "# 1. asked 2 × by 2 visitors: can he play any guitar · does he play the guitar" in patch
    assert not re.search(r"^\+.*salary", patch, re.MULTILINE)
    assert patch.count("--- a/knowledge/") == patch.count("+++ b/knowledge/") == 2


def test_ids_of_drafts_are_free_and_texts(knowledge, tiny_knowledge):
    asked = [missed(text) for text in ("his salary", "is it true", "2018 2018", "弹吉他吗", "养猫吗")]
    patch = draft(find_gaps(asked, knowledge), knowledge, tiny_knowledge)
    added = yaml.safe_load("\n".join(line[1:] for line in patch.splitlines() if re.match(r"\+(?!\+\+)", line)))
    ids = [entry["id"] for entry in added]
    assert len(ids) == len(set(ids))
    assert all(isinstance(one, str) and one not in ("salary", "true") for one in ids)


def test_a_list_that_is_not_one_item_a_line_is_left_alone(knowledge, tiny_knowledge):
    help_file = tiny_knowledge / "expansions" / "all.yaml"
    help_file.write_text(yaml.safe_dump(yaml.safe_load(help_file.read_text()), default_flow_style=True))
    patch = draft(find_gaps(ASKED[3:4], knowledge), knowledge, tiny_knowledge)
    assert "bakery.sourdough.1 should have been found" in patch
    assert "+++" not in patch


# The page


class Page(HTMLParser):
    """A page taken apart: tags must nest; what it refers to and how its plots are named is kept."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.plots, self.text = [], [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "svg":
            self.plots.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if self.open[-1:] != ["style"] else ""


def page_of(records, knowledge, folder):
    return as_page(report_of(records, knowledge, folder))


def test_the_page_is_whole_and_takes_nothing_from_outside(week, knowledge, tiny_knowledge):
    html = page_of([*week, *ASKED], knowledge, tiny_knowledge)
    page = Page(html)
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert not {"src", "href", "style", "onload", "onclick"} & set(page.attributes)
    assert "url(" not in html
    assert "@import" not in html
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert all((plot.get("role") == "img" and plot["aria-label"]) or plot["aria-hidden"] for plot in page.plots)
    for told in (
        "Wang Xiaoming",
        "2026-11-16 – 2026-11-18",
        "38%",
        "Leads a team of 12",
        "and in 2023?",
        "does he play",
    ):
        assert told in page.text


def test_the_policy_of_the_page_allows_its_style_alone(week, knowledge, tiny_knowledge):
    html = page_of(week, knowledge, tiny_knowledge)
    assert f'content="{policy()}"' in html
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy() == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_markup_in_what_visitors_typed_is_shown_as_typed(knowledge, tiny_knowledge):
    records = [
        missed(MARKUP, language=MARKUP),
        record(MARKUP, ["bakery.1"], thumb="down", comment=MARKUP),
        record(mode=MARKUP, status=MARKUP),
    ]
    html = page_of(records, knowledge, tiny_knowledge)
    page = Page(html)
    assert not {"script", "img"} & set(page.tags)
    assert not {"src", "onerror"} & set(page.attributes)
    assert page.text.count(MARKUP) >= 4


def test_columns_stand_on_each_other_and_are_named():
    svg = columns("Questions", ["Mon", "<Tue>"], [("en", [3, 0]), ("zh", [1, 2])])
    assert re.findall(r"<title>(.*?)</title>", svg) == ["Mon: 3 en", "Mon: 1 zh", "&lt;Tue&gt;: 2 zh"]
    heights = [float(one) for one in re.findall(r'<rect.*?height="([\d.]+)"', svg)]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.2)
    assert Page(svg).plots[0]["aria-label"] == "Questions"
    assert columns("None", [], []).startswith("<svg")


def test_shares_make_up_the_whole():
    widths = re.findall(r'<rect.*?width="([\d.]+)%"', shares("How", [("a", 3), ("b", 0), ("c", 1)]))
    assert widths == ["75.00", "25.00"]
    assert "<rect" not in shares("How", [("a", 0)])


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (2, 2), (3, 4), (11, 20), (25, 30), (47, 60), (101, 200), (999, 1000)]
)
def test_a_scale_is_round_and_has_a_whole_half(value, top):
    assert nice(value) == top


def test_many_days_get_few_labels(knowledge):
    records = [record(days=day) for day in range(0, 120, 7)]
    days = measure(records, knowledge).days
    assert len(days) == 120
    svg = columns("Days", [str(day) for day in days], [("en", [1] * 120)])
    assert len(re.findall('text-anchor="middle"', svg)) <= 8


def test_the_report_of_a_long_journal_takes_a_second_or_two(real):
    records = [replace(missed(f"does he know thing number {n} of {n % 50}"), id=str(n)) for n in range(1000)]
    assert find_gaps(records, real)
