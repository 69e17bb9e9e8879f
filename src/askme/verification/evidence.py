"""What a bullet can bear out: its text in both languages, its headings, its period, and the cards that rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_

from askme.resume.lines import trail
from askme.text.periods import months_between
from askme.text.tokenize import index_tokens, normalise, stem, tokens
from askme.types import Bullet, Card, Knowledge, Line, Month, Period
from askme.verification.changes import Replacement, replacements
from askme.verification.claims import Claims, Placed, Reading, flat_parts, rates, ways
from askme.verification.predicates import NOTHING, Bearing, bearing

RESTS = 0.66
"""The share of a card line's bullets that must be cited before the line counts."""
CLAUSES = re.compile(r"[，；;。（）()：:]|[,.](?!\d)|\band\b|\bwhile\b|\bwith\b|[并且]")
_FLATTENED = frozenset(tokens("with keeping holding essentially flat global at while cut"))
_LATIN = re.compile(r"[a-z0-9]+")


def latin(text: str) -> frozenset[str]:
    """Return the Latin words and numbers of `text`, lower case, cut at every other sign."""
    return frozenset(_LATIN.findall(normalise(text)))


@dataclass(frozen=True)
class Support:
    """What one bullet, or one line of a card, bears out. `texts` are in both languages, headings included."""

    bullet: Bullet
    texts: tuple[str, ...]
    readings: tuple[Reading, ...]
    periods: tuple[Period, ...]
    help: str
    now: Month

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """All quantities."""
        return tuple(placed for reading in self.readings for placed in reading.placed)

    @cached_property
    def ratios(self) -> frozenset[str]:
        """All ratios in words."""
        return frozenset().union(*(reading.stated.ratios for reading in self.readings))

    @cached_property
    def rates(self) -> frozenset[str]:
        """Per what it counts."""
        return rates("\n".join(self.texts))

    @cached_property
    def replacements(self) -> tuple[Replacement, ...]:
        """What it says was replaced by what."""
        return tuple(found for text in self.texts for found in replacements(text))

    @cached_property
    def durations(self) -> frozenset[Decimal]:
        """All lengths of time, in months."""
        said = {duration.months for reading in self.readings for duration in reading.stated.durations}
        own = {Decimal(months_between(period, self.now)) for period in self.periods}
        whole = {Decimal(12 * (p.end.year - p.start.year)) for p in self.periods if p.by_year and p.end}
        return frozenset(said | own | whole)

    @cached_property
    def dates(self) -> frozenset[tuple[int, int]]:
        """All (year, month), month 0 where only the year is said."""
        said = {(date.year, date.month) for reading in self.readings for date in reading.stated.dates}
        ends = [month for p in self.periods for month in (p.start, p.end) if month]
        by_month = {(m.year, m.month) for m in ends} if not any(p.by_year for p in self.periods) else set()
        return frozenset(said | by_month | {(m.year, 0) for m in ends})

    @cached_property
    def words(self) -> frozenset[str]:
        """The Latin words of its texts."""
        return frozenset().union(*(latin(text) for text in self.texts))

    @cached_property
    def stems(self) -> frozenset[str]:
        """What its texts and search help are indexed by."""
        return frozenset(index_tokens("\n".join((*self.texts, self.help)))) | frozenset(map(stem, self.words))

    @cached_property
    def bearing(self) -> Bearing:
        """What its words say; of a line of contacts, that it is one."""
        plain = (
            Bearing(frozenset(), "", frozenset(("contact", "github", "masked")))
            if self.bullet.kind == "contact"
            else NOTHING
        )
        return reduce(or_, map(bearing, self.texts), plain)

    @cached_property
    def normal(self) -> str:
        """Its texts without white space, for quotations."""
        return "\n".join(re.sub(r"\s+", "", normalise(text)) for text in self.texts)

    @cached_property
    def letters(self) -> str:
        """Its texts without anything but Latin letters and digits, for terms written with other hyphens or spaces."""
        return re.sub(r"[^a-z0-9\n]", "", self.normal)

    @cached_property
    def clauses(self) -> tuple[tuple[frozenset[str], frozenset[int]], ...]:
        """The content words of each clause that says a direction, with the direction."""
        found = ((frozenset(tokens(clause)), ways(clause)) for text in self.texts for clause in CLAUSES.split(text))
        return tuple((words, way) for words, way in found if way)

    @cached_property
    def flat(self) -> frozenset[str]:
        """The Latin words of what stayed as it was: GMV, clicks."""
        found = (token for text in self.texts for span in flat_parts(text) for token in tokens(span))
        return frozenset(token for token in found if token.isascii()) - _FLATTENED

    @property
    def current(self) -> bool:
        """Whether it may still be going on."""
        return not self.periods or any(period.end is None for period in self.periods)


