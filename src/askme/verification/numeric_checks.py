"""The figures, dates and ratios of a sentence against those of the bullets it cites: what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from askme.text.dates import Date
from askme.text.quantities import Quantity, ratios_in
from askme.text.tokenize import stem, tokens
from askme.types import Month
from askme.verification.changes import lent, replacements, reversed_in
from askme.verification.claims import Placed, Reading, regular, ways
from askme.verification.evidence import CLAUSES, Support
from askme.verification.vocabulary import vocabulary

ALIKE = 2
"""Content words that two clauses share when they are about the same thing."""
_NEAR = Decimal("0.15")
COUNTS = 20
"""A bare number up to this one may count what is cited."""
_AS_OF = re.compile(r"\bas of\b|\btoday\b|\bnow\b|截[至止]|到现在|目前|今", re.IGNORECASE)
_SLASHED = re.compile(r"[A-Za-z]\w*(?:/[A-Za-z]\w*){2,}")
_OUT_OF = re.compile(r"(\d+(?:\.\d+)?)\s?(?:/|out of|[,，(（]?\s?满分(?:是|为)?)\s?(\d+(?:\.\d+)?)", re.IGNORECASE)
_COMMA = re.compile(r",\s?and\s|[,、]|\band\b|[和与及]")
_LIST = re.compile(r"[^,、:;]{1,30}(?:、[^,、:;]{1,30})+|[^,:;]{1,40}(?:, [^,:;]{1,40})*,? and [^,:;]{1,40}")


def figure_problem(placed: Placed, supports: list[Support], cited: int, listed: frozenset[int]) -> str:
    """Return why no bullet bears out this figure, or "" when one does.

    A count may also be that of what is cited or of what the sentence or a bullet lists; a difference may be that of
    two figures of which one became the other.
    """
    quantity = placed.quantity
    if counts(quantity) and quantity.value in ({cited} - {1}) | listed | _enumerated(supports):
        return ""
    if counts(quantity) and placed.partly and quantity.value == cited - 1 > 1:
        return ""
    if placed.differs and any(
        quantity.value == abs(a - b)
        for s in supports
        for r in s.readings
        for a, b in r.steps
        if _same_unit(quantity, a, r)
    ):
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
    if placed.ends and placed.direction and "%" in quantity.units and not any(other.ends for other, _ in known):
        return "is by how much in {where}, not to what"
    return ""


def _enumerated(supports: list[Support]) -> frozenset[int]:
    """Return how many things the cited bullets themselves list."""
    texts = [text for support in supports for text in support.bullet.text.renderings]
    return frozenset(
        max(lengths(text) | {len(run.split("/")) for run in _SLASHED.findall(text)}, default=0) for text in texts
    ) - {0, 1}


def _same_unit(quantity: Quantity, value: Decimal, reading: Reading) -> bool:
    return any(p.quantity.value == value and p.quantity.units & quantity.units - {""} for p in reading.placed)


def counts(quantity: Quantity) -> bool:
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
    if (
        not known.words
        or counts(known.quantity)
        or "version" in said.quantity.units
        or said.words & _own_words(known, reading)
    ):
        return False
    others = [p for p in reading.placed if p is not known and not _stepping(p, known, reading)]
    if any(_rivals(p, known) and said.words & _own_words(p, reading) for p in others):
        return True
    apart = [p for p in others if not p.quantity.units & known.quantity.units]
    return not said.words & known.words and any(len(said.words & p.words) > 1 for p in apart)


def _stepping(one: Placed, other: Placed, reading: Reading) -> bool:
    """Whether one of two figures became the other: then both are of the same thing."""
    pair = (one.quantity.value, other.quantity.value)
    return pair in reading.steps or pair[::-1] in reading.steps


def _same(said: Placed, known: Placed) -> bool:
    """Whether the two are one number in one unit; a rounded one must say so and be right to its digits."""
    mine, other = said.quantity, known.quantity
    if not mine.units & other.units:
        return False
    if mine.value == other.value:
        if (mine.more and not other.more) or (mine.less and not other.less):
            return False
    elif not (mine.about and mine.rounds(other.value)) and not _bounds(mine, other):
        return False
    if mine.currency and mine.currency != other.currency:
        return False
    return not (mine.noun and other.noun and mine.noun != other.noun)


def _bounds(mine: Quantity, other: Quantity) -> bool:
    """Whether "less than 4" or "more than 300" holds of a figure and is near enough to speak of it."""
    if mine.less:
        return mine.value * (1 - _NEAR) <= other.value < mine.value
    return mine.more and mine.value < other.value <= mine.value * (1 + _NEAR)


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
    if lent(text, [one for support in supports for one in support.texts]):
        yield "who borrowed from whom is the other way round in {where}"


def turned(text: str, supports: list[Support]) -> Iterable[str]:
    """Find a clause that says of something that it rose where the bullet says that it fell, or the other way round."""
    known = [clause for support in supports for clause in support.clauses]
    for clause in CLAUSES.split(text):
        mine, words = ways(clause), frozenset(tokens(clause))
        if len(mine) != 1:
            continue
        shared = [(len(words.intersection(theirs)), way) for theirs, way in known]
        most = max((count for count, _ in shared), default=0)
        enough = min(
            ALIKE, max(1, len([word for word in words if not ways(word) and word not in vocabulary().neutral]))
        )
        if most >= enough and all(way != mine and len(way) == 1 for count, way in shared if count == most):
            yield f'"{escaped(clause.strip())}" goes the other way in {{where}}'


def scores(text: str, supports: list[Support]) -> Iterable[str]:
    """Find "4.0 out of 3.8" where a bullet has 3.8/4.0."""
    known = {match.groups() for support in supports for text in support.texts for match in _OUT_OF.finditer(text)}
    if any(match.groups()[::-1] in known and match.groups() not in known for match in _OUT_OF.finditer(text)):
        yield "what is out of what is the other way round in {where}"


def ratios(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find halves and doubles that no bullet has for what they are said of: in words, as 50 %, from 300 to 150."""
    for ratio in sorted(reading.stated.ratios):
        said = _around(ratio, reading)
        held = [words for support in supports for words in _ratio_words(ratio, support)]
        if ratio == "double" and _twofold(reading):
            continue
        if not held:
            yield f'"{ratio}" isn\'t in {{where}}'
            continue
        others = [placed.words - frozenset().union(*held) for support in supports for placed in support.placed]
        best = max(len(said & words) for words in held)
        if (said and not best) or any(len(said & words) > best for words in others):
            yield f'"{ratio}" stands for something else in {{where}}'


