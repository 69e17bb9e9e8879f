"""True sentences → false ones, by rule and by seed: another figure, unit, date, employer, term or direction."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

from benchmarks.claim import Claim, Number, near, numbers
from benchmarks.swaps import DIRECTIONS, EMPLOYERS, MONTHS, PREFIXES, SPELLINGS, UNITS

_LENGTH = re.compile(
    r"(?<![\w.-])(?P<number>two|three|four|five|six|seven|eight|nine|deux|sept|vier|siete|[两三四五六七八九]|\d{1,2})"
    r"(?P<unit>[\s-]?(?:(?P<years>(?:years?|ans|Jahre|años)\b|年(?!\s?\d))|(?:months?|mois|Monate|meses)\b|个月|か月|개월))",
    re.IGNORECASE,
)
_PLACED = re.compile("At |在|Chez |Bei |En |Yes|Oui|Ja|Sí|是的|はい|네|有")
_NAMED = re.compile(
    "Zachery|Ye|Google|Shopee|Square|Tech|Gold|Silver|Bronze|Meritorious|Docker|Kubernetes|Python|Java|Spark"
)
"""First words that keep their capital further inside, as those with a second one do."""
_RANGE = re.compile(r"\s?%?\s?(?:[-–~～至到]|to|à|bis|,|、|/|and|和)\s?")
_CLAUSES = re.compile(r"[,，;；。:：](?!\d)")
_PERSONAL = {"profile", "contact"}
_STOP = re.compile(r"[.。!！?？]?$")
_PER_SENTENCE = 2
"""Sentences at most of one kind out of one true sentence, where more could be made."""


class Mutator:
    """Makes false sentences; the same ones of a sentence at every run, whatever the others are."""

    def __init__(self, added: dict[str, Any], claims: Iterable[Claim]) -> None:
        """`added` is claims/added.yaml; figures are moved among `claims`."""
        self._random = Random()  # noqa: S311 (no secret: it is seeded with each sentence)
        self._added = added
        self._pool: dict[str, list[str]] = defaultdict(list)
        for claim in claims:
            for number in numbers(claim):
                if not number.version and claim.language in ("en", "zh"):
                    self._pool[number.unit].append(number.text)

    def mutate(self, claim: Claim) -> list[Claim]:
        """Return false sentences of every kind, a few of each."""
        makers: tuple[Callable[[Claim], Iterable[Claim]], ...] = (
            self._digits, self._units, self._moved, self._exchanged, self._employers, self._dates, self._terms,
            self._directions, self._predicates,
        )  # fmt: skip
        made: list[Claim] = []
        self._random.seed(f"{claim.text} {claim.ids}")
        for maker in makers:
            found = [one for one in dict.fromkeys(maker(claim)) if one.text != claim.text or one.under]
            made += self._random.sample(found, min(len(found), _PER_SENTENCE))
        return made

    def _digits(self, claim: Claim) -> Iterator[Claim]:
        for number in numbers(claim):
            place = self._random.choice([i for i, char in enumerate(number.text) if char.isdigit()])
            others = [digit for digit in ("456789" if number.ordinal else "123456789") if digit != number.text[place]]
            new = number.text[:place] + self._random.choice(others) + number.text[place + 1 :]
            if not claim.has(new) and not near(new, number):
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
        for number in numbers(claim):
            others = [text for text in self._pool[number.unit] if not claim.has(text) and not near(text, number)]
            if number.version or not others:
                continue
            new = self._random.choice(others)
            decimal = "," if claim.language in ("fr", "de", "es") else "."
            yield claim.put(number.start, number.end, new.replace(".", decimal), "figure of another bullet")

    def _exchanged(self, claim: Claim) -> Iterator[Claim]:
        if _PERSONAL & set(claim.ids):  # the parts of a telephone number
            return
        measured = [number for number in numbers(claim) if not number.version]
        pairs = [(a, b) for a, b in combinations(measured, 2) if a.text != b.text and not _is_range(claim, a, b)]
        alike = [(a, b) for a, b in pairs if a.unit == b.unit]
        for first, second in alike or pairs:
            between = claim.text[first.end : second.start]
            text = claim.text[: first.start] + second.text + between + first.text + claim.text[second.end :]
            yield replace(claim, text=text, kind="figures exchanged")

    def _employers(self, claim: Claim) -> Iterator[Claim]:
        if _PERSONAL & set(claim.ids):
            return
        own = {id_.split(".")[0] for id_ in claim.ids}
        wrong = [(id_, name) for id_, names in EMPLOYERS.items() if id_ not in own for name in names[_script(claim)]]
        wrong = [(id_, name) for id_, name in wrong if not claim.has(name)]
        for station in sorted(own & set(EMPLOYERS)):
            for name in EMPLOYERS[station][_script(claim)]:
                for match in re.finditer(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", claim.text):
                    yield claim.put(*match.span(), self._random.choice(wrong)[1], "other employer named")
        if not _PLACED.match(claim.text):
            before = PREFIXES[claim.language].format(self._random.choice(wrong)[1])
            yield replace(claim, text=before + _inside(claim.text), kind="other employer before")
        if own & set(EMPLOYERS) and not any(re.search(SPELLINGS[id_], claim.text, re.IGNORECASE) for id_ in SPELLINGS):
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
            way = self._random.choice(ways[category])
            if way.startswith("^"):
                yield replace(claim, text=way[1:].format(name) + _inside(claim.text), kind=f"{category} added")
            else:
                end = _STOP.search(claim.text)
                at = end.start() if end else len(claim.text)
                yield claim.put(at, at, way.format(name), f"{category} added")

    def _directions(self, claim: Claim) -> Iterator[Claim]:
        for swap in DIRECTIONS:
            for match in swap.found(claim.text):
                beside = _CLAUSES.split(claim.text[: match.start()])[-1] + _CLAUSES.split(claim.text[match.end() :])[0]
                measured = bool(re.search(r"(?<!v)\d|一半|half", beside))
                kind = "direction reversed" if measured else "direction reversed, no figure"
                new = match.expand(self._random.choice(swap.others))
                after = re.match(r"\s?[\d.,]+", claim.text[match.end() :])
                if not (after and claim.has(new + after[0])):
                    yield claim.put(*match.span(), new, kind)

    def _predicates(self, claim: Claim) -> Iterator[Claim]:
        for way in self._random.sample(self._added["predicates"][claim.language], _PER_SENTENCE):
            if way.startswith("^"):
                yield replace(claim, text=way[1:] + _inside(claim.text), kind="predicate added")
            else:
                end = _STOP.search(claim.text)
                at = end.start() if end else len(claim.text)
                yield claim.put(at, at, way, "predicate added")


def _inside(text: str) -> str:
    """Return a sentence as it is written after other words."""
    first = re.match("[A-Za-z]+", text)
    keeps = not first or _NAMED.fullmatch(first[0]) or first[0][1:] != first[0][1:].lower() or first[0] == "I"
    return text if keeps else text[:1].lower() + text[1:]


def _script(claim: Claim) -> str:
    return "zh" if claim.language == "zh" else "en"


def _is_range(claim: Claim, first: Number, second: Number) -> bool:
    """Whether two numbers say the same in either order: 59 % to 76 %, "2016 and 2017", but not "from 50 to 30"."""
    between = claim.text[first.end : second.start].strip()
    stepped = re.search(r"(?:\b(?:from|von|de)\b|[从由])\s?[^,，]*$", claim.text[: first.start], re.IGNORECASE)
    return bool(_RANGE.fullmatch(between)) and not stepped and "/" not in between