class Sources:
    """The support of every bullet of one résumé, read when first asked for."""

    def __init__(self, knowledge: Knowledge, cards: Iterable[Card], claims: Claims, now: Month) -> None:
        """Take the résumé with its cards, as of `now`."""
        self.knowledge, self.claims, self.now = knowledge, claims, now
        self._made: dict[str, Support] = {}
        self._made_lines: dict[Line, Support] = {}
        self._lines: dict[str, list[Line]] = {}
        for line in dict.fromkeys(line for card in cards for line in card.lines):
            for cite in line.cites:
                self._lines.setdefault(cite, []).append(line)

    def __getitem__(self, identifier: str) -> Support:
        """Return what a bullet bears out.

        Raises:
            KeyError: there is no such bullet.
        """
        if identifier not in self._made:
            self._made[identifier] = self._support(self.knowledge.bullets[identifier])
        return self._made[identifier]

    def all(self) -> Iterator[Support]:
        """Yield what each bullet bears out."""
        return (self[identifier] for identifier in self.knowledge.bullets)

    @cached_property
    def everything(self) -> Bearing:
        """What the words of the whole résumé say."""
        return reduce(or_, (support.bearing for support in self.all()), NOTHING)

    def below(self, heading: str) -> Iterator[Support]:
        """Yield what the bullets under a heading bear out, and those under theirs."""
        for bullet in self.knowledge.under(heading):
            yield self[bullet.id]
            yield from self.below(bullet.id)

    def expanded(self, cites: tuple[str, ...]) -> tuple[str, ...]:
        """Return `cites` with the entries of a section in the place of its heading, which is no line of its own."""
        bullets = self.knowledge.bullets
        found: list[str] = []
        for cite in cites:
            entries = (b.id for b in bullets.values() if b.section == cite and b.parent in ("", cite))
            found += [cite] if cite in bullets else entries
        return tuple(dict.fromkeys(found))

    def of(self, cites: tuple[str, ...]) -> list[Support]:
        """Return what these bullets bear out, with the lines of cards that rest on them and on little else."""
        lines = dict.fromkeys(line for cite in cites for line in self._lines.get(cite, ()))
        whole = [line for line in lines if len(set(line.cites) & set(cites)) >= RESTS * len(line.cites)]
        return [*(self[cite] for cite in cites), *(self._of_line(line) for line in whole)]

    def _of_line(self, line: Line) -> Support:
        if line not in self._made_lines:
            texts = (line.text.zh, line.text.en)
            readings = tuple(self.claims.read(text) for text in texts)
            own = self[line.cites[0]]
            self._made_lines[line] = Support(own.bullet, texts, readings, own.periods, "", self.now)
        return self._made_lines[line]

    def _support(self, bullet: Bullet) -> Support:
        above = trail(bullet, self.knowledge)
        section = self.knowledge.sections.get(bullet.section)
        texts = [text for b in (bullet, *above) for text in b.text.renderings]
        texts += section.renderings if section else []
        texts = list(dict.fromkeys(texts))
        periods = tuple(dict.fromkeys(b.period for b in (bullet, *above) if b.period))
        return Support(
            bullet,
            tuple(texts),
            tuple(self.claims.read(text) for text in texts),
            periods,
            " ".join((*bullet.expansion.zh, *bullet.expansion.en)),
            self.now,
        )
