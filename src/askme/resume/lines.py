"""The lines that cards and answers are made of: headings, tenures, bullets and outlines, each with what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askme.text.numbers import Figure, figures
from askme.text.periods import duration, months_between, period_text
from askme.types import Bullet, Card, Knowledge, Line, Localized, Message, Month, Period, Texts

_DASH = re.compile(r" [-–—] ")

MILLION = 10**6


def card(topic: str, scope: str, lines: Iterable[Line]) -> Card:
    """Return a card; its id is made of its topic and scope."""
    return Card(f"card.{topic}" + (f".{scope}" if scope else ""), topic, scope, tuple(lines))


def first_line(bullet: Bullet) -> Localized:
    """Return the first line of a heading: employer, team and title."""
    return bullet.text.map(lambda text: text.split("\n")[0])


def short_name(bullet: Bullet) -> Localized:
    """Return the name before the first dash of a heading: the employer or school."""
    return first_line(bullet).map(lambda text: _DASH.split(text)[0].strip())


def dated(bullet: Bullet) -> Message:
    """Return a heading's first line with its period in brackets."""
    line, period = first_line(bullet), bullet.period
    if period is None:
        return Message(line.zh, line.en)
    return Message(f"{line.zh}（{period_text(period, 'zh')}）", f"{line.en} ({period_text(period, 'en')})")


def tenure_line(bullet: Bullet, now: Month) -> Line:
    """Return how long and from when to when, e.g. "Shopee SG: 2 years 6 months, October 2021 – April 2024."""
    period = bullet.period or Period(now, now)
    length = duration(months_between(period, now))
    line = first_line(bullet)
    so_far = " so far" if period.end is None else ""
    if period.by_year:
        zh, en = f"{line.zh}：{period_text(period, 'zh')}", f"{line.en}: {period_text(period, 'en')}"
        return Line(Message(zh + "。", en + "."), (bullet.id,))
    zh = f"{line.zh}：{length.zh}（{period_text(period, 'zh')}）。"
    en = f"{line.en}: {length.en}{so_far} ({period_text(period, 'en')})."
    return Line(Message(zh, en), (bullet.id,))


def heading_line(bullet: Bullet) -> Line:
    """Return a heading with its period as a statement."""
    return Line(dated(bullet), (bullet.id,))


def text_line(bullet: Bullet) -> Line:
    """Return a bullet's own text as a statement."""
    return Line(Message(bullet.text.zh.replace("\n", "，"), bullet.text.en.replace("\n", ", ")), (bullet.id,))


def results(knowledge: Knowledge, heading: str) -> list[Bullet]:
    """Return the bullets of a project that state a measured result: a percentage, money or a time."""
    return [b for b in knowledge.under(heading) if any(_measured(f) for f in figures(b.text.original))]


def _measured(figure: Figure) -> bool:
    return figure.unit not in ("", "version") or figure.value >= MILLION


def outline(knowledge: Knowledge, station: Bullet) -> list[Line]:
    """Return a position: its heading, then each project with its best result."""
    lines = [heading_line(station)]
    projects = knowledge.projects(station.id)
    points = [b for b in knowledge.under(station.id) if b.kind == "point"]
    if len(projects) > 1:
        return [*lines, *map(text_line, points), *(project_line(knowledge, project) for project in projects)]
    deeper = [b for project in projects for b in knowledge.under(project.id)]
    return [*lines, *map(text_line, [*points, *deeper])]


def project_line(knowledge: Knowledge, project: Bullet, placed: bool = False) -> Line:
    """Return a project's title with its best result, else its first bullet; `placed`: after its employer."""
    found = results(knowledge, project.id)[:2] or knowledge.under(project.id)[:1]
    title: Texts = first_line(project)
    if placed:
        name = short_name(knowledge.bullets[project.station])
        title = Message(f"{name.zh}：{title.zh}", f"{name.en}: {title.en}")
    zh = "；".join(b.text.zh for b in found)
    en = "; ".join(b.text.en for b in found)
    return Line(Message(f"{title.zh}：{zh}", f"{title.en}: {en}"), (project.id, *(b.id for b in found)))


def award_list(awards: list[Bullet]) -> list[Line]:
    """Return awards with their number first: the count cites them all."""
    if len(awards) < 2:
        return [text_line(b) for b in awards]
    head = Message(f"共 {len(awards)} 项：", f"{len(awards)} in all:")
    return [Line(head, ()), *map(text_line, awards)]


def placed(knowledge: Knowledge, bullet: Bullet) -> Line:
    """Return a bullet's text with the position it belongs to."""
    station = knowledge.bullets.get(bullet.station)
    if station is None or station.id == bullet.id:
        return text_line(bullet)
    name, text = short_name(station), text_line(bullet).text
    return Line(Message(f"{name.zh}：{text.zh}", f"{name.en}: {text.en}"), (bullet.id,))


def trail(bullet: Bullet, knowledge: Knowledge) -> list[Bullet]:
    """Return the headings above a bullet that are bullets themselves, the topmost first."""
    above: list[Bullet] = []
    while bullet.parent in knowledge.bullets:
        bullet = knowledge.bullets[bullet.parent]
        above.insert(0, bullet)
    return above


def heading(bullet: Bullet, knowledge: Knowledge) -> Localized:
    """Return where a bullet stands: section or position, and project."""
    steps = [first_line(b) for b in trail(bullet, knowledge)]
    steps = steps or [knowledge.sections[bullet.section]] if bullet.section in knowledge.sections else steps
    texts = {language: " › ".join(step[language] for step in steps) for language, _ in bullet.text.texts}
    return Localized(tuple(texts.items()))
