"""Lengths of time of a sentence against the periods of what it cites: each alone, together, between, and compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations

from askme.text.dates import Duration
from askme.text.periods import months_between
from askme.types import Month, Period
from askme.verification.claims import Reading
from askme.verification.evidence import Support
from askme.verification.numeric_checks import escaped

_TOGETHER = re.compile(
    r"\b(?:together|combined|add(?:s|ed)? up|in total|in all|altogether|sum|total|overall|both|cover)\b|合|加起来|一共|共|总|连起来|两段|两份|相加|前后",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:longer|shorter|older|newer|later|earlier|less|more|than|after|before|against|difference|apart|by)\b|[比长短早晚差先后]",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\b(?:gap|break|between|pause|passed|interval|lie|lay|before|after|elapsed|open|without|in-between|went by|until)\b|[隔空]|间|之后|才",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:since|from|to date|so far|now|today|ago|gone by|went by|years in|passed|altogether|as of|experience|career|until|through|for)\b|[从自]|算起|以来|至今|到现在|截至|已|经验|前后|迄今|一共|共",
    re.IGNORECASE,
)
_PER_YEAR = re.compile(r"^(?:一年|1\s?年|a year|one year)$", re.IGNORECASE)


def durations(reading: Reading, supports: list[Support], now: Month) -> Iterable[str]:
    """Find lengths of time that are neither said nor computed from the first and last months of what is cited."""
    if not reading.stated.durations:
        return
    held = frozenset().union(*(support.durations for support in supports))
    derived = frozenset(_derived(reading.stated.text, list(_periods(supports)), now))
    rated = any("year" in support.rates for support in supports)
    for duration in reading.stated.durations:
        if rated and _PER_YEAR.match(duration.text):
            continue
        if not any(lasts(duration, months) for months in held | derived):
            yield f'"{escaped(duration.text)}" isn\'t in {{where}}'


def lasts(said: Duration, months: Decimal) -> bool:
    """Whether a length of time as it is said is that of so many months."""
    if said.months == months:
        return True
    if said.less:
        return 0 < said.months - months <= max(Decimal(12), said.months / 2)
    if said.more:
        return 0 <= months - said.months < 12
    return said.about and abs(said.months - months) <= (said.step - 1) // 2


def _periods(supports: list[Support]) -> Iterator[Period]:
    """Yield the periods of what is cited, those of one position once."""
    yield from dict.fromkeys(support.bullet.period for support in supports if support.bullet.period)


def _derived(text: str, periods: list[Period], now: Month) -> Iterator[Decimal]:
    ends = {period: min(period.end, now) if period.end else now for period in periods}
    if _TOGETHER.search(text) and len(periods) > 1:
        yield Decimal(sum(months_between(period, now) for period in periods))
    if _SPAN.search(text) or _TOGETHER.search(text):
        yield from (Decimal(now.number - period.start.number) for period in periods)
        if len(periods) > 1:
            yield Decimal(max(end.number for end in ends.values()) - min(p.start.number for p in periods))
    for one, other in combinations(periods, 2):
        first, second = sorted((one, other), key=lambda period: period.start)
        if _BETWEEN.search(text) and ends[first] <= second.start:
            yield Decimal(second.start.number - ends[first].number)
        if _APART.search(text):
            yield Decimal(abs(months_between(one, now) - months_between(other, now)))
            yield Decimal(second.start.number - first.start.number)
            yield Decimal(12 * (second.start.year - first.start.year))
