"""Numbers written in words, and the notations of other languages, into digits: "two million" → "2 million"."""

from __future__ import annotations

import re
from decimal import Decimal

from askme.text.numbers import CHINESE_DIGITS, CHINESE_NUMERALS, ORDINAL, chinese_number

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {word: 10 * place for place, word in enumerate(_TENS, 2)}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_WORD})(?:(?:[ -]|[ -]hundred(?: and)? )(?:{_WORD}))*(?:[ -]hundred)?\b", re.IGNORECASE)
_TWICE = re.compile(r"\btwice\b|\bdeux fois\b|\bzweimal\b|\bdos veces\b", re.IGNORECASE)
_COMPOUND = re.compile(r"(\d+(?:\.\d+)?)\s*亿\s*(\d+(?:\.\d+)?)\s?([千천]?)\s*万")
_DIGITS_OF_YEAR = re.compile(rf"[〇{CHINESE_DIGITS}]{{4}}(?=年)")
_HALVES = (
    (re.compile(r"\b(by|in) half\b", re.IGNORECASE), r"by 50%"),
    (re.compile(r"减半|折半"), "减50%"),
    (re.compile(r"一半"), "50%"),
)
_DOZEN = re.compile(r"\b(?:a|one) dozen\b", re.IGNORECASE)
_COUNTED = "个項项次段家份年月天日人位名枚块倍种版阶塔方台条级类大维组层轮步篇门所届期座金银铜小秒周毫亿万条岁头場场"
_CHINESE_RUN = re.compile(
    rf"(?<![第千{CHINESE_NUMERALS}])(?!十分)(?P<run>[千{CHINESE_NUMERALS}]+)(?=[多余几]?[{_COUNTED}]|\s?[A-Za-z])"
)
ORDINALS = {
    word: place
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
"""English ordinals by their words."""
_ORDINAL_WORD = re.compile(rf"\b(?:{'|'.join(list(ORDINALS)[2:])})\b(?!\s*,)", re.IGNORECASE)
_CHINESE_ORDINAL = re.compile(rf"第([{CHINESE_NUMERALS}\d]+)(?=[名位])")
_CHENG = re.compile(rf"([{CHINESE_DIGITS[1:]}])成(?=$|[，。、；的以左多）)])")

DECIMAL_COMMA = frozenset("fr de es pt it nl vi id ru".split())
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d)[.\u00a0\u202f ](?=\d{3}(?!\d))")
_FOREIGN = tuple(
    (re.compile(rf"(?<=\d)\s?(?:{pattern})", re.IGNORECASE), word)
    for pattern, word in (
        (r"milliards?\b|milliarden?\b|mrd\b\.?|miliardi\b|miliardo\b|miliar\b|bilh(?:ões|oes|ão|ao)\b|mil millones\b", "billion"),
        (r"millions?\b|millionen\b|mio\b\.?|millones\b|mill[oó]n\b|milh(?:ões|oes|ão|ao)\b|milioni\b|milione\b|juta\b", "million"),
        (r"mille\b|tausend\b|mila\b|mil\b|ribu\b", "thousand"),
        (r"prozent\b|pour ?cent\b|por ?ciento\b|por ?cento\b|per ?cento\b|procent\b|パーセント|퍼센트", "%"),
        (r"millisekunden?\b|millisecondes?\b|milisegundos?\b|ミリ秒|밀리초", "ms"),
        (r"sekunden?\b|secondes?\b|segundos?\b|초", "seconds"),
        (r"minuten?\b|minutos?\b|minuti\b|分間|분", "minutes"),
        (r"stunden?\b|heures?\b|horas?\b|時間|时间|시간", "hours"),
        (r"tagen?\b|tage\b|jours?\b|d[ií]as?\b|일", "days"),
        (r"천만", "千万"),
        (r"억", "亿"),
        (r"만", "万"),
    )
)  # fmt: skip


def in_digits(text: str, language: str = "en") -> str:
    """Return `text` with numbers from two on in digits, ordinals as "#5", and foreign notations as English ones.

    "one" and 一 stay: they are articles more often than counts. `language` decides what a decimal comma is.
    """
    if language in DECIMAL_COMMA:
        text = _COMMA.sub(".", _THOUSANDS.sub("", text))
    if language not in ("en", "zh"):
        for pattern, word in _FOREIGN:
            text = pattern.sub(f" {word} ", text)
    text = _DIGITS_OF_YEAR.sub(
        lambda match: "".join(str(CHINESE_DIGITS.index(c.replace("〇", "零"))) for c in match[0]), text
    )
    text = ORDINAL.sub(r"#\1", _ORDINAL_WORD.sub(lambda match: f"#{ORDINALS[match[0].lower()]}", text))
    text = _CHINESE_ORDINAL.sub(lambda match: f"#{chinese_number(match[1])}", text)
    text = _COMPOUND.sub(_together, _TWICE.sub("2 times", text))
    for pattern, written in _HALVES:
        text = pattern.sub(written, text)
    text = _CHENG.sub(lambda match: f"{10 * int(chinese_number(match[1]))}%", text)
    text = _DOZEN.sub("12", _RUN.sub(lambda match: _english(match[0]), text))
    return _CHINESE_RUN.sub(_chinese, text)


def _english(run: str) -> str:
    words = re.split(r"[ -]", run.lower())
    if words == ["one"]:
        return run
    total = 0
    for word in words:
        if word == "hundred":
            total *= 100
        elif word != "and":
            total += _VALUES[word]
    return str(total)


def _together(match: re.Match[str]) -> str:
    """Return 3 亿 3000 万 (and 3 亿 3 千万) as one number of 亿."""
    small = Decimal(match[2]) * (1000 if match[3] else 1)
    return f"{Decimal(match[1]) + small / 10**4}亿"


def _chinese(match: re.Match[str]) -> str:
    run = match["run"]
    return run if run in ("一", "千", "零") else str(chinese_number(run))
