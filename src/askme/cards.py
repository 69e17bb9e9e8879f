"""Answers computed from structure: tenures, order, dates, counts, lists and outlines, each citing its bullets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from askme.lines import award_list, card, first_line, heading_line, outline, short_name, tenure_line, text_line
from askme.months import Month, Period
from askme.periods import duration, month_text, months_between, period_text
from askme.types import Bilingual, Bullet, Card, Knowledge, Line

SHORTEST_GAP = 2
"""Months between two positions that count as a gap; they are known to the month only."""


def make_cards(knowledge: Knowledge, now: Month) -> list[Card]:
    """Return all cards of a résumé as of the month `now`."""
    makers = (_stations, _order, _totals, _skills, _awards, _education, _projects, _all_projects, _name)
    return [card for maker in makers for card in maker(knowledge, now)]


def at(knowledge: Knowledge, period: Period, now: Month) -> Card:
    """Return where the candidate was in `period`: the positions that overlap it, else what he studied, else nothing."""
    there = [b for b in knowledge.stations() if b.period and b.period.overlaps(period)]
    studies = [
        b for b in knowledge.bullets.values() if b.kind == "education" and b.period and b.period.overlaps(period)
    ]
    found = sorted(there, key=lambda b: b.period.start if b.period else now) or studies
    if there and not any(b.kind == "job" for b in there):
        found = [*found, *studies]
    name = period_text(period, "en").replace(" ", "-")
    return card("at", name, map(heading_line, found) if period.start <= now else ())


def _stations(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    for bullet in [
        *knowledge.stations(),
        *(b for b in knowledge.bullets.values() if b.kind in ("education", "activity")),
    ]:
        name = short_name(bullet)
        yield card(
            "tenure",
            bullet.id,
            [tenure_line(bullet, now)],
            f"在{name.zh}待了多久|在{name.zh}做了几年|{name.zh}工作时长|什么时候去的{name.zh}|什么时候离开{name.zh}",
            f"how long was he at {name.en}|how many years at {name.en}|tenure at {name.en}|when did he join {name.en}",
        )
        if bullet.kind in ("education", "activity"):
            continue
        yield card(
            "outline",
            bullet.id,
            outline(knowledge, bullet),
            f"他在{name.zh}做了什么|{name.zh}的工作经历|介绍{name.zh}那段经历|在{name.zh}负责什么|{name.zh}项目",
            f"what did he do at {name.en}|tell me about {name.en}|role at {name.en}|projects at {name.en}",
        )


def _projects(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    for station in knowledge.stations():
        titles = [b for b in knowledge.under(station.id) if b.kind == "project"]
        name, count = short_name(station), len(titles)
        head = Bilingual(f"{name.zh}：{count} 个项目。", f"{name.en}: {count} project{'s' * (count != 1)}.")
        yield card(
            "projects",
            station.id,
            [Line(head, (station.id,)), *(Line(first_line(b), (b.id,)) for b in titles)],
            f"在{name.zh}做过几个项目|{name.zh}有哪些项目",
            f"how many projects at {name.en}|list projects at {name.en}",
        )


def _all_projects(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    by_station = [(s, [b for b in knowledge.under(s.id) if b.kind == "project"]) for s in knowledge.stations()]
    count = sum(len(projects) for _, projects in by_station)
    lines = [Line(Bilingual(f"共 {count} 个项目：", f"{count} projects in all:"))]
    for station, projects in by_station:
        if projects:
            name, titles = short_name(station), [first_line(b) for b in projects]
            zh = f"{name.zh}：" + "；".join(title.zh for title in titles)
            en = f"{name.en}: " + "; ".join(title.en for title in titles)
            lines.append(Line(Bilingual(zh, en), tuple(b.id for b in projects)))
    if count:
        yield card(
            "all-projects", "", lines, "做过哪些项目|所有项目|项目列表|一共几个项目", "all projects|list every project"
        )


def _order(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    stations = knowledge.stations()
    if not stations:
        return
    jobs = [b for b in stations if b.kind == "job"]
    yield card(
        "employers",
        "",
        map(heading_line, stations),
        "他在哪些公司工作过|工作经历|待过哪些公司|履历|换过几次工作|按时间顺序列出公司|职业经历",
        "where has he worked|list his employers|companies he worked for|work history|career path|job history",
    )
    count = Bilingual(
        f"全职雇主 {len(jobs)} 家"
        + (f"，另有实习与研究 {len(stations) - len(jobs)} 段：" if len(stations) > len(jobs) else "："),
        f"{len(jobs)} full-time employers"
        + (
            f", and {len(stations) - len(jobs)} internship or research positions:" if len(stations) > len(jobs) else ":"
        ),
    )
    yield card(
        "employer-count",
        "",
        [Line(count, tuple(b.id for b in stations)), *map(heading_line, stations)],
        "在几家公司工作过|一共有几份工作|跳槽几次|几段工作经历",
        "how many companies|how many jobs|number of employers|how many employers",
    )
    yield from _extremes(stations, jobs, now)
    yield from _neighbours(stations)


def _extremes(stations: list[Bullet], jobs: list[Bullet], now: Month) -> Iterator[Card]:
    yield card(
        "current",
        "",
        [heading_line(stations[0])],
        "现在在哪工作|目前在哪家公司|现在做什么|目前职位|最近一份工作",
        "where does he work now|current job|current employer|present role|latest job|most recent role",
    )
    yield card(
        "first",
        "",
        [heading_line(jobs[-1] if jobs else stations[-1])],
        "第一份工作是什么|毕业后第一份工作|刚毕业去了哪里",
        "first job|first job after graduating|how did his career start|where did he start",
    )
    by_length = sorted((b for b in jobs if b.period), key=lambda b: months_between(b.period, now) if b.period else 0)
    if by_length:
        yield card(
            "longest",
            "",
            [tenure_line(by_length[-1], now)],
            "待得最久的公司|哪份工作做得最长",
            "longest job|which job did he hold longest|longest tenure",
        )
        yield card(
            "shortest",
            "",
            [tenure_line(by_length[0], now)],
            "待得最短的公司|哪份工作做得最短",
            "shortest job|which job was shortest|shortest stint",
        )


def _neighbours(stations: list[Bullet]) -> Iterator[Card]:
    for later, earlier in itertools.pairwise(stations):
        a, b = short_name(earlier), short_name(later)
        yield card(
            "before",
            later.id,
            [heading_line(earlier)],
            f"去{b.zh}之前在哪|{b.zh}的上一家",
            f"where was he before {b.en}|job before {b.en}",
        )
        yield card(
            "after",
            earlier.id,
            [heading_line(later)],
            f"离开{a.zh}之后去了哪|{a.zh}的下一家",
            f"where did he go after {a.en}|job after {a.en}",
        )


def _totals(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    jobs = [b for b in knowledge.stations() if b.kind == "job" and b.period]
    if not jobs:
        return
    since = min(b.period.start for b in jobs if b.period)
    total = duration(now.number - since.number)
    worked = duration(_covered([b.period for b in jobs if b.period], now))
    zh = f"自 {month_text(since, 'zh')}第一份全职工作起共 {total.zh}，其中在职 {worked.zh}。"
    en = f"{total.en} since the first full-time job in {month_text(since, 'en')}, of which {worked.en} in employment."
    ids = tuple(b.id for b in reversed(jobs))
    yield card(
        "experience",
        "",
        [Line(Bilingual(zh, en), (ids[0], ids[-1]) if len(ids) > 1 else ids)],
        "一共多少年工作经验|工作几年了|总工作年限|从业多少年",
        "years of experience|how many years has he worked|total work experience|how long has he been working",
    )
    yield card(
        "gaps",
        "",
        list(_gap_lines(knowledge)),
        "有没有空窗期|工作有间断吗|简历有空白期吗|gap",
        "any gaps in employment|career gap|employment gap|was he unemployed|break between jobs",
    )


def _covered(periods: list[Period], now: Month) -> int:
    months: set[int] = set()
    for period in periods:
        months |= set(range(period.start.number, (period.end or now).number))
    return len(months)


def _gap_lines(knowledge: Knowledge) -> Iterator[Line]:
    stations = sorted(
        (b for b in knowledge.stations() if b.period), key=lambda b: b.period.start if b.period else Month(0)
    )
    for earlier, later in itertools.pairwise(stations):
        if not (earlier.period and earlier.period.end and later.period):
            continue
        months = later.period.start.number - earlier.period.end.number
        if months < SHORTEST_GAP:
            continue
        a, b, length = short_name(earlier), short_name(later), duration(months)
        end, start = earlier.period.end, later.period.start
        zh = f"{a.zh}（至 {month_text(end, 'zh')}）与{b.zh}（{month_text(start, 'zh')}起）之间约 {length.zh}。"
        until, since = month_text(end, "en"), month_text(start, "en")
        en = f"About {length.en} between {a.en} (until {until}) and {b.en} (from {since})."
        yield Line(Bilingual(zh, en), (earlier.id, later.id))


def _skills(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    skills = [b for b in knowledge.bullets.values() if b.kind == "skill"]
    if skills:
        yield card(
            "skills",
            "",
            map(text_line, skills),
            "会什么技术|技术栈|有哪些技能|技能清单|会哪些工具",
            "what are his skills|tech stack|skill set|technologies he knows|what tools does he use",
        )


def _awards(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    awards = [b for b in knowledge.bullets.values() if b.kind == "award"]
    if awards:
        yield card(
            "awards",
            "",
            [*award_list(awards)],
            "获得过哪些奖|所有奖项|得过什么奖|多少个奖",
            "list his awards|what awards has he won|all medals and honors|how many awards",
        )


def _name(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    profile = knowledge.bullets.get("profile")
    if profile:
        yield card(
            "name", "", [text_line(profile)], "候选人叫什么名字|这是谁的简历", "what's his name|whose résumé is this"
        )


def _education(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    schools = [b for b in knowledge.bullets.values() if b.kind == "education"]
    lines = [line for b in schools for line in (text_line(b), *map(text_line, knowledge.under(b.id)))]
    if lines:
        yield card(
            "education",
            "",
            lines,
            "教育背景|毕业于哪所学校|学历|什么专业|哪个大学",
            "education|where did he study|what did he major in|university|college|alma mater",
        )
