"""What is computed from the structure of the résumé: durations, gaps, order, counts, and where he was when."""

import pytest

from askme.resume.cards import make_cards
from askme.resume.loader import load_knowledge
from askme.resume.timeline import at
from askme.text.periods import parse_period
from askme.types import Month

NOW, EARLIER = Month.of(2026, 11), Month.of(2025, 10)
STATIONS = ["exchange", "tiktok", "shopee", "wechat", "google", "bigo", "polyu"]
JOBS = STATIONS[:5]


@pytest.fixture(scope="module")
def knowledge(chain):
    return chain.knowledge


@pytest.fixture(scope="module")
def cards(knowledge):
    return {card.id: card for card in make_cards(knowledge, NOW)}


@pytest.fixture(scope="module")
def cards_earlier(knowledge):
    return {card.id: card for card in make_cards(knowledge, EARLIER)}


def said(card, language="en"):
    return "\n".join(line.text[language] for line in card.lines)


def test_ids_are_unique_and_what_is_cited_exists(knowledge, cards):
    made = make_cards(knowledge, NOW)
    assert len(cards) == len(made)
    assert {cite for card in made for cite in card.cites} <= set(knowledge.bullets)


@pytest.mark.parametrize(
    ("station", "en", "zh"),
    [
        ("exchange", "1 year 7 months", "1 年 7 个月"),
        ("tiktok", "1 year", "1 年"),
        ("shopee", "2 years 6 months", "2 年 6 个月"),
        ("wechat", "1 year 4 months", "1 年 4 个月"),
        ("google", "7 months", "7 个月"),
        ("bigo", "4 months", "4 个月"),
        ("polyu", "4 months", "4 个月"),
    ],
)
def test_tenure(cards, station, en, zh):
    card = cards[f"card.tenure.{station}"]
    assert f": {en} " in said(card)
    assert f"：{zh}（" in said(card, "zh")
    assert card.cites == (station,)


def test_only_the_present_tenure_grows_with_time(cards, cards_earlier):
    assert "6 months so far" in said(cards_earlier["card.tenure.exchange"])
    changed = [id_ for id_ in cards if id_.startswith("card.tenure.") and cards[id_] != cards_earlier[id_]]
    assert changed == ["card.tenure.exchange"]


def test_a_time_known_by_the_year_gets_no_length_in_months(cards):
    assert "month" not in said(cards["card.tenure.sysu"])
    assert "2015" in said(cards["card.tenure.sysu"])


def test_experience_is_counted_from_the_first_full_time_job_and_without_the_gaps(cards, cards_earlier):
    now, earlier = (made["card.experience"] for made in (cards, cards_earlier))
    assert "7 years 4 months" in said(now)
    assert "of which 7 years in" in said(now)
    assert "6 years 3 months" in said(earlier)
    assert "of which 5 years 11 months in" in said(earlier)
    assert set(now.cites) == {"google", "exchange"}


def test_the_one_gap(cards):
    assert cards["card.gaps"].cites == ("google", "wechat")
    assert "4 months" in said(cards["card.gaps"])
    assert len(cards["card.gaps"].lines) == 1


def test_employers_stand_with_the_latest_first(cards):
    assert list(cards["card.employers"].cites) == STATIONS


def test_employers_are_counted_without_internship_and_research(cards):
    head = cards["card.employer-count"].lines[0].text
    assert head.en.startswith("5 full-time employers, and 2 internship")
    assert head.zh.startswith("全职雇主 5 家")


@pytest.mark.parametrize("later", STATIONS[:-1])
def test_each_position_knows_its_neighbours(cards, later):
    earlier = STATIONS[STATIONS.index(later) + 1]
    assert cards[f"card.before.{later}"].cites == (earlier,)
    assert cards[f"card.after.{earlier}"].cites == (later,)


@pytest.mark.parametrize(
    ("topic", "station"), [("current", "exchange"), ("first", "google"), ("longest", "shopee"), ("shortest", "google")]
)
def test_positions_that_stand_out(cards, topic, station):
    assert cards[f"card.{topic}"].cites == (station,)


def test_when_the_present_job_becomes_the_longest_it_says_so(knowledge):
    later = {card.id: card for card in make_cards(knowledge, Month.of(2028, 1))}
    assert later["card.longest"].cites == ("exchange",)


def test_awards_are_counted_and_listed(cards):
    head, *listed = cards["card.awards"].lines
    assert (head.text.en[:2], head.text.zh[:4]) == ("8 ", "共 8 ")
    assert [line.cites for line in listed] == [(f"awards.{number}",) for number in range(1, 9)]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("how many gold medals did he win?", [1, 2, 3, 4, 5]),
        ("几块金牌", [1, 2, 3, 4, 5]),
        ("how many silver medals?", [6]),
        ("bronze?", [7]),
        ("list his CCPC medals", [5, 6]),
        ("ICPC 得过几次奖", [1, 2, 3, 4]),
        ("what did he win in 2016?", [4, 5, 6]),
        ("gold medals in 2017?", [1, 2, 3]),
    ],
)
def test_awards_by_medal_contest_and_year(chain, question, numbers):
    answer = chain.ask(question)
    assert sorted(c.id for c in answer.citations) == [f"awards.{number}" for number in numbers]
    assert len(numbers) == 1 or str(len(numbers)) in answer.text


@pytest.mark.parametrize(
    ("station", "count"), [("exchange", 4), ("tiktok", 3), ("shopee", 5), ("wechat", 4), ("google", 1), ("bigo", 1)]
)
def test_projects_are_counted(knowledge, cards, station, count):
    head, *titles = cards[f"card.projects.{station}"].lines
    assert f": {count} project" in head.text.en
    assert [knowledge.bullets[line.cites[0]].kind for line in titles] == ["project"] * count


def test_an_outline_has_its_heading_and_every_project(knowledge, cards):
    for station in STATIONS:
        outline = cards[f"card.outline.{station}"]
        projects = [bullet.id for bullet in knowledge.under(station) if bullet.kind == "project"]
        assert outline.cites[0] == station
        told = {knowledge.bullets[cite].parent for cite in outline.cites} | set(outline.cites)
        assert set(projects) <= told


@pytest.mark.parametrize(
    ("period", "there"),
    [
        ("2021", ["wechat", "shopee"]),
        ("2019-10", ["google"]),
        ("2020-03/2020-04", []),
        ("2018-10", ["polyu", "sysu"]),
        ("2016", ["sysu"]),
        ("2024-04", ["shopee", "tiktok"]),
        ("2026-11", ["exchange"]),
        ("2010", []),
        ("2030", []),
    ],
)
def test_where_he_was_when(knowledge, period, there):
    assert list(at(knowledge, parse_period(period), NOW).cites) == there


def test_the_future_is_not_foretold(knowledge):
    assert at(knowledge, parse_period("2026-11"), EARLIER).cites == ()


def test_a_resume_without_awards_and_schools_has_no_such_cards(tiny_knowledge):
    made = {card.id: card for card in make_cards(load_knowledge(tiny_knowledge), NOW)}
    assert not {"card.awards", "card.education", "card.skills"} & set(made)
    assert "4 years 8 months" in said(made["card.tenure.bakery"])
    assert "2 full-time employers:" in said(made["card.employer-count"])
    assert "7 years 10 months" in said(made["card.experience"])
