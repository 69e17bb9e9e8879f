"""True sentences → false ones, by rule and by seed: a figure, unit, date, employer, term or direction is another one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from random import Random
from typing import Any

from benchmarks.swaps import DIRECTIONS, EMPLOYERS, MONTHS, PREFIXES, UNITS


@dataclass(frozen=True)
class Claim:
    """A sentence without its ids. `given` is all that the cited bullets and their headings say, in both languages."""

    language: str
    text: str
    ids: tuple[str, ...]
    given: str
    kind: str = "true"
    under: str = ""

    @cached_property
    def squeezed(self) -> str:
        """`given` without white space and case."""
        return _squeezed(self.given)

    def has(self, phrase: str) -> bool:
        """Whether the cited bullets say this too; a number must stand there whole."""
        found, start = _squeezed(phrase), -1
        while (start := self.squeezed.find(found, start + 1)) >= 0:
            before, after = self.squeezed[:start][-2:], self.squeezed[start + len(found) :][:2]
            if not (_cut(before[::-1], found[:1]) or _cut(after, found[-1:])):
                return True
        return False

    def put(self, start: int, end: int, text: str, kind: str) -> Claim:
        """Return it with other text at this place."""
        return replace(self, text=self.text[:start] + text + self.text[end:], kind=kind)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).lower()


def _cut(beside: str, edge: str) -> bool:
    """Whether a number or Latin word goes on beyond its edge: digits, or a point and then digits."""
    if edge.isdigit():
        return bool(re.match(r"\d|[.,]\d", beside))
    return edge.isascii() and edge.isalpha() and bool(re.match("[a-z]", beside))


_NUMBER = re.compile(r"(?<![A-Za-z\d.,_@#*])(?P<version>v)?(?P<number>\d+(?:[.,]\d+)*)(?![\d*_])(?!st\b|nd\b)")
_UNIT = re.compile(
    r"\s?(?:(?:billion|million|milliards?|millions?|millones|亿|万|억|만)|(?:%|ms\b|x\b|s\b|h\b|毫秒|秒|分钟|小时|minutes?\b|"
    r"seconds?\b|Minuten|Millisekunden|ミリ秒))"
)
_TIME = re.compile(
    r"(?:19|20)\d\d(?:-\d\d)?(?!\d|[.,]\d|\s?(?:%|ms|items?\b|USD|万|亿))|\b\d\d\s?年|"
    r"(?<![\d.])\d{1,2}(?:\.\d)?[\s-]?(?:个?月|年|か月|개월|월|년|(?:years?|months?|ans|mois|Jahre\w*|Monate\w*|años|meses)\b)"
)
_LENGTH = re.compile(
    r"(?<![\w.-])(?P<number>two|three|four|five|six|seven|eight|nine|deux|sept|vier|siete|[两三四五六七八九]|\d{1,2})"
    r"(?P<unit>[\s-]?(?:(?P<years>(?:years?|ans|Jahre|años)\b|年(?!\s?\d))|(?:months?|mois|Monate|meses)\b|个月|か月|개월))",
    re.IGNORECASE,
)
_HEDGED = re.compile(r"(?:about|nearly|some|约|近|unos|etwa|environ|약)\s?(?:USD |\$)?$", re.IGNORECASE)
_PLACED = re.compile("At |在|Chez |Bei |En |Yes|Oui|Ja|Sí|是的|はい|네|有")
_OPENS = re.compile(
    r"(?:He|His|In|The|With|During|From|On|For|As|An?|Both|Two|Twice|Its|Using|Through|By|Over|There|[A-Z][a-z]+ed|Il|Les|Er|Das|Die)\b"
)
"""First words that are written small further inside."""
_RANGE = re.compile(r"\s?%?\s?(?:[-–~～至到]|to|à|bis|,|、|/|and|和)\s?")
_STOP = re.compile(r"[.。!！?？]?$")
_PER_SENTENCE = 2
"""Sentences at most of one kind out of one true sentence, where more could be made."""


@dataclass(frozen=True)
class _Number:
    text: str
    unit: str
    version: bool
    start: int
    end: int
    hedged: bool


def _numbers(claim: Claim) -> list[_Number]:
    """Return the numbers that are neither dates nor lengths of time."""
    times = [match.span() for match in _TIME.finditer(claim.text)]
    found = []
    for match in _NUMBER.finditer(claim.text):
        start, end = match.span("number")
        if any(first < end and start < last for first, last in times):
            continue
        unit = _UNIT.match(claim.text, end)
        hedged = bool(_HEDGED.search(claim.text[:start]))
        found.append(_Number(match["number"], unit[0].strip() if unit else "", bool(match["version"]), start, end, hedged))
    return found


class Mutator:
    """Makes false sentences; the same at every run."""

    def __init__(self, added: dict[str, Any], claims: Iterable[Claim]) -> None:
        """`added` is claims/added.yaml; figures are moved among `claims`."""
        self._random = Random(24)  # noqa: S311 (no secret: the same sentences at every run are what is wanted)
        self._added = added
        self._pool: dict[str, list[str]] = defaultdict(list)
        for claim in claims:
            for number in _numbers(claim):
                if not number.version and claim.language in ("en", "zh"):
                    self._pool[number.unit].append(number.text)

    def mutate(self, claim: Claim) -> list[Claim]:
        """Return false sentences of every kind, a few of each."""
        makers: tuple[Callable[[Claim], Iterable[Claim]], ...] = (
            self._digits, self._units, self._moved, self._exchanged, self._employers, self._dates, self._terms,
            self._directions,
        )  # fmt: skip
        made: list[Claim] = []
        for maker in makers:
            found = [one for one in dict.fromkeys(maker(claim)) if one.text != claim.text or one.under]
            made += self._random.sample(found, min(len(found), _PER_SENTENCE))
        return made

    def _digits(self, claim: Claim) -> Iterator[Claim]:
        for number in _numbers(claim):
            place = self._random.choice([i for i, char in enumerate(number.text) if char.isdigit()])
            others = [d for d in "123456789" if d != number.text[place]]
            new = number.text[:place] + self._random.choice(others) + number.text[place + 1 :]
            if claim.has(new) or (number.hedged and abs(_value(new) / _value(number.text) - 1) < 0.03):
                continue
            yield claim.put(number.start, number.end, new, "digit changed")

    def _units(self, claim: Claim) -> Iterator[Claim]:
        for swap in UNITS:
            for match in swap.found(claim.text):
                new = self._random.choice(swap.others)
                number = re.search(r"[\d.,]+\s?$", claim.text[: match.start()])
                whole = (number[0] if number else "") + new
                if not claim.has(whole) and not (swap.alone and claim.has(new)):
                    yield claim.put(*match.span(), match.expand(new), "unit changed")

    def _moved(self, claim: Claim) -> Iterator[Claim]:
        for number in _numbers(claim):
            others = [text for text in self._pool[number.unit] if not claim.has(text)]
            if number.version or not others:
                continue
            new = self._random.choice(others)
            if number.hedged and abs(_value(new) / _value(number.text) - 1) < 0.03:
                continue
            decimal = "," if claim.language in ("fr", "de", "es") else "."
            yield claim.put(number.start, number.end, new.replace(".", decimal), "figure of another bullet")

    def _exchanged(self, claim: Claim) -> Iterator[Claim]:
        numbers = [number for number in _numbers(claim) if not number.version]
        pairs = [(a, b) for a, b in combinations(numbers, 2) if a.text != b.text and not _is_range(claim, a, b)]
        alike = [(a, b) for a, b in pairs if a.unit == b.unit]
        for first, second in alike or pairs:
            between = claim.text[first.end : second.start]
            text = claim.text[: first.start] + second.text + between + first.text + claim.text[second.end :]
            yield replace(claim, text=text, kind="figures exchanged")

    def _employers(self, claim: Claim) -> Iterator[Claim]:
        own = {id_.split(".")[0] for id_ in claim.ids}
        wrong = [(id_, name) for id_, names in EMPLOYERS.items() if id_ not in own for name in names[_script(claim)]]
        wrong = [(id_, name) for id_, name in wrong if not claim.has(name)]
        for station in own & set(EMPLOYERS):
            for name in EMPLOYERS[station][_script(claim)]:
                for match in re.finditer(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", claim.text):
                    yield claim.put(*match.span(), self._random.choice(wrong)[1], "other employer named")
        if not _PLACED.match(claim.text):
            before = PREFIXES[claim.language].format(self._random.choice(wrong)[1])
            yield replace(claim, text=before + _inside(claim.text), kind="other employer before")
        if own & set(EMPLOYERS):
            yield replace(claim, under=self._random.choice(wrong)[0], kind="under another employer")

    def _dates(self, claim: Claim) -> Iterator[Claim]:
        for match in re.finditer(r"(?:19|20)\d\d(?!\d|[.,]\d|\s?(?:%|ms|items?\b|USD|万|亿))", claim.text):
            new = str(int(match[0]) + self._random.choice((-3, -2, -1, 1, 2, 3)))
            if not claim.has(new):
                yield claim.put(*match.span(), new, "date or duration changed")
        for match in re.finditer(rf"\b(?:{'|'.join(MONTHS)})\b", claim.text):
            new = self._random.choice(MONTHS)
            if not claim.has(new):
                yield claim.put(*match.span(), new, "date or duration changed")
        for match in re.finditer(r"(?<![\d-])\d{1,2}(?=\s?月)", claim.text):
            new = str(self._random.randint(1, 12))
            if not re.search(rf"(?<!\d)0?{new}\s?月|-0?{new}\b|{MONTHS[int(new) - 1]}", claim.given):
                yield claim.put(*match.span(), new, "date or duration changed")
        yield from self._durations(claim)

    def _durations(self, claim: Claim) -> Iterator[Claim]:
        for match in _LENGTH.finditer(claim.text):
            new = self._random.choice(("3", "5", "6", "8", "9") if match["years"] else ("2", "11", "13", "15", "19"))
            if new != match["number"] and not claim.has(new + match["unit"]):
                yield claim.put(*match.span("number"), new, "date or duration changed")

    def _terms(self, claim: Claim) -> Iterator[Claim]:
        ways = self._added["ways"][claim.language]
        for category, names in self._added["names"]["zh" if claim.language == "zh" else "latin"].items():
            name = self._random.choice([name for name in names if not claim.has(name)])
            way = self._random.choice(ways.get(category) or ways["any"])
            if way.startswith("^"):
                yield replace(claim, text=way[1:].format(name) + _inside(claim.text), kind=f"{category} added")
            else:
                end = _STOP.search(claim.text)
                at = end.start() if end else len(claim.text)
                yield claim.put(at, at, way.format(name), f"{category} added")

    def _directions(self, claim: Claim) -> Iterator[Claim]:
        for swap in DIRECTIONS:
            for match in swap.found(claim.text):
                beside = re.split(r"[,，;；。:：]\s", claim.text[: match.start()])[-1]
                beside += re.split(r"[,，;；。:：](?!\d)", claim.text[match.start() :])[0]
                measured = any(char.isdigit() for char in beside)
                kind = "direction reversed" if measured else "direction reversed, no figure"
                new = match.expand(self._random.choice(swap.others))
                after = re.match(r"\s?[\d.,]+", claim.text[match.end() :])
                if not (after and claim.has(new + after[0])):
                    yield claim.put(*match.span(), new, kind)


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _inside(text: str) -> str:
    """Return a sentence as it is written after other words."""
    return text[:1].lower() + text[1:] if _OPENS.match(text) else text


def _script(claim: Claim) -> str:
    return "zh" if claim.language == "zh" else "en"


def _is_range(claim: Claim, first: _Number, second: _Number) -> bool:
    """Whether two numbers say the same in either order: 59 % to 76 %, "2016 and 2017", but not "from 50 to 30"."""
    between = claim.text[first.end : second.start].strip()
    stepped = re.search(r"(?:from|从|由|von|de)\s?[^,，]*$", claim.text[: first.start], re.IGNORECASE)
    return bool(_RANGE.fullmatch(between)) and not stepped and "/" not in between
