"""What became what: "from 300 4x to 150 8x", "从 50 分钟降至 30 分钟", "pointwise replaced with listwise"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from askme.text.quantities import Stated
from askme.text.tokenize import normalise, tokens

_IN = r"(?:[^,，;；。（）()]|,(?=\d))"
_FROM_TO = re.compile(
    rf"\bfrom\b(?P<from>{_IN}{{1,90}}?)(?:\bto\b|→)(?P<to>{_IN}{{1,60}}?)(?=\band\b|\bfrom\b|[,;。]|\.(?!\d)|$)|"
    rf"\bto\b(?P<to2>{_IN}{{1,60}}?)\bfrom\b(?P<from2>{_IN}{{1,60}})|"
    rf"(?:从|由|自)?(?P<from3>{_IN}{{1,60}}?)(?:降至|降到|下降到|减至|减少到|缩短到|缩短至|优化至|优化到|优化为|升至|升到|增至|增加到|提升到|变为|变成|换成|换为|替换为|调整为|改为|改成|缩到|缩至|压到|压缩到|压缩至|至|到|→)(?P<to3>{_IN}{{1,40}})",
    re.IGNORECASE,
)
_TURN = re.compile(r"\bfrom\b|[至到为成→]", re.IGNORECASE)
"""Without one of these nothing became anything: the patterns take long to find that out."""


def steps(said: Stated) -> frozenset[tuple[Decimal, Decimal]]:
    """Return the pairs of values of which a text says that one became the other, "from 300 4x to 150 8x": each with each."""
    found: set[tuple[Decimal, Decimal]] = set()
    if len(said.quantities) < 2 or not _TURN.search(said.text):
        return frozenset()
    for match in _FROM_TO.finditer(said.text):
        names = next(n for n in (("from", "to"), ("from2", "to2"), ("from3", "to3")) if match[n[0]] is not None)
        before, after = (_inside(said, *match.span(name)) for name in names)
        found |= {(one, other) for one in before for other in after}
    return frozenset(found)


def _inside(said: Stated, start: int, end: int) -> list[Decimal]:
    return [quantity.value for quantity in said.quantities if start <= quantity.start < end]


_REPLACED = re.compile(
    r"\breplac\w+ (?P<old1>[^.;；。]{1,60}?) (?:with|by) (?P<new1>[^,.;；。]{1,60})|"
    r"(?P<old2>[^,.;；。]{1,60}?) (?:was|were|is|being) (?:\w+ )?replaced (?:with|by) (?P<new2>[^,.;；。]{1,60})|"
    r"(?P<new3>[^,.;；。]{1,60}?) (?:replac(?:ed|es|ing)|in place of|instead of|superseded|supersedes|took over from|takes over from|took the place of|takes the place of|stands in for|stood in for) (?P<old3>(?![^,.;；。]*\b(?:with|by)\b)[^,.;；。]{1,60})|"
    r"(?P<old6>[^,.;；。]{1,60}?) (?:gave|gives|giving|made|makes|making) (?:way to|place to|way for|room for) (?P<new6>[^,.;；。]{1,60})|"
    r"(?P<old7>[^,.;；。]{1,60}?) (?:was|were) (?:dropped|abandoned|discarded|scrapped|given up|retired) (?:in favou?r of|for) (?P<new7>[^,.;；。]{1,60})|"
    r"(?:替换|替代|取代|换掉)了?(?P<oldx>[^,，；。]{1,30}?)[,，](?:启用|改用|换成|采用|使用|用)了?(?P<newx>[^,，；。]{1,30})|"
    r"(?P<old0>[^,，；。]{1,30}?)[被由](?P<new0>[^,，；。]{1,30}?)(?:取代|替代|代替|替换|换掉|顶替)|"
    r"\b(?:from|off|away from) (?P<old8>[^,.;；。\d]{1,50}?) (?:back )?(?:to|onto|into) (?P<new8>[^,.;；。\d]{1,50})|"
    r"[从由自](?P<old9>[^,，；。\d]{1,24}?)(?:换成|换为|改成|改为|变成|变为|转为|转成|转向|切换?[到成为]|迁移?[到至]|升级[到为成])了?(?P<new9>[^,，；。\d]{1,24})|"
    r"用(?P<new4>[^,，；。]{1,30}?)(?:成功)?(?:替代|取代|代替|替换)(?:了|掉)?(?P<old4>[^,，；。]{1,30})|"
    r"(?:将|把)?(?P<old5>[^,，；。]{1,30}?)(?:替换为|替换成|换成|换为|改为|改成|升级为)了?(?P<new5>[^,，；。]{1,30})",
    re.IGNORECASE,
)
_SWAP = re.compile(
    r"replac|in place of|instead of|supersed|took over|takes over|place of|st[ao]n?o?ds? in for|favou?r of|\bway (?:to|for)\b|\b(?:from|off)\b|(?:dropped|abandoned|discarded|scrapped|given up|retired) for|[替代换改升变转切迁]",
    re.IGNORECASE,
)
Replacement = tuple[frozenset[str], frozenset[str]]
"""The words of what was there before, and of what came in its place; words of both are left out."""


def replacements(text: str) -> tuple[Replacement, ...]:
    """Return what `text` says was replaced by what."""
    found: list[Replacement] = []
    if not _SWAP.search(text):
        return ()
    for match in _REPLACED.finditer(normalise(text)):
        kind = next(number for number in "1234567890x" if match[f"old{number}"] is not None)
        old, new = (frozenset(tokens(match[f"{side}{kind}"])) for side in ("old", "new"))
        found.append((old - new, new - old))
    return tuple(found)


def reversed_in(said: Replacement, known: Iterable[Replacement]) -> bool:
    """Whether what is `said` to be replaced by what is only known the other way round."""
    old, new = said
    pairs = tuple(known)
    straight = max((len(old & before) + len(new & after) for before, after in pairs), default=0)
    crossed = max(
        (len(old & after) + len(new & before) for before, after in pairs if old & after and new & before), default=0
    )
    return crossed > straight


_BORROWED = re.compile(
    r"(?P<taker1>[^,.;，；。]{0,60}?)\bborrow\w* (?:[^,.;，；。]{0,60}? )?from (?P<source1>[^,.;，；。]{1,40})|(?P<taker2>[^,.;，；。]{0,40}?)(?:借鉴|参考|吸收|借用)了?(?P<source2>[^,.;，；。]{1,40})",
    re.IGNORECASE,
)


def lent(text: str, known: Iterable[str]) -> bool:
    """Whether `text` has somebody borrow from another who lent to him in the `known` texts."""
    sources = [_sides(match)[1] for one in known for match in _BORROWED.finditer(normalise(one))]
    source = frozenset().union(*sources)
    said = [_sides(match) for match in _BORROWED.finditer(normalise(text))]
    return any(taker & source and not lender & source for taker, lender in said)


def _sides(match: re.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    number = "1" if match["source1"] is not None else "2"
    taker, source = match[f"taker{number}"] or "", match[f"source{number}"]
    return frozenset(filter(str.isascii, tokens(taker))), frozenset(filter(str.isascii, tokens(source)))
