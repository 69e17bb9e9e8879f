"""Dates and lengths of time out of a text, in the languages visitors are answered in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|some|nearly|almost|close to|circa)|[~≈约近]|大约|将近|接近|大概|差不多)\s?"
    r"(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
ABOUT_AFTER = re.compile(r"^\s?(?:[^\s，,。;；]{0,4}?)(?:左右|上下|or so\b)")
MORE = re.compile(
    r"(?:\b(?:more than|over|above|at least|exceed(?:s|ed|ing)|upwards of|beyond|past|mehr als|über|plus de|más de|mais de|oltre)|"
    r"超过|已过|超|逾|不止|至少)\s?(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
LESS = re.compile(
    r"(?:\b(?:less than|fewer than|under|below|not (?:even|quite|yet)|short of|within|moins de|weniger als|unter|menos de|meno di)|<|不到|还不到|没到|未满|不满|低于|少于|不足|以下)\s?"
    r"(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
MORE_AFTER = re.compile(r"^\s?(?:\+|以上|有余|出头|或更多|or more\b|plus\b|多(?!目标))")


_YEAR_WORD = r"(?:(?:years?|yrs?)(?![a-z])|年间|年)"
_MONTH_WORD = r"(?:(?:months?|mos?)(?![a-z])|个月|个?月间)"
_N = r"(?P<{}>\d+(?:\.\d+)?|one|一)"
_DURATIONS = (
    re.compile(
        r"\ba year and (?:a (?P<half>half)|(?P<months>\d+|one)[\s-]months?)\b|(?P<alone>\ba full year\b|\b(?:just|about|exactly|only|roughly|nearly|almost|around) a year\b)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d.#这那同每]){_N.format('years')}[\s-]?{_YEAR_WORD}(?![代度级]|(?<=年)(?:底|初|末|中旬))(?:\s?(?:,|and|零|又)?\s?{_N.format('months')}[\s-]?{_MONTH_WORD}|(?P<half>半|\sand (?:a )?half))?",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\d.#这那同每]){_N.format('months')}[\s-]?{_MONTH_WORD}", re.IGNORECASE),
    re.compile(rf"(?<![\d.#这那同每]){_N.format('years')} and (?:a )?(?P<half>half)[\s-]{_YEAR_WORD}", re.IGNORECASE),
    re.compile(r"(?P<months>half a year|(?<![上下])半年)", re.IGNORECASE),
)
TAKEN = "¤"
"""Stands in the place of a date or duration that was taken out, so that positions stay."""
_SHORT_YEAR = 70
"""A bare number of years above it isn't a duration but a date (19 年 is 2019)."""


@dataclass(frozen=True)
class Duration:
    """A stated length of time in months; `step` is what it was counted in, the others how it was hedged."""

    months: Decimal
    step: int
    about: bool
    more: bool
    text: str
    less: bool = False


@dataclass(frozen=True)
class Date:
    """A stated year (month 0), month of a year, or month of no stated year (year 0)."""

    year: int
    month: int
    text: str


_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_LONGER = ("january february march april june july august september october november december sept").split()
_NAME = "|".join(sorted({*_MONTHS, *_LONGER}, key=len, reverse=True))
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_DATES = (
    re.compile(rf"(?P<year>{_YEAR})\s?年\s?的?(?P<month>1[0-2]|0?[1-9])\s?月(?:份)?"),
    re.compile(r"(?<!\d)(?P<short>[12]\d)\s?年\s?(?P<month>1[0-2]|0?[1-9])\s?月(?:份)?"),
    re.compile(rf"(?<![\d.]){'(?P<year>' + _YEAR + ')'}[-/.](?P<month>1[0-2]|0?[1-9])(?![\d-])"),
    re.compile(rf"(?<![\d/.])(?P<month>1[0-2]|0?[1-9])/(?P<year>{_YEAR})(?!\d)"),
    re.compile(rf"\b(?P<name>{_NAME})\b\.?,?\s?(?:of\s)?(?P<year>{_YEAR})\b", re.IGNORECASE),
    re.compile(rf"(?<![\d.])(?<!\d,)(?P<year>{_YEAR})(?!\d|[.,]\d|\s?(?:%|ms\b|items?\b|usd\b|万|亿))\s?年?(?:度)?", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<short>[12]\d)\s?年(?=[底初末中]|的时候)"),
    re.compile(r"(?<![\d个/])(?P<month>1[0-2]|0?[1-9])\s?月(?:份)?"),
    re.compile(
        rf"\b(?:in|since|until|till|from|to|and|or|by|of|–|-|,)\s?(?P<name>(?!mar\b){_NAME})\b(?=[\s.,;–-]|$)(?!\s(?:be|have|not)\b)"
    ),
)  # fmt: skip
_CAPITAL_MONTH = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|August|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b(?=\s*(?:$|[,.;)–-]|to\b|and\b|until\b|through\b))"
)


def take_dates(text: str) -> tuple[str, list[Date]]:
    """Return the dates in `text`, in order, and the text with a filler in their place."""
    found: list[tuple[int, Date]] = []
    for pattern in (*_DATES, _CAPITAL_MONTH):
        for match in pattern.finditer(text):
            found.append((match.start(), _date(match)))
        text = pattern.sub(_blanked, text)
    return text, [date for _, date in sorted(found, key=lambda item: item[0])]


def _date(match: re.Match[str]) -> Date:
    groups = match.groupdict()
    year = int(groups["year"]) if groups.get("year") else 2000 + int(groups["short"]) if groups.get("short") else 0
    if groups.get("month"):
        return Date(year, int(groups["month"]), match[0].strip())
    name = groups.get("name") or ("" if year else match[0])
    return Date(year, _month_number(name.lower()) if name else 0, match[0].strip())


def _month_number(name: str) -> int:
    for length in range(len(name), 2, -1):
        if name[:length] in _MONTHS:
            return _MONTHS[name[:length]]
    return 0


def take_durations(text: str) -> tuple[str, list[Duration]]:
    """Return the lengths of time in `text` and the text with a filler in their place; dates are to be taken before."""
    found: list[Duration] = []
    for pattern in _DURATIONS:
        kept = []
        for match in pattern.finditer(text):
            duration = _duration(match, text)
            if duration is not None:
                found.append(duration)
                kept.append(match.span())
        for start, end in kept:
            text = text[:start] + TAKEN * (end - start) + text[end:]
    return text, found


def _duration(match: re.Match[str], text: str) -> Duration | None:
    groups = match.groupdict()
    less = bool(LESS.search(text[: match.start()]))
    if match[0].lower() in ("half a year", "半年"):
        return Duration(Decimal(6), 6, False, False, match[0], less)
    years, months = (_plain(groups.get(name)) for name in ("years", "months"))
    if years > _SHORT_YEAR:
        return None
    if match[0].lower().startswith("a year") or groups.get("alone"):
        years = Decimal(1)
    total = years * 12 + months + (6 if groups.get("half") else 0)
    about = ABOUT.search(text[: match.start()]) or ABOUT_AFTER.match(text[match.end() :])
    more = MORE.search(text[: match.start()]) or MORE_AFTER.match(text[match.end() :])
    step = 6 if groups.get("half") else 1 if groups.get("months") else 12
    return Duration(total, step, bool(about), bool(more), match[0].strip(), less)


def _plain(number: str | None) -> Decimal:
    return Decimal(1) if number in ("one", "一", "One") else Decimal(number or 0)


def _blanked(match: re.Match[str]) -> str:
    return TAKEN * len(match[0])
