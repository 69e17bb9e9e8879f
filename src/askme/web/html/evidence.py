"""The evidence of an answer: its bullets in their places in the résumé, for the template to show in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from askme.resume.lines import dated, first_line
from askme.text.periods import period_text
from askme.types import Bullet, Knowledge, Language, Message, Period, Texts
from askme.web.html.highlight import Sought
from askme.web.session import Exchange


@dataclass(frozen=True)
class Group:
    """A position, section or project with what is cited of it; without a `title` its first bullet is the heading."""

    id: str
    is_project: bool
    title: Texts | None
    period: Message | None
    bullets: tuple[Bullet, ...]


@dataclass(frozen=True)
class Place:
    """A position or section, and then its projects."""

    id: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Evidence:
    """The bullets of one exchange: the `numbers` they are cited by (0: they aren't), and what to mark in them.

    `title` is the key of its heading, `languages` are the one of the answer and the other one.
    """

    title: str
    places: tuple[Place, ...]
    numbers: dict[str, int]
    languages: tuple[Language, Language]
    sought: Sought


def evidence(exchange: Exchange, knowledge: Knowledge) -> Evidence | None:
    """Return the cited bullets by position and project; while the answer is made, also those it is looked for in."""
    numbers = {citation.id: citation.number for citation in exchange.citations}
    ids = numbers if exchange.closed else dict.fromkeys((*numbers, *exchange.retrieved))
    bullets = [knowledge.bullets[id_] for id_ in ids if id_ in knowledge.bullets]
    if not bullets:
        return None
    worded = bool(exchange.answer and exchange.answer.mode == "model")
    return Evidence(
        title="near" if exchange.state == "not_in_resume" else "sources" if numbers else "retrieved",
        places=tuple(_place(station, found, knowledge) for station, found in _by_station(bullets).items()),
        numbers={bullet.id: numbers.get(bullet.id, 0) for bullet in bullets},
        languages=("zh", "en") if exchange.language == "zh" else ("en", "zh"),
        sought=Sought.of(exchange.question, exchange.text, worded),
    )


def place(station: str, knowledge: Knowledge) -> Texts:
    """Return a position with its period, or the name of a section."""
    bullet = knowledge.bullets.get(station)
    return dated(bullet) if bullet else knowledge.sections.get(station, Message("", ""))


def project(bullet: Bullet, knowledge: Knowledge) -> str:
    """Return the id of the project that a bullet is, or stands under; "" for none."""
    above = bullet if bullet.kind == "project" else knowledge.bullets.get(bullet.parent)
    return above.id if above and above.kind == "project" else ""


def _by_station(bullets: Sequence[Bullet]) -> dict[str, list[Bullet]]:
    stations: dict[str, list[Bullet]] = {}
    for bullet in bullets:
        stations.setdefault(bullet.station, []).append(bullet)
    return stations


def _place(station: str, bullets: Sequence[Bullet], knowledge: Knowledge) -> Place:
    projects: dict[str, list[Bullet]] = {"": []}
    for bullet in bullets:
        above = "" if bullet.id == station else project(bullet, knowledge)
        projects.setdefault(above, []).append(bullet)
    groups = (_group(id_ or station, bool(id_), found, knowledge) for id_, found in projects.items())
    return Place(station, tuple(groups))


def _group(id_: str, is_project: bool, bullets: Sequence[Bullet], knowledge: Knowledge) -> Group:
    if any(bullet.id == id_ for bullet in bullets):
        ordered = sorted(bullets, key=lambda bullet: bullet.id != id_)
        return Group(id_, is_project, None, None, tuple(ordered))
    heading = knowledge.bullets.get(id_)
    title = first_line(heading) if heading else knowledge.sections.get(id_, Message(id_, id_))
    period = _period(heading.period) if heading and heading.period and not is_project else None
    return Group(id_, is_project, title, period, tuple(bullets))


@lru_cache(maxsize=512)
def _period(period: Period) -> Message:
    return Message(period_text(period, "zh"), period_text(period, "en"))
