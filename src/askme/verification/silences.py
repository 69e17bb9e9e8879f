"""Sentences that cite nothing: the résumé doesn't say it, or the chat doesn't do it. They may say no more than that."""

from __future__ import annotations

import re
from functools import lru_cache

from askme.text.tokenize import normalise
from askme.verification.claims import Reading
from askme.verification.confidential import Confidential
from askme.verification.evidence import Sources
from askme.verification.predicates import NOTHING, Bearing, Scope, bearing, lemmas, unborne
from askme.verification.term_checks import Wording
from askme.verification.vocabulary import lemma, vocabulary

LONGEST = 300
"""Characters of a sentence that says that nothing is said."""
_NOT_STATED = re.compile(
    r"\b(?:not|no|n't|nothing|never|without|neither|nor|none|nobody|doesn't|isn't|aren't|can't|don't|won't|absent|missing|silent|open|lacks?|"
    r"omit\w*|un(?:mentioned|stated|known|named|specified|disclosed)|left out|outside|beyond|only)\b|[没未不无]|只|仅|缺|空白|沉默",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\br[ée]sum[ée]\b|\bcv\b|\bdocument\b|\bentr(?:y|ies)\b|\bheadings?\b|\bs(?:ay|aid|tate|pecif|how)|\bmention|\blist(?:s|ed)?\b|\bgive[ns]?\b|\bdisclos|\bname[ds]?\b|"
    r"\brecord|\bpublished\b|\bappear|\bfind\b|\bfound\b|\binformation\b|\bword\b|\bsee\b|\bdetail|\babsent\b|\bmissing\b|\bsilent\b|\bcome up\b|\bshow up\b|\bleft out\b|\bopen\b|\bdescri\w+|\bdisclos\w+|\bprovid\w+|\bpublic\w*|\bknown\b|\brate[sd]?\b|\bavailable\b|\bclear\b|\bprivate\b|\baddress\w*|\bcover\w*|\btouch\w*|\bpart of\b|\bstay\w*\b|\b(?:un(?:mentioned|known|stated|named|disclosed|specified))\b|"
    r"简历|履历|提到|提及|[写说列提载]|注明|涉及|看到|找到|看不到|找不到|查|记录|记载|内容|交代|不详|无从|不得而知|给出|给|公开|披露|提供|看出|看不出|反映|资料|信息|经历里|没有关于|经历中",
    re.IGNORECASE,
)
"""That it is the résumé which is silent, not he who lacks something."""
_DECLINES = re.compile(
    r"\b(?:can't|cannot|can not|won't|will not|could not|couldn't|not able to|unable to|outside|beyond|out of scope|off limits|declin\w+|refus\w+|limited to|"
    r"only (?:answer\w*|about|help|what|questions|the|cover\w*|deals?)|only questions|not something|not a topic|isn't a topic|isn't something|rather not|prefer not|sorry|afraid|"
    r"not (?:done|possible|available|answered|offered|provided|discussed|shared|given|part|here|for)|stays? masked|stays? anonymous|remains? masked|kept private|"
    r"(?:don't|doesn't|do not|does not|didn't|did not) (?:answer|judge|comment|pass|share|know|do|give|discuss|speculate|guess|take|play|provide|help|understand|act|write|follow|repeat|reveal|go|engage|offer|talk|make|speak|have|work|translate|rank|rate|compare|predict))\b|"
    r"\bstays? private\b|(?:aren't|isn't|wasn't|not) (?:available|clear|understood|offered|possible)\b|\bhere\b.{0,20}\b(?:not|n't|no)\b|\b(?:not|n't|no)\b.{0,40}\bhere\b|这里不|本页不|此处不|不作评价|"
    r"\bprefer to\b|\bstick to\b|\b(?:is|are) yours\b|\bup to you\b|\byours to (?:make|decide)\b|由您|您自己(?:决定|判断)|帮不上|我不(?:去|回答|评|做|猜|替|说|谈|编|碰|参与)|(?<!免)不了(?!解)|"
    r"不能|无法|没法|不会|不便|不可|不予|不宜|只能|只回答|只谈|仅回答|仅限|超出|拒绝|谢绝|婉拒|恕|抱歉|对不起|不好意思|不评论|不提供|不讨论|不评价|不猜|不透露|不公开|不编|不作|不做|不是我|不替|不代|"
    r"[答测做办替写译翻读给猜]不了|没看懂|没听懂|没明白|不在.{0,8}范围|不属于|不知道|不清楚|照原样|打了码",
    re.IGNORECASE,
)
_RIDER = re.compile(
    r"\b(?:however|though|although|yet|probably|surely|likely|presumably|perhaps|maybe|obviously|clearly|of course|everyone knows|in fact|actually|but (?:he|she|his|it is|everybody|rumou?r))\b|"
    r"\bthat (?:he|she|zachery|ye) (?:is|was|had|has)?\s?(?!would|could|might|may|can|ever|had|has|is|was|were|knows|used|holds|worked|speaks|lives|likes|plans|wants|did)\w+(?:ed|le|ole|ew)\b|"
    r"(?:但|不过|然而|应该|可能|大概|估计|想必|显然|其实|众所周知)(?!简历|没|未|不|无|这里|只)",
    re.IGNORECASE,
)
"""What may follow on "the résumé doesn't say": a guess, or a claim in the dress of a silence."""
_OF_HIM = re.compile(
    r"\b(?:he|she|zachery|zachery ye|ye|the candidate)\s+(?:(?:has|have|had|was|is|did|does|could|can|would|will)(?:n't| not| never| no)|never|can't|cannot|won't|lacks?|refus\w+|declin\w+)\b|"
    r"(?:他|她|叶子卿|候选人)(?:从未|从来|并未|未曾|没有?(?!写|提|说|列|给)|不会|不能|不懂|无法|缺乏|拒绝)",
    re.IGNORECASE,
)
_ASSERTS = re.compile(
    r"(?:^|[,;:–—]\s*|\band\s+|\bas\s+)(?:he|she|zachery|ye)\s+(?!(?:would|could|might|may)\b)[a-z]+|(?:^|[，；：,;])(?:他|她|叶子卿)(?![的在].{0,12}(?:没|未|不|无))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:whether|if|what|which|who|whom|where|when|why|how)\b|是否|有没有|什么|哪|谁|多少|为何|为什么|如何|怎",
    re.IGNORECASE,
)
DETAIL = re.compile(
    r"\b(?:which|what|who|how|why|whose|rank|place|position|months?|office|reasons?|product|name|number|version|size|count|brand|kind|type|details?)\b|哪|什么|谁|怎么|多少|几|名称|版本|型号|数量|细节|具体",
    re.IGNORECASE,
)
_ABOUT_HIM = re.compile(r"\b(?:he|him|his|she|her|ye|zachery)\b|[他她]|叶子卿|候选人", re.IGNORECASE)
_STRANGE = 2
"""Words of no list that a sentence may have that is about nobody."""
_ROOT = 4
_TOPICAL = frozenset(
    map(
        str,
        "information info word detail find found see seen show shown answer question page site candidate person people here not can only help other out share help understand scope matter clear".split(),
    )
)


