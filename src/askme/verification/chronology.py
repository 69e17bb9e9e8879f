"""Time that a sentence tells without a figure: what is still so, what is over, first, longest, or before what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from askme.resume.lexicon import Mention
from askme.text.periods import months_between
from askme.text.tokenize import normalise
from askme.types import STATIONS, Bullet, Knowledge, Month, Period
from askme.verification.evidence import Support

_CLAUSE = re.compile(r"[;；。]|,\s+(?:but|while|whereas)\b|\bbut\b")
_NOW = re.compile(
    r"\b(?:currently|at present|presently|still|now|nowadays|today|these days|to this day|ongoing|continues|continuing|remains|current|since|at the moment|right now|for now|up to now|so far|to date|until now)\b|"
    r"目前|现任|如今|现在|眼下|当下|时下|至今|仍|还在|依然|正在|迄今|(?<!从未)一直(?!到)|一边|以来|自.{2,14}起|继续|还没毕业|还没离|尚未",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\bnot yet\b|\bhasn't (?:yet )?(?:left|finished|graduated|ended)|\byet to\b|还没[毕离结]|尚未[毕离结]|没毕业",
    re.IGNORECASE,
)
_UNTIL_NOW = re.compile(r"since|so far|to date|up to now|until now|至今|迄今|以来|自.{2,14}起", re.IGNORECASE)
_PRESENT = re.compile(
    r"\b(?:he|she|ye|zachery(?: ye)?)(?:\s+(?:also|still|now|currently))?(?:\s+(?:works|serves|leads|heads|manages|runs|studies|interns|is (?:working|employed|studying|interning|leading|heading|based|part|still|now|currently|at|with|in)|"
    r"is (?:an?|the|its|their|google's|tiktok's|shopee's)(?! (?:\w+ )*(?:winner|medal\w*|candidate)))\b|'s (?:an?|the|at|with|part)\b)",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:left|quit|departed|former|formerly|ex-|ended|no longer|not anymore|used to|until|previous|past employer|resigned|has been over)\b|离开|离职|前东家|辞|不再|已离|曾在|结束|截止|到.{2,12}为止",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(?:(?:very )?first|earliest|starting point|began with)\b|最早|第一[份家段块枚个次]|首[份次个家枚]|起点",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:latest|most recent|newest|last)\b|最近|最新|最后|上一[份家段]|最晚", re.IGNORECASE)
_LONGEST = re.compile(r"\blongest\b|最[长久]", re.IGNORECASE)
_SHORTEST = re.compile(r"\bshortest\b|最短", re.IGNORECASE)
_WITH_NEXT = re.compile(r"\b(?:first|last|latest|longest|shortest) [a-z]+|(?:首|第一|最)[\u4e00-\u9fff]{1,2}")
_JOB = re.compile(
    r"\b(?:jobs?|employers?|positions?|roles?|places?|compan(?:y|ies)|work(?:ed)?|posts?|internships?|stints?|tenures?|stays?|time|spent|held)\b|工作|公司|雇主|职位|单位|实习|岗位|任职|[待呆]|东家|[段份家]",
    re.IGNORECASE,
)
_EMPLOYED = re.compile(
    r"\b(?:full-time|permanent|jobs?|employers?|after graduat\w+)\b|全职|正式|毕业后|工作|雇主|东家", re.IGNORECASE
)
_AWARD = re.compile(
    r"\b(?:award|prize|medal|gold|silver|bronze|honou?r|contest|competition)s?\b|奖|竞赛|比赛|[金银铜]牌", re.IGNORECASE
)
_MEDALS = {"gold": r"gold|金[奖牌]", "silver": r"silver|银[奖牌]", "bronze": r"bronze|铜[奖牌]"}


@dataclass(frozen=True)
class _Named:
    """Something with a time that a text names at `start`."""

    start: int
    end: int
    id: str
    period: Period
    kind: str = "time"


class Chronology:
    """Knows when everything in one résumé was, as of one month."""

    def __init__(self, knowledge: Knowledge, now: Month) -> None:
        """Take the résumé."""
        self._bullets, self._now = knowledge.bullets, now
        self._stations = sorted(knowledge.stations(), key=lambda b: b.period.start if b.period else now)
        self._versions = [
            int(n[0]) for t in knowledge.terms if t.category == "version" and (n := re.search(r"\d+", t.spellings[0]))
        ]
        self._awards = [b for b in knowledge.bullets.values() if b.kind == "award" and b.period]

    def problems(self, text: str, mentions: Sequence[Mention], supports: list[Support], whole: str) -> Iterable[str]:
        """Yield what of the time in `text` isn't so; `whole` is the sentence with what it denies."""
        plain = normalise(text)
        named = list(self._named(mentions, supports))
        lasting = [period for support in supports for period in _lasting(support, self._bullets)]
        if _NOT_YET.search(whole) and lasting and all(period.end for period in lasting):
            yield "{where} has ended"
        yield from self._tense(plain, named, supports)
        yield from self._extremes(plain, named, supports)
        yield from self._order(plain, named)

    def _named(self, mentions: Iterable[Mention], supports: list[Support]) -> Iterable[_Named]:
        cited = {support.bullet.id: support.bullet for support in supports}
        for mention in mentions:
            bullet = self._bullets.get(mention.term.id)
            if (
                mention.term.category == "name"
                and bullet
                and bullet.period
                and bullet.kind in (*STATIONS, "education", "activity")
            ):
                yield _Named(mention.start, mention.end, bullet.id, bullet.period)
            elif mention.term.category in ("site", "contest"):
                holders = [
                    b
                    for b in cited.values()
                    if (b.kind == "award" or b in self._stations) and b.period and _spelt(mention, b)
                ]
                if len(holders) == 1 and holders[0].period:
                    yield _Named(mention.start, mention.end, holders[0].id, holders[0].period)
            elif mention.term.category == "version" and (number := re.search(r"\d+", mention.term.spellings[0])):
                yield _Named(
                    mention.start,
                    mention.end,
                    mention.term.spellings[0],
                    Period(Month(int(number[0])), None),
                    "version",
                )

    # Still, no longer

    def _tense(self, plain: str, named: list[_Named], supports: list[Support]) -> Iterable[str]:
        at = 0
        for end in (*(match.start() for match in _CLAUSE.finditer(plain)), len(plain)):
            clause = plain[at:end]
            there = [one for one in named if at <= one.start < end and one.kind == "time"]
            periods = [one.period for one in there] or [p for s in supports for p in _lasting(s, self._bullets)]
            past = bool(periods) and all(p.end is not None for p in periods)
            now, over = _NOW.search(clause), _OVER.search(clause)
            spans = bool(
                now
                and _UNTIL_NOW.fullmatch(now[0])
                and any(p.end is None for s in supports for p in _lasting(s, self._bullets))
            )
            if past and (now or _PRESENT.search(clause)) and not _only_since(clause) and not spans:
                yield "{where} isn't current"
            if periods and all(p.end is None for p in periods) and over and not (now and now.start() > over.start()):
                yield "{where} hasn't ended"
            at = end

    # First, last, longest

    def _extremes(self, plain: str, named: list[_Named], supports: list[Support]) -> Iterable[str]:
        for support in supports:  # "the first unit" of a bullet is no first position
            plain = _WITH_NEXT.sub(partial(_unless, support.normal), plain)
        claimed = {one.id for one in named if one.kind == "time" and one.id in {b.id for b in self._stations}}
        claimed = claimed or {
            b.id for s in supports for b in [self._bullets.get(s.bullet.station)] if b in self._stations
        }
        yield from self._version_extremes(plain, named)
        if _AWARD.search(plain):
            yield from self._award_extremes(plain, supports)
        elif len(claimed) == 1 or (named and claimed):
            jobs = [b for b in self._stations if b.kind == "job"]
            yield from self._job_extremes(plain, claimed, jobs)

    def _job_extremes(self, plain: str, claimed: set[str], jobs: list[Bullet]) -> Iterable[str]:
        lists = [self._stations, jobs] if _EMPLOYED.search(plain) else [self._stations]
        lists = [found for found in lists if found]
        for pattern in (_FIRST, _LAST, _LONGEST, _SHORTEST):
            match = pattern.search(plain)
            near = plain[max(0, match.start() - 24) : match.end() + 32] if match else ""
            timed = pattern in (_LONGEST, _SHORTEST)
            if not match or _counted(plain, match) or not (timed or _JOB.search(near)):
                continue
            if not claimed & {self._extreme(pattern, found).id for found in lists}:
                yield f'"{match[0]}" isn\'t so of {{where}}'

    def _extreme(self, pattern: re.Pattern[str], found: list[Bullet]) -> Bullet:
        """Return the first, last, longest or shortest of positions in their order."""
        if pattern in (_FIRST, _LAST):
            return found[0 if pattern is _FIRST else -1]
        by_length = sorted(found, key=self._months)
        return by_length[-1 if pattern is _LONGEST else 0]

    def _award_extremes(self, plain: str, supports: list[Support]) -> Iterable[str]:
        cited = [s.bullet for s in supports if s.bullet.kind == "award" and s.bullet.period]
        if len({b.id for b in cited}) != 1:
            return
        for pattern, choose in ((_FIRST, min), (_LAST, max)):
            match = pattern.search(plain)
            what = plain[match.start() : match.end() + 40] if match else ""
            if match and _AWARD.search(what):
                medals = [medal for medal in _MEDALS.values() if re.search(medal, what)]
                alike = [
                    b for b in self._awards if all(re.search(m, normalise(b.text.everything)) for m in medals)
                ] or self._awards
                edge = choose(b.period.start for b in alike if b.period)
                if cited[0].period and cited[0].period.start != edge:
                    yield f'"{match[0]}" isn\'t so of {{where}}'

    def _version_extremes(self, plain: str, named: list[_Named]) -> Iterable[str]:
        told = [one.period.start.number for one in named if one.kind == "version"]
        for pattern, edge in ((_FIRST, min(self._versions, default=0)), (_LAST, max(self._versions, default=0))):
            match = pattern.search(plain)
            if (
                len(told) == 1
                and told[0] != edge
                and match
                and re.search(r"version|model|版本|模型|一版", plain)
                and not re.match(r"\s?time|次", plain[match.end() :])
            ):
                yield f'"{match[0]}" isn\'t so of {{where}}'

    def gaps(self, supports: list[Support]) -> bool:
        """Whether months lie between the positions that are cited, one after the other."""
        periods = sorted(dict.fromkeys(p for s in supports for p in _lasting(s, self._bullets)), key=lambda p: p.start)
        pairs = pairwise(periods)
        return len(periods) < 2 or any(
            one.end is not None and other.start.number - one.end.number > 1 for one, other in pairs
        )

    def _months(self, bullet: Bullet) -> int:
        return months_between(bullet.period, self._now) if bullet.period else 0

    # Before and after

    def _order(self, plain: str, named: list[_Named]) -> Iterable[str]:
        for first, second in pairwise(named):
            if first.id == second.id or first.kind != second.kind:
                continue
            way = _sequence(plain, first, second)
            earlier, later = (first, second) if way > 0 else (second, first)
            if way and earlier.period.start > later.period.start:
                yield f'"{plain[first.start : second.end]}" is the other way round in {{where}}'


