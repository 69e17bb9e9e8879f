"""More and less: what a sentence sets against what, held against the figures of the bullets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from askme.verification.claims import Placed, Reading
from askme.verification.evidence import Support

_MORE = re.compile(
    r"\b(?:more|higher|bigger|larger|greater|stronger|above|beats?|beating|exceed\w*|outdo\w*|outdid|surpass\w*|ahead of|better|faster|outpac\w+|outperform\w*|outweigh\w*|twice)\b|"
    r"高于|多于|大于|[远略]?超过?|[更最]?[高大多强](?:于|过|一些|一点|$|。|，)|更[高大多强]|胜过|领先|好于|好过",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:less|lower|smaller|fewer|below|behind|weaker|trail\w*|worse|short of|slower)\b|低于|少于|小于|不如|不及|[更]?[低小少弱](?:于|一些|一点|$|。|，)|更[低小少弱]|逊于|落后",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\bthan\b(?! (?:\d|half|before|previously|that|one|two|it|a |was|ever|expected|usual))|\bagainst\b|\bversus\b|\bvs\b|\bcompared (?:with|to)\b|\b(?:beat|beats|exceed\w*|outdid|surpass\w*|trail\w*|above|below)\b|"
    r"比(?!例|较|重|率|赛|对|值)|高于|低于|多于|少于|大于|小于|不如|不及|[远略]?超过?(?!过?\s?\d)|胜过|好过|好于",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:more|less|fewer|other|rather|greater|higher|lower) than \d|超过?\s?\d|[高低多少]于\s?\d", re.IGNORECASE
)
_RANKED = re.compile(r"\bplace[ds]?\b|\bfinish\w*\b|\brank\w*\b|名", re.IGNORECASE)


def comparisons(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Yield comparisons that the figures contradict."""
    text = reading.stated.text
    against = _AGAINST.search(text)
    if not against or (_HEDGE.match(text, against.start()) and len(reading.placed) < 2):
        return
    way = _way(text)
    if not way or reading.steps:
        return
    first = [p for p in reading.placed if p.quantity.start < against.start()]
    second = [p for p in reading.placed if p.quantity.start >= against.start()]
    if not first and len(second) > 1:
        first, second = second[:1], second[1:]
    values = _values(first, second) if first and second else _labelled(text, against.start(), against.end(), supports)
    if not values:
        return
    mine, theirs = values
    if _RANKED.search(text) and re.search(r"better|worse|好|差", text):
        way = -way
    if (way > 0 and max(mine) <= min(theirs)) or (way < 0 and min(mine) >= max(theirs)):
        yield f'"{against[0]}" is the other way round in {{where}}'


def _way(text: str) -> int:
    """Return 1 for more, -1 for less, 0 for neither or both."""
    return bool(_MORE.search(text)) - bool(_LESS.search(text))


def _values(first: list[Placed], second: list[Placed]) -> tuple[list[Decimal], list[Decimal]] | None:
    units = first[-1].quantity.units & second[0].quantity.units
    mine = [p.quantity.value for p in first if p.quantity.units & units]
    theirs = [p.quantity.value for p in second if p.quantity.units & units]
    return (mine, theirs) if mine and theirs else None


def _labelled(text: str, end: int, start: int, supports: list[Support]) -> tuple[list[Decimal], list[Decimal]] | None:
    """Return the figures of both sides by what they are called there: online and training, SG and ID."""
    mine, theirs = (_named(part, supports) for part in (text[:end], text[start:]))
    both = mine.keys() & theirs.keys()
    one, other = [mine[key] for key in mine.keys() - both], [theirs[key] for key in theirs.keys() - both]
    return ([one[0]], [other[0]]) if len(one) == 1 and len(other) == 1 else None


_LABELS = {
    "online": r"\bonline\b|线上|在线", "offline": r"\boffline\b|离线|线下", "training": r"\btrain\w*\b|训练",
    "ID": r"\b(?:ID|Indonesia)\b|印尼", "VN": r"\b(?:VN|Vietnam)\b|越南", "BR": r"\b(?:BR|Brazil)\b|巴西", "SG": r"\b(?:SG|Singapore)\b|新加坡",
}  # fmt: skip


def _named(part: str, supports: list[Support]) -> dict[str, Decimal]:
    """Return the figure of each label in a part of a sentence, where the bullets have one figure for it."""
    found: dict[str, Decimal] = {}
    for label, pattern in _LABELS.items():
        if re.search(pattern, part, re.IGNORECASE):
            values = {
                p.quantity.value
                for s in supports
                for p in s.placed
                if "%" in p.quantity.units and ("phase", label) in p.labels
            }
            if len(values) == 1:
                found[label] = values.pop()
    return found