class Silences:
    """Checks what cites nothing against the question and the whole résumé."""

    def __init__(self, sources: Sources, wording: Wording, confidential: Confidential) -> None:
        """Take the résumé and what it hides."""
        self._sources, self._wording, self._confidential = sources, wording, confidential

    def beyond(self, text: str, question: str, language: str) -> list[str]:
        """Return what a sentence on what isn't said, or isn't done, says beyond that."""
        reading = self._sources.claims.read(text, language)
        problems = self._unasked(reading, question)
        problems += [] if framed(text) else ["must only say that the résumé doesn't say so"]
        if _RIDER.search(text) or len(text) > LONGEST:
            problems.append("says more than that the résumé doesn't say so")
        if not _DECLINES.search(text) and self._plain(text, reading):
            problems += [f'the résumé does mention "{t}"; cite where' for t in self._wording.stated_terms(reading)]
        return problems + self._words(text, reading, question, language)

    def _unasked(self, reading: Reading, question: str) -> list[str]:
        asked = self._sources.claims.read(question)
        known, years = {placed.quantity.value for placed in asked.placed}, {date.year for date in asked.stated.dates}
        figures = [p.quantity.text for p in reading.placed if p.quantity.value not in known]
        figures += [date.text for date in reading.stated.dates if date.year not in years]
        lengths = {duration.months for duration in asked.stated.durations}
        figures += [one.text for one in reading.stated.durations if one.months not in lengths]
        return [f'"{figure}" needs a bullet' for figure in figures]

    def _words(self, text: str, reading: Reading, question: str, language: str) -> list[str]:
        unasked = self._wording.foreign(text, reading, language, [], question)
        own = {
            spelling
            for mention in reading.mentions
            if self._wording.occurs(mention.term)
            for spelling in mention.term.spellings
        }
        strange = (t for t in unasked if t not in own and (self._wording.hidden(t) or not _alike(t.lower(), question)))
        problems = [f'"{term}" is neither asked for nor cited' for term in strange]
        problems += [f'"{word}" is neither asked for nor cited' for word in insinuated(text, question)]
        scope = Scope(self._sources.everything, free=spoken(question) | topics(), any_meaning=True)
        unknown = [word for word in unborne(text, scope, reading.mentions) if not _alike(word, question)]
        if len(unknown) <= _STRANGE and not _ABOUT_HIM.search(text) and not reading.mentions:
            unknown = []  # of nobody in particular
        problems += [f'"{word}" is neither asked for nor cited' for word in unknown]
        if not _DECLINES.search(text) and self._denied(text):
            problems.append("the résumé does mention it; cite where")
        return problems

    def _plain(self, text: str, reading: Reading) -> bool:
        """Whether nothing but names is said to be missing: not "which product the message queue is"."""
        words = unborne(text, Scope(NOTHING), reading.mentions)
        return not [w for w in words if (lemma(w) if w.isascii() else w) not in _TOPICAL] and not DETAIL.search(text)

    def _denied(self, text: str) -> bool:
        """Whether all that is said to be missing stands in one line of the résumé."""
        known = vocabulary()
        said = {word for word in lemmas(normalise(text)) if word not in known.neutral}
        if not said or (said - _TOPICAL) & known.topics or DETAIL.search(text):
            return False
        return any(said <= support.bearing.words for support in self._sources.all())


