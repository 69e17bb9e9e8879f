"""What a journal tells: how many asked what, in which language, how it was answered, how fast, and what it cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from askme.journal.records import Record
from askme.resume.lines import first_line
from askme.types import Bullet, Knowledge

LANGUAGES = ("en", "zh", "other")
STATUSES = {
    "answered": "answered",
    "not_in_resume": "not stated",
    "declined": "declined",
    "greeting": "greetings",
    "stopped": "stopped",
    "failed": "failed",
}
"""Statuses in the order in which they are told, and what they are called."""
DAYS_SHOWN, ROWS_SHOWN, WIDTH = 31, 10, 72


@dataclass(frozen=True)
class Count:
    """How often something was cited; `label` is what the résumé says there, in English."""

    id: str
    label: str
    count: int


@dataclass(frozen=True)
class Latency:
    """Milliseconds until an answer was whole, of `count` answers."""

    count: int
    p50: float
    p95: float


@dataclass(frozen=True)
class Spending:
    """US dollars and tokens of the answers that used a model; the cost of `unknown` of them isn't known."""

    answers: int = 0
    dollars: float = 0.0
    unknown: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Insights:
    """The figures of a time. A visitor counts once a day."""

    days: Mapping[date, Mapping[str, int]]
    questions: int
    visitors: int
    statuses: Mapping[str, int]
    thumbs: Mapping[str, int]
    jobs: tuple[Count, ...]
    bullets: tuple[Count, ...]
    never: tuple[Count, ...]
    latency: Mapping[str, Latency]
    latencies: tuple[float, ...]
    spending: Spending

    @property
    def period(self) -> str:
        """The first and the last day."""
        days = sorted(self.days)
        return f"{days[0]} – {days[-1]}" if days else "no question yet"

    def share(self, status: str) -> float:
        """Return the share of questions with a status, 0 when there is none."""
        return self.statuses.get(status, 0) / self.questions if self.questions else 0.0


def measure(records: Sequence[Record], knowledge: Knowledge) -> Insights:
    """Return the figures of `records`; what isn't in `knowledge` any more is left out of the lists."""
    cited = [frozenset(cite for cite in record.cites if cite in knowledge.bullets) for record in records]
    bullets = Counter(cite for cites in cited for cite in cites)
    jobs = Counter(station for cites in cited for station in {knowledge.bullets[cite].station for cite in cites})
    return Insights(
        days=_days(records),
        questions=len(records),
        visitors=len({(record.day, record.visitor) for record in records if record.visitor}),
        statuses=Counter(record.status for record in records),
        thumbs=Counter(record.thumb for record in records if record.thumb),
        jobs=_ranked(jobs, knowledge),
        bullets=_ranked(bullets, knowledge),
        never=tuple(Count(b.id, _label(b.id, knowledge), 0) for b in knowledge.bullets.values() if b.id not in bullets),
        latency=_latency(records),
        latencies=tuple(record.timings_ms["total"] for record in records if "total" in record.timings_ms),
        spending=_spending(records),
    )


def _days(records: Iterable[Record]) -> dict[date, Counter[str]]:
    """Return how many questions came on each day in each language, days without any between them included."""
    found: dict[date, Counter[str]] = {}
    for record in records:
        language = record.language if record.language in LANGUAGES else "other"
        found.setdefault(record.at.date(), Counter())[language] += 1
    if not found:
        return {}
    first, last = min(found), max(found)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: found.get(day, Counter()) for day in every}


def _ranked(counts: Mapping[str, int], knowledge: Knowledge) -> tuple[Count, ...]:
    made = [Count(id_, _label(id_, knowledge), count) for id_, count in counts.items()]
    return tuple(sorted(made, key=lambda one: (-one.count, one.id)))


def _label(identifier: str, knowledge: Knowledge) -> str:
    bullet = knowledge.bullets.get(identifier)
    if bullet is None:
        return knowledge.sections[identifier].en if identifier in knowledge.sections else identifier
    return _plain(bullet)


