"""A text read for what it claims: each quantity with the direction and the labels beside it, and whom it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from askme.resume.lexicon import Lexicon, Mention
from askme.text.quantities import Quantity, Stated, stated
from askme.text.tokenize import normalise, tokens
from askme.verification.changes import steps

Label = tuple[str, str]
"""A category (region, metric, phase, station) and what of it."""

_CLAUSE = re.compile(r"[，；;。！？（）()：:]|[,.!?](?!\d)|\s[-–—]\s|\bwhile\b|\bwhereas\b|\bbut\b|而")
_JOINT = re.compile(
    r"\b(?:than|above|below|against|versus|vs|beats?|exceeds?|exceeded)\b|[高低多少大小]于|超过|不如|\band\b|\bor\b|\bplus\b|\bto\b|[和与及、/]|以及|并|至|\bund\b|\bet\b|\by\b|と"
)
_UP = re.compile(
    r"\b(?:increas\w*|rais\w*|rise[sn]?|rising|rose|grow\w*|grew|lift\w*|gain\w*|boost\w*|uplift\w*|up|higher|climb\w*|"
    r"jump\w*|soar\w*|surg\w*|rocket\w*|double\w*|tripl\w*|went up|go(?:es)? up|more(?! than)|faster|accelerat\w*|speed(?:ing)? up|sped up|augment\w*|swell\w*|swollen|expand\w*|inflat\w*|hausse|gestiegen|steiger\w*|aument\w*|subi\w*)\b|"
    r"提升|提高|增长|增加|上升|上涨|增幅|增量|涨|攀升|上扬|升[至到了]|扩大|膨胀|增大|加大|浪费|多花|翻倍|加快|加速|更多|更快|[高多贵大]了|更[高贵大]|变[高多贵大]|向上|上調|向上|増|증가|향상|높[였이]|늘[렸었]",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:slow(?:er|s|ed|ing)?|decreas\w*|reduc\w*|cut\w*|drop\w*|fall\w*|fell|lower\w*|declin\w*|sav(?:e[sd]?|ings?)|shrink\w*|shrank|shrunk|down|"
    r"less|fewer|compress\w*|slash\w*|halv\w*|sank|sink\w*|sunk|slid\w*|slip\w*|dip\w*|tumbl\w*|cost (?:the|us|them)|deteriorat\w*|worsen\w*|los(?:es?|t|ing|s)|trim\w*|réduit\w*|réduction|baiss\w*|diminu\w*|gesenkt|reduzier\w*|senk\w*|sank\w*|sinkt|fiel\w*|"
    r"redu[cj]\w*|disminu\w*)\b|降|减|拖慢|变慢|减速|放慢|下滑|回落|走低|变差|恶化|节省|节约|下跌|缩|省下|压缩|削|[少低小]了|更[少低小]|便宜|变[少低小]|減|감소|절감|줄",
    re.IGNORECASE,
)
_PHASES = (
    ("online", re.compile(r"\bonline\b|线上|在线|\ben l[ií]nea\b|\ben ligne\b|オンライン|온라인", re.IGNORECASE)),
    ("offline", re.compile(r"\boffline\b|离线|线下|オフライン|오프라인|hors ligne|fuera de línea", re.IGNORECASE)),
    ("training", re.compile(r"\btrain\w*\b|训练|\bentrena\w*|\bentraîn\w*|学習|학습", re.IGNORECASE)),
)
_RATES = {
    "day": re.compile(r"\b(?:daily|per day|a day|every day|each day|par jour|pro tag|por día|al día|diari\w*|täglich)\b|/day|每天|每日|日均|一天|天均|日曝|日あたり|하루|일평균", re.IGNORECASE),
    "year": re.compile(r"\b(?:annual\w*|yearly|per year|a year|every year|each year|of the year|per annum|par an|annuel\w*|pro jahr|jährlich\w*|al año|anual\w*)\b|/year|每年|年度|年均|年预估|年曝|全年|一年|年間|연간", re.IGNORECASE),
    "month": re.compile(r"\b(?:monthly|per month|a month|every month|par mois|pro monat|al mes)\b|/month|每月|每个月|月均|月度|月曝", re.IGNORECASE),
    "week": re.compile(r"\b(?:weekly|per week|a week|every week)\b|每周|周均", re.IGNORECASE),
    "hour": re.compile(r"\b(?:hourly|per hour|an hour|every hour)\b|每小时", re.IGNORECASE),
    "user": re.compile(r"\b(?:per[ -]user|per capita|per head|each user|par utilisateur|pro nutzer|por usuario)\b|/u\b|人均|每人|1人あたり|인당", re.IGNORECASE),
    "seller": re.compile(r"\bper[ -](?:seller|shop|store|item|order)\b|店均|单均", re.IGNORECASE),
    "second": re.compile(r"\b(?:per|a|every|each) (?:minute|second)\b|每分钟|每秒", re.IGNORECASE),
}  # fmt: skip
_LASTING = re.compile(
    r"\b(?:an?|one|the|of the|half a) (?:year|month|week|day|hour|minute|second)s?\b|一[年天]|全年", re.IGNORECASE
)
_EACH = re.compile(
    r"\brespective(?:ly)?\b|分别|各自|それぞれ|respectivement|bzw|jeweils|respectivamente", re.IGNORECASE
)
_SIGN = re.compile(r"(?:^|[^\d%])\s?([+−-])\s?$")
_COMPARED = re.compile(
    r"\s(?:less|more|fewer|lower|higher|faster|smaller|larger|drop|cut|reduction|decrease|increase|gain|lift|growth|uplift|rise)\b",
    re.IGNORECASE,
)
_MORE_BY = re.compile(
    r"(?:\bby|\bsav(?:es|ed|ing)|少用?了?|缩短了?|省下?了?|[快短]了?|减少了?|差了?)\s?$", re.IGNORECASE
)
_BY_MORE = re.compile(r"\s?(?:less|fewer|shorter|faster|quicker|sooner|saved|off|的?差)", re.IGNORECASE)
_OTHER = re.compile(r"\bthe (?:other|third|fourth|fifth|rest|last|remaining)\b|another|另一|其余|剩下", re.IGNORECASE)
_RISEN_TO = re.compile(
    r"(?:(?<![\d%]) to|(?<![至达得做\d%])[到至])\s?(?:just |only |about |under |below |<|约|不足|不到)?\s?$",
    re.IGNORECASE,
)
_GLUE = re.compile(r"\s?[/~–-]\s?")
"""Between two figures that are one: 60s/1h, 59%-76%."""
_FLAT = re.compile(r"\b(?:with|keeping|holding|at|while)\s(?:[\w/-]+\s){1,6}?flat\b|[^,，。]{1,20}持平", re.IGNORECASE)
_INHERITED = 30
"""Characters after a figure in which its direction may stand."""


def ways(text: str) -> frozenset[int]:
    """Return the directions that words of `text` say: +1, -1, both or none."""
    return frozenset(sign for sign, pattern in ((1, _UP), (-1, _DOWN)) if pattern.search(text))


def rates(text: str) -> frozenset[str]:
    """Return per what `text` counts: day, user and so on."""
    return frozenset(name for name, pattern in _RATES.items() if pattern.search(text))


def flat_parts(text: str) -> list[str]:
    """Return the parts of `text` that say of something that it stayed as it was."""
    return [match[0] for match in _FLAT.finditer(text)]


def regular(text: str) -> frozenset[str]:
    """Return per what `text` counts in words that mean nothing else: "a year" may also be how long something took."""
    return rates(_LASTING.sub(" ", text))


@dataclass(frozen=True)
class Placed:
    """A quantity with its direction (+1 up, -1 down, 0 not said) and what else its own part of the sentence has.

    `words` are the stems and bigrams of that part; none where figures are paired with things "respectively".
    `differs`: it says by how much one thing is more or less than another, `ends`: to what something rose or fell,
    `partly`: it counts all but one that the sentence tells apart.
    """

    quantity: Quantity
    direction: int
    labels: frozenset[Label]
    words: frozenset[str]
    differs: bool = False
    ends: bool = False
    partly: bool = False

    def of(self, category: str) -> frozenset[str]:
        """Return its labels of one category."""
        return frozenset(value for kind, value in self.labels if kind == category)


@dataclass(frozen=True)
class Reading:
    """What one text claims.

    `placed` are its quantities in order, `steps` the pairs of values that go from the first to the second, `mentions`
    the names and terms in it.
    """

    stated: Stated
    placed: tuple[Placed, ...]
    steps: frozenset[tuple[Decimal, Decimal]]
    mentions: tuple[Mention, ...]


class Claims:
    """Reads texts with the names of one résumé at hand; `stations` are the ids of its employers and schools."""

    def __init__(self, lexicon: Lexicon, stations: frozenset[str]) -> None:
        """Take the spellings to look for."""
        self._lexicon, self._stations = lexicon, stations

    def read(self, text: str, language: str = "en") -> Reading:
        """Return what `text` claims."""
        said = stated(text, language)
        mentions = tuple(self._lexicon.mentions(said.text))
        placed = tuple(self._placed(said, mentions, language))
        written = mentions if said.text == text else tuple(self._lexicon.mentions(text))
        return Reading(said, placed, steps(said), written)

    def _placed(self, said: Stated, mentions: tuple[Mention, ...], language: str) -> list[Placed]:
        # Positions of mentions are those of the normalised text; where it has another length they can't be compared.
        flat = [match.span() for match in _FLAT.finditer(said.text)]
        comparable = len(normalise(said.text)) == len(said.text)
        labelled = [
            (m.start, label)
            for m in mentions
            if comparable and (label := self._label(m)) and not _in_address(said.text, m)
        ]
        labelled += [(match.start(), ("phase", name)) for name, p in _PHASES for match in p.finditer(said.text)]
        labelled = [(at, label) for at, label in labelled if not any(start <= at < end for start, end in flat)]
        made: list[Placed] = []
        for place, quantity in enumerate(said.quantities):
            start, end = _part(said, place)
            near = {label for at, label in labelled if start <= at < end}
            near |= {("rate", rate) for rate in rates(said.text[start:end])}
            each = bool(_EACH.search(said.text[slice(*_clause(said.text, quantity))]))
            if each:
                near = _in_turn(said, place, labelled) | {one for one in near if one[0] not in ("region", "phase")}
            direction = _direction(said.text, quantity, start, end) or _inherited(made, said, place)
            labels = frozenset(near) | _last_before(labelled, quantity.start)
            around = (said.text[start : quantity.start], said.text[quantity.end : end])
            words = _words(*around) if language in ("en", "zh") and not each else frozenset()
            made.append(
                Placed(
                    quantity,
                    direction,
                    labels,
                    words,
                    _differs(said.text, quantity),
                    _ends(said.text, quantity),
                    bool(_OTHER.search(said.text, quantity.end)),
                )
            )
        return made

    def _label(self, mention: Mention) -> Label | None:
        term = mention.term
        if term.category == "name":
            return ("station", term.id) if term.id in self._stations else None
        if term.category in ("region", "metric") and "USD" not in term.spellings:
            return (term.category, term.spellings[0])
        return None


def _differs(text: str, quantity: Quantity) -> bool:
    return bool(_MORE_BY.search(text[: quantity.start]) or _BY_MORE.match(text[quantity.end :]))


def _ends(text: str, quantity: Quantity) -> bool:
    return bool(_RISEN_TO.search(text[: quantity.start]))


def _words(before: str, after: str) -> frozenset[str]:
    """Return the content words on both sides of a figure, without numbers."""
    return frozenset(word for side in (before, after) for word in tokens(side) if not word[0].isdigit())


def _in_turn(said: Stated, place: int, labelled: list[tuple[int, Label]]) -> set[Label]:
    """Return the region of a figure in "ID and SG gained 2.3% and 3.36% respectively": the n-th of the n-th figure."""
    start, end = _clause(said.text, said.quantities[place])
    inside = [quantity for quantity in said.quantities if start <= quantity.start < end]
    regions = [label for at, label in sorted(labelled) if start <= at < end and label[0] == "region"]
    if len(regions) != len(inside):
        return set()
    return {regions[inside.index(said.quantities[place])]}


def _in_address(text: str, mention: Mention) -> bool:
    """Whether a name is part of an e-mail or web address."""
    before, after = text[: mention.start][-1:], text[mention.end : mention.end + 2]
    return before in ("@", ".") or after[:1] == "@" or (after[:1] == "." and after[1:].isalnum())


def _last_before(labelled: list[tuple[int, Label]], position: int) -> frozenset[Label]:
    """Return the employer a figure belongs to: the last one named before it, else the first one after."""
    stations = sorted((at, label) for at, label in labelled if label[0] == "station")
    before = [label for at, label in stations if at < position]
    after = [label for at, label in stations if at >= position]
    return frozenset(before[-1:] or after[:1])


def _part(said: Stated, place: int) -> tuple[int, int]:
    """Return where the part of the clause begins and ends that is about this quantity alone."""
    text, all_ = said.text, said.quantities
    mine = all_[place]
    start, end = _clause(text, mine)
    before, after = place - 1, place + 1
    while before >= 0 and (
        _apart(all_[before], mine) or _GLUE.fullmatch(text[all_[before].end : all_[before + 1].start])
    ):
        before -= 1
    while after < len(all_) and (
        _apart(all_[after], mine) or _GLUE.fullmatch(text[all_[after - 1].end : all_[after].start])
    ):
        after += 1
    if before >= 0 and all_[before].end > start:
        start = _joint(text, all_[before].end, all_[before + 1].start) or all_[before].end
    if after < len(all_) and all_[after].start < end:
        end = _joint(text, all_[after - 1].end, all_[after].start) or all_[after].start
    return start, end


def _apart(one: Quantity, other: Quantity) -> bool:
    """Whether two figures can't be taken for each other: the 60 of "60-second orders rose 16.07%"."""
    return not one.units & other.units