def unflattened(text: str, supports: list[Support]) -> Iterable[str]:
    """Find what is said to rise or fall of which a bullet says that it stayed as it was."""
    told = frozenset(token for s in supports if not s.flat for text in s.texts for token in tokens(text))
    flat = frozenset().union(*(support.flat for support in supports)) - told
    for clause in CLAUSES.split(text) if flat else ():
        moved = ways(clause) and not re.search(r"\d|flat|unchanged|steady|stable|same|持平|不变|稳", clause)
        if moved and flat & frozenset(tokens(clause)):
            yield f'"{escaped(clause.strip())}" goes another way in {{where}}'


def _twofold(reading: Reading) -> bool:
    """Whether one figure of a sentence is about twice another of it."""
    pairs = combinations(reading.placed, 2)
    return any(
        a.quantity.units & b.quantity.units - {""} and _about_twice(a.quantity.value, b.quantity.value)
        for a, b in pairs
    )


def _about_twice(one: Decimal, other: Decimal) -> bool:
    return min(one, other) > 0 and abs(max(one, other) / min(one, other) - 2) < Decimal("0.1")


def _around(ratio: str, reading: Reading) -> frozenset[str]:
    """Return the content words of the clauses in which a ratio is said."""
    clauses = (clause for clause in CLAUSES.split(reading.stated.text) if ratio in ratios_in(clause))
    return frozenset(
        word for clause in clauses for word in tokens(clause) if not word[0].isdigit() and word not in _PLAIN
    )


_PLAIN = frozenset(map(stem, "half halved double doubled became now cut down reduced".split()))


def _ratio_words(ratio: str, support: Support) -> Iterable[frozenset[str]]:
    """Yield the words around what bears a ratio out in a bullet."""
    percent = {"half": Decimal(50), "double": Decimal(100)}.get(ratio)
    factor = {"half": Decimal(2), "double": Decimal("0.5")}.get(ratio)
    for text, reading in zip(support.texts, support.readings, strict=True):
        if ratio in reading.stated.ratios:
            yield frozenset(tokens(text))
        for placed in reading.placed:
            if placed.quantity.value == percent and "%" in placed.quantity.units:
                yield placed.words
            if any(
                factor and first == placed.quantity.value and first == second * factor
                for first, second in reading.steps
            ):
                yield placed.words


def rates(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Find figures per day, per year and so on where no bullet counts so."""
    held = frozenset().union(*(support.rates for support in supports))
    stated = frozenset().union(*(placed.of("rate") for placed in reading.placed), regular(reading.stated.text))
    for rate in sorted(stated - held):
        yield f'"per {rate}" isn\'t in {{where}}'


def dates(reading: Reading, supports: list[Support], question: str, now: Month) -> Iterable[str]:
    """Find dates that no bullet has; this month is known, and a year that was asked about may lie within a period."""
    today = {(now.year, now.month)} if _AS_OF.search(reading.stated.text) else frozenset()
    held = frozenset().union(*(support.dates for support in supports), today)
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


def escaped(text: str) -> str:
    """Return `text` without braces, so that it can stand in a template."""
    return text.replace("{", "(").replace("}", ")")
