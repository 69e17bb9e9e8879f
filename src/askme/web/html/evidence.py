"""The evidence of an answer: its bullets in their places in the résumé, in both languages, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from askme.resume.lines import dated, first_line
from askme.text.periods import period_text
from askme.types import Bullet, Knowledge, Language, Message, Period, Texts
from askme.web.html.highlight import Sought, marked
from askme.web.html.markup import escaped, icon, labelled, linked, pair, ui
from askme.web.session import Exchange


@dataclass(frozen=True)
class _Scene:
    """What all cards of one exchange share."""

    exchange: int
    language: Language
    numbers: dict[str, int]
    sought: Sought


def evidence(exchange: Exchange, knowledge: Knowledge) -> str:
    """Return the cited bullets by position and project; while the answer is made, also those it is looked for in."""
    numbers = {citation.id: citation.number for citation in exchange.citations}
    ids = numbers if exchange.closed else dict.fromkeys((*numbers, *exchange.retrieved))
    shown = [knowledge.bullets[id_] for id_ in ids if id_ in knowledge.bullets]
    if not shown:
        return ""
    worded = bool(exchange.answer and exchange.answer.mode == "model")
    scene = _Scene(exchange.id, exchange.language, numbers, Sought.of(exchange.question, exchange.text, worded))
    title = "near" if exchange.state == "not_in_resume" else "sources" if numbers else "retrieved"
    places: dict[str, list[Bullet]] = {}
    for bullet in shown:
        places.setdefault(bullet.station, []).append(bullet)
    body = "".join(_place(station, bullets, knowledge, scene) for station, bullets in places.items())
    return (
        f'<section class="evidence" aria-labelledby="sources-{exchange.id}" data-key="evidence">'
        f'<h3 id="sources-{exchange.id}">{ui(title)}</h3>{body}</section>'
    )


def place(station: str, knowledge: Knowledge) -> Texts:
    """Return a position with its period, or the name of a section."""
    bullet = knowledge.bullets.get(station)
    return dated(bullet) if bullet else knowledge.sections.get(station, Message("", ""))


def project(bullet: Bullet, knowledge: Knowledge) -> str:
    """Return the id of the project that a bullet is, or stands under; "" for none."""
    above = bullet if bullet.kind == "project" else knowledge.bullets.get(bullet.parent)
    return above.id if above and above.kind == "project" else ""


def _place(station: str, bullets: Sequence[Bullet], knowledge: Knowledge, scene: _Scene) -> str:
    """Return one position or section with its bullets, those of a project below the project."""
    projects: dict[str, list[Bullet]] = {}
    for bullet in bullets:
        if bullet.id != station:
            projects.setdefault(project(bullet, knowledge), []).append(bullet)
    own = "".join(_card(bullet, scene) for bullet in projects.pop("", ()))
    inner = "".join(_project(id_, found, knowledge, scene) for id_, found in projects.items())
    head = _head(station, 4, bullets, knowledge, scene)
    return f'<div class="place" data-key="{escaped(station)}">{head}{own}{inner}</div>'


def _project(id_: str, bullets: Sequence[Bullet], knowledge: Knowledge, scene: _Scene) -> str:
    cards = "".join(_card(bullet, scene) for bullet in bullets if bullet.id != id_)
    head = _head(id_, 5, bullets, knowledge, scene)
    return f'<div class="project" data-key="{escaped(id_)}">{head}{cards}</div>'


def _head(id_: str, level: int, bullets: Sequence[Bullet], knowledge: Knowledge, scene: _Scene) -> str:
    """Return a heading: as a card when it is itself cited, else its name and period."""
    own = next((bullet for bullet in bullets if bullet.id == id_), None)
    if own is not None:
        return _card(own, scene, level)
    heading = knowledge.bullets.get(id_)
    title = first_line(heading) if heading else knowledge.sections.get(id_, Message(id_, id_))
    when = _period(heading.period) if heading and level == 4 else ""
    return f'<h{level} data-key="head">{pair(title)}{when}</h{level}>'


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    both = Message(period_text(period, "zh"), period_text(period, "en"))
    return f' <span class="period">{pair(both)}</span>'


def _card(bullet: Bullet, scene: _Scene, level: int = 0) -> str:
    """Return a bullet, the answer's language first; `level` is that of the heading it is (0: none)."""
    number = scene.numbers.get(bullet.id, 0)
    at = f'id="e{scene.exchange}-{number}" data-n="{number}"' if number else ""
    languages: tuple[Language, Language] = ("zh", "en") if scene.language == "zh" else ("en", "zh")
    first, second = (_line(bullet, language, scene) for language in languages)
    if len(bullet.text.renderings) == 1:
        second = ""
    main = f'<h{level} class="first">{first}</h{level}>' if level else f'<p class="first">{first}</p>'
    return (
        f'<div class="card{" title" if level else ""}{"" if number else " maybe"}" {at} '
        f'data-key="{escaped(bullet.id)}" data-id="{escaped(bullet.id)}" tabindex="-1">'
        f"{_number(number)}<div>{main}{_second(second, languages[1])}</div>{_back() if number else ''}</div>"
    )


def _line(bullet: Bullet, language: Language, scene: _Scene) -> str:
    title, *rest = bullet.text[language].split("\n", 1)
    parts = [linked(part, lambda plain: marked(plain, scene.sought)) for part in (title, *rest)]
    text = "\n".join([f"<b>{parts[0]}</b>" if bullet.is_heading else parts[0], *parts[1:]])
    return f'<span class="line" lang="{language}">{text}</span>'


def _second(line: str, language: Language) -> str:
    if not line:
        return ""
    tag = "original" if language == "zh" else "translation"
    return f'<p class="second"><span class="tag">{ui(tag)}</span> {line}</p>'


def _number(number: int) -> str:
    return f'<span class="number">{f"[{number}]" if number else ""}</span>'


def _back() -> str:
    return f'<button type="button" class="back" {labelled("back")}>{icon("back")}</button>'
