"""Turns of phrase that claim something although each of their words is ordinary: who ruled, wrote, acted, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from askme.verification.predicates import Bearing
from askme.verification.vocabulary import lemma, vocabulary

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
        rf"\b(?:ran|runs?|running|headed|heading up|heading the|took over|took charge of|takes charge of|in charge of|responsible for|at the head of|built up|grew|set up|formed|over) "
        rf"(?:\w+(?:'s)? |[\w-]+ ){{0,6}}?{_PEOPLE}\b(?! (?:process|work|collaboration))|\bhad (?:\w+ ){{0,3}}(?:report|people|engineers) (?:under|reporting|working for)\b|\breport(?:ed|s|ing)? to him\b|"
        r"\b(?:top|number one|no\. ?1|right-hand) (?:person|man|engineer)\b|(?:手下|下属|底下)(?:有|带)|带(?:了|着|过)?.{0,6}(?:人|团队|新人)|管(?:着|过|了)?.{0,8}(?:人|团队)|负责.{0,6}(?:整个|全)(?:部门|公司|团队)|当(?:了|过)?(?:头|老大|领导)|说了算|归他管|由他管|听他",
        "lead manage head_of coordinate",
        "says that he led people",
    ),
    _rule(
        r"\b(?:wrote|authored|co-authored|author of|writing|published|his) (?:\w+ ){0,4}(?:paper|article|book|thesis|essay)s?\b|(?:paper|article|book)s? (?:is|was|are|were) (?:written )?(?:his|by him)\b|"
        r"是他(?:写(?![在明到进下入])|提出|发明|首创|原创)|他(?:写|发表|提出|首创|发明)(?:了|的|过)?.{0,8}(?:论文|文章|书)|他的(?:论文|著作)",
        "publish",
        "says that he wrote it",
    ),
    _rule(
        r"\b(?:he|ye|zachery|zachery ye|the candidate) (?:was|only|just|merely|simply)? ?(?:only|just|merely|simply|hardly|barely|scarcely)\b(?! (?:lists?|listed|says?|mentions?|names?|gives?|states?|described|shown|given|as|a member))|(?:他|叶子卿)(?:只是?|仅仅?|光|不过)(?!有|列|写|提|在)",
        "none",
        "makes less of it than {where}",
    ),
    _rule(
        r"\b(?:he|ye|zachery|the candidate) (?:should|must|ought|needs to|has to|deserves|had better|had to)\b|(?:他|叶子卿)(?:应该|应当|必须|最好|值得|理应|不该|不得不|只好|只得)",
        "none",
        "says what should be",
    ),
    _rule(
        r"\b(?:people|some|others|they|everyone|everybody|many|colleagues|one) (?:say|says|said|think|thinks|know|knows|call|called|agree|believe)\b|\bsaid to\b|\bknown (?:as|for)\b(?! (?:the|a) )|\bthought to\b|\bbelieved\b|\brumou?r|\breportedly\b|有人说|大家都?说|据说|听说|传言|传闻|都说|人称|被认为",
        "none",
        "tells what others say",
    ),
    _rule(
        r"\b(?:he|ye|zachery|zachery ye) (?:was|got|had been|has been|is|gets) (?:\w+ly )?(?:asked|told|made|forced|moved|put|taken|shown|dropped|cut|replaced|removed|sent|let|pushed|thrown|turned|passed|stopped|caught|found|watched|held|left)\b(?! in charge)|"
        r"(?:他|叶子卿)(?:曾|也)?(?:被|遭|挨)|被迫|被.{0,4}(?:走|开|赶|退|停|骂|罚|降级|调离|换掉了?他)",
        "none",
        "says what was done to him",
    ),
    _rule(
        r"\b(?:took|takes|taking|claimed|got) (?:the |all |full )?(?:credit|work|results?|ideas?|name) (?:of|from|for)\b|\bput his (?:own )?name\b|\bbecause of him\b|\bhis fault\b|\bdue to him\b|\bleft (?:too )?early\b|\b(?:came|arrived|was|turned up) (?:\w+ )?late\b|\bearn(?:s|ed|ing)? (?:a lot|well|more|good money|plenty)\b|\bgave up\b|\bgiven up\b|\bwent wrong\b|\bnothing came of\b|\bcame to nothing\b|\bdid nothing\b|因他而|都怪|怪他|迟到|早退|白做|白干|没用",
        "none",
        "says something against him",
    ),
    _rule(
        r"\b(?:others|somebody else|someone else|other people|another (?:person|engineer|member|colleague))\b(?! (?:such|like|include|are|were|in the list))|别人|旁人|他人|人家|另有其人",
        "none",
        "says what somebody else did",
    ),
    _rule(
        r"\b(?:almost|nearly|not quite|all but) (?:\w+ed|built|made|won|wrote|did|got|led)\b|\b(?:meant|supposed|going|planned|intended|wanted|hoped|expected|promised|about|likely) to\b|\bwas to\b|\bwould have\b|\bcould have\b|"
        r"几乎(?:完成|做|写|拿|得)|本想|本打算|打算|想要|原想|本来要|准备(?=做|完成|写|拿)|本该|本可以",
        "none",
        "says what nearly was",
    ),
    _rule(
        r"\b(?:than|like|unlike) (?:anybody|anyone|everybody|everyone|nobody|all the)\b|\b(?:thanks to|because of|owing to|due to|despite) his\b|\bbecause (?:he|she|they)\b|\b(?:was|got|been|being) promoted\b|因为他|比谁|比别人|比任何人|凭他的|靠他的",
        "none",
        "says more of him than {where}",
    ),
    _rule(
        r"\bmade up\b(?! of)|\bmakes? up\b(?! of)|[改编造凑弄搞刷买]出来的|是[编造假买抄偷改刷骗]的|靠.{0,4}关系",
        "none",
        "says that it isn't real",
    ),
    _rule(
        r"(?<!goes )(?<!dates )(?<!dating )(?<!going )\b(?:back|again) (?:to|onto|into)\b|\bundid\b|\breverted\b|[迁搬换退改转降]回|复原|还原",
        "rollback",
        "says that it went back",
    ),
    _rule(
        r"\b(?:because|since|as|so|after|when|in order to|to be|out of|due to|owing to|for the sake|wanting|hoping|driven by|tempted by|reason)\b.{0,60}\b(?:left|leave|leaving|quit|joined|join|joining|moved|went|chose|resigned|departed|switched jobs)\b"
        r"(?=.*\b(?:because|due to|owing to|reason|in order|out of|to be|for (?:a|the|more|better|higher)|wanted|hoping)\b)|"
        r"\b(?:left|quit|joined|joins|leaving|resigned|departed|moved|went|chose|switched)\b.{0,60}\b(?:because|due to|owing to|in order to|so that|so as to|out of|to be (?:near|with|close)|for (?:more|better|higher|a better|the) (?:pay|money|salary|life|title|growth|future)|in search of|thanks to|on account of|hoping|wanting|to (?:earn|get|make|escape|avoid|follow|take care|gain|pursue))\b|"
        r"(?:因为|由于|为了|出于|是因|缘于|冲着|图).{0,24}(?:离开|离职|加入|入职|跳槽|去了?|来了?|走|选择|转)|(?:离开|离职|加入|入职|跳槽|去|走|选择).{0,16}(?:因为|由于|为了|出于|是因|原因是|冲着|图的是)",
        "none",
        "tells why he came or went",
    ),
    _rule(
        r"\b(?:dozens|hundreds|thousands|millions|billions|tens|scores|countless|numerous|innumerable|lots|plenty|handful) of\b|\bcountless\b|上百|上千|上万|数百|数千|数万|数十|几十|几百|几千|成百|成千|无数|千万(?=[用人个])|不计其数",
        "none",
        "counts what {where} doesn't",
    ),
    _rule(
        r"\b(?:all by himself|by himself|on his own|by his own hand|without (?:any |anybody's |anyone's )?help|nobody else|no one else|the only (?:person|engineer|one|member)|only he|he alone)\b|独自|独立(?:完成|开发|设计|负责)|一个人(?:完成|做|写|搞|负责)|一手(?:完成|打造|包办|搭|做)|凭一己之力|靠他一人|唯一(?:一个)?(?:的人|成员|作者)",
        "only_he",
        "says that he did it alone",
    ),
    _rule(
        r"\b(?:sold|gave|handed|passed|shared|showed|took|kept|used) (?:\w+ ){0,5}(?:to|for|with|from) (?:a |the |his |other )?(?:competitors?|rivals?|outsiders?|others|himself|strangers|press|friends?)\b|卖给|泄给|交给外|带走|据为己有|(?:给|与|和)(?:竞争|对手|外人|别人)",
        "none",
        "says that something was given away",
    ),
    _rule(
        r"\b(?:still|to this day|even now|today) (?:used|in use|running|runs|live|works|in production|serving|relied)\b|\b(?:is|are) still\b|沿用至今|至今仍?在?用|现在(?:还|仍)在?用|仍在(?:使用|线上|运行)",
        "none",
        "says that it is still so",
    ),
    _rule(
        r"\b(?:everywhere|all over the world|worldwide|across the industry|industry-wide|in the industry|of the industry|the world's|in the world|in (?:all of )?(?:china|asia|europe|america)|nationwide)\b(?<!in china)|业内|行业内|行业(?:第一|领先|标准|最)|全世界|世界(?:第|最|领先)|全国(?:第|最|领先)|国内(?:第|最|领先|首)|同行|同类最",
        "region international",
        "compares with the whole world",
    ),
    _rule(
        r"\b(?:had nothing to do with|took no part|played no part|was not involved|no credit|thanks to (?:others|luck|chance)|by (?:luck|chance|accident)|for free|in name only|on paper only|barely|hardly) ?(?:\w+)?\b(?<!hardly any)|与他无关|跟他没关系|挂名|走运|运气|名义上|纸面上|白拿|蹭",
        "none",
        "takes away what {where} says",
    ),
)


_YES = re.compile(
    r"^\s*(?:indeed\b|yes|yeah|yep|yup|correct|right|exactly|indeed|true|sure|certainly|absolutely|definitely|of course|that(?:'s| is) (?:right|true|correct|so)|so (?:he|it) (?:did|is|was|has)|he did|he has|he was|he is|he does|"
    r"是的?|对的?|没错|正是|当然|确实(?:如此|是)?|的确(?:如此)?|有的?|会的?|能的?|可以|属实|如此|嗯|好的|用过|做过|干过|懂|了解|接触过|当过)\s*(?P<end>[,，.。:：;；!！、]|$)|"
    r"\b(?:did|does|was|is|has) (?:so|that|it|indeed)\b|\bhappened\b|\bthe case\b|此事|这回事|这事|那事|这件事|确有|属实",
    re.IGNORECASE,
)


def affirmed(text: str) -> str | None:
    """Return what a sentence says beside its "Yes", None when it affirms nothing."""
    found = _YES.search(text)
    return None if found is None else re.sub(r"[^\w]", "", text[found.end() :] if found.start() == 0 else text)


_IS = re.compile(
    r"\b(?:he|she|ye|zachery|zachery ye) (?:is|was|has been|became|remains|looks)(?: \w+ly| very| so| too| quite| rather| really| a bit| always)* (?P<how>[a-z][a-z-]*)\s*(?:[.,;!]|$|(?:and|but|for|to)\b)"
)
_SOMEHOW = frozenset(
    "there here named listed placed one involved responsible included mentioned credited shown described engaged employed done "
    "over in at fifth first second third present part able known it so that this not".split()
)


def described(text: str, own: Bearing) -> Iterable[str]:
    """Yield what he is said to be, in one word that isn't his bullets': "he is short"."""
    for match in _IS.finditer(text):
        how = match["how"]
        stem = lemma(how)
        meant = vocabulary().meanings(stem) & own.meanings
        if how not in _SOMEHOW and not own.has(stem) and not meant and not how.endswith(("ed", "ing")):
            yield f'"{how}" isn\'t in {{where}}'


def assertions(text: str, own: Bearing, known: str) -> Iterable[str]:
    """Yield what a sentence claims by a turn of phrase; `own` is what its bullets mean, `known` their normalised text."""
    for rule in _RULES:
        match = rule.pattern.search(text)
        if match and not rule.meanings & own.meanings and match[0].lower() not in known:
            yield rule.problem