def _unless(known: str, match: re.Match[str]) -> str:
    """Return what was matched, or nothing where a bullet has the very same."""
    return "" if re.sub(r"\s", "", match[0]) in known else match[0]


def _lasting(support: Support, bullets: dict[str, Bullet]) -> Iterable[Period]:
    """Yield the time of the position or studies that a bullet belongs to."""
    bullet = bullets.get(support.bullet.station)
    if bullet and bullet.period and bullet.kind in (*STATIONS, "education", "activity"):
        yield bullet.period


def _spelt(mention: Mention, bullet: Bullet) -> bool:
    text = normalise(bullet.text.everything)
    return any(normalise(spelling) in text for spelling in mention.term.spellings)


def _only_since(clause: str) -> bool:
    """Whether nothing but a cause or a bygone "now" is told: "now that", "since he", "the now ended"."""
    return bool(re.search(r"\bsince (?:he|the|it|then)\b", clause)) and not re.search(
        r"\bhas been\b|\bstill\b|\bnow\b", clause
    )


def _counted(plain: str, match: re.Match[str]) -> bool:
    """Whether "first" counts something else: "for the first time", "the first version", "last year"."""
    after = plain[match.end() : match.end() + 12]
    return bool(
        re.match(
            r"\s?(?:time|version|year|of its|model|month|place(?! (?:he|of|where|that))|to\b|ed\b|language|item|name)|版|年[^工]|次(?!工作)|名",
            after,
        )
    )


