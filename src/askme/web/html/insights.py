"""The report as one page of HTML: no script, nothing from outside, every text escaped; the plots are inline SVG."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from askme.journal.gaps import Asked, Gap
from askme.journal.records import Record
from askme.journal.report import MOST_CITED, Report
from askme.journal.statistics import LANGUAGES, STATUSES, Count, Insights, milliseconds, percentile, spent, told
from askme.journal.suggested_edits import times
from askme.web.html.svg_charts import bar, columns, shares

_STYLE = Path(__file__).parents[1] / "static" / "insights.css"
_BUCKETS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Upper ends, in milliseconds, of the columns of the plot of times."""
_NAMES = {"en": "English", "zh": "Chinese", "other": "other"}
ROWS, DISLIKED = 10, 50


def as_page(report: Report) -> str:
    """Return the page, complete with its style and a policy that allows nothing but this style."""
    title = f"What visitors asked about {escape(report.name.en)}"
    head = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>\n<main>",
        f'<h1>{title}</h1>\n<p class="period">{escape(report.insights.period)}, days in UTC</p>',
    ]
    return "\n".join([*head, *_body(report), "</main>\n</body>\n</html>\n"])


def policy() -> str:
    """Return the content security policy of the page, for a server's header as well: nothing but its own style."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


def _body(report: Report) -> list[str]:
    insights = report.insights
    if not insights.questions:
        return ['<p class="empty">Nobody has asked anything yet.</p>']
    lists = _counts("Most asked jobs and sections", insights.jobs), _counts("Most asked lines", insights.bullets)
    return [
        _figures(insights),
        _section("Questions per day", _days(insights)),
        _section("How they were answered", _statuses(insights)),
        _section("How long it took", _times(insights)),
        f'<div class="pair">{"".join(lists)}</div>',
        _section("What was missing", _gaps(report)),
        _section("What was disliked", _disliked(report.disliked)) if report.disliked else "",
        _section("Never asked", _never(insights.never)),
    ]


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def _figures(insights: Insights) -> str:
    up, down = insights.thumbs.get("up", 0), insights.thumbs.get("down", 0)
    told = {
        "questions": f"{insights.questions:,}",
        "visitors, once a day": f"{insights.visitors:,}",
        "answered": f"{insights.share('answered'):.0%}",
        "thumbs up – down": f"{up} – {down}",
        "95 of 100 answers within": milliseconds(percentile(insights.latencies, 0.95)) if insights.latencies else "–",
        "spent on the model": f"${insights.spending.dollars:.2f}",
    }
    cells = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in told.items())
    return f'<dl class="figures">{"".join(cells)}</dl>'


def _days(insights: Insights) -> str:
    days = sorted(insights.days)
    series = [(_NAMES[code], [insights.days[day].get(code, 0) for day in days]) for code in LANGUAGES]
    plot = columns("Questions per day and language", [f"{day.day} {day:%b}" for day in days], series)
    rows = [[day.isoformat(), *(str(values[i]) for _, values in series)] for i, day in enumerate(days)]
    legend = _legend([(name, sum(values), "") for name, values in series])
    return plot + legend + _as_table(["day", *(name for name, _ in series)], rows)


def _statuses(insights: Insights) -> str:
    parts = [(name, insights.statuses.get(status, 0)) for status, name in STATUSES.items() if told(insights, status)]
    legend = _legend([(name, count, f" · {count / insights.questions:.1%}") for name, count in parts])
    return shares("How questions were answered, as shares", parts) + legend


def _legend(parts: Iterable[tuple[str, int, str]]) -> str:
    items = (
        f'<li><svg aria-hidden="true" width="11" height="11"><rect class="s{number}" width="11" height="11"/></svg>'
        f"{escape(name)} <b>{count}</b>{escape(more)}</li>"
        for number, (name, count, more) in enumerate(parts)
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _times(insights: Insights) -> str:
    ends = [*_BUCKETS, float("inf")]
    labels = [*(f"{end}" if end < 1000 else f"{end // 1000} s" for end in _BUCKETS), "more"]
    counts = [0] * len(ends)
    for took in insights.latencies:
        counts[next(i for i, end in enumerate(ends) if took <= end)] += 1
    first = next((i for i, count in enumerate(counts) if count), 0)
    last = max((i for i, count in enumerate(counts) if count), default=0) + 1
    plot = columns("Answers by the time they took, up to so many ms", labels[first:last], [("", counts[first:last])])
    rows = [
        [mode, f"{took.count}", milliseconds(took.p50), milliseconds(took.p95)]
        for mode, took in insights.latency.items()
    ]
    table = _table(["", "answers", "half within", "95 % within"], rows)
    note = "How many answers took up to so many milliseconds."
    figures = f'<div>{table}<p class="spent">{escape(spent(insights.spending))}</p></div>'
    return f'<p class="lead">{note}</p><div class="pair"><div>{plot}</div>{figures}</div>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column names its rows; the others are figures."""
    kinds = ["", *(' class="number"' for _ in head[1:])]
    top = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(head, kinds, strict=True))
    body = (
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _as_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return f"<details><summary>As a table</summary>{_table(head, rows)}</details>"


def _counts(title: str, counts: Sequence[Count]) -> str:
    if not counts:
        return _section(title, '<p class="empty">None yet.</p>')
    most = counts[0].count
    rows = (
        f'<tr><th scope="row"><span>{escape(one.label)}</span><code>{escape(one.id)}</code></th>'
        f'<td class="number">{one.count}</td><td class="drawn">{bar(one.count, most)}</td></tr>'
        for one in counts[:ROWS]
    )
    return _section(title, f"<table><tbody>{''.join(rows)}</tbody></table>")


def _gaps(report: Report) -> str:
    if not report.gaps:
        return '<p class="empty">Every question found its answer.</p>'
    items = [_gap(gap, advice) for gap, advice in zip(report.gaps, report.advice, strict=True)]
    lead = "Questions that were not answered, or whose answer was disliked, those first that most visitors asked."
    first, others = "".join(items[:ROWS]), "".join(items[ROWS:])
    more = (
        f'<details><summary>{len(items) - ROWS} more</summary><ol class="gaps">{others}</ol></details>'
        if others
        else ""
    )
    drafts = f"<details><summary>Drafts for knowledge/, as a patch to edit</summary>{_patch(report.patch)}</details>"
    return f'<p class="lead">{lead}</p><ol class="gaps">{first}</ol>{more}{drafts}'


def _gap(gap: Gap, advice: str) -> str:
    quotes = " · ".join(_quote(asked) for asked in gap.questions[:ROWS])
    return (
        f'<li><b title="{escape(times(gap))}">{gap.count} ×</b><div><p>{quotes}</p><p>{escape(advice)}</p></div></li>'
    )


def _quote(asked: Asked) -> str:
    return f'<q lang="{escape(asked.language)}">{escape(asked.text)}</q>'


def _patch(text: str) -> str:
    lines = (
        f"<ins>{escape(line)}</ins>" if line.startswith("+") and not line.startswith("+++") else escape(line)
        for line in text.splitlines()
    )
    return f'<pre tabindex="0">{chr(10).join(lines)}</pre>'


def _disliked(records: Sequence[Record]) -> str:
    items = (
        f'<li><div><p><q lang="{escape(record.language)}">{escape(record.question)}</q></p>'
        f"<p>{escape(record.comment)} <code>{escape(' '.join(record.cites[:MOST_CITED]))}</code></p></div></li>"
        for record in records[::-1][:DISLIKED]
    )
    return f'<ol class="gaps">{"".join(items)}</ol>'


def _never(never: Sequence[Count]) -> str:
    if not never:
        return '<p class="empty">Every line of the résumé was cited at least once.</p>'
    items = "".join(f"<li>{escape(one.label)} <code>{escape(one.id)}</code></li>" for one in never)
    lead = f"{len(never)} lines of the résumé that no answer cited."
    return f'<p class="lead">{lead}</p><details><summary>Show them</summary><ul class="plain">{items}</ul></details>'
