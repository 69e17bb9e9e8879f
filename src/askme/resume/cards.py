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
        yield card(
            "tenure",
            bullet.id,
            [tenure_line(bullet, now)],
        )
        if bullet.kind in ("education", "activity"):
            continue
        yield card(
            "outline",
            bullet.id,
            outline(knowledge, bullet),
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
        yield card("all-projects", "", lines)


def _skills(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    skills = [b for b in knowledge.bullets.values() if b.kind == "skill"]
    if skills:
        yield card(
            "skills",
            "",
            map(text_line, skills),
        )


def _awards(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    awards = [b for b in knowledge.bullets.values() if b.kind == "award"]
    if awards:
        yield card(
            "awards",
            "",
            [*award_list(awards)],
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
        )


def _best(found: list[Bullet]) -> Bullet:
    """Return the first result that is a change in percent, else the first."""
    return next((b for b in found if any(f.unit == "%" for f in figures(b.text.original))), found[0])


def _overview(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    """Yield the career in short: total experience, the positions, the schools."""
    experience = [line for made in totals(knowledge, now) if made.topic == "experience" for line in made.lines]
    jobs = [heading_line(b) for b in knowledge.stations() if b.kind == "job"]
    schools = [text_line(b) for b in knowledge.bullets.values() if b.kind == "education"]
    yield card("overview", "", [*experience, *jobs, *schools])


def _contact(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    found = [text_line(b) for b in knowledge.bullets.values() if b.kind == "contact"]
    if found:
        yield card("contact", "", found)


def _name(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    profile = knowledge.bullets.get("profile")
    if profile:
        yield card("name", "", [text_line(profile)])


def _education(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    schools = [b for b in knowledge.bullets.values() if b.kind == "education"]
    lines = [line for b in schools for line in (text_line(b), *map(text_line, knowledge.under(b.id)))]
    if lines:
        yield card(
            "education",
            "",
            lines,
        )
