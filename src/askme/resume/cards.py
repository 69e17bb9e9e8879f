"""Answers computed from structure: tenures, order, dates, counts, lists and outlines, each citing its bullets."""

from __future__ import annotations

from collections.abc import Iterator

from askme.resume.lines import (
    award_list,
    card,
    first_line,
    heading_line,
    outline,
    placed,
    results,
    short_name,
    tenure_line,
    text_line,
)
from askme.resume.timeline import in_order, totals
from askme.text.numbers import figures
from askme.types import Bullet, Card, Knowledge, Line, Message, Month


def make_cards(knowledge: Knowledge, now: Month) -> list[Card]:
    """Return all cards of a résumé as of the month `now`."""
    makers = (
        _stations,
        in_order,
        totals,
        _skills,
        _awards,
        _education,
        _projects,
        _all_projects,
        _highlights,
        _overview,
        _contact,
        _name,
    )
    return [card for maker in makers for card in maker(knowledge, now)]


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
        titles = knowledge.projects(station.id)
        name, count = short_name(station), len(titles)
        head = Message(f"{name.zh}：{count} 个项目。", f"{name.en}: {count} project{'s' * (count != 1)}.")
        yield card(
            "projects",
            station.id,
            [Line(head, (station.id,)), *(Line(first_line(b), (b.id,)) for b in titles)],
            f"在{name.zh}做过几个项目|{name.zh}有哪些项目",
            f"how many projects at {name.en}|list projects at {name.en}",
        )


def _all_projects(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    by_station = [(s, knowledge.projects(s.id)) for s in knowledge.stations()]
    count = sum(len(projects) for _, projects in by_station)
    lines = [Line(Message(f"共 {count} 个项目：", f"{count} projects in all:"))]
    for station, projects in by_station:
        if projects:
            name, titles = short_name(station), [first_line(b) for b in projects]
            zh = f"{name.zh}：" + "；".join(title.zh for title in titles)
            en = f"{name.en}: " + "; ".join(title.en for title in titles)
            lines.append(Line(Message(zh, en), tuple(b.id for b in projects)))
    if count:
        yield card(
            "all-projects", "", lines, "做过哪些项目|所有项目|项目列表|一共几个项目", "all projects|list every project"
        )


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


def _highlights(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    """Yield the first measured results: three of the latest position, one of each job before."""
    lines = []
    for number, station in enumerate(s for s in knowledge.stations() if s.kind == "job"):
        projects = knowledge.projects(station.id)
        found = [_best(results(knowledge, project.id)) for project in projects if results(knowledge, project.id)]
        lines += [placed(knowledge, b) for b in found[: 1 if number else 3]]
    if lines:
        yield card(
            "highlights",
            "",
            lines,
            "最大的成就|亮点|代表作",
            "biggest achievements|highlights|what makes him stand out",
        )


def _best(found: list[Bullet]) -> Bullet:
    """Return the first result that is a change in percent, else the first."""
    return next((b for b in found if any(f.unit == "%" for f in figures(b.text.original))), found[0])


def _overview(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    """Yield the career in short: total experience, the positions, the schools."""
    experience = [line for made in totals(knowledge, now) if made.topic == "experience" for line in made.lines]
    jobs = [heading_line(b) for b in knowledge.stations() if b.kind == "job"]
    schools = [text_line(b) for b in knowledge.bullets.values() if b.kind == "education"]
    yield card(
        "overview", "", [*experience, *jobs, *schools], "介绍一下他|职业概况", "who is he|summarize his career|overview"
    )


def _contact(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    found = [text_line(b) for b in knowledge.bullets.values() if b.kind == "contact"]
    if found:
        yield card("contact", "", found, "怎么联系他|联系方式", "contact|how to reach him")


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