_LEADS_BACK = re.compile(
    r"\b(?:after|following|follow(?:s|ed)(?! by)|succeed\w+|later than|came after)\b|晚于|在后", re.IGNORECASE
)


def _sequence(plain: str, first: _Named, second: _Named) -> int:
    """Return 1 when the first named is said to be the earlier one, -1 the later one, 0 when neither is said."""
    before = plain[max(0, first.start - 24) : first.start]
    between, after = plain[first.end : second.start], plain[second.end : second.end + 16]
    if len(between) > 90 or re.search(r"[;；。]", between):
        return 0
    if re.match(r"\s?(?:followed|came (?:later|next|after)|后来|在后|其后)", after) or re.search(
        r"starting point|came first|was first|起点", between
    ):
        return 1
    opens = re.search(
        r"\b(?P<before>before|prior to)\s(?:[\w']+\s){0,3}$|\b(?P<after>after|following|leaving|left|from)\s(?:[\w']+\s){0,3}$|(?P<zh>离开|从|由|先)[^，,]{0,6}$",
        before,
    )
    if opens:
        return (
            -1
            if opens["before"]
            else 1
            if (opens["after"] not in ("from",) and opens["zh"] not in ("从", "由")) or _moves(between)
            else 0
        )
    if re.match(r"[^，,]{0,6}(?:之前|以前|(?<!在)前)", between) and re.search(r"[，,]", between):
        return -1
    if re.match(r"[^，,]{0,6}(?:之后|以后|后)", between):
        return 1
    if _LEADS_BACK.search(between):
        return -1
    if re.search(
        r"\b(?:before|prior to|preced\w+|predat\w+|followed by|and then|,? then|later|subsequently)\b|早于|后来|随后|然后|接着|在前|跳槽到|再到",
        between,
    ):
        return 1
    return -1 if re.match(r"[^，,]{0,4}(?:之前|以前)", after) and "比" not in between else 0


def _moves(between: str) -> bool:
    return bool(re.search(r"\bto\b|\binto\b|到|跳槽|转", between)) and not re.search(r"\d", between)
