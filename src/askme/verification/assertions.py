"""Turns of phrase that claim something although each of their words is ordinary: who ruled, wrote, acted, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from askme.verification.predicates import Bearing

_PEOPLE = r"(?:teams?|groups?|squads?|departments?|offices?|divisions?|units?|compan(?:y|ies)|organi[sz]ations?|people|staff|engineers|members|employees|reports|subordinates)"


@dataclass(frozen=True)
class _Rule:
    """What a pattern claims: `meanings`, one of which must be borne out, or else the very words."""

    pattern: re.Pattern[str]
    meanings: frozenset[str]
    problem: str


def _rule(pattern: str, meanings: str, problem: str) -> _Rule:
    return _Rule(re.compile(pattern, re.IGNORECASE), frozenset(meanings.split()), problem)


_RULES = (
    _rule(
        rf"\b(?:ran|runs?|running|headed|heading|took over|took charge of|takes charge of|in charge of|responsible for|at the head of|built up|grew|set up|formed|over) "
        rf"(?:\w+(?:'s)? |[\w-]+ ){{0,6}}?{_PEOPLE}\b(?! (?:process|work|collaboration))|\bhad (?:\w+ ){{0,3}}(?:report|people|engineers) (?:under|reporting|working for)\b|\breport(?:ed|s|ing)? to him\b|"
        r"\b(?:top|number one|no\. ?1|right-hand) (?:person|man|engineer)\b|(?:手下|下属|底下)(?:有|带)|带(?:了|着|过)?.{0,6}(?:人|团队|新人)|管(?:着|过|了)?.{0,8}(?:人|团队)|负责.{0,6}(?:整个|全)(?:部门|公司|团队)|当(?:了|过)?(?:头|老大|领导)|说了算|归他管|由他管|听他",
        "lead manage head_of coordinate", "says that he led people",
    ),
    _rule(
        r"\b(?:wrote|authored|co-authored|author of|writing|published|his) (?:\w+ ){0,4}(?:paper|article|book|thesis|essay)s?\b|(?:paper|article|book)s? (?:is|was|are|were) (?:written )?(?:his|by him)\b|"
        r"是他(?:写|提出|发明|首创|原创)|他(?:写|发表|提出|首创|发明)(?:了|的|过)?.{0,8}(?:论文|文章|书)|他的(?:论文|著作)",
        "publish", "says that he wrote it",
    ),
    _rule(r"\b(?:back|again) (?:to|onto|into)\b|\bundid\b|\breverted\b|[迁搬换退改转降]回|复原|还原", "rollback", "says that it went back"),
    _rule(
        r"\b(?:because|since|as|so|after|when|in order to|to be|out of|due to|owing to|for the sake|wanting|hoping|driven by|tempted by|reason)\b.{0,60}\b(?:left|leave|leaving|quit|joined|join|joining|moved|went|chose|resigned|departed|switched jobs)\b"
        r"(?=.*\b(?:because|due to|owing to|reason|in order|out of|to be|for (?:a|the|more|better|higher)|wanted|hoping)\b)|"
        r"\b(?:left|quit|joined|joins|leaving|resigned|departed|moved|went|chose|switched)\b.{0,60}\b(?:because|due to|owing to|in order to|so that|so as to|out of|to be (?:near|with|close)|for (?:more|better|higher|a better|the) (?:pay|money|salary|life|title|growth|future)|in search of|thanks to|on account of|hoping|wanting|to (?:earn|get|make|escape|avoid|follow|take care|gain|pursue))\b|"
        r"(?:因为|由于|为了|出于|是因|缘于|冲着|图).{0,24}(?:离开|离职|加入|入职|跳槽|去了?|来了?|走|选择|转)|(?:离开|离职|加入|入职|跳槽|去|走|选择).{0,16}(?:因为|由于|为了|出于|是因|原因是|冲着|图的是)",
        "none", "tells why he came or went",
    ),
    _rule(
        r"\b(?:dozens|hundreds|thousands|millions|billions|tens|scores|countless|numerous|innumerable|lots|plenty|handful) of\b|\bcountless\b|上百|上千|上万|数百|数千|数万|数十|几十|几百|几千|成百|成千|无数|千万(?=[用人个])|不计其数",
        "none", "counts what {where} doesn't",
    ),
    _rule(
        r"\b(?:all by himself|by himself|on his own|by his own hand|without (?:any |anybody's |anyone's )?help|nobody else|no one else|the only (?:person|engineer|one|member)|only he|he alone)\b|独自|独立(?:完成|开发|设计|负责)|一个人(?:完成|做|写|搞|负责)|一手(?:完成|打造|包办|搭|做)|凭一己之力|靠他一人|唯一(?:一个)?(?:的人|成员|作者)",
        "only_he", "says that he did it alone",
    ),
    _rule(
        r"\b(?:sold|gave|handed|passed|shared|showed|took|kept|used) (?:\w+ ){0,5}(?:to|for|with|from) (?:a |the |his |other )?(?:competitors?|rivals?|outsiders?|others|himself|strangers|press|friends?)\b|卖给|泄给|交给外|带走|据为己有|(?:给|与|和)(?:竞争|对手|外人|别人)",
        "none", "says that something was given away",
    ),
    _rule(
        r"\b(?:still|to this day|even now|today) (?:used|in use|running|runs|live|works|in production|serving|relied)\b|\b(?:is|are) still\b|沿用至今|至今仍?在?用|现在(?:还|仍)在?用|仍在(?:使用|线上|运行)",
        "none", "says that it is still so",
    ),
    _rule(
        r"\b(?:everywhere|all over the world|worldwide|across the industry|industry-wide|in the industry|of the industry|the world's|in the world|in (?:all of )?(?:china|asia|europe|america)|nationwide)\b(?<!in china)|业内|行业内|行业(?:第一|领先|标准|最)|全世界|世界(?:第|最|领先)|全国(?:第|最|领先)|国内(?:第|最|领先|首)|同行|同类最",
        "region international", "compares with the whole world",
    ),
    _rule(
        r"\b(?:had nothing to do with|took no part|played no part|was not involved|no credit|thanks to (?:others|luck|chance)|by (?:luck|chance|accident)|for free|in name only|on paper only|barely|hardly) ?(?:\w+)?\b(?<!hardly any)|与他无关|跟他没关系|挂名|走运|运气|名义上|纸面上|白拿|蹭",
        "none", "takes away what {where} says",
    ),
)


def assertions(text: str, own: Bearing, known: str) -> Iterable[str]:
    """Yield what a sentence claims by a turn of phrase; `own` is what its bullets mean, `known` their normalised text."""
    for rule in _RULES:
        match = rule.pattern.search(text)
        if match and not rule.meanings & own.meanings and match[0].lower() not in known:
            yield rule.problem
