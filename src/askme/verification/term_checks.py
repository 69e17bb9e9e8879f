"""The words of a sentence: which of them are names or terms that its bullets don't have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from askme.resume.lexicon import Mention, Occurrences
from askme.text.tokenize import STOP_WORDS, has_han, normalise, stem, tokens, unify
from askme.types import STATIONS, Bullet, Knowledge, Term
from askme.verification.capitalization import COMMON, capitals, latin_terms, technical
from askme.verification.claims import Reading
from askme.verification.evidence import Support, latin
from askme.verification.vocabulary import lemma, vocabulary

PLACES_OF_WORK = (*STATIONS, "education", "activity")
FREE = frozenset(("candidate", "phrase", "metric", "field"))
"""Categories of terms whose words are too common to be a claim by themselves."""
_PARTICULAR = frozenset(("technologies", "technique", "medal", "contest", "companies", "version"))
_DOLLARS = re.compile(r"\bUS(?=[ -]dollars?\b|[ -]Dollar|\$)|\bU\.S\.(?= dollars?)")
_UNITS = frozenset("ms kb mb gb tb usd million billion percent x s h pp".split())
LEAD = 40
"""Characters of a line without a citation in a language whose words aren't known here."""
_LEADING = (
    "yes no project projects result results work works key main include includes including follow following role "
    "roles experience achievement achievements impact impacts contribution contributions highlight highlights area "
    "areas skill skills award awards medal medals specifically example examples overview summary responsibility "
    "responsibilities detail details job jobs position positions employer employers company companies period "
    "主要 项目 结果 成果 工作 包括 包含 如下 以下 具体 方面 经历 贡献 职责 负责 期间 内容 技能 奖项 奖牌 "
    "例如 情况 总结 概述 岗位 公司 他在 "
    "是的 有的 成果如下 工作内容 主要工作 主要项目 项目如下 包括以下 的主 的工 的项 的成 期间的 在该"
)
"""Words that lead to what follows and say nothing."""


