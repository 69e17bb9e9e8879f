"""The figures, dates and ratios of a sentence against those of the bullets it cites: what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from askme.text.dates import Date, Duration
from askme.text.quantities import Quantity
from askme.text.tokenize import tokens
from askme.verification.changes import replacements, reversed_in
from askme.verification.claims import Placed, Reading, ways
from askme.verification.evidence import CLAUSES, Support

ALIKE = 2
"""Content words that two clauses share when they are about the same thing."""
COUNTS = 20
"""A bare number up to this one may count what is cited."""
_COMMA = re.compile(r",\s?and\s|[,、]|\band\b|[和与及]")
_LIST = re.compile(r"[^,、:;]{1,30}(?:、[^,、:;]{1,30})+|[^,:;]{1,40}(?:, [^,:;]{1,40})*,? and [^,:;]{1,40}")


def figure_problem(placed: Placed, supports: list[Support], cited: int, listed: frozenset[int]) -> str:
    """Return why no bullet bears out this figure, or "" when one does.

    A count may also be that of what is cited or of what the sentence lists.
    """
    quantity = placed.quantity
    if _counts(quantity) and quantity.value in ({cited} - {1}) | listed:
        return ""
    readings = [reading for support in supports for reading in support.readings]
    known = [(other, reading) for reading in readings for other in reading.placed if _same(placed, other)]
    if not known:
        return "isn't in {where}"
    if any(_better_elsewhere(placed, other, reading) for other, reading in known):
        known = [one for one in known if placed.words & _own_words(*one)]
    if not known or not _labelled(placed, [other for other, _ in known]):
        return "stands for something else in {where}"
    closest = max(len(placed.words & other.words) for other, _ in known)
    nearest = [other for other, _ in known if len(placed.words & other.words) == closest]
    if not any(placed.direction * other.direction >= 0 for other in nearest):
        return "goes the other way in {where}"
    return ""


def _counts(quantity: Quantity) -> bool:
    """Whether it may count things rather than measure them."""
    whole = quantity.value == quantity.value.to_integral_value() and "." not in quantity.text
    return quantity.units == {""} and not quantity.currency and whole and quantity.value <= COUNTS


def lengths(text: str) -> frozenset[int]:
    """Return how many things each enumeration in `text` lists: "C++, Python and Java", "天、月、季、年"."""
    if "、" not in text and " and " not in text:  # the pattern takes long to find that out
        return frozenset()
    return frozenset(len(_COMMA.split(match[0])) for match in _LIST.finditer(text))


def _own_words(placed: Placed, reading: Reading) -> frozenset[str]:
    """Return the words of a figure's part that no other figure of the text has beside it."""
    others = (p.words for p in reading.placed if _rivals(p, placed))
    return placed.words - frozenset().union(*others)


def _rivals(one: Placed, other: Placed) -> bool:
    """Whether two figures of a text could be taken for each other: other values of one unit."""
    return one.quantity.value != other.quantity.value and bool(one.quantity.units & other.quantity.units)


def _better_elsewhere(said: Placed, known: Placed, reading: Reading) -> bool:
    """Whether the words around a figure are those around another figure of the bullet, and none of its own."""
    if not known.words or _counts(known.quantity) or said.words & _own_words(known, reading):
        return False
    others = (p for p in reading.placed if _rivals(p, known))
    return any(said.words & _own_words(other, reading) for other in others)


def _same(said: Placed, known: Placed) -> bool:
    """Whether the two are one number in one unit; a rounded one must say so and be right to its digits."""
    mine, other = said.quantity, known.quantity
    if mine.value != other.value and not (mine.about and mine.rounds(other.value)):
        return False
    if not mine.units & other.units or (mine.more and not other.more) or (mine.less and not other.less):
        return False
    if mine.currency and mine.currency != other.currency:
        return False
    return not (mine.noun and other.noun and mine.noun != other.noun)


