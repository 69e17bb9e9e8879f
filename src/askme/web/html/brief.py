"""A conversation on one page, to attach to a candidate's file: as Markdown, and as HTML that prints well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from askme.resume.lines import first_line
from askme.types import Citation, Knowledge, Language, Message, Profile
from askme.web.html.evidence import place, project
from askme.web.html.markup import escaped, linked, prose
from askme.web.session import Exchange

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_SAID = {
    "title": Message("证据摘要", "Evidence brief"),
    "sources": Message("简历出处", "From the résumé"),
    "made": Message("{date} 由 askme 根据简历生成", "Made from the résumé by askme on {date}"),
    "note": Message(
        "编号只在各自的回答内有效。原文为中文，英文为译文。请与简历核对。",
        "Numbers hold within their own answer. The Chinese is the original. Please check against the résumé.",
    ),
    "not_in_resume": Message("简历没有写", "Not in the résumé"),
    "declined": Message("不在回答范围内", "Not answered here"),
}
_STYLE = (
    "@page{size:A4;margin:15mm}body{max-width:48em;margin:2em auto;padding:0 1em;font:10pt/1.45 system-ui,"
    "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1c1f1e}h1{margin:0;font-size:16pt}"
    "h2{margin:1.2em 0 .3em;padding-top:.6em;border-top:1px solid #ccc;font-size:11.5pt;break-after:avoid}"
    "h3{margin:.7em 0 .2em;font-size:9pt;color:#1d5c4c;break-after:avoid}p,ul{margin:.3em 0}ul{padding-left:1.2em}"
    "ol{margin:0;padding:0;list-style:none;font-size:8.5pt}li i{display:block;color:#555}ol b{color:#1d5c4c}"
    "ol li{display:grid;grid-template-columns:2em 1fr 1fr;column-gap:1em;padding:.25em 0;break-inside:avoid}"
    "ol span+span,.lead,.note{color:#555}.note{margin-top:2em;font-size:8.5pt}.state{font-weight:600}a{color:inherit}"
    "@media print{body{margin:0;padding:0;max-width:none}}"
)


def markdown(session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> str:
    """Return the conversation's answers with their sources as Markdown."""
    lines = [f"# {_title(knowledge.profile, language)}", "", _lead(knowledge.profile, language), ""]
    for exchange in _told(session):
        lines += [f"## {_literal(exchange.question)}", ""]
        lines += [f"*{_SAID[exchange.state][language]}*", ""] if exchange.state in _SAID else []
        lines += [_answer_md(exchange.text), ""]
        for where, citations in _grouped(exchange, knowledge).items():
            lines += [f"**{_literal(place(where, knowledge)[language])}**", ""]
            lines += [line for citation in citations for line in _source_md(citation, exchange, knowledge, language)]
    return "\n".join([*lines, "---", "", f"{_made(language, today)}. {_SAID['note'][language]}", ""])


def printable(session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> str:
    """Return the same as an HTML document of its own."""
    title = escaped(_title(knowledge.profile, language))
    body = "".join(_exchange_html(exchange, knowledge, language) for exchange in _told(session))
    note = f"{_made(language, today)}. {_SAID['note'][language]}"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p class="lead">{linked(_lead(knowledge.profile, language))}</p>{body}'
        f'<p class="note">{escaped(note)}</p></body></html>\n'
    )


def _told(session: Sequence[Exchange]) -> list[Exchange]:
    return [e for e in session if e.answer and e.answer.status != "greeting"]


def _title(profile: Profile, language: Language) -> str:
    return f"{profile.name.zh} {profile.name.en} · {_SAID['title'][language]}"


def _lead(profile: Profile, language: Language) -> str:
    home = profile.links.get("homepage", "")
    where = f" · [{home.partition('://')[2]}]({home})" if home else ""
    return f"{profile.headline[language]}{where}"


def _made(language: Language, today: date) -> str:
    return _SAID["made"][language].format(date=today.isoformat())


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


def _grouped(exchange: Exchange, knowledge: Knowledge) -> dict[str, list[Citation]]:
    """Return the citations by position or section, in the order of first mention."""
    groups: dict[str, list[Citation]] = {}
    for citation in exchange.citations:
        if citation.id in knowledge.bullets:
            groups.setdefault(knowledge.bullets[citation.id].station, []).append(citation)
    return groups


def _within(citation: Citation, exchange: Exchange, knowledge: Knowledge, language: Language) -> str:
    """Return the project a citation stands under, unless that is cited itself."""
    above = project(knowledge.bullets[citation.id], knowledge)
    told = not above or above in {other.id for other in exchange.citations}
    return "" if told else first_line(knowledge.bullets[above])[language]


def _source_md(citation: Citation, exchange: Exchange, knowledge: Knowledge, language: Language) -> list[str]:
    lines = [*_texts(citation, knowledge), _within(citation, exchange, knowledge, language)]
    first, *others = (_literal(line.replace("\n", " · ")) for line in lines if line)
    return [f"> [{citation.number}] {first}  ", *(f"> {other}  " for other in others), ""]


def _exchange_html(exchange: Exchange, knowledge: Knowledge, language: Language) -> str:
    state = f'<p class="state">{escaped(_SAID[exchange.state][language])}</p>' if exchange.state in _SAID else ""
    answer = re.sub(r'<a class="cite"[^>]*>(.*?)</a>', r"\1", prose(exchange.text, exchange.id))
    groups = _grouped(exchange, knowledge).items()
    sources = "".join(
        f"<h3>{escaped(place(where, knowledge)[language])}</h3>"
        f"<ol>{''.join(_source_html(c, exchange, knowledge, language) for c in citations)}</ol>"
        for where, citations in groups
    )
    return f"<section><h2>{escaped(exchange.question)}</h2>{state}{answer}{sources}</section>"


def _source_html(citation: Citation, exchange: Exchange, knowledge: Knowledge, language: Language) -> str:
    first, other = _texts(citation, knowledge)
    within = _within(citation, exchange, knowledge, language)
    where = f"<i>{escaped(within)}</i>" if within else ""
    return f"<li><b>[{citation.number}]</b><span>{_flat(first)}{where}</span><span>{_flat(other)}</span></li>"


def _flat(text: str) -> str:
    return linked(" · ".join(text.splitlines()))


def _texts(citation: Citation, knowledge: Knowledge) -> tuple[str, str]:
    """Return a citation's text in the answer's language, and in the other one ("" if it is the same)."""
    bullet = knowledge.bullets.get(citation.id)
    other = citation.source_text
    if other == citation.text and bullet:
        other = bullet.text.en
    return citation.text, "" if other == citation.text else other
