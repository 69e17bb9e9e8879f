"""A sentence to be judged, with the numbers in it and what its bullets say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

_NUMBER = re.compile(r"(?<![A-Za-z\d.,_@#*])(?P<version>v)?(?P<number>\d+(?:[.,]\d+)*)(?![\d*_])(?!st\b|nd\b)")
_UNIT = re.compile(
    r"\s?(?:(?:billion|million|milliards?|millions?|millones|亿|万|억|만)|(?:%|ms\b|x\b|s\b|h\b|毫秒|秒|分钟|小时|minutes?\b|"
    r"seconds?\b|Minuten|Millisekunden|ミリ秒))"
)
_TIME = re.compile(
    r"(?:19|20)\d\d(?:-\d\d)?(?!\d|[.,]\d|\s?(?:%|ms|items?\b|USD|万|亿))|\b\d\d\s?年|"
    r"(?<![\d.])\d{1,2}(?:\.\d)?[\s-]?(?:个?月|年|か月|개월|월|년|(?:years?|months?|ans|mois|Jahre\w*|Monate\w*|años|meses)\b)"
)
_HEDGED = re.compile(r"(?:about|nearly|some|约|近|unos|etwa|environ|약)\s?(?:USD |\$)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A sentence without its ids, to a question. `given` is all that the cited lines say, in both languages."""

    language: str
    text: str
    ids: tuple[str, ...]
    given: str
    kind: str = "true"
    under: str = ""
    question: str = ""

    @cached_property
    def _lower(self) -> tuple[str, str]:
        return self.given.lower(), _squeezed(self.given)

    def has(self, phrase: str) -> bool:
        """Whether the cited bullets say this too: words and numbers must stand there whole."""
        spaced, squeezed = self._lower
        if re.fullmatch(r"[a-z -]+", phrase.lower().strip()):
            return bool(re.search(rf"(?<![a-z]){re.escape(phrase.lower().strip())}(?![a-z])", spaced))
        begins = r"(?<!\d)(?<!\d[.,])" if phrase.strip()[:1].isdigit() else ""
        ends = r"(?!\d|[.,]\d)" if phrase.strip()[-1:].isdigit() else ""
        return bool(re.search(begins + re.escape(_squeezed(phrase)) + ends, squeezed))

    def put(self, start: int, end: int, text: str, kind: str) -> Claim:
        """Return it with other text at this place."""
        return replace(self, text=self.text[:start] + text + self.text[end:], kind=kind)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).lower()


@dataclass(frozen=True)
class Number:
    """A number with its unit as it is written; `hedged`: about, nearly."""

    text: str
    unit: str
    version: bool
    ordinal: bool
    start: int
    end: int
    hedged: bool


def numbers(claim: Claim) -> list[Number]:
    """Return the numbers that are neither dates nor lengths of time."""
    times = [match.span() for match in _TIME.finditer(claim.text)]
    found = []
    for match in _NUMBER.finditer(claim.text):
        start, end = match.span("number")
        if any(first < end and start < last for first, last in times):
            continue
        unit = _UNIT.match(claim.text, end)
        hedged = bool(_HEDGED.search(claim.text[:start]))
        ordinal = claim.text[end : end + 2] == "th"
        what = unit[0].strip() if unit else ""
        found.append(Number(match["number"], what, bool(match["version"]), ordinal, start, end, hedged))
    return found


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def near(text: str, number: Number) -> bool:
    """Whether it is the same number, or one that its hedge (about, nearly) may allow."""
    return abs(_value(text) - _value(number.text)) < (0.03 * _value(number.text) if number.hedged else 1e-9)
