"""First, most, largest: borne out by the very word, by the periods (see `chronology`), or by the figures cited."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askme.verification.claims import Placed, Reading
from askme.verification.evidence import Support

_MOST = re.compile(
    r"\b(?P<up>highest|largest|biggest|greatest|longest|fastest|top|most(?! (?:recent|of|likely))|strongest|maximum)\b|\b(?P<down>lowest|smallest|shortest|slowest|least|weakest|fewest|minimum)\b|"
    r"最(?P<zhup>[高大多长快强久])|最(?P<zhdown>[低小少短慢弱])",
    re.IGNORECASE,
)
_AT = re.compile(r"\bat (?:the )?$|\bfor the $|尽$", re.IGNORECASE)
_TIME = re.compile(r"\b(?:longest|shortest)\b|最[长短久]", re.IGNORECASE)
_PEAK = re.compile(r"\bpeak\b|\btop\b|\bhigh(?:est)?\b|峰|最高", re.IGNORECASE)


def superlatives(reading: Reading, supports: list[Support]) -> Iterable[str]:
    """Yield superlatives that neither the bullets' words nor their figures bear out."""
    text = reading.stated.text
    known = "\n".join(support.normal for support in supports)
    for match in _MOST.finditer(text):
        word = match[0].lower()
        if word in known or _AT.search(text[: match.start()]) or _TIME.fullmatch(word):
            continue
        if _PEAK.fullmatch(word) and _PEAK.search(known):
            continue
        up = bool(match["up"] or match["zhup"])
        if not any(_extreme(placed, up, supports) for placed in reading.placed):
            yield f'"{match[0]}" isn\'t borne out by {{where}}'


def _extreme(placed: Placed, up: bool, supports: list[Support]) -> bool:
    """Whether a figure is the greatest or least of its unit among those cited, of which there is another."""
    units = placed.quantity.units
    others = {p.quantity.value for support in supports for p in support.placed if p.quantity.units & units}
    edge = max(others, default=None) if up else min(others, default=None)
    return len(others) > 1 and placed.quantity.value == edge