class Wording:
    """Knows the names and terms of one résumé and the words it is written in."""

    def __init__(self, knowledge: Knowledge, occurrences: Occurrences) -> None:
        """Take the résumé, and where its terms stand."""
        self._bullets, self._occurrences = knowledge.bullets, occurrences
        self.candidate = latin(knowledge.profile.name.everything)
        self._hidden = _hidden(knowledge)
        titles = [text for b in knowledge.bullets.values() if b.is_heading for text in b.text.renderings]
        names = [spelling for term in knowledge.names for spelling in term.spellings]
        self._leading = frozenset(tokens("\n".join((*titles, *names, _LEADING)))) | self.candidate
        self._spelt_names = _spelt_names(knowledge)

    def stations(self, reading: Reading, text: str, language: str, supports: list[Support]) -> frozenset[str]:
        """Return the ids of the employers and schools that are named in a text."""
        mentions = (m for m in reading.mentions if m.term.category == "name")
        named = [m.term.id for m in mentions if not self._by_chance(m, text, language, supports)]
        return frozenset(id_ for id_ in named if id_ in self._bullets and self._bullets[id_].kind in PLACES_OF_WORK)

    def stated_terms(self, reading: Reading) -> list[str]:
        """Return the technologies, schools and the like of a text that the résumé does have somewhere."""
        terms = (
            m.term for m in reading.mentions if m.term.category in ("technologies", "technique", "contest", "companies")
        )
        return [term.spellings[0] for term in terms if self._occurrences.of(term)]

    @staticmethod
    def is_at(bullet: Bullet, stations: Set[str]) -> bool:
        """Whether a bullet belongs to one of these employers or schools."""
        return bullet.station in stations or bullet.id in stations or bullet.parent in stations

    def names(self, support: Support, station: str) -> bool:
        """Whether a bullet belongs to an employer or school, or names it itself."""
        bullet = support.bullet
        if self.is_at(bullet, {station}):
            return True
        own, longer = self._spelt_names.get(station, ((), ()))
        text = support.normal
        for other in longer:
            text = text.replace(other, "")
        return any(spelling in text for spelling in own)

    def foreign(self, text: str, reading: Reading, language: str, supports: list[Support], asked: str) -> list[str]:
        """Return the names and terms in `text` that neither its bullets nor the words of `asked` have."""
        known = frozenset().union(*(support.words for support in supports)) | latin(asked)
        found = [
            self._display(t, text)
            for t in self._terms(reading, text, language, supports)
            if not self._held(t, supports, asked, known)
        ]
        found += [name for name in self._hidden if name in normalise(text) and name not in normalise(asked)]
        covered = " ".join(normalise(s) for m in reading.mentions for s in m.term.spellings)
        free = known | latin(covered) | self.candidate | COMMON | _UNITS
        plain = _DOLLARS.sub("", text)
        suspects = latin_terms(plain) if language == "zh" else capitals(plain) if language == "en" else technical(plain)
        found += [token for token in suspects if not latin(token) <= free and not self._spelt(token, supports, free)]
        return list(dict.fromkeys(found))

    def occurs(self, term: Term) -> bool:
        """Whether a term stands anywhere in the résumé."""
        return bool(self._occurrences.of(term))

    def hidden(self, name: str) -> bool:
        """Whether a name is one that nobody is to be told or refused by: the anonymous employer's."""
        return normalise(name) in self._hidden

    def held(self, reading: Reading, supports: list[Support]) -> bool:
        """Whether a technology, medal, title or employer in a text is one of the bullets'."""
        terms = (mention.term for mention in reading.mentions if mention.term.category in _PARTICULAR)
        return any(self._occurrences.holds(term, support.bullet.id) for term in terms for support in supports)

    def _terms(self, reading: Reading, text: str, language: str, supports: list[Support]) -> Iterable[Term]:
        """Return the terms that are claims: all but employers, which are checked as such, and everyday words."""
        for mention in reading.mentions:
            term = mention.term
            if (
                term.category not in FREE
                and term.category != "name"
                and not self._by_chance(mention, text, language, supports)
            ):
                yield term

    def _by_chance(self, mention: Mention, text: str, language: str, supports: list[Support]) -> bool:
        """Whether a spelling is part of ordinary words: als and ALS in German, 中大 in 场景中大规模."""
        written = unify(text)[mention.start : mention.end]
        if written.islower() and lemma(written) in vocabulary().neutral and written not in mention.term.spellings:
            return True  # an ordinary word that is a name in capitals: sat, set
        if _DOLLARS.match(text, mention.start):
            return True
        if language not in ("en", "zh") and written.isascii():
            spelt = [s for s in mention.term.spellings if normalise(s) == normalise(written)]
            return any(s.isupper() for s in spelt) and not written.isupper()
        following = unify(text)[mention.end - 1 : mention.end + 1]
        short = len(written) == 2 and has_han(written) and len(following) == 2
        return short and any(following in support.normal for support in supports)

    def _held(self, term: Term, supports: list[Support], asked: str, known: frozenset[str]) -> bool:
        if any(self._occurrences.holds(term, s.bullet.id) for s in supports):
            return True
        texts = "\n".join(text for s in supports for text in s.texts) + "\n" + asked
        normal = normalise(texts)
        if any(normalise(s) in normal for s in term.spellings if has_han(s) or len(s) > 3):
            return True
        if any(latin(s) and latin(s) <= known for s in term.spellings if s not in term.sensitive):
            return True
        soft = term.category in ("topics", "technique", "measures", "qualifications", "medal", "contest")
        return soft and any(normalise(s) in normalise(support.help) for support in supports for s in term.spellings)

    @staticmethod
    def _display(term: Term, text: str) -> str:
        normal = normalise(text)
        return next((s for s in term.spellings if normalise(s) in normal), term.spellings[0])

    @staticmethod
    def _spelt(token: str, supports: list[Support], free: frozenset[str]) -> bool:
        """Whether a token is in the bullets but for hyphens, plural or ending: A/B, e-commerce, models."""
        letters = re.sub(r"[^a-z0-9]", "", normalise(token))
        if len(letters) > 2 and any(letters in support.letters for support in supports):
            return True
        stems = frozenset(map(stem, free))
        return all(part in free or stem(part) in stems or part in STOP_WORDS for part in latin(token))

    def only_leads(self, text: str, question: str, language: str) -> bool:
        """Whether a line says nothing but where what follows belongs: headings, words of the question, "results:"."""
        if language not in ("en", "zh"):
            return len(text) <= LEAD
        return frozenset(tokens(text)) <= self._leading | frozenset(tokens(question))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", normalise(text))


def _spelt_names(knowledge: Knowledge) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the spellings of each name, and those of others that hold one: "exchange student" names no exchange."""
    spelt = {term.id: tuple(_squeezed(s) for s in term.spellings if len(s) > 2) for term in knowledge.names}
    everything = [(id_, spelling) for id_, own in spelt.items() for spelling in own]
    return {
        id_: (own, tuple(s for other, s in everything if other != id_ and any(o != s and o in s for o in own)))
        for id_, own in spelt.items()
    }


def _hidden(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the names in the search help of what is declined, such as guesses at an anonymous employer."""
    said = "\n".join(
        normalise(f"{b.text.zh}\n{b.text.en}\n{' '.join((*b.expansion.zh, *b.expansion.en))}")
        for b in knowledge.bullets.values()
    )
    declined = (
        notice.expansion
        for notice in knowledge.notices
        if notice.status == "declined"
        and any(knowledge.bullets[n].kind not in ("contact", "profile") for n in notice.near if n in knowledge.bullets)
    )
    words = {
        normalise(w)
        for e in declined
        for w in (*e.zh, *e.en)
        if (len(w) <= 6 and has_han(w)) or (w[:1].isupper() and " " not in w)
    }
    return tuple(sorted(word for word in words if len(word) > 1 and word not in said))
