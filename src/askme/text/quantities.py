"""Every quantity a sentence states: numbers with unit and currency, durations, dates, ratios, and how sure it sounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from askme.text.dates import ABOUT, ABOUT_AFTER, LESS, MORE, MORE_AFTER, Date, Duration, take_dates, take_durations
from askme.text.number_words import in_digits
from askme.text.numbers import Figure, figures
from askme.text.tokenize import unify

_CURRENCIES = {
    "USD": r"us\$|usd|\$|us dollars?|dollars?|dólares|dollari|美元|美金|美刀|ドル|달러",
    "CNY": r"rmb|cny|¥|yuan|元|人民币",
    "EUR": r"eur\b|€|euros?|欧元|ユーロ|유로",
    "GBP": r"gbp|£|pounds?|英镑",
    "HKD": r"hkd|hk\$|港币|港元",
    "SGD": r"sgd|s\$|新币|新元",
    "JPY": r"jpy|円|日元|yen|엔",
}
_BEFORE = {
    code: re.compile(rf"(?:^|[^A-Za-z])(?:{words})\s?[<+~-]?\s?$", re.IGNORECASE) for code, words in _CURRENCIES.items()
}
_AFTER = {
    code: re.compile(rf"\s?\+?\s?(?:de\s)?(?:{words})(?![A-Za-z])", re.IGNORECASE)
    for code, words in _CURRENCIES.items()
}
_NOUNS = {
    "people": re.compile(r"\s?\+?\s?(?:\w+[ -]){0,2}?(?:people|members?|engineers?|colleagues|persons?)\b|\s?\+?\s?(?:多)?[人名位]"),
    "machines": re.compile(r"\s?\+?\s?(?:\w+ ){0,2}?(?:instances?|machines?|servers?|nodes?|gpus?)\b|\s?[台]"),
}  # fmt: skip
_RANGE = re.compile(
    r"^\s*(?:[-–—~～]|to|and|or|至|到|和|或|、|/|降至|降到|减至|减少到|优化至|增至|から|à|bis|auf|sur|a|al?)\s*[<约$]?\s*(?:usd)?\s*$",
    re.IGNORECASE,
)

_INSTEAD = re.compile(r"\s?(?:instead of|rather than|down from|up from|as opposed to|而不是|而非)", re.IGNORECASE)
"""After a number without a unit: it is set against another one, whose unit it has."""
_ANY_UNIT = frozenset(("%", "ms", "s", "min", "h", "day"))

_RATIOS = {
    "half": re.compile(r"\b(?:half|halved|halves|halving|moitié|hälfte|halbiert\w*|mitad|metade)\b|一半|减半|折半|半减|半分|절반", re.IGNORECASE),
    "double": re.compile(r"\b(?:doubl(?:ed?|es|ing)|2 times (?:as|the|faster|higher|more|larger|bigger)|twofold|doublé\w*|verdoppel\w*|duplic\w*)\b|翻倍|翻番|翻了[一]?[倍番]|加倍|一倍", re.IGNORECASE),
    "triple": re.compile(r"\b(?:tripl(?:ed?|es|ing)|threefold|thrice)\b|翻[两三]倍", re.IGNORECASE),
    "more": re.compile(r"\b(?:quadrupl\w+|tenfold|order of magnitude|orders of magnitude|[45678]fold)\b|数量级|数倍|几倍", re.IGNORECASE),
    "part": re.compile(r"\bby (?:a|one) quarter\b|\b(?:a|one|two|2)[ -](?:third|fifth|tenth)s?\b|\b(?:three|3)[ -]quarters\b|\b(?:a|one) quarter of\b|(?<!百)分之[一二三四五六七八九]", re.IGNORECASE),
}  # fmt: skip
_HALF_A_YEAR = re.compile(r"half a (?:year|month)|半年|半个月|\b(?:and|et|y|und|e) (?:a )?half|半分析", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A stated number. `step` is the size of its last digit.

    `about`, `more` and `less` are how it is hedged. `units` are the units it may have: a number before "to" may take the unit of the one after. `noun` is "people" or
    "machines" when it counts them.
    """

    value: Decimal
    units: frozenset[str]
    currency: str
    noun: str
    step: Decimal
    about: bool
    more: bool
    less: bool
    text: str
    start: int
    end: int

    def rounds(self, exact: Decimal) -> bool:
        """Whether `exact`, rounded to the digits given here, is this value."""
        return (exact / self.step).quantize(Decimal(1), ROUND_HALF_UP) * self.step == self.value


@dataclass(frozen=True)
class Stated:
    """All quantities of one text. `text` is the text they were found in, in digits; dates and durations are blanked."""

    text: str
    quantities: tuple[Quantity, ...]
    durations: tuple[Duration, ...]
    dates: tuple[Date, ...]
    ratios: frozenset[str]


def stated(text: str, language: str = "en") -> Stated:
    """Return what `text` states in numbers."""
    text = unify(in_digits(unify(text), language))
    ratios = ratios_in(text)
    text, dates = take_dates(text)
    text, durations = take_durations(text)
    return Stated(text, tuple(_quantities(text)), tuple(durations), tuple(dates), ratios)


def ratios_in(text: str) -> frozenset[str]:
    """Return the ratios that `text` says in words."""
    plain = _HALF_A_YEAR.sub(" ", text)
    return frozenset(name for name, pattern in _RATIOS.items() if pattern.search(plain))


def _quantities(text: str) -> list[Quantity]:
    found = figures(text)
    made = []
    for place, figure in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        made.append(_quantity(figure, following, text))
    return made


def _quantity(figure: Figure, following: Figure | None, text: str) -> Quantity:
    before, after = text[: figure.start], text[figure.end :]
    units, value = {figure.unit}, figure.value
    if not figure.unit and _INSTEAD.match(after):
        units |= _ANY_UNIT
    if following is not None and not figure.unit and _RANGE.match(text[figure.end : following.start]):
        units.add(following.unit)
    more = bool(MORE.search(before)) or bool(MORE_AFTER.match(after)) or "+" in figure.text or "多" in figure.text
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", figure.text)
    number = Decimal(digits[0].replace(",", "")) if digits else value
    scale = value / number if number else Decimal(1)
    step = scale * Decimal(1).scaleb(-len(digits[1])) if digits and digits[1] else scale
    return Quantity(
        value=value,
        units=frozenset(units),
        currency=_currency(before, after),
        noun=next((noun for noun, pattern in _NOUNS.items() if pattern.match(after)), ""),
        step=step,
        about=bool(ABOUT.search(before) or ABOUT_AFTER.match(after)),
        more=more,
        less=bool(LESS.search(before)),
        text=figure.text,
        start=figure.start,
        end=figure.end,
    )


def _currency(before: str, after: str) -> str:
    for code, pattern in _BEFORE.items():
        if pattern.search(before[-12:]):
            return code
    return next((code for code, pattern in _AFTER.items() if pattern.match(after)), "")
