"""What a sentence denies: that the résumé says something, or that it was so, and what it says instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NO = (
    r"\b(?:not(?! (?:only|just|merely|least))|no(?! (?:more|less|fewer) than| longer)|never|without|neither|nor|none|nothing|nobody|nowhere|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|hasn't|haven't|"
    r"hadn't|can't|cannot|won't|couldn't|wouldn't|absent|missing|lacks?|lacking|silent|omit(?:s|ted)?|unmentioned|unstated|unnamed|unspecified|"
    r"undisclosed|unknown|open|out)\b|rather than|instead of|"
    r"(?:并?没有?|未(?!来)|无(?!缝|线|论)|不(?!同|少|仅|光|断|错|过|变|但|单|久|如|及|再|足|到|满|等于|在了)|并非|非(?!常))"
)
_DENIES = re.compile(_NO, re.IGNORECASE)
_STRONG = re.compile(
    r"\b(?:not|never|neither|nor|nothing|nobody|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|hasn't|haven't|hadn't|can't|cannot|won't|"
    r"couldn't|wouldn't|lacks?|lacking)\b|\b(?<!, )no (?!more than|less than|longer)(?=\w)|没有?(?!有?[缝])|未(?!来)|并非|不(?:是|止|会|懂|了解|具备|掌握|曾|做|算|属)",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"\bone of (?:them|these|those)\b|\bamong\b|\bon (?:the|his) list\b|\br[ée]sum[ée]\b|\bcv\b|\bdocument\b|\bheadings?\b|\bentry\b|\bline\b|\bpage\b|\bsection\b|\b(?:say|says|said|stated?|states|mention\w*|list(?:s|ed)?|given?|gives|names?|named|"
    r"disclos\w*|record(?:s|ed)?|specif\w+|describ\w+|indicat\w+|go into|appear\w*|shown?|shows|credit\w*|word on|information|found|find|included?|published here|come up|stated|tell|tells|"
    r"detail\w*|spell\w*|reveal\w*|cover\w*|note[sd]?|absent|missing|silent|unmentioned|unnamed|left out|left open|leaves? (?:it )?open|see no|can't (?:find|confirm|tell))\b|"
    r"简历|履历|一栏|标题|提到|提及|[写说提列载记]|注明|给出|交代|看到|找到|查到|记录|涉及|包含|不含|不详|名单|资料|出现|透露|体现|反映",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"rather than|instead of|而不是|,? not ", re.IGNORECASE)
_CUT = re.compile(
    r"[,，;；:：。!！?？()（）—–]|\.(?!\d)|\b(?:but|and|that has|while|whereas|though|although)\b|但|而是|而(?!且|不是)|只是|不过|却|是因为"
)
_FRAMING = re.compile(
    r"这一?[条点项行]|简历|履历|里面?|中|上|原文|文中|并?没有?|未|不|[写说提列载记]明?到?|提及|提到|说明|注明|交代|给出|涉及|包含|it|the|résumé|resume|line|entry|doesn't|does not|isn't|is not|say|said|state[ds]?|mention(?:ed|s)?|\s|\W",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"\w{2}|[\u4e00-\u9fff]")
_START = re.compile(
    r"^\s*(?:no|nope|not quite|not exactly|not really|no longer|不是|不|没有|没|不对|不是的)\s*[,，.。:：;；、]|^\s*(?:no|not quite)\b(?=[,;:. ])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Denial:
    """Where a sentence denies something, in characters, and where the clause begins in which it does.

    `frames`: it is the résumé that says nothing of it.
    """

    start: int
    end: int
    clause: int
    frames: bool


def denials(text: str) -> list[Denial]:
    """Return what `text` denies, clause by clause; a "No," at its start denies only the question."""
    begin = _START.match(text)
    at, found = begin.end() if begin else 0, []
    found_before: int | None = None
    cuts = [match.span() for match in _CUT.finditer(text, at)] + [(len(text), len(text))]
    for start, end in cuts:
        clause = text[at:start]
        negator = _DENIES.search(clause)
        frames = bool(negator and _FRAME.search(clause))
        if frames and found_before is not None and not _CONTENT.search(_FRAMING.sub("", clause)):
            at = found_before  # "in which office he worked, this line doesn't say"
        found_before = None if frames else at
        if negator and (frames or _STRONG.search(clause) or _instead(clause)):
            instead = _INSTEAD.match(clause, negator.start())
            found.append(
                Denial(at if frames else at + negator.start(), start, at + negator.start() if instead else at, frames)
            )
        at = end
    return found


def _instead(clause: str) -> bool:
    return bool(
        re.search(r"rather than|instead of|\bno (?!longer)|\bwithout\b|并非|不(?!再)|[没未]", clause, re.IGNORECASE)
    )


def beside(text: str, spans: Iterable[Denial]) -> str:
    """Return the clauses of `text` that deny nothing."""
    for denial in reversed(tuple(spans)):
        text = text[: denial.clause] + " " + text[denial.end :]
    return text


def outside(text: str, spans: list[Denial]) -> str:
    """Return what `text` says beside what it denies."""
    for denial in reversed(spans):
        text = text[: denial.start] + " " + text[denial.end :]
    return text


def inside(text: str, spans: list[Denial]) -> str:
    """Return what `text` denies."""
    return " ; ".join(text[denial.start : denial.end] for denial in spans)