def _labelled(said: Placed, known: list[Placed]) -> bool:
    """Whether region, metric, phase and rate beside a figure are those beside it in the bullet, where both say."""
    for category in ("region", "metric", "phase", "rate"):
        mine, theirs = said.of(category), frozenset().union(*(other.of(category) for other in known))
        if mine and theirs and not mine & theirs:
            return False
    return True


def steps(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find what went from one figure to another the other way round, or between figures of different things."""
    held = frozenset().union(*(r.steps for support in supports for r in support.readings))
    touched = {value for step in held for value in step}
    for first, second in sorted(reading.steps - held):
        if first in touched and second in touched:
            yield f'"from {first:f} to {second:f}" isn\'t in {{where}}'
            return


def replaced(text: str, supports: list[Support]) -> Iterable[str]:
    """Find what is said to have replaced the other when it was the other way round."""
    known = [found for support in supports for found in support.replacements]
    if any(reversed_in(said, known) for said in replacements(text)):
        yield "what replaced what is the other way round in {where}"


def turned(text: str, supports: list[Support]) -> Iterable[str]:
    """Find a clause that says of something that it rose where the bullet says that it fell, or the other way round."""
    known = [clause for support in supports for clause in support.clauses]
    for clause in CLAUSES.split(text):
        mine, words = ways(clause), frozenset(tokens(clause))
        if len(mine) != 1:
            continue
        shared = [(len(words.intersection(theirs)), way) for theirs, way in known]
        most = max((count for count, _ in shared), default=0)
        if most >= ALIKE and all(way != mine and len(way) == 1 for count, way in shared if count == most):
            yield f'"{escaped(clause.strip())}" goes the other way in {{where}}'


def ratios(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find halves and doubles that no bullet has, neither in words nor as 50 % and 100 %."""
    for ratio in reading.stated.ratios:
        percent = {"half": Decimal(50), "double": Decimal(100)}.get(ratio)
        held = any(
            ratio in support.ratios
            or any(p.quantity.value == percent and "%" in p.quantity.units for p in support.placed)
            for support in supports
        )
        if not held:
            yield f'"{ratio}" isn\'t in {{where}}'


def rates(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find figures per day, per year and so on where no bullet counts so."""
    held = frozenset().union(*(support.rates for support in supports))
    stated = frozenset().union(*(placed.of("rate") for placed in reading.placed))
    for rate in sorted(stated - held):
        yield f'"per {rate}" isn\'t in {{where}}'


def dates(reading: Reading, supports: list[Support], question: str) -> Iterable[str]:
    """Find dates that no bullet has; a year that was asked about may lie within the time of what is cited."""
    held = frozenset().union(*(support.dates for support in supports))
    for date in reading.stated.dates:
        if not _date_held(date, held) and not (str(date.year) in question and _within(date, supports)):
            yield f'"{escaped(date.text)}" isn\'t in {{where}}'


def _date_held(date: Date, held: frozenset[tuple[int, int]]) -> bool:
    if not date.year:
        return any(month == date.month for _, month in held)
    if not date.month:
        return any(year == date.year for year, _ in held)
    return (date.year, date.month) in held


def _within(date: Date, supports: list[Support]) -> bool:
    """Whether a year that was asked about lies in the time of what is cited."""
    periods = [period for support in supports for period in support.periods]
    return not date.month and any(p.start.year <= date.year <= (p.end.year if p.end else date.year) for p in periods)


def durations(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find lengths of time that are neither said nor those from the first to the last month of what is cited."""
    held = frozenset().union(*(support.durations for support in supports))
    for duration in reading.stated.durations:
        if not any(_lasts(duration, months) for months in held):
            yield f'"{escaped(duration.text)}" isn\'t in {{where}}'


def _lasts(said: Duration, months: Decimal) -> bool:
    if said.more:
        return 0 <= months - said.months < 12
    return said.months == months or (said.about and abs(said.months - months) <= (said.step - 1) // 2)


def escaped(text: str) -> str:
    """Return `text` without braces, so that it can stand in a template."""
    return text.replace("{", "(").replace("}", ")")
