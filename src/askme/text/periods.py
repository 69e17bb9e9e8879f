"""Months, periods and durations: parsed from ISO 8601 and from questions, and written out in two languages."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone

from askme.text.dates import MONTH_NAMES, Date, asked_dates
from askme.types import Language, Message, Month, Period

_ISO = re.compile(r"^(\d{4})(?:-(\d{2}))?$")


def parse_period(text: str) -> Period:
    """Read "2024-04/2025-04", "2025-04/..", "2015/2019", "2017-12" or "2016".

    Raises:
        ValueError: not such a period, or it ends before it starts.
    """
    start_text, slash, end_text = text.partition("/")
    start, by_year = _iso(start_text, last=False)
    if not slash:
        end: Month | None = _iso(start_text, last=True)[0]
    else:
        end = None if end_text == ".." else _iso(end_text, last=True)[0]
    if end is not None and end < start:
        raise ValueError(f"{text!r} ends before it starts")
    return Period(start, end, by_year)


def _iso(text: str, last: bool) -> tuple[Month, bool]:
    match = _ISO.match(text)
    if not match or (match[2] and not 1 <= int(match[2]) <= 12):
        raise ValueError(f"{text!r} is no ISO 8601 year or month (2024 or 2024-04)")
    by_year = match[2] is None
    month = int(match[2]) if match[2] else (12 if last else 1)
    return Month.of(int(match[1]), month), by_year


def this_month(today: date) -> Month:
    """Return the month of a date."""
    return Month.of(today.year, today.month)


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(timezone.utc)


def mentioned(text: str) -> list[Period]:
    """Return the years and months a question names ("2022", "May 2023", "2023年5月", "22年"), in order."""
    return [_period(date) for date in asked_dates(text)]


def _period(date: Date) -> Period:
    if date.month:
        return Period(Month.of(date.year, date.month), Month.of(date.year, date.month))
    return Period(Month.of(date.year, 1), Month.of(date.year, 12), by_year=True)


def month_text(month: Month, language: Language) -> str:
    """Write a month: "April 2024", "2024 年 4 月"."""
    if language == "zh":
        return f"{month.year} 年 {month.month} 月"
    return f"{MONTH_NAMES[month.month - 1].capitalize()} {month.year}"


def period_text(period: Period, language: Language) -> str:
    """Write a period: "April 2024 - April 2025", "2015 – 2019", "2025 年 4 月 - 至今"."""
    start, end = period.start, period.end
    if period.by_year:
        first, last = str(start.year), str(end.year) if end else ""
        first, last = (f"{first} 年", f"{last} 年" if last else "") if language == "zh" else (first, last)
    else:
        first, last = month_text(start, language), month_text(end, language) if end else ""
    last = last or ("至今" if language == "zh" else "present")
    return first if first == last else f"{first} – {last}"


def months_between(period: Period, now: Month) -> int:
    """Return a period's length in months, from its first to its last month as written (Oct 2021 – Apr 2024: 30)."""
    end = min(period.end, now) if period.end else now
    return max(0, end.number - period.start.number)


def duration(months: int) -> Message:
    """Write a number of months: "2 years 6 months", "2 年 6 个月"."""
    years, rest = divmod(months, 12)
    zh = [f"{years} 年"] * bool(years) + [f"{rest} 个月"] * bool(rest or not years)
    en = [_plural(years, "year")] * bool(years) + [_plural(rest, "month")] * bool(rest or not years)
    return Message(" ".join(zh), " ".join(en))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def spanning(periods: tuple[Period, ...]) -> Period:
    """Return from the first to the last of the periods a question names (`2019 to 2021`)."""
    ends = [p.end or p.start for p in periods]
    return Period(min(p.start for p in periods), max(ends), all(p.by_year for p in periods))