def _alike(word: str, question: str) -> bool:
    """Whether a word is one of the question in another form: citizen, citizenship; 显卡, 卡."""
    if not word.isascii():
        return all(char in question for char in word)
    others = re.findall(r"[a-z]+", normalise(question))
    same_root = any(word[:_ROOT] == other[:_ROOT] for other in others if len(other) >= _ROOT)
    return same_root or lemma(word) in map(lemma, others)


def framed(text: str) -> bool:
    """Whether a sentence says that the résumé is silent or that the chat declines, and nothing of him."""
    silent = bool(_NOT_STATED.search(text) and _SAYS.search(text)) or bool(_DECLINES.search(text))
    if not silent or _of_him(text):
        return False
    asserted = _ASSERTS.search(text)
    return not asserted or bool(_ASKING.search(text[: asserted.end()]))


def _of_him(text: str) -> bool:
    """Whether he is said to lack something rather than the résumé."""
    found = _OF_HIM.search(text)
    return bool(found) and not _ASKING.search(text[: found.start()] if found else "")


def insinuated(text: str, question: str) -> list[str]:
    """Return the words that are never said of a person, unless the question has them or they name a topic only."""
    asked, known = normalise(question), vocabulary()
    found = known.banned(normalise(text))
    return [
        word for _, word in found if word not in asked and word not in known.topics and not _stemmed(word, question)
    ]


def _stemmed(word: str, question: str) -> bool:
    stems = lemmas(normalise(word))
    known = vocabulary().topics
    return bool(stems) and all(stem in known or stem in lemmas(normalise(question)) for stem in stems)


def spoken(question: str) -> Bearing:
    """Return what may be repeated of a question: its words, with their single characters."""
    made = bearing.__wrapped__(question)  # a stranger's text isn't kept
    return Bearing(made.words, made.han, made.meanings)


@lru_cache(maxsize=1)
def topics() -> Bearing:
    """Return the words for what may be asked and isn't told."""
    known = vocabulary().topics
    return Bearing(known, "\n".join(sorted(known)), frozenset())