def _plain(bullet: Bullet) -> str:
    text = first_line(bullet).en if bullet.is_heading else bullet.text.en.replace("\n", ", ")
    return text.replace("**", "")


def _latency(records: Iterable[Record]) -> dict[str, Latency]:
    times: dict[str, list[float]] = {}
    for record in records:
        if "total" in record.timings_ms:
            times.setdefault(record.mode, []).append(record.timings_ms["total"])
    return {
        mode: Latency(len(took), percentile(took, 0.5), percentile(took, 0.95)) for mode, took in sorted(times.items())
    }


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least `share` of all, which mustn't be none, don't exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def _spending(records: Iterable[Record]) -> Spending:
    used = [record.usage for record in records if record.usage]
    costs = [usage.get("cost_usd") for usage in used]
    return Spending(
        answers=len(used),
        dollars=sum(cost for cost in costs if cost is not None),
        unknown=sum(cost is None for cost in costs),
        prompt_tokens=int(sum(usage.get("prompt_tokens") or 0 for usage in used)),
        completion_tokens=int(sum(usage.get("completion_tokens") or 0 for usage in used)),
    )


def table(insights: Insights) -> str:
    """Return the figures as text for a terminal."""
    return "\n".join([*_summary(insights), *_by_day(insights), *_lists(insights)])


def _summary(insights: Insights) -> list[str]:
    visitors = f"{insights.visitors} visitors, each counted once a day"
    lines = [f"{insights.period}: {insights.questions} questions by {visitors}"]
    shares = (f"{name} {insights.share(status):.1%}" for status, name in STATUSES.items() if told(insights, status))
    lines += [" · ".join(shares), f"thumbs up {insights.thumbs.get('up', 0)}, down {insights.thumbs.get('down', 0)}"]
    lines += [
        f"{mode}: {took.count} answers, p50 {milliseconds(took.p50)}, p95 {milliseconds(took.p95)}"
        for mode, took in insights.latency.items()
    ]
    return [*lines, spent(insights.spending)]


def milliseconds(value: float) -> str:
    """Return a time for people: "12 ms", "1.3 s"."""
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def spent(spending: Spending) -> str:
    """Return what the model cost, in a sentence."""
    if not spending.answers:
        return "no model was used"
    unknown = f" and {spending.unknown} answers of unknown cost" if spending.unknown else ""
    tokens = f"{spending.prompt_tokens:,} tokens in, {spending.completion_tokens:,} out"
    return f"${spending.dollars:.4f}{unknown} for {spending.answers} answers with a model, {tokens}"


def told(insights: Insights, status: str) -> bool:
    """Return whether a status is told: that questions were stopped or failed, only when some were."""
    return status not in ("stopped", "failed") or bool(insights.statuses.get(status))


def _by_day(insights: Insights) -> list[str]:
    days = sorted(insights.days)[-DAYS_SHOWN:]
    most = max((sum(insights.days[day].values()) for day in days), default=0)
    lines = ["", f"{'day':<10} {'en':>5} {'zh':>5} {'other':>5} {'all':>5}"] if days else []
    for day in days:
        counts, total = insights.days[day], sum(insights.days[day].values())
        cells = " ".join(f"{counts.get(language, 0):>5}" for language in LANGUAGES)
        lines.append(f"{day} {cells} {total:>5}  {'█' * round(24 * total / most)}".rstrip())
    return lines


def _lists(insights: Insights) -> list[str]:
    lines: list[str] = []
    for title, counts in (("most asked jobs and sections", insights.jobs), ("most asked bullets", insights.bullets)):
        lines += ["", title] + [f"{c.count:>5}  {c.id:<24} {_short(c.label)}" for c in counts[:ROWS_SHOWN]]
    never = insights.never
    lines += ["", f"never asked: {len(never)} bullets"] + [
        f"       {c.id:<24} {_short(c.label)}" for c in never[:ROWS_SHOWN]
    ]
    return [*lines, f"       … and {len(never) - ROWS_SHOWN} more"] if len(never) > ROWS_SHOWN else lines


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"