def _clause(text: str, quantity: Quantity) -> tuple[int, int]:
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, quantity.start)), default=0)
    following = _CLAUSE.search(text, quantity.end)
    return start, following.start() if following else len(text)


def _joint(text: str, start: int, end: int) -> int:
    return next((match.start() for match in _JOINT.finditer(text, start, end)), 0)


def _direction(text: str, quantity: Quantity, start: int, end: int) -> int:
    before, after = text[start : quantity.start], text[quantity.end : end]
    last = max(((m.start(), sign) for sign, p in ((1, _UP), (-1, _DOWN)) for m in p.finditer(before)), default=None)
    signed = _SIGN.search(text[: quantity.start])
    if signed:  # a word that contradicts it is what a reader goes by: "sank +1.27%"
        return -1 if signed[1] != "+" else last[1] if last else 1
    compared = _COMPARED.match(after)
    if compared:
        return 1 if _UP.search(compared[0]) else -1
    if last:
        return last[1]
    near = after[:_INHERITED]
    first = min(((m.start(), sign) for sign, p in ((1, _UP), (-1, _DOWN)) for m in p.finditer(near)), default=None)
    return first[1] if first else 0


def _inherited(made: list[Placed], said: Stated, place: int) -> int:
    """Return the direction of the quantity before in the same clause: "cut x by 52% and y by 79%"."""
    if not made:
        return 0
    between = said.text[said.quantities[place - 1].end : said.quantities[place].start]
    return 0 if _CLAUSE.search(between) else made[-1].direction
