"""A question taken apart: language, what it wants, whom and what it names, dates, figures, and what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from askme.query.intents import GAP, Intent, intents, without_cues
from askme.resume.lexicon import Lexicon, Mention
from askme.text.numbers import Figure, figures
from askme.text.periods import mentioned
from askme.text.tokenize import clean, language, normalise, tokens
from askme.types import Knowledge, Language, Period, Term

_LIGHT_ZH = re.compile(
    r"工作|公司|期间|时候|时间|那边|那里|这边|那儿|那个|这个|那些|这些|经历|上班|呆|待|干|过去|过|都|一下|"
    r"请问|可以|简单|大概|主要|具体|相关|方面|内容|情况|东西|事情|关于|目前|一共|总共|个人|自己|什么|哪些|"
    r"知道|告诉|如何|怎样|怎么|为何|多少|半年|年多|年来|得过|拿过|获得|得到|拿到|拿了|得了|份|段|职业|担任|"
    r"任职|职务|角色|人选|背景|简历|里面|里|上面|职场|全职|正式|所有|一些|几个|咱|员工|的话|也算|算上|都算|俺|读|念|那会|会儿|"
    r"参与|参加|涉及|碰到|碰过|接触|弄过|弄|搞过|搞|忙|整理|折腾|这块|一块|那块|嘛|哈|诶|多少年|地方|用过|"
    r"用|会不会|会|懂|熟悉|熟|了解|掌握|帮|看看|看|想|问|聊|说|讲|叫|谁|做|写"
)
_LIGHT_EN = frozenset(
    "work job role time compani posit thing stuff career peopl place long year month date period employ stay "
    "spend spent there one then say said state mention written resum cv first last total number exact exactli "
    "name pls plz pleas thank sir hi hey hello talk abt wanna want need look see brief briefli quick quickli "
    "short summari main mainli use experi while dure back still ago until till through sinc full fulltim full-tim "
    "everi each list all onli particular specif overal general whole entir kind sort type much mani more less "
    "most person himself herself also again everyth anyth someth run ran go went gone come came handl own technic "
    "actual realli under within across per deal dealt includ involv happen hear huh hmm eh e com ecom turn tri "
    "rough roughli sit sat belong employe approx around edg used help learn know known familiar skill good great "
    "right immedi direct straight far wich prior next previous after before befor along both togeth u ur r n mr "
    "ms him".split()
)
COUNTS = 20
"""A bare number up to this one counts things and is no figure to look up."""
_LONE = frozenset(
    "到从来去上下里外前后时中等点再又只才还都是有在不没和跟与或把被给让向往以为了着过的地得很太真最更挺蛮就可能要请吗呢吧啊呀哦"
    "嗯那这哪其他她它你您我咱位份段些个家年月日号多少几数第之所当儿么嘛诶人事啥干做"
)
"""Characters that carry nothing when they are left alone."""
_TAG = re.compile(r"</?[a-zA-Z!|][^<>]{0,300}>")
_VERSION = re.compile(r"(?<![a-z0-9])v(\d{1,3})(?![0-9.])")


@dataclass(frozen=True)
class Question:
    """A question as understood. `residue` is its content words beyond names, dates and the words that carry intents."""

    text: str
    normal: str
    language: str
    intents: frozenset[Intent]
    mentions: tuple[Mention, ...]
    periods: tuple[Period, ...]
    figures: tuple[Figure, ...]
    residue: tuple[str, ...]
    bare: str
    stations: tuple[str, ...]
    projects: tuple[str, ...]

    @property
    def reply_language(self) -> Language:
        """The language to answer in: Chinese for Chinese, else English."""
        return "zh" if self.language == "zh" else "en"

    def wants(self, *any_of: Intent) -> bool:
        """Whether the question shows one of these intents."""
        return any(intent in self.intents for intent in any_of)

    @property
    def mentions_terms(self) -> bool:
        """Whether it names a term: a technique, a metric, a technology, not just who or where."""
        return any(m.term.category not in ("candidate", "name", "role", "phrase") for m in self.mentions)

    def terms(self, *categories: str) -> list[Term]:
        """Return the terms it names in these categories, once each."""
        return list(dict.fromkeys(m.term for m in self.mentions if m.term.category in categories))


class Reader:
    """Takes questions apart, with the names of one résumé at hand."""

    def __init__(self, knowledge: Knowledge, known_words: Callable[[], frozenset[str]]) -> None:
        """`known_words` gives the words the index knows: they are no typos."""
        self._knowledge = knowledge
        self.lexicon = Lexicon(knowledge)
        self._known_words = known_words

    def read(self, text: str, limit: int = 2000) -> Question:
        """Return the question taken apart; anything beyond `limit` characters is dropped."""
        text = clean(_TAG.sub(" ", clean(text, limit)))
        mended = self.lexicon.mend(text, self._known_words())
        normal = normalise(mended)
        mentions = tuple(self.lexicon.mentions(mended))
        periods = tuple(mentioned(normal))
        bare = _blank(normal, tuple(m for m in mentions if self._is_who(m)))
        names = [m.term.id for m in mentions if m.term.category == "name"]
        spoken = language(text)
        return Question(
            text=mended,
            normal=normal,
            language=spoken,
            intents=intents(_blank(normal, tuple(m for m in mentions if self._hides_cues(m)))),
            mentions=mentions,
            periods=periods,
            figures=tuple(_claimed_figures(_blank(normal, mentions))),
            residue=() if names and spoken not in ("zh", "en") else _residue(_blank(normal, mentions)),
            bare=bare,
            stations=self._stations(names),
            projects=tuple(dict.fromkeys(n for n in names if self._is_project(n))),
        )

    def _hides_cues(self, mention: Mention) -> bool:
        """Whether its words carry no intent: "start" in "cold start". Sections ("awards") and roles do carry one."""
        term = mention.term
        is_heading = term.category == "name" and term.id in self._knowledge.bullets
        return is_heading or term.category in (
            "technique",
            "metric",
            "candidate",
            "technologies",
            "topics",
            "companies",
        )

    def _is_who(self, mention: Mention) -> bool:
        """Whether a mention tells whose or where, not what."""
        term = mention.term
        return term.category == "candidate" or (term.category == "name" and not self._is_project(term.id))

    def _is_project(self, identifier: str) -> bool:
        bullet = self._knowledge.bullets.get(identifier)
        return bullet is not None and bullet.kind == "project"

    def _stations(self, names: list[str]) -> tuple[str, ...]:
        headings = [name for name in names if not self._is_project(name)]
        return tuple(dict.fromkeys(headings))


def _blank(normal: str, mentions: tuple[Mention, ...]) -> str:
    """Return the text with everything named blanked out, at unchanged positions."""
    chars = list(normal)
    for mention in mentions:
        chars[mention.start : mention.end] = GAP * (mention.end - mention.start)
    return "".join(chars)


_DATES = re.compile(
    r"(?:19|20)\d\d\s*年?|\d{1,2}\s*月(?:份)?|\d\d\s*年|年[底初末中]|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|"
    r"\b(?:end|start|beginning|middle|early|late) (?:of )?(?=(?:19|20)\d\d)"
)


def _residue(bare: str) -> tuple[str, ...]:
    left = _LIGHT_ZH.sub(GAP, _DATES.sub(GAP, without_cues(bare)))
    found = (token for token in tokens(left) if token not in _LIGHT_EN and not token.isdigit())
    return tuple(token for token in found if not _LONE.issuperset(token))


def _claimed_figures(normal: str) -> list[Figure]:
    """Return the figures that can be looked up: with a unit or a fraction, or large; no years, no small counts."""
    dated = {match.span() for match in _DATES.finditer(normal)}
    found = []
    for figure in figures(normal):
        position = normal.find(figure.text)
        if figure.unit == "version" or any(start <= position < end for start, end in dated):
            continue
        if figure.unit or figure.value != figure.value.to_integral_value() or figure.value > COUNTS:
            found.append(figure)
    return found


def versions(normal: str) -> list[int]:
    """Return the version numbers named: v24 → 24."""
    return [int(number) for number in _VERSION.findall(normal)]
