"""Numbers with their units out of Chinese and English text, in one form: 41.1 亿 = 4.11 billion = 4,110 million."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {
    "万": 10**4,
    "亿": 10**8,
    "百万": 10**6,
    "千万": 10**7,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "ms": "ms", "毫秒": "ms", "milliseconds": "ms", "millisecond": "ms",
    "s": "s", "秒": "s", "seconds": "s", "second": "s", "minutes": "min", "minute": "min", "mins": "min", "分钟": "min",
    "h": "h", "小时": "h", "hours": "h", "hour": "h", "days": "day", "day": "day", "天": "day", "weeks": "week",
    "week": "week", "周": "week", "percentage points": "pp", "percentage point": "pp", "pp": "pp", "个百分点": "pp",
    "百分点": "pp", "x": "x", "×": "x", "倍": "x", "fold": "x", "kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.])(?P<version>v)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?[多余]?(?P<scale>百万|千万|亿|万|thousand\b|million\b|billion\b|mn\b|bn\b|[kmb]\b)?\s?\+?"
    r"[\s-]?(?P<unit>%|per ?cent\b|percentage points?\b|pp\b|个?百分点|ms\b|毫秒|milliseconds?\b|"
    r"seconds?\b|minutes?\b|mins?\b|hours?\b|days?\b|weeks?\b|分钟|小时|秒|天|周|倍|×|fold\b|[kmgt]b\b|[shx]\b)?",
    re.IGNORECASE,
)
_TENS = {"十": 10, "百": 100, "千": 1000}
CHINESE_DIGITS = "零一二三四五六七八九"
CHINESE_NUMERALS = f"{CHINESE_DIGITS}两十百"
"""Characters of the numerals below 1,000."""
_DIGITS = {c: i for i, c in enumerate(CHINESE_DIGITS)} | {"两": 2}
_CHINESE_PERCENT = re.compile(rf"百分之(?P<number>\d+(?:\.\d+)?|[{CHINESE_NUMERALS}]+)")
ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE)
"""18th; its group is the number."""
_CHINESE_NUMERAL = re.compile(rf"[{CHINESE_NUMERALS}]+")


@dataclass(frozen=True)
class Figure:
    """A number and its unit ("" when bare, "version" for v23); `text` is how it was written, from `start` to `end`."""

    value: Decimal
    unit: str
    text: str
    start: int = 0
    end: int = 0

    @property
    def key(self) -> tuple[Decimal, str]:
        """What equality means: the value and the unit."""
        return self.value, self.unit


def figures(text: str) -> list[Figure]:
    """Return the figures of `text` in order; thousands separators, scales (万, million) and units are resolved.

    "4x large", "3.8/4.0" and "59%-76%" give each of their numbers; letters glued before a digit (u2u) give none.
    """
    found = [
        Figure(chinese_number(match["number"]), "%", match[0], *match.span())
        for match in _CHINESE_PERCENT.finditer(text)
    ]
    rest = _CHINESE_PERCENT.sub(lambda match: " " * len(match[0]), text)
    found += [_figure(match) for match in _NUMBER.finditer(rest)]
    return sorted(found, key=lambda figure: figure.start)


def _figure(match: re.Match[str]) -> Figure:
    value = Decimal(match["number"].replace(",", ""))
    scale = (match["scale"] or "").lower()
    unit = (match["unit"] or "").lower()
    end = match.start() + len(match[0].rstrip(" -"))
    if match["version"]:
        return Figure(value, "version", match[0].strip(), match.start(), end)
    return Figure(value * _SCALES.get(scale, 1), _UNITS.get(unit, ""), match[0].strip(), match.start(), end)


def chinese_number(text: str) -> Decimal:
    """Return the value of a Chinese numeral below 10,000 (十八 = 18) or of digits."""
    if text[:1].isdigit():
        return Decimal(text)
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return Decimal(total + digit)


def loose_values(text: str) -> set[Decimal]:
    """Return every number a rendering of `text` may show: figures, ordinals (18th) and Chinese numerals (十八)."""
    values = {figure.value for figure in figures(text)}
    values |= {Decimal(number) for number in ORDINAL.findall(text)}
    return values | {chinese_number(numeral) for numeral in _CHINESE_NUMERAL.findall(text)}
