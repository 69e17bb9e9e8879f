"""Cards about time: where he was when, in which order, how long altogether, and the gaps between."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from askme.resume.lines import card, heading_line, short_name, tenure_line
from askme.text.periods import duration, month_text, months_between, period_text
from askme.types import Bullet, Card, Knowledge, Line, Message, Month, Period

SHORTEST_GAP = 2
"""Months between two positions that count as a gap; they are known to the month only."""


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


def in_order(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    """Yield the cards on employers in their order: the list, their number, the first, the current, before and after."""
    stations = knowledge.stations()
    if not stations:
        return
    jobs = [b for b in stations if b.kind == "job"]
    yield card(
        "employers",
        "",
        map(heading_line, stations),
    )
    count = Message(
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
    )
    yield from _extremes(stations, jobs, now)
    yield from _neighbours(stations)


def _extremes(stations: list[Bullet], jobs: list[Bullet], now: Month) -> Iterator[Card]:
    yield card(
        "current",
        "",
        [heading_line(stations[0])],
    )
    yield card(
        "first",
        "",
        [heading_line(jobs[-1] if jobs else stations[-1])],
    )
    by_length = sorted((b for b in jobs if b.period), key=lambda b: months_between(b.period, now) if b.period else 0)
    if by_length:
        yield card(
            "longest",
            "",
            [tenure_line(by_length[-1], now)],
        )
        yield card(
            "shortest",
            "",
            [tenure_line(by_length[0], now)],
        )


def _neighbours(stations: list[Bullet]) -> Iterator[Card]:
    for later, earlier in pairwise(stations):
        yield card(
            "before",
            later.id,
            [heading_line(earlier)],
        )
        yield card(
            "after",
            earlier.id,
            [heading_line(later)],
        )


def totals(knowledge: Knowledge, now: Month) -> Iterator[Card]:
    """Yield the cards on total experience and on gaps."""
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
        [Line(Message(zh, en), (ids[0], ids[-1]) if len(ids) > 1 else ids)],
    )
    yield card(
        "gaps",
        "",
        list(_gap_lines(knowledge)),
    )


def experience_in(knowledge: Knowledge, holders: frozenset[str], now: Month) -> Card:
    """Return how long the positions lasted altogether in which a field is named, citing where it is."""
    there = [b for b in knowledge.bullets.values() if b.id in holders and b.station != b.section]
    first = {b.station: b for b in reversed(there)}
    stations = [s for s in reversed(knowledge.stations()) if s.id in first]
    length = duration(_covered([s.period for s in stations if s.period], now))
    names = [short_name(s) for s in stations]
    zh = f"在提到这一领域的职位上共 {length.zh}：" + "、".join(name.zh for name in names) + "。"
    en = f"{length.en} in positions that name it: " + ", ".join(name.en for name in names) + "."
    lines = (
        [Line(Message(zh, en), tuple(dict.fromkeys(i for s in stations for i in (s.id, first[s.id].id))))]
        if stations
        else []
    )
    return card("experience-in", "", lines)


def _covered(periods: list[Period], now: Month) -> int:
    months: set[int] = set()
    for period in periods:
        months |= set(range(period.start.number, (period.end or now).number))
    return len(months)


def _gap_lines(knowledge: Knowledge) -> Iterator[Line]:
    stations = sorted(
        (b for b in knowledge.stations() if b.period), key=lambda b: b.period.start if b.period else Month(0)
    )
    for earlier, later in pairwise(stations):
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
        yield Line(Message(zh, en), (earlier.id, later.id))
