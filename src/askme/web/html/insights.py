"""The report as one page of HTML: no script, nothing from outside, every text escaped; the plots are inline SVG."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from askme.journal.gaps import Gap
from askme.journal.report import MOST_CITED, Report
from askme.journal.statistics import LANGUAGES, STATUSES, Insights, milliseconds, percentile, spent, told
from askme.journal.suggested_edits import times
from askme.web.html.svg_charts import columns, shares
from askme.web.html.templating import render

_STYLE = Path(__file__).parents[1] / "static" / "insights.css"
_BUCKETS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Upper ends, in milliseconds, of the columns of the plot of times."""
_NAMES = {"en": "English", "zh": "Chinese", "other": "other"}
ROWS, DISLIKED = 10, 50


@dataclass(frozen=True)
class Part:
    """A line of a legend: a series' name, how many it has, and what more there is to say of that."""

    name: str
    count: int
    more: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of figures, each with its name first."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """A drawing with what stands beside it."""

    drawn: Markup
    legend: tuple[Part, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Missed:
    """A gap with its advice."""

    gap: Gap
    times: str
    advice: str


def as_page(report: Report) -> str:
    """Return the page, complete with its style and a policy that allows nothing but this style."""
    insights, asked = report.insights, bool(report.insights.questions)
    missed = zip(report.gaps, report.advice, strict=True)
    return render(
        "insights.html",
        report=report,
        insights=insights,
        style=Markup(_style()),  # noqa: S704 (our own file)
        policy=Markup(policy()),  # noqa: S704 (our own, without a quotation mark)
        figures=_figures(insights),
        days=_days(insights) if asked else None,
        statuses=_statuses(insights) if asked else None,
        times=_times(insights) if asked else None,
        spent=spent(insights.spending),
        missed=[Missed(gap, times(gap), advice) for gap, advice in missed],
        disliked=report.disliked[::-1][:DISLIKED],
        most_cited=MOST_CITED,
        rows=ROWS,
    )


def policy() -> str:
    """Return the content security policy of the page, for a server's header as well: nothing but its own style."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


def _figures(insights: Insights) -> dict[str, str]:
    return {
        "questions": f"{insights.questions:,}",
        "visitors, once a day": f"{insights.visitors:,}",
        "answered": f"{insights.share('answered'):.0%}",
        "thumbs up – down": f"{insights.thumbs.get('up', 0)} – {insights.thumbs.get('down', 0)}",
        "95 of 100 answers within": milliseconds(percentile(insights.latencies, 0.95)) if insights.latencies else "–",
        "spent on the model": f"${insights.spending.dollars:.2f}",
    }


def _days(insights: Insights) -> Plot:
    days = sorted(insights.days)
    series = [(_NAMES[code], [insights.days[day].get(code, 0) for day in days]) for code in LANGUAGES]
    rows = ((day.isoformat(), *(str(values[i]) for _, values in series)) for i, day in enumerate(days))
    return Plot(
        columns("Questions per day and language", [f"{day.day} {day:%b}" for day in days], series),
        tuple(Part(name, sum(values)) for name, values in series),
        Table(("day", *(name for name, _ in series)), tuple(rows)),
    )


def _statuses(insights: Insights) -> Plot:
    parts = [(name, insights.statuses.get(status, 0)) for status, name in STATUSES.items() if told(insights, status)]
    legend = (Part(name, count, f" · {count / insights.questions:.1%}") for name, count in parts)
    return Plot(shares("How questions were answered, as shares", parts), tuple(legend))


def _times(insights: Insights) -> Plot:
    ends = [*_BUCKETS, float("inf")]
    labels = [*(f"{end}" if end < 1000 else f"{end // 1000} s" for end in _BUCKETS), "more"]
    counts = [0] * len(ends)
    for took in insights.latencies:
        counts[next(i for i, end in enumerate(ends) if took <= end)] += 1
    first = next((i for i, count in enumerate(counts) if count), 0)
    last = max((i for i, count in enumerate(counts) if count), default=0) + 1
    rows = (
        (mode, f"{took.count}", milliseconds(took.p50), milliseconds(took.p95))
        for mode, took in insights.latency.items()
    )
    return Plot(
        columns("Answers by the time they took, up to so many ms", labels[first:last], [("", counts[first:last])]),
        table=Table(("", "answers", "half within", "95 % within"), tuple(rows)),
    )
