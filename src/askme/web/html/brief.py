"""A conversation on one page, to attach to a candidate's file: as Markdown, and as HTML that prints well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from askme.resume.lines import first_line
from askme.types import Bullet, Citation, Knowledge, Language, Message, Profile
from askme.web.html.evidence import place, project
from askme.web.html.templating import render
from askme.web.session import Exchange

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_SAID = {
    "title": Message("证据摘要", "Evidence brief"),
    "made": Message("{date} 由 askme 根据简历生成", "Made from the résumé by askme on {date}"),
    "note": Message(
        "编号只在各自的回答内有效。原文为中文，英文为译文。请与简历核对。",
        "Numbers hold within their own answer. The Chinese is the original. Please check against the résumé.",
    ),
    "not_in_resume": Message("简历没有写", "Not in the résumé"),
    "declined": Message("不在回答范围内", "Not answered here"),
}


@dataclass(frozen=True)
class Source:
    """A cited bullet in the answer's language and in the other one, and the project it stands under; "" for none."""

    number: int
    text: str
    other: str
    within: str


@dataclass(frozen=True)
class Place:
    """A position or section with the bullets cited of it."""

    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Told:
    """A question, its answer, and where that is from; `state` is said of an answer that is none."""

    question: str
    state: str
    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Brief:
    """All that a brief says."""

    language: Language
    title: str
    lead: str
    told: tuple[Told, ...]
    note: str

    @classmethod
    def of(cls, session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> Brief:
        """Return what was answered in a session, greetings left out."""
        profile = knowledge.profile
        answered = (exchange for exchange in session if exchange.answer and exchange.answer.status != "greeting")
        made = _SAID["made"][language].format(date=today.isoformat())
        return cls(
            language,
            f"{profile.name.zh} {profile.name.en} · {_SAID['title'][language]}",
            _lead(profile, language),
            tuple(_told(exchange, knowledge, language) for exchange in answered),
            f"{made}. {_SAID['note'][language]}",
        )


def printable(session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> str:
    """Return the conversation's answers with their sources as an HTML document of its own."""
    return render("brief.html", brief=Brief.of(session, knowledge, language, today))


def markdown(session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> str:
    """Return the same as Markdown."""
    brief = Brief.of(session, knowledge, language, today)
    lines = [f"# {brief.title}", "", brief.lead, ""]
    for told in brief.told:
        lines += [f"## {_literal(told.question)}", ""]
        lines += [f"*{told.state}*", ""] if told.state else []
        lines += [_answer_md(told.text), ""]
        for where in told.places:
            lines += [f"**{_literal(where.name)}**", "", *(line for each in where.sources for line in _source_md(each))]
    return "\n".join([*lines, "---", "", brief.note, ""])


def _lead(profile: Profile, language: Language) -> str:
    home = profile.links.get("homepage", "")
    where = f" · [{home.partition('://')[2]}]({home})" if home else ""
    return f"{profile.headline[language]}{where}"


def _told(exchange: Exchange, knowledge: Knowledge, language: Language) -> Told:
    state = _SAID[exchange.state][language] if exchange.state in _SAID else ""
    stations: dict[str, list[Source]] = {}
    for citation in exchange.citations:
        if bullet := knowledge.bullets.get(citation.id):
            source = _source(citation, bullet, exchange, knowledge, language)
            stations.setdefault(bullet.station, []).append(source)
    places = (Place(place(id_, knowledge)[language], tuple(found)) for id_, found in stations.items())
    return Told(exchange.question, state, exchange.text, tuple(places))


def _source(citation: Citation, bullet: Bullet, exchange: Exchange, knowledge: Knowledge, language: Language) -> Source:
    other = bullet.text.en if citation.source_text == citation.text else citation.source_text
    above = project(bullet, knowledge)
    named = not above or above in {each.id for each in exchange.citations}
    return Source(
        number=citation.number,
        text=_flat(citation.text),
        other="" if other == citation.text else _flat(other),
        within="" if named else first_line(knowledge.bullets[above])[language],
    )


def _flat(text: str) -> str:
    return " · ".join(text.splitlines())


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _answer_md(text: str) -> str:
    """Return an answer's own Markdown: what isn't a list item or a mark is literal."""
    made = []
    for line in text.strip().splitlines():
        dash = "- " if line.startswith("- ") else ""
        literal = re.sub(r"\\\[(\d{1,3})\\\]", r"[\1]", _SPECIAL.sub(r"\\\1", line.removeprefix(dash)))
        made.append(f"{dash}{literal}" if dash else f"{literal}\n")
    return "\n".join(made).strip()


def _source_md(source: Source) -> Iterator[str]:
    first, *others = (_literal(text) for text in (source.text, source.other, source.within) if text)
    yield f"> [{source.number}] {first}  "
    yield from (f"> {other}  " for other in others)
    yield ""
