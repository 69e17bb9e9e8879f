"""A conversation on one page, to attach to a candidate's file: as Markdown, and as HTML that prints well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from askme.conversation import Exchange
from askme.evidence import trail
from askme.markup import escaped, linked, prose
from askme.types import Bilingual, Bullet, Citation, Knowledge, Language, Profile

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_SAID = {
    "title": Bilingual("证据摘要", "Evidence brief"),
    "sources": Bilingual("简历出处", "From the résumé"),
    "made": Bilingual("{date} 由 askme 根据简历生成", "Made from the résumé by askme on {date}"),
    "note": Bilingual(
        "编号只在各自的回答内有效。原文为中文，英文为译文。请与简历核对。",
        "Numbers hold within their own answer. The Chinese is the original. Please check against the résumé.",
    ),
    "not_in_resume": Bilingual("简历没有写", "Not in the résumé"),
    "declined": Bilingual("不在回答范围内", "Not answered here"),
}
_STYLE = (
    "@page{size:A4;margin:16mm}body{max-width:46em;margin:2em auto;padding:0 1em;font:10.5pt/1.5 system-ui,"
    "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1c1f1e}h1{margin:0;font-size:17pt}"
    "h2{margin:1.4em 0 .3em;padding-top:.7em;border-top:1px solid #ccc;font-size:12pt;break-after:avoid}"
    "p,ul{margin:.3em 0}ul{padding-left:1.2em}.lead,.note,.where,.other{color:#555}.note{font-size:9pt}"
    "ol{margin:.6em 0;padding:0;list-style:none;font-size:9.5pt}ol li{margin:.4em 0;padding-left:2.2em;"
    "text-indent:-2.2em;break-inside:avoid}ol li>*{text-indent:0}.n{display:inline-block;width:2.2em;color:#1d5c4c}"
    ".where,.other{display:block}.state{font-weight:600}a{color:#1d5c4c}@media print{body{margin:0;padding:0}}"
)


def markdown(session: Sequence[Exchange], knowledge: Knowledge, language: Language, today: date) -> str:
    """Return the conversation's answers with their sources as Markdown."""
    lines = [f"# {_title(knowledge.profile, language)}", "", _lead(knowledge.profile, language), ""]
    for exchange in _told(session):
        lines += [f"## {_literal(exchange.question)}", ""]
        lines += [f"*{_SAID[exchange.state][language]}*", ""] if exchange.state in _SAID else []
        lines += [_answer_md(exchange.text), ""]
        lines += [line for citation in exchange.citations for line in _source_md(citation, knowledge, language)]
        lines += [""] if exchange.citations else []
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


def _source_md(citation: Citation, knowledge: Knowledge, language: Language) -> list[str]:
    first, other = _texts(citation, knowledge)
    where = _where(citation, knowledge, language)
    shown = f"> [{citation.number}] **{_literal(where)}**  " if where else f"> [{citation.number}]  "
    return [shown, f"> {_literal(first)}  ", *([f"> {_literal(other)}", ""] if other else [""])]


def _exchange_html(exchange: Exchange, knowledge: Knowledge, language: Language) -> str:
    state = f'<p class="state">{escaped(_SAID[exchange.state][language])}</p>' if exchange.state in _SAID else ""
    answer = re.sub(r'<a class="cite"[^>]*>(.*?)</a>', r"\1", prose(exchange.text, exchange.id))
    items = "".join(_source_html(citation, knowledge, language) for citation in exchange.citations)
    sources = f"<ol>{items}</ol>" if items else ""
    return f"<section><h2>{escaped(exchange.question)}</h2>{state}{answer}{sources}</section>"


def _source_html(citation: Citation, knowledge: Knowledge, language: Language) -> str:
    first, other = _texts(citation, knowledge)
    where = _where(citation, knowledge, language)
    return (
        f'<li><span class="n">[{citation.number}]</span>{_flat(first)}'
        + (f'<span class="other">{_flat(other)}</span>' if other else "")
        + (f'<span class="where">{escaped(where)}</span>' if where else "")
        + "</li>"
    )


def _flat(text: str) -> str:
    return linked(" · ".join(text.splitlines()))


def _texts(citation: Citation, knowledge: Knowledge) -> tuple[str, str]:
    """Return a citation's text in the answer's language, and in the other one ("" if it is the same)."""
    bullet = knowledge.bullets.get(citation.id)
    other = citation.source_text
    if other == citation.text and bullet:
        other = bullet.text.en
    return citation.text, "" if other == citation.text else other


def _where(citation: Citation, knowledge: Knowledge, language: Language) -> str:
    bullet: Bullet | None = knowledge.bullets.get(citation.id)
    return trail(bullet, knowledge)[language] if bullet else citation.heading
